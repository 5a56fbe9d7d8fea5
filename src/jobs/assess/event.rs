//! What happens to ratings, by name.

use crate::calendar::Year;
use crate::vitals::Event;

/// A year was rated.
pub(super) struct YearRated {
    pub(super) year: Year,
    pub(super) revision: u32,
    pub(super) enterprises: usize,
    pub(super) digest: String,
}

impl Event for YearRated {
    const NAME: &'static str = "years_rated";
    const HELP: &'static str = "Revisions of ratings that were worked out.";

    fn log(&self) {
        let Self {
            year,
            revision,
            enterprises,
            digest,
        } = self;
        tracing::info!(%year, revision, enterprises, digest, "rating: a year was rated");
    }
}

/// A year that should be rated cannot be.
pub(super) struct YearNotRated {
    pub(super) year: Year,
    pub(super) reason: String,
}

impl Event for YearNotRated {
    const NAME: &'static str = "years_not_rated";
    const HELP: &'static str =
        "Attempts to rate a year that were refused, with the reason in the log.";

    fn log(&self) {
        let Self { year, reason } = self;
        tracing::warn!(%year, reason, "rating: the year was not rated");
    }
}

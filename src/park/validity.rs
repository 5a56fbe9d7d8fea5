//! From when until when something holds: half-open, open-ended while it still does.

use crate::calendar::Day;
use crate::calendar::Moment;
use crate::calendar::Period;

/// A half-open stretch `[from, to)` without an end while it still runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Validity {
    from: Moment,
    to: Option<Moment>,
}

impl Validity {
    /// The stretch `[from, to)`; `None` if it would be empty or run backwards.
    #[must_use]
    pub fn new(from: Moment, to: Option<Moment>) -> Option<Self> {
        to.is_none_or(|to| from < to).then_some(Self { from, to })
    }

    /// The first instant inside.
    #[must_use]
    pub const fn from(self) -> Moment {
        self.from
    }

    /// The first instant after, unless it still runs.
    #[must_use]
    pub const fn to(self) -> Option<Moment> {
        self.to
    }

    /// Whether `at` lies inside.
    #[must_use]
    pub fn holds(self, at: Moment) -> bool {
        self.from <= at && self.to.is_none_or(|to| at < to)
    }

    /// Whether the two share an instant.
    #[must_use]
    pub fn overlaps(self, other: Self) -> bool {
        self.to.is_none_or(|to| other.from < to) && other.to.is_none_or(|to| self.from < to)
    }

    /// Milliseconds of `period` that lie inside.
    #[must_use]
    pub fn ms_within(self, period: Period) -> i64 {
        let from = self.from.max(period.from());
        let to = self.to.map_or(period.to(), |to| to.min(period.to()));
        to.ms_since(from).max(0)
    }
}

/// A date or an instant that is neither.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is neither a date as 2026-01-31 nor a time as 2026-01-31T08:15:00+08:00")]
pub struct BorderUnreadable {
    /// What was written.
    pub text: String,
}

/// The border that `text` writes: an instant, or a date for its first midnight at UTC+8.
///
/// # Errors
/// Anything else.
pub fn read_border(text: &str) -> Result<Moment, BorderUnreadable> {
    let day = text.parse().map(Day::start);
    day.or_else(|_no_day| text.parse())
        .map_err(|_neither| BorderUnreadable {
            text: text.to_owned(),
        })
}

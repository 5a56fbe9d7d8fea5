//! What happens to the ledger, as named events.

use std::error::Error;

use crate::calendar::Month;
use crate::ledger::TermsRefused;
use crate::park::MeterId;
use crate::store::registry::SeriesKey;
use crate::vitals::Event;

use super::LedgerFault;

/// A pass was not done.
pub(super) struct LedgerStalled {
    pub(super) fault: LedgerFault,
}

impl Event for LedgerStalled {
    const NAME: &'static str = "ledger_stalls";
    const HELP: &'static str = "Passes over the log that the ledger had to give up.";

    fn log(&self) {
        let cause = self.fault.source().map(ToString::to_string);
        tracing::error!(fault = %self.fault, cause, "ledger: stalled; it tries again");
    }
}

/// Readings of a register that is not registered (any more): they stay in the store.
pub(super) struct SeriesUnknown {
    pub(super) series: SeriesKey,
}

impl Event for SeriesUnknown {
    const NAME: &'static str = "ledger_series_unknown";
    const HELP: &'static str = "Registers with readings and without a registered meter.";

    fn log(&self) {
        let (meter, indicator) = (self.series.meter.get(), self.series.indicator.get());
        tracing::warn!(
            meter,
            indicator,
            "ledger: no terms are registered; not accounted"
        );
    }
}

/// Rows of a meter that contradict each other.
pub(super) struct TermsContradicted {
    pub(super) meter: MeterId,
    pub(super) fault: TermsRefused,
}

impl Event for TermsContradicted {
    const NAME: &'static str = "ledger_terms_contradicted";
    const HELP: &'static str = "Meters whose registered rows no account can be made from.";

    fn log(&self) {
        tracing::error!(meter = %self.meter, fault = %self.fault, "ledger: correct the meter's rows; not accounted");
    }
}

/// A month was closed.
pub(in crate::jobs) struct MonthClosed {
    pub(in crate::jobs) month: Month,
    pub(in crate::jobs) revision: u32,
    pub(in crate::jobs) entries: u32,
}

impl Event for MonthClosed {
    const NAME: &'static str = "ledger_months_closed";
    const HELP: &'static str = "Revisions of months that were closed.";

    fn log(&self) {
        let Self {
            month,
            revision,
            entries,
        } = self;
        tracing::info!(%month, revision, entries, "ledger: a month was closed");
    }
}

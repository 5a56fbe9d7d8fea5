//! Readings by meter and time, as whoever calculates or exports wants them.

use std::fmt::Debug;
use std::ops::ControlFlow;

use crate::calendar::{Moment, Period};
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};
use crate::reading::{Flags, Quality};

use super::StoreFault;

/// One kept value with its provenance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// Whose value.
    pub meter: MeterNo,
    /// What was measured.
    pub indicator: IndicatorNo,
    /// When it was measured.
    pub at: Moment,
    /// How much, in the indicator's unit.
    pub number: f64,
    /// How good the gateway said it is.
    pub quality: Quality,
    /// What else is known of it.
    pub flags: Flags,
    /// When it came, cut to whole seconds.
    pub received_at: Moment,
    /// Who sent it.
    pub gateway: GatewayNo,
    /// Start of the gateway's counter, if it counts.
    pub epoch: Option<u64>,
    /// The gateway's message number, if it counts.
    pub seq: Option<u64>,
    /// 1 for the first value of its key, 2, 3 .. for others by order of first commit (contract
    /// C3); 0 for a `bad` value, which never takes a key.
    pub revision: u32,
}

/// Receives what is found, in order; `Break` ends the read early.
pub type Visit<'a, T> = &'a mut dyn FnMut(&T) -> ControlFlow<()>;

/// Finding readings. Rows come by meter, `at`, indicator, revision, merged over all places where
/// the engine keeps them; what was acknowledged before the call is seen.
pub trait Series: Debug + Send + Sync {
    /// The first value of each key of `meter` in `period`, by time then indicator: what the ledger
    /// calculates with. No `bad` values, no conflicts.
    ///
    /// # Errors
    /// [`StoreFault`] when reading failed; damaged pieces are counted and passed over.
    fn first_values(
        &self,
        meter: MeterNo,
        indicator: Option<IndicatorNo>,
        period: Period,
        visit: Visit<'_, Row>,
    ) -> Result<(), StoreFault>;

    /// Every kept value of `meter` in `period`: first values, conflicts and `bad` ones.
    ///
    /// # Errors
    /// As [`Series::first_values`].
    fn all_values(
        &self,
        meter: MeterNo,
        indicator: Option<IndicatorNo>,
        period: Period,
        visit: Visit<'_, Row>,
    ) -> Result<(), StoreFault>;

    /// The newest first value of a series measured strictly before `before`; looks back at most
    /// 400 days (the clock window of contract.md 2).
    ///
    /// # Errors
    /// As [`Series::first_values`].
    fn last_before(
        &self,
        meter: MeterNo,
        indicator: IndicatorNo,
        before: Moment,
    ) -> Result<Option<Row>, StoreFault>;

    /// First values of one indicator over all meters in `period`, by meter then time.
    ///
    /// # Errors
    /// As [`Series::first_values`].
    fn sweep(
        &self,
        indicator: IndicatorNo,
        period: Period,
        visit: Visit<'_, Row>,
    ) -> Result<(), StoreFault>;

    /// The newest first value of every series, by meter then indicator.
    ///
    /// # Errors
    /// As [`Series::first_values`].
    fn latest(&self, visit: Visit<'_, Row>) -> Result<(), StoreFault>;

    /// The newest first value of each series of one meter, by indicator.
    ///
    /// # Errors
    /// As [`Series::first_values`].
    fn latest_of(&self, meter: MeterNo, visit: Visit<'_, Row>) -> Result<(), StoreFault>;

    /// Every meter that has a value, by number.
    ///
    /// # Errors
    /// As [`Series::first_values`].
    fn meters(&self, visit: Visit<'_, MeterNo>) -> Result<(), StoreFault>;
}

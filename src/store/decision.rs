//! Decisions about values: they lie over what was kept and never rewrite it (contract.md 4).

use std::fmt::Debug;

use crate::calendar::{Moment, Period};
use crate::indicator::IndicatorNo;
use crate::park::MeterNo;

use super::BatchNo;
use super::StoreFault;
use super::Visit;

/// What somebody with the right decided about one key. Of several about one key the last counts.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Whose value.
    pub meter: MeterNo,
    /// What was measured.
    pub indicator: IndicatorNo,
    /// When it was measured.
    pub at: Moment,
    /// The value that counts; `None` if none of them does.
    pub chosen: Option<f64>,
    /// Who decided.
    pub who: String,
    /// Why.
    pub reason: String,
    /// When it was decided.
    pub decided_at: Moment,
}

/// Keeping and finding decisions.
pub trait Decisions: Debug + Send + Sync {
    /// Keeps a decision, synced. It is a batch of its own, so that followers of the log recompute
    /// the day it touches.
    ///
    /// # Errors
    /// [`StoreFault`] when nothing was kept.
    fn decide(&self, decision: Decision) -> Result<BatchNo, StoreFault>;

    /// All decisions about values of `meter` measured in `period`, by `at`, indicator and order
    /// of decision.
    ///
    /// # Errors
    /// [`StoreFault`] when reading failed.
    fn decisions(
        &self,
        meter: MeterNo,
        period: Period,
        visit: Visit<'_, Decision>,
    ) -> Result<(), StoreFault>;
}

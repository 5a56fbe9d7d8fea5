//! A row of the table, over HTTP and from `reconcile --json` alike.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calendar::Day;
use crate::http::{Problem, Trouble};
use crate::jobs::GatewayCounts;

/// One gateway; all counts in values. `received` is the sum of `stored`, `duplicate`, `conflict`,
/// `quarantined`, `refused` and `pending`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GatewayCounts)]
pub struct Row {
    gateway: String,
    received: i64,
    stored: i64,
    duplicate: i64,
    conflict: i64,
    quarantined: i64,
    refused: i64,
    pending: i64,
    /// How many of `received` came at `QoS` 0.
    unpromised: i64,
    /// Whether the sum holds.
    balanced: bool,
}

impl Row {
    /// The row of one gateway.
    #[must_use]
    pub fn of(of: &GatewayCounts) -> Self {
        let counts = &of.counts;
        Self {
            gateway: of.gateway.clone(),
            received: counts.received,
            stored: counts.stored,
            duplicate: counts.duplicate,
            conflict: counts.conflict,
            quarantined: counts.quarantined,
            refused: counts.refused,
            pending: counts.pending,
            unpromised: counts.unpromised,
            balanced: counts.balance(),
        }
    }
}

/// The query.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Asked {
    day: Option<String>,
}

impl Asked {
    pub(super) fn day(&self) -> Result<Option<Day>, Problem> {
        let day = self.day.as_deref().map(str::parse::<Day>).transpose();
        day.map_err(|fault| Problem::new(Trouble::BadRequest, fault.to_string()))
    }
}

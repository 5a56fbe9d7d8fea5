//! A row of `reconcile --json`.

use serde::Serialize;

use crate::store::Counts;

/// One gateway; all counts in values.
#[derive(Serialize)]
pub(super) struct Row<'a> {
    gateway: &'a str,
    received: i64,
    stored: i64,
    duplicate: i64,
    conflict: i64,
    quarantined: i64,
    refused: i64,
    pending: i64,
    unpromised: i64,
    balanced: bool,
}

impl<'a> Row<'a> {
    pub(super) fn of((gateway, counts): &'a (String, Counts)) -> Self {
        Self {
            gateway,
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

//! What `simulate --json` prints at its end.

use serde::Serialize;

use crate::simulate::Totals;

/// A run, counted in messages.
#[derive(Serialize)]
pub(super) struct Run {
    gateways: usize,
    sent: u64,
    acknowledged: u64,
    refused: u64,
    refusals: u64,
    connections: u64,
    dropped: u64,
    gave_up: u64,
}

impl Run {
    pub(super) const fn of(gateways: usize, totals: &Totals) -> Self {
        Self {
            gateways,
            sent: totals.sent,
            acknowledged: totals.acknowledged,
            refused: totals.refused,
            refusals: totals.refusals,
            connections: totals.connections,
            dropped: totals.dropped,
            gave_up: totals.gave_up,
        }
    }
}

//! What a run did, counted.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters of a run, shared by its gateways.
#[derive(Debug, Default)]
pub struct Tally {
    sent: AtomicU64,
    acknowledged: AtomicU64,
    refused: AtomicU64,
    refusals: AtomicU64,
    connections: AtomicU64,
    dropped: AtomicU64,
    gave_up: AtomicU64,
}

/// The counts at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Messages written to a line, repetitions included.
    pub sent: u64,
    /// Messages acknowledged with success.
    pub acknowledged: u64,
    /// Messages acknowledged with a reason code of failure.
    pub refused: u64,
    /// Messages on `…/refusals`.
    pub refusals: u64,
    /// Lines that came up.
    pub connections: u64,
    /// Messages dropped because an outbox was full.
    pub dropped: u64,
    /// Gateways that stopped trying.
    pub gave_up: u64,
}

macro_rules! counted {
    ($($name:ident),+) => {
        impl Tally {
            $(pub(super) fn $name(&self) {
                self.$name.fetch_add(1, Ordering::Relaxed);
            })+

            /// The counts now.
            #[must_use]
            pub fn totals(&self) -> Totals {
                Totals { $($name: self.$name.load(Ordering::Relaxed)),+ }
            }
        }
    };
}

counted!(
    sent,
    acknowledged,
    refused,
    refusals,
    connections,
    dropped,
    gave_up
);

//! What only grows, and what goes up and down.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

/// A number that only grows: one atomic addition a call.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

impl Counter {
    /// Counts `amount` more.
    pub fn add(&self, amount: u64) {
        self.0.fetch_add(amount, Ordering::Relaxed);
    }

    /// Counts one more.
    pub fn increment(&self) {
        self.add(1);
    }

    /// How many so far.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// A level of the moment: a queue's depth, bytes on disk, open connections.
#[derive(Debug, Default)]
pub struct Gauge(AtomicI64);

impl Gauge {
    /// Sets the level.
    pub fn set(&self, level: i64) {
        self.0.store(level, Ordering::Relaxed);
    }

    /// Raises the level by `step` (lowers it if negative).
    pub fn shift(&self, step: i64) {
        self.0.fetch_add(step, Ordering::Relaxed);
    }

    /// The level now.
    #[must_use]
    pub fn level(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

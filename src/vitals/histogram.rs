//! How long things take, in fixed buckets.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Durations counted in buckets of fixed upper bounds: two or three atomic additions a call.
#[derive(Debug)]
pub struct Histogram {
    buckets: Vec<(Duration, AtomicU64)>,
    beyond: AtomicU64,
    total_ns: AtomicU64,
}

impl Histogram {
    /// Bounds for what waits for a disk: 1 ms to 10 s.
    pub const DISK_MS: &'static [u64] = &[1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000];

    /// An empty histogram with these rising upper bounds, in milliseconds.
    #[must_use]
    pub fn new(bounds_ms: &[u64]) -> Self {
        let bucket = |ms: &u64| (Duration::from_millis(*ms), AtomicU64::new(0));
        Self {
            buckets: bounds_ms.iter().map(bucket).collect(),
            beyond: AtomicU64::new(0),
            total_ns: AtomicU64::new(0),
        }
    }

    /// Counts one duration.
    pub fn observe(&self, took: Duration) {
        let bucket = self.buckets.iter().find(|(bound, _)| took <= *bound);
        let count = bucket.map_or(&self.beyond, |(_, count)| count);
        count.fetch_add(1, Ordering::Relaxed);
        let ns = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.total_ns.fetch_add(ns, Ordering::Relaxed);
    }

    /// Each bound with the number of durations up to it (cumulative), and the number of all.
    pub(super) fn cumulative(&self) -> (Vec<(Duration, u64)>, u64) {
        let mut sum = 0;
        let mut rows = Vec::with_capacity(self.buckets.len());
        for (bound, count) in &self.buckets {
            sum += count.load(Ordering::Relaxed);
            rows.push((*bound, sum));
        }
        (rows, sum + self.beyond.load(Ordering::Relaxed))
    }

    /// All durations together.
    pub(super) fn total(&self) -> Duration {
        Duration::from_nanos(self.total_ns.load(Ordering::Relaxed))
    }
}

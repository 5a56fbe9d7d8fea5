//! Request ids: unique in a process, and not guessable across processes.

use std::sync::atomic::{AtomicU64, Ordering};

/// Hands out request ids.
#[derive(Debug)]
pub struct RequestIds {
    start: u32,
    next: AtomicU64,
}

impl RequestIds {
    /// Ids that begin with `start`, a random number of this process.
    #[must_use]
    pub const fn new(start: u32) -> Self {
        Self {
            start,
            next: AtomicU64::new(1),
        }
    }

    /// The next id, as `5f03a1c2-17`.
    #[must_use]
    pub fn next(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        format!("{:08x}-{number}", self.start)
    }
}

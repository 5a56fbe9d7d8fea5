//! The clock that floors above are handed. Only `app` makes one that looks at the machine.

use std::fmt::Debug;
use std::sync::atomic::{AtomicI64, Ordering};

use super::Moment;

/// What time it is, for whoever acts. Rooms that calculate take a [`Moment`] instead.
pub trait Clock: Debug + Send + Sync {
    /// The present instant, to the millisecond.
    fn now(&self) -> Moment;
}

/// A clock that stands where it was put: for tests, and for a demo year under its own time.
#[derive(Debug)]
pub struct ClockAt(AtomicI64);

impl ClockAt {
    /// A clock that shows `moment` until it is moved.
    #[must_use]
    pub fn new(moment: Moment) -> Self {
        Self(AtomicI64::new(moment.unix_ms()))
    }

    /// Moves the hands to `moment`.
    pub fn set(&self, moment: Moment) {
        self.0.store(moment.unix_ms(), Ordering::SeqCst);
    }
}

impl Clock for ClockAt {
    fn now(&self) -> Moment {
        Moment::from_unix_ms(self.0.load(Ordering::SeqCst))
    }
}

//! Large answers are painted and gathered for few at a time. Those that wait for their turn are few, too; more are sent away until later.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// More wait already than can be served soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct Busy;

/// Turns of one kind of work.
#[derive(Debug)]
pub struct Turns {
    at_once: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

/// One's turn; it ends when this is dropped.
#[derive(Debug)]
pub(in crate::http) struct Turn {
    _turn: OwnedSemaphorePermit,
    _waiting: OwnedSemaphorePermit,
}

impl Turns {
    /// So many at once, and so many more that wait.
    #[must_use]
    pub fn new(at_once: usize, waiting_max: usize) -> Self {
        Self {
            at_once: Arc::new(Semaphore::new(at_once)),
            waiting: Arc::new(Semaphore::new(at_once.saturating_add(waiting_max))),
        }
    }

    /// Waits for a turn. Whoever gives up waiting frees the place.
    ///
    /// # Errors
    /// Too many wait.
    pub(in crate::http) async fn take(&self) -> Result<Turn, Busy> {
        let waiting = Arc::clone(&self.waiting).try_acquire_owned();
        let waiting = waiting.map_err(|_full| Busy)?;
        let turn = Arc::clone(&self.at_once).acquire_owned().await;
        Ok(Turn {
            _turn: turn.map_err(|_closed| Busy)?,
            _waiting: waiting,
        })
    }
}

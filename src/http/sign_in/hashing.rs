//! Passwords are hashed off the threads that serve, few at a time: each takes memory and a tenth of
//! a second on purpose. Those that wait are few, too; more are sent away until later.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// More wait already than can be served soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct Busy;

/// Where passwords are hashed.
#[derive(Debug)]
pub(in crate::http) struct Hashing {
    at_once: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Hashing {
    /// So many at once, and so many more that wait.
    pub(in crate::http) fn new(at_once: usize, waiting_max: usize) -> Self {
        Self {
            at_once: Arc::new(Semaphore::new(at_once)),
            waiting: Arc::new(Semaphore::new(at_once.saturating_add(waiting_max))),
        }
    }

    /// Does `work` in its turn. Whoever gives up waiting frees the place; what has begun ends.
    pub(in crate::http) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let waiting = Arc::clone(&self.waiting).try_acquire_owned();
        let waiting = waiting.map_err(|_full| Busy)?;
        let turn = Arc::clone(&self.at_once).acquire_owned().await;
        let turn = turn.map_err(|_closed| Busy)?;
        let working = tokio::task::spawn_blocking(move || {
            let done = work();
            drop((turn, waiting));
            done
        });
        working.await.map_err(|_died| Busy)
    }
}

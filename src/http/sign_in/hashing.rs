//! Passwords are hashed off the threads that serve, few at a time: each takes memory and a tenth of
//! a second on purpose. Those that wait are few, too; more are sent away until later.
//!
//! Browsers in which the account signed in before have a lane of their own: a crowd of strangers at
//! the door keeps nobody out who works here. Strangers' passwords are hashed behind everything else
//! that wants a processor: readings that come in meanwhile are not to wait for them.

use std::sync::Arc;

use tokio::sync::Semaphore;

/// Passwords from known browsers that are hashed at a time, and that wait.
const KNOWN_AT_ONCE: usize = 1;
const KNOWN_WAITING_MAX: usize = 32;
/// The highest nice value there is.
#[cfg(target_os = "linux")]
const LEAST_CLAIM: i32 = 19;

/// More wait already than can be served soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct Busy;

/// Who waits for a hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Lane {
    /// Anybody.
    Strangers,
    /// A browser in which the account signed in before, or somebody who is signed in.
    Known,
}

/// Where passwords are hashed.
#[derive(Debug)]
pub(in crate::http) struct Hashing {
    strangers: Queue,
    known: Queue,
}

#[derive(Debug)]
struct Queue {
    at_once: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Queue {
    fn new(at_once: usize, waiting_max: usize) -> Self {
        Self {
            at_once: Arc::new(Semaphore::new(at_once)),
            waiting: Arc::new(Semaphore::new(at_once.saturating_add(waiting_max))),
        }
    }
}

impl Hashing {
    /// So many of strangers at once, and so many more that wait.
    pub(in crate::http) fn new(at_once: usize, waiting_max: usize) -> Self {
        Self {
            strangers: Queue::new(at_once, waiting_max),
            known: Queue::new(KNOWN_AT_ONCE, KNOWN_WAITING_MAX),
        }
    }

    /// Does `work` in its turn. Whoever gives up waiting frees the place; what has begun ends.
    pub(in crate::http) async fn run<T: Send + 'static>(
        &self,
        lane: Lane,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Busy> {
        let queue = match lane {
            Lane::Strangers => &self.strangers,
            Lane::Known => &self.known,
        };
        let waiting = Arc::clone(&queue.waiting).try_acquire_owned();
        let waiting = waiting.map_err(|_full| Busy)?;
        let turn = Arc::clone(&queue.at_once).acquire_owned().await;
        let turn = turn.map_err(|_closed| Busy)?;
        let working = tokio::task::spawn_blocking(move || {
            let done = match lane {
                Lane::Strangers => behind_the_others(work),
                Lane::Known => Ok(work()),
            };
            drop((turn, waiting));
            done
        });
        working.await.map_err(|_died| Busy)?
    }
}

/// Does `work` on a thread of its own with the least claim to a processor. A thread of the pool
/// would keep that for whatever it does next: without privileges it is not given back.
fn behind_the_others<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Busy> {
    let thread = std::thread::Builder::new().name("hashing".to_owned());
    let working = thread.spawn(move || {
        step_back();
        work()
    });
    let working = working.map_err(|_no_thread| Busy)?;
    working.join().map_err(|_died| Busy)
}

/// Gives this thread the least claim. Where the system has none to give, it hashes as before.
fn step_back() {
    #[cfg(target_os = "linux")]
    {
        // On Linux a thread is what the others call a process.
        let own = rustix::thread::gettid();
        let _as_before = rustix::process::setpriority_process(Some(own), LEAST_CLAIM);
    }
}

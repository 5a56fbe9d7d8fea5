//! The one way in: messages are handed over, and a [`Commit`] tells when they are on disk.

use std::fmt::Debug;
use std::future::Future;
use std::pin::Pin;

use tokio::sync::oneshot;

use crate::reading::Taken;

/// The number of a committed batch: dense, never reused, the platform's clock (house.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BatchNo(u64);

impl BatchNo {
    /// The batch numbered `number`.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The bare number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// Why nothing was committed. None of these may ever be answered with an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendRefused {
    /// A sync failed: the store takes nothing more and the process is about to end (contract C6).
    #[error("a sync of the log failed; nothing is acknowledged any more and the process ends")]
    FailStop,
    /// The platform is stopping.
    #[error("the platform is stopping; what was not acknowledged must be sent again")]
    Stopping,
}

/// A promise that turns into the batch number once the batch was synced, and never before.
#[derive(Debug)]
pub struct Commit(oneshot::Receiver<Result<BatchNo, AppendRefused>>);

impl Commit {
    /// The promise and the end on which the writer keeps it.
    #[must_use]
    pub fn pair() -> (oneshot::Sender<Result<BatchNo, AppendRefused>>, Self) {
        let (sender, receiver) = oneshot::channel();
        (sender, Self(receiver))
    }

    /// Waits until the batch is on disk.
    ///
    /// # Errors
    /// The batch will never be acknowledged; see [`AppendRefused`].
    pub async fn synced(self) -> Result<BatchNo, AppendRefused> {
        self.0.await.unwrap_or(Err(AppendRefused::FailStop))
    }
}

/// A place in the writer's queue, as a future: waiting for it is the back-pressure (contract C4).
pub type Submitting<'a> = Pin<Box<dyn Future<Output = Result<Commit, AppendRefused>> + Send + 'a>>;

/// Where the doors hand over what they took. One implementation a reading engine.
pub trait Append: Debug + Send + Sync {
    /// Hands over all messages of one socket read. Resolves as soon as the writer's bounded queue
    /// has a place (a full disk makes this wait, not fail); the returned [`Commit`] resolves after
    /// the sync. A caller that stops waiting may still have been committed.
    fn submit(&self, taken: Vec<Taken>) -> Submitting<'_>;
}

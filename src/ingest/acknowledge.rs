//! The one code path that acknowledges (contract.md C1): answers go in beside the promise of a
//! commit and come out only after the commit is on disk.
//!
//! Every door writes its PUBACK, PUBREC or 2xx from a [`Synced`], and nothing but
//! [`Pending::synced`] makes one.

use crate::store::AppendRefused;
use crate::store::Commit;
use crate::store::failpoint;

/// Answers that wait for their commit.
#[derive(Debug)]
#[must_use = "an answer that is never awaited is never given"]
pub struct Pending<T> {
    commit: Option<Commit>,
    answers: T,
}

/// Answers whose commit is on disk: they may go out.
#[derive(Debug)]
pub struct Synced<T>(T);

impl<T> Pending<T> {
    /// `answers` that may go out once `commit` is on disk; `None` if they stand for nothing that
    /// has to be kept (a PUBCOMP, a status).
    pub fn new(commit: Option<Commit>, answers: T) -> Self {
        Self { commit, answers }
    }

    /// Waits for the disk.
    ///
    /// # Errors
    /// The answers will never go out: the store stops or a sync failed.
    pub async fn synced(self) -> Result<Synced<T>, AppendRefused> {
        if let Some(commit) = self.commit {
            commit.synced().await?;
            failpoint("before_ack");
        }
        Ok(Synced(self.answers))
    }
}

impl<T> Synced<T> {
    /// The answers.
    pub fn into_answers(self) -> T {
        self.0
    }
}

//! The engine in memory: complete, simple, forgetful. For tests and for checking the other engine.
//!
//! Knows no disk. It folds at once, so nothing is ever pending, and promises nothing beyond the
//! life of the process. Its memory is bounded by what it is given.

mod find;
mod keep;
mod set_aside;

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::reading::Taken;

use super::{Append, AppendRefused, BatchNo, Commit, Submitting};
use super::{Capabilities, Engine, Health, StoreFault};

use keep::Kept;

/// Bytes of quarantine kept in full per gateway, unless told otherwise.
const QUARANTINE_BYTES_DEFAULT: u64 = 64 * 1024 * 1024;

/// Readings in memory.
#[derive(Debug)]
pub struct Memory {
    kept: Mutex<Kept>,
    newest: watch::Sender<BatchNo>,
    failure: watch::Sender<Option<String>>,
    /// `quarantine.max_bytes`.
    quarantine_bytes: u64,
}

impl Default for Memory {
    fn default() -> Self {
        Self::new(QUARANTINE_BYTES_DEFAULT)
    }
}

impl Memory {
    /// An empty store that keeps `quarantine_bytes` of raw bytes per gateway.
    #[must_use]
    pub fn new(quarantine_bytes: u64) -> Self {
        Self {
            kept: Mutex::default(),
            newest: watch::Sender::new(BatchNo::new(0)),
            failure: watch::Sender::new(None),
            quarantine_bytes,
        }
    }

    /// The state; a thread that died in the middle of a change cannot have left it half done,
    /// because no change can fail once it began.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn commit(&self, taken: &[Taken]) -> Result<BatchNo, AppendRefused> {
        let number = {
            let mut kept = self.kept();
            if kept.stopped {
                return Err(AppendRefused::Stopping);
            }
            kept.batch(taken, self.quarantine_bytes)
        };
        self.newest.send_replace(number);
        Ok(number)
    }
}

impl Append for Memory {
    fn submit(&self, taken: Vec<Taken>) -> Submitting<'_> {
        Box::pin(async move {
            let number = self.commit(&taken)?;
            let (kept, commit) = Commit::pair();
            // The receiver is still here, in `commit`.
            let _delivered = kept.send(Ok(number));
            Ok(commit)
        })
    }
}

impl Engine for Memory {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            name: "memory",
            durable_ack: false,
            overwrite: false,
            range_delete: false,
            strings: false,
            exact_integers: false,
            snapshot: false,
        }
    }

    fn health(&self) -> Health {
        let kept = self.kept();
        Health {
            commits: kept.newest().get(),
            log_batches: u64::try_from(kept.log.len()).unwrap_or(u64::MAX),
            values_read: kept.values_read,
            ..Health::default()
        }
    }

    fn failure(&self) -> watch::Receiver<Option<String>> {
        self.failure.subscribe()
    }

    fn write_snapshot(&self, _path: &Path) -> Result<(), StoreFault> {
        Err(StoreFault::NotOffered {
            engine: "memory",
            what: "write a snapshot",
        })
    }

    fn stop(&self) -> Result<(), StoreFault> {
        self.kept().stopped = true;
        Ok(())
    }
}

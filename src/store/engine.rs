//! An engine: every trait of this room in one, what it can, and how it is doing.

use std::fmt::Debug;
use std::path::Path;

use tokio::sync::watch;

use super::Append;
use super::Conservation;
use super::Decisions;
use super::Follow;
use super::Quarantine;
use super::Receipts;
use super::Series;
use super::StoreFault;

/// What an engine can do; whoever needs more must ask first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "capabilities are independent yes or no questions"
)]
pub struct Capabilities {
    /// Its name in `store.engine`.
    pub name: &'static str,
    /// An acknowledged value survives the power going.
    pub durable_ack: bool,
    /// A kept value can be replaced.
    pub overwrite: bool,
    /// A stretch of a series can be deleted.
    pub range_delete: bool,
    /// Values may be text.
    pub strings: bool,
    /// Integers up to 2^63 are kept exactly, not as doubles.
    pub exact_integers: bool,
    /// A consistent copy can be written while serving.
    pub snapshot: bool,
}

/// Room on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Space {
    /// Enough.
    #[default]
    Plenty,
    /// Below the floor for folding: readings are taken, nothing is folded.
    FoldingStopped,
    /// Below the floor for taking, or full: nothing is acknowledged, reads go on.
    TakingStopped,
}

/// How the engine is doing. Plain figures: `vitals` gives them their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// Messages waiting for the writer.
    pub queue_messages: u64,
    /// Messages that may wait before the doors have to.
    pub queue_limit: u64,
    /// Values committed and not yet folded.
    pub pending_values: u64,
    /// Messages in both heads.
    pub head_messages: u64,
    /// Batch rows in the log, folded ones included.
    pub log_batches: u64,
    /// Batch rows not yet folded.
    pub log_batches_unfolded: u64,
    /// Size of the write-ahead log, in bytes.
    pub wal_bytes: u64,
    /// Size of the main file, in bytes.
    pub file_bytes: u64,
    /// Commits since start.
    pub commits: u64,
    /// Time of all commits since start, in microseconds.
    pub commit_us_total: u64,
    /// Commits by latency: at most 1, 2, 4 .. 2^15 ms, the last one beyond.
    pub commits_by_ms: [u64; 17],
    /// Folds since start.
    pub folds: u64,
    /// Month blocks written since start.
    pub blocks_compacted: u64,
    /// Damaged rows and chunks put aside, ever.
    pub damaged: u64,
    /// Values visited by reads since start: what a recomputation cost.
    pub values_read: u64,
    /// Room on the disk.
    pub space: Space,
}

/// Everything the platform keeps readings with.
pub trait Engine:
    Append + Series + Follow + Conservation + Quarantine + Decisions + Receipts + Debug + Send + Sync
{
    /// What it can.
    fn capabilities(&self) -> Capabilities;

    /// How it is doing.
    fn health(&self) -> Health;

    /// Turns into the sentence to die with when a sync failed: `app` awaits it and ends the
    /// process non-zero (contract C6).
    fn failure(&self) -> watch::Receiver<Option<String>>;

    /// Writes a consistent copy of all that is kept to `path`, which must not exist, while
    /// serving; synced when it returns.
    ///
    /// # Errors
    /// [`StoreFault::NotOffered`] for engines without a file.
    fn write_snapshot(&self, path: &Path) -> Result<(), StoreFault>;

    /// Takes nothing more, commits and answers what waits, ends its threads. Blocks until done.
    ///
    /// # Errors
    /// [`StoreFault`] when the last commit failed.
    fn stop(&self) -> Result<(), StoreFault>;
}

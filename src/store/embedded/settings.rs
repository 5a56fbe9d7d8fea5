//! Sizes and times of the embedded engine, each with the value that the prototype proved.

use std::time::Duration;

/// How the engine works. `config` fills it in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How long the writer waits for company after the first message, unless 256 wait already; up
    /// to 100 ms spare an SSD.
    pub gather_for: Duration,
    /// Messages in one batch at most.
    pub batch_messages: usize,
    /// Messages that may wait for the writer before the doors have to (contract C4); a large one
    /// counts as several, see [`crate::reading::Taken::weight`].
    pub queue_messages: usize,
    /// Messages in one head at most; there are two. About 160 bytes a message of 9 values.
    pub head_messages: u64,
    /// How long a value may be pending before it is folded.
    pub fold_every: Duration,
    /// Bytes that a fold writes in one transaction.
    pub slice_bytes: usize,
    /// Raw bytes of quarantine kept per gateway (`quarantine.max_bytes`).
    pub quarantine_bytes: u64,
    /// Free bytes below which nothing is folded; at most a tenth of the disk.
    pub space_floor_fold_bytes: u64,
    /// Free bytes below which nothing is acknowledged; at most a twentieth of the disk.
    pub space_floor_take_bytes: u64,
    /// Connections that read at the same time.
    pub readers: usize,
    /// How long after its end a month is compacted.
    pub compact_after: Duration,
    /// Bytes of write-ahead log from which on somebody is told (store.md, guards).
    pub log_warn_bytes: u64,
    /// Bytes of write-ahead log from which on long reads are refused (store.md, guards).
    pub log_most_bytes: u64,
    /// Rows that 16 neighbouring meters' month takes in one block; days beyond stay as they are.
    pub block_rows_max: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            gather_for: Duration::from_millis(1),
            batch_messages: 8_192,
            queue_messages: 16_384,
            head_messages: 400_000,
            fold_every: Duration::from_mins(10),
            slice_bytes: 256 * 1024,
            quarantine_bytes: 64 * 1024 * 1024,
            space_floor_fold_bytes: 256 * 1024 * 1024,
            space_floor_take_bytes: 64 * 1024 * 1024,
            readers: 4,
            compact_after: Duration::from_hours(48),
            log_warn_bytes: 64 * 1024 * 1024,
            log_most_bytes: 512 * 1024 * 1024,
            block_rows_max: 1 << 23,
        }
    }
}

//! What can go wrong with keeping and finding, said for whoever has to do something about it.

use std::path::PathBuf;

/// Why the store did not do what was asked. Nothing is ever half done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreFault {
    /// A sync or another disk operation failed (contract C6); the process is about to end.
    #[error(
        "the disk failed while {doing} ({cause}): nothing is acknowledged any more; look at the disk, then start again"
    )]
    DiskFailed {
        /// What the store was at.
        doing: &'static str,
        /// What the system said.
        cause: String,
    },
    /// Reading failed; what is kept is not changed.
    #[error("{doing} did not work ({cause}); nothing was changed")]
    Unreadable {
        /// What the store was at.
        doing: &'static str,
        /// What the engine said.
        cause: String,
    },
    /// The platform is stopping.
    #[error("the platform is stopping; ask again when it runs")]
    Stopping,
    /// There is no such thing.
    #[error("there is no {what} {key}")]
    Absent {
        /// What was looked for.
        what: &'static str,
        /// Under which key.
        key: String,
    },
    /// A quarantined item was taken in before.
    #[error("quarantine item {number} was replayed already; nothing was taken twice")]
    ReplayedAlready {
        /// Its number.
        number: u64,
    },
    /// A replay under another gateway than the item's.
    #[error("quarantine item {number} came from another gateway; replay it as that one")]
    ForeignReplay {
        /// Its number.
        number: u64,
    },
    /// This engine cannot do it; see `Capabilities`.
    #[error("the {engine} engine cannot {what}")]
    NotOffered {
        /// Name of the engine.
        engine: &'static str,
        /// What was asked.
        what: &'static str,
    },
    /// The data directory was written by a newer program.
    #[error("{} has format {found}, this program knows up to {known}; use the newer program", .path.display())]
    FromTheFuture {
        /// The file.
        path: PathBuf,
        /// Its format number.
        found: i64,
        /// The newest format number this program knows.
        known: i64,
    },
    /// The file is not one of ours.
    #[error("{} is not a parkpulse store; nothing was touched", .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
    },
    /// A setting on which the promises rest is not in force.
    #[error(
        "self-check: {setting} is {found}, must be {needed}; the store would break its promises and does not start"
    )]
    SelfCheck {
        /// Name of the setting.
        setting: &'static str,
        /// What it is.
        found: String,
        /// What it must be.
        needed: &'static str,
    },
    /// Too little room on the disk for this.
    #[error("too little free space for {doing}; make room, it resumes by itself")]
    NoSpace {
        /// What needs the room.
        doing: &'static str,
    },
    /// The log has grown so far that a long read would do harm.
    #[error("the log holds {wal_bytes} bytes; long reads wait until it is written back")]
    LogTooLong {
        /// Size of the write-ahead log in bytes.
        wal_bytes: u64,
    },
}

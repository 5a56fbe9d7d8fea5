//! One file out of a data directory, and a data directory out of one file.
//!
//! A tar in zstd: `manifest.json` first, then readings, registry, the key of the tokens,
//! the key and the newest head of the audit log. It is
//! consistent while serving: readings are copied first and the registry second, so that whoever
//! sent a reading in it is registered in it, too (contract.md 5). The keys are sealed where a
//! passphrase is given: without it, who has the archive has what signs gateways and people in.

mod file;
mod pack;
mod passphrase;
mod unpack;

use std::io;
use std::path::{Path, PathBuf};

use crate::store::StoreFault;
use crate::store::registry::RegistryFault;

pub use pack::pack;
pub use passphrase::{NoPassphrase, Passphrase};
pub use unpack::unpack;

const MANIFEST: &str = "manifest.json";
const READINGS: &str = "readings.db";
const REGISTRY: &str = "registry.db";
const TOKEN_KEY: &str = "token.key";
const AUDIT_KEY: &str = "audit.key";
const AUDIT_HEAD: &str = "audit.head";

/// What an archive holds besides its manifest, in the order in which it comes and goes into place.
const FILES: [&str; 5] = [READINGS, REGISTRY, TOKEN_KEY, AUDIT_KEY, AUDIT_HEAD];

/// Those of them that are sealed under a passphrase.
const KEYS: [&str; 2] = [TOKEN_KEY, AUDIT_KEY];

/// So many of them were in archives before the audit log was signed.
const FILES_ONCE: usize = 3;

/// Holds the instant of the last backup that came to its end; not part of an archive.
const BACKUP_NOTE: &str = "backup.last";

/// Where a backup of the data in `directory` leaves its instant when it has come to its end.
#[must_use]
pub fn backup_note(directory: &Path) -> PathBuf {
    directory.join(BACKUP_NOTE)
}

/// Stands in a data directory while a restore is under way; nothing opens it then.
const RESTORING: &str = "restoring";

/// Why there is no archive, or no restored directory. What was there before is untouched.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveFailed {
    /// The target exists.
    #[error("{} exists already; nothing was written over, name another file", .0.display())]
    Exists(PathBuf),
    /// The directory holds data.
    #[error(
        "the data directory {} holds data already; restore into an empty one (--data-dir)",
        .0.display()
    )]
    NotEmpty(PathBuf),
    /// The readings could not be copied.
    #[error("the readings could not be copied")]
    Readings(#[from] StoreFault),
    /// The registry could not be copied.
    #[error("the registry could not be copied")]
    Registry(#[from] RegistryFault),
    /// The file is no archive of ours, or was changed.
    #[error("{} is not a whole backup of parkpulse: {what}", path.display())]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Its keys are sealed and no passphrase came along.
    #[error(
        "the keys in {} are sealed; nothing was restored, give the passphrase that it was made with (--passphrase-file)",
        .0.display()
    )]
    Sealed(PathBuf),
    /// The passphrase is another one.
    #[error(
        "the passphrase does not open the keys in {}, or they were changed; nothing was restored",
        .0.display()
    )]
    NotOpened(PathBuf),
    /// The system refused.
    #[error("{doing} did not work")]
    System {
        /// What was tried.
        doing: &'static str,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

fn system(doing: &'static str) -> impl Fn(io::Error) -> ArchiveFailed {
    move |cause| ArchiveFailed::System { doing, cause }
}

/// Whether a restore into `directory` began and did not end.
pub(super) fn is_restoring(directory: &Path) -> bool {
    directory.join(RESTORING).exists()
}

/// Puts the names in `directory` on disk.
fn sync_names(directory: &Path) -> io::Result<()> {
    std::fs::File::open(directory)?.sync_all()
}

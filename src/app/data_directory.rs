//! The data directory and its one owner.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use tempfile::TempDir;

const LOCK: &str = "lock";
/// How the names of folders begin that hold the copies of a backup or a restore under way.
const COPIES: &str = ".copies-";

/// Why a data directory could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryRefused {
    /// Another process owns it.
    #[error(
        "another parkpulse process owns the data directory {}; stop it, or name another directory \
         with --data-dir",
        path.display()
    )]
    Owned {
        /// The directory.
        path: PathBuf,
    },
    /// It cannot be made or opened.
    #[error("the data directory {} cannot be used", path.display())]
    Unusable {
        /// The directory.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

/// A data directory that this process owns until the value is dropped or the process dies.
#[derive(Debug)]
pub struct DataDirectory {
    path: PathBuf,
    _lock: File,
}

impl DataDirectory {
    /// Makes the directory if it is missing and takes its lock.
    ///
    /// # Errors
    /// Somebody else owns it, or the system refuses; see [`DirectoryRefused`].
    pub fn take(path: &Path) -> Result<Self, DirectoryRefused> {
        let unusable = |cause| DirectoryRefused::Unusable {
            path: path.to_owned(),
            cause,
        };
        let mut maker = DirBuilder::new();
        maker.recursive(true).mode(0o700);
        maker.create(path).map_err(unusable)?;
        let mut lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .open(path.join(LOCK))
            .map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(DirectoryRefused::Owned {
                    path: path.to_owned(),
                });
            }
            Err(TryLockError::Error(cause)) => return Err(unusable(cause)),
        }
        // The number is for people who look; the lock itself is the system's.
        let number = format!("{}\n", std::process::id());
        lock.set_len(0).map_err(unusable)?;
        lock.write_all(number.as_bytes()).map_err(unusable)?;
        remove_copies(path).map_err(unusable)?;
        Ok(Self {
            path: path.to_owned(),
            _lock: lock,
        })
    }

    /// A folder in it for the copies of a backup or a restore, gone with the value; what a killed
    /// process left of one goes when the directory is taken the next time.
    ///
    /// # Errors
    /// The system refused.
    pub fn place_for_copies(&self) -> io::Result<TempDir> {
        tempfile::Builder::new()
            .prefix(COPIES)
            .tempdir_in(&self.path)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// They hold all readings and the keys once more.
fn remove_copies(path: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(path)? {
        let entry = entry?;
        let is_copies = entry.file_name().to_string_lossy().starts_with(COPIES);
        if is_copies && entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        }
    }
    Ok(())
}

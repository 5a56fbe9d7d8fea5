//! The data directory: one owner at a time, and names that are on disk when we say so.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::StoreFault;

/// A data directory that this process owns until the value is dropped (contract.md 5).
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    /// The lock goes with the file.
    _lock: File,
}

impl DataDir {
    /// Makes the directory if it is not there and takes it.
    ///
    /// # Errors
    /// [`StoreFault::Owned`] if another process has it; [`StoreFault::Unreadable`] if it cannot be
    /// made.
    pub fn own(path: &Path) -> Result<Self, StoreFault> {
        let fault = |cause: io::Error| StoreFault::Unreadable {
            doing: "taking the data directory",
            cause: format!("{}: {cause}", path.display()),
        };
        fs::create_dir_all(path).map_err(fault)?;
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path.join("lock"))
            .map_err(fault)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let path = path.to_owned();
                return Err(StoreFault::Owned { path });
            }
            Err(TryLockError::Error(cause)) => return Err(fault(cause)),
        }
        let owned = Self {
            path: path.to_owned(),
            _lock: lock,
        };
        owned.sync().map_err(fault)?;
        Ok(owned)
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the names in the directory, and its own name, on disk.
    ///
    /// # Errors
    /// What the system says.
    pub fn sync(&self) -> io::Result<()> {
        sync_dir(&self.path)?;
        match self.path.canonicalize()?.parent() {
            Some(parent) => sync_dir(parent),
            None => Ok(()),
        }
    }
}

/// Puts the names in `path` on disk.
pub(super) fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

//! Names that are on disk when we say so.

use std::fs::File;
use std::io;
use std::path::Path;

/// Puts the names in the directory `path` on disk.
pub(super) fn sync_dir(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Puts the names in the directory `path`, and its own name in its parent, on disk.
pub(super) fn sync_dir_and_name(path: &Path) -> io::Result<()> {
    sync_dir(path)?;
    match path.canonicalize()?.parent() {
        Some(parent) => sync_dir(parent),
        None => Ok(()),
    }
}

//! A consistent copy of `readings.db` while it is written to: `VACUUM INTO`, then sync and rename.

use std::fs::{self, File};
use std::path::Path;

use crate::store::StoreFault;
use crate::store::disk::sync_dir;

use super::open::{open_reader, unreadable};

/// Writes the copy of `file` to `path`, which must not exist. Synced when it returns.
pub(super) fn write(file: &Path, path: &Path) -> Result<(), StoreFault> {
    let doing = "writing a snapshot";
    let fault = |cause: std::io::Error| StoreFault::Unreadable {
        doing,
        cause: format!("{}: {cause}", path.display()),
    };
    if path.exists() {
        return Err(fault(std::io::ErrorKind::AlreadyExists.into()));
    }
    let parent = path
        .parent()
        .ok_or_else(|| fault(std::io::ErrorKind::NotFound.into()))?;
    let unfinished = path.with_extension("unfinished");
    match fs::remove_file(&unfinished) {
        Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(fault(cause)),
        _ => {}
    }
    let name = unfinished
        .to_str()
        .ok_or_else(|| fault(std::io::ErrorKind::InvalidInput.into()))?;
    let connection = open_reader(file)?;
    let copied = connection
        .execute_batch("PRAGMA query_only=OFF")
        .and_then(|()| connection.execute("VACUUM INTO ?1", [name]));
    if let Err(cause) = copied {
        // What is left of it is of no use; the next snapshot removes it if this cannot.
        let _removed = fs::remove_file(&unfinished);
        return Err(unreadable(doing)(cause));
    }
    File::open(&unfinished)
        .and_then(|copy| copy.sync_all())
        .map_err(fault)?;
    fs::rename(&unfinished, path).map_err(fault)?;
    sync_dir(parent).map_err(fault)
}

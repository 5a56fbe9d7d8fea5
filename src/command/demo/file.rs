//! `DATA_DIR/demo.json`: which city was laid, so that one interrupted is laid again alike.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::calendar::Day;
use crate::demo::Scale;

/// What was asked for first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Noted {
    pub(super) seed: u64,
    pub(super) scale: Scale,
    pub(super) today: Day,
    /// Whether all of it was laid.
    pub(super) laid: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct NotedFile {
    seed: u64,
    parks: usize,
    parcels: usize,
    enterprises: usize,
    meters: usize,
    days: i32,
    today: i32,
    laid: bool,
}

fn path(directory: &Path) -> PathBuf {
    directory.join("demo.json")
}

/// What the file in `directory` says; `None` without one.
pub(super) fn read(directory: &Path) -> io::Result<Option<Noted>> {
    let text = match fs::read_to_string(path(directory)) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        text => text?,
    };
    let file: NotedFile = serde_json::from_str(&text)?;
    Ok(Some(Noted {
        seed: file.seed,
        scale: Scale {
            parks: file.parks,
            parcels: file.parcels,
            enterprises: file.enterprises,
            meters: file.meters,
            days: file.days,
        },
        today: Day::from_number(file.today),
        laid: file.laid,
    }))
}

/// Writes it anew.
pub(super) fn write(directory: &Path, noted: &Noted) -> io::Result<()> {
    let file = NotedFile {
        seed: noted.seed,
        parks: noted.scale.parks,
        parcels: noted.scale.parcels,
        enterprises: noted.scale.enterprises,
        meters: noted.scale.meters,
        days: noted.scale.days,
        today: noted.today.number(),
        laid: noted.laid,
    };
    replace(directory, &path(directory), &serde_json::to_vec(&file)?)
}

/// Writes `path` whole or not at all, readable by its owner alone.
pub(super) fn replace(directory: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    // A temporary file is made with mode 0600 and keeps it.
    let mut temporary = NamedTempFile::new_in(directory)?;
    temporary.write_all(bytes)?;
    temporary.as_file().sync_all()?;
    temporary.persist(path)?;
    Ok(())
}

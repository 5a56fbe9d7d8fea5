//! The backdrop that the configuration names.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::park::backdrop::{BackdropRefused, Thing, read_backdrop};

/// The most bytes of a file.
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// A backdrop that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BackdropUnread {
    /// The file cannot be read.
    #[error("the backdrop {} (map.backdrop) cannot be read", path.display())]
    Unread {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        cause: io::Error,
    },
    /// It is not one.
    #[error("the backdrop {} (map.backdrop) cannot be drawn", path.display())]
    Refused {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        cause: BackdropRefused,
    },
}

/// What is drawn under the parcels; nothing without a file.
///
/// # Errors
/// A file that is named must be readable and whole.
pub(super) fn read(path: Option<&Path>) -> Result<Vec<Thing>, BackdropUnread> {
    let Some(path) = path else {
        return Ok(Vec::new());
    };
    let at = || path.to_owned();
    let text = text(path).map_err(|cause| BackdropUnread::Unread { path: at(), cause })?;
    read_backdrop(&text).map_err(|cause| BackdropUnread::Refused { path: at(), cause })
}

fn text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let file = File::open(path)?;
    let bytes = file.take(BYTES_MAX + 1).read_to_string(&mut text)?;
    if u64::try_from(bytes).unwrap_or(u64::MAX) > BYTES_MAX {
        return Err(io::Error::other("larger than 16 MiB"));
    }
    Ok(text)
}

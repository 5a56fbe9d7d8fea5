//! The fonts that the configuration adds to the shipped one.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The most bytes of a font file.
const FONT_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// A font file that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the font {} (fonts.extra) cannot be read", path.display())]
pub struct FontUnread {
    path: PathBuf,
    #[source]
    cause: io::Error,
}

/// The bytes of each font file, in the order of the configuration.
///
/// # Errors
/// The first file that cannot be read, or is larger than 64 MiB.
pub fn read_fonts(paths: &[PathBuf]) -> Result<Vec<Vec<u8>>, FontUnread> {
    let read = |path: &PathBuf| {
        bytes(path).map_err(|cause| FontUnread {
            path: path.clone(),
            cause,
        })
    };
    paths.iter().map(read).collect()
}

fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let file = File::open(path)?;
    if file.take(FONT_BYTES_MAX + 1).read_to_end(&mut bytes)? as u64 > FONT_BYTES_MAX {
        return Err(io::Error::other("larger than 64 MiB"));
    }
    Ok(bytes)
}

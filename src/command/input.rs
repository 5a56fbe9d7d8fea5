//! Files that people hand to a command: bounded, every refusal with the file's name.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::Failure;

/// The most a file may hold (contract.md 7, "Files").
const BYTES_MAX: u64 = 20 * 1024 * 1024;

/// The content of the file at `path`.
///
/// # Errors
/// A file that cannot be read or is larger than 20 MiB.
pub(super) fn read_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let name = path.display();
    let unreadable = |cause| Failure::failed(format!("{name} cannot be read: {cause}"));
    let file = File::open(path).map_err(unreadable)?;
    let mut bytes = Vec::new();
    file.take(BYTES_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if u64::try_from(bytes.len()).is_ok_and(|len| len > BYTES_MAX) {
        return Err(Failure::failed(format!(
            "{name} is larger than 20 MiB (too_large): hand it over in parts"
        )));
    }
    Ok(bytes)
}

/// The text of the file at `path`.
///
/// # Errors
/// As [`read_bytes`], and a file that is not UTF-8.
pub(super) fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = read_bytes(path)?;
    String::from_utf8(bytes).map_err(|cause| {
        let fault = cause.utf8_error();
        let name = path.display();
        Failure::failed(format!("{name} is not UTF-8 (bad_encoding): {fault}"))
    })
}

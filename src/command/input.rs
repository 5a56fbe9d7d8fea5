//! Files that people hand to a command: whole texts with a limit (contract.md 7, "Files").

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::Failure;

/// Most bytes of a file that is read whole.
const FILE_MAX: u64 = 20 * 1024 * 1024;

/// The text of the file at `path`: UTF-8, at most 20 MiB.
///
/// # Errors
/// Not there, too large, not UTF-8; in words.
pub(super) fn text_of(path: &Path) -> Result<String, Failure> {
    let refuse = |what: String| Failure::failed(format!("{}: {what}", path.display()));
    let file = File::open(path).map_err(|cause| refuse(format!("cannot be read: {cause}")))?;
    let mut bytes = Vec::new();
    file.take(FILE_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|cause| refuse(format!("cannot be read: {cause}")))?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > FILE_MAX) {
        return Err(refuse("larger than 20 MiB; split it".to_owned()));
    }
    String::from_utf8(bytes).map_err(|cause| refuse(format!("not UTF-8: {cause}")))
}

//! Files in one archive (ZIP, APPNOTE 6.3), stored as they are: what a workbook is wrapped in. Same
//! files in, same bytes out: no time stands in it.

/// Names are UTF-8.
const FLAGS: u16 = 0x0800;
/// The version that reads stored files.
const VERSION: u16 = 20;
/// 1980-01-01, the first day there is.
const DATE: u16 = 0x21;

/// The archive of texts by path; `None` where one is larger than it can say.
pub(super) fn stored(files: &[(String, String)]) -> Option<Vec<u8>> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (path, text) in files {
        let begin = u32::try_from(bytes.len()).ok()?;
        let entry = entry(path, text)?;
        bytes.extend(0x0403_4b50_u32.to_le_bytes());
        bytes.extend(&entry);
        bytes.extend(path.as_bytes());
        bytes.extend(text.as_bytes());
        directory.extend(0x0201_4b50_u32.to_le_bytes());
        directory.extend(VERSION.to_le_bytes());
        directory.extend(&entry);
        // No comment, the first disk, no attributes.
        directory.extend([0; 10]);
        directory.extend(begin.to_le_bytes());
        directory.extend(path.as_bytes());
    }
    let (begin, size) = (
        u32::try_from(bytes.len()).ok()?,
        u32::try_from(directory.len()).ok()?,
    );
    let count = u16::try_from(files.len()).ok()?;
    bytes.extend(directory);
    bytes.extend(0x0605_4b50_u32.to_le_bytes());
    bytes.extend([0; 4]);
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend(size.to_le_bytes());
    bytes.extend(begin.to_le_bytes());
    bytes.extend([0; 2]);
    Some(bytes)
}

/// What stands of a file at its place and in the directory alike.
fn entry(path: &str, text: &str) -> Option<Vec<u8>> {
    let size = u32::try_from(text.len()).ok()?;
    let mut entry = Vec::new();
    for word in [VERSION, FLAGS, 0, 0, DATE] {
        entry.extend(word.to_le_bytes());
    }
    entry.extend(crc32fast::hash(text.as_bytes()).to_le_bytes());
    entry.extend(size.to_le_bytes());
    entry.extend(size.to_le_bytes());
    entry.extend(u16::try_from(path.len()).ok()?.to_le_bytes());
    // No extra field.
    entry.extend([0; 2]);
    Some(entry)
}

//! Looks through the archive that a workbook is, before anything reads it: how much it holds when
//! it is really unpacked (what its heads say is not believed), links, archives inside, and what a
//! workbook never needs: types of its own, entities, other encodings (contract.md 7, "Files").

use std::io::{Cursor, Read};

use memchr::memmem;
use zip::ZipArchive;
use zip::read::ZipFile;

use super::size;
use crate::jobs::import::Limits;
use crate::jobs::import::fault::Faults;
use crate::text::{Said, said};

/// Entries below this may be packed as tightly as they like: an empty style sheet is.
const SMALL: u64 = 1 << 20;
/// The piece that is looked at, and what is kept of it for what lies across its end.
const PIECE: usize = 1 << 16;
const CARRY: usize = 64;
/// The most strings that are believed to be in a workbook.
const STRINGS_MAX: u64 = 5_000_000;

/// A file that is no table: its fault, and the way out.
fn no_table(what: Said) -> Faults {
    Faults::of_file(what, said!("import_advice.new_workbook"))
}

/// What was seen while looking through.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// About how many rows its sheets have.
    pub(super) rows: u64,
    /// Whether cells are merged.
    pub(super) merged: bool,
    /// Whether rows or columns are hidden.
    pub(super) hidden: bool,
}

/// Looks through the archive `bytes`.
pub(super) fn look_through(bytes: &[u8], limits: Limits) -> Result<Seen, Faults> {
    let torn = |cause: &dyn std::fmt::Display| {
        no_table(said!("import_fault.workbook_torn", cause = cause))
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|cause| torn(&cause))?;
    if archive.len() > limits.entries {
        let (found, most) = (archive.len(), limits.entries);
        let what = said!("import_fault.workbook_files", found = found, most = most);
        return Err(no_table(what));
    }
    let mut seen = Seen::default();
    let mut unpacked = 0_u64;
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).map_err(|cause| torn(&cause))?;
        check_kind(&entry)?;
        let mut look = Look::new(limits, bytes.len(), unpacked);
        look.through(&mut entry, &mut seen)?;
        unpacked += look.own;
    }
    Ok(seen)
}

fn check_kind<R: Read>(entry: &ZipFile<'_, R>) -> Result<(), Faults> {
    let shown = name_of(entry);
    if entry.is_symlink() {
        return Err(no_table(said!("import_fault.workbook_link", name = shown)));
    }
    if entry.enclosed_name().is_none() {
        return Err(no_table(said!("import_fault.workbook_path", name = shown)));
    }
    if entry.encrypted() {
        let what = said!("import_fault.workbook_password");
        return Err(Faults::of_file(what, said!("import_advice.password_away")));
    }
    Ok(())
}

/// The name of an entry, as far as it is shown.
fn name_of<R: Read>(entry: &ZipFile<'_, R>) -> String {
    let name = String::from_utf8_lossy(entry.name_raw());
    name.chars().take(120).collect()
}

/// One entry under the eyes.
struct Look {
    limits: Limits,
    file_bytes: u64,
    before: u64,
    own: u64,
}

impl Look {
    fn new(limits: Limits, file_bytes: usize, before: u64) -> Self {
        Self {
            limits,
            file_bytes: u64::try_from(file_bytes).unwrap_or(u64::MAX),
            before,
            own: 0,
        }
    }

    fn through<R: Read>(
        &mut self,
        entry: &mut ZipFile<'_, R>,
        seen: &mut Seen,
    ) -> Result<(), Faults> {
        let packed = entry.compressed_size();
        let name = name_of(entry);
        let mut piece = vec![0; PIECE + CARRY];
        let mut kept = 0;
        let mut is_first = true;
        loop {
            let room = piece.get_mut(kept..).unwrap_or_default();
            let read = entry.read(room).map_err(|cause| {
                no_table(said!(
                    "import_fault.workbook_broken_at",
                    name = name,
                    cause = cause
                ))
            })?;
            if read == 0 {
                return Ok(());
            }
            self.own += u64::try_from(read).unwrap_or(u64::MAX);
            self.check_size(&name, packed)?;
            let held = piece.get(..kept + read).unwrap_or_default();
            if is_first {
                check_start(&name, held)?;
            }
            check_words(&name, held)?;
            note(&name, held, kept, seen);
            is_first = false;
            let keep = held.len().min(CARRY);
            let from = held.len() - keep;
            piece.copy_within(from..from + keep, 0);
            kept = keep;
        }
    }

    fn check_size(&self, name: &str, packed: u64) -> Result<(), Faults> {
        let total = self.before + self.own;
        let most = u64::try_from(self.limits.unpacked_bytes).unwrap_or(u64::MAX);
        if total > most {
            let most = size(self.limits.unpacked_bytes);
            let what = said!("import_fault.workbook_unpacked", most = most);
            return Err(Faults::of_file(what, said!("import_advice.in_parts")));
        }
        let ratio = self.limits.ratio;
        let tight = |all: u64, from: u64| all > SMALL && all / from.max(1) > ratio;
        if tight(self.own, packed) || tight(total, self.file_bytes) {
            let what = said!("import_fault.workbook_bomb", name = name, ratio = ratio);
            return Err(no_table(what));
        }
        Ok(())
    }
}

/// An archive inside, or text that is not UTF-8.
fn check_start(name: &str, start: &[u8]) -> Result<(), Faults> {
    if start.starts_with(b"PK\x03\x04") {
        return Err(no_table(said!(
            "import_fault.workbook_archive",
            name = name
        )));
    }
    if !is_text(name) {
        return Ok(());
    }
    let is_wide = start
        .iter()
        .take(4)
        .any(|byte| matches!(byte, 0 | 0xfe | 0xff));
    let head = start.get(..200.min(start.len())).unwrap_or_default();
    let head = head.to_ascii_lowercase();
    let declared = memmem::find(&head, b"encoding=").and_then(|at| head.get(at + 10..));
    let is_foreign = declared.is_some_and(|rest| !rest.starts_with(b"utf-8"));
    if is_wide || is_foreign {
        return Err(no_table(said!(
            "import_fault.workbook_not_utf8",
            name = name
        )));
    }
    Ok(())
}

/// Types and entities of its own, and a number of strings that would fill the memory.
fn check_words(name: &str, held: &[u8]) -> Result<(), Faults> {
    if !is_text(name) {
        return Ok(());
    }
    for at in memmem::find_iter(held, b"<!") {
        let rest = held.get(at + 2..at + 9).unwrap_or_default();
        let rest = rest.to_ascii_uppercase();
        if rest.starts_with(b"DOCTYPE") || rest.starts_with(b"ENTITY") {
            return Err(no_table(said!(
                "import_fault.workbook_entities",
                name = name
            )));
        }
    }
    for at in memmem::find_iter(held, b"niqueCount") {
        let rest = held.get(at + 10..).unwrap_or_default();
        // What lies across the end of the piece is seen whole with the next one.
        let is_whole = rest.len() >= CARRY - 20;
        let told = told_count(rest);
        if told.is_some_and(|told| told > STRINGS_MAX) || (told.is_none() && is_whole) {
            return Err(no_table(said!("import_fault.workbook_texts", name = name)));
        }
    }
    Ok(())
}

/// The number in `="123"`; none if it is not written so, or is not all there.
fn told_count(rest: &[u8]) -> Option<u64> {
    let rest = rest.get(..CARRY - 20).unwrap_or(rest).trim_ascii_start();
    let rest = rest.strip_prefix(b"=")?.trim_ascii_start();
    let rest = rest
        .strip_prefix(b"\"")
        .or_else(|| rest.strip_prefix(b"'"))?;
    let end = rest.iter().position(|byte| matches!(byte, b'"' | b'\''))?;
    let digits = std::str::from_utf8(rest.get(..end)?).ok()?;
    digits.trim().parse().ok()
}

fn is_text(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default();
    matches!(ending, "xml" | "rels" | "vml")
        || !matches!(
            ending,
            "png" | "jpeg" | "jpg" | "gif" | "emf" | "wmf" | "bin"
        )
}

fn note(name: &str, held: &[u8], kept: usize, seen: &mut Seen) {
    if !name.contains("worksheets/") {
        return;
    }
    // What was carried over was counted with its own piece, but for what lies across the border.
    let fresh = held.get(kept.saturating_sub(4)..).unwrap_or_default();
    let rows = memmem::find_iter(fresh, b"<row ").count();
    seen.rows += u64::try_from(rows).unwrap_or_default();
    seen.merged |= memmem::find(held, b"<mergeCell ").is_some();
    seen.hidden |= memmem::find(held, b" hidden=\"1\"").is_some();
}

//! CSV as rows. Valid UTF-8 is UTF-8; what is not is GBK if all of it is, and neither is guessed
//! where a file is UTF-8 with a broken place.

use std::borrow::Cow;

use encoding_rs::GB18030;

use super::{About, Form, Row, Visit};
use crate::jobs::import::count;
use crate::jobs::import::fault::{Fault, Faults};
use crate::text::{Said, said};

/// A file that is no table: its fault, and the way out.
fn no_table(what: Said) -> Faults {
    Faults::of_file(what, said!("import_advice.csv_or_workbook"))
}

pub(super) fn walk(bytes: &[u8], visit: &mut Visit<'_>) -> Result<About, Faults> {
    let (text, form) = text(bytes)?;
    let total = count(memchr::memchr_iter(b'\n', text.as_bytes()).count());
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut record = csv::StringRecord::new();
    // Lines that lie inside a cell: a spreadsheet counts the row once.
    let mut inside = 0_u64;
    loop {
        let more = reader
            .read_record(&mut record)
            .map_err(|cause| no_table(said!("import_fault.no_csv", cause = cause)))?;
        if !more {
            break;
        }
        let line = record.position().map_or(0, csv::Position::line);
        let row = Row {
            line,
            number: line.saturating_sub(inside),
            cells: &record,
            is_padded: false,
            broken: &[],
        };
        inside += count(memchr::memchr_iter(b'\n', record.as_slice().as_bytes()).count());
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if visit(total, &row).is_break() {
            break;
        }
    }
    let mut notes = Vec::new();
    if form == Form::CsvGbk {
        let what = said!("import_fault.read_as_gbk");
        notes.push(Fault::of_all(what, said!("import_advice.look_at_names")));
    }
    Ok(About { form, notes })
}

/// The text of a file, and what it was written in.
fn text(bytes: &[u8]) -> Result<(Cow<'_, str>, Form), Faults> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(no_table(said!("import_fault.utf16")));
    }
    let (text, form) = match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), Form::CsvUtf8),
        Err(cause) if is_broken_utf8(bytes) => {
            let line = line_of(bytes, cause.valid_up_to());
            return Err(no_table(said!("import_fault.line_not_utf8", line = line)));
        }
        Err(_) => (gbk(bytes)?, Form::CsvGbk),
    };
    let text = match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.strip_prefix('\u{feff}').unwrap_or(text)),
        owned @ Cow::Owned(_) => owned,
    };
    if let Some(place) = memchr::memchr(0, text.as_bytes()) {
        let line = line_of(text.as_bytes(), place);
        return Err(no_table(said!("import_fault.line_nul", line = line)));
    }
    Ok((text, form))
}

/// Whether more of what is beyond ASCII reads as UTF-8 than does not. Chinese in GBK hardly ever
/// makes three bytes of UTF-8 by accident.
fn is_broken_utf8(bytes: &[u8]) -> bool {
    let (mut good, mut bad) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        good += chunk
            .valid()
            .chars()
            .filter(|one| one.len_utf8() > 2)
            .count();
        // A broken sequence comes as several chunks, of which the first alone follows good text.
        bad += usize::from(!chunk.invalid().is_empty() && !chunk.valid().is_empty());
    }
    good > bad
}

/// The text of a file in GBK. What does not come back as the same bytes was none.
fn gbk(bytes: &[u8]) -> Result<Cow<'_, str>, Faults> {
    let refused = |line: usize| no_table(said!("import_fault.line_not_text", line = line));
    let is_gbk = |part: &[u8]| {
        let text = GB18030.decode_without_bom_handling_and_without_replacement(part);
        text.is_some_and(|text| *GB18030.encode(&text).0 == *part)
    };
    let mut lines = bytes.split(|byte| *byte == b'\n');
    if let Some(bad) = lines.position(|line| !is_gbk(line)) {
        return Err(refused(bad + 1));
    }
    let text = GB18030.decode_without_bom_handling_and_without_replacement(bytes);
    text.ok_or_else(|| refused(1))
}

/// The line in which a byte stands.
fn line_of(bytes: &[u8], place: usize) -> usize {
    let before = bytes.get(..place).unwrap_or_default();
    1 + memchr::memchr_iter(b'\n', before).count()
}

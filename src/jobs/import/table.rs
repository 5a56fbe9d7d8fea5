//! A CSV file as header and rows, within limits; knows columns by name, not what they mean.

use std::collections::BTreeMap;

use super::Limits;
use super::fault::{Fault, Faults};
use super::kind::Kind;

/// How a note of a template begins.
const NOTE: &str = "# ";

/// A file taken apart.
pub(super) struct Table {
    /// The place of each column that the header names.
    pub(super) header: BTreeMap<&'static str, usize>,
    /// The rows, each with its line.
    pub(super) rows: Vec<(u64, csv::StringRecord)>,
}

/// Takes the CSV `bytes` of `kind` apart.
pub(super) fn read(kind: Kind, bytes: &[u8], limits: Limits) -> Result<Table, Faults> {
    let text = text(bytes, limits.file_bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut header = None;
    let mut rows = Vec::new();
    let mut faults = Faults::default();
    for record in reader.records() {
        let record = record.map_err(|cause| {
            Faults::of_file(
                format!("the file is no CSV: {cause}"),
                "save it as CSV UTF-8",
            )
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        if record.get(0).is_some_and(|cell| cell.starts_with(NOTE)) && rows.is_empty() {
            continue;
        }
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if header.is_none() {
            header = Some((record.len(), columns(kind, &record, line)?));
            continue;
        }
        let width = header.as_ref().map_or(0, |(width, _)| *width);
        if let Some(fault) = misshapen(&record, line, width, limits.cell_bytes) {
            faults.add(fault);
        }
        if rows.len() >= limits.rows {
            let what = format!("the file has more than {} rows (too_many)", limits.rows);
            return Err(Faults::of_file(what, "hand it over in parts"));
        }
        rows.push((line, record));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let Some((_, header)) = header else {
        let names: Vec<_> = kind.columns().iter().map(|column| column.name).collect();
        let advice = format!("its first row is {}", names.join(","));
        return Err(Faults::of_file("the file is empty", advice));
    };
    Ok(Table { header, rows })
}

/// The text of a file: UTF-8, with or without its mark.
fn text(bytes: &[u8], bytes_max: usize) -> Result<&str, Faults> {
    const SAVE: &str = "save it as CSV UTF-8";
    if bytes.len() > bytes_max {
        let what = format!("the file is larger than {} (too_large)", size(bytes_max));
        return Err(Faults::of_file(what, "hand it over in parts"));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(Faults::of_file("the file is UTF-16 (bad_encoding)", SAVE));
    }
    let text = std::str::from_utf8(bytes).map_err(|cause| {
        let before = bytes.get(..cause.valid_up_to()).unwrap_or_default();
        let line = 1 + before.split(|byte| *byte == b'\n').count() - 1;
        let what = format!("line {line} is not UTF-8 (bad_encoding)");
        Faults::of_file(what, SAVE)
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.contains('\0') {
        return Err(Faults::of_file("the file holds NUL characters", SAVE));
    }
    Ok(text)
}

/// The places of the columns, or every fault of the header.
fn columns(
    kind: Kind,
    header: &csv::StringRecord,
    line: u64,
) -> Result<BTreeMap<&'static str, usize>, Faults> {
    let mut faults = Faults::default();
    let mut places = BTreeMap::new();
    for (place, name) in header.iter().enumerate() {
        let name = name.trim();
        let Some(column) = kind.column(name) else {
            let known: Vec<_> = kind.columns().iter().map(|column| column.name).collect();
            let what = format!("there is no column `{name}` in {kind}");
            let advice = format!("the columns are {}", known.join(", "));
            faults.add(Fault::of_row(Some(line), name, what, advice));
            continue;
        };
        if places.insert(column.name, place).is_some() {
            let what = "the column stands twice in the header";
            faults.add(Fault::of_row(Some(line), name, what, "keep one of them"));
        }
    }
    for column in kind.columns().iter().filter(|column| column.is_needed) {
        if !places.contains_key(column.name) {
            let what = "the column is missing in the header";
            let advice = kind.advice(column.name);
            faults.add(Fault::of_row(Some(line), column.name, what, advice));
        }
    }
    if faults.is_empty() {
        Ok(places)
    } else {
        Err(faults)
    }
}

/// What is wrong with a row before it is read.
fn misshapen(
    record: &csv::StringRecord,
    line: u64,
    width: usize,
    cell_bytes: usize,
) -> Option<Fault> {
    if record.iter().any(|cell| cell.len() > cell_bytes) {
        let what = format!("a cell is longer than {cell_bytes} bytes (too_large)");
        let advice = "shorten it; perhaps a quote is not closed";
        return Some(Fault::of_row(Some(line), "", what, advice));
    }
    if record.len() == width {
        return None;
    }
    let what = format!("the row has {} cells, the header has {width}", record.len());
    let advice = "put a cell with a comma into quotes; leave no cell out";
    Some(Fault::of_row(Some(line), "", what, advice))
}

/// A size as people read it.
fn size(bytes: usize) -> String {
    const MIB: usize = 1 << 20;
    if bytes >= MIB && bytes.is_multiple_of(MIB) {
        format!("{} MiB", bytes / MIB)
    } else {
        format!("{bytes} bytes")
    }
}

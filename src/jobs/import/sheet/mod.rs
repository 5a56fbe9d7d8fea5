//! A table that somebody hands over, row by row, whatever it is written as: CSV in UTF-8 or GBK, or
//! a workbook. Knows rows and cells, no columns and no meaning.

mod archive;
mod csv_file;
mod number;
mod workbook;

use std::ops::ControlFlow;

use csv::StringRecord;

use crate::text::{Said, known_key, said};

use super::Limits;
use super::fault::{Fault, Faults};

/// What a file is written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// CSV in UTF-8.
    CsvUtf8,
    /// CSV in GBK (GB 18030).
    CsvGbk,
    /// A workbook (OOXML).
    Xlsx,
    /// `GeoJSON`.
    GeoJson,
    /// JSON, one a line.
    Ndjson,
}

impl Form {
    /// As a code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CsvUtf8 => "csv_utf8",
            Self::CsvGbk => "csv_gbk",
            Self::Xlsx => "xlsx",
            Self::GeoJson => "geojson",
            Self::Ndjson => "ndjson",
        }
    }
}

/// One row that is not empty.
pub(super) struct Row<'a> {
    /// The line of the file; in a workbook the row.
    pub(super) line: u64,
    /// The row as a spreadsheet counts it.
    pub(super) number: u64,
    /// Its cells as text.
    pub(super) cells: &'a StringRecord,
    /// Whether empty cells at the end are left out, as a workbook does.
    pub(super) is_padded: bool,
    /// Cells that hold the mark of an error (`#REF!`), by place.
    pub(super) broken: &'a [usize],
}

/// What was found out about a file.
#[derive(Debug)]
pub(super) struct About {
    /// What it is written as.
    pub(super) form: Form,
    /// What somebody should know of how it was read.
    pub(super) notes: Vec<Fault>,
}

/// How a file is walked through.
#[derive(Clone, Copy)]
pub(super) struct Way<'a> {
    /// How much it may hold.
    pub(super) limits: Limits,
    /// The sheet that is read; none: the first.
    pub(super) sheet: Option<&'a str>,
}

/// What looks at the rows: how many lines there are about, and the row.
pub(super) type Visit<'a> = dyn FnMut(u64, &Row<'_>) -> ControlFlow<()> + 'a;

/// Shows every row that is not empty to `visit`, until it has enough.
///
/// # Errors
/// What makes the file no table.
pub(super) fn walk(bytes: &[u8], way: Way<'_>, visit: &mut Visit<'_>) -> Result<About, Faults> {
    let limit = way.limits.file_bytes;
    if bytes.len() > limit {
        let what = said!("import_fault.file_large", most = size(limit));
        return Err(Faults::of_file(what, said!("import_advice.in_parts")));
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
        return workbook::walk(bytes, way, visit);
    }
    let foreign = FOREIGN.iter().find(|(start, _)| bytes.starts_with(start));
    if let Some((_, what)) = foreign {
        let what = said!("import_fault.file_foreign").with("what", Said::new(what, Vec::new()));
        let advice = said!("import_advice.workbook_or_csv");
        return Err(Faults::of_file(what, advice));
    }
    csv_file::walk(bytes, visit)
}

/// How files begin that are no table.
const FOREIGN: &[(&[u8], &str)] = &[
    (
        b"\xd0\xcf\x11\xe0",
        known_key("import_fault.is_old_workbook"),
    ),
    (b"%PDF", known_key("import_fault.is_pdf")),
    (b"\x89PNG", known_key("import_fault.is_picture")),
    (b"\xff\xd8\xff", known_key("import_fault.is_picture")),
    (b"\x1f\x8b", known_key("import_fault.is_gzip")),
    (b"Rar!", known_key("import_fault.is_rar")),
    (b"7z\xbc\xaf", known_key("import_fault.is_7z")),
];

/// The day that a spreadsheet keeps as `number`.
pub(super) fn day_of(number: u32) -> String {
    let kind = calamine::ExcelDateTimeType::DateTime;
    number::moment(&calamine::ExcelDateTime::new(
        f64::from(number),
        kind,
        false,
    ))
}

/// The letters of a column: 0 is A, 26 is AA.
pub(super) fn letters(place: usize) -> String {
    let mut text = String::new();
    let mut rest = place + 1;
    while rest > 0 {
        let digit = u8::try_from((rest - 1) % 26).unwrap_or_default();
        text.insert(0, char::from(b'A' + digit));
        rest = (rest - 1) / 26;
    }
    text
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

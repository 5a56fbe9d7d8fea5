//! A table's header and rows, within limits; knows columns by name, not what they mean.

use std::collections::BTreeMap;

use crate::text::{Said, said};

use super::fault::{Advice, Fault, Faults};
use super::given::{Given, Money};
use super::kind::Kind;
use super::sheet::{Row, letters};

/// How a note of a template begins.
const NOTE: &str = "# ";

/// One text of the header, and the column that it was taken for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderCell {
    /// As it stands in the file.
    pub text: String,
    /// The column; `None` if nobody knows it, or it is to be left out.
    pub column: Option<&'static str>,
}

/// The header of a file.
#[derive(Clone, Debug, Default)]
pub(super) struct Header {
    /// The place of each column that the header names.
    pub(super) places: BTreeMap<&'static str, usize>,
    /// What stands in it, from the left.
    pub(super) cells: Vec<HeaderCell>,
    /// The unit that the header gives the values, as in 数值（万元）.
    pub(super) unit: Option<Money>,
}

impl Header {
    /// The cell of a column in a row, as a spreadsheet names it: C17.
    pub(super) fn address(&self, column: &str, number: u64) -> Option<String> {
        let place = self.places.get(column)?;
        Some(format!("{}{number}", letters(*place)))
    }
}

/// What a row is.
pub(super) enum Step {
    /// Header, note, or a row that was told of: the next.
    Next,
    /// A row to be read.
    Read,
    /// Nothing more of this file.
    Stop,
}

/// A table under way.
pub(super) struct Table<'a> {
    kind: Kind,
    given: &'a Given<'a>,
    pub(super) header: Option<Header>,
    pub(super) rows: u64,
}

impl<'a> Table<'a> {
    pub(super) const fn new(kind: Kind, given: &'a Given<'a>) -> Self {
        Self {
            kind,
            given,
            header: None,
            rows: 0,
        }
    }

    /// Takes a row: the first is the header, notes below it are passed over.
    pub(super) fn step(&mut self, row: &Row<'_>, faults: &mut Faults) -> Step {
        let is_note = row.cells.get(0).is_some_and(|cell| cell.starts_with(NOTE));
        if is_note && self.rows == 0 {
            return Step::Next;
        }
        let Some(header) = &self.header else {
            let (header, is_good) = read_header(self.kind, self.given, row, faults);
            self.header = Some(header);
            return if is_good { Step::Next } else { Step::Stop };
        };
        let limits = self.given.limits;
        self.rows += 1;
        if usize::try_from(self.rows).is_ok_and(|rows| rows > limits.rows) {
            let what = said!("import_fault.rows_many", most = limits.rows);
            *faults = Faults::of_file(what, said!("import_advice.in_parts"));
            return Step::Stop;
        }
        if let Some(fault) = misshapen(row, header.cells.len(), limits.cell_bytes) {
            faults.add(fault);
            return Step::Next;
        }
        for place in row.broken {
            let text = row.cells.get(*place).unwrap_or_default();
            let what = said!("import_fault.formula_error", text = text);
            let advice = Advice::Do(said!("import_advice.mend_formula"));
            let column = header.cells.get(*place).and_then(|cell| cell.column);
            let address = format!("{}{}", letters(*place), row.number);
            let fault = Fault::of_row(Some(row.line), column.unwrap_or_default(), what, advice);
            faults.add(fault.at(Some(address)));
        }
        if row.broken.is_empty() {
            Step::Read
        } else {
            Step::Next
        }
    }
}

/// The header, and whether nothing is wrong with it.
fn read_header(
    kind: Kind,
    given: &Given<'_>,
    row: &Row<'_>,
    faults: &mut Faults,
) -> (Header, bool) {
    let mut header = Header::default();
    let before = faults.told().len();
    for (place, text) in row.cells.iter().enumerate() {
        let text = text.trim();
        let (column, unit) = match given.picks.columns.get(text) {
            Some(picked) => (kind.column(picked), None),
            None => known(kind, text),
        };
        let is_left_out = given.picks.columns.get(text).is_some_and(String::is_empty);
        header.cells.push(HeaderCell {
            text: text.to_owned(),
            column: column.map(|column| column.name),
        });
        let fault = |what: Said, advice: Said| {
            let address = format!("{}{}", letters(place), row.number);
            Fault::of_row(Some(row.line), text, what, Advice::Do(advice)).at(Some(address))
        };
        let Some(column) = column else {
            if !is_left_out {
                let known: Vec<_> = kind.columns().iter().map(|column| column.name).collect();
                let what = said!("import_fault.column_unknown", column = text, kind = kind);
                let advice = said!("import_advice.columns_are", columns = known.join(", "));
                faults.add(fault(what, advice));
            }
            continue;
        };
        header.unit = header.unit.or(unit);
        if header.places.insert(column.name, place).is_some() {
            let what = said!("import_fault.column_twice");
            faults.add(fault(what, said!("import_advice.keep_one")));
        }
    }
    let has_unit = header.unit.is_some() || given.picks.unit.is_some();
    for column in kind.columns().iter().filter(|column| column.is_needed) {
        let is_said = column.name == "unit" && has_unit;
        if !header.places.contains_key(column.name) && !is_said {
            let what = said!("import_fault.column_missing");
            let advice = Advice::Write(column.note);
            faults.add(Fault::of_row(Some(row.line), column.name, what, advice));
        }
    }
    let is_good = faults.told().len() == before;
    (header, is_good)
}

/// The column that a text of a header names, in either language, with the unit behind its name.
fn known(kind: Kind, text: &str) -> (Option<&'static super::kind::Column>, Option<Money>) {
    if let Some(column) = kind.column(text) {
        return (Some(column), None);
    }
    let open = text.trim_end_matches([')', '）']);
    let Some((name, unit)) = open.split_once(['(', '（']) else {
        return (None, None);
    };
    let column = kind.column(name.trim()).filter(|one| one.name == "value");
    let unit = unit.trim().parse().ok();
    match (column, unit) {
        (Some(column), Some(unit)) => (Some(column), Some(unit)),
        _ => (None, None),
    }
}

/// What is wrong with a row before it is read.
fn misshapen(row: &Row<'_>, width: usize, cell_bytes: usize) -> Option<Fault> {
    let line = row.line;
    if row.cells.iter().any(|cell| cell.len() > cell_bytes) {
        let what = said!("import_fault.cell_long", most = cell_bytes);
        let advice = Advice::Do(said!("import_advice.shorten"));
        return Some(Fault::of_row(Some(line), "", what, advice));
    }
    let found = if row.is_padded {
        let beyond = row.cells.iter().skip(width);
        if beyond.clone().all(|cell| cell.trim().is_empty()) {
            width
        } else {
            row.cells.len()
        }
    } else {
        row.cells.len()
    };
    if found == width {
        return None;
    }
    let what = said!("import_fault.row_width", found = found, width = width);
    let advice = Advice::Do(said!("import_advice.quote_comma"));
    Some(Fault::of_row(Some(line), "", what, advice))
}

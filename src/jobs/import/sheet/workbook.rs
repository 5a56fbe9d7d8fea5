//! A workbook as rows: the first sheet that shows, or the one that is named. A formula counts as
//! the value that it had when the file was saved, and that is said.

use std::io::Cursor;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Xlsx, XlsxError};
use csv::StringRecord;

use super::{About, Form, Row, Visit, Way, archive, letters, number};
use crate::jobs::import::fault::{Fault, Faults};
use crate::text::{Said, said};

/// The widest row: no kind has nearly as many columns.
const COLUMNS_MAX: usize = 500;

/// A file that is no table: its fault, and the way out.
fn no_table(what: Said) -> Faults {
    Faults::of_file(what, said!("import_advice.new_workbook"))
}

pub(super) fn walk(bytes: &[u8], way: Way<'_>, visit: &mut Visit<'_>) -> Result<About, Faults> {
    let seen = archive::look_through(bytes, way.limits)?;
    // The archive was looked through; what is left that the reader stumbles over is a broken file,
    // and no reason for the one who reads it to fall.
    let read = catch_unwind(AssertUnwindSafe(|| read(bytes, way, &seen, visit)));
    read.unwrap_or_else(|_fell| Err(no_table(said!("import_fault.workbook_odd"))))
}

fn read(
    bytes: &[u8],
    way: Way<'_>,
    seen: &archive::Seen,
    visit: &mut Visit<'_>,
) -> Result<About, Faults> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|cause| broken(&cause))?;
    let mut notes = Vec::new();
    let sheet = chosen(&book, way.sheet, &mut notes)?;
    let mut cells = book
        .worksheet_cells_reader(&sheet)
        .map_err(|cause| broken(&cause))?;
    let mut rows = Rows::default();
    let mut formulas: Option<(String, u64)> = None;
    let mut enough = false;
    while !enough {
        let cell = cells.next_cell_with_formula_metadata();
        let Some(cell) = cell.map_err(|cause| broken(&cause))? else {
            break;
        };
        let (row, column) = cell.pos;
        let place = usize::try_from(column).unwrap_or(usize::MAX);
        if place >= COLUMNS_MAX {
            return Err(no_table(said!(
                "import_fault.sheet_wide",
                most = COLUMNS_MAX
            )));
        }
        if cell.formula.is_some() {
            let address = || format!("{}{}", letters(place), u64::from(row) + 1);
            formulas.get_or_insert_with(|| (address(), 0)).1 += 1;
        }
        if row < rows.row {
            return Err(no_table(said!("import_fault.rows_unordered")));
        }
        if row > rows.row {
            enough = rows.show(seen.rows, visit).is_break();
            rows.begin(row);
        }
        rows.put(place, &cell.value);
    }
    if !enough {
        let _last = rows.show(seen.rows, visit);
    }
    if let Some((first, count)) = formulas {
        let what = said!("import_fault.formulas", count = count, first = first);
        notes.push(Fault::of_all(what, said!("import_advice.look_computed")));
    }
    if seen.merged {
        let what = said!("import_fault.merged");
        notes.push(Fault::of_all(what, said!("import_advice.unmerge")));
    }
    if seen.hidden {
        let what = said!("import_fault.hidden");
        notes.push(Fault::of_all(what, said!("import_advice.show_hidden")));
    }
    Ok(About {
        form: Form::Xlsx,
        notes,
    })
}

/// The sheet that is read, with a word about the others.
fn chosen(
    book: &Xlsx<Cursor<&[u8]>>,
    named: Option<&str>,
    notes: &mut Vec<Fault>,
) -> Result<String, Faults> {
    let sheets = book.sheets_metadata().iter();
    let sheets: Vec<_> = sheets
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .collect();
    let titles: Vec<&str> = sheets.iter().map(|sheet| sheet.name.as_str()).collect();
    let shown = sheets
        .iter()
        .find(|sheet| sheet.visible == SheetVisible::Visible);
    let found = match named {
        Some(name) => titles.iter().copied().find(|one| *one == name),
        None => shown.or(sheets.first()).map(|sheet| sheet.name.as_str()),
    };
    let Some(found) = found else {
        let what = named.map_or_else(
            || said!("import_fault.no_sheet"),
            |name| said!("import_fault.no_such_sheet", name = name),
        );
        let advice = said!("import_advice.sheets", sheets = titles.join(", "));
        return Err(Faults::of_file(what, advice));
    };
    if titles.len() > 1 {
        let count = titles.len();
        let what = said!("import_fault.other_sheets", count = count, found = found);
        let advice = said!("import_advice.sheets_other", sheets = titles.join(", "));
        notes.push(Fault::of_all(what, advice));
    }
    Ok(found.to_owned())
}

fn broken(cause: &XlsxError) -> Faults {
    no_table(said!("import_fault.workbook_unreadable", cause = cause))
}

/// The row under way.
#[derive(Default)]
struct Rows {
    row: u32,
    cells: Vec<String>,
    broken: Vec<usize>,
}

impl Rows {
    fn begin(&mut self, row: u32) {
        self.row = row;
        self.cells.clear();
        self.broken.clear();
    }

    fn put(&mut self, place: usize, value: &DataRef<'_>) {
        let text = match value {
            DataRef::Empty => return,
            DataRef::Int(number) => number.to_string(),
            DataRef::Float(number) => number::digits(*number),
            DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
                text.clone()
            }
            DataRef::SharedString(text) => (*text).to_owned(),
            DataRef::Bool(truth) => truth.to_string().to_uppercase(),
            DataRef::DateTime(date) => number::moment(date),
            DataRef::Error(mark) => {
                self.broken.push(place);
                mark.to_string()
            }
        };
        if self.cells.len() <= place {
            self.cells.resize(place + 1, String::new());
        }
        if let Some(cell) = self.cells.get_mut(place) {
            *cell = text;
        }
    }

    fn show(&self, total: u64, visit: &mut Visit<'_>) -> ControlFlow<()> {
        if self.cells.iter().all(|cell| cell.trim().is_empty()) {
            return ControlFlow::Continue(());
        }
        let number = u64::from(self.row) + 1;
        let row = Row {
            line: number,
            number,
            cells: &StringRecord::from(self.cells.as_slice()),
            is_padded: true,
            broken: &self.broken,
        };
        visit(total, &row)
    }
}

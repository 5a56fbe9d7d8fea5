//! A report as JSON.

use serde::Serialize;

use super::{Fault, Form, Report};
use crate::store::registry::{Imported, Mode};
use crate::text::Language;

/// What became of a file.
#[derive(Debug, Serialize)]
pub struct ReportWire<'a> {
    kind: &'static str,
    dry_run: bool,
    form: Option<&'static str>,
    rows: u64,
    added: u64,
    changed: u64,
    ended: u64,
    unchanged: u64,
    notes: Vec<FaultWire<'a>>,
    errors: Vec<FaultWire<'a>>,
    errors_more: u64,
}

#[derive(Debug, Serialize)]
struct FaultWire<'a> {
    cell: Option<&'a str>,
    row: Option<u64>,
    column: Option<&'a str>,
    code: &'static str,
    what: String,
    advice: String,
}

impl<'a> ReportWire<'a> {
    /// `report` as it is printed.
    #[must_use]
    pub fn of(report: &'a Report) -> Self {
        Self {
            kind: report.kind.as_str(),
            dry_run: report.mode == Mode::DryRun,
            form: report.form.map(Form::as_str),
            rows: report.rows,
            added: report.added,
            changed: report.changed,
            ended: report.ended,
            unchanged: report.unchanged,
            notes: report.notes.iter().map(FaultWire::of).collect(),
            errors: report.faults.told().iter().map(FaultWire::of).collect(),
            errors_more: report.faults.more(),
        }
    }
}

impl<'a> FaultWire<'a> {
    fn of(fault: &'a Fault) -> Self {
        Self {
            cell: fault.cell.as_deref(),
            row: fault.row,
            column: fault.column.as_deref(),
            code: fault.what.code(),
            what: fault.what(Language::English),
            advice: fault.advice(Language::English),
        }
    }
}

/// An import as it is printed.
#[derive(Debug, Serialize)]
pub struct ImportedWire<'a> {
    number: i64,
    at: String,
    who: &'a str,
    role: &'a str,
    kind: &'a str,
    file: &'a str,
    sha256: &'a str,
    form: &'a str,
    rows: i64,
    added: i64,
    changed: i64,
    ended: i64,
    unchanged: i64,
    undoes: Option<i64>,
    undone_by: Option<i64>,
    notes: Vec<&'a str>,
}

impl<'a> ImportedWire<'a> {
    /// `import` as it is printed.
    #[must_use]
    pub fn of(import: &'a Imported) -> Self {
        Self {
            number: import.number,
            at: import.at.to_string(),
            who: &import.who,
            role: &import.role,
            kind: &import.kind,
            file: &import.file,
            sha256: &import.digest,
            form: &import.form,
            rows: import.rows,
            added: import.added,
            changed: import.changed,
            ended: import.ended,
            unchanged: import.unchanged,
            undoes: import.undoes,
            undone_by: import.undone_by,
            notes: import.notes_in(Language::English).collect(),
        }
    }
}

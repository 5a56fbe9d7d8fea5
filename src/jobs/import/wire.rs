//! A report as JSON.

use serde::Serialize;

use super::{Fault, Report};
use crate::store::registry::Mode;

/// What became of a file.
#[derive(Debug, Serialize)]
pub struct ReportWire<'a> {
    kind: &'static str,
    dry_run: bool,
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
    row: Option<u64>,
    column: Option<&'a str>,
    what: &'a str,
    advice: &'a str,
}

impl<'a> ReportWire<'a> {
    /// `report` as it is printed.
    #[must_use]
    pub fn of(report: &'a Report) -> Self {
        Self {
            kind: report.kind.as_str(),
            dry_run: report.mode == Mode::DryRun,
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
            row: fault.row,
            column: fault.column.as_deref(),
            what: &fault.what,
            advice: &fault.advice,
        }
    }
}

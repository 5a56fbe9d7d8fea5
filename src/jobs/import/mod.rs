//! Files that people hand over, into the registry and the store: read whole, checked row by row
//! with words for each, taken all or nothing (contract.md 5, "Columns").
//!
//! [`import`] takes every kind but readings, which come as [`readings`] line by line. [`template()`]
//! writes the empty file that says what belongs into it. Knows no command line and no page.

mod cells;
mod chinese;
mod conduct;
mod enterprises;
mod fault;
mod given;
mod kind;
mod land;
mod meters;
mod outlines;
mod parcels;
mod places;
pub mod readings;
mod refusal;
mod sheet;
mod slip;
mod statements;
mod table;
mod template;
pub mod wire;

use sha2::{Digest, Sha256};

use crate::access::Principal;
use crate::store::registry::{Entries, FileOf, Laid, Mode, Registry, RegistryFault, Remark};
use crate::text::{Language, said};

use fault::belongs;
use given::Open;
use table::Header;

pub use fault::{Advice, FAULTS_MAX, Fault, Faults};
pub use given::{Given, Limits, Money, NotMoney, Picks, Progress, UNSAID};
pub use kind::{Column, Kind, KindUnknown};
pub use sheet::Form;
pub use slip::Slip;
pub(in crate::jobs) use slip::ratio as slip_ratio;
pub use table::HeaderCell;
pub use template::{template, template_rows};

/// What became of a file.
#[derive(Clone, Debug)]
pub struct Report {
    /// The kind that was imported.
    pub kind: Kind,
    /// Whether it was only tried.
    pub mode: Mode,
    /// Rows that were read, without header and notes.
    pub rows: u64,
    /// Rows that were not known.
    pub added: u64,
    /// Rows that were known otherwise.
    pub changed: u64,
    /// Known rows that ended because a later one follows them.
    pub ended: u64,
    /// Rows that were known so.
    pub unchanged: u64,
    /// What somebody should look at, though it was taken.
    pub notes: Vec<Fault>,
    /// Why nothing was taken.
    pub faults: Faults,
    /// What the file is written as; `None` if that was not found out.
    pub form: Option<Form>,
    /// The header of a table, from the left.
    pub header: Vec<HeaderCell>,
    /// What looks as if a unit had been mistaken, to be answered before anything is taken.
    pub slip: Option<Slip>,
}

impl Report {
    fn new(kind: Kind, mode: Mode) -> Self {
        Self {
            kind,
            mode,
            rows: 0,
            added: 0,
            changed: 0,
            ended: 0,
            unchanged: 0,
            notes: Vec::new(),
            faults: Faults::default(),
            form: None,
            header: Vec::new(),
            slip: None,
        }
    }

    /// Whether the file was taken (or would be).
    #[must_use]
    pub const fn is_taken(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Where an entry stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct At {
    /// The line of the file, or the number of the feature.
    line: u64,
    /// The row as a spreadsheet counts it.
    number: u64,
}

/// Entries as read, each with the row it stood in.
struct Rows<T> {
    entries: Vec<T>,
    rows: Vec<At>,
}

/// Imports the file `bytes` of `kind`.
///
/// # Errors
/// The registry failed or it is not your right. Faults of the file are in the report.
pub async fn import(
    registry: &Registry,
    who: &Principal,
    kind: Kind,
    bytes: &[u8],
    given: &Given<'_>,
    mode: Mode,
) -> Result<Report, RegistryFault> {
    let mut report = Report::new(kind, mode);
    let mut file = Open::new(bytes, given);
    let read = read(kind, &mut file);
    let about = file.about.take();
    report.form = about.as_ref().map(|about| about.form);
    report.notes = about.map(|about| about.notes).unwrap_or_default();
    report.header = std::mem::take(&mut file.header.cells);
    let Whole { entries, rows } = match read {
        Ok(whole) => whole,
        Err(faults) => {
            report.faults = faults;
            return Ok(report);
        }
    };
    report.rows = count(rows.len());
    let refused = match &entries {
        Entries::Parcels(parcels) => {
            parcels::over_registered(registry, who, parcels, &rows).await?
        }
        Entries::Statements(all) if given.picks.unit.is_none() => {
            report.slip = slip::look(registry, who, all, given.catalogue).await?;
            let told = report.slip.iter().map(Slip::fault);
            told.fold(Faults::default(), Faults::with)
        }
        _ => Faults::default(),
    };
    if !refused.is_empty() {
        report.faults = refused;
        return Ok(report);
    }
    let digest = hex::encode(Sha256::digest(bytes));
    let name = given.name.map(fault::shown);
    let notes = in_every_language(&report.notes);
    let lines: Vec<u64> = rows.iter().map(|at| at.line).collect();
    let kept = name.as_deref().map(|name| FileOf {
        lines: &lines,
        reason: given.picks.reason.as_deref().unwrap_or_default(),
        name,
        digest: &digest,
        form: report.form.map_or("", Form::as_str),
        rows: report.rows,
        notes: &notes,
    });
    let laid = registry
        .lay_file(who, &entries, kept.as_ref(), mode)
        .await?;
    report.take_over(laid, &rows, &file.header);
    Ok(report)
}

/// The entries of a file, or all that is wrong with it.
fn read(kind: Kind, file: &mut Open<'_>) -> Result<Whole<Entries>, Faults> {
    match kind {
        Kind::Parks => places::parks(file).map(|read| read.into(Entries::Parks)),
        Kind::Areas => places::areas(file).map(|read| read.into(Entries::Areas)),
        Kind::Enterprises => {
            enterprises::enterprises(file).map(|read| read.into(Entries::Enterprises))
        }
        Kind::Parcels => parcels::parcels(file).map(|read| read.into(Entries::Parcels)),
        Kind::Land => land::land(file).map(|read| read.into(Entries::Land)),
        Kind::Meters => meters::meters(file).map(|read| read.into(Entries::Meters)),
        Kind::Replacements => {
            meters::replacements(file).map(|read| read.into(Entries::Replacements))
        }
        Kind::Statements => statements::statements(file).map(|read| read.into(Entries::Statements)),
        Kind::Conduct => conduct::conduct(file).map(|read| read.into(Entries::Conduct)),
        Kind::Readings => Err(Faults::of_file(
            said!("import_fault.readings_here"),
            said!("import_advice.line_by_line"),
        )),
    }
}

/// The file as a whole, with one row per entry.
struct Whole<T> {
    entries: T,
    rows: Vec<At>,
}

impl<T> Rows<T> {
    fn into<E>(self, entries: impl FnOnce(Vec<T>) -> E) -> Whole<E> {
        Whole {
            entries: entries(self.entries),
            rows: self.rows,
        }
    }
}

impl Report {
    fn take_over(&mut self, laid: Laid, rows: &[At], header: &Header) {
        self.added = laid.added.into();
        self.changed = laid.changed.into();
        self.ended = laid.ended.into();
        self.unchanged = laid.unchanged.into();
        let kind = self.kind;
        let fault = |remark: Remark| {
            let at = |index: usize| rows.get(index).copied();
            let what = match remark.other.and_then(at) {
                Some(other) => said!("import_fault.twin", row = other.line),
                None => remark.what,
            };
            let advice = belongs(kind, remark.column);
            let own = at(remark.index);
            let cell = own.and_then(|own| header.address(remark.column, own.number));
            Fault::of_row(own.map(|own| own.line), remark.column, what, advice).at(cell)
        };
        self.notes.extend(laid.notes.into_iter().map(fault));
        for remark in laid.objections {
            self.faults.add(fault(remark));
        }
        self.notes.truncate(FAULTS_MAX);
    }
}

/// Notes as they are kept: a line each, in every language with tabs between.
fn in_every_language(notes: &[Fault]) -> String {
    let line = |note: &Fault| Language::ALL.map(|one| note.line(one)).join("\t");
    let lines: Vec<String> = notes.iter().map(line).collect();
    lines.join("\n")
}

/// A length as a count.
fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

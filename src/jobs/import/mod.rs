//! Files that people hand over, into the registry and the store: read whole, checked row by row
//! with words for each, taken all or nothing (contract.md 5, "Columns").
//!
//! [`import`] takes every kind but readings, which come as [`readings`] line by line. [`template()`]
//! writes the empty file that says what belongs into it. Knows no command line and no page.

mod cells;
mod conduct;
mod enterprises;
mod fault;
mod kind;
mod land;
mod meters;
mod parcels;
mod places;
pub mod readings;
mod statements;
mod table;
mod template;
pub mod wire;

use crate::access::Principal;
use crate::indicator::Catalogue;
use crate::park::outline::CityBox;
use crate::park::outline::Crs;
use crate::store::registry::{Entries, Laid, Mode, Registry, RegistryFault, Remark};

pub use fault::{FAULTS_MAX, Fault, Faults};
pub use kind::{Column, Kind, KindUnknown};
pub use template::template;

/// What is needed to read a file besides the file.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// What can be measured and stated.
    pub catalogue: &'a Catalogue,
    /// The coordinate system of parcels; needed for that kind alone.
    pub crs: Option<Crs>,
    /// Where the city lies.
    pub city: CityBox,
    /// How much a file may hold.
    pub limits: Limits,
}

/// How much a file may hold (contract.md 7, "Files").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Its bytes.
    pub file_bytes: usize,
    /// The rows of a CSV file.
    pub rows: usize,
    /// The bytes of one cell; longer, and a quote was left open.
    pub cell_bytes: usize,
}

impl Limits {
    /// The most that any installation takes: as long as a command may hand over.
    pub const FILE_BYTES_MOST: usize = 20 * 1024 * 1024;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: Self::FILE_BYTES_MOST,
            rows: 200_000,
            cell_bytes: 4_000,
        }
    }
}

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
        }
    }

    /// Whether the file was taken (or would be).
    #[must_use]
    pub const fn is_taken(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Entries as read, each with the row it stood in.
struct Rows<T> {
    entries: Vec<T>,
    rows: Vec<u64>,
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
    match read(kind, bytes, given) {
        Err(faults) => report.faults = faults,
        Ok(Whole { entries, rows }) => {
            report.rows = count(rows.len());
            if let Entries::Parcels(parcels) = &entries {
                let over = parcels::over_registered(registry, who, parcels, &rows).await?;
                if !over.is_empty() {
                    report.faults = over;
                    return Ok(report);
                }
            }
            let laid = registry.lay(who, &entries, mode).await?;
            report.take_over(laid, &rows);
        }
    }
    Ok(report)
}

/// The entries of a file, or all that is wrong with it.
fn read(kind: Kind, bytes: &[u8], given: &Given<'_>) -> Result<Whole<Entries>, Faults> {
    match kind {
        Kind::Parks => places::parks(bytes, given).map(|read| read.into(Entries::Parks)),
        Kind::Areas => places::areas(bytes, given).map(|read| read.into(Entries::Areas)),
        Kind::Enterprises => {
            enterprises::enterprises(bytes, given).map(|read| read.into(Entries::Enterprises))
        }
        Kind::Parcels => parcels::parcels(bytes, given).map(|read| read.into(Entries::Parcels)),
        Kind::Land => land::land(bytes, given).map(|read| read.into(Entries::Land)),
        Kind::Meters => meters::meters(bytes, given).map(|read| read.into(Entries::Meters)),
        Kind::Replacements => {
            meters::replacements(bytes, given).map(|read| read.into(Entries::Replacements))
        }
        Kind::Statements => {
            statements::statements(bytes, given).map(|read| read.into(Entries::Statements))
        }
        Kind::Conduct => conduct::conduct(bytes, given).map(|read| read.into(Entries::Conduct)),
        Kind::Readings => Err(Faults::of_file(
            "readings are not registered",
            "they are read line by line from a file",
        )),
    }
}

/// The file as a whole, with one row per entry.
struct Whole<T> {
    entries: T,
    rows: Vec<u64>,
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
    fn take_over(&mut self, laid: Laid, rows: &[u64]) {
        self.added = laid.added.into();
        self.changed = laid.changed.into();
        self.ended = laid.ended.into();
        self.unchanged = laid.unchanged.into();
        let fault = |remark: Remark| {
            let row = |index: usize| rows.get(index).copied();
            let mut what = remark.what;
            if let Some(other) = remark.other.and_then(row) {
                what = format!("{what} (the other is row {other})");
            }
            let advice = self.kind.advice(remark.column);
            Fault::of_row(row(remark.index), remark.column, what, advice)
        };
        self.notes = laid.notes.into_iter().map(fault).collect();
        for remark in laid.objections {
            self.faults.add(fault(remark));
        }
        self.notes.truncate(FAULTS_MAX);
    }
}

/// A length as a count.
fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

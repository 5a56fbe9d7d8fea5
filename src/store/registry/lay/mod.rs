//! Registering many at once: all or nothing, in one change, with words for every row.
//!
//! What is the same already is left alone, so that a file may be laid twice. Two ways to change:
//! a [`fact`] without a date of its own changes now, a dated [`record`] is corrected in place (the
//! old row stays, superseded) or followed by a later one, which ends it.

mod cell;
mod conduct;
mod dated;
mod declare;
mod enterprises;
mod fact;
mod imports;
mod known;
mod land;
mod meters;
mod parcels;
mod places;
mod record;
mod replacements;
mod reshape;
mod statements;
mod told;
mod undo;

use std::time::Duration;

use sqlx::sqlite::SqliteConnection;

use crate::access::{Action, Matter, Object, Principal, Scope, scope};
use crate::calendar::Moment;
use crate::park::{
    Area, Conduct, Enterprise, EnterpriseCode, LandHolding, MeterRow, Parcel, Park, ParkId,
    Replacement, Statement,
};
use crate::text::{Said, said};

use super::audit::{Deed, demand};
use super::{Registry, RegistryFault};
pub use declare::Declared;
pub use imports::{FileOf, Imported};
pub use reshape::{NewOutlines, Reshaped};
use told::{Asks, Told};
pub use undo::{Undo, Undone, is_undoable};

/// How long a whole file may take.
const PATIENCE: Duration = Duration::from_mins(5);

/// What is to be registered, of one kind.
#[derive(Clone, Debug)]
pub enum Entries {
    /// 园区.
    Parks(Vec<Park>),
    /// 片区.
    Areas(Vec<Area>),
    /// 企业.
    Enterprises(Vec<Enterprise>),
    /// 地块.
    Parcels(Vec<Parcel>),
    /// Who holds which land.
    Land(Vec<LandHolding>),
    /// 表.
    Meters(Vec<MeterRow>),
    /// Exchanged registers.
    Replacements(Vec<Replacement>),
    /// Stated figures.
    Statements(Vec<Statement>),
    /// Honours and events.
    Conduct(Vec<Conduct>),
}

impl Entries {
    /// The name of the kind (contract.md 5).
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Parks(_) => "parks",
            Self::Areas(_) => "areas",
            Self::Enterprises(_) => "enterprises",
            Self::Parcels(_) => "parcels",
            Self::Land(_) => "land",
            Self::Meters(_) => "meters",
            Self::Replacements(_) => "replacements",
            Self::Statements(_) => "statements",
            Self::Conduct(_) => "conduct",
        }
    }

    /// What it is in the table of rights.
    fn matter(&self) -> Matter {
        matter_of(self.kind())
    }
}

/// What a kind of file is in the table of rights.
#[must_use]
pub fn matter_of(kind: &str) -> Matter {
    match kind {
        "meters" | "replacements" | "readings" | "statements" | "conduct" => Matter::DepartmentFile,
        _ => Matter::Land,
    }
}

/// Whether to do it or only to say what would be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Register.
    Apply,
    /// Check everything, then undo it.
    DryRun,
}

/// Something about one entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Which entry, from 0.
    pub index: usize,
    /// Which column of it.
    pub column: &'static str,
    /// What, with what to do.
    pub what: Said,
    /// Another entry that it concerns.
    pub other: Option<usize>,
}

/// What became of the entries. With any objection nothing was changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Laid {
    /// Entries that were not known.
    pub added: u32,
    /// Entries that were known otherwise.
    pub changed: u32,
    /// Known rows that ended because a later one follows them.
    pub ended: u32,
    /// Entries that were known so.
    pub unchanged: u32,
    /// Why nothing was changed.
    pub objections: Vec<Remark>,
    /// What somebody should look at, though it was taken.
    pub notes: Vec<Remark>,
}

impl Laid {
    fn object(&mut self, index: usize, column: &'static str, what: Said) {
        self.objections.push(Remark {
            index,
            column,
            what,
            other: None,
        });
    }

    fn object_to_twin(&mut self, index: usize, column: &'static str, other: usize) {
        self.objections.push(Remark {
            index,
            column,
            what: said!("import_fault.stands_twice"),
            other: Some(other),
        });
    }

    /// What is told of it: with an objection everything is undone, so nothing was done.
    fn told(self) -> Self {
        if self.objections.is_empty() {
            return self;
        }
        Self {
            objections: self.objections,
            notes: self.notes,
            ..Self::default()
        }
    }

    fn remark(&mut self, index: usize, column: &'static str, what: Said) {
        self.notes.push(Remark {
            index,
            column,
            what,
            other: None,
        });
    }
}

/// A change under way and what it has done so far.
struct Laying<'a> {
    rows: &'a mut SqliteConnection,
    now: Moment,
    laid: Laid,
    /// The import that is kept of it, if a file brought it.
    import: Option<i64>,
    /// What was told of statements.
    told: Told<'a>,
}

impl Registry {
    /// Registers all of `entries`, or nothing if there is any objection to one of them.
    ///
    /// # Errors
    /// Not your right, or the database failed. Objections are no error: see [`Laid`].
    pub async fn lay(
        &self,
        who: &Principal,
        entries: &Entries,
        mode: Mode,
    ) -> Result<Laid, RegistryFault> {
        self.lay_file(who, entries, None, mode).await
    }

    /// The same of what stood in a file, which is kept in mind beside it: see [`super::Imported`].
    ///
    /// # Errors
    /// As [`Registry::lay`].
    pub async fn lay_file(
        &self,
        who: &Principal,
        entries: &Entries,
        file: Option<&FileOf<'_>>,
        mode: Mode,
    ) -> Result<Laid, RegistryFault> {
        if scope(who, Action::Write, entries.matter()) != Scope::Everything {
            self.note_in_log(who, "import", entries.kind(), "refused")
                .await?;
            return Err(RegistryFault::NotYours);
        }
        let told = file.map(|file| Told {
            reason: file.reason,
            lines: file.lines,
            asks: match mode {
                Mode::Apply => Asks::Reason,
                Mode::DryRun => Asks::Note,
            },
            ..Told::default()
        });
        let mut change = self.begin_shown().await?;
        let (laid, head) = tokio::time::timeout(PATIENCE, async {
            let mut laying = Laying {
                rows: &mut change.rows,
                now: self.clock.now(),
                laid: Laid::default(),
                import: None,
                told: told.unwrap_or_default(),
            };
            if let Some(file) = file {
                laying.import = Some(imports::begin(&mut laying, who, entries.kind(), file).await?);
            }
            lay_all(&mut laying, entries).await?;
            imports::finish(&mut laying).await?;
            let laid = laying.laid.told();
            let mut head = None;
            if laid.objections.is_empty() {
                let done = format!(
                    "added {}, changed {}, ended {}, unchanged {}",
                    laid.added, laid.changed, laid.ended, laid.unchanged
                );
                let now = self.clock.now();
                let deed = Deed {
                    action: "import",
                    object: entries.kind(),
                    result: &done,
                };
                head = Some(self.note(&mut change.rows, now, who, deed).await?);
            }
            Ok::<_, RegistryFault>((laid, head))
        })
        .await
        .unwrap_or(Err(RegistryFault::TookTooLong))?;
        if mode == Mode::Apply && laid.objections.is_empty() {
            self.commit_shown(change, head).await?;
        }
        Ok(laid)
    }
}

impl Registry {
    /// Registers one replacement that `who` tells of by a form; `of` is whose meter it is, and where
    /// that enterprise stands. Nothing if there is any objection.
    ///
    /// # Errors
    /// Not your right (contract.md 6 has none for it; screens.md 7.2 lets the enterprise and its park
    /// mend what came of its meters, as [`Matter::Aside`]), or the database failed.
    pub async fn lay_replacement(
        &self,
        who: &Principal,
        of: (&EnterpriseCode, &ParkId),
        replacement: &Replacement,
    ) -> Result<Laid, RegistryFault> {
        let object = Object {
            matter: Matter::Aside,
            enterprise: Some(of.0),
            park: Some(of.1),
        };
        demand(who, Action::Write, &object)?;
        let mut change = self.begin_shown().await?;
        let (laid, head) = self
            .in_time(async {
                let mut laying = Laying {
                    rows: &mut change.rows,
                    now: self.clock.now(),
                    laid: Laid::default(),
                    import: None,
                    told: Told::default(),
                };
                replacements::lay(&mut laying, std::slice::from_ref(replacement)).await?;
                let (laid, now) = (laying.laid.told(), laying.now);
                if !laid.objections.is_empty() {
                    return Ok((laid, None));
                }
                let registers = [replacement.old_final, replacement.new_initial];
                let [old, new] = registers
                    .map(|one| one.map_or_else(|| "unknown".to_owned(), |one| one.to_string()));
                let (meter, at) = (&replacement.meter, replacement.at);
                let object = format!("{meter} {at} {old} to {new}: {}", replacement.reason);
                let deed = Deed {
                    action: "meter.replace",
                    object: &object,
                    result: if laid.unchanged > 0 { "known" } else { "done" },
                };
                let head = self.note(&mut change.rows, now, who, deed).await?;
                Ok((laid, Some(head)))
            })
            .await?;
        if laid.objections.is_empty() {
            self.commit_shown(change, head).await?;
        }
        Ok(laid)
    }
}

async fn lay_all(laying: &mut Laying<'_>, entries: &Entries) -> Result<(), RegistryFault> {
    match entries {
        Entries::Parks(parks) => places::lay_parks(laying, parks).await,
        Entries::Areas(areas) => places::lay_areas(laying, areas).await,
        Entries::Enterprises(all) => enterprises::lay(laying, all).await,
        Entries::Parcels(parcels) => parcels::lay(laying, parcels).await,
        Entries::Land(holdings) => land::lay(laying, holdings).await,
        Entries::Meters(meter_rows) => meters::lay(laying, meter_rows).await,
        Entries::Replacements(all) => replacements::lay(laying, all).await,
        Entries::Statements(all) => statements::lay(laying, all).await,
        Entries::Conduct(all) => conduct::lay(laying, all).await,
    }
}

//! Taking an import back, while nothing was built on it: what it brought counts no longer, what it
//! replaced counts again, as new rows under a number of its own. Nothing is overwritten.

use std::time::Duration;

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use crate::access::Principal;
use crate::calendar::{Moment, Year};
use crate::ledger::figure::AccountPeriod;
use crate::park::StatementPeriod;
use crate::store::registry::audit::Deed;
use crate::store::registry::find::{moment, parsed};
use crate::store::registry::{Registry, RegistryFault};
use crate::text::{Said, said};

use super::cell::names;
use super::record::Table;
use super::told::Told;
use super::{
    FileOf, Imported, Laid, Laying, Mode, PATIENCE, conduct, imports, land, replacements,
    statements,
};

/// What taking back comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Undone {
    /// Under which number it was done; of a dry run the one it would have.
    pub number: i64,
    /// Rows that count no longer.
    pub removed: u32,
    /// Rows that count again.
    pub restored: u32,
}

/// What became of the wish to take an import back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Undo {
    /// Done, or it would be.
    Done(Undone),
    /// Something was built on it: which, and what to do.
    Refused(Said),
    /// There is no such import for whoever asks.
    NotThere,
}

/// A stretch of time, in milliseconds: the first in, the last out.
type Stretch = (i64, i64);

/// Where the rows of a kind stand, and what is asked for the time they are about.
struct Place {
    table: &'static Table,
    /// The column in which the time begins, and an expression for its end; none: `period`.
    time: Option<(&'static str, &'static str)>,
    /// Whether rows follow each other in time.
    is_timeline: bool,
}

fn place(kind: &str) -> Option<Place> {
    let dated = Some(("valid_from", "COALESCE(valid_to, 9223372036854775807)"));
    match kind {
        "statements" => Some(Place {
            table: &statements::TABLE,
            time: None,
            is_timeline: false,
        }),
        "replacements" => Some(Place {
            table: &replacements::TABLE,
            time: Some(("at", "at + 1")),
            is_timeline: false,
        }),
        "land" => Some(Place {
            table: land::TIMELINE.table,
            time: dated,
            is_timeline: true,
        }),
        "conduct" => Some(Place {
            table: conduct::TIMELINE.table,
            time: dated,
            is_timeline: true,
        }),
        _ => None,
    }
}

/// Whether imports of a kind are ever taken back. Of the others later ones name what they registered.
#[must_use]
pub fn is_undoable(kind: &str) -> bool {
    place(kind).is_some()
}

impl Registry {
    /// Takes the import `number` back, unless something was built on it. A period that was due to be
    /// closed (`close_after` its end) before the import is closed on with what the import brought, at
    /// once and by itself; taking it back makes its next revision.
    ///
    /// # Errors
    /// The database failed. What speaks against it is no error: see [`Undo`].
    pub async fn undo_import(
        &self,
        who: &Principal,
        number: i64,
        close_after: Duration,
        mode: Mode,
    ) -> Result<Undo, RegistryFault> {
        let Some(import) = self.find_import(who, number).await? else {
            return Ok(Undo::NotThere);
        };
        let Some(place) = place(&import.kind) else {
            let kind = &import.kind;
            let what = said!("import_undo.undo_kind", kind = kind);
            return Ok(Undo::Refused(what));
        };
        let mut change = self.begin_shown().await?;
        let work = async {
            // Asked again inside the change: nobody else takes it back in between.
            if let Some(what) = objection(&mut change.rows, &import, &place, close_after).await? {
                return Ok((Undo::Refused(what), None));
            }
            let mut laying = Laying {
                rows: &mut change.rows,
                now: self.clock.now(),
                laid: Laid::default(),
                import: None,
                told: Told::default(),
            };
            let undone = take_back(&mut laying, who, &import, &place).await?;
            let now = laying.now;
            let object = format!("{} {number}", import.kind);
            let result = format!(
                "import {}: {} rows count no longer, {} count again",
                undone.number, undone.removed, undone.restored
            );
            let deed = Deed {
                action: "import.undo",
                object: &object,
                result: &result,
            };
            let head = self.note(&mut change.rows, now, who, deed).await?;
            Ok::<_, RegistryFault>((Undo::Done(undone), Some(head)))
        };
        let work = tokio::time::timeout(PATIENCE, work).await;
        let (undo, head) = work.unwrap_or(Err(RegistryFault::TookTooLong))?;
        if mode == Mode::Apply && matches!(undo, Undo::Done(_)) {
            self.commit_shown(change, head).await?;
        }
        Ok(undo)
    }
}

async fn take_back(
    laying: &mut Laying<'_>,
    who: &Principal,
    import: &Imported,
    place: &Place,
) -> Result<Undone, RegistryFault> {
    let file = FileOf {
        name: "",
        digest: "",
        form: "",
        rows: 0,
        notes: "",
        lines: &[],
        reason: "",
    };
    let number = imports::begin(laying, who, &import.kind, &file).await?;
    laying.import = Some(number);
    let of = sqlx::query("UPDATE import SET undoes = $2 WHERE number = $1");
    let of = of.bind(number).bind(import.number);
    of.execute(&mut *laying.rows).await?;
    let (table, now) = (place.table.name, laying.now.unix_ms());
    let sql = format!(
        "UPDATE {table} SET superseded_at = $1, ended_by = $2
         WHERE import = $3 AND superseded_at IS NULL"
    );
    let removed = sqlx::query(AssertSqlSafe(sql));
    let removed = removed.bind(now).bind(number).bind(import.number);
    let removed = removed.execute(&mut *laying.rows).await?.rows_affected();
    let columns = names(place.table.columns());
    let sql = format!(
        "INSERT INTO {table} (number, recorded_at, import, {columns})
         SELECT (SELECT MAX(number) FROM {table}) + ROW_NUMBER() OVER (ORDER BY number), $1, $2,
         {columns} FROM {table} WHERE ended_by = $3"
    );
    let restored = sqlx::query(AssertSqlSafe(sql));
    let restored = restored.bind(now).bind(number).bind(import.number);
    let restored = restored.execute(&mut *laying.rows).await?.rows_affected();
    let count = |rows: u64| u32::try_from(rows).unwrap_or(u32::MAX);
    laying.laid.added = count(restored);
    laying.laid.ended = count(removed);
    imports::finish(laying).await?;
    Ok(Undone {
        number,
        removed: count(removed),
        restored: count(restored),
    })
}

/// What was built on the import, with what to do.
async fn objection(
    rows: &mut SqliteConnection,
    import: &Imported,
    place: &Place,
    close_after: Duration,
) -> Result<Option<Said>, RegistryFault> {
    if let Some(of) = import.undoes {
        let what = said!("import_undo.undo_of_undo", number = of);
        return Ok(Some(what));
    }
    let undone = sqlx::query("SELECT number FROM import WHERE undoes = $1");
    let undone = undone
        .bind(import.number)
        .fetch_optional(&mut *rows)
        .await?;
    if let Some(undone) = undone {
        let by: i64 = undone.try_get("number")?;
        return Ok(Some(said!("import_undo.undone_already", number = by)));
    }
    if let Some(later) = later(rows, import, place).await? {
        return Ok(Some(later));
    }
    let stretches = stretches(rows, import, place).await?;
    let after = i64::try_from(close_after.as_millis()).unwrap_or(i64::MAX);
    let touches = |from: Moment, to: Moment| {
        let (from, to) = (from.unix_ms(), to.unix_ms());
        let was_due = to.saturating_add(after) <= import.at.unix_ms();
        !was_due
            && stretches
                .iter()
                .any(|(first, last)| *first < to && from < *last)
    };
    let closes = sqlx::query(
        "SELECT period, closed_at FROM account_close
         WHERE revision = 1 AND closed_at > $1 ORDER BY period",
    );
    let closes = closes.bind(import.at.unix_ms()).fetch_all(&mut *rows);
    for row in closes.await? {
        let period: AccountPeriod = parsed(&row, "period", "account_close")?;
        let closed_at = moment(&row, "closed_at")?;
        if touches(period.period().from(), period.period().to()) {
            return Ok(Some(said!(
                "import_undo.closed_with",
                period = period,
                at = closed_at,
            )));
        }
    }
    let rated = sqlx::query(
        "SELECT year, rated_at FROM assessment
         WHERE revision = 1 AND rated_at > $1 ORDER BY year",
    );
    let rated = rated.bind(import.at.unix_ms()).fetch_all(&mut *rows);
    for row in rated.await? {
        let year = Year::new(row.try_get("year")?);
        let rated_at = moment(&row, "rated_at")?;
        if touches(year.period().from(), year.period().to()) {
            return Ok(Some(said!(
                "import_undo.rated_with",
                year = year,
                at = rated_at,
            )));
        }
    }
    Ok(None)
}

/// What came later and stands on it.
async fn later(
    rows: &mut SqliteConnection,
    import: &Imported,
    place: &Place,
) -> Result<Option<Said>, RegistryFault> {
    let table = place.table.name;
    let sql = format!(
        "SELECT COUNT(*) AS rows, MIN(ended_by) AS by FROM {table}
         WHERE import = $1 AND superseded_at IS NOT NULL"
    );
    let found = sqlx::query(AssertSqlSafe(sql)).bind(import.number);
    let found = found.fetch_one(&mut *rows).await?;
    let (count, by): (i64, Option<i64>) = (found.try_get("rows")?, found.try_get("by")?);
    let who = |by: Option<i64>| match by {
        Some(number) => said!("import_undo.by_import", number = number),
        None => said!("import_undo.by_change"),
    };
    if count > 0 {
        let what = said!("import_undo.changed_since", count = count);
        return Ok(Some(what.with("by", who(by))));
    }
    if !place.is_timeline {
        return Ok(None);
    }
    let series = place.table.key.iter().map(|column| column.name());
    let same: Vec<String> = series
        .filter(|name| *name != "valid_from")
        .map(|name| format!("n.{name} = m.{name}"))
        .collect();
    let sql = format!(
        "SELECT n.import AS by FROM {table} n JOIN {table} m ON {same}
         WHERE m.import = $1 AND n.superseded_at IS NULL AND COALESCE(n.import, 0) <> $1
           AND (n.import > $1 OR n.recorded_at > $2) LIMIT 1",
        same = same.join(" AND ")
    );
    let found = sqlx::query(AssertSqlSafe(sql));
    let found = found.bind(import.number).bind(import.at.unix_ms());
    let found = found.fetch_optional(&mut *rows).await?;
    let Some(found) = found else {
        return Ok(None);
    };
    let by = who(found.try_get("by")?);
    Ok(Some(said!("import_undo.goes_on").with("by", by)))
}

/// The time that the rows are about: what the import brought, and what it replaced.
async fn stretches(
    rows: &mut SqliteConnection,
    import: &Imported,
    place: &Place,
) -> Result<Vec<Stretch>, RegistryFault> {
    let table = place.table.name;
    let whose = "WHERE import = $1 OR ended_by = $1";
    if let Some((from, to)) = place.time {
        let sql = format!("SELECT MIN({from}) AS first, MAX({to}) AS last FROM {table} {whose}");
        let row = sqlx::query(AssertSqlSafe(sql)).bind(import.number);
        let row = row.fetch_one(&mut *rows).await?;
        let (first, last): (Option<i64>, Option<i64>) =
            (row.try_get("first")?, row.try_get("last")?);
        return Ok(first.zip(last).into_iter().collect());
    }
    let sql = format!("SELECT DISTINCT period FROM {table} {whose}");
    let found = sqlx::query(AssertSqlSafe(sql)).bind(import.number);
    let mut stretches = Vec::new();
    for row in found.fetch_all(&mut *rows).await? {
        let period: StatementPeriod = parsed(&row, "period", table)?;
        if let Some(period) = period.period() {
            stretches.push((period.from().unix_ms(), period.to().unix_ms()));
        }
    }
    Ok(stretches)
}

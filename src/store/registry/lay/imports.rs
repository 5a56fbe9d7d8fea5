//! What is kept of every file that was taken: who, when, which file, what came of it.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Principal, Scope, scope};
use crate::calendar::Moment;
use crate::store::registry::find::{Asking, Page, moment};
use crate::store::registry::{Registry, RegistryFault};
use crate::text::Language;

use super::{Laying, matter_of};

/// A file on its way in.
#[derive(Clone, Copy, Debug)]
pub struct FileOf<'a> {
    /// Its name where it came from.
    pub name: &'a str,
    /// Its SHA-256, in hexadecimal.
    pub digest: &'a str,
    /// What it is written as, as `xlsx`.
    pub form: &'a str,
    /// How many rows it has.
    pub rows: u64,
    /// What was noted while it was read, a line each.
    pub notes: &'a str,
    /// The row that each entry stood in.
    pub lines: &'a [u64],
    /// Why it corrects what was stated before; empty if nothing was said.
    pub reason: &'a str,
}

/// A file that was taken, or the taking back of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Its number, from 1.
    pub number: i64,
    /// When.
    pub at: Moment,
    /// By whom.
    pub who: String,
    /// As what.
    pub role: String,
    /// What it holds, as `statements`.
    pub kind: String,
    /// The name of the file; empty of a taking back.
    pub file: String,
    /// Its SHA-256, in hexadecimal.
    pub digest: String,
    /// What it is written as.
    pub form: String,
    /// Rows of the file.
    pub rows: i64,
    /// Rows that were not known.
    pub added: i64,
    /// Rows that were known otherwise.
    pub changed: i64,
    /// Known rows that ended because of it.
    pub ended: i64,
    /// Rows that were known so.
    pub unchanged: i64,
    /// What was noted while it was read, a line each: see [`Imported::notes_in`].
    pub notes: String,
    /// The import that it took back.
    pub undoes: Option<i64>,
    /// The one that took it back.
    pub undone_by: Option<i64>,
}

const SELECT: &str = "SELECT i.*, u.number AS undone_by FROM import i
    LEFT JOIN import u ON u.undoes = i.number WHERE i.number < ";

/// Keeps a file in mind; its number.
pub(super) async fn begin(
    laying: &mut Laying<'_>,
    who: &Principal,
    kind: &str,
    file: &FileOf<'_>,
) -> Result<i64, RegistryFault> {
    let row = sqlx::query(
        "INSERT INTO import (number, at, who, role, kind, file, digest, form, rows, added, changed,
         ended, unchanged, notes) SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4, $5, $6, $7,
         $8, 0, 0, 0, 0, $9 FROM import RETURNING number",
    )
    .bind(laying.now.unix_ms())
    .bind(&who.name)
    .bind(who.role.as_str())
    .bind(kind)
    .bind(file.name)
    .bind(file.digest)
    .bind(file.form)
    .bind(i64::try_from(file.rows).unwrap_or(i64::MAX))
    .bind(file.notes)
    .fetch_one(&mut *laying.rows)
    .await?;
    Ok(row.try_get("number")?)
}

/// Adds what came of it, in the change that began it.
pub(super) async fn finish(laying: &mut Laying<'_>) -> Result<(), RegistryFault> {
    let laid = &laying.laid;
    sqlx::query(
        "UPDATE import SET added = $2, changed = $3, ended = $4, unchanged = $5 WHERE number = $1",
    )
    .bind(laying.import)
    .bind(laid.added)
    .bind(laid.changed)
    .bind(laid.ended)
    .bind(laid.unchanged)
    .execute(&mut *laying.rows)
    .await?;
    Ok(())
}

/// Whether somebody may hand over files of a kind, and so may know of those that were.
pub(super) fn may(who: &Principal, kind: &str) -> bool {
    scope(who, Action::Write, matter_of(kind)) == Scope::Everything
}

impl Imported {
    /// What was noted while it was read. Each line is kept in every language, in the order of
    /// [`Language::ALL`], with tabs between.
    pub fn notes_in(&self, language: Language) -> impl Iterator<Item = &str> {
        let place = Language::ALL.iter().position(|one| *one == language);
        self.notes.lines().map(move |line| {
            let mut said = line.split('\t');
            said.nth(place.unwrap_or_default()).unwrap_or(line)
        })
    }
}

impl Registry {
    /// The files that were taken before `before`, the newest first; of kinds that `who` may hand over.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_imports(
        &self,
        who: &Principal,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Page<Imported, i64>, RegistryFault> {
        let mut asking = Asking::new(SELECT);
        asking.push_bind(before.unwrap_or(i64::MAX));
        asking.push(" AND i.kind IN (''");
        for kind in KINDS.iter().filter(|kind| may(who, kind)) {
            asking.push(", ");
            asking.push_bind(*kind);
        }
        asking.push(")");
        let cursor = |row: &SqliteRow| Ok(row.try_get("number")?);
        self.page(asking, "i.number DESC", limit, imported, cursor)
            .await
    }

    /// The file that was taken under this number, if `who` may hand over its like.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_import(
        &self,
        who: &Principal,
        number: i64,
    ) -> Result<Option<Imported>, RegistryFault> {
        let after = number.saturating_add(1);
        let page = self.list_imports(who, Some(after), 1).await?;
        let first = page.entries.into_iter().next();
        Ok(first.filter(|one| one.number == number))
    }
}

/// The kinds that are kept in mind.
const KINDS: [&str; 9] = [
    "parks",
    "areas",
    "enterprises",
    "parcels",
    "land",
    "meters",
    "replacements",
    "statements",
    "conduct",
];

fn imported(row: &SqliteRow) -> Result<Imported, RegistryFault> {
    Ok(Imported {
        number: row.try_get("number")?,
        at: moment(row, "at")?,
        who: row.try_get("who")?,
        role: row.try_get("role")?,
        kind: row.try_get("kind")?,
        file: row.try_get("file")?,
        digest: row.try_get("digest")?,
        form: row.try_get("form")?,
        rows: row.try_get("rows")?,
        added: row.try_get("added")?,
        changed: row.try_get("changed")?,
        ended: row.try_get("ended")?,
        unchanged: row.try_get("unchanged")?,
        notes: row.try_get("notes")?,
        undoes: row.try_get("undoes")?,
        undone_by: row.try_get("undone_by")?,
    })
}

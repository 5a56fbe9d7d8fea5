//! The audit log: who did what to what, when, and how it ended. Rows are only ever added.

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::access::{Action, Matter, Object, Principal, Scope, may, scope};
use crate::calendar::Moment;

use super::find::{Asking, Page, moment};
use super::{Registry, RegistryFault};

/// One line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number: dense, in order of commit.
    pub number: i64,
    /// When, by our clock.
    pub at: Moment,
    /// Who: the principal's name.
    pub who: String,
    /// As what: the principal's role.
    pub role: String,
    /// Did what, as `gateway.add`.
    pub action: String,
    /// To what: its id.
    pub object: String,
    /// How it ended, as `done`.
    pub result: String,
}

/// Adds a line inside the change it speaks of.
pub(super) async fn note(
    change: &mut SqliteConnection,
    at: Moment,
    who: &Principal,
    action: &str,
    object: &str,
    result: &str,
) -> Result<(), RegistryFault> {
    sqlx::query(
        "INSERT INTO audit (number, at, who, role, action, object, result)
         SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4, $5, $6 FROM audit",
    )
    .bind(at.unix_ms())
    .bind(&who.name)
    .bind(who.role.as_str())
    .bind(action)
    .bind(object)
    .bind(result)
    .execute(change)
    .await?;
    Ok(())
}

impl Registry {
    /// Adds a line about something done outside the registry, as a backup or a look at tax.
    ///
    /// # Errors
    /// The database failed.
    pub async fn note_in_log(
        &self,
        who: &Principal,
        action: &str,
        object: &str,
        result: &str,
    ) -> Result<(), RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            note(&mut change, self.clock.now(), who, action, object, result).await?;
            Ok(change.commit().await?)
        })
        .await
    }

    /// The log from `before` (exclusive) backwards, newest first; whoever may not read it sees own lines only.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_audit(
        &self,
        who: &Principal,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Page<AuditEntry, i64>, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT number, at, who, role, action, object, result FROM audit WHERE number < ",
        );
        asking.push_bind(before.unwrap_or(i64::MAX));
        if scope(who, Action::Read, Matter::Log) != Scope::Everything {
            asking.push(" AND who = ").push_bind(who.name.clone());
            asking.push(" AND role = ").push_bind(who.role.as_str());
        }
        let cursor = |row: &SqliteRow| Ok(row.try_get("number")?);
        self.page(asking, "number DESC", limit, entry, cursor).await
    }
}

fn entry(row: &SqliteRow) -> Result<AuditEntry, RegistryFault> {
    Ok(AuditEntry {
        number: row.try_get("number")?,
        at: moment(row, "at")?,
        who: row.try_get("who")?,
        role: row.try_get("role")?,
        action: row.try_get("action")?,
        object: row.try_get("object")?,
        result: row.try_get("result")?,
    })
}

/// Refuses what the table of rights does not grant.
pub(super) fn demand(
    who: &Principal,
    action: Action,
    object: &Object<'_>,
) -> Result<(), RegistryFault> {
    if may(who, action, object).is_allowed() {
        Ok(())
    } else {
        Err(RegistryFault::NotYours)
    }
}

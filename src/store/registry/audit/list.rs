//! The log for whoever may read it, newest first.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Principal, Scope, scope};
use crate::calendar::Moment;
use crate::store::registry::find::{Asking, Page, moment};
use crate::store::registry::{Registry, RegistryFault};

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
    /// From which network address; `machine`: by a command on the server.
    pub via: String,
    /// The request's id in answers and logs; empty for commands.
    pub request: String,
}

/// Which records are wanted; none of it: all.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Of this account.
    pub who: Option<String>,
    /// Of actions that begin so.
    pub action: Option<String>,
    /// With this object.
    pub object: Option<String>,
    /// From this instant on.
    pub from: Option<Moment>,
    /// Before this instant.
    pub to: Option<Moment>,
}

impl Registry {
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
        self.find_audit(who, &AuditFilter::default(), before, limit)
            .await
    }

    /// The same, of what fits `filter` only.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_audit(
        &self,
        who: &Principal,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Page<AuditEntry, i64>, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT number, at, who, role, action, object, result, via, request FROM audit WHERE number < ",
        );
        asking.push_bind(before.unwrap_or(i64::MAX));
        if scope(who, Action::Read, Matter::Log) != Scope::Everything {
            asking.push(" AND who = ").push_bind(who.name.clone());
            asking.push(" AND role = ").push_bind(who.role.as_str());
        }
        if let Some(name) = &filter.who {
            asking.push(" AND who = ").push_bind(name.clone());
        }
        if let Some(object) = &filter.object {
            asking.push(" AND object = ").push_bind(object.clone());
        }
        if let Some(action) = &filter.action {
            // Not LIKE: `%` and `_` are letters here.
            asking.push(" AND substr(action, 1, length(");
            asking.push_bind(action.clone()).push(")) = ");
            asking.push_bind(action.clone());
        }
        if let Some(from) = filter.from {
            asking.push(" AND at >= ").push_bind(from.unix_ms());
        }
        if let Some(to) = filter.to {
            asking.push(" AND at < ").push_bind(to.unix_ms());
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
        via: row.try_get("via")?,
        request: row.try_get("request")?,
    })
}

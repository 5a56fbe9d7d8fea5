//! The log for whoever may read it, newest first.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Principal, Role, Scope, scope};
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
        let mut asking = asking(filter, before);
        if scope(who, Action::Read, Matter::Log) != Scope::Everything {
            own(&mut asking, who);
        }
        self.records(asking, limit).await
    }

    /// The records of one's own staff (contract.md 6, "audit log"): a clerk's own; those of who
    /// operates one's parks, or did; the bureau's; all for whoever reads the log.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_staff_audit(
        &self,
        who: &Principal,
        filter: &AuditFilter,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Page<AuditEntry, i64>, RegistryFault> {
        let mut asking = asking(filter, before);
        match scope(who, Action::Read, Matter::StaffLog) {
            Scope::Nothing => return Ok(Page::default()),
            Scope::Enterprise(_) => own(&mut asking, who),
            Scope::Everything if who.role == Role::Bureau => {
                asking.push(" AND role = 'bureau'");
            }
            Scope::Everything => {}
            Scope::Parks(parks) => {
                asking.push(" AND role IN ('operator', 'kiosk') AND (who = ");
                asking.push_bind(who.name.clone());
                asking.push(
                    " OR who IN (SELECT p.account FROM person p
                     JOIN person_grant g ON g.person = p.number
                     WHERE g.role IN ('operator', 'kiosk') AND g.scope IN (",
                );
                let mut list = asking.separated(", ");
                for park in &parks {
                    list.push_bind(park.to_string());
                }
                asking.push(")))");
            }
        }
        self.records(asking, limit).await
    }

    /// Looks of others at what one enterprise stated or was rated by, for its own clerks: that they
    /// were, as what and for what purpose; not by which account.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_looks(
        &self,
        who: &Principal,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Page<AuditEntry, i64>, RegistryFault> {
        let Role::Enterprise(code) = &who.role else {
            return Ok(Page::default());
        };
        let mut asking = asking(&AuditFilter::default(), before);
        asking.push(" AND action IN ('tax.read', 'score.read') AND (");
        for kind in ["account", "rating", "score"] {
            let begins = format!("{kind} {code} ");
            asking.push("substr(object, 1, length(");
            asking.push_bind(begins.clone()).push(")) = ");
            asking.push_bind(begins).push(" OR ");
        }
        // A figure's id has the enterprise in its middle; the purpose behind it may say anything.
        asking.push(
            "substr(object, 1, 7) = 'source ' AND instr(substr(object, 1, instr(object, ';')), ",
        );
        asking.push_bind(format!(":{code}:")).push(") > 0)");
        let mut page = self.records(asking, limit).await?;
        for entry in &mut page.entries {
            entry.who.clear();
            entry.via.clear();
            entry.request.clear();
        }
        Ok(page)
    }

    async fn records(
        &self,
        asking: Asking,
        limit: u32,
    ) -> Result<Page<AuditEntry, i64>, RegistryFault> {
        let cursor = |row: &SqliteRow| Ok(row.try_get("number")?);
        self.page(asking, "number DESC", limit, entry, cursor).await
    }
}

/// One's own records, made as what one is now.
fn own(asking: &mut Asking, who: &Principal) {
    asking.push(" AND who = ").push_bind(who.name.clone());
    asking.push(" AND role = ").push_bind(who.role.as_str());
}

/// The records before `before` that fit `filter`.
fn asking(filter: &AuditFilter, before: Option<i64>) -> Asking {
    let mut asking = Asking::new(
        "SELECT number, at, who, role, action, object, result, via, request FROM audit WHERE number < ",
    );
    asking.push_bind(before.unwrap_or(i64::MAX));
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
    asking
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

//! People as listed for whoever gives keys, and the own staff of operators and the bureau.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{AccountName, Action, Matter, Office, Principal, Scope, scope};
use crate::calendar::Moment;
use crate::store::registry::find::{Asking, Page, moment, moment_or_open, parsed};
use crate::store::registry::{Registry, RegistryFault};

use super::offices;

/// Somebody, without their secrets.
#[derive(Clone, Debug)]
pub struct PersonEntry {
    /// What they sign in with.
    pub account: AccountName,
    /// What they are called.
    pub name: String,
    /// Since when.
    pub added_at: Moment,
    /// Since when no longer.
    pub ended_at: Option<Moment>,
    /// Whether they have a second factor.
    pub has_factor: bool,
    /// When they last began a session that is open.
    pub seen_at: Option<Moment>,
    /// What they are now.
    pub offices: Vec<Office>,
}

/// Somebody who works for the same, with one of their offices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffEntry {
    /// What they sign in with.
    pub account: AccountName,
    /// What they are called.
    pub name: String,
    /// What they are.
    pub office: Office,
    /// Since when.
    pub since: Moment,
    /// Until when, if that is set.
    pub until: Option<Moment>,
}

/// The most offices that are listed.
const STAFF_MAX: i64 = 1_000;

impl Registry {
    /// Everybody, by account, after `after`; nobody for whom it is not theirs to see.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_people(
        &self,
        who: &Principal,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<PersonEntry>, RegistryFault> {
        if scope(who, Action::Read, Matter::Users) != Scope::Everything {
            return Ok(Page::default());
        }
        let mut asking = Asking::new(
            "SELECT number, account, name, added_at, ended_at,
             (SELECT MAX(used_at) FROM person_session s
              WHERE s.person = p.number AND s.stage = 'full') AS seen_at,
             (SELECT COUNT(*) FROM person_factor f WHERE f.person = p.number
              AND f.confirmed_at IS NOT NULL AND f.ended_at IS NULL) AS factors
             FROM person p WHERE account > ",
        );
        asking.push_bind(after.unwrap_or_default().to_owned());
        let cursor = |row: &SqliteRow| Ok(row.try_get("account")?);
        let page = self.page(asking, "account", limit, entry, cursor).await?;
        let mut entries = Vec::with_capacity(page.entries.len());
        for (person, mut entry) in page.entries {
            let now = self.clock.now();
            let read = async {
                let mut reader = self.readers.acquire().await?;
                offices(&mut reader, person, now).await
            };
            entry.offices = self.in_time(read).await?;
            entries.push(entry);
        }
        Ok(Page {
            entries,
            next: page.next,
        })
    }
}

impl Registry {
    /// Who works for the same (contract.md 6, "own staff"): for an operator whoever operates one of
    /// their parks, for the bureau the bureau; one entry an office, those of other parks left out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_staff(&self, who: &Principal) -> Result<Vec<StaffEntry>, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT p.account, p.name, g.role, g.scope, g.valid_from, g.valid_to FROM person p
             JOIN person_grant g ON g.person = p.number WHERE p.ended_at IS NULL AND g.valid_from <= ",
        );
        let now = self.clock.now().unix_ms();
        asking.push_bind(now);
        asking.push(" AND (g.valid_to IS NULL OR g.valid_to > ");
        asking.push_bind(now);
        asking.push(")");
        match scope(who, Action::Read, Matter::Staff) {
            Scope::Nothing | Scope::Enterprise(_) => return Ok(Vec::new()),
            Scope::Everything => {
                asking.push(" AND g.role = 'bureau'");
            }
            Scope::Parks(parks) => {
                asking.push(" AND g.role IN ('operator', 'kiosk') AND g.scope IN ('*'");
                for park in &parks {
                    asking.push(", ").push_bind(park.to_string());
                }
                asking.push(")");
            }
        }
        asking.push(" ORDER BY p.account, g.number LIMIT ");
        asking.push_bind(STAFF_MAX);
        let rows = self
            .in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) })
            .await?;
        rows.iter().map(staff).collect()
    }
}

fn staff(row: &SqliteRow) -> Result<StaffEntry, RegistryFault> {
    let (role, of): (String, String) = (row.try_get("role")?, row.try_get("scope")?);
    let office = Office::read(&role, &of);
    Ok(StaffEntry {
        account: parsed(row, "account", "person")?,
        name: row.try_get("name")?,
        office: office.map_err(|cause| RegistryFault::damaged("person_grant", cause))?,
        since: moment(row, "valid_from")?,
        until: moment_or_open(row, "valid_to")?,
    })
}

fn entry(row: &SqliteRow) -> Result<(i64, PersonEntry), RegistryFault> {
    let entry = PersonEntry {
        account: parsed(row, "account", "person")?,
        name: row.try_get("name")?,
        added_at: moment(row, "added_at")?,
        ended_at: moment_or_open(row, "ended_at")?,
        has_factor: row.try_get::<i64, _>("factors")? > 0,
        seen_at: moment_or_open(row, "seen_at")?,
        offices: Vec::new(),
    };
    Ok((row.try_get("number")?, entry))
}

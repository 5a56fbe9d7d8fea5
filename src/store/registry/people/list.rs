//! People as listed for whoever gives keys.

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

//! Open sessions as their owner and whoever gives keys see them: since when, last used, and ended at
//! their wish. What opens one is never told: a session is named by the first letters of its digest.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{AccountName, Action, Matter, Principal, Scope, scope};
use crate::calendar::Moment;
use crate::store::registry::audit::{Deed, demand};
use crate::store::registry::find::{Asking, moment, parsed};
use crate::store::registry::{Registry, RegistryFault};

use super::browser::USE;
use super::{PEOPLE, SessionTerms};

/// Letters of a digest that name a session: 64 bits, and no two open ones are alike.
const MARK_LETTERS: usize = 16;

/// The most sessions that are listed.
const LISTED_MAX: i64 = 1_000;

/// A session that has not ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenSession {
    /// Names it, and opens nothing.
    pub mark: String,
    /// Whose.
    pub account: AccountName,
    /// What they are called.
    pub name: String,
    /// Since when.
    pub begun_at: Moment,
    /// When somebody last did something in it.
    pub used_at: Moment,
}

/// Which sessions of an account are ended.
#[derive(Clone, Copy, Debug)]
pub enum Which<'a> {
    /// The one of this mark.
    Of(&'a str),
    /// All but the one of this token, if it is said.
    AllBut(Option<&'a str>),
}

impl Registry {
    /// What a session of this token is called in lists.
    #[must_use]
    pub fn mark_of_session(&self, token: &str) -> String {
        let mut digest = self.key.digest_for(USE, token);
        digest.truncate(MARK_LETTERS);
        digest
    }

    /// The open sessions of `account`, or of everybody, the last used first. Of others only for whoever
    /// gives keys; none for others.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_open_sessions(
        &self,
        who: &Principal,
        account: Option<&AccountName>,
        terms: SessionTerms,
    ) -> Result<Vec<OpenSession>, RegistryFault> {
        let is_own = account.is_some_and(|account| account.as_str() == who.name);
        if !is_own && scope(who, Action::Read, Matter::Users) != Scope::Everything {
            return Ok(Vec::new());
        }
        let now = self.clock.now().unix_ms();
        let since = |life: std::time::Duration| {
            now.saturating_sub(i64::try_from(life.as_millis()).unwrap_or(i64::MAX))
        };
        let mut asking = Asking::new("SELECT substr(s.digest, 1, ");
        asking.push_bind(i64::try_from(MARK_LETTERS).unwrap_or(i64::MAX));
        asking.push(
            ") AS mark, p.account, p.name, s.begun_at, s.used_at FROM person_session s
             JOIN person p ON p.number = s.person
             WHERE s.stage = 'full' AND p.ended_at IS NULL AND s.used_at > ",
        );
        asking.push_bind(since(terms.idle));
        asking.push(" AND s.begun_at > ");
        asking.push_bind(since(terms.whole));
        if let Some(account) = account {
            asking.push(" AND p.account = ");
            asking.push_bind(account.to_string());
        }
        asking.push(" ORDER BY s.used_at DESC, mark LIMIT ");
        asking.push_bind(LISTED_MAX);
        let rows = self
            .in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) })
            .await?;
        rows.iter().map(open_session).collect()
    }

    /// Ends sessions of `account`: of one's own, or of anybody for whoever gives keys. How many there
    /// were.
    ///
    /// # Errors
    /// Not yours to end; the database failed.
    pub async fn end_open_sessions(
        &self,
        who: &Principal,
        account: &AccountName,
        which: Which<'_>,
    ) -> Result<u64, RegistryFault> {
        if who.name != account.as_str() {
            demand(who, Action::Write, &PEOPLE)?;
        }
        self.in_time(async {
            let mut change = self.begin().await?;
            let person = super::living(&mut change, account).await?;
            let mut ending = Asking::new("DELETE FROM person_session WHERE person = ");
            ending.push_bind(person);
            match which {
                Which::Of(mark) => {
                    ending.push(" AND substr(digest, 1, ");
                    ending.push_bind(i64::try_from(MARK_LETTERS).unwrap_or(i64::MAX));
                    ending.push(") = ").push_bind(mark.to_owned());
                }
                Which::AllBut(token) => {
                    let kept = token.map(|token| self.key.digest_for(USE, token));
                    ending.push(" AND digest <> ");
                    ending.push_bind(kept.unwrap_or_default());
                }
            }
            let done = ending.build().execute(&mut *change).await?;
            if matches!(which, Which::Of(_)) && done.rows_affected() == 0 {
                change.rollback().await?;
                return Ok(0);
            }
            let deed = Deed {
                action: "session.end",
                object: account.as_str(),
                result: "done",
            };
            let head = self.note(&mut change, self.clock.now(), who, deed).await?;
            self.commit_noted(change, head).await?;
            Ok(done.rows_affected())
        })
        .await
    }
}

fn open_session(row: &SqliteRow) -> Result<OpenSession, RegistryFault> {
    Ok(OpenSession {
        mark: row.try_get("mark")?,
        account: parsed(row, "account", "person")?,
        name: row.try_get("name")?,
        begun_at: moment(row, "begun_at")?,
        used_at: moment(row, "used_at")?,
    })
}

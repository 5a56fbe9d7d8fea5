//! Who somebody is at an identity server of the city: its issuer and the subject that never changes there
//! (`OpenID` Connect Core 1.0, 2 and 5.7), bound to one account here. A name alone is never who somebody
//! is: it may change there, and be given to somebody else.
//!
//! Bound once, at the first sign-in from there; a reset by whoever gives keys ends it, so that the next
//! sign-in binds anew. Nothing is deleted. Knows nothing of tokens and how they are proven.

use std::fmt;

use sqlx::sqlite::SqliteConnection;

use crate::access::{AccountName, Principal};
use crate::calendar::Moment;
use crate::store::registry::audit::Deed;
use crate::store::registry::find::parsed;
use crate::store::registry::{Registry, RegistryFault};

use super::{Account, credential};

/// Letters of a subject (`OpenID` Connect Core 1.0, 2).
const SUBJECT_LETTERS_MAX: usize = 255;

/// Somebody, as an identity server knows them for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Foreign {
    issuer: String,
    subject: String,
}

/// No subject: 1 to 255 printable ASCII letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`sub` is 1 to 255 printable ASCII letters")]
pub struct NotAForeign;

impl Foreign {
    /// Whoever `issuer` calls `subject`.
    ///
    /// # Errors
    /// A subject that is none.
    pub fn new(issuer: &str, subject: &str) -> Result<Self, NotAForeign> {
        let is_one = (1..=SUBJECT_LETTERS_MAX).contains(&subject.len())
            && subject.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        is_one.then_some(()).ok_or(NotAForeign)?;
        Ok(Self {
            issuer: issuer.to_owned(),
            subject: subject.to_owned(),
        })
    }
}

impl fmt::Display for Foreign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.subject, self.issuer)
    }
}

impl Registry {
    /// The account that somebody is bound to; `None`: to none.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_bound(
        &self,
        foreign: &Foreign,
    ) -> Result<Option<AccountName>, RegistryFault> {
        self.in_time(async {
            let row = sqlx::query(
                "SELECT p.account FROM person_identity i JOIN person p ON p.number = i.person
                 WHERE i.issuer = $1 AND i.subject = $2 AND i.ended_at IS NULL",
            )
            .bind(&foreign.issuer)
            .bind(&foreign.subject)
            .fetch_optional(&self.readers)
            .await?;
            row.map(|row| parsed(&row, "account", "person")).transpose()
        })
        .await
    }

    /// Binds `foreign` to `account` as it was looked at, with its record; `false`, and nothing: the
    /// account is somebody else's at that server, or somebody bound either meanwhile.
    ///
    /// # Errors
    /// The account is no longer as it was looked at; the database failed.
    pub async fn bind(
        &self,
        who: &Principal,
        account: &Account,
        foreign: &Foreign,
    ) -> Result<bool, RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            let now = self.clock.now();
            credential::demand_same(&mut change, account, now).await?;
            let done = sqlx::query(
                "INSERT INTO person_identity (number, person, issuer, subject, bound_at)
                 SELECT (SELECT COALESCE(MAX(number), 0) + 1 FROM person_identity), $1, $2, $3, $4
                 WHERE NOT EXISTS (SELECT 1 FROM person_identity WHERE ended_at IS NULL
                     AND issuer = $2 AND (subject = $3 OR person = $1))",
            )
            .bind(account.person)
            .bind(&foreign.issuer)
            .bind(&foreign.subject)
            .bind(now.unix_ms())
            .execute(&mut *change)
            .await?;
            if done.rows_affected() == 0 {
                change.rollback().await?;
                return Ok(false);
            }
            let object = format!("{} is {foreign}", account.account);
            let deed = Deed {
                action: "identity.bind",
                object: &object,
                result: "done",
            };
            let head = self.note(&mut change, now, who, deed).await?;
            self.commit_noted(change, head).await?;
            Ok(true)
        })
        .await
    }
}

/// Ends who a person is at every identity server, inside the change that makes it necessary.
pub(super) async fn end(
    change: &mut SqliteConnection,
    person: i64,
    now: Moment,
) -> Result<(), RegistryFault> {
    sqlx::query("UPDATE person_identity SET ended_at = $2 WHERE person = $1 AND ended_at IS NULL")
        .bind(person)
        .bind(now.unix_ms())
        .execute(change)
        .await?;
    Ok(())
}

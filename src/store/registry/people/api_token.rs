//! Tokens of programs: what their owner may, or only the reading of it, until a day. Shown once.

use std::time::Duration;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::access::{AccountName, Office, Principal};
use crate::calendar::Moment;
use crate::park::Name;
use crate::store::registry::audit::Deed;
use crate::store::registry::find::{moment, parsed};
use crate::store::registry::{Registry, RegistryFault, Token};

use super::{living, offices};

/// What the tokens are kept for.
const USE: &str = "api";

/// By what a token is known where it should not be.
const MARK: &str = "ppt_";

/// Tokens of one person that count at a time.
const TOKENS_MAX: i64 = 20;

/// The longest life.
const LIFE_MAX: Duration = Duration::from_hours(366 * 24);

/// A token without its secret.
#[derive(Clone, Debug)]
pub struct ApiToken {
    /// Its number.
    pub number: i64,
    /// What it is for, as its owner wrote.
    pub label: String,
    /// Whether it may change anything.
    pub may_write: bool,
    /// Since when.
    pub created_at: Moment,
    /// Until when.
    pub expires_at: Moment,
}

/// Who comes with a token.
#[derive(Clone, Debug)]
pub struct TokenHolder {
    /// Their account.
    pub account: AccountName,
    /// What they are now.
    pub offices: Vec<Office>,
    /// Whether the token may change anything.
    pub may_write: bool,
}

/// Why there is no such token.
#[derive(Debug, thiserror::Error)]
pub enum TokenFault {
    /// Too short, or too long.
    #[error("a token lasts from a minute to 366 days")]
    Life,
    /// Too many that count.
    #[error("you have {TOKENS_MAX} tokens; revoke one first")]
    TooMany,
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryFault),
}

impl Registry {
    /// Gives `account` a token. Whoever asks is its owner, in a browser's `session` that must not have
    /// ended meanwhile, or may give keys; that was settled before.
    ///
    /// # Errors
    /// See [`TokenFault`].
    pub async fn add_api_token(
        &self,
        who: &Principal,
        account: &AccountName,
        label: &Name,
        may_write: bool,
        life: Duration,
        session: Option<&str>,
    ) -> Result<(Token, ApiToken), TokenFault> {
        if life < Duration::from_mins(1) || life > LIFE_MAX {
            return Err(TokenFault::Life);
        }
        let token = Token::marked(MARK)?;
        let now = self.clock.now();
        let life_ms = i64::try_from(life.as_millis()).unwrap_or(i64::MAX);
        let expires_at = now.plus_ms(life_ms);
        let object = format!("{account}: {label}");
        let work = async {
            let mut change = self.begin().await?;
            let person = living(&mut change, account).await?;
            if let Some(session) = session {
                self.demand_session(&mut change, person, session).await?;
            }
            let row = sqlx::query(
                "SELECT COUNT(*) FROM person_token
                 WHERE person = $1 AND revoked_at IS NULL AND expires_at > $2",
            )
            .bind(person)
            .bind(now.unix_ms())
            .fetch_one(&mut *change)
            .await?;
            if row.try_get::<i64, _>(0)? >= TOKENS_MAX {
                return Ok(None);
            }
            let row = sqlx::query(
                "INSERT INTO person_token
                     (number, person, digest, label, may_write, created_at, expires_at)
                 SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4, $5, $6 FROM person_token
                 RETURNING number, label, may_write, created_at, expires_at",
            )
            .bind(person)
            .bind(self.key.digest_for(USE, token.reveal()))
            .bind(label.as_str())
            .bind(i64::from(may_write))
            .bind(now.unix_ms())
            .bind(expires_at.unix_ms())
            .fetch_one(&mut *change)
            .await?;
            let entry = entry(&row)?;
            let deed = Deed {
                action: "token.add",
                object: &object,
                result: "done",
            };
            let head = self.note(&mut change, now, who, deed).await?;
            self.commit_noted(change, head).await?;
            Ok(Some(entry))
        };
        let added = self.in_time(work).await?;
        added.map(|entry| (token, entry)).ok_or(TokenFault::TooMany)
    }

    /// The tokens of `account` that count, by number.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_api_tokens(
        &self,
        account: &AccountName,
    ) -> Result<Vec<ApiToken>, RegistryFault> {
        self.in_time(async {
            let rows = sqlx::query(
                "SELECT t.number, t.label, t.may_write, t.created_at, t.expires_at
                 FROM person_token t JOIN person p ON p.number = t.person
                 WHERE p.account = $1 AND t.revoked_at IS NULL AND t.expires_at > $2
                 ORDER BY t.number",
            )
            .bind(account.as_str())
            .bind(self.clock.now().unix_ms())
            .fetch_all(&self.readers)
            .await?;
            rows.iter().map(entry).collect()
        })
        .await
    }

    /// Revokes a token of `account`; `false`: it has none of this number that counts.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revoke_api_token(
        &self,
        who: &Principal,
        account: &AccountName,
        number: i64,
    ) -> Result<bool, RegistryFault> {
        let object = format!("{account}: {number}");
        self.in_time(async {
            let mut change = self.begin().await?;
            let now = self.clock.now();
            let person = living(&mut change, account).await?;
            let revoked = sqlx::query(
                "UPDATE person_token SET revoked_at = $3
                 WHERE number = $1 AND person = $2 AND revoked_at IS NULL",
            )
            .bind(number)
            .bind(person)
            .bind(now.unix_ms())
            .execute(&mut *change)
            .await?;
            if revoked.rows_affected() == 0 {
                return Ok(false);
            }
            let deed = Deed {
                action: "token.revoke",
                object: &object,
                result: "done",
            };
            let head = self.note(&mut change, now, who, deed).await?;
            self.commit_noted(change, head).await?;
            Ok(true)
        })
        .await
    }

    /// Who comes with `token`, if it counts.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_api_token(&self, token: &str) -> Result<Option<TokenHolder>, RegistryFault> {
        if !token.starts_with(MARK) {
            return Ok(None);
        }
        self.in_time(async {
            let mut reader = self.readers.acquire().await?;
            let now = self.clock.now();
            let row = sqlx::query(
                "SELECT t.person, t.may_write, p.account FROM person_token t
                 JOIN person p ON p.number = t.person
                 WHERE t.digest = $1 AND t.revoked_at IS NULL AND t.expires_at > $2
                 AND t.created_at <= $2 + 300000 AND p.ended_at IS NULL",
            )
            .bind(self.key.digest_for(USE, token))
            .bind(now.unix_ms())
            .fetch_optional(&mut *reader)
            .await?;
            let Some(row) = row else {
                return Ok(None);
            };
            Ok(Some(TokenHolder {
                account: parsed(&row, "account", "person")?,
                offices: offices(&mut reader, row.try_get("person")?, now).await?,
                may_write: row.try_get::<i64, _>("may_write")? == 1,
            }))
        })
        .await
    }
}

/// Revokes every token of a person, inside the change that makes it necessary.
pub(super) async fn revoke_all(
    change: &mut SqliteConnection,
    person: i64,
    now: Moment,
) -> Result<(), RegistryFault> {
    sqlx::query("UPDATE person_token SET revoked_at = $2 WHERE person = $1 AND revoked_at IS NULL")
        .bind(person)
        .bind(now.unix_ms())
        .execute(change)
        .await?;
    Ok(())
}

fn entry(row: &SqliteRow) -> Result<ApiToken, RegistryFault> {
    Ok(ApiToken {
        number: row.try_get("number")?,
        label: row.try_get("label")?,
        may_write: row.try_get::<i64, _>("may_write")? == 1,
        created_at: moment(row, "created_at")?,
        expires_at: moment(row, "expires_at")?,
    })
}

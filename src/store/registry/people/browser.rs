//! Sessions of browsers: opaque tokens, kept as keyed hashes, ended by time or at once.
//!
//! A session is begun with a stage that says what is still missing; each step to the next begins a
//! new one, so that no token from before a sign-in is worth anything after it.

use std::time::Duration;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use subtle::ConstantTimeEq;

use crate::access::{AccountName, Office, Principal};
use crate::calendar::Moment;
use crate::store::registry::find::{moment, parsed};
use crate::store::registry::{Errand, Registry, RegistryFault, Token};

use super::credential::Account;
use super::{api_token, credential, offices};

/// What a session's tokens are kept for.
pub(super) const USE: &str = "session";

/// What the marks of browsers are sealed for.
const DEVICE: &str = "device";

/// Sessions of one person at a time; beyond, the longest unused ends.
const SESSIONS_MAX: i64 = 8;

/// Wrong codes after which a sign-in begins from its password again.
const TRIES_MAX: i64 = 5;

/// How long somebody may take from the password to the last step of a sign-in.
const STEPS_WITHIN: Duration = Duration::from_mins(10);

/// How old the note of the last use may be: not every look is a write.
const TOUCH_AFTER_MS: i64 = 30_000;

/// A clock that was set back farther than this ends sessions: their age cannot be told.
const BACK_MAX_MS: i64 = 5 * 60_000;

/// What is still missing before a session counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The code of the second factor.
    Code,
    /// A second factor.
    Enrol,
    /// A password of one's own choice.
    Password,
    /// Nothing.
    Full,
}

impl Stage {
    /// Its name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Enrol => "enrol",
            Self::Password => "password",
            Self::Full => "full",
        }
    }

    fn read(text: &str) -> Result<Self, RegistryFault> {
        let all = [Self::Code, Self::Enrol, Self::Password, Self::Full];
        let found = all.into_iter().find(|stage| stage.as_str() == text);
        found.ok_or_else(|| RegistryFault::damaged("person_session", text))
    }
}

/// A session that has not ended.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose.
    pub person: i64,
    /// Their account.
    pub account: AccountName,
    /// What they are called.
    pub name: String,
    /// What is still missing.
    pub stage: Stage,
    /// What they are now.
    pub offices: Vec<Office>,
    /// When it began: so long after it it ends, however much it is used.
    pub begun_at: Moment,
}

/// What a new session comes in place of.
#[derive(Clone, Copy, Debug)]
pub enum Instead<'a> {
    /// Whatever the browser had, if anything: its password was just looked at.
    OfAny(Option<&'a str>),
    /// The step before, in which the second factor was shown; it must not have ended meanwhile.
    OfStep(&'a str),
    /// Nothing: all ended as the second factor was made to count, which shows it.
    OfEnrolment,
}

impl Instead<'_> {
    /// Whether whoever begins the session has just shown their second factor.
    const fn shows_factor(self) -> bool {
        matches!(self, Self::OfStep(_) | Self::OfEnrolment)
    }
}

/// How long a session lives.
#[derive(Clone, Copy, Debug)]
pub struct SessionTerms {
    /// Without being used.
    pub idle: Duration,
    /// At most.
    pub whole: Duration,
}

impl Registry {
    /// Begins a session of `account` as it was looked at: a record of the log, unless the errand has
    /// its record already, as a change of password has.
    ///
    /// # Errors
    /// The account is no longer as it was looked at, or the step before has ended: somebody reset
    /// it, ended it, or changed what it is while a password was compared. The database failed.
    pub async fn begin_browser_session(
        &self,
        who: &Principal,
        account: &Account,
        stage: Stage,
        before: Instead<'_>,
    ) -> Result<Token, RegistryFault> {
        let token = Token::random()?;
        let person = account.person;
        self.in_time(async {
            let mut change = self.begin().await?;
            self.leave(&mut change, person, before).await?;
            credential::demand_same(&mut change, account, self.clock.now()).await?;
            let now = self.clock.now().unix_ms();
            sqlx::query(
                "INSERT INTO person_session
                     (digest, person, stage, begun_at, used_at, tries, factor_shown_at)
                 VALUES ($1, $2, $3, $4, $4, 0, $5)",
            )
            .bind(self.key.digest_for(USE, token.reveal()))
            .bind(person)
            .bind(stage.as_str())
            .bind(now)
            .bind(before.shows_factor().then_some(now))
            .execute(&mut *change)
            .await?;
            sqlx::query(
                "DELETE FROM person_session WHERE person = $1 AND digest NOT IN (
                    SELECT digest FROM person_session WHERE person = $1
                    ORDER BY used_at DESC, begun_at DESC LIMIT $2)",
            )
            .bind(person)
            .bind(SESSIONS_MAX)
            .execute(&mut *change)
            .await?;
            let result = if stage == Stage::Full {
                "done"
            } else {
                stage.as_str()
            };
            if self.errand.as_ref().is_some_and(Errand::is_written) {
                return Ok(change.commit().await?);
            }
            let head = self
                .note_own(&mut change, who, "session.begin", result)
                .await?;
            self.commit_noted(change, head).await
        })
        .await?;
        Ok(token)
    }

    /// Ends the session before, inside the change that begins the next.
    async fn leave(
        &self,
        change: &mut SqliteConnection,
        person: i64,
        before: Instead<'_>,
    ) -> Result<(), RegistryFault> {
        let token = match before {
            Instead::OfAny(None) | Instead::OfEnrolment => return Ok(()),
            Instead::OfAny(Some(token)) => token,
            Instead::OfStep(token) => {
                self.demand_session(change, person, token).await?;
                token
            }
        };
        sqlx::query("DELETE FROM person_session WHERE digest = $1")
            .bind(self.key.digest_for(USE, token))
            .execute(change)
            .await?;
        Ok(())
    }

    /// Refuses what is done in a session that ended since it was looked at.
    pub(super) async fn demand_session(
        &self,
        change: &mut SqliteConnection,
        person: i64,
        token: &str,
    ) -> Result<(), RegistryFault> {
        let found = sqlx::query("SELECT 1 FROM person_session WHERE digest = $1 AND person = $2")
            .bind(self.key.digest_for(USE, token))
            .bind(person)
            .fetch_optional(change)
            .await?;
        found.map(|_there| ()).ok_or(RegistryFault::SessionEnded)
    }

    /// The session of a token, if it has not ended: not used for too long, too old, its account
    /// ended, or the clock set back behind it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_browser_session(
        &self,
        token: &str,
        terms: SessionTerms,
    ) -> Result<Option<Session>, RegistryFault> {
        self.session_of(token, terms, true).await
    }

    /// As [`Registry::find_browser_session`], and no use of it: an answer that goes on by itself does
    /// not keep a session alive.
    ///
    /// # Errors
    /// The database failed.
    pub async fn look_at_browser_session(
        &self,
        token: &str,
        terms: SessionTerms,
    ) -> Result<Option<Session>, RegistryFault> {
        self.session_of(token, terms, false).await
    }

    async fn session_of(
        &self,
        token: &str,
        terms: SessionTerms,
        is_use: bool,
    ) -> Result<Option<Session>, RegistryFault> {
        let digest = self.key.digest_for(USE, token);
        let now = self.clock.now();
        let found = self.in_time(self.read_session(&digest, now)).await?;
        let Some((session, begun_at, used_at)) = found else {
            return Ok(None);
        };
        let (idle, age) = (now.ms_since(used_at), now.ms_since(begun_at));
        let within = |ms: i64, limit: Duration| {
            ms > -BACK_MAX_MS && u128::try_from(ms).unwrap_or(0) < limit.as_millis()
        };
        let (idle_max, whole) = match session.stage {
            Stage::Full => (terms.idle, terms.whole),
            _ => (STEPS_WITHIN, STEPS_WITHIN),
        };
        if !within(idle, idle_max) || !within(age, whole) {
            self.forget_browser_session(token).await?;
            return Ok(None);
        }
        if is_use && idle > TOUCH_AFTER_MS {
            self.in_time(async {
                sqlx::query("UPDATE person_session SET used_at = $2 WHERE digest = $1")
                    .bind(&digest)
                    .bind(now.unix_ms())
                    .execute(&self.writer)
                    .await?;
                Ok(())
            })
            .await?;
        }
        Ok(Some(session))
    }

    async fn read_session(
        &self,
        digest: &str,
        now: Moment,
    ) -> Result<Option<(Session, Moment, Moment)>, RegistryFault> {
        let mut reader = self.readers.acquire().await?;
        let row = sqlx::query(
            "SELECT s.person, s.stage, s.begun_at, s.used_at, p.account, p.name
             FROM person_session s JOIN person p ON p.number = s.person
             WHERE s.digest = $1 AND p.ended_at IS NULL",
        )
        .bind(digest)
        .fetch_optional(&mut *reader)
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let person = row.try_get("person")?;
        let offices = offices(&mut reader, person, now).await?;
        let (begun_at, used_at) = (moment(&row, "begun_at")?, moment(&row, "used_at")?);
        Ok(Some((session(&row, person, offices)?, begun_at, used_at)))
    }

    /// Counts a wrong code; whether the sign-in must begin again, for there were too many.
    ///
    /// # Errors
    /// The database failed.
    pub async fn count_wrong_code(&self, token: &str) -> Result<bool, RegistryFault> {
        let digest = self.key.digest_for(USE, token);
        self.in_time(async {
            let mut change = self.begin().await?;
            let row = sqlx::query(
                "UPDATE person_session SET tries = tries + 1 WHERE digest = $1 RETURNING tries",
            )
            .bind(&digest)
            .fetch_optional(&mut *change)
            .await?;
            let tries = row.map_or(Ok(TRIES_MAX), |row| row.try_get("tries"))?;
            if tries >= TRIES_MAX {
                sqlx::query("DELETE FROM person_session WHERE digest = $1")
                    .bind(&digest)
                    .execute(&mut *change)
                    .await?;
            }
            change.commit().await?;
            Ok(tries >= TRIES_MAX)
        })
        .await
    }

    /// Ends one session at the wish of its owner.
    ///
    /// # Errors
    /// The database failed.
    pub async fn end_browser_session(
        &self,
        who: &Principal,
        token: &str,
    ) -> Result<(), RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            sqlx::query("DELETE FROM person_session WHERE digest = $1")
                .bind(self.key.digest_for(USE, token))
                .execute(&mut *change)
                .await?;
            let head = self
                .note_own(&mut change, who, "session.end", "done")
                .await?;
            self.commit_noted(change, head).await
        })
        .await
    }

    /// A mark for a browser in which `account` signed in: it tells nothing and opens nothing, but
    /// its wrong attempts are counted apart from those of strangers.
    ///
    /// # Errors
    /// No random bits.
    pub fn make_device_mark(&self, account: &str) -> Result<Token, RegistryFault> {
        let number = Token::random()?;
        let number = number.reveal().get(..32).unwrap_or_default();
        let seal = self.key.digest_for(DEVICE, &format!("{account} {number}"));
        Ok(Token::of(format!("{number}.{seal}")))
    }

    /// Whether `mark` was made for `account`.
    #[must_use]
    pub fn is_device_of(&self, account: &str, mark: &str) -> bool {
        let Some((number, seal)) = mark.split_once('.') else {
            return false;
        };
        let right = self.key.digest_for(DEVICE, &format!("{account} {number}"));
        right.as_bytes().ct_eq(seal.as_bytes()).into()
    }

    async fn forget_browser_session(&self, token: &str) -> Result<(), RegistryFault> {
        self.in_time(async {
            sqlx::query("DELETE FROM person_session WHERE digest = $1")
                .bind(self.key.digest_for(USE, token))
                .execute(&self.writer)
                .await?;
            Ok(())
        })
        .await
    }
}

fn session(row: &SqliteRow, person: i64, offices: Vec<Office>) -> Result<Session, RegistryFault> {
    Ok(Session {
        person,
        account: parsed(row, "account", "person")?,
        name: row.try_get("name")?,
        stage: Stage::read(&row.try_get::<String, _>("stage")?)?,
        offices,
        begun_at: moment(row, "begun_at")?,
    })
}

/// Ends every session of a person and every token of theirs, inside the change that mends their
/// account: whoever came in with what they should not have had left nothing behind.
pub(super) async fn end_all_ways(
    change: &mut SqliteConnection,
    person: i64,
    now: Moment,
) -> Result<(), RegistryFault> {
    api_token::revoke_all(change, person, now).await?;
    end_all(change, person).await
}

/// Ends every session of a person, inside the change that makes it necessary.
pub(super) async fn end_all(
    change: &mut SqliteConnection,
    person: i64,
) -> Result<(), RegistryFault> {
    sqlx::query("DELETE FROM person_session WHERE person = $1")
        .bind(person)
        .execute(change)
        .await?;
    Ok(())
}

//! Passwords: kept as argon2id (RFC 9106) with the pepper of `token.key`; checked and made by whoever
//! has the time, for it takes a tenth of a second on purpose.

use std::fmt;

use argon2::password_hash::{PasswordHash as Phc, PasswordHasher, PasswordVerifier, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use crate::access::{AccountName, Office, Principal};
use crate::calendar::Moment;
use crate::store::registry::find::{moment, parsed};
use crate::store::registry::key_file::random_bytes;
use crate::store::registry::{Registry, RegistryFault};

use super::{browser, factor, offices};

/// How dear a guess is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCost {
    memory_kib: u32,
    passes: u32,
}

/// A cost that protects nothing, or that nobody can pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("argon2id needs 2 passes over 19 MiB, or 1 over 46 MiB, at least; and 1 GiB at most")]
pub struct NotACost;

impl HashCost {
    /// The least that OWASP recommends: 2 passes over 19 MiB.
    pub const LEAST: Self = Self {
        memory_kib: 19 * 1024,
        passes: 2,
    };

    /// `passes` over so much memory, in one lane.
    ///
    /// # Errors
    /// Below what OWASP calls the least, or absurd.
    pub const fn new(memory_kib: u32, passes: u32) -> Result<Self, NotACost> {
        let is_least =
            (memory_kib >= 19 * 1024 && passes >= 2) || (memory_kib >= 46 * 1024 && passes >= 1);
        if !is_least || memory_kib > 1024 * 1024 || passes > 16 {
            return Err(NotACost);
        }
        Ok(Self { memory_kib, passes })
    }
}

/// A password as it is kept.
#[derive(Clone)]
pub struct PasswordHash(String);

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(masked)")
    }
}

/// What a sign-in must know of an account that has a password.
#[derive(Clone, Debug)]
pub struct Account {
    /// Whose.
    pub person: i64,
    /// The account.
    pub account: AccountName,
    /// The number of its present password.
    pub password: i64,
    /// The password as kept.
    pub hash: PasswordHash,
    /// Whether somebody else chose it.
    pub is_given: bool,
    /// Since when.
    pub set_at: Moment,
    /// Whether a second factor is confirmed.
    pub has_factor: bool,
    /// What they are now; empty: an account without any office.
    pub offices: Vec<Office>,
}

impl Registry {
    /// What is kept of `password`. Blocks for as long as `cost` wants.
    ///
    /// # Errors
    /// No random bits, or the memory is not to be had.
    pub fn hash_password(
        &self,
        cost: HashCost,
        password: &str,
    ) -> Result<PasswordHash, RegistryFault> {
        let random = random_bytes()?;
        let salt = random.get(..16).unwrap_or_default();
        let failed =
            |cause: argon2::password_hash::Error| RegistryFault::damaged("person_password", cause);
        let salt = SaltString::encode_b64(salt).map_err(failed)?;
        let hasher = self.hasher(cost)?;
        let phc = hasher.hash_password(password.as_bytes(), &salt);
        Ok(PasswordHash(phc.map_err(failed)?.to_string()))
    }

    /// Whether `password` is the one kept as `hash`, in a time that does not tell where it differs.
    /// Blocks for as long as the cost wants under which it was kept.
    #[must_use]
    pub fn is_password(&self, hash: &PasswordHash, password: &str) -> bool {
        // The parameters are those of the kept text; those of the hasher do not count.
        let (Ok(kept), Ok(hasher)) = (Phc::new(&hash.0), self.hasher(HashCost::LEAST)) else {
            return false;
        };
        hasher.verify_password(password.as_bytes(), &kept).is_ok()
    }

    /// Whether `hash` was made under another cost: made anew at the next sign-in.
    #[must_use]
    pub fn is_outdated(hash: &PasswordHash, cost: HashCost) -> bool {
        let params = Phc::new(&hash.0).and_then(|kept| Params::try_from(&kept));
        params.map_or(true, |params| {
            (params.m_cost(), params.t_cost()) != (cost.memory_kib, cost.passes)
        })
    }

    /// What an account that is not there is compared with, at the price of one that is: nobody's
    /// password, for nothing was ever hashed to it.
    ///
    /// # Errors
    /// No random bits.
    pub fn decoy(cost: HashCost) -> Result<PasswordHash, RegistryFault> {
        let (salt, hash) = (random_bytes()?, random_bytes()?);
        let HashCost { memory_kib, passes } = cost;
        let salt = STANDARD_NO_PAD.encode(salt.get(..16).unwrap_or_default());
        let hash = STANDARD_NO_PAD.encode(hash);
        Ok(PasswordHash(format!(
            "$argon2id$v=19$m={memory_kib},t={passes},p=1${salt}${hash}"
        )))
    }

    fn hasher(&self, cost: HashCost) -> Result<Argon2<'_>, RegistryFault> {
        let failed = |cause: argon2::Error| RegistryFault::damaged("person_password", cause);
        let params = Params::new(cost.memory_kib, cost.passes, 1, None).map_err(failed)?;
        let pepper = self.key.pepper();
        Argon2::new_with_secret(pepper, Algorithm::Argon2id, Version::V0x13, params).map_err(failed)
    }

    /// The account, if there is one that has a password and was not ended.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_account(
        &self,
        account: &AccountName,
    ) -> Result<Option<Account>, RegistryFault> {
        self.in_time(async {
            let mut reader = self.readers.acquire().await?;
            let row = sqlx::query(
                "SELECT p.number, p.account, w.number AS password, w.phc, w.is_given, w.set_at FROM person p
                 JOIN person_password w ON w.person = p.number AND w.superseded_at IS NULL
                 WHERE p.account = $1 AND p.ended_at IS NULL",
            )
            .bind(account.as_str())
            .fetch_optional(&mut *reader)
            .await?;
            let Some(row) = row else {
                return Ok(None);
            };
            let person = row.try_get("number")?;
            Ok(Some(Account {
                person,
                account: parsed(&row, "account", "person")?,
                password: row.try_get("password")?,
                hash: PasswordHash(row.try_get("phc")?),
                is_given: row.try_get::<i64, _>("is_given")? == 1,
                set_at: moment(&row, "set_at")?,
                has_factor: factor::is_confirmed(&mut reader, person).await?,
                offices: offices(&mut reader, person, self.clock.now()).await?,
            }))
        })
        .await
    }

    /// The last `count` passwords of a person, the present one among them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn former_passwords(
        &self,
        person: i64,
        count: u32,
    ) -> Result<Vec<PasswordHash>, RegistryFault> {
        self.in_time(async {
            let rows = sqlx::query(
                "SELECT phc FROM person_password WHERE person = $1 ORDER BY number DESC LIMIT $2",
            )
            .bind(person)
            .bind(i64::from(count))
            .fetch_all(&self.readers)
            .await?;
            let hash = |row: &sqlx::sqlite::SqliteRow| Ok(PasswordHash(row.try_get("phc")?));
            rows.iter().map(hash).collect()
        })
        .await
    }

    /// One's own new password, chosen in `session`: every session and every token of theirs ends. The
    /// number of the new password.
    ///
    /// # Errors
    /// The session ended while the password was hashed; the database failed.
    pub async fn change_password(
        &self,
        who: &Principal,
        person: i64,
        session: &str,
        hash: &PasswordHash,
    ) -> Result<i64, RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            let now = self.clock.now();
            self.demand_session(&mut change, person, session).await?;
            let number = put(&mut change, person, hash, false, now).await?;
            browser::end_all_ways(&mut change, person, now).await?;
            let head = self
                .note_own(&mut change, who, "password.change", "done")
                .await?;
            self.commit_noted(change, head).await?;
            Ok(number)
        })
        .await
    }

    /// The password of `account` that was just compared, under the cost of today; no change for
    /// anybody, and nothing where another one has come since.
    ///
    /// # Errors
    /// The database failed.
    pub async fn renew_hash(
        &self,
        account: &Account,
        hash: &PasswordHash,
    ) -> Result<(), RegistryFault> {
        self.in_time(async {
            sqlx::query(
                "UPDATE person_password SET phc = $3
                 WHERE person = $1 AND number = $2 AND superseded_at IS NULL",
            )
            .bind(account.person)
            .bind(account.password)
            .bind(&hash.0)
            .execute(&self.writer)
            .await?;
            Ok(())
        })
        .await
    }
}

/// Refuses what was begun with an account that is no longer as it was looked at: ended, with another
/// password, with or without a second factor, or in other offices.
pub(super) async fn demand_same(
    change: &mut SqliteConnection,
    account: &Account,
    now: Moment,
) -> Result<(), RegistryFault> {
    let row = sqlx::query(
        "SELECT 1 FROM person p JOIN person_password w ON w.person = p.number
         WHERE p.number = $1 AND p.ended_at IS NULL
         AND w.number = $2 AND w.superseded_at IS NULL",
    )
    .bind(account.person)
    .bind(account.password)
    .fetch_optional(&mut *change)
    .await?;
    let is_same = row.is_some()
        && factor::is_confirmed(&mut *change, account.person).await? == account.has_factor
        && offices(change, account.person, now).await? == account.offices;
    is_same.then_some(()).ok_or(RegistryFault::SessionEnded)
}

/// Makes `hash` the password of `person` from now on; its number.
pub(super) async fn put(
    change: &mut SqliteConnection,
    person: i64,
    hash: &PasswordHash,
    is_given: bool,
    now: Moment,
) -> Result<i64, RegistryFault> {
    sqlx::query(
        "UPDATE person_password SET superseded_at = $2
         WHERE person = $1 AND superseded_at IS NULL",
    )
    .bind(person)
    .bind(now.unix_ms())
    .execute(&mut *change)
    .await?;
    let row = sqlx::query(
        "INSERT INTO person_password (number, person, phc, is_given, set_at)
         SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4 FROM person_password
         RETURNING number",
    )
    .bind(person)
    .bind(&hash.0)
    .bind(i64::from(is_given))
    .bind(now.unix_ms())
    .fetch_one(change)
    .await?;
    Ok(row.try_get("number")?)
}

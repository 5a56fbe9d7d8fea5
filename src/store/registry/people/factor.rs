//! The second factor of a person: begun, confirmed with a first code, ended; each code counts once.
//! With it come recovery codes, shown once, that count once each.

use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use crate::access::{Principal, totp};
use crate::calendar::Moment;
use crate::store::registry::key_file::random_bytes;
use crate::store::registry::{Registry, RegistryFault, Token};

use super::browser;

/// Recovery codes of a factor.
const RECOVERY_CODES: usize = 10;

/// Letters of a recovery code: 5 bits each.
const RECOVERY_LETTERS: usize = 16;

/// Letters of a password that is given to somebody.
const GIVEN_LETTERS: usize = 20;

/// A code for the day on which the telephone is lost. Shown once.
pub type RecoveryCode = Token;

/// A factor that waits for its first code.
#[derive(Debug)]
pub struct FactorBegun {
    /// The secret as one types it: base 32.
    pub secret: Token,
    /// The address that an authenticator reads from a picture.
    pub address: Token,
}

impl Registry {
    /// Begins a second factor; one that was begun and not confirmed is forgotten. It counts once it
    /// is confirmed, and one that counts goes on until then.
    ///
    /// # Errors
    /// The database failed.
    pub async fn begin_factor(
        &self,
        who: &Principal,
        person: i64,
    ) -> Result<FactorBegun, RegistryFault> {
        let random = random_bytes()?;
        let secret = random.get(..totp::SECRET_BYTES).unwrap_or_default();
        let sealed = self.key.seal(secret, person)?;
        self.in_time(async {
            let mut change = self.begin().await?;
            let now = self.clock.now().unix_ms();
            sqlx::query(
                "UPDATE person_factor SET ended_at = $2
                 WHERE person = $1 AND confirmed_at IS NULL AND ended_at IS NULL",
            )
            .bind(person)
            .bind(now)
            .execute(&mut *change)
            .await?;
            sqlx::query(
                "INSERT INTO person_factor (number, person, sealed, begun_at, step)
                 SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, 0 FROM person_factor",
            )
            .bind(person)
            .bind(&sealed)
            .bind(now)
            .execute(&mut *change)
            .await?;
            let head = self
                .note_own(&mut change, who, "factor.begin", "done")
                .await?;
            self.commit_noted(change, head).await
        })
        .await?;
        Ok(FactorBegun {
            secret: Token::of(totp::base32(secret)),
            address: Token::of(totp::address(secret, &who.name)),
        })
    }

    /// Makes the factor that was begun count, if `code` is its present one; the one before and its
    /// recovery codes count no longer, and every session of theirs ends, `session` among them, in
    /// which it is done. `None`: it is not.
    ///
    /// # Errors
    /// The session has ended meanwhile; the database failed.
    pub async fn confirm_factor(
        &self,
        who: &Principal,
        person: i64,
        session: &str,
        code: &str,
    ) -> Result<Option<Vec<RecoveryCode>>, RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            let now = self.clock.now();
            self.demand_session(&mut change, person, session).await?;
            let begun = sqlx::query(
                "SELECT number, sealed, step FROM person_factor
                 WHERE person = $1 AND confirmed_at IS NULL AND ended_at IS NULL",
            )
            .bind(person)
            .fetch_optional(&mut *change)
            .await?;
            let Some(begun) = begun else {
                return Ok(None);
            };
            let sealed: String = begun.try_get("sealed")?;
            let Some(step) = self.step_of(&sealed, person, code, begun.try_get("step")?) else {
                return Ok(None);
            };
            let number: i64 = begun.try_get("number")?;
            end_confirmed(&mut change, person, now).await?;
            sqlx::query("UPDATE person_factor SET confirmed_at = $2, step = $3 WHERE number = $1")
                .bind(number)
                .bind(now.unix_ms())
                .bind(step)
                .execute(&mut *change)
                .await?;
            let codes = self.give_codes(&mut change, number).await?;
            browser::end_all(&mut change, person).await?;
            let head = self
                .note_own(&mut change, who, "factor.confirm", "done")
                .await?;
            self.commit_noted(change, head).await?;
            Ok(Some(codes))
        })
        .await
    }

    /// Whether `code` is a code of the person's factor that was not used before, or one of the
    /// recovery codes: it is used now. Two who come with one code at once: one of them.
    ///
    /// # Errors
    /// The database failed.
    pub async fn use_code(&self, person: i64, code: &str) -> Result<bool, RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            let factor = sqlx::query(
                "SELECT number, sealed, step FROM person_factor
                 WHERE person = $1 AND confirmed_at IS NOT NULL AND ended_at IS NULL",
            )
            .bind(person)
            .fetch_optional(&mut *change)
            .await?;
            let Some(factor) = factor else {
                return Ok(false);
            };
            let (number, used): (i64, i64) = (factor.try_get("number")?, factor.try_get("step")?);
            let sealed: String = factor.try_get("sealed")?;
            let taken = match self.step_of(&sealed, person, code, used) {
                Some(step) => {
                    sqlx::query(
                        "UPDATE person_factor SET step = $2 WHERE number = $1 AND step < $2",
                    )
                    .bind(number)
                    .bind(step)
                    .execute(&mut *change)
                    .await?
                }
                None => {
                    sqlx::query(
                        "UPDATE recovery_code SET used_at = $3
                         WHERE factor = $1 AND digest = $2 AND used_at IS NULL",
                    )
                    .bind(number)
                    .bind(self.key.digest_for("recovery", &plain(code)))
                    .bind(self.clock.now().unix_ms())
                    .execute(&mut *change)
                    .await?
                }
            };
            change.commit().await?;
            Ok(taken.rows_affected() == 1)
        })
        .await
    }

    /// How many recovery codes of a person are left.
    ///
    /// # Errors
    /// The database failed.
    pub async fn recovery_codes_left(&self, person: i64) -> Result<u32, RegistryFault> {
        self.in_time(async {
            let row = sqlx::query(
                "SELECT COUNT(*) FROM recovery_code r JOIN person_factor f ON f.number = r.factor
                 WHERE f.person = $1 AND f.ended_at IS NULL AND r.used_at IS NULL",
            )
            .bind(person)
            .fetch_one(&self.readers)
            .await?;
            Ok(u32::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0))
        })
        .await
    }

    fn step_of(&self, sealed: &str, person: i64, code: &str, used: i64) -> Option<i64> {
        let secret = self.key.open_sealed(sealed, person)?;
        totp::find_step(&secret, code.trim(), self.clock.now(), used)
    }

    async fn give_codes(
        &self,
        change: &mut SqliteConnection,
        factor: i64,
    ) -> Result<Vec<RecoveryCode>, RegistryFault> {
        let mut codes = Vec::with_capacity(RECOVERY_CODES);
        for _ in 0..RECOVERY_CODES {
            let text = typed_secret(RECOVERY_LETTERS)?;
            sqlx::query("INSERT INTO recovery_code (digest, factor) VALUES ($1, $2)")
                .bind(self.key.digest_for("recovery", &plain(text.reveal())))
                .bind(factor)
                .execute(&mut *change)
                .await?;
            codes.push(text);
        }
        Ok(codes)
    }
}

impl Token {
    /// A password for somebody else to type once: 100 random bits.
    ///
    /// # Errors
    /// No random bits.
    pub fn to_type() -> Result<Self, RegistryFault> {
        typed_secret(GIVEN_LETTERS)
    }
}

/// Random letters in groups of four, for people to type: 5 bits each.
pub(super) fn typed_secret(letters: usize) -> Result<Token, RegistryFault> {
    let text = totp::base32(&random_bytes()?);
    let letters: Vec<char> = text.chars().take(letters).collect();
    let groups: Vec<String> = letters
        .chunks(4)
        .map(|four| four.iter().collect())
        .collect();
    Ok(Token::of(groups.join("-")))
}

/// What somebody typed, without what makes it readable.
pub(super) fn plain(typed: &str) -> String {
    let letters = typed.chars().filter(char::is_ascii_alphanumeric);
    letters.collect::<String>().to_ascii_uppercase()
}

/// Whether a person has a factor that counts.
pub(super) async fn is_confirmed(
    change: &mut SqliteConnection,
    person: i64,
) -> Result<bool, RegistryFault> {
    let row = sqlx::query(
        "SELECT 1 FROM person_factor
         WHERE person = $1 AND confirmed_at IS NOT NULL AND ended_at IS NULL",
    )
    .bind(person)
    .fetch_optional(change)
    .await?;
    Ok(row.is_some())
}

async fn end_confirmed(
    change: &mut SqliteConnection,
    person: i64,
    now: Moment,
) -> Result<(), RegistryFault> {
    sqlx::query(
        "UPDATE person_factor SET ended_at = $2
         WHERE person = $1 AND confirmed_at IS NOT NULL AND ended_at IS NULL",
    )
    .bind(person)
    .bind(now.unix_ms())
    .execute(change)
    .await?;
    Ok(())
}

/// Ends every factor of a person.
pub(super) async fn end(
    change: &mut SqliteConnection,
    person: i64,
    now: Moment,
) -> Result<(), RegistryFault> {
    sqlx::query("UPDATE person_factor SET ended_at = $2 WHERE person = $1 AND ended_at IS NULL")
        .bind(person)
        .bind(now.unix_ms())
        .execute(change)
        .await?;
    Ok(())
}

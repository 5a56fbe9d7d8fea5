//! The first of all: whoever has the code that the first start printed becomes the first security
//! administrator. There is no account before, and no code after.

use sqlx::Row;

use crate::access::{Office, Principal, Role};
use crate::store::registry::audit::Deed;
use crate::store::registry::{Registry, RegistryFault, Token};

use super::factor::{plain, typed_secret};
use super::{NewPerson, PasswordHash, credential, insert_grant, insert_person};

/// What the code is kept for.
const USE: &str = "setup";

/// Letters of a setup code: 120 bits.
const LETTERS: usize = 24;

impl Registry {
    /// Whether anybody was ever added.
    ///
    /// # Errors
    /// The database failed.
    pub async fn has_people(&self) -> Result<bool, RegistryFault> {
        self.in_time(async {
            let row = sqlx::query("SELECT 1 FROM person LIMIT 1")
                .fetch_optional(&self.readers)
                .await?;
            Ok(row.is_some())
        })
        .await
    }

    /// A code for the first person, to be printed once; codes from before count no longer. `None`:
    /// there are people.
    ///
    /// # Errors
    /// The database failed.
    pub async fn make_setup_code(&self) -> Result<Option<Token>, RegistryFault> {
        if self.has_people().await? {
            return Ok(None);
        }
        let code = typed_secret(LETTERS)?;
        self.in_time(async {
            let mut change = self.begin().await?;
            let now = self.clock.now();
            sqlx::query("UPDATE setup_code SET used_at = $1 WHERE used_at IS NULL")
                .bind(now.unix_ms())
                .execute(&mut *change)
                .await?;
            sqlx::query(
                "INSERT INTO setup_code (number, digest, made_at)
                 SELECT COALESCE(MAX(number), 0) + 1, $1, $2 FROM setup_code",
            )
            .bind(self.key.digest_for(USE, &plain(code.reveal())))
            .bind(now.unix_ms())
            .execute(&mut *change)
            .await?;
            let deed = Deed {
                action: "setup.code",
                object: "",
                result: "printed",
            };
            let head = self
                .note(&mut change, now, &Principal::local(), deed)
                .await?;
            self.commit_noted(change, head).await
        })
        .await?;
        Ok(Some(code))
    }

    /// Makes `person` the first, with the password of their choice, if `code` is the one printed
    /// last and nobody was added yet; of two who come at once, one. Their number; `None`: not so.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_up(
        &self,
        code: &str,
        person: &NewPerson,
        password: &PasswordHash,
    ) -> Result<Option<i64>, RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            let now = self.clock.now();
            let used = sqlx::query(
                "UPDATE setup_code SET used_at = $2 WHERE digest = $1 AND used_at IS NULL
                 AND NOT EXISTS (SELECT 1 FROM person) RETURNING number",
            )
            .bind(self.key.digest_for(USE, &plain(code)))
            .bind(now.unix_ms())
            .fetch_optional(&mut *change)
            .await?;
            let Some(used) = used else {
                return Ok(None);
            };
            let _number: i64 = used.try_get("number")?;
            let number = insert_person(&mut change, person, now).await?;
            let office = Office::AdminSecurity;
            insert_grant(&mut change, number, &office, now, None, "setup").await?;
            credential::put(&mut change, number, password, false, now).await?;
            let who = Principal {
                name: person.account.to_string(),
                role: Role::AdminSecurity,
            };
            let object = format!("{} as {office}", person.account);
            let deed = Deed {
                action: "setup.use",
                object: &object,
                result: "done",
            };
            let head = self.note(&mut change, now, &who, deed).await?;
            self.commit_noted(change, head).await?;
            Ok(Some(number))
        })
        .await
    }
}

//! What may be done to an account, as data: carried out at once, or kept until another administrator
//! confirms it and carried out then, by the same code.

use sqlx::sqlite::SqliteConnection;

use crate::access::{AccountName, Office, Parks};
use crate::calendar::Moment;
use crate::park::Name;
use crate::store::registry::RegistryFault;

use super::{
    NewPerson, PasswordHash, browser, credential, factor, identity, insert_grant, insert_person,
    living, offices,
};

/// What is wished for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// That there be one.
    Add {
        /// What whoever has it is called.
        name: Name,
        /// What they are, from then on.
        office: Office,
        /// Until when; `None`: until it is ended.
        until: Option<Moment>,
    },
    /// A new password, no second factor, and nobody at an identity server.
    Reset,
    /// Its end.
    End,
    /// An office more.
    Grant {
        /// Which.
        office: Office,
        /// Until when; `None`: until it is ended.
        until: Option<Moment>,
    },
    /// The end of this office.
    EndOffice(Office),
}

impl Wish {
    /// What the audit log calls it.
    #[must_use]
    pub const fn action(&self) -> &'static str {
        match self {
            Self::Add { .. } => "person.add",
            Self::Reset => "person.reset",
            Self::End => "person.end",
            Self::Grant { .. } => "grant.add",
            Self::EndOffice(_) => "grant.end",
        }
    }

    /// The office that it is about.
    #[must_use]
    pub const fn office(&self) -> Option<&Office> {
        match self {
            Self::Add { office, .. } | Self::Grant { office, .. } | Self::EndOffice(office) => {
                Some(office)
            }
            Self::Reset | Self::End => None,
        }
    }

    /// Until when, where it has an end of its own.
    #[must_use]
    pub const fn until(&self) -> Option<Moment> {
        match self {
            Self::Add { until, .. } | Self::Grant { until, .. } => *until,
            Self::Reset | Self::End | Self::EndOffice(_) => None,
        }
    }

    /// Whether a password comes out of it.
    #[must_use]
    pub const fn gives_password(&self) -> bool {
        matches!(self, Self::Add { .. } | Self::Reset)
    }

    /// Whether somebody may do something by it that they could not before.
    pub(super) const fn opens(&self) -> bool {
        matches!(self, Self::Add { .. } | Self::Reset | Self::Grant { .. })
    }

    /// Whether the account is not there before.
    pub(super) const fn adds(&self) -> bool {
        matches!(self, Self::Add { .. })
    }

    /// What the audit log calls its object.
    pub(super) fn object(&self, account: &AccountName) -> String {
        match self.office() {
            Some(office) => format!("{account} as {office}"),
            None => account.to_string(),
        }
    }
}

/// A wish with all that it takes to carry it out.
pub(super) struct Order<'a> {
    /// Who gives the office, where it gives one.
    pub(super) by: &'a str,
    pub(super) account: &'a AccountName,
    pub(super) wish: &'a Wish,
    pub(super) password: Option<&'a PasswordHash>,
}

impl Order<'_> {
    /// Does it inside `change`; the sessions and tokens of whom it is about end.
    pub(super) async fn carry_out(
        &self,
        change: &mut SqliteConnection,
        now: Moment,
    ) -> Result<(), RegistryFault> {
        if let Wish::Add {
            name,
            office,
            until,
        } = self.wish
        {
            let person = NewPerson {
                account: self.account.clone(),
                name: name.clone(),
                office: office.clone(),
                until: *until,
            };
            return self.add(change, &person, now).await;
        }
        let person = living(change, self.account).await?;
        match self.wish {
            Wish::Add { .. } => {}
            Wish::Reset => {
                if let Some(hash) = self.password {
                    credential::put(change, person, hash, true, now).await?;
                }
                factor::end(change, person, now).await?;
                identity::end(change, person, now).await?;
            }
            Wish::End => {
                end(change, person, now).await?;
                identity::end(change, person, now).await?;
            }
            Wish::Grant { office, until } => {
                self.grant(change, person, office, *until, now).await?;
            }
            Wish::EndOffice(office) => self.end_office(change, person, office, now).await?,
        }
        browser::end_all_ways(change, person, now).await
    }

    async fn add(
        &self,
        change: &mut SqliteConnection,
        person: &NewPerson,
        now: Moment,
    ) -> Result<(), RegistryFault> {
        let number = insert_person(change, person, now).await?;
        demand_scope(change, &person.office).await?;
        insert_grant(change, number, &person.office, now, person.until, self.by).await?;
        match self.password {
            Some(hash) => credential::put(change, number, hash, true, now)
                .await
                .map(drop),
            None => Ok(()),
        }
    }

    async fn grant(
        &self,
        change: &mut SqliteConnection,
        person: i64,
        office: &Office,
        until: Option<Moment>,
        now: Moment,
    ) -> Result<(), RegistryFault> {
        demand_scope(change, office).await?;
        let held = offices(change, person, now).await?;
        if let Some(other) = held.iter().find(|held| !held.goes_with(office)) {
            return Err(RegistryFault::OfficesClash {
                held: other.clone(),
                wanted: office.clone(),
            });
        }
        insert_grant(change, person, office, now, until, self.by).await
    }

    async fn end_office(
        &self,
        change: &mut SqliteConnection,
        person: i64,
        office: &Office,
        now: Moment,
    ) -> Result<(), RegistryFault> {
        let ended = sqlx::query(
            "UPDATE person_grant SET valid_to = $4
             WHERE person = $1 AND role = $2 AND scope = $3 AND valid_from <= $4
             AND (valid_to IS NULL OR valid_to > $4)",
        )
        .bind(person)
        .bind(office.role())
        .bind(office.scope())
        .bind(now.unix_ms())
        .execute(change)
        .await?;
        match ended.rows_affected() {
            0 => Err(RegistryFault::NoSuchPerson(self.account.clone())),
            _ => Ok(()),
        }
    }
}

async fn end(change: &mut SqliteConnection, person: i64, now: Moment) -> Result<(), RegistryFault> {
    sqlx::query("UPDATE person SET ended_at = $2 WHERE number = $1 AND ended_at IS NULL")
        .bind(person)
        .bind(now.unix_ms())
        .execute(change)
        .await?;
    Ok(())
}

/// Refuses an office of an enterprise or park that is not registered.
async fn demand_scope(change: &mut SqliteConnection, office: &Office) -> Result<(), RegistryFault> {
    let sql = match office {
        Office::Enterprise(_) => "SELECT 1 FROM enterprise WHERE enterprise = $1",
        Office::Operator(Parks::One(_)) | Office::Kiosk(_) => "SELECT 1 FROM park WHERE park = $1",
        _ => return Ok(()),
    };
    let known = sqlx::query(sql)
        .bind(office.scope())
        .fetch_optional(change)
        .await?;
    match known {
        Some(_) => Ok(()),
        None => Err(RegistryFault::NoSuchScope(office.scope().to_owned())),
    }
}

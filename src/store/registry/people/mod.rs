//! People who sign in: accounts, and what they were appointed to, dated. Nobody is deleted.
//!
//! Here is who somebody is; how they show it lies beside: [`credential`] passwords, [`factor`] the
//! second factor, [`identity`] an identity server, [`browser`] sessions ([`open`] as they are listed, [`shown`] with the second factor),
//! [`api_token`] programs, [`setup`] the very first of all. What is done to an account is a [`wish`]; one that touches an administrator is a [`proposal`] first.

mod api_token;
mod browser;
mod credential;
mod factor;
mod identity;
mod list;
mod open;
mod proposal;
mod setup;
mod shown;
mod wish;

use sqlx::Row;
use sqlx::sqlite::SqliteConnection;

use crate::access::{AccountName, Action, Matter, Object, Office, Principal};
use crate::calendar::Moment;
use crate::park::Name;

use super::audit::{Deed, Head, demand};
use super::{Registry, RegistryFault};

pub use api_token::{ApiToken, TokenFault, TokenHolder};
pub use browser::{Instead, Session, SessionTerms, Stage};
pub use credential::{Account, HashCost, NotACost, PasswordHash};
pub use factor::{FactorBegun, RecoveryCode};
pub use identity::{Foreign, NotAForeign};
pub use list::{PersonEntry, StaffEntry};
pub use open::{OpenSession, Which};
pub use proposal::{Proposal, Settled};
pub use shown::FactorShown;
pub use wish::Wish;

use wish::Order;

/// Somebody who is to be added.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// What they sign in with.
    pub account: AccountName,
    /// What they are called.
    pub name: Name,
    /// What they are, from now on.
    pub office: Office,
    /// Until when; `None`: until it is ended.
    pub until: Option<Moment>,
}

/// The object of every right on people.
const PEOPLE: Object<'static> = Object {
    matter: Matter::Users,
    enterprise: None,
    park: None,
};

impl Registry {
    /// Adds somebody with a password that must be changed at the first sign-in, or with none (for
    /// programs).
    ///
    /// # Errors
    /// An account that is taken, an office of what is not registered, not your right.
    pub async fn add_person(
        &self,
        who: &Principal,
        person: &NewPerson,
        password: Option<&PasswordHash>,
    ) -> Result<Settled, RegistryFault> {
        let wish = Wish::Add {
            name: person.name.clone(),
            office: person.office.clone(),
            until: person.until,
        };
        self.settle(who, &person.account, &wish, password).await
    }

    /// Appoints somebody, from now on. Their sessions end: what they are is settled at sign-in.
    ///
    /// # Errors
    /// Nobody of that account, an office that does not go with one they hold, not your right; nobody
    /// appoints themselves.
    pub async fn grant_office(
        &self,
        who: &Principal,
        account: &AccountName,
        office: &Office,
        until: Option<Moment>,
    ) -> Result<Settled, RegistryFault> {
        let office = office.clone();
        let wish = Wish::Grant { office, until };
        self.settle(who, account, &wish, None).await
    }

    /// Ends an office now, and the sessions of whoever held it.
    ///
    /// # Errors
    /// Nobody of that account, an office that they do not hold, not your right.
    pub async fn end_office(
        &self,
        who: &Principal,
        account: &AccountName,
        office: &Office,
    ) -> Result<Settled, RegistryFault> {
        let wish = Wish::EndOffice(office.clone());
        self.settle(who, account, &wish, None).await
    }

    /// Ends an account: sessions and tokens with it. The name stays taken.
    ///
    /// # Errors
    /// Nobody of that account, not your right; nobody ends themselves.
    pub async fn end_person(
        &self,
        who: &Principal,
        account: &AccountName,
    ) -> Result<Settled, RegistryFault> {
        self.settle(who, account, &Wish::End, None).await
    }

    /// Gives somebody a new password to change at the next sign-in, and takes their second factor
    /// and who they were at an identity server away: for whoever lost one of them.
    ///
    /// # Errors
    /// Nobody of that account, not your right; one's own is changed otherwise.
    pub async fn reset_person(
        &self,
        who: &Principal,
        account: &AccountName,
        password: &PasswordHash,
    ) -> Result<Settled, RegistryFault> {
        self.settle(who, account, &Wish::Reset, Some(password))
            .await
    }

    /// Does to somebody else's account what is wished, in one change with its record; or, where it
    /// touches one of the three administrators, keeps it for another one to confirm. A refusal is
    /// recorded too.
    async fn settle(
        &self,
        who: &Principal,
        account: &AccountName,
        wish: &Wish,
        password: Option<&PasswordHash>,
    ) -> Result<Settled, RegistryFault> {
        let (action, object) = (wish.action(), wish.object(account));
        let order = Order {
            by: &who.name,
            account,
            wish,
            password,
        };
        let outcome = self
            .in_time(async {
                demand(who, Action::Write, &PEOPLE)?;
                if who.name == account.as_str() && !wish.adds() {
                    return Err(RegistryFault::NotYours);
                }
                let mut change = self.begin().await?;
                let now = self.clock.now();
                let waits = proposal::waits(&mut change, who, account, wish, now).await?;
                order.carry_out(&mut change, now).await?;
                let (settled, result) = if waits {
                    // It could be done; it is not, until another says so.
                    change.rollback().await?;
                    change = self.begin().await?;
                    let kept = proposal::keep(&mut change, who, account, wish, now).await?;
                    (Settled::Waits(kept), "asked for")
                } else {
                    (Settled::Done, "done")
                };
                let deed = Deed {
                    action,
                    object: &object,
                    result,
                };
                let head = self.note(&mut change, now, who, deed).await?;
                self.commit_noted(change, head).await?;
                Ok(settled)
            })
            .await;
        self.refusal_logged(who, action, &object, outcome).await
    }

    /// Notes a refusal in the log; what was done is noted inside its own change.
    pub(super) async fn refusal_logged<T>(
        &self,
        who: &Principal,
        action: &'static str,
        object: &str,
        outcome: Result<T, RegistryFault>,
    ) -> Result<T, RegistryFault> {
        if let Err(refused) = &outcome
            && refused.is_refusal()
        {
            self.note_in_log(who, action, object, "refused").await?;
        }
        outcome
    }

    /// A line of the log about one's own account, inside the change.
    async fn note_own(
        &self,
        change: &mut SqliteConnection,
        who: &Principal,
        action: &'static str,
        result: &str,
    ) -> Result<Head, RegistryFault> {
        let deed = Deed {
            action,
            object: &who.name,
            result,
        };
        self.note(change, self.clock.now(), who, deed).await
    }
}

/// The offices of a person at `now`.
async fn offices(
    change: &mut SqliteConnection,
    person: i64,
    now: Moment,
) -> Result<Vec<Office>, RegistryFault> {
    let rows = sqlx::query(
        "SELECT role, scope FROM person_grant WHERE person = $1 AND valid_from <= $2
         AND (valid_to IS NULL OR valid_to > $2) ORDER BY number",
    )
    .bind(person)
    .bind(now.unix_ms())
    .fetch_all(change)
    .await?;
    rows.iter()
        .map(|row| {
            let (role, scope): (String, String) = (row.try_get("role")?, row.try_get("scope")?);
            Office::read(&role, &scope)
                .map_err(|cause| RegistryFault::damaged("person_grant", cause))
        })
        .collect()
}

/// The number of whoever has `account` and was not ended.
async fn living(
    change: &mut SqliteConnection,
    account: &AccountName,
) -> Result<i64, RegistryFault> {
    let row = sqlx::query("SELECT number FROM person WHERE account = $1 AND ended_at IS NULL")
        .bind(account.as_str())
        .fetch_optional(change)
        .await?;
    let row = row.ok_or_else(|| RegistryFault::NoSuchPerson(account.clone()))?;
    Ok(row.try_get("number")?)
}

async fn insert_person(
    change: &mut SqliteConnection,
    person: &NewPerson,
    now: Moment,
) -> Result<i64, RegistryFault> {
    let taken = sqlx::query("SELECT 1 FROM person WHERE account = $1")
        .bind(person.account.as_str())
        .fetch_optional(&mut *change)
        .await?;
    if taken.is_some() {
        return Err(RegistryFault::AccountTaken(person.account.clone()));
    }
    let row = sqlx::query(
        "INSERT INTO person (number, account, name, added_at)
         SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3 FROM person RETURNING number",
    )
    .bind(person.account.as_str())
    .bind(person.name.as_str())
    .bind(now.unix_ms())
    .fetch_one(change)
    .await?;
    Ok(row.try_get("number")?)
}

async fn insert_grant(
    change: &mut SqliteConnection,
    person: i64,
    office: &Office,
    from: Moment,
    until: Option<Moment>,
    by: &str,
) -> Result<(), RegistryFault> {
    if until.is_some_and(|until| until <= from) {
        return Err(RegistryFault::UntilPast);
    }
    sqlx::query(
        "INSERT INTO person_grant
             (number, person, role, scope, valid_from, valid_to, granted_at, granted_by)
         SELECT COALESCE(MAX(number), 0) + 1, $1, $2, $3, $4, $5, $4, $6 FROM person_grant",
    )
    .bind(person)
    .bind(office.role())
    .bind(office.scope())
    .bind(from.unix_ms())
    .bind(until.map(Moment::unix_ms))
    .bind(by)
    .execute(change)
    .await?;
    Ok(())
}

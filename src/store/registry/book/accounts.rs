//! The accounts themselves.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Principal, scope};
use crate::calendar::Month;
use crate::ledger::figure::AccountPeriod;
use crate::ledger::holder::{AccountRecord, CITY, HolderAccount};
use crate::park::{EnterpriseCode, ParkId};
use crate::store::registry::find::{Asking, Page, number, only, parsed, parsed_or_none, within};
use crate::store::registry::{Registry, RegistryFault};

use super::AccountClose;

const TABLE: &str = "account";

/// Whose an account is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// An enterprise, registered in this park.
    Enterprise(EnterpriseCode, ParkId),
    /// A park.
    Park(ParkId),
    /// Everything.
    City,
}

impl Holder {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Enterprise(..) => "enterprise",
            Self::Park(_) => "park",
            Self::City => "city",
        }
    }

    /// The key of its figures.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Enterprise(code, _) => code.as_str(),
            Self::Park(park) => park.as_str(),
            Self::City => CITY,
        }
    }

    /// Its park; `None` for the city.
    #[must_use]
    pub const fn park(&self) -> Option<&ParkId> {
        match self {
            Self::Enterprise(_, park) | Self::Park(park) => Some(park),
            Self::City => None,
        }
    }
}

/// An account and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAccount {
    /// Whose.
    pub holder: Holder,
    /// What it says.
    pub account: HolderAccount,
}

/// The newest row of each holder up to a revision; its text ends inside a WHERE.
const NEWEST: &str = "SELECT a.* FROM account a WHERE a.revision =
    (SELECT MAX(n.revision) FROM account n WHERE n.period = a.period AND n.holder = a.holder
     AND n.revision <= ";

/// The newest account of each month; its text ends inside a WHERE.
const NEWEST_MONTHS: &str = "SELECT a.* FROM account a WHERE a.revision =
    (SELECT MAX(n.revision) FROM account n WHERE n.period = a.period AND n.holder = a.holder)
    AND a.kind = 'enterprise' AND length(a.period) = 7 AND a.period >= ";

impl Registry {
    /// The enterprises' accounts of `period` as of `revision` that `who` may see anything of, by
    /// code. Which of their figures is for the caller to cut (contract.md 6).
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn list_accounts(
        &self,
        who: &Principal,
        period: AccountPeriod,
        revision: u32,
        only_of: Option<&EnterpriseCode>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<KeptAccount>, RegistryFault> {
        let mut asking = Asking::new(NEWEST);
        asking.push_bind(i64::from(revision));
        asking.push(") AND a.kind = 'enterprise' AND a.period = ");
        asking.push_bind(period.to_string());
        only(&mut asking, "a.holder", only_of);
        asking.push(" AND a.holder > ");
        asking.push_bind(after.unwrap_or_default().to_owned());
        let scope = scope(who, Action::Read, Matter::Series);
        if !within(&mut asking, scope, "a.holder", "a.park") {
            return Ok(Page::default());
        }
        let cursor = |row: &SqliteRow| Ok(row.try_get("holder")?);
        let entry = |row: &SqliteRow| kept(row, period);
        self.page(asking, "a.holder", limit, entry, cursor).await
    }

    /// The newest accounts of one enterprise over the months `first` to `last`, both included, that
    /// `who` may see anything of; the oldest month first, months that were never closed left out.
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn list_months_of(
        &self,
        who: &Principal,
        of: &EnterpriseCode,
        (first, last): (Month, Month),
    ) -> Result<Vec<KeptAccount>, RegistryFault> {
        let mut asking = Asking::new(NEWEST_MONTHS);
        asking.push_bind(first.to_string());
        asking.push(" AND a.period <= ");
        asking.push_bind(last.to_string());
        only(&mut asking, "a.holder", Some(of));
        let scope = scope(who, Action::Read, Matter::Series);
        if !within(&mut asking, scope, "a.holder", "a.park") {
            return Ok(Vec::new());
        }
        asking.push(" ORDER BY a.period");
        let rows = self
            .in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) })
            .await?;
        rows.iter()
            .map(|row| kept(row, parsed(row, "period", TABLE)?))
            .collect()
    }

    /// The accounts of the parks and of the city of `period` as of `revision`, the city last.
    /// Whether a sum may be shown is for the caller to decide (contract.md 6).
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn list_totals(
        &self,
        who: &Principal,
        period: AccountPeriod,
        revision: u32,
    ) -> Result<Vec<KeptAccount>, RegistryFault> {
        let mut asking = Asking::new(NEWEST);
        asking.push_bind(i64::from(revision));
        asking.push(") AND a.kind <> 'enterprise' AND a.period = ");
        asking.push_bind(period.to_string());
        let scope = scope(who, Action::Read, Matter::ParkTotals);
        if scope == crate::access::Scope::Nothing {
            return Ok(Vec::new());
        }
        asking.push(" ORDER BY a.kind DESC, a.holder");
        let rows = self
            .in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) })
            .await?;
        rows.iter().map(|row| kept(row, period)).collect()
    }

    /// Notes that revision `revision` of `period` is what comes of `inputs`, too.
    ///
    /// # Errors
    /// The database failed.
    pub async fn confirm_accounts(
        &self,
        period: AccountPeriod,
        revision: u32,
        inputs: &str,
    ) -> Result<(), RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            sqlx::query("UPDATE account_close SET inputs = $3 WHERE period = $1 AND revision = $2")
                .bind(period.to_string())
                .bind(i64::from(revision))
                .bind(inputs)
                .execute(&mut *change)
                .await?;
            Ok(change.commit().await?)
        })
        .await
    }

    /// Keeps a closing with the accounts it changed, in one transaction.
    ///
    /// # Errors
    /// The database failed, or the revision exists; nothing was kept.
    pub async fn save_accounts(
        &self,
        close: &AccountClose,
        changed: &[KeptAccount],
    ) -> Result<(), RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            sqlx::query("INSERT INTO account_close VALUES ($1, $2, $3, $4, $5, $6)")
                .bind(close.period.to_string())
                .bind(i64::from(close.revision))
                .bind(close.closed_at.unix_ms())
                .bind(i64::from(close.ledger))
                .bind(&close.inputs)
                .bind(i64::from(close.holders))
                .execute(&mut *change)
                .await?;
            for one in changed {
                let park = one.holder.park().map_or("", ParkId::as_str);
                sqlx::query("INSERT INTO account VALUES ($1, $2, $3, $4, $5, $6)")
                    .bind(close.period.to_string())
                    .bind(one.holder.key())
                    .bind(i64::from(close.revision))
                    .bind(one.holder.kind())
                    .bind(park)
                    .bind(AccountRecord::write(&one.account))
                    .execute(&mut *change)
                    .await?;
            }
            Ok(change.commit().await?)
        })
        .await
    }
}

fn kept(row: &SqliteRow, period: AccountPeriod) -> Result<KeptAccount, RegistryFault> {
    let damaged = |what: &str| RegistryFault::damaged(TABLE, what);
    let kind: String = row.try_get("kind")?;
    let key: String = row.try_get("holder")?;
    let body: String = row.try_get("body")?;
    let revision = number(row, "revision", TABLE)?;
    let park: Option<ParkId> = parsed_or_none(row, "park", TABLE)?;
    let holder = match (kind.as_str(), park) {
        ("enterprise", Some(park)) => {
            let code = key.parse().map_err(|_cause| damaged("no code"))?;
            Holder::Enterprise(code, park)
        }
        ("park", Some(park)) => Holder::Park(park),
        ("city", None) => Holder::City,
        _ => return Err(damaged("no holder")),
    };
    let account = AccountRecord::read(&body, &key, period, revision);
    Ok(KeptAccount {
        account: account.ok_or_else(|| damaged("the body cannot be read"))?,
        holder,
    })
}

//! Closings of accounts: which revisions a month or year has.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::calendar::Moment;
use crate::ledger::figure::AccountPeriod;
use crate::park::{EnterpriseCode, ParkId};
use crate::store::registry::find::{moment, number, parsed};
use crate::store::registry::{Registry, RegistryFault};

const TABLE: &str = "account_close";

/// One closing of a period's accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountClose {
    /// Which period.
    pub period: AccountPeriod,
    /// 1 for the first closing, then up.
    pub revision: u32,
    /// When, by our clock.
    pub closed_at: Moment,
    /// The revision of the month's closing in the ledger of meters; 0 for years.
    pub ledger: u32,
    /// A digest of what went in.
    pub inputs: String,
    /// How many holders' accounts it changed.
    pub holders: u32,
}

impl Registry {
    /// All closings of `period`, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_account_closes(
        &self,
        period: AccountPeriod,
    ) -> Result<Vec<AccountClose>, RegistryFault> {
        let rows = self
            .in_time(async {
                let all =
                    sqlx::query("SELECT * FROM account_close WHERE period = $1 ORDER BY revision");
                Ok(all
                    .bind(period.to_string())
                    .fetch_all(&self.readers)
                    .await?)
            })
            .await?;
        rows.iter().map(close).collect()
    }

    /// The last closing of `period`, if it was ever closed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_account_close(
        &self,
        period: AccountPeriod,
    ) -> Result<Option<AccountClose>, RegistryFault> {
        Ok(self.list_account_closes(period).await?.pop())
    }

    /// The periods that have accounts, the newest first, months before their year.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_account_periods(&self) -> Result<Vec<AccountPeriod>, RegistryFault> {
        let rows = self
            .in_time(async {
                let all =
                    sqlx::query("SELECT DISTINCT period FROM account_close ORDER BY period DESC");
                Ok(all.fetch_all(&self.readers).await?)
            })
            .await?;
        rows.iter()
            .map(|row| parsed(row, "period", TABLE))
            .collect()
    }
}

fn close(row: &SqliteRow) -> Result<AccountClose, RegistryFault> {
    Ok(AccountClose {
        period: parsed(row, "period", TABLE)?,
        revision: number(row, "revision", TABLE)?,
        closed_at: moment(row, "closed_at")?,
        ledger: number(row, "ledger", TABLE)?,
        inputs: row.try_get("inputs")?,
        holders: number(row, "holders", TABLE)?,
    })
}

/// A closed month of an enterprise whose account changed afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisedMonth {
    /// Whose.
    pub enterprise: EnterpriseCode,
    /// Where it stood.
    pub park: ParkId,
    /// As 2026-10.
    pub month: String,
    /// The revision that changed it.
    pub revision: u32,
    /// When that was closed.
    pub closed_at: Moment,
}

/// Revised months told of at a time.
const REVISED_MAX: i64 = 500;

impl Registry {
    /// The closed months of enterprises that were revised since `since`, the newest first; 500 at most.
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn list_revised_months(
        &self,
        since: Moment,
    ) -> Result<Vec<RevisedMonth>, RegistryFault> {
        let rows = self
            .in_time(async {
                let all = sqlx::query(
                    "SELECT a.holder, a.park, a.period, a.revision, c.closed_at FROM account a
                     JOIN account_close c ON c.period = a.period AND c.revision = a.revision
                     WHERE c.closed_at >= $1 AND a.revision > 1 AND a.kind = 'enterprise'
                     AND length(a.period) = 7 ORDER BY c.closed_at DESC LIMIT $2",
                );
                let all = all.bind(since.unix_ms()).bind(REVISED_MAX);
                Ok(all.fetch_all(&self.readers).await?)
            })
            .await?;
        let revised = |row: &SqliteRow| {
            Ok(RevisedMonth {
                enterprise: parsed(row, "holder", TABLE)?,
                park: parsed(row, "park", TABLE)?,
                month: row.try_get("period")?,
                revision: number(row, "revision", TABLE)?,
                closed_at: moment(row, "closed_at")?,
            })
        };
        rows.iter().map(revised).collect()
    }
}

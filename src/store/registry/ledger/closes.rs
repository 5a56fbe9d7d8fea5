//! Closed months: immutable revisions, each with the meters whose account it changed.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::calendar::{Moment, Month};
use crate::ledger::Closed;
use crate::park::EnterpriseCode;
use crate::store::BatchNo;
use crate::store::registry::find::{moment, number, parsed};
use crate::store::registry::{Registry, RegistryFault};
use crate::units::Exact;

use super::series::{SeriesKey, key};
use super::{batch_of, number_of};

const TABLE: &str = "ledger_closed";

/// Decimal places of shares.
const SHARE_PLACES: usize = 4;

/// One closing of a month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Close {
    /// Which month.
    pub month: Month,
    /// 1 for the first closing, then up.
    pub revision: u32,
    /// When, by our clock.
    pub closed_at: Moment,
    /// All batches up to this one were in the ledger.
    pub batch: BatchNo,
    /// How many meters' accounts it changed.
    pub entries: u32,
}

/// The account of one register as closed; numbers are decimals with 4 places.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClosedEntry {
    /// Whose meter.
    pub enterprise: EnterpriseCode,
    /// What was used, in real units; `None` if nothing is known.
    pub used: Option<String>,
    /// The share of its time with known amounts.
    pub known_share: String,
    /// Received over expected readings; `None` if none was expected.
    pub completeness: Option<String>,
    /// Values that differ from the first of their instant.
    pub conflicts: u64,
    /// The flags as `glitch 1, reset 2`.
    pub flags: String,
}

impl ClosedEntry {
    /// In the place of one that was closed of a register which, as it is registered now, was not
    /// expected then.
    #[must_use]
    pub fn retired(enterprise: EnterpriseCode) -> Self {
        Self {
            enterprise,
            used: None,
            known_share: Exact::zero().rounded(SHARE_PLACES),
            completeness: None,
            conflicts: 0,
            flags: String::new(),
        }
    }

    /// Whether nothing was expected and nothing is known.
    #[must_use]
    pub const fn is_retired(&self) -> bool {
        self.used.is_none() && self.completeness.is_none()
    }

    /// The same in numbers.
    ///
    /// # Errors
    /// A text that is no decimal.
    pub fn account(&self) -> Result<Closed, RegistryFault> {
        let number = |text: &String| {
            Exact::decimal(text).map_err(|cause| RegistryFault::damaged(TABLE, cause))
        };
        Ok(Closed {
            used: self.used.as_ref().map(number).transpose()?,
            known_share: number(&self.known_share)?,
            completeness: self.completeness.as_ref().map(number).transpose()?,
        })
    }
}

/// All registers of one month.
pub type ClosedEntries = BTreeMap<SeriesKey, ClosedEntry>;

impl Registry {
    /// The months in which anything changed since they were last closed, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_open_months(&self) -> Result<Vec<Month>, RegistryFault> {
        let rows = self
            .in_time(async {
                let open = sqlx::query("SELECT month FROM ledger_touched ORDER BY month");
                Ok(open.fetch_all(&self.readers).await?)
            })
            .await?;
        let month = |row: &SqliteRow| parsed(row, "month", "ledger_touched");
        rows.iter().map(month).collect()
    }

    /// The last closing of `month`, if it was ever closed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_close(&self, month: Month) -> Result<Option<Close>, RegistryFault> {
        let row = self
            .in_time(async {
                let last = sqlx::query(
                    "SELECT revision, closed_at, batch, entries FROM ledger_close
                     WHERE month = $1 ORDER BY revision DESC LIMIT 1",
                )
                .bind(month.to_string());
                Ok(last.fetch_optional(&self.readers).await?)
            })
            .await?;
        row.map(|row| close(month, &row)).transpose()
    }

    /// The closing of `month` that made `revision`, if there was one.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_close_of(
        &self,
        month: Month,
        revision: u32,
    ) -> Result<Option<Close>, RegistryFault> {
        let row = self
            .in_time(async {
                let one = sqlx::query(
                    "SELECT revision, closed_at, batch, entries FROM ledger_close
                     WHERE month = $1 AND revision = $2",
                )
                .bind(month.to_string())
                .bind(i64::from(revision));
                Ok(one.fetch_optional(&self.readers).await?)
            })
            .await?;
        row.map(|row| close(month, &row)).transpose()
    }

    /// The accounts of `month` as of `revision`: of each register the newest up to it.
    ///
    /// # Errors
    /// The database failed.
    pub async fn closed_entries(
        &self,
        month: Month,
        revision: u32,
    ) -> Result<ClosedEntries, RegistryFault> {
        let rows = self
            .in_time(async {
                let newest = sqlx::query(
                    "SELECT * FROM ledger_closed e WHERE month = $1 AND revision =
                     (SELECT MAX(revision) FROM ledger_closed n WHERE n.month = e.month
                      AND n.meter = e.meter AND n.indicator = e.indicator AND n.revision <= $2)",
                )
                .bind(month.to_string())
                .bind(i64::from(revision));
                Ok(newest.fetch_all(&self.readers).await?)
            })
            .await?;
        rows.iter()
            .map(|row| Ok((key(row, TABLE)?, entry(row)?)))
            .collect()
    }

    /// In which revision, up to `revision`, each account of `month` was last changed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn closed_revisions(
        &self,
        month: Month,
        revision: u32,
    ) -> Result<BTreeMap<SeriesKey, u32>, RegistryFault> {
        let rows = self
            .in_time(async {
                let newest = sqlx::query(
                    "SELECT meter, indicator, MAX(revision) AS revision FROM ledger_closed
                     WHERE month = $1 AND revision <= $2 GROUP BY meter, indicator",
                )
                .bind(month.to_string())
                .bind(i64::from(revision));
                Ok(newest.fetch_all(&self.readers).await?)
            })
            .await?;
        rows.iter()
            .map(|row| Ok((key(row, TABLE)?, number(row, "revision", TABLE)?)))
            .collect()
    }

    /// Keeps a closing with the accounts it changed, in one transaction. Only the follower of the
    /// log may call it, which touches no month meanwhile.
    ///
    /// # Errors
    /// The database failed, or the revision exists; nothing was kept.
    pub async fn save_close(
        &self,
        close: &Close,
        changed: &ClosedEntries,
    ) -> Result<(), RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            sqlx::query("INSERT INTO ledger_close VALUES ($1, $2, $3, $4, $5)")
                .bind(close.month.to_string())
                .bind(i64::from(close.revision))
                .bind(close.closed_at.unix_ms())
                .bind(number_of(close.batch))
                .bind(i64::from(close.entries))
                .execute(&mut *change)
                .await?;
            for (key, entry) in changed {
                save_entry(&mut change, close, *key, entry).await?;
            }
            settle(&mut change, close.month).await?;
            Ok(change.commit().await?)
        })
        .await
    }

    /// Notes that nothing in `month` differs from its last closing.
    ///
    /// # Errors
    /// The database failed.
    pub async fn confirm_close(&self, month: Month) -> Result<(), RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            settle(&mut change, month).await?;
            Ok(change.commit().await?)
        })
        .await
    }
}

/// Notes that `month` is closed as it stands.
async fn settle(change: &mut SqliteConnection, month: Month) -> Result<(), RegistryFault> {
    sqlx::query("DELETE FROM ledger_touched WHERE month = $1")
        .bind(month.to_string())
        .execute(change)
        .await?;
    Ok(())
}

async fn save_entry(
    change: &mut SqliteConnection,
    close: &Close,
    key: SeriesKey,
    entry: &ClosedEntry,
) -> Result<(), RegistryFault> {
    sqlx::query("INSERT INTO ledger_closed VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(close.month.to_string())
        .bind(i64::from(key.meter.get()))
        .bind(i64::from(key.indicator.get()))
        .bind(i64::from(close.revision))
        .bind(entry.enterprise.as_str())
        .bind(&entry.used)
        .bind(&entry.known_share)
        .bind(&entry.completeness)
        .bind(i64::try_from(entry.conflicts).unwrap_or(i64::MAX))
        .bind(&entry.flags)
        .execute(change)
        .await?;
    Ok(())
}

fn close(month: Month, row: &SqliteRow) -> Result<Close, RegistryFault> {
    let count = |column: &str| {
        let wide: i64 = row.try_get(column)?;
        u32::try_from(wide).map_err(|cause| RegistryFault::damaged("ledger_close", cause))
    };
    Ok(Close {
        month,
        revision: count("revision")?,
        closed_at: moment(row, "closed_at")?,
        batch: batch_of(row.try_get("batch")?),
        entries: count("entries")?,
    })
}

fn entry(row: &SqliteRow) -> Result<ClosedEntry, RegistryFault> {
    let conflicts: i64 = row.try_get("conflicts")?;
    Ok(ClosedEntry {
        enterprise: parsed(row, "enterprise", TABLE)?,
        used: row.try_get("used")?,
        known_share: row.try_get("known_share")?,
        completeness: row.try_get("completeness")?,
        conflicts: u64::try_from(conflicts).unwrap_or(0),
        flags: row.try_get("flags")?,
    })
}

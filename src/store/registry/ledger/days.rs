//! Walked days, and how far the log has been followed.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{QueryBuilder, Row, Sqlite};

use crate::calendar::{Day, Month};
use crate::ledger::{DayWalk, Walk};
use crate::store::BatchNo;
use crate::store::registry::{Registry, RegistryFault};

use super::series::key;
use super::{LEDGER_CURSOR, SeriesKey, batch_of, day, save_cursor, walk};

/// Days written with one statement.
const DAYS_AT_ONCE: usize = 100;

/// A day that was walked.
#[derive(Clone, Debug)]
pub struct WalkedDay {
    /// Whose register.
    pub series: SeriesKey,
    /// Which day.
    pub day: Day,
    /// What it came to.
    pub walk: DayWalk,
    /// The first day that is touched: by this walk, or by the one whose place it takes.
    pub touches_from: Day,
}

impl WalkedDay {
    /// The months that are touched.
    fn months(&self) -> BTreeSet<String> {
        let last = self.day.month();
        let mut month = self.touches_from.month();
        let mut months = BTreeSet::from([last.to_string()]);
        while month.first_day() < last.first_day() {
            months.insert(month.to_string());
            month = Month::next(month);
        }
        months
    }
}

impl Registry {
    /// The last batch whose readings are in the ledger; `None` before the first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn ledger_cursor(&self) -> Result<Option<BatchNo>, RegistryFault> {
        let row = self
            .in_time(async {
                let cursor = sqlx::query("SELECT batch FROM follower WHERE name = $1");
                let cursor = cursor.bind(LEDGER_CURSOR);
                Ok(cursor.fetch_optional(&self.readers).await?)
            })
            .await?;
        row.map(|row| Ok(batch_of(row.try_get("batch")?)))
            .transpose()
    }

    /// Notes that the log was set back, if its newest batch, `newest`, is before the ledger's: what is
    /// committed from now on takes numbers that the ledger passed. It is to be called before
    /// anything is; the next round walks every day anew then, however far the log has come.
    ///
    /// # Errors
    /// The database failed.
    pub async fn note_log(&self, newest: BatchNo) -> Result<(), RegistryFault> {
        if self.ledger_cursor().await?.is_none_or(|at| at <= newest) {
            return Ok(());
        }
        self.in_time(async {
            let mut change = self.begin().await?;
            save_cursor(&mut change, BatchNo::new(u64::MAX)).await?;
            Ok(change.commit().await?)
        })
        .await
    }

    /// What walking `day` came to, if it was walked.
    ///
    /// # Errors
    /// The database failed, or the row is damaged.
    pub async fn find_walk(
        &self,
        series: SeriesKey,
        day: Day,
    ) -> Result<Option<DayWalk>, RegistryFault> {
        const ON: &str = "SELECT day, walked FROM ledger_day
            WHERE meter = $1 AND indicator = $2 AND day = $3";
        let row = self.one_day(ON, series, day).await?;
        row.as_ref().map(walk).transpose()
    }

    /// The newest walked day of each of some registers, of those that were ever walked.
    ///
    /// # Errors
    /// As [`Registry::find_walk`].
    pub async fn find_newest_walks(
        &self,
        wanted: &[SeriesKey],
    ) -> Result<BTreeMap<SeriesKey, (Day, DayWalk)>, RegistryFault> {
        if wanted.is_empty() {
            return Ok(BTreeMap::new());
        }
        let mut asking: QueryBuilder<Sqlite> =
            QueryBuilder::new("WITH wanted (meter, indicator) AS (");
        asking.push_values(wanted, |mut row, series| {
            row.push_bind(i64::from(series.meter.get()))
                .push_bind(i64::from(series.indicator.get()));
        });
        asking.push(
            ") SELECT kept.meter, kept.indicator, kept.day, kept.walked
             FROM wanted CROSS JOIN ledger_day AS kept
             WHERE kept.meter = wanted.meter AND kept.indicator = wanted.indicator
               AND kept.day = (SELECT max(newest.day) FROM ledger_day AS newest
                 WHERE newest.meter = wanted.meter AND newest.indicator = wanted.indicator)",
        );
        let rows = self
            .in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) })
            .await?;
        rows.iter()
            .map(|row| Ok((key(row, "ledger_day")?, (day(row, "day")?, walk(row)?))))
            .collect()
    }

    /// The last walked day before `before`, and where the walk stands at its end.
    ///
    /// # Errors
    /// As [`Registry::find_walk`].
    pub async fn find_walk_before(
        &self,
        series: SeriesKey,
        before: Day,
    ) -> Result<Option<(Day, Walk)>, RegistryFault> {
        const BEFORE: &str = "SELECT day, walked FROM ledger_day
            WHERE meter = $1 AND indicator = $2 AND day < $3 ORDER BY day DESC LIMIT 1";
        let row = self.one_day(BEFORE, series, before).await?;
        row.map(|row| Ok((day(&row, "day")?, walk(&row)?.end)))
            .transpose()
    }

    /// The first walked day after `after`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_day_after(
        &self,
        series: SeriesKey,
        after: Day,
    ) -> Result<Option<Day>, RegistryFault> {
        const AFTER: &str = "SELECT day FROM ledger_day
            WHERE meter = $1 AND indicator = $2 AND day > $3 ORDER BY day LIMIT 1";
        let row = self.one_day(AFTER, series, after).await?;
        row.map(|row| day(&row, "day")).transpose()
    }

    /// All walked days of a register.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_days(&self, series: SeriesKey) -> Result<Vec<Day>, RegistryFault> {
        let rows = self
            .in_time(async {
                let days = sqlx::query(
                    "SELECT day FROM ledger_day WHERE meter = $1 AND indicator = $2 ORDER BY day",
                )
                .bind(i64::from(series.meter.get()))
                .bind(i64::from(series.indicator.get()));
                Ok(days.fetch_all(&self.readers).await?)
            })
            .await?;
        rows.iter().map(|row| day(row, "day")).collect()
    }

    /// Keeps `walked`, and if all batches up to `at` are in the ledger with them that too, in one
    /// transaction.
    ///
    /// # Errors
    /// The database failed; nothing was kept.
    pub async fn save_walks(
        &self,
        walked: &[WalkedDay],
        at: Option<BatchNo>,
    ) -> Result<(), RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            let mut months = BTreeSet::new();
            for some in walked.chunks(DAYS_AT_ONCE) {
                save_some(&mut change, some).await?;
                months.extend(some.iter().flat_map(WalkedDay::months));
            }
            for month in &months {
                touch(&mut change, month).await?;
            }
            if let Some(at) = at {
                save_cursor(&mut change, at).await?;
            }
            Ok(change.commit().await?)
        })
        .await
    }

    async fn one_day(
        &self,
        select: &'static str,
        series: SeriesKey,
        day: Day,
    ) -> Result<Option<SqliteRow>, RegistryFault> {
        self.in_time(async {
            let row = sqlx::query(select)
                .bind(i64::from(series.meter.get()))
                .bind(i64::from(series.indicator.get()))
                .bind(day.number());
            Ok(row.fetch_optional(&self.readers).await?)
        })
        .await
    }
}

async fn save_some(
    change: &mut SqliteConnection,
    walked: &[WalkedDay],
) -> Result<(), RegistryFault> {
    let mut saving: QueryBuilder<Sqlite> =
        QueryBuilder::new("INSERT INTO ledger_day (meter, indicator, day, first_day, walked) ");
    saving.push_values(walked, |mut row, one| {
        let first = one.walk.sheet.first_day().unwrap_or(one.day);
        row.push_bind(i64::from(one.series.meter.get()))
            .push_bind(i64::from(one.series.indicator.get()))
            .push_bind(one.day.number())
            .push_bind(first.number())
            .push_bind(one.walk.to_bytes());
    });
    saving.push(
        " ON CONFLICT (meter, indicator, day)
         DO UPDATE SET first_day = excluded.first_day, walked = excluded.walked",
    );
    saving.build().execute(change).await?;
    Ok(())
}

/// Notes that `month` has to be closed anew.
async fn touch(change: &mut SqliteConnection, month: &str) -> Result<(), RegistryFault> {
    sqlx::query("INSERT INTO ledger_touched (month) VALUES ($1) ON CONFLICT (month) DO NOTHING")
        .bind(month)
        .execute(change)
        .await?;
    Ok(())
}

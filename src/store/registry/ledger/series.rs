//! The registers that are walked, and under which terms they were.

use std::collections::BTreeMap;

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::calendar::{Day, Moment, Month};
use crate::indicator::IndicatorNo;
use crate::ledger::{Expectation, Term};
use crate::park::{MeterNo, Validity};
use crate::store::registry::find::{indicator, moment, moment_or_open, number};
use crate::store::registry::{Registry, RegistryFault};

const TABLE: &str = "ledger_series";

/// One indicator of one meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeriesKey {
    /// Which meter.
    pub meter: MeterNo,
    /// Which indicator.
    pub indicator: IndicatorNo,
}

/// A register as it is walked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Since when and how often it is read.
    pub expectation: Expectation,
    /// The fingerprint of its terms.
    pub terms: String,
}

impl Registry {
    /// All registers that are walked.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_series(&self) -> Result<BTreeMap<SeriesKey, Series>, RegistryFault> {
        let rows = self
            .in_time(async {
                let all = sqlx::query("SELECT * FROM ledger_series");
                Ok(all.fetch_all(&self.readers).await?)
            })
            .await?;
        rows.iter()
            .map(|row| Ok((key(row, TABLE)?, series(row)?)))
            .collect()
    }

    /// From which day each register counts that was ever read: the later one of its registration and
    /// its first reading.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_begun(&self) -> Result<BTreeMap<SeriesKey, Day>, RegistryFault> {
        let rows = self
            .in_time(async {
                let all = sqlx::query(
                    "SELECT meter, indicator, valid_from, (SELECT kept.day FROM ledger_day AS kept
                       WHERE kept.meter = own.meter AND kept.indicator = own.indicator
                       ORDER BY kept.day LIMIT 1) AS first_read
                     FROM ledger_series AS own",
                );
                Ok(all.fetch_all(&self.readers).await?)
            })
            .await?;
        let mut begun = BTreeMap::new();
        for row in &rows {
            let first_read: Option<i32> = row.try_get("first_read")?;
            if let Some(first_read) = first_read.map(Day::from_number) {
                let registered = Day::of(moment(row, "valid_from")?);
                begun.insert(key(row, TABLE)?, first_read.max(registered));
            }
        }
        Ok(begun)
    }

    /// Keeps how `series` are walked from now on. Closed months in which they are expected, or were
    /// until now, have to be looked at again, whether or not anything was read in them.
    ///
    /// # Errors
    /// The database failed; nothing was kept.
    pub async fn save_series(
        &self,
        series: &BTreeMap<SeriesKey, Series>,
    ) -> Result<(), RegistryFault> {
        self.in_time(async {
            let mut change = self.begin().await?;
            for (key, series) in series {
                touch_closed(&mut change, *key, series).await?;
                sqlx::query(
                    "INSERT INTO ledger_series
                     (meter, indicator, interval_ms, valid_from, valid_to, terms, expected)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)
                     ON CONFLICT (meter, indicator) DO UPDATE SET
                     interval_ms = excluded.interval_ms, valid_from = excluded.valid_from,
                     valid_to = excluded.valid_to, terms = excluded.terms,
                     expected = excluded.expected",
                )
                .bind(i64::from(key.meter.get()))
                .bind(i64::from(key.indicator.get()))
                .bind(series.expectation.newest_interval_ms())
                .bind(series.expectation.valid_from().unix_ms())
                .bind(series.expectation.valid_to().map(Moment::unix_ms))
                .bind(&series.terms)
                .bind(written(&series.expectation))
                .execute(&mut *change)
                .await?;
            }
            Ok(change.commit().await?)
        })
        .await
    }
}

/// Notes that the closed months have to be closed anew in which a register is expected, by `series`
/// or by what is kept of it.
async fn touch_closed(
    change: &mut SqliteConnection,
    key: SeriesKey,
    series: &Series,
) -> Result<(), RegistryFault> {
    let before = sqlx::query("SELECT * FROM ledger_series WHERE meter = $1 AND indicator = $2")
        .bind(i64::from(key.meter.get()))
        .bind(i64::from(key.indicator.get()))
        .fetch_optional(&mut *change)
        .await?;
    let mut from = series.expectation.valid_from();
    if let Some(row) = &before {
        from = from.min(self::series(row)?.expectation.valid_from());
    }
    sqlx::query(
        "INSERT INTO ledger_touched (month) SELECT DISTINCT month FROM ledger_close
         WHERE month >= $1 ON CONFLICT (month) DO NOTHING",
    )
    .bind(Month::of(from).to_string())
    .execute(change)
    .await?;
    Ok(())
}

/// The series that a row speaks of.
pub(super) fn key(row: &SqliteRow, table: &'static str) -> Result<SeriesKey, RegistryFault> {
    Ok(SeriesKey {
        meter: MeterNo::new(number(row, "meter", table)?),
        indicator: indicator(row, table)?,
    })
}

pub(super) fn series(row: &SqliteRow) -> Result<Series, RegistryFault> {
    let expected: String = row.try_get("expected")?;
    let terms = if expected.is_empty() {
        // Kept by an older release: the newest row as if it had always been.
        let validity = Validity::new(moment(row, "valid_from")?, moment_or_open(row, "valid_to")?);
        validity.map(|validity| {
            let interval_ms = row.try_get("interval_ms")?;
            let term = Term {
                validity,
                interval_ms,
            };
            Ok::<_, RegistryFault>(vec![term])
        })
    } else {
        read(&expected).map(Ok)
    };
    let expectation = terms.transpose()?.and_then(Expectation::of);
    Ok(Series {
        expectation: expectation.ok_or_else(|| RegistryFault::damaged(TABLE, "no terms"))?,
        terms: row.try_get("terms")?,
    })
}

/// From, until (empty: still) and interval of each row in milliseconds, a line each.
fn written(expectation: &Expectation) -> String {
    let line = |term: &Term| {
        let to = term.validity.to().map(|to| to.unix_ms().to_string());
        let (from, to) = (term.validity.from().unix_ms(), to.unwrap_or_default());
        format!("{from} {to} {}", term.interval_ms)
    };
    let lines: Vec<String> = expectation.terms().iter().map(line).collect();
    lines.join("\n")
}

/// What [`written`] wrote; `None` if it did not.
fn read(text: &str) -> Option<Vec<Term>> {
    let term = |line: &str| {
        let mut parts = line.split(' ');
        let mut next = || parts.next();
        let (from, to, interval) = (next()?, next()?, next()?);
        let to = (!to.is_empty()).then(|| to.parse()).transpose().ok()?;
        let from = Moment::from_unix_ms(from.parse().ok()?);
        Some(Term {
            validity: Validity::new(from, to.map(Moment::from_unix_ms))?,
            interval_ms: interval.parse().ok().filter(|ms| *ms > 0)?,
        })
    };
    text.lines().map(term).collect()
}

//! Reading the ledger: what the walked days say of a period, register by register.

use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Principal, scope};
use crate::calendar::{Day, Period};
use crate::indicator::IndicatorNo;
use crate::ledger::Sheet;
use crate::park::{EnterpriseCode, MeterId, MeterNo, ParkId};
use crate::store::registry::find::{Asking, parsed, within};
use crate::store::registry::{Registry, RegistryFault};

use super::series::{Series, SeriesKey, key, series};
use super::{day, walk};

const TABLE: &str = "ledger_series";

/// What the ledger says of one register over a period.
#[derive(Clone, Debug)]
pub struct SeriesSheet {
    /// Whose register.
    pub key: SeriesKey,
    /// The meter's id.
    pub meter: MeterId,
    /// Whose meter.
    pub enterprise: EnterpriseCode,
    /// Where the enterprise is registered now.
    pub park: ParkId,
    /// The meter above, and what is expected.
    pub series: Series,
    /// All that was settled about the period (and some of what lies around it).
    pub sheet: Sheet,
}

/// A register that is walked, with whose it is.
#[derive(Clone, Debug)]
pub struct WalkedRegister {
    /// Which register.
    pub key: SeriesKey,
    /// The meter's id.
    pub meter: MeterId,
    /// Whose meter.
    pub enterprise: EnterpriseCode,
    /// Where the enterprise is registered now.
    pub park: ParkId,
    /// The meter above, and what is expected.
    pub series: Series,
}

impl Registry {
    /// The registers of `indicator` that `who` may see, by meter number; `of`: of this meter only.
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn list_registers(
        &self,
        who: &Principal,
        indicator: IndicatorNo,
        of: Option<MeterNo>,
    ) -> Result<Vec<WalkedRegister>, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT s.*, m.meter AS id, m.enterprise, f.park FROM ledger_series s
             JOIN meter m ON m.number = s.meter
             JOIN enterprise_fact f ON f.enterprise = m.enterprise AND f.until IS NULL
             WHERE s.indicator = ",
        );
        asking.push_bind(i64::from(indicator.get()));
        if let Some(meter) = of {
            asking.push(" AND s.meter = ");
            asking.push_bind(i64::from(meter.get()));
        }
        let scope = scope(who, Action::Read, Matter::Series);
        if !within(&mut asking, scope, "m.enterprise", "f.park") {
            return Ok(Vec::new());
        }
        asking.push(" ORDER BY s.meter");
        let rows = self
            .in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) })
            .await?;
        let register = |row: &SqliteRow| {
            Ok(WalkedRegister {
                key: key(row, TABLE)?,
                meter: parsed(row, "id", TABLE)?,
                enterprise: parsed(row, "enterprise", TABLE)?,
                park: parsed(row, "park", TABLE)?,
                series: series(row)?,
            })
        };
        rows.iter().map(register).collect()
    }

    /// Hands the sheet of each register of `indicator` that `who` may see to `visit`, by meter
    /// number; registers without a reading too. `of`: of this meter only.
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn visit_sheets(
        &self,
        who: &Principal,
        indicator: IndicatorNo,
        of: Option<MeterNo>,
        period: Period,
        mut visit: impl FnMut(SeriesSheet),
    ) -> Result<(), RegistryFault> {
        for one in self.list_registers(who, indicator, of).await? {
            let sheet = self.sheet(one.key, &one.series, period).await?;
            visit(SeriesSheet {
                key: one.key,
                meter: one.meter,
                enterprise: one.enterprise,
                park: one.park,
                series: one.series,
                sheet,
            });
        }
        Ok(())
    }

    /// The days that say anything of `period`, and what is open after the last of all days.
    async fn sheet(
        &self,
        key: SeriesKey,
        series: &Series,
        period: Period,
    ) -> Result<Sheet, RegistryFault> {
        let touching = self.days_touching(key, period).await?;
        let newest = self.newest_day(key).await?;
        let mut sheet = Sheet::default();
        for row in &touching {
            sheet.add(&walk(row)?.sheet);
        }
        if let Some(row) = &newest {
            sheet.add(&walk(row)?.tail(series.expectation.newest_interval_ms()));
        }
        Ok(sheet)
    }

    async fn days_touching(
        &self,
        key: SeriesKey,
        period: Period,
    ) -> Result<Vec<SqliteRow>, RegistryFault> {
        let last = Day::of(period.to().plus_ms(-1));
        self.in_time(async {
            let days = sqlx::query(
                "SELECT walked FROM ledger_day WHERE meter = $1 AND indicator = $2
                 AND day >= $3 AND first_day <= $4 ORDER BY day",
            )
            .bind(i64::from(key.meter.get()))
            .bind(i64::from(key.indicator.get()))
            .bind(Day::of(period.from()).number())
            .bind(last.number());
            Ok(days.fetch_all(&self.readers).await?)
        })
        .await
    }

    async fn newest_day(&self, key: SeriesKey) -> Result<Option<SqliteRow>, RegistryFault> {
        self.in_time(async {
            let newest = sqlx::query(
                "SELECT day, walked FROM ledger_day WHERE meter = $1 AND indicator = $2
                 ORDER BY day DESC LIMIT 1",
            )
            .bind(i64::from(key.meter.get()))
            .bind(i64::from(key.indicator.get()));
            Ok(newest.fetch_optional(&self.readers).await?)
        })
        .await
    }

    /// The newest day of a register that has readings.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_newest_day(&self, key: SeriesKey) -> Result<Option<Day>, RegistryFault> {
        let newest = self.newest_day(key).await?;
        newest.map(|row| day(&row, "day")).transpose()
    }
}

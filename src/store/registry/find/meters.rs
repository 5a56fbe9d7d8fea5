//! Meters with their rows and replacements.

use rust_decimal::Decimal;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Principal, scope};
use crate::calendar::Moment;
use crate::indicator::IndicatorNo;
use crate::ledger::Metering;
use crate::park::{EnterpriseCode, MeterId, MeterRow, Replacement};
use crate::store::registry::{PAGE_LIMIT, Registry, RegistryFault};

use super::page::{Asking, Page, only, within};
use super::row::{decimal_or_none, indicator, moment, number, parsed, parsed_or_none, validity};

const ROWS: &str = "SELECT r.number, m.meter, m.enterprise, r.gateway, r.indicator,
    r.register_size, r.multiplier, r.max_per_hour, r.interval_s, r.jitter, r.update_s,
    r.resolution, a.meter AS parent, r.name, r.place, r.valid_from, r.valid_to
    FROM meter_row r JOIN meter m ON m.number = r.meter
    JOIN enterprise_fact f ON f.enterprise = m.enterprise AND f.until IS NULL
    LEFT JOIN meter a ON a.number = r.parent
    WHERE r.superseded_at IS NULL AND r.number > ";

const REPLACEMENTS: &str = "SELECT r.number, m.meter, r.indicator, r.at, r.old_final,
    r.new_initial, r.reason FROM replacement r JOIN meter m ON m.number = r.meter
    JOIN enterprise_fact f ON f.enterprise = m.enterprise AND f.until IS NULL
    WHERE r.superseded_at IS NULL AND r.number > ";

/// All that is registered of one meter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MeterHistory {
    /// Its rows, by indicator and date.
    pub rows: Vec<MeterRow>,
    /// Its replacements, by indicator and time.
    pub replacements: Vec<Replacement>,
    /// Readings to which its registers rose rightly, as somebody decided; by indicator and time.
    pub confirmed: Vec<(IndicatorNo, Moment)>,
}

impl MeterHistory {
    /// The terms of its register of `indicator`; `None` if none are registered, or they contradict
    /// each other, which the keeper of the ledger tells.
    #[must_use]
    pub fn metering(&self, indicator: IndicatorNo) -> Option<Metering> {
        let rows = self.rows.iter().filter(|row| row.indicator == indicator);
        let rows: Vec<MeterRow> = rows.cloned().collect();
        let replaced = self.replacements.iter();
        let replaced = replaced.filter(|one| one.indicator == indicator);
        let replaced: Vec<Replacement> = replaced.cloned().collect();
        let confirmed = self.confirmed.iter();
        let confirmed = confirmed.filter(|(of, _)| *of == indicator);
        let confirmed: Vec<Moment> = confirmed.map(|(_, at)| *at).collect();
        let metering = Metering::of(&rows, &replaced).ok().flatten()?;
        Some(metering.confirming(&confirmed))
    }
}

impl Registry {
    /// The rows of all meters that count now, in the order in which they were registered.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_meter_rows(
        &self,
        who: &Principal,
        of: Option<&EnterpriseCode>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Page<MeterRow, i64>, RegistryFault> {
        let mut asking = Asking::new(ROWS);
        asking.push_bind(after.unwrap_or_default());
        only(&mut asking, "m.enterprise", of);
        self.meter_page(who, asking, limit, meter_row).await
    }

    /// The replacements that count now, in the order in which they were registered.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_replacements(
        &self,
        who: &Principal,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Page<Replacement, i64>, RegistryFault> {
        let mut asking = Asking::new(REPLACEMENTS);
        asking.push_bind(after.unwrap_or_default());
        self.meter_page(who, asking, limit, replacement).await
    }

    /// What is registered of `meter`; `None` if it is not there or not yours. A meter with more
    /// than 1,000 rows shows its first 1,000.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_meter_history(
        &self,
        who: &Principal,
        meter: &MeterId,
    ) -> Result<Option<MeterHistory>, RegistryFault> {
        let of_this = |select: &'static str| {
            let mut asking = Asking::new(select);
            asking.push_bind(0_i64);
            only(&mut asking, "m.meter", Some(meter));
            asking
        };
        let rows = self
            .meter_page(who, of_this(ROWS), PAGE_LIMIT, meter_row)
            .await?;
        if rows.entries.is_empty() {
            return Ok(None);
        }
        let replacements = self
            .meter_page(who, of_this(REPLACEMENTS), PAGE_LIMIT, replacement)
            .await?;
        let mut history = MeterHistory {
            rows: rows.entries,
            replacements: replacements.entries,
            confirmed: self.confirmed_of(meter).await?,
        };
        history
            .rows
            .sort_by_key(|row| (row.indicator, row.validity));
        history
            .replacements
            .sort_by_key(|one| (one.indicator, one.at));
        Ok(Some(history))
    }

    async fn meter_page<T>(
        &self,
        who: &Principal,
        mut asking: Asking,
        limit: u32,
        entry: impl Fn(&SqliteRow) -> Result<T, RegistryFault>,
    ) -> Result<Page<T, i64>, RegistryFault> {
        let scope = scope(who, Action::Read, Matter::Series);
        if !within(&mut asking, scope, "m.enterprise", "f.park") {
            return Ok(Page::default());
        }
        let cursor = |row: &SqliteRow| Ok(row.try_get("number")?);
        self.page(asking, "r.number", limit, entry, cursor).await
    }
}

fn meter_row(row: &SqliteRow) -> Result<MeterRow, RegistryFault> {
    const TABLE: &str = "meter_row";
    let update_s: Option<i64> = row.try_get("update_s")?;
    let update_s = update_s.map(u32::try_from).transpose();
    Ok(MeterRow {
        meter: parsed(row, "meter", TABLE)?,
        enterprise: parsed(row, "enterprise", TABLE)?,
        gateway: parsed_or_none(row, "gateway", TABLE)?,
        indicator: indicator(row, TABLE)?,
        register_size: decimal_or_none(row, "register_size", TABLE)?,
        multiplier: parsed(row, "multiplier", TABLE)?,
        max_per_hour: decimal_or_none(row, "max_per_hour", TABLE)?,
        interval_s: number(row, "interval_s", TABLE)?,
        jitter: parsed::<Decimal>(row, "jitter", TABLE)?,
        update_s: update_s.map_err(|cause| RegistryFault::damaged(TABLE, cause))?,
        resolution: parsed(row, "resolution", TABLE)?,
        parent: parsed_or_none(row, "parent", TABLE)?,
        name: parsed_or_none(row, "name", TABLE)?,
        place: parsed_or_none(row, "place", TABLE)?,
        validity: validity(row, TABLE)?,
    })
}

fn replacement(row: &SqliteRow) -> Result<Replacement, RegistryFault> {
    const TABLE: &str = "replacement";
    Ok(Replacement {
        meter: parsed(row, "meter", TABLE)?,
        indicator: indicator(row, TABLE)?,
        at: moment(row, "at")?,
        old_final: decimal_or_none(row, "old_final", TABLE)?,
        new_initial: decimal_or_none(row, "new_initial", TABLE)?,
        reason: parsed(row, "reason", TABLE)?,
    })
}

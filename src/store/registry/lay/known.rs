//! Who is registered already, for the references of an import.

use std::collections::BTreeMap;

use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Row};

use crate::calendar::Moment;
use crate::indicator::IndicatorNo;
use crate::park::MeterId;
use crate::store::registry::RegistryFault;
use crate::store::registry::find::{indicator, moment, parsed, parsed_or_none};

const METER_ROWS: &str = "meter_row";

/// A meter, what it measures, from when on, and the meter above it since then.
pub(super) type Rung = (MeterId, IndicatorNo, Moment, Option<MeterId>);

/// Ids, each with one thing about it.
pub(super) type Known = BTreeMap<String, String>;

/// A query for two columns of text, as a map.
async fn pairs(rows: &mut SqliteConnection, sql: &'static str) -> Result<Known, RegistryFault> {
    let found = sqlx::query(AssertSqlSafe(sql)).fetch_all(rows).await?;
    found
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// Parks, each with its name.
pub(super) async fn parks(rows: &mut SqliteConnection) -> Result<Known, RegistryFault> {
    pairs(rows, "SELECT park, name FROM park_fact WHERE until IS NULL").await
}

/// Areas, each with its park.
pub(super) async fn areas(rows: &mut SqliteConnection) -> Result<Known, RegistryFault> {
    pairs(rows, "SELECT area, park FROM area_fact WHERE until IS NULL").await
}

/// Enterprises, each with its name.
pub(super) async fn enterprises(rows: &mut SqliteConnection) -> Result<Known, RegistryFault> {
    pairs(
        rows,
        "SELECT e.enterprise, COALESCE(f.name, e.enterprise) FROM enterprise e
         LEFT JOIN enterprise_fact f ON f.enterprise = e.enterprise AND f.until IS NULL",
    )
    .await
}

/// Parcels, each with its land in mu.
pub(super) async fn parcels(rows: &mut SqliteConnection) -> Result<Known, RegistryFault> {
    pairs(
        rows,
        "SELECT parcel, area_mu FROM parcel_fact WHERE until IS NULL",
    )
    .await
}

/// Gateways, each with its enterprise.
pub(super) async fn gateways(rows: &mut SqliteConnection) -> Result<Known, RegistryFault> {
    pairs(rows, "SELECT gateway, enterprise FROM gateway").await
}

/// A registered meter.
pub(super) struct KnownMeter {
    /// Its number on disk.
    pub(super) number: i64,
    /// Whose.
    pub(super) enterprise: String,
}

/// Meters by id.
pub(super) async fn meters(
    rows: &mut SqliteConnection,
) -> Result<BTreeMap<String, KnownMeter>, RegistryFault> {
    let found = sqlx::query("SELECT meter, number, enterprise FROM meter")
        .fetch_all(rows)
        .await?;
    found
        .iter()
        .map(|row| {
            let meter = KnownMeter {
                number: row.try_get("number")?,
                enterprise: row.try_get("enterprise")?,
            };
            Ok((row.try_get("meter")?, meter))
        })
        .collect()
}

/// Which meter stands above which, by indicator and from when on.
pub(super) async fn rungs(rows: &mut SqliteConnection) -> Result<Vec<Rung>, RegistryFault> {
    let found = sqlx::query(
        "SELECT m.meter, r.indicator, r.valid_from, a.meter AS parent
         FROM meter_row r JOIN meter m ON m.number = r.meter
         LEFT JOIN meter a ON a.number = r.parent WHERE r.superseded_at IS NULL",
    );
    let found = found.fetch_all(rows).await?;
    let rung = |row| {
        Ok((
            parsed(row, "meter", METER_ROWS)?,
            indicator(row, METER_ROWS)?,
            moment(row, "valid_from")?,
            parsed_or_none(row, "parent", METER_ROWS)?,
        ))
    };
    found.iter().map(rung).collect()
}

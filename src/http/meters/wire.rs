//! A day of readings as JSON.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::calendar::Day;
use crate::http::{Problem, Trouble};
use crate::store::Row;

/// Which indicator, and which day; today if none is named.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Asked {
    /// Which indicator, as `kwh_register`.
    pub(super) indicator: String,
    /// Which day, as `2026-11-22`; today if not given.
    day: Option<String>,
}

impl Asked {
    pub(super) fn day(&self) -> Result<Option<Day>, Problem> {
        let day = self.day.as_deref().map(str::parse::<Day>).transpose();
        day.map_err(|fault| Problem::new(Trouble::BadRequest, fault.to_string()))
    }
}

/// `GET /api/v1/meters/{meter}/readings`: first values, oldest first.
#[derive(Serialize, ToSchema)]
#[schema(as = MeterReadings)]
pub(in crate::http) struct Answer {
    pub(super) meter: String,
    pub(super) indicator: String,
    pub(super) unit: String,
    pub(super) day: String,
    pub(super) as_of: String,
    pub(super) source: &'static str,
    pub(super) interval_s: u32,
    pub(super) readings: Vec<Reading>,
}

/// One reading with its flags.
#[derive(Serialize, ToSchema)]
#[schema(as = MeterReading)]
pub(in crate::http) struct Reading {
    at: String,
    value: String,
    flags: Vec<&'static str>,
}

/// A day as `2026-11-22`.
pub(super) fn date(day: Day) -> String {
    day.start().to_string().chars().take(10).collect()
}

impl Reading {
    pub(super) fn of(row: &Row) -> Self {
        Self {
            at: row.at.to_string(),
            value: row.number.to_string(),
            flags: row.flags.names().collect(),
        }
    }
}

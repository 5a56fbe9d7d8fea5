//! What needs an operator as JSON, and how it is asked for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::Problem;
use crate::indicator::Catalogue;
use crate::park::{Enterprise, EnterpriseCode, ParkId};

use super::Today;
use super::beyond::Beyond;
use super::conflicts::{Conflict, Example};

/// Of one park; of all in sight if none is named.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Asked {
    /// Of this park only.
    park: Option<String>,
}

impl Asked {
    /// A text that is no id names no park.
    pub(super) fn park(&self) -> Result<Option<ParkId>, Problem> {
        let park = self.park.as_deref().map(str::parse).transpose();
        park.map_err(|_not_an_id| Problem::not_found())
    }
}

/// `GET /api/v1/today`. Values as they were written, in the unit beside them; times RFC 3339.
#[derive(Serialize, ToSchema)]
#[schema(as = Today)]
pub(in crate::http) struct Answer {
    as_of: String,
    source: &'static str,
    /// Since when values beyond limits are looked for.
    from: String,
    beyond: Vec<ShownBeyond>,
    conflicts: Vec<ShownConflict>,
}

/// Values of one meter beyond the limits of one indicator. They lie in quarantine and do not count.
#[derive(Serialize, ToSchema)]
#[schema(as = TodayBeyond)]
struct ShownBeyond {
    enterprise: String,
    name: String,
    gateway: String,
    meter: String,
    indicator: String,
    unit: String,
    /// The newest.
    value: String,
    /// `above` or `below` the limit.
    side: &'static str,
    /// The limit it lies beyond.
    limit: String,
    first_at: String,
    latest_at: String,
    /// How many there were since `from`.
    values: u64,
    /// Under which number the newest lies in quarantine.
    number: u64,
}

/// Values of one gateway, of yesterday and today, that contradict one that counts.
#[derive(Serialize, ToSchema)]
#[schema(as = TodayConflict)]
struct ShownConflict {
    enterprise: String,
    name: String,
    gateway: String,
    values: i64,
    examples: Vec<ShownExample>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = TodayConflictExample)]
struct ShownExample {
    meter: String,
    indicator: String,
    unit: String,
    at: String,
    /// The value that counts.
    first: String,
    other: String,
    received_at: String,
}

impl Answer {
    pub(super) fn of(
        today: &Today,
        firms: &BTreeMap<EnterpriseCode, Enterprise>,
        catalogue: &Catalogue,
    ) -> Self {
        let name = |code: &EnterpriseCode| {
            let firm = firms.get(code);
            firm.map_or(String::new(), |firm| firm.name.to_string())
        };
        let beyond = today.beyond.iter();
        let conflicts = today.conflicts.iter();
        Self {
            as_of: today.as_of.to_string(),
            source: "quarantine_and_received_readings",
            from: today.from.to_string(),
            beyond: beyond
                .filter_map(|one| ShownBeyond::of(one, name(&one.enterprise), catalogue))
                .collect(),
            conflicts: conflicts
                .map(|one| ShownConflict::of(one, name(&one.enterprise), catalogue))
                .collect(),
        }
    }
}

impl ShownBeyond {
    fn of(one: &Beyond, name: String, catalogue: &Catalogue) -> Option<Self> {
        let indicator = catalogue.numbered(one.indicator)?;
        let (side, limit) = if one.is_above {
            ("above", indicator.limit_upper)
        } else {
            ("below", indicator.limit_lower)
        };
        Some(Self {
            enterprise: one.enterprise.to_string(),
            name,
            gateway: one.gateway.to_string(),
            meter: one.meter.clone(),
            indicator: indicator.code.clone(),
            unit: indicator.unit.clone(),
            value: one.value.clone(),
            side,
            limit: limit.to_string(),
            first_at: one.first_at.to_string(),
            latest_at: one.newest_at.to_string(),
            values: one.values,
            number: one.newest.get(),
        })
    }
}

impl ShownConflict {
    fn of(one: &Conflict, name: String, catalogue: &Catalogue) -> Self {
        let example = |example: &Example| {
            let indicator = catalogue.numbered(example.indicator)?;
            Some(ShownExample {
                meter: example.meter.to_string(),
                indicator: indicator.code.clone(),
                unit: indicator.unit.clone(),
                at: example.at.to_string(),
                first: example.first.to_string(),
                other: example.other.to_string(),
                received_at: example.received_at.to_string(),
            })
        };
        Self {
            enterprise: one.enterprise.to_string(),
            name,
            gateway: one.gateway.to_string(),
            values: one.values,
            examples: one.examples.iter().filter_map(example).collect(),
        }
    }
}

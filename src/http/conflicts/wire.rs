//! Conflicts and decisions as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::calendar::Moment;
use crate::http::{Problem, Trouble};
use crate::indicator::Catalogue;
use crate::park::{Enterprise, EnterpriseCode, ParkId};
use crate::store::Decision;

use super::find::Found;

/// Letters of a reason.
const REASON_MAX: usize = 200;
/// Days that are looked at if nothing is said, and at most.
const DAYS: u32 = 7;
const DAYS_MAX: u32 = 31;

/// Of whom, and how far back.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Asked {
    /// Of this enterprise only.
    enterprise: Option<String>,
    /// Of this park only.
    park: Option<String>,
    /// Measured in so many days, today counted: 1 to 31, 7 if not given.
    days: Option<u32>,
}

impl Asked {
    pub(super) fn enterprise(&self) -> Result<Option<EnterpriseCode>, Problem> {
        let code = self.enterprise.as_deref().map(str::parse).transpose();
        code.map_err(|_not_a_code| Problem::not_found())
    }

    pub(super) fn park(&self) -> Result<Option<ParkId>, Problem> {
        let park = self.park.as_deref().map(str::parse).transpose();
        park.map_err(|_not_an_id| Problem::not_found())
    }

    pub(super) fn days(&self) -> Result<u32, Problem> {
        let days = self.days.unwrap_or(DAYS);
        if (1..=DAYS_MAX).contains(&days) {
            return Ok(days);
        }
        Err(Problem::new(Trouble::BadRequest, "days is 1 to 31"))
    }
}

/// `POST /api/v1/conflicts/decide`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Decide {
    pub(super) meter: String,
    pub(super) indicator: String,
    /// When it was measured, as shown.
    at: String,
    /// The value that counts, as shown; null: none of them.
    pub(super) chosen: Option<String>,
    /// 1 to 200 letters.
    reason: String,
    /// `decided_at` of the decision that was shown; null: there was none.
    seen: Option<String>,
}

impl Decide {
    pub(super) fn at(&self) -> Result<Moment, Problem> {
        let refused = |_not_one| Problem::new(Trouble::BadRequest, "at is no time");
        self.at.parse().map_err(refused)
    }

    pub(super) fn reason(&self) -> Result<String, Problem> {
        let reason = self.reason.trim();
        let letters = reason.chars().count();
        if (1..=REASON_MAX).contains(&letters) && !reason.chars().any(char::is_control) {
            return Ok(reason.to_owned());
        }
        let words = "a reason has 1 to 200 characters and no control characters";
        Err(Problem::new(Trouble::BadRequest, words))
    }

    pub(super) fn seen(&self) -> Option<String> {
        self.seen.clone()
    }
}

/// What was decided.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Decided {
    decided_at: String,
}

impl Decided {
    pub(super) fn of(decided_at: Moment) -> Self {
        Self {
            decided_at: decided_at.to_string(),
        }
    }
}

/// `GET /api/v1/conflicts`.
#[derive(Serialize, ToSchema)]
#[schema(as = Conflicts)]
pub(in crate::http) struct Answer {
    as_of: String,
    source: &'static str,
    /// How many of them wait for a decision.
    open: usize,
    items: Vec<Shown>,
}

/// One key with all its values.
#[derive(Serialize, ToSchema)]
#[schema(as = Conflict)]
struct Shown {
    enterprise: String,
    name: String,
    meter: String,
    indicator: String,
    unit: String,
    at: String,
    /// In the order they came; the first counts until somebody decides otherwise.
    values: Vec<ShownValue>,
    decision: Option<ShownDecision>,
    /// Whether the asker may decide.
    may: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ConflictValue)]
struct ShownValue {
    value: String,
    received_at: String,
    /// Whether it is the one that counts now.
    counts: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ConflictDecision)]
struct ShownDecision {
    /// Null: none of them counts.
    chosen: Option<String>,
    who: String,
    reason: String,
    decided_at: String,
}

impl ShownDecision {
    fn of(decision: &Decision) -> Self {
        Self {
            chosen: decision.chosen.map(|value| value.to_string()),
            who: decision.who.clone(),
            reason: decision.reason.clone(),
            decided_at: decision.decided_at.to_string(),
        }
    }
}

impl Answer {
    pub(super) fn of(
        found: &[Found],
        (firms, rights): (
            &BTreeMap<EnterpriseCode, Enterprise>,
            &BTreeMap<EnterpriseCode, bool>,
        ),
        catalogue: &Catalogue,
        now: Moment,
    ) -> Self {
        let shown = |one: &Found| {
            let indicator = catalogue.numbered(one.conflict.indicator)?;
            let firm = firms.get(&one.enterprise)?;
            let decided = one.conflict.decided.as_ref();
            let first = one.conflict.values.first().map(|value| value.number);
            let counting = decided.map_or(first, |decision| decision.chosen);
            let counting = counting.map(f64::to_bits);
            let mut is_counted = false;
            let values = one.conflict.values.iter().map(|value| {
                let counts = !is_counted && counting == Some(value.number.to_bits());
                is_counted |= counts;
                ShownValue {
                    value: value.number.to_string(),
                    received_at: value.received_at.to_string(),
                    counts,
                }
            });
            Some(Shown {
                enterprise: one.enterprise.to_string(),
                name: firm.name.to_string(),
                meter: one.meter.to_string(),
                indicator: indicator.code.clone(),
                unit: indicator.unit.clone(),
                at: one.conflict.at.to_string(),
                values: values.collect(),
                decision: decided.map(ShownDecision::of),
                may: rights.get(&one.enterprise).copied().unwrap_or(false),
            })
        };
        let undecided = found.iter().filter(|one| one.conflict.decided.is_none());
        Self {
            as_of: now.to_string(),
            source: "received_readings",
            open: undecided.count(),
            items: found.iter().filter_map(shown).collect(),
        }
    }
}

//! Suspect spans and decisions as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::calendar::Moment;
use crate::http::{Problem, Trouble};
use crate::indicator::Catalogue;
use crate::jobs::suspects::FoundSuspect;
use crate::ledger::Suspect;
use crate::park::{Enterprise, EnterpriseCode, MeterId, ParkId};
use crate::store::registry::{SeriesKey, SuspectDecision};
use crate::units::Exact;

/// Letters of a reason.
const REASON_MAX: usize = 200;
/// Days that are looked at if nothing is said, and at most.
const DAYS: i32 = 31;
const DAYS_MAX: i32 = 92;
/// Spans of one answer.
const ITEMS_MAX: usize = 200;
/// Decimal places of amounts: those of the closed ledger.
const PLACES: usize = 4;

/// Of whom, and how far back.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Asked {
    /// Of this enterprise only.
    enterprise: Option<String>,
    /// Of this park only.
    park: Option<String>,
    /// Ended in so many days, today counted: 1 to 92, 31 if not given.
    days: Option<i32>,
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

    pub(super) fn days(&self) -> Result<i32, Problem> {
        let days = self.days.unwrap_or(DAYS);
        if (1..=DAYS_MAX).contains(&days) {
            return Ok(days);
        }
        Err(Problem::new(Trouble::BadRequest, "days is 1 to 92"))
    }
}

/// `POST /api/v1/suspects/decide`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DecideSuspect)]
pub(in crate::http) struct Decide {
    pub(super) meter: String,
    pub(super) indicator: String,
    /// The reading to which it rose, as shown.
    at: String,
    /// `confirmed`: the register rose rightly and the amount counts; `rejected`: it stays unknown.
    verdict: String,
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

    pub(super) fn seen(&self) -> Result<Option<Moment>, Problem> {
        let refused = |_not_one| Problem::new(Trouble::BadRequest, "seen is no time");
        let seen = self.seen.as_deref().map(str::parse).transpose();
        seen.map_err(refused)
    }

    pub(super) fn is_confirmed(&self) -> Result<bool, Problem> {
        match self.verdict.as_str() {
            "confirmed" => Ok(true),
            "rejected" => Ok(false),
            _ => {
                let words = "verdict is confirmed or rejected";
                Err(Problem::new(Trouble::BadRequest, words))
            }
        }
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
}

/// What was decided.
#[derive(Serialize, ToSchema)]
#[schema(as = SuspectDecided)]
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

/// A span with what is known of it, and the last decision about it.
pub(super) struct Facts {
    pub(super) key: SeriesKey,
    pub(super) meter: MeterId,
    pub(super) enterprise: EnterpriseCode,
    pub(super) since: Moment,
    pub(super) at: Moment,
    pub(super) before: String,
    pub(super) after: String,
    pub(super) amount: Option<String>,
    at_most: Option<String>,
    decision: Option<SuspectDecision>,
}

impl Facts {
    pub(super) fn of(found: &FoundSuspect, decision: Option<SuspectDecision>) -> Self {
        Self {
            decision,
            ..Self::of_suspect(found.key, &found.meter, &found.enterprise, &found.suspect)
        }
    }

    pub(super) fn of_suspect(
        key: SeriesKey,
        meter: &MeterId,
        enterprise: &EnterpriseCode,
        suspect: &Suspect,
    ) -> Self {
        let rounded = |one: &Exact| one.rounded(PLACES);
        Self {
            key,
            meter: meter.clone(),
            enterprise: enterprise.clone(),
            since: suspect.since,
            at: suspect.at,
            before: rounded(&suspect.before),
            after: rounded(&suspect.after),
            amount: suspect.amount.as_ref().map(rounded),
            at_most: suspect.at_most.as_ref().map(rounded),
            decision: None,
        }
    }

    pub(super) fn of_decided(decision: SuspectDecision) -> Self {
        Self {
            key: decision.key,
            meter: decision.meter.clone(),
            enterprise: decision.enterprise.clone(),
            since: decision.since,
            at: decision.at,
            before: decision.before.clone(),
            after: decision.after.clone(),
            amount: decision.amount.clone(),
            at_most: None,
            decision: Some(decision),
        }
    }
}

/// `GET /api/v1/suspects`. Decimals are strings, times RFC 3339.
#[derive(Serialize, ToSchema)]
#[schema(as = Suspects)]
pub(in crate::http) struct Answer {
    as_of: String,
    source: &'static str,
    /// How many of them wait for a decision.
    open: usize,
    items: Vec<Shown>,
}

/// A register that rose by more than it can count in the time.
#[derive(Serialize, ToSchema)]
#[schema(as = Suspect)]
struct Shown {
    enterprise: String,
    name: String,
    meter: String,
    indicator: String,
    /// Of `amount` and `at_most`.
    unit: String,
    /// The last good reading before.
    since: String,
    /// The reading to which it rose.
    at: String,
    /// What the register showed before and then, in register units.
    before: String,
    after: String,
    /// What that would be.
    amount: Option<String>,
    /// The most that can have flowed in the time; null of what was decided.
    at_most: Option<String>,
    decision: Option<ShownDecision>,
    /// Whether the asker may decide.
    may: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SuspectVerdict)]
struct ShownDecision {
    /// `confirmed` or `rejected`.
    verdict: &'static str,
    who: String,
    reason: String,
    decided_at: String,
}

impl Answer {
    pub(super) fn of(
        mut facts: Vec<Facts>,
        firms: &BTreeMap<EnterpriseCode, Enterprise>,
        may: &dyn Fn(&EnterpriseCode) -> bool,
        catalogue: &Catalogue,
        now: Moment,
    ) -> Self {
        facts.sort_by_key(|one| (one.decision.is_some(), std::cmp::Reverse(one.at)));
        let open = facts.iter().filter(|one| one.decision.is_none()).count();
        facts.truncate(ITEMS_MAX);
        let shown = |one: Facts| {
            let indicator = catalogue.numbered(one.key.indicator)?;
            let firm = firms.get(&one.enterprise)?;
            Some(Shown {
                name: firm.name.to_string(),
                may: may(&one.enterprise),
                enterprise: one.enterprise.to_string(),
                meter: one.meter.to_string(),
                indicator: indicator.code.clone(),
                unit: indicator.unit.clone(),
                since: one.since.to_string(),
                at: one.at.to_string(),
                before: one.before,
                after: one.after,
                amount: one.amount,
                at_most: one.at_most,
                decision: one.decision.map(ShownDecision::of),
            })
        };
        Self {
            as_of: now.to_string(),
            source: "received_readings",
            open,
            items: facts.into_iter().filter_map(shown).collect(),
        }
    }
}

impl ShownDecision {
    fn of(decision: SuspectDecision) -> Self {
        Self {
            verdict: if decision.confirmed {
                "confirmed"
            } else {
                "rejected"
            },
            who: decision.who,
            reason: decision.reason,
            decided_at: decision.decided_at.to_string(),
        }
    }
}

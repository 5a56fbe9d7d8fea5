//! Balances as JSON and as rows, and how they are asked for.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::calendar::Month;
use crate::http::spreadsheet::harmless;
use crate::http::{Desk, Problem, Trouble};
use crate::jobs::balance::{BalancedMeter, MeterBalance};
use crate::ledger::{Lack, Part};
use crate::park::{EnterpriseCode, ParkId};
use crate::units::Exact;

use super::Balances;

/// Decimal places of amounts and shares: those of the closed ledger.
const PLACES: usize = 4;
/// Decimal places of percent.
const PERCENT_PLACES: usize = 2;

/// Whose, and which month.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Asked {
    /// Of this enterprise only.
    enterprise: Option<String>,
    /// Of this park only.
    park: Option<String>,
    /// A month, `2026-10`; the newest closed one if not given.
    month: Option<String>,
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

    pub(super) fn month(&self) -> Result<Option<Month>, Problem> {
        let month = self.month.as_deref().map(str::parse).transpose();
        month.map_err(|cause: crate::calendar::PeriodUnreadable| {
            Problem::new(Trouble::BadRequest, cause.to_string())
        })
    }
}

/// `GET /api/v1/balances`. Decimals are strings, times RFC 3339.
#[derive(Serialize, ToSchema)]
#[schema(as = Balances)]
pub(in crate::http) struct Answer {
    /// When the month was closed; null where none was.
    as_of: Option<String>,
    source: &'static str,
    /// The month that is shown; null where none was closed.
    month: Option<String>,
    revision: Option<u32>,
    /// Months that were closed, the newest first.
    months: Vec<String>,
    /// What a difference may be, in percent of the meter above (`ledger.imbalance_percent`).
    limit_percent: u32,
    /// How many differ by more.
    beyond: usize,
    /// Of how many the difference is not known.
    unknown: usize,
    items: Vec<Shown>,
}

/// A meter with those right below it.
#[derive(Serialize, ToSchema)]
#[schema(as = Balance)]
struct Shown {
    enterprise: String,
    name: String,
    meter: String,
    /// What people call the meter.
    called: Option<String>,
    indicator: String,
    unit: String,
    used: Option<String>,
    /// The sum of those below; null if one of them is not whole.
    below: Option<String>,
    /// `used` less `below`.
    difference: Option<String>,
    /// The same in percent of `used`.
    percent: Option<String>,
    /// `beyond`, `unknown` or `within`.
    state: &'static str,
    /// Why the difference is not known.
    lacks: Vec<ShownLack>,
    parts: Vec<ShownPart>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BalanceLack)]
struct ShownLack {
    /// Null: a meter of somebody else.
    meter: Option<String>,
    /// `missing`, `partial` or `begun`.
    why: &'static str,
    /// Of `partial` the known share, of `begun` the day.
    detail: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = BalancePart)]
struct ShownPart {
    /// Null: what is sold on to others, together.
    meter: Option<String>,
    called: Option<String>,
    used: Option<String>,
    known_share: Option<String>,
}

/// The columns of the table.
pub(super) const HEAD: [&str; 13] = [
    "enterprise",
    "name",
    "meter",
    "meter_name",
    "indicator",
    "unit",
    "month",
    "used",
    "below",
    "difference",
    "percent",
    "state",
    "lacks",
];

impl Answer {
    pub(super) fn of(desk: &Desk, of: &Balances) -> Self {
        let limit = Exact::whole(i64::from(desk.imbalance_percent));
        let mut found: Vec<&MeterBalance> = of.found.iter().collect();
        found.sort_by_cached_key(|one| {
            let state = state(one, &limit);
            let percent = one.balance.percent.as_ref();
            let size = percent.map(|percent| percent * percent);
            let order = ["beyond", "unknown", "within"];
            let place = order.iter().position(|known| *known == state);
            (place, std::cmp::Reverse(size), one.above.meter.clone())
        });
        let items = found.into_iter();
        let items: Vec<Shown> = items
            .filter_map(|one| shown(desk, of, one, &limit))
            .collect();
        let count = |state: &str| items.iter().filter(|one| one.state == state).count();
        let close = of.close.as_ref();
        Self {
            as_of: close.map(|close| close.closed_at.to_string()),
            source: "closed_ledger",
            month: close.map(|close| close.month.to_string()),
            revision: close.map(|close| close.revision),
            months: of.months.iter().map(ToString::to_string).collect(),
            limit_percent: desk.imbalance_percent,
            beyond: count("beyond"),
            unknown: count("unknown"),
            items,
        }
    }

    /// One row an item.
    pub(super) fn rows(&self) -> impl Iterator<Item = [String; 13]> + '_ {
        let month = self.month.clone().unwrap_or_default();
        self.items.iter().map(move |one| {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let lacks = one.lacks.iter().map(|lack| {
                let meter = lack.meter.as_deref().unwrap_or("sold_on");
                format!("{meter} {} {}", lack.why, text(&lack.detail))
            });
            let lacks: Vec<String> = lacks.map(|lack| lack.trim_end().to_owned()).collect();
            [
                one.enterprise.clone(),
                harmless(&one.name),
                harmless(&one.meter),
                harmless(&text(&one.called)),
                one.indicator.clone(),
                one.unit.clone(),
                month.clone(),
                text(&one.used),
                text(&one.below),
                text(&one.difference),
                text(&one.percent),
                one.state.to_owned(),
                harmless(&lacks.join("; ")),
            ]
        })
    }
}

fn state(one: &MeterBalance, limit: &Exact) -> &'static str {
    match one.balance.is_beyond(limit) {
        None => "unknown",
        Some(true) => "beyond",
        Some(false) => "within",
    }
}

fn shown(desk: &Desk, of: &Balances, one: &MeterBalance, limit: &Exact) -> Option<Shown> {
    let indicator = desk.catalogue.numbered(one.indicator)?;
    let firm = of.firms.get(&one.above.enterprise)?;
    let amount = |value: &Option<Exact>| value.as_ref().map(|one| one.rounded(PLACES));
    let (own, foreign): (Vec<&BalancedMeter>, Vec<&BalancedMeter>) = one
        .below
        .iter()
        .partition(|part| of.seen.contains(&part.enterprise));
    let mut parts: Vec<ShownPart> = own.iter().map(|part| shown_part(part)).collect();
    parts.extend(sold_on(&foreign));
    let mut lacks: Vec<ShownLack> = [&one.above]
        .into_iter()
        .chain(own)
        .filter_map(|part| lack(Some(part.meter.to_string()), &part.part))
        .collect();
    // Of those of others it is said that something is missing, not whose.
    lacks.extend(foreign.iter().find_map(|part| lack(None, &part.part)));
    Some(Shown {
        enterprise: one.above.enterprise.to_string(),
        name: firm.name.to_string(),
        meter: one.above.meter.to_string(),
        called: one.above.name.as_ref().map(ToString::to_string),
        indicator: indicator.code.clone(),
        unit: indicator.unit.clone(),
        used: amount(&one.above.part.used),
        below: amount(&one.balance.below),
        difference: amount(&one.balance.difference),
        percent: one
            .balance
            .percent
            .as_ref()
            .map(|percent| percent.rounded(PERCENT_PLACES)),
        state: state(one, limit),
        lacks,
        parts,
    })
}

fn shown_part(part: &BalancedMeter) -> ShownPart {
    ShownPart {
        meter: Some(part.meter.to_string()),
        called: part.name.as_ref().map(ToString::to_string),
        used: part.part.used.as_ref().map(|used| used.rounded(PLACES)),
        known_share: Some(part.part.known_share.rounded(PLACES)),
    }
}

/// The meters of others as one: how much it is together, which is the seller's own figure.
fn sold_on(foreign: &[&BalancedMeter]) -> Option<ShownPart> {
    if foreign.is_empty() {
        return None;
    }
    let used = foreign.iter().map(|part| part.part.used.as_ref());
    let used: Option<Vec<&Exact>> = used.collect();
    Some(ShownPart {
        meter: None,
        called: None,
        used: used.map(|all| all.into_iter().sum::<Exact>().rounded(PLACES)),
        known_share: None,
    })
}

fn lack(meter: Option<String>, part: &Part) -> Option<ShownLack> {
    let is_own = meter.is_some();
    let (why, detail) = match part.lack()? {
        Lack::Missing => ("missing", None),
        Lack::Partial(share) => ("partial", Some(share.rounded(PLACES))),
        Lack::Begun(day) => ("begun", Some(day.to_string())),
    };
    Some(ShownLack {
        meter,
        why,
        detail: detail.filter(|_| is_own),
    })
}

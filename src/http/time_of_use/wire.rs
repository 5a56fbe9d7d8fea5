//! A month by slots as JSON, and how it is asked for.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::calendar::{Moment, Month};
use crate::http::{Problem, Trouble};
use crate::indicator::Indicator;
use crate::jobs::time_of_use::Timed;
use crate::ledger::tariff::{Plan, Price, Slot, SlotUse, Tariffs};
use crate::park::Enterprise;
use crate::units::{Exact, Yuan};

/// Digits behind the point of amounts and power: those of the ledger.
const AMOUNT_DIGITS: usize = 4;
/// Of shares.
const SHARE_DIGITS: usize = 4;
/// Of money: 分. Sums are made of what is shown.
const MONEY_DIGITS: usize = 2;

/// Which month.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// A month, `2026-10`.
    month: String,
}

impl Query {
    pub(super) fn month(&self) -> Result<Month, Problem> {
        let month = self.month.parse();
        month.map_err(|cause: crate::calendar::PeriodUnreadable| {
            Problem::new(Trouble::BadRequest, cause.to_string())
        })
    }
}

/// What an answer is made of besides the figures.
pub(super) struct Asked<'a> {
    pub(super) enterprise: &'a Enterprise,
    pub(super) month: Month,
    pub(super) as_of: Moment,
    pub(super) indicator: &'a Indicator,
    pub(super) tariffs: &'a Tariffs,
}

/// `GET /api/v1/ledgers/{enterprise}/time_of_use`. Decimals are strings, times RFC 3339.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimeOfUse)]
pub(in crate::http) struct Answer {
    enterprise: String,
    name: String,
    period: String,
    from: String,
    to: String,
    /// Up to then readings count; what came later is in the next answer.
    as_of: String,
    /// `readings`: made of what arrived, not of a closing.
    source: &'static str,
    /// Whether the month is not over.
    runs: bool,
    /// The indicator whose registers were added up.
    indicator: String,
    /// The unit of what was used.
    unit: String,
    /// The meters that were added up, and those of other enterprises that were taken away.
    meters: Vec<String>,
    taken_away: Vec<String>,
    /// The plan that holds when the month begins; null where none does.
    plan: Option<ShownPlan>,
    /// The prices of the month; null where there are none.
    prices: Option<ShownPrices>,
    /// The dearest first; one without a code is time for which no plan tells a slot.
    slots: Vec<ShownSlot>,
    total: Total,
    load: Load,
    /// What is missing, as codes: `no_meter`, `no_plan`, `no_slot`, `no_prices`, `no_price`, `no_demand`.
    missing: Vec<&'static str>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimeOfUsePlan)]
struct ShownPlan {
    id: String,
    from: String,
    /// The first day after, if it ended.
    to: Option<String>,
    /// `22:00-06:00`.
    night: String,
    source: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimeOfUsePrices)]
struct ShownPrices {
    id: String,
    unit: String,
    from: String,
    /// The first month after, if they ended.
    to: Option<String>,
    source: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimeOfUseSlot)]
struct ShownSlot {
    /// `sharp`, `peak`, `flat`, `valley`, `deep_valley`; null: no plan tells.
    slot: Option<&'static str>,
    /// In `unit`; null if nothing is known.
    used: Option<String>,
    /// Of the month's, 0 to 1.
    share: Option<String>,
    /// What of it was cut by time out of spans over several slots: an estimate.
    split: String,
    /// The share of the slot's time of which amounts are known.
    known_share: Option<String>,
    price: Option<String>,
    /// Used times price.
    cost: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimeOfUseTotal)]
struct Total {
    used: Option<String>,
    known_share: Option<String>,
    /// The sum of the slots' as shown; null if one has no price.
    cost: Option<String>,
    cost_unit: String,
}

/// Power; null where no quarter hour tells it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TimeOfUseLoad)]
struct Load {
    unit: String,
    /// The highest mean of a quarter hour, and when that began.
    maximum: Option<String>,
    maximum_at: Option<String>,
    /// What is known over the time in which it is.
    mean: Option<String>,
    /// What 95 % of the known quarter hours reach.
    base: Option<String>,
    /// Mean over maximum, 0 to 1.
    factor: Option<String>,
    /// The part of what was used that falls into the plan's night.
    night_share: Option<String>,
    /// Quarter hours that tell their power, and those that do not.
    quarters: usize,
    quarters_left_out: usize,
}

impl Answer {
    pub(super) fn of(of: &Asked<'_>, timed: &Timed) -> Self {
        let period = of.month.period();
        let plan = of.tariffs.plan(of.month.first_day());
        let price = of.tariffs.price(of.month);
        let whole = timed.of.used();
        let slots = timed.of.slots.iter();
        let slots: Vec<ShownSlot> = slots
            .map(|(slot, one)| ShownSlot::of(*slot, one, &whole, price))
            .collect();
        let known = timed.of.known_share();
        let is_known = known.as_ref().is_some_and(Exact::is_positive);
        let total = Total {
            used: is_known.then(|| whole.rounded(AMOUNT_DIGITS)),
            known_share: known.map(|share| share.rounded(SHARE_DIGITS)),
            cost: cost(&slots),
            cost_unit: Yuan::UNIT.to_owned(),
        };
        let load = Load::of(timed);
        let missing = missing(timed, (plan, price), (&total, &load));
        Self {
            enterprise: of.enterprise.code.to_string(),
            name: of.enterprise.name.to_string(),
            period: of.month.to_string(),
            from: period.from().to_string(),
            to: period.to().to_string(),
            as_of: of.as_of.to_string(),
            source: "readings",
            runs: of.as_of < period.to(),
            indicator: of.indicator.code.clone(),
            unit: of.indicator.unit.clone(),
            meters: timed.meters.iter().map(ToString::to_string).collect(),
            taken_away: timed.taken_away.iter().map(ToString::to_string).collect(),
            plan: plan.map(ShownPlan::of),
            prices: price.map(|price| ShownPrices::of(price, &of.indicator.unit)),
            slots,
            total,
            load,
            missing,
        }
    }
}

impl ShownPlan {
    fn of(plan: &Plan) -> Self {
        let (from, to) = plan.night;
        Self {
            id: plan.id.clone(),
            from: plan.from.to_string(),
            to: plan.to.map(|day| day.to_string()),
            night: format!("{from:02}:00-{to:02}:00"),
            source: plan.source.clone(),
        }
    }
}

impl ShownPrices {
    fn of(price: &Price, unit: &str) -> Self {
        Self {
            id: price.id.clone(),
            unit: format!("{}/{unit}", Yuan::UNIT),
            from: price.from.to_string(),
            to: price.to.map(|month| month.to_string()),
            source: price.source.clone(),
        }
    }
}

impl ShownSlot {
    fn of(slot: Option<Slot>, one: &SlotUse, whole: &Exact, price: Option<&Price>) -> Self {
        let price = slot.and_then(|slot| price?.by_slot.get(&slot));
        let is_known = one.known_ms > 0;
        let share = one.used.over(whole).filter(|_| whole.is_positive());
        let known = Exact::ratio_of_words(one.known_ms, one.possible_ms);
        // Money is made of what is shown, so that a bill can be added up by hand.
        let shown = one.used.rounded(AMOUNT_DIGITS);
        let cost = price.and_then(|(each, _)| Some(&Exact::decimal(&shown).ok()? * each));
        Self {
            slot: slot.map(Slot::as_str),
            share: share.map(|share| share.rounded(SHARE_DIGITS)),
            split: one.split.rounded(AMOUNT_DIGITS),
            known_share: known.map(|share| share.rounded(SHARE_DIGITS)),
            price: price.map(|(_, written)| written.clone()),
            cost: cost
                .filter(|_| is_known)
                .map(|cost| cost.rounded(MONEY_DIGITS)),
            used: is_known.then_some(shown),
        }
    }
}

impl Load {
    fn of(timed: &Timed) -> Self {
        let of = &timed.of;
        let power = |power: &Exact| power.rounded(AMOUNT_DIGITS);
        let share = |share: Exact| share.rounded(SHARE_DIGITS);
        Self {
            unit: "kW".to_owned(),
            maximum: of.demand.as_ref().map(|demand| power(&demand.power)),
            maximum_at: of.demand.as_ref().map(|demand| demand.at.to_string()),
            mean: of.mean.as_ref().map(power),
            base: of.base.as_ref().map(power),
            factor: of.load_factor().map(share),
            night_share: of.night_share().map(share),
            quarters: of.quarters,
            quarters_left_out: of.quarters_left_out,
        }
    }
}

/// The sum of what is shown; `None` if an amount has no price.
fn cost(slots: &[ShownSlot]) -> Option<String> {
    let used = slots.iter().filter(|slot| slot.used.is_some());
    let costs: Option<Vec<Exact>> = used
        .map(|slot| Exact::decimal(slot.cost.as_deref()?).ok())
        .collect();
    let costs = costs.filter(|costs| !costs.is_empty())?;
    Some(costs.into_iter().sum::<Exact>().rounded(MONEY_DIGITS))
}

fn missing(
    timed: &Timed,
    (plan, price): (Option<&Plan>, Option<&Price>),
    (total, load): (&Total, &Load),
) -> Vec<&'static str> {
    let untold = timed.of.slots.contains_key(&None);
    let is_used = total.used.is_some();
    [
        ("no_meter", timed.meters.is_empty()),
        ("no_plan", plan.is_none()),
        ("no_slot", plan.is_some() && untold),
        ("no_prices", price.is_none()),
        (
            "no_price",
            price.is_some() && is_used && total.cost.is_none(),
        ),
        ("no_demand", is_used && load.maximum.is_none()),
    ]
    .into_iter()
    .filter_map(|(code, is_missing)| is_missing.then_some(code))
    .collect()
}

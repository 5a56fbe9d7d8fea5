//! Plans of slots and prices as people write them: `config/tariffs/*.toml`, `config/prices/*.toml`.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::calendar::{Day, DayKind, Holidays, Month};
use crate::units::Exact;

use super::plan::DayRule;
use super::{Plan, Price, Slot, Tariffs};

/// The files that are compiled in: name and text.
mod plans {
    include!(concat!(env!("OUT_DIR"), "/tariffs.rs"));
}

/// The files that are compiled in: name and text.
mod prices {
    include!(concat!(env!("OUT_DIR"), "/prices.rs"));
}

/// Quarter hours of a day.
const QUARTERS: usize = 96;

/// A price outside is refused: 元/kWh, not 分 and not 元/MWh.
const PRICE_LOWER: &str = "0.01";
/// See [`PRICE_LOWER`].
const PRICE_UPPER: &str = "5";

/// Files of plans or prices that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}; correct it, no slot is counted with it")]
pub struct TariffsRefused {
    /// The file or the key, and the plan.
    pub place: String,
    /// What is wrong.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlansFile {
    plan: Vec<PlanEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanEntry {
    id: String,
    from: String,
    to: Option<String>,
    night: (i64, i64),
    source: String,
    day: Vec<DayEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayEntry {
    months: BTreeSet<i8>,
    kinds: Vec<KindEntry>,
    #[serde(default)]
    holidays: BTreeSet<String>,
    slots: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KindEntry {
    Working,
    Weekend,
    Holiday,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PricesFile {
    price: Vec<PriceEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceEntry {
    id: String,
    from: String,
    to: Option<String>,
    sharp: Option<String>,
    peak: Option<String>,
    flat: Option<String>,
    valley: Option<String>,
    deep_valley: Option<String>,
    source: String,
}

/// Files by name and text.
type Texts<'a> = &'a [(&'a str, &'a str)];

/// The plan and the prices of these names, of those that are compiled in; an empty name: none.
///
/// # Errors
/// See [`read`], and [`Holidays::read`].
pub fn shipped(plan: &str, price: &str) -> Result<Tariffs, TariffsRefused> {
    let holidays = Holidays::shipped().map_err(|refused| TariffsRefused {
        place: refused.place,
        reason: refused.reason,
    })?;
    read((plans::SHIPPED, prices::SHIPPED), (plan, price), holidays)
}

/// The plan and the prices of these names, of `files` (name and text); an empty name: none. All of
/// the files are checked.
///
/// # Errors
/// A text that is no such file, a name that nobody has, a source that is missing, two of one name at a
/// time, a month and kind of day that stands twice or nowhere, slots that are not 24, 48 or 96, a price
/// that cannot be.
pub fn read(
    files: (Texts<'_>, Texts<'_>),
    (plan, price): (&str, &str),
    holidays: Holidays,
) -> Result<Tariffs, TariffsRefused> {
    let mut tariffs = Tariffs {
        holidays,
        ..Tariffs::default()
    };
    for (name, text) in files.0 {
        let file: PlansFile = parsed(name, text)?;
        for entry in file.plan {
            let place = format!("{name}: {}", entry.id);
            let read = read_plan(entry).and_then(|one| unlike(&tariffs.plans, one));
            tariffs
                .plans
                .push(read.map_err(|reason| at(&place, reason))?);
        }
    }
    for (name, text) in files.1 {
        let file: PricesFile = parsed(name, text)?;
        for entry in file.price {
            let place = format!("{name}: {}", entry.id);
            let read = read_price(entry).and_then(|one| unlike_price(&tariffs.prices, one));
            tariffs
                .prices
                .push(read.map_err(|reason| at(&place, reason))?);
        }
    }
    tariffs.plans.retain(|one| one.id == plan);
    tariffs.prices.retain(|one| one.id == price);
    let nobody = |key: &str, name: &str| at(key, format!("there is none called `{name}`"));
    if !plan.is_empty() && tariffs.plans.is_empty() {
        return Err(nobody("tariffs.plan", plan));
    }
    if !price.is_empty() && tariffs.prices.is_empty() {
        return Err(nobody("tariffs.prices", price));
    }
    Ok(tariffs)
}

fn at(place: &str, reason: String) -> TariffsRefused {
    TariffsRefused {
        place: place.to_owned(),
        reason,
    }
}

fn parsed<'a, T: Deserialize<'a>>(name: &str, text: &'a str) -> Result<T, TariffsRefused> {
    toml::from_str(text).map_err(|cause| at(name, cause.to_string()))
}

fn read_plan(entry: PlanEntry) -> Result<Plan, String> {
    let day = |text: &str| {
        let read = text.parse::<Day>();
        read.map_err(|_cause| format!("`{text}` is not a day, as 2025-06-01"))
    };
    let hours = 0..24;
    let (from, to) = entry.night;
    if !hours.contains(&from) || !hours.contains(&to) || from == to {
        return Err("night is from one hour to another, 0 to 23".to_owned());
    }
    let rules: Result<Vec<_>, _> = entry.day.into_iter().map(rule).collect();
    let plan = Plan {
        from: day(&entry.from)?,
        to: entry.to.as_deref().map(day).transpose()?,
        night: entry.night,
        source: sourced(entry.source)?,
        rules: rules?,
        id: entry.id,
    };
    if plan.to.is_some_and(|to| to <= plan.from) {
        return Err("it ends before it begins".to_owned());
    }
    is_whole(&plan.rules)?;
    Ok(plan)
}

fn rule(entry: DayEntry) -> Result<DayRule, String> {
    if entry.months.iter().any(|month| !(1..=12).contains(month)) {
        return Err("months are 1 to 12".to_owned());
    }
    let kinds = entry.kinds.iter().map(|kind| match kind {
        KindEntry::Working => DayKind::Working,
        KindEntry::Weekend => DayKind::Weekend,
        KindEntry::Holiday => DayKind::Holiday,
    });
    let kinds: BTreeSet<DayKind> = kinds.collect();
    if !entry.holidays.is_empty() && kinds != BTreeSet::from([DayKind::Holiday]) {
        return Err("an entry with holidays is of kind holiday alone".to_owned());
    }
    let digits: Option<Vec<Slot>> = entry.slots.chars().map(Slot::of_digit).collect();
    let slots = digits.filter(|slots| [24, 48, QUARTERS].contains(&slots.len()));
    let slots =
        slots.ok_or_else(|| format!("`{}` is not 24, 48 or 96 digits 0 to 4", entry.slots))?;
    let each = QUARTERS / slots.len();
    Ok(DayRule {
        months: entry.months,
        kinds,
        holidays: entry.holidays,
        slots: slots
            .into_iter()
            .flat_map(|slot| std::iter::repeat_n(slot, each))
            .collect(),
    })
}

/// Each month and kind of day stands once, and each holiday of a month at most once.
fn is_whole(rules: &[DayRule]) -> Result<(), String> {
    for month in 1..=12 {
        let of_month = || {
            rules
                .iter()
                .filter(move |rule| rule.months.contains(&month))
        };
        for kind in DayKind::ALL {
            let general = of_month().filter(|rule| rule.holidays.is_empty());
            let times = general.filter(|rule| rule.kinds.contains(&kind)).count();
            if times != 1 {
                let kind = kind.as_str();
                return Err(format!(
                    "month {month}, {kind} stands {times} times, not once"
                ));
            }
        }
        let mut seen = BTreeSet::new();
        let mut names = of_month().flat_map(|rule| &rule.holidays);
        if let Some(twice) = names.find(|name| !seen.insert(*name)) {
            return Err(format!("month {month}, {twice} stands twice"));
        }
    }
    Ok(())
}

fn read_price(entry: PriceEntry) -> Result<Price, String> {
    let month = |text: &str| {
        let read = text.parse::<Month>();
        read.map_err(|_cause| format!("`{text}` is not a month, as 2025-06"))
    };
    let bound = |text: &str| Exact::decimal(text).unwrap_or_else(|_| Exact::zero());
    let (lower, upper) = (bound(PRICE_LOWER), bound(PRICE_UPPER));
    let mut by_slot = BTreeMap::new();
    for (slot, text) in [
        (Slot::Sharp, entry.sharp),
        (Slot::Peak, entry.peak),
        (Slot::Flat, entry.flat),
        (Slot::Valley, entry.valley),
        (Slot::DeepValley, entry.deep_valley),
    ] {
        let Some(text) = text else {
            continue;
        };
        let number = Exact::decimal(&text).map_err(|cause| format!("`{text}`: {cause}"))?;
        if number < lower || upper < number {
            return Err(format!("{text} cannot be what a kWh costs in yuan"));
        }
        by_slot.insert(slot, (number, text));
    }
    let price = Price {
        from: month(&entry.from)?,
        to: entry.to.as_deref().map(month).transpose()?,
        by_slot,
        source: sourced(entry.source)?,
        id: entry.id,
    };
    if price.to.is_some_and(|to| to <= price.from) {
        return Err("it ends before it begins".to_owned());
    }
    Ok(price)
}

fn sourced(source: String) -> Result<String, String> {
    if source.trim().is_empty() {
        return Err("it needs its source".to_owned());
    }
    Ok(source)
}

fn unlike(plans: &[Plan], plan: Plan) -> Result<Plan, String> {
    let begins_in = |one: &Plan, other: &Plan| one.holds(other.from);
    let mut others = plans.iter().filter(|one| one.id == plan.id);
    if others.any(|one| begins_in(one, &plan) || begins_in(&plan, one)) {
        return Err(format!("two plans hold on {}", plan.from));
    }
    Ok(plan)
}

fn unlike_price(prices: &[Price], price: Price) -> Result<Price, String> {
    let begins_in = |one: &Price, other: &Price| one.holds(other.from);
    let mut others = prices.iter().filter(|one| one.id == price.id);
    if others.any(|one| begins_in(one, &price) || begins_in(&price, one)) {
        return Err(format!("two prices hold in {}", price.from));
    }
    Ok(price)
}

//! What of a month lies in each slot; demand, load factor, night share, base load.
//!
//! Definitions, as nobody prescribes them: maximum demand is the highest mean power of a quarter hour
//! that is known throughout by readings at most a quarter hour apart; mean power is what is known over
//! the time in which it is; load factor is mean over maximum; night share is the part of what is known
//! that falls into the plan's night; base load is the power that 95 % of the known quarter hours reach.

use std::collections::BTreeMap;

use crate::calendar::{Day, Moment};
use crate::units::Exact;

use super::curve::Quarter;
use super::{Curve, QUARTER_MS, Slot, Tariffs};

const HOUR_MS: i64 = 3_600_000;
/// Quarter hours of an hour: kW of kWh.
const QUARTERS_OF_HOUR: i64 = 4;
/// Of 100 known quarter hours so many lie below base load.
const BELOW_BASE_PERCENT: usize = 5;

/// What lies in one slot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotUse {
    /// What is known of it, in real units.
    pub used: Exact,
    /// What of that was cut by time out of spans that lie in several slots.
    pub split: Exact,
    /// Time of the meters with known amounts.
    pub known_ms: i64,
    /// Time of the meters that could be known.
    pub possible_ms: i64,
}

/// The highest mean power of a quarter hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demand {
    /// Units an hour: kW.
    pub power: Exact,
    /// When the quarter hour began; the first of several.
    pub at: Moment,
}

/// A month by slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeOfUse {
    /// By slot; `None`: time for which no plan tells one.
    pub slots: BTreeMap<Option<Slot>, SlotUse>,
    /// The maximum demand, if any quarter hour tells one.
    pub demand: Option<Demand>,
    /// Mean power over the time that is known.
    pub mean: Option<Exact>,
    /// What is known of the nights.
    pub night: Exact,
    /// Base load.
    pub base: Option<Exact>,
    /// Quarter hours of which the power is known.
    pub quarters: usize,
    /// Quarter hours that could be known and are not, or only as a mean over more time.
    pub quarters_left_out: usize,
}

impl SlotUse {
    fn none() -> Self {
        Self {
            used: Exact::zero(),
            split: Exact::zero(),
            known_ms: 0,
            possible_ms: 0,
        }
    }

    fn add(&mut self, quarter: &Quarter) {
        self.used += &quarter.share.used;
        self.split += &quarter.split;
        self.known_ms += quarter.share.known_ms;
        self.possible_ms += quarter.possible_ms;
    }
}

impl TimeOfUse {
    /// The curve by the slots of `tariffs`.
    #[must_use]
    pub fn of(curve: &Curve, tariffs: &Tariffs) -> Self {
        let mut slots: BTreeMap<Option<Slot>, SlotUse> = BTreeMap::new();
        let (mut night, mut powers, mut left_out) = (Exact::zero(), Vec::new(), 0);
        for (begin, quarter) in curve.each() {
            let slot = tariffs.slot_at(begin);
            slots.entry(slot).or_insert_with(SlotUse::none).add(quarter);
            if is_night(begin, tariffs) {
                night += &quarter.share.used;
            }
            match power(quarter) {
                Some(power) => powers.push((power, begin)),
                None if quarter.possible_ms > 0 => left_out += 1,
                None => {}
            }
        }
        slots.retain(|_, one| one.possible_ms > 0 || !one.used.is_zero());
        let highest = powers
            .iter()
            .reduce(|most, one| if one.0 > most.0 { one } else { most });
        let demand = highest.map(|(power, at)| Demand {
            power: power.clone(),
            at: *at,
        });
        let quarters = powers.len();
        let mut powers: Vec<Exact> = powers.into_iter().map(|(power, _)| power).collect();
        powers.sort_unstable();
        let below = quarters * BELOW_BASE_PERCENT / 100;
        Self {
            mean: mean(&slots, curve),
            slots,
            demand,
            night,
            base: powers.get(below).cloned(),
            quarters,
            quarters_left_out: left_out,
        }
    }

    /// What is known of the month.
    #[must_use]
    pub fn used(&self) -> Exact {
        self.slots.values().map(|one| one.used.clone()).sum()
    }

    /// The share of the meters' time of which amounts are known; `None` if there is no time.
    #[must_use]
    pub fn known_share(&self) -> Option<Exact> {
        let known: i64 = self.slots.values().map(|one| one.known_ms).sum();
        let possible: i64 = self.slots.values().map(|one| one.possible_ms).sum();
        Exact::ratio_of_words(known, possible)
    }

    /// Mean over maximum, 0 to 1.
    #[must_use]
    pub fn load_factor(&self) -> Option<Exact> {
        let most = &self.demand.as_ref()?.power;
        self.mean.as_ref()?.over(most)
    }

    /// The part of what is known that falls into the night, 0 to 1.
    #[must_use]
    pub fn night_share(&self) -> Option<Exact> {
        let used = self.used();
        used.is_positive().then(|| self.night.over(&used)).flatten()
    }
}

/// The mean power of a quarter hour in which all that could be known is, sharply.
fn power(quarter: &Quarter) -> Option<Exact> {
    let is_whole = quarter.possible_ms > 0
        && quarter.share.known_ms == quarter.possible_ms
        && quarter.share.unknown_ms == 0;
    let is_sharp = is_whole && !quarter.is_coarse;
    is_sharp.then(|| &quarter.share.used * &Exact::whole(QUARTERS_OF_HOUR))
}

/// What is known over the time in which it is. Of several meters that time is theirs together, over how
/// many stood on average: their power adds up.
fn mean(slots: &BTreeMap<Option<Slot>, SlotUse>, curve: &Curve) -> Option<Exact> {
    let used: Exact = slots.values().map(|one| one.used.clone()).sum();
    let known: i64 = slots.values().map(|one| one.known_ms).sum();
    let possible: i64 = slots.values().map(|one| one.possible_ms).sum();
    let stood = curve.quarters.iter().filter(|one| one.possible_ms > 0);
    let stood_ms = i64::try_from(stood.count()).ok()?.checked_mul(QUARTER_MS)?;
    if known <= 0 {
        return None;
    }
    // known / possible of the time that anything stood.
    let hours = Exact::ratio_of_words(stood_ms, HOUR_MS)?.share(known, possible);
    used.over(&hours)
}

fn is_night(begin: Moment, tariffs: &Tariffs) -> bool {
    let day = Day::of(begin);
    let Some(plan) = tariffs.plan(day) else {
        return false;
    };
    let hour = begin.ms_since(day.start()) / HOUR_MS;
    let (from, to) = plan.night;
    if from < to {
        from <= hour && hour < to
    } else {
        hour >= from || hour < to
    }
}

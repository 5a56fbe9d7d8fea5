//! Accounts of several meters added up, for an enterprise, a parcel or a park: sums and ratios of
//! sums, never a mean of ratios (house.md, "Invariants").

use std::collections::BTreeMap;

use crate::calendar::{Day, Moment, Period};
use crate::park::{EnterpriseCode, ParcelId, Standing};
use crate::units::Exact;

use super::expectation::Due;
use super::{Expectation, Sheet};

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

/// What one meter came to as it was closed, rounded then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// What was used, in real units; `None` if nothing is known.
    pub used: Option<Exact>,
    /// The share of the expected time with known amounts.
    pub known_share: Exact,
    /// Received over expected readings; `None` if none was expected.
    pub completeness: Option<Exact>,
}

/// What meters, or parts of them, come to over a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollup {
    used: Exact,
    known_ms: Exact,
    length_ms: Exact,
    received: Exact,
    expected: Exact,
    estimated: bool,
}

impl Default for Rollup {
    fn default() -> Self {
        Self {
            used: Exact::zero(),
            known_ms: Exact::zero(),
            length_ms: Exact::zero(),
            received: Exact::zero(),
            expected: Exact::zero(),
            estimated: false,
        }
    }
}

impl Rollup {
    /// What one meter's `sheet` says of `period`, whose borders must be whole hours. Of a period
    /// that still runs only the hours that are over at `as_of` are expected: what is to come is
    /// not missing.
    #[must_use]
    pub fn of_meter(
        sheet: &Sheet,
        expectation: &Expectation,
        period: Period,
        as_of: Moment,
    ) -> Self {
        let share = sheet.share(period);
        let over = as_of.plus_ms(-as_of.unix_ms().rem_euclid(HOUR_MS));
        let over = Period::new(period.from(), period.to().min(over));
        let due = over.map(|over| expectation.due(over)).unwrap_or_default();
        let due_ms: i64 = due.iter().map(Due::length_ms).sum();
        let received: i64 = due.iter().map(|one| received(sheet, one)).sum();
        Self {
            used: share.used,
            known_ms: Exact::whole(share.known_ms),
            length_ms: Exact::whole(due_ms),
            received: Exact::whole(received),
            expected: due.iter().map(Due::readings).sum(),
            estimated: share.stretched,
        }
    }

    /// What one meter came to over `period` as it was closed: the shares, 0 to 1, are those of the
    /// time and of the readings that were expected of it.
    #[must_use]
    pub fn of_closed(closed: &Closed, expectation: &Expectation, period: Period) -> Self {
        let due = expectation.due(period);
        let length_ms = Exact::whole(due.iter().map(Due::length_ms).sum());
        let expected = due.iter().map(Due::readings).sum();
        // A share that was rounded to nothing is still more than nothing if an amount is known.
        let known_ms = &closed.known_share * &length_ms;
        let is_known = closed.used.is_some() && !known_ms.is_positive();
        Self {
            used: closed.used.clone().unwrap_or_else(Exact::zero),
            known_ms: if is_known { Exact::whole(1) } else { known_ms },
            received: match &closed.completeness {
                Some(share) => share * &expected,
                None => Exact::zero(),
            },
            length_ms,
            expected,
            estimated: false,
        }
    }

    /// Adds what others came to.
    pub fn add(&mut self, other: &Self) {
        self.add_part(other, &Exact::whole(1));
    }

    /// Takes away what others used, who are counted in these amounts and elsewhere: what is known
    /// and what came is that of both.
    pub fn take_away(&mut self, other: &Self) {
        let used = &self.used - &other.used;
        self.add(other);
        self.used = used;
    }

    /// Adds the part `share` (0 to 1) of what others came to.
    pub fn add_part(&mut self, other: &Self, share: &Exact) {
        self.used += &(&other.used * share);
        self.known_ms += &(&other.known_ms * share);
        self.length_ms += &(&other.length_ms * share);
        self.received += &(&other.received * share);
        self.expected += &(&other.expected * share);
        self.estimated |= other.estimated;
    }

    /// What is known of what was used, in real units; `None` if nothing is.
    #[must_use]
    pub fn used(&self) -> Option<&Exact> {
        self.known_ms.is_positive().then_some(&self.used)
    }

    /// The share of the meters' time with known amounts, 0 to 1.
    #[must_use]
    pub fn known_share(&self) -> Exact {
        at_most_one(&self.known_ms, &self.length_ms).unwrap_or_else(Exact::zero)
    }

    /// The hours in which amounts are expected, without those with known ones; never below 0.
    #[must_use]
    pub fn missing_hours(&self) -> Exact {
        let missing = &self.length_ms - &self.known_ms;
        missing.max(Exact::zero()).share(1, HOUR_MS)
    }

    /// 完整率: received over expected readings (domain.md 3.4), 0 to 1; `None` if none was expected.
    #[must_use]
    pub fn completeness(&self) -> Option<Exact> {
        at_most_one(&self.received, &self.expected)
    }

    /// Whether a known amount comes from a span over more than 2.5 intervals.
    #[must_use]
    pub const fn is_estimated(&self) -> bool {
        self.estimated
    }
}

/// What parcels come to: what an enterprise used is spread by the land it has on each over all its
/// `land`, that on parcels that are not among these too.
#[must_use]
pub fn on_parcels(
    enterprises: &BTreeMap<EnterpriseCode, Rollup>,
    standings: &BTreeMap<ParcelId, Vec<Standing>>,
    land: &BTreeMap<EnterpriseCode, Exact>,
) -> BTreeMap<ParcelId, Rollup> {
    let on_parcel = |here: &Vec<Standing>| {
        let mut sum = Rollup::default();
        for standing in here {
            let whole = land.get(&standing.enterprise);
            let share = whole.and_then(|whole| standing.land_m2.over(whole));
            if let (Some(rollup), Some(share)) = (enterprises.get(&standing.enterprise), share) {
                sum.add_part(rollup, &share);
            }
        }
        sum
    };
    standings
        .iter()
        .map(|(parcel, here)| (parcel.clone(), on_parcel(here)))
        .collect()
}

fn at_most_one(part: &Exact, whole: &Exact) -> Option<Exact> {
    part.over(whole).map(|share| share.min(Exact::whole(1)))
}

/// Readings that came in `due`, no more a day than are expected of it: one day's surplus makes up
/// for no other day's gap.
fn received(sheet: &Sheet, due: &Due) -> i64 {
    let last = Day::of(due.period.to().plus_ms(-1));
    let mut day = Day::of(due.period.from());
    let mut sum = 0;
    while day <= last {
        sum += due.within(day.period()).map_or(0, |part| {
            let came = i64::try_from(sheet.received(part.period)).unwrap_or(i64::MAX);
            came.min(part.readings_at_most())
        });
        day = day.next();
    }
    sum
}

//! The land of a holder over a year, told line by line: how long each holding ran, what it comes to weighted
//! by that, and what the rules of domain.md 2.8 say of it beyond the sum of the ledger.
//!
//! The ledger counts by contract.md 10, rule 1: what is leased out is taken off, whoever has it, and land
//! under construction counts. Domain.md 2.8 marks two more rules as local ones: what is leased to somebody
//! who is not rated stays with its owner, and newly granted land does not count while it is built on.
//! Both sums are told, so that nobody takes the one for the other. Knows no registry and no grade.

use std::collections::BTreeMap;

use crate::calendar::{Moment, Period};
use crate::units::Exact;

use super::{LandHolding, LandKind, Name, ParcelId, Validity};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// Who bears the land of a holding (domain.md 2.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bearing {
    /// Whoever holds it.
    Holder,
    /// The tenant, who is rated itself: it is taken off here and counts there.
    Tenant,
    /// The owner, for the tenant is not rated: the ledger takes it off all the same.
    Owner,
}

impl Bearing {
    /// As a code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Holder => "holder",
            Self::Tenant => "tenant",
            Self::Owner => "owner",
        }
    }
}

/// What a holding comes to over a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcreageLine<'a> {
    /// The holding.
    pub holding: &'a LandHolding,
    /// Days of the period on which it ran; whole unless it began or ended within a day.
    pub days: Exact,
    /// Its land in m², below 0 where it is leased out.
    pub land_m2: Exact,
    /// The same weighted by days, as the ledger counts it.
    pub weighted_m2: Exact,
    /// Who bears it.
    pub bearing: Bearing,
    /// Days of those on which the parcel was under construction.
    pub building_days: Exact,
    /// What it comes to by domain.md 2.8.
    pub by_rule_m2: Exact,
}

/// The land of a holder over a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acreage<'a> {
    /// Each holding that ran, in the order in which they were given.
    pub lines: Vec<AcreageLine<'a>>,
    /// Days of the period.
    pub days: Exact,
    /// As the ledger counts it: the sum of the lines.
    pub m2: Exact,
    /// By domain.md 2.8: the sum of the lines.
    pub by_rule_m2: Exact,
}

/// Tells the land of one holder over `period`. `is_rated` says whether a tenant is rated itself, `building`
/// when a parcel was under construction: stretches that do not overlap.
#[must_use]
pub fn acreage<'a>(
    holdings: &'a [LandHolding],
    period: Period,
    is_rated: &dyn Fn(&Name) -> bool,
    building: &dyn Fn(&ParcelId) -> Vec<Validity>,
) -> Acreage<'a> {
    let whole_ms = period.to().ms_since(period.from());
    let mut lines = Vec::new();
    for holding in holdings {
        let part_ms = holding.validity.ms_within(period);
        if part_ms == 0 {
            continue;
        }
        let stretches = building(&holding.parcel).into_iter();
        let building_ms: i64 = stretches
            .map(|stretch| both_ms(holding.validity, stretch, period))
            .sum();
        let land_m2 = holding.land_m2();
        let bearing = bearing(holding, is_rated);
        let by_rule_m2 = match bearing {
            Bearing::Owner => Exact::zero(),
            Bearing::Holder | Bearing::Tenant => land_m2.share(part_ms - building_ms, whole_ms),
        };
        lines.push(AcreageLine {
            holding,
            days: days(part_ms),
            weighted_m2: land_m2.share(part_ms, whole_ms),
            bearing,
            building_days: days(building_ms),
            by_rule_m2,
            land_m2,
        });
    }
    Acreage {
        days: days(whole_ms),
        m2: lines.iter().map(|line| &line.weighted_m2).sum(),
        by_rule_m2: lines.iter().map(|line| &line.by_rule_m2).sum(),
        lines,
    }
}

fn bearing(holding: &LandHolding, is_rated: &dyn Fn(&Name) -> bool) -> Bearing {
    match (&holding.kind, &holding.counterparty) {
        (LandKind::LeasedOut, Some(tenant)) if is_rated(tenant) => Bearing::Tenant,
        (LandKind::LeasedOut, _) => Bearing::Owner,
        _ => Bearing::Holder,
    }
}

/// Milliseconds of `period` that lie in both.
fn both_ms(one: Validity, other: Validity, period: Period) -> i64 {
    let from = one.from().max(other.from());
    let to = match (one.to(), other.to()) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    Validity::new(from, to).map_or(0, |both| both.ms_within(period))
}

fn days(ms: i64) -> Exact {
    Exact::ratio_of_words(ms, DAY_MS).unwrap_or_else(Exact::zero)
}

/// The moment of a period at which most land of a parcel is held, and how much that is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fullest {
    /// When, the first such moment.
    pub at: Moment,
    /// How much, in m²; leases between holders that are told cancel out.
    pub m2: Exact,
}

/// Of each parcel that is held in `period` when most of it is, over all holders that are given
/// (domain.md 2.8, "check the sum per parcel against the parcel's area").
#[must_use]
pub fn fullest(holdings: &[LandHolding], period: Period) -> BTreeMap<ParcelId, Fullest> {
    let mut by_parcel: BTreeMap<&ParcelId, Vec<&LandHolding>> = BTreeMap::new();
    for holding in holdings {
        if holding.validity.ms_within(period) > 0 {
            by_parcel.entry(&holding.parcel).or_default().push(holding);
        }
    }
    let mut found = BTreeMap::new();
    for (parcel, held) in by_parcel {
        let mut moments: Vec<Moment> = held.iter().map(|one| begins(one, period)).collect();
        // What is leased out gives land back where its lease ends.
        let ends = held.iter().filter_map(|one| one.validity.to());
        moments.extend(ends.filter(|end| period.contains(*end)));
        moments.sort_unstable();
        moments.dedup();
        let mut most: Option<Fullest> = None;
        for at in moments {
            let m2 = super::land_m2(held.iter().copied(), at);
            if most.as_ref().is_none_or(|most| m2 > most.m2) {
                most = Some(Fullest { at, m2 });
            }
        }
        found.extend(most.map(|most| (parcel.clone(), most)));
    }
    found
}

fn begins(holding: &LandHolding, period: Period) -> Moment {
    holding.validity.from().max(period.from())
}

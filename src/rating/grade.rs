//! Totals, ranks, grades, vetoes and caps (contract.md 10, rules 5 to 7).

use std::collections::BTreeMap;

use crate::units::Exact;

use super::entity::Unit;
use super::indicator::{Indicator, Values};
use super::scheme::{Grade, Scheme};
use super::score::{Pool, Standing, SubScore};
use super::{Refused, refused};

/// How a grade before vetoes and caps was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// By the share of the ranking.
    RankShare,
    /// By the total, in a small group.
    Thresholds,
}

/// A unit's place among those ranked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From 1.
    pub rank: usize,
    /// How many are ranked.
    pub n: usize,
    /// The grade the place or the total gives.
    pub base_grade: Grade,
    /// How it was found.
    pub basis: Basis,
}

/// Why a grade is not the base grade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Not rated, with the reason.
    Exempt(&'static str),
    /// An event set the grade.
    Veto(String),
    /// An event lowered it.
    Event(String),
    /// A value below its floor, or missing, lowered it.
    Threshold(Indicator),
}

/// The points of a rated unit.
#[derive(Clone, Debug)]
pub struct Points {
    /// Sub-scores in the order of the terms.
    pub sub_scores: Vec<SubScore>,
    /// For honours, capped.
    pub bonus: Exact,
    /// For events, capped.
    pub deduct: Exact,
    /// All together, rounded.
    pub total: Exact,
}

/// What a unit got and why.
#[derive(Clone, Debug)]
pub struct Outcome<'a> {
    /// Who.
    pub unit: Unit<'a>,
    /// Its points; `None` if it is not rated.
    pub points: Option<Points>,
    /// Its place; `None` if not rated or vetoed.
    pub place: Option<Place>,
    /// Its grade; `None` = T.
    pub grade: Option<Grade>,
    /// Each rule that set or lowered it, in order.
    pub reasons: Vec<Reason>,
}

/// Ranks and grades all units, in their order.
///
/// # Errors
/// A total in a small group that no threshold fits.
pub fn outcomes<'a>(
    units: &[Unit<'a>],
    standing: &[Standing],
    pools: &[Pool],
    scheme: &Scheme,
) -> Result<Vec<Outcome<'a>>, Refused> {
    let mut points: BTreeMap<usize, Points> = BTreeMap::new();
    let mut places: BTreeMap<usize, Place> = BTreeMap::new();
    for pool in pools {
        for (index, sub_scores) in &pool.scores {
            if let Some(unit) = units.get(*index) {
                points.insert(*index, points_of(unit, sub_scores.clone(), scheme));
            }
        }
        let ranked = ranking(units, standing, pool, &points, scheme);
        places.extend(places_of(&ranked, units, &points, scheme)?);
    }
    let outcome = |(index, (unit, standing)): (usize, (&Unit<'a>, &Standing))| {
        let place = places.get(&index).copied();
        let (grade, reasons) = match standing {
            Standing::NotRated(reason) => (None, vec![Reason::Exempt(reason)]),
            Standing::Rated(values) => verdict(unit, values, place, scheme),
        };
        Outcome {
            unit: unit.clone(),
            points: points.remove(&index),
            place,
            grade,
            reasons,
        }
    };
    Ok(units
        .iter()
        .zip(standing)
        .enumerate()
        .map(outcome)
        .collect())
}

/// Rule 5: the sum of rounded sub-scores, plus honours, less events, each capped.
fn points_of(unit: &Unit<'_>, sub_scores: Vec<SubScore>, scheme: &Scheme) -> Points {
    let capped = |sum: Exact, cap: &Option<Exact>| match cap {
        Some(cap) => sum.min(cap.clone()),
        None => sum,
    };
    let honours = scheme
        .bonus
        .iter()
        .filter(|(honour, _)| unit.honours.contains(honour.as_str()));
    let bonus = capped(honours.map(|(_, points)| points).sum(), &scheme.bonus_cap);
    let costs = scheme
        .deduct
        .iter()
        .map(|(event, points)| &Exact::whole(times(unit, event)) * points);
    let deduct = capped(costs.collect::<Vec<_>>().iter().sum(), &scheme.deduct_cap);
    let scored: Exact = sub_scores.iter().map(|sub_score| &sub_score.score).sum();
    let total = (&(&scored + &bonus) - &deduct).rounded_to(scheme.round);
    Points {
        sub_scores,
        bonus,
        deduct,
        total,
    }
}

/// How often `event` happened to the unit.
fn times(unit: &Unit<'_>, event: &str) -> i64 {
    unit.events
        .get(event)
        .map_or(0, |count| i64::try_from(*count).unwrap_or(i64::MAX))
}

fn veto<'s>(unit: &Unit<'_>, scheme: &'s Scheme) -> Option<&'s (String, Grade)> {
    scheme.veto.iter().find(|(event, _)| times(unit, event) > 0)
}

/// Rule 6: the pool without the vetoed, best first; ids as text break the last tie.
fn ranking(
    units: &[Unit<'_>],
    standing: &[Standing],
    pool: &Pool,
    points: &BTreeMap<usize, Points>,
    scheme: &Scheme,
) -> Vec<usize> {
    let mut ranked: Vec<_> = pool
        .scores
        .keys()
        .filter_map(|index| {
            let (unit, Standing::Rated(values)) = (units.get(*index)?, standing.get(*index)?)
            else {
                return None;
            };
            let total = &points.get(index)?.total;
            let key = (
                total,
                values.get(&Indicator::TaxPerMu),
                unit.sums.tax.as_ref(),
            );
            veto(unit, scheme)
                .is_none()
                .then_some((key, unit.id, *index))
        })
        .collect();
    // Falling by key: `None` is least, so what is missing comes last.
    ranked.sort_by(|(a, id_a, _), (b, id_b, _)| b.cmp(a).then_with(|| id_a.cmp(id_b)));
    ranked.into_iter().map(|(_, _, index)| index).collect()
}

fn places_of(
    ranked: &[usize],
    units: &[Unit<'_>],
    points: &BTreeMap<usize, Points>,
    scheme: &Scheme,
) -> Result<Vec<(usize, Place)>, Refused> {
    let n = ranked.len();
    let small = n < scheme.min_group_size;
    let mut places = Vec::with_capacity(n);
    for (position, index) in ranked.iter().enumerate() {
        let rank = position + 1;
        let total = points
            .get(index)
            .map_or_else(Exact::zero, |points| points.total.clone());
        let base_grade = if small {
            by_threshold(&total, scheme)
        } else {
            by_share(rank, n, scheme)
        };
        let base_grade = base_grade.ok_or_else(|| {
            let who = units.get(*index).map_or("", |unit| unit.id);
            let path = format!("{}.small_group_thresholds", scheme.place);
            let total = total.rounded(scheme.round);
            refused(
                path,
                format!("no threshold fits the total {total} of `{who}`"),
            )
        })?;
        let basis = if small {
            Basis::Thresholds
        } else {
            Basis::RankShare
        };
        places.push((
            *index,
            Place {
                rank,
                n,
                base_grade,
                basis,
            },
        ));
    }
    Ok(places)
}

/// The first band that reaches as far as rank / n.
fn by_share(rank: usize, n: usize, scheme: &Scheme) -> Option<Grade> {
    let whole = |count: usize| Exact::whole(i64::try_from(count).unwrap_or(i64::MAX));
    let share = whole(rank).over(&whole(n))?;
    scheme
        .bands
        .iter()
        .position(|(_, limit)| share <= *limit)
        .map(Grade)
}

/// The first threshold that the total reaches.
fn by_threshold(total: &Exact, scheme: &Scheme) -> Option<Grade> {
    let fits = scheme
        .small_group_thresholds
        .iter()
        .find(|(_, limit)| total >= limit);
    fits.map(|(grade, _)| *grade)
}

/// Rule 7: a veto sets the grade; else caps lower it, events first, each in the file's order.
fn verdict(
    unit: &Unit<'_>,
    values: &Values,
    place: Option<Place>,
    scheme: &Scheme,
) -> (Option<Grade>, Vec<Reason>) {
    if let Some((event, grade)) = veto(unit, scheme) {
        return (Some(*grade), vec![Reason::Veto(event.clone())]);
    }
    let Some(mut grade) = place.map(|place| place.base_grade) else {
        return (None, Vec::new());
    };
    let mut reasons = Vec::new();
    let events = scheme
        .cap_events
        .iter()
        .filter(|(event, _)| times(unit, event) > 0);
    let events = events.map(|(event, best)| (*best, Reason::Event(event.clone())));
    let floors = scheme.cap_thresholds.iter().filter(|threshold| {
        values
            .get(&threshold.indicator)
            .is_none_or(|value| *value < threshold.lt)
    });
    let floors =
        floors.map(|threshold| (threshold.max_grade, Reason::Threshold(threshold.indicator)));
    for (best, reason) in events.chain(floors) {
        if grade < best {
            grade = best;
            reasons.push(reason);
        }
    }
    (Some(grade), reasons)
}

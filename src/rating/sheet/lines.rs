//! Where the borders of the bands lie: the last place of each grade, with the division that says
//! so, and the totals on both sides.

use std::collections::BTreeMap;

use crate::access::may_disclose_to_members;
use crate::rating::Rated;
use crate::rating::grade::{Basis, Outcome};
use crate::rating::indicator::Indicator;
use crate::rating::scheme::{BaselineMode, Scale, Scheme, Term};
use crate::units::Exact;

use super::wire::{Band, Group, TermShown, Threshold};
use super::written;

/// Values without which a median tells too much (screens.md 7.6).
const MEDIAN_LEAST: usize = 3;
/// Places of indicators as they are printed (contract.md 10).
const INDICATOR_PLACES: usize = 6;

/// The groups of a rated year.
pub(super) fn of(rated: &Rated<'_>) -> Vec<Group> {
    let groups = rated.scheme.groups.iter();
    groups
        .map(|(scale, terms)| group(rated, *scale, terms))
        .collect()
}

fn group(rated: &Rated<'_>, scale: Scale, terms: &[Term]) -> Group {
    let scheme = rated.scheme;
    let mut ranked: Vec<&Outcome<'_>> = rated
        .units
        .iter()
        .filter(|one| one.unit.scale == scale && one.place.is_some())
        .collect();
    ranked.sort_by_key(|one| one.place.map(|place| place.rank));
    let totals: Vec<String> = ranked
        .iter()
        .map(|one| {
            let points = one.points.as_ref();
            points.map_or_else(String::new, |points| points.total.rounded(scheme.round))
        })
        .collect();
    let scored = ranked.iter().filter_map(|one| one.points.as_ref());
    let all_totals: Vec<Exact> = scored
        .map(|points| points.total.rounded_to(scheme.round))
        .collect();
    let first = ranked.first().and_then(|one| one.place);
    let by_share = first.is_none_or(|place| place.basis == Basis::RankShare);
    Group {
        scale: scale.as_str(),
        n: totals.len(),
        basis: if by_share { "rank_share" } else { "thresholds" },
        cap_ratio: scheme.cap_ratio.as_ref().map(written),
        bonus: points(&scheme.bonus),
        deduct: points(&scheme.deduct),
        terms: terms.iter().map(|term| shown(rated, scale, term)).collect(),
        bands: if by_share {
            bands(scheme, &totals)
        } else {
            Vec::new()
        },
        thresholds: if by_share {
            Vec::new()
        } else {
            thresholds(scheme)
        },
        median_total: median(all_totals).map(|middle| middle.rounded(scheme.round)),
    }
}

/// Points by code, as written.
fn points(all: &[(String, Exact)]) -> BTreeMap<String, String> {
    let pairs = all.iter();
    pairs
        .map(|(code, points)| (code.clone(), written(points)))
        .collect()
}

/// The middle of `values`, or halfway between the two in the middle; `None` of a few.
fn median(mut values: Vec<Exact>) -> Option<Exact> {
    let count = values.len();
    if count < MEDIAN_LEAST {
        return None;
    }
    values.sort();
    let upper = values.get(count / 2)?;
    let lower = values.get((count - 1) / 2)?;
    Some((lower + upper).share(1, 2))
}

/// The values of an indicator in a scale group, as they are printed.
fn values_of(rated: &Rated<'_>, scale: Scale, indicator: Indicator) -> Vec<Exact> {
    let pool = rated.units.iter().filter(|one| one.unit.scale == scale);
    let scores = pool.flat_map(|one| one.points.iter().flat_map(|points| &points.sub_scores));
    scores
        .filter(|one| one.indicator == indicator)
        .filter_map(|one| Some(one.value.as_ref()?.rounded_to(INDICATOR_PLACES)))
        .collect()
}

fn shown(rated: &Rated<'_>, scale: Scale, term: &Term) -> TermShown {
    let of_group = rated.baselines.iter().find(|(group, _)| *group == scale);
    let baseline = of_group.and_then(|(_, baselines)| {
        let mut own = baselines.iter();
        own.find(|one| one.indicator == term.indicator)?
            .value
            .as_ref()
    });
    let is_own_mean = matches!(rated.scheme.baseline_mode, BaselineMode::GroupMean(_));
    TermShown {
        code: term.indicator.code(),
        weight: written(&term.weight),
        baseline: baseline.map(|value| value.rounded(INDICATOR_PLACES)),
        baseline_from: if is_own_mean { "group_mean" } else { "scheme" },
        told: !is_own_mean || tells_nobody(rated, scale, term.indicator),
        median: median(values_of(rated, scale, term.indicator))
            .map(|middle| middle.rounded(INDICATOR_PLACES)),
    }
}

/// Whether each member, who knows its own part, learns nothing of a single other one from the sums
/// that a mean is made of (contract.md 6).
fn tells_nobody(rated: &Rated<'_>, scale: Scale, indicator: Indicator) -> bool {
    let pool = rated.units.iter();
    let pool = pool.filter(|one| one.unit.scale == scale && one.points.is_some());
    let parts: Vec<(Exact, Exact)> = pool
        .filter_map(|one| indicator.parts(&one.unit.sums))
        .collect();
    let numerators: Vec<Exact> = parts.iter().map(|(one, _)| one.clone()).collect();
    let denominators: Vec<Exact> = parts.into_iter().map(|(_, one)| one).collect();
    may_disclose_to_members(&numerators) && may_disclose_to_members(&denominators)
}

fn bands(scheme: &Scheme, totals: &[String]) -> Vec<Band> {
    let n = i64::try_from(totals.len()).unwrap_or(i64::MAX);
    let share = |rank: i64| Exact::whole(rank).share(1, n.max(1));
    let mut rank = 0_i64;
    let mut bands = Vec::new();
    for (grade, limit) in &scheme.bands {
        let first = rank + 1;
        while rank < n && share(rank + 1) <= *limit {
            rank += 1;
        }
        let at = |rank: i64| {
            let index = usize::try_from(rank - 1).ok()?;
            totals.get(index).cloned()
        };
        bands.push(Band {
            grade: grade.clone(),
            share: written(limit),
            count: rank + 1 - first,
            last_rank: (rank >= first).then_some(rank),
            last_share: (rank >= first).then(|| share(rank).rounded(4)),
            last_total: if rank >= first { at(rank) } else { None },
            next_total: at(rank + 1),
        });
    }
    bands
}

fn thresholds(scheme: &Scheme) -> Vec<Threshold> {
    let all = scheme.small_group_thresholds.iter();
    all.map(|(grade, from)| Threshold {
        grade: scheme.letter(*grade).to_owned(),
        from_total: written(from),
    })
    .collect()
}

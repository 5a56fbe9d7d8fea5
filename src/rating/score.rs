//! Who is not rated, the pools that are compared, baselines and sub-scores (contract.md 10,
//! rules 3 and 4).

use std::collections::BTreeMap;

use crate::calendar::Day;
use crate::units::Exact;

use super::entity::Unit;
use super::indicator::{Indicator, Values, values};
use super::scheme::{BaselineMode, Method, Missing, Scale, Scheme, Term};
use super::{Refused, refused};

/// Whether a unit is rated.
#[derive(Clone, Debug)]
pub enum Standing {
    /// T, with its reason as printed.
    NotRated(&'static str),
    /// Rated on these indicators.
    Rated(Values),
}

/// What a value is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// Of which indicator.
    pub indicator: Indicator,
    /// In the indicator's unit; `None` if no unit of the pool has the value.
    pub value: Option<Exact>,
}

/// One scored term of one unit.
#[derive(Clone, Debug)]
pub struct SubScore {
    /// Of which indicator.
    pub indicator: Indicator,
    /// The unit's value; `None` = missing, the score then is imputed.
    pub value: Option<Exact>,
    /// Points, rounded as the scheme says.
    pub score: Exact,
}

/// A scale group's units that are compared with each other, vetoed ones included.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Which group.
    pub scale: Scale,
    /// Its baselines, in the order of the terms.
    pub baselines: Vec<Baseline>,
    /// Sub-scores by the unit's place in the list of units.
    pub scores: BTreeMap<usize, Vec<SubScore>>,
}

/// Who of `units` is rated (rule 3).
#[must_use]
pub fn standing(units: &[Unit<'_>], scheme: &Scheme, as_of: Day) -> Vec<Standing> {
    let of_unit = |unit: &Unit<'_>| match exemption(unit, scheme, as_of) {
        Some(reason) => Standing::NotRated(reason),
        None => Standing::Rated(values(&unit.sums)),
    };
    units.iter().map(of_unit).collect()
}

fn exemption(unit: &Unit<'_>, scheme: &Scheme, as_of: Day) -> Option<&'static str> {
    let exempt = &scheme.exempt;
    let is_new = |established: Option<Day>| {
        let months = established.map(|day| as_of.full_months_since(day));
        exempt
            .new_months
            .zip(months)
            .is_some_and(|(limit, months)| months < i64::from(limit))
    };
    let is_utility = |industry: Option<&str>| {
        industry.is_some_and(|industry| exempt.industries.iter().any(|code| code == industry))
    };
    if unit.members.iter().all(|member| is_new(member.established)) {
        Some("exempt:new_enterprise")
    } else if unit
        .members
        .iter()
        .all(|member| is_utility(member.industry.as_deref()))
    {
        Some("exempt:utility")
    } else if !unit.sums.land_mu.is_positive() {
        Some("exempt:no_land")
    } else {
        None
    }
}

/// The pools of the scheme's groups with every sub-score (rule 4).
///
/// # Errors
/// A scale that has a rated unit but no group; a baseline that is not above 0.
pub fn pools(
    units: &[Unit<'_>],
    standing: &[Standing],
    scheme: &Scheme,
) -> Result<Vec<Pool>, Refused> {
    let rated = || {
        units.iter().zip(standing).enumerate().filter_map(
            |(index, (unit, standing))| match standing {
                Standing::Rated(values) => Some((index, unit, values)),
                Standing::NotRated(_) => None,
            },
        )
    };
    if let Some((_, unit, _)) = rated().find(|(_, unit, _)| scheme.terms(unit.scale).is_none()) {
        let path = format!("{}.groups.{}", scheme.place, unit.scale.as_str());
        return Err(refused(
            path,
            format!("no such group, but `{}` belongs to it", unit.id),
        ));
    }
    let pool = |(scale, terms): &(Scale, Vec<Term>)| {
        let members: Vec<_> = rated()
            .filter(|(_, unit, _)| unit.scale == *scale)
            .collect();
        pool_of(*scale, terms, &members, scheme)
    };
    scheme.groups.iter().map(pool).collect()
}

type Member<'m, 'a> = (usize, &'m Unit<'a>, &'m Values);

fn pool_of(
    scale: Scale,
    terms: &[Term],
    members: &[Member<'_, '_>],
    scheme: &Scheme,
) -> Result<Pool, Refused> {
    let mut baselines = Vec::new();
    let mut scores: BTreeMap<usize, Vec<SubScore>> = members
        .iter()
        .map(|(index, ..)| (*index, Vec::new()))
        .collect();
    for term in terms {
        let yardstick = Yardstick::of(scale, term, members, scheme)?;
        if let Yardstick::Baseline(value) = &yardstick {
            baselines.push(Baseline {
                indicator: term.indicator,
                value: value.clone(),
            });
        }
        let known = |(index, _, values): &Member<'_, '_>| {
            let value = values.get(&term.indicator)?;
            Some((*index, yardstick.score(term, value, scheme)))
        };
        let known: BTreeMap<usize, Exact> = members.iter().filter_map(known).collect();
        let imputed = imputed(term, &known, scheme.round);
        for (index, _, values) in members {
            let sub_score = SubScore {
                indicator: term.indicator,
                value: values.get(&term.indicator).cloned(),
                score: known.get(index).unwrap_or(&imputed).clone(),
            };
            scores.entry(*index).or_default().push(sub_score);
        }
    }
    Ok(Pool {
        scale,
        baselines,
        scores,
    })
}

/// What a missing value of `term` scores, given the rounded scores of those that have one.
fn imputed(term: &Term, known: &BTreeMap<usize, Exact>, round: usize) -> Exact {
    match &term.missing {
        Missing::Zero => Exact::zero(),
        Missing::Full => term.weight.rounded_to(round),
        Missing::Penalty(points) => (&Exact::zero() - points).rounded_to(round),
        Missing::GroupMean => {
            let n = i64::try_from(known.len()).unwrap_or(i64::MAX);
            known.values().sum::<Exact>().share(1, n).rounded_to(round)
        }
    }
}

/// What values of one term are held against.
enum Yardstick {
    /// A baseline; none if no unit has a value to hold against it.
    Baseline(Option<Exact>),
    /// The pool's least and greatest value; none if no unit has one.
    Range(Option<(Exact, Exact)>),
}

impl Yardstick {
    fn of(
        scale: Scale,
        term: &Term,
        members: &[Member<'_, '_>],
        scheme: &Scheme,
    ) -> Result<Self, Refused> {
        if scheme.method == Method::MinMax {
            let values = || {
                members
                    .iter()
                    .filter_map(|(_, _, values)| values.get(&term.indicator))
            };
            return Ok(Self::Range(
                values().min().cloned().zip(values().max().cloned()),
            ));
        }
        let BaselineMode::GroupMean(factor) = &scheme.baseline_mode else {
            return Ok(Self::Baseline(term.baseline.clone()));
        };
        let Some(mean) = ratio_of_sums(term.indicator, members) else {
            return Ok(Self::Baseline(None));
        };
        let baseline = factor * &mean;
        if baseline.is_positive() {
            return Ok(Self::Baseline(Some(baseline)));
        }
        let terms = scheme.terms(scale).unwrap_or_default();
        let place = terms.iter().position(|one| one.indicator == term.indicator);
        let path = format!("{}.groups.{}", scheme.place, scale.as_str());
        let path = place.map_or_else(|| path.clone(), |place| format!("{path}[{place}]"));
        let (code, baseline) = (term.indicator.code(), baseline.rounded(6));
        Err(refused(
            path,
            format!("the group's baseline of {code} is {baseline}: it must be above 0"),
        ))
    }

    /// Points for `value`, rounded.
    fn score(&self, term: &Term, value: &Exact, scheme: &Scheme) -> Exact {
        let exact = match self {
            Self::Baseline(baseline) => {
                let ratio = baseline.as_ref().and_then(|baseline| value.over(baseline));
                let ratio = ratio.unwrap_or_else(Exact::zero).max(Exact::zero());
                let ratio = match &scheme.cap_ratio {
                    Some(cap) => ratio.min(cap.clone()),
                    None => ratio,
                };
                &term.weight * &ratio
            }
            Self::Range(range) => &term.weight * &min_max_share(range.as_ref(), value),
        };
        exact.rounded_to(scheme.round)
    }
}

/// (20 + 80 x place in the range) / 100; 1 if the range is a point.
fn min_max_share(range: Option<&(Exact, Exact)>, value: &Exact) -> Exact {
    let place = range.and_then(|(least, greatest)| (value - least).over(&(greatest - least)));
    match place {
        Some(place) => (&Exact::whole(20) + &(&Exact::whole(80) * &place)).share(1, 100),
        None => Exact::whole(1),
    }
}

/// Sum of numerators over sum of denominators of the members that have the value.
fn ratio_of_sums(indicator: Indicator, members: &[Member<'_, '_>]) -> Option<Exact> {
    let mut numerators = Exact::zero();
    let mut denominators = Exact::zero();
    for (numerator, denominator) in members
        .iter()
        .filter_map(|(_, unit, _)| indicator.parts(&unit.sums))
    {
        numerators += &numerator;
        denominators += &denominator;
    }
    numerators.over(&denominators)
}

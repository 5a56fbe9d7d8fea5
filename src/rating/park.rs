//! Parks: sums over their legal entities, then ratios (contract.md 10, rule 8).

use std::collections::BTreeMap;

use crate::units::Exact;

use super::entity::{Entity, Sums, add_known};
use super::grade::Outcome;
use super::scheme::Grade;

/// What a park adds up to. Ratios are ratios of sums; `None` without a figure or a divisor above 0.
#[derive(Clone, Debug)]
pub struct ParkSum {
    /// Its id.
    pub park: String,
    /// Tax over land, 万元/亩.
    pub tax_per_mu: Option<Exact>,
    /// Sales over land, 万元/亩.
    pub sales_per_mu: Option<Exact>,
    /// Standard coal over sales, tce per 万元.
    pub tce_per_10k_sales: Option<Exact>,
    /// Land of its legal entities in mu.
    pub land_mu: Exact,
    /// Grades of its legal entities, counted; `None` = T.
    pub grades: BTreeMap<Option<Grade>, usize>,
}

/// Adds the legal entities up to parks, by id. A group's grade counts for each of its members.
#[must_use]
pub fn roll_up(entities: &[Entity<'_>], outcomes: &[Outcome<'_>]) -> Vec<ParkSum> {
    let of_members = |outcome: &Outcome<'_>| {
        let grade = outcome.grade;
        outcome
            .unit
            .members
            .iter()
            .map(move |member| (member.id.clone(), grade))
            .collect::<Vec<_>>()
    };
    let grades: BTreeMap<String, Option<Grade>> = outcomes.iter().flat_map(of_members).collect();
    let mut parks: BTreeMap<&str, Vec<&Entity<'_>>> = BTreeMap::new();
    for entity in entities {
        parks
            .entry(&entity.enterprise.park)
            .or_default()
            .push(entity);
    }
    parks
        .into_iter()
        .map(|(park, entities)| sum_of(park, &entities, &grades))
        .collect()
}

fn sum_of(
    park: &str,
    entities: &[&Entity<'_>],
    grades: &BTreeMap<String, Option<Grade>>,
) -> ParkSum {
    let sum = |figure: fn(&Sums) -> &Option<Exact>| {
        add_known(entities.iter().map(|entity| figure(&entity.sums).as_ref()))
    };
    let land_mu: Exact = entities.iter().map(|entity| &entity.sums.land_mu).sum();
    let (tax, sales) = (sum(|sums| &sums.tax), sum(|sums| &sums.sales));
    let over = |numerator: Option<&Exact>, denominator: Option<&Exact>| {
        numerator?.over(denominator.filter(|denominator| denominator.is_positive())?)
    };
    let mut counted = BTreeMap::new();
    for entity in entities {
        let grade = grades.get(&entity.enterprise.id).copied().flatten();
        *counted.entry(grade).or_default() += 1;
    }
    ParkSum {
        park: park.to_owned(),
        tax_per_mu: over(tax.as_ref(), Some(&land_mu)),
        sales_per_mu: over(sales.as_ref(), Some(&land_mu)),
        tce_per_10k_sales: over(sum(|sums| &sums.energy_tce).as_ref(), sales.as_ref()),
        land_mu,
        grades: counted,
    }
}

//! Legal entities and the units they are rated as: land, coal and sums (contract.md 10, rules 1, 2).

use std::collections::{BTreeMap, BTreeSet};

use crate::units::Exact;

use super::facts::{Enterprise, Facts, Holding};
use super::scheme::{ElectricityBasis, Scale};
use super::{Refused, refused};

/// The carrier that is metered in kilowatt hours.
const ELECTRICITY: &str = "electricity_kwh";

/// What an entity or a unit adds up to. `None` = missing.
#[derive(Clone, Debug)]
pub struct Sums {
    /// Land in mu.
    pub land_mu: Exact,
    /// Standard coal, tce.
    pub energy_tce: Option<Exact>,
    /// Electricity, kWh.
    pub electricity_kwh: Option<Exact>,
    /// Pollutants, t.
    pub pollutant_t: Option<Exact>,
    /// Tax, 万元.
    pub tax: Option<Exact>,
    /// Sales, 万元.
    pub sales: Option<Exact>,
    /// Revenue, 万元.
    pub revenue: Option<Exact>,
    /// Value added, 万元.
    pub value_added: Option<Exact>,
    /// R&D expense, 万元.
    pub rd: Option<Exact>,
    /// Staff, persons.
    pub employees: Option<Exact>,
    /// Water, t.
    pub water_t: Option<Exact>,
}

/// A legal entity with its sums.
#[derive(Clone, Debug)]
pub struct Entity<'a> {
    /// What was stated.
    pub enterprise: &'a Enterprise,
    /// What it adds up to, every lease counted.
    pub sums: Sums,
}

/// What is rated: an entity alone, or related entities merged.
#[derive(Clone, Debug)]
pub struct Unit<'a> {
    /// The group's or the entity's id.
    pub id: &'a str,
    /// The members, in order of appearance.
    pub members: Vec<&'a Enterprise>,
    /// Above if any member is.
    pub scale: Scale,
    /// Sums over the members, leases between them left out.
    pub sums: Sums,
    /// Honours, each once.
    pub honours: BTreeSet<&'a str>,
    /// Events, added.
    pub events: BTreeMap<&'a str, u64>,
}

/// The legal entities of `facts`.
///
/// # Errors
/// A carrier without a factor.
pub fn of_facts(facts: &Facts, basis: ElectricityBasis) -> Result<Vec<Entity<'_>>, Refused> {
    let entity = |(index, enterprise): (usize, _)| {
        let sums = sums_of(facts, basis, index, enterprise)?;
        Ok(Entity { enterprise, sums })
    };
    facts.enterprises.iter().enumerate().map(entity).collect()
}

/// Merges related entities (rule 1), in order of first appearance.
///
/// # Errors
/// A group id that is also an enterprise id.
pub fn merge<'a>(facts: &'a Facts, entities: &[Entity<'a>]) -> Result<Vec<Unit<'a>>, Refused> {
    let ids: BTreeSet<&str> = facts
        .enterprises
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    let mut order: Vec<&'a str> = Vec::new();
    let mut members: BTreeMap<&'a str, Vec<&Entity<'a>>> = BTreeMap::new();
    for (index, entity) in entities.iter().enumerate() {
        let group = entity.enterprise.group.as_deref();
        if let Some(group) = group.filter(|group| ids.contains(group)) {
            let path = format!("enterprises[{index}].group");
            return Err(refused(
                path,
                format!("`{group}` is also the id of an enterprise"),
            ));
        }
        let id = group.unwrap_or(&entity.enterprise.id);
        let of_unit = members.entry(id).or_default();
        if of_unit.is_empty() {
            order.push(id);
        }
        of_unit.push(entity);
    }
    let unit = |id| members.get(id).map(|members| unit_of(id, members));
    Ok(order.into_iter().filter_map(unit).collect())
}

fn unit_of<'a>(id: &'a str, entities: &[&Entity<'a>]) -> Unit<'a> {
    let members: Vec<&Enterprise> = entities.iter().map(|entity| entity.enterprise).collect();
    let inside: BTreeSet<&str> = members.iter().map(|member| member.id.as_str()).collect();
    let above = members.iter().any(|member| member.scale == Scale::Above);
    let mut events: BTreeMap<&str, u64> = BTreeMap::new();
    for (event, count) in members.iter().flat_map(|member| &member.events) {
        *events.entry(event).or_default() += u64::from(*count);
    }
    Unit {
        id,
        scale: if above { Scale::Above } else { Scale::Below },
        sums: merged_sums(entities, &inside),
        honours: members
            .iter()
            .flat_map(|member| &member.honours)
            .map(String::as_str)
            .collect(),
        events,
        members,
    }
}

fn merged_sums(entities: &[&Entity<'_>], inside: &BTreeSet<&str>) -> Sums {
    let sum = |figure: fn(&Sums) -> &Option<Exact>| -> Option<Exact> {
        add_known(entities.iter().map(|entity| figure(&entity.sums).as_ref()))
    };
    Sums {
        land_mu: entities
            .iter()
            .map(|entity| land_mu(entity.enterprise, inside))
            .sum(),
        energy_tce: sum(|sums| &sums.energy_tce),
        electricity_kwh: sum(|sums| &sums.electricity_kwh),
        pollutant_t: sum(|sums| &sums.pollutant_t),
        tax: sum(|sums| &sums.tax),
        sales: sum(|sums| &sums.sales),
        revenue: sum(|sums| &sums.revenue),
        value_added: sum(|sums| &sums.value_added),
        rd: sum(|sums| &sums.rd),
        employees: sum(|sums| &sums.employees),
        water_t: sum(|sums| &sums.water_t),
    }
}

/// The sum of the figures that are known; `None` if none is.
pub(super) fn add_known<'n>(figures: impl Iterator<Item = Option<&'n Exact>>) -> Option<Exact> {
    figures.flatten().fold(None, |sum: Option<Exact>, figure| {
        Some(sum.map_or_else(|| figure.clone(), |sum| &sum + figure))
    })
}

/// Land in mu: what is held less what is leased out, x 0.0015. Leases with `inside` do not count.
fn land_mu(enterprise: &Enterprise, inside: &BTreeSet<&str>) -> Exact {
    let is_inside = |party: &Option<String>| party.as_deref().is_some_and(|id| inside.contains(id));
    let mut square_metres = Exact::zero();
    for land in &enterprise.land {
        match &land.holding {
            Holding::LeasedIn { from: party }
            | Holding::LeasedFloor { from: party }
            | Holding::LeasedOut { to: party }
                if is_inside(party) => {}
            Holding::LeasedOut { .. } => square_metres = &square_metres - &land.square_metres,
            _ => square_metres += &land.square_metres,
        }
    }
    square_metres.share(15, 10_000)
}

fn sums_of(
    facts: &Facts,
    basis: ElectricityBasis,
    index: usize,
    enterprise: &Enterprise,
) -> Result<Sums, Refused> {
    let energy = enterprise.energy.as_ref();
    let electricity = |carriers: &BTreeMap<_, _>| {
        carriers
            .get(ELECTRICITY)
            .cloned()
            .unwrap_or_else(Exact::zero)
    };
    Ok(Sums {
        land_mu: land_mu(enterprise, &BTreeSet::new()),
        energy_tce: energy
            .map(|carriers| tce(facts, basis, index, carriers))
            .transpose()?,
        electricity_kwh: energy.map(electricity),
        pollutant_t: enterprise
            .pollutants_t
            .as_ref()
            .map(|tonnes| tonnes.values().sum()),
        tax: enterprise.tax.clone(),
        sales: enterprise.sales.clone(),
        revenue: enterprise.revenue.clone(),
        value_added: enterprise.value_added.clone(),
        rd: enterprise.rd.clone(),
        employees: enterprise.employees.clone(),
        water_t: enterprise.water_t.clone(),
    })
}

/// Standard coal of `carriers`: sum of quantity x factor, in tonnes.
fn tce(
    facts: &Facts,
    basis: ElectricityBasis,
    index: usize,
    carriers: &BTreeMap<String, Exact>,
) -> Result<Exact, Refused> {
    let mut kgce = Exact::zero();
    for (carrier, quantity) in carriers {
        let factor = facts.factors.get(carrier).ok_or_else(|| {
            let path = format!("enterprises[{index}].energy.{carrier}");
            refused(
                path,
                "no coal factor for this carrier in energy_factors_kgce",
            )
        })?;
        let per_unit = match basis {
            ElectricityBasis::Equal => &factor.equal,
            ElectricityBasis::Equivalent => &factor.equivalent,
        };
        kgce += &(quantity * per_unit);
    }
    Ok(kgce.share(1, 1000))
}

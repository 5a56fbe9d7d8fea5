//! What is rated: rules 1 to 3 of contract.md 10, from the JSON of a facts file.

use std::collections::{BTreeMap, BTreeSet};

use num_traits::{Signed, Zero};
use serde_json::Value;

use super::arithmetic::{R, add, known, list, number, table, whole};

/// Rule 1: land in m², without leases with those `inside`.
pub(super) fn land_m2(one: &Value, inside: &BTreeSet<&str>) -> R {
    let mut sum = R::zero();
    for line in list(&one["land"]) {
        let party = line["to"].as_str().or(line["from"].as_str());
        if party.is_some_and(|party| inside.contains(party)) {
            continue;
        }
        match line["kind"].as_str().unwrap() {
            "leased_out" => sum -= number(&line["m2"]),
            "leased_floor" => sum += number(&line["floor_m2"]) / number(&line["far"]),
            _ => sum += number(&line["m2"]),
        }
    }
    sum
}

pub(super) fn mu(m2: &R) -> R {
    m2 * R::new(15.into(), 10_000.into())
}

/// Rule 2: tce of one entity.
pub(super) fn tce(file: &Value, scheme: &Value, one: &Value) -> Option<R> {
    let basis = scheme["electricity_basis"].as_str().unwrap();
    let energy = one["energy"].as_object()?;
    let kgce: R = energy
        .iter()
        .map(|(carrier, quantity)| {
            number(quantity) * number(&file["energy_factors_kgce"][carrier][basis])
        })
        .sum();
    Some(kgce / whole(1000))
}

fn kwh(one: &Value) -> Option<R> {
    let energy = one["energy"].as_object()?;
    Some(energy.get("electricity_kwh").map_or_else(R::zero, number))
}

fn pollutant(one: &Value) -> Option<R> {
    let table = one["pollutants_t"].as_object()?;
    Some(table.values().map(number).sum())
}

/// What is rated.
pub(super) struct Unit<'f> {
    pub(super) id: &'f str,
    pub(super) members: Vec<&'f Value>,
    pub(super) scale: &'static str,
    pub(super) mu: R,
    pub(super) sums: BTreeMap<&'static str, Option<R>>,
    pub(super) events: BTreeMap<&'f str, i64>,
}

const MONEY: [&str; 7] = [
    "tax",
    "sales",
    "revenue",
    "value_added",
    "rd",
    "employees",
    "water_t",
];

impl<'f> Unit<'f> {
    pub(super) fn of(file: &Value, scheme: &Value, id: &'f str, members: Vec<&'f Value>) -> Self {
        let inside: BTreeSet<&str> = members
            .iter()
            .map(|one| one["id"].as_str().unwrap())
            .collect();
        let m2: R = members.iter().map(|one| land_m2(one, &inside)).sum();
        let mut sums = BTreeMap::new();
        for field in MONEY {
            sums.insert(field, add(members.iter().map(|one| known(&one[field]))));
        }
        sums.insert("tce", add(members.iter().map(|one| tce(file, scheme, one))));
        sums.insert("kwh", add(members.iter().map(|one| kwh(one))));
        sums.insert("pollutant", add(members.iter().map(|one| pollutant(one))));
        let mut events = BTreeMap::new();
        for (event, count) in members.iter().flat_map(|one| table(&one["events"])) {
            *events.entry(event).or_insert(0) += count.as_i64().unwrap();
        }
        let above = members.iter().any(|one| one["scale"] == "above");
        Self {
            id,
            mu: mu(&m2),
            scale: if above { "above" } else { "below" },
            sums,
            events,
            members,
        }
    }

    pub(super) fn sum(&self, field: &str) -> Option<R> {
        if field == "mu" {
            Some(self.mu.clone())
        } else {
            self.sums[field].clone()
        }
    }

    pub(super) fn happened(&self, event: &str) -> bool {
        self.events.get(event).is_some_and(|count| *count > 0)
    }

    /// Numerator and denominator of an indicator.
    pub(super) fn parts(&self, code: &str) -> Option<(R, R)> {
        let (top, times, bottom) = match code {
            "tax_per_mu" => ("tax", 1, "mu"),
            "sales_per_mu" => ("sales", 1, "mu"),
            "va_per_mu" => ("value_added", 1, "mu"),
            "tax_per_tce" => ("tax", 1, "tce"),
            "va_per_tce" => ("value_added", 1, "tce"),
            "tax_per_pollutant" => ("tax", 1, "pollutant"),
            "va_per_pollutant" => ("value_added", 1, "pollutant"),
            "tax_per_kwh" => ("tax", 10_000, "kwh"),
            "va_per_water" => ("value_added", 1, "water_t"),
            "labour_productivity" => ("value_added", 1, "employees"),
            "rd_ratio" => ("rd", 100, "revenue"),
            other => panic!("{other}"),
        };
        let bottom = self.sum(bottom).filter(Signed::is_positive)?;
        Some((self.sum(top)? * whole(times), bottom))
    }

    pub(super) fn value(&self, code: &str) -> Option<R> {
        self.parts(code).map(|(top, bottom)| top / bottom)
    }

    /// Rule 3.
    pub(super) fn exempt(&self, scheme: &Value, as_of: &str) -> Option<&'static str> {
        let exempt = &scheme["exempt"];
        let is_new = |one: &&Value| {
            let established = one["established"].as_str();
            let limit = exempt["new_months"].as_i64();
            established
                .zip(limit)
                .is_some_and(|(day, limit)| full_months(day, as_of) < limit)
        };
        let is_utility = |one: &&Value| {
            let industry = &one["industry"];
            industry.is_string() && list(&exempt["industries"]).contains(industry)
        };
        if self.members.iter().all(is_new) {
            Some("exempt:new_enterprise")
        } else if self.members.iter().all(is_utility) {
            Some("exempt:utility")
        } else if !self.mu.is_positive() {
            Some("exempt:no_land")
        } else {
            None
        }
    }
}

/// A month is full on the same day of the month.
fn full_months(from: &str, to: &str) -> i64 {
    let date =
        |text: &str| -> Vec<i64> { text.split('-').map(|part| part.parse().unwrap()).collect() };
    let (from, to) = (date(from), date(to));
    (to[0] - from[0]) * 12 + to[1] - from[1] - i64::from(to[2] < from[2])
}

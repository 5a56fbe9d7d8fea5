//! Facts as people and departments write them: read, checked, refused by path.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::calendar::Day;
use crate::rating::file::{DecimalText, Ordered, or_default, read_json};
use crate::rating::scheme::{Scale, Scheme, SchemeFile, checked};
use crate::rating::{Refused, refused};
use crate::units::Exact;

use super::{Enterprise, Factor, Facts, Holding, Land};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FactsFile {
    as_of: String,
    #[serde(default, rename = "parks")]
    _parks: IgnoredAny,
    #[serde(default, deserialize_with = "or_default")]
    energy_factors_kgce: Ordered<FactorFile>,
    #[serde(default, deserialize_with = "or_default")]
    schemes: Vec<SchemeFile>,
    enterprises: Vec<EnterpriseFile>,
    #[serde(default, rename = "_comment")]
    _comment: IgnoredAny,
}

/// A factor, or the `_comment` that may stand among them.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum FactorFile {
    Factor(FactorPair),
    Comment(IgnoredAny),
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FactorPair {
    equal: DecimalText,
    equivalent: DecimalText,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnterpriseFile {
    id: String,
    #[serde(default, rename = "name")]
    _name: IgnoredAny,
    park: String,
    scale: ScaleFile,
    industry: Option<String>,
    established: Option<String>,
    group: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    land: Vec<LandFile>,
    tax: Option<DecimalText>,
    sales: Option<DecimalText>,
    revenue: Option<DecimalText>,
    value_added: Option<DecimalText>,
    rd: Option<DecimalText>,
    employees: Option<DecimalText>,
    water_t: Option<DecimalText>,
    energy: Option<Ordered<Option<DecimalText>>>,
    pollutants_t: Option<Ordered<Option<DecimalText>>>,
    #[serde(default, deserialize_with = "or_default")]
    honours: Vec<String>,
    #[serde(default, deserialize_with = "or_default")]
    events: Ordered<u32>,
    #[serde(default, rename = "_comment")]
    _comment: IgnoredAny,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
enum ScaleFile {
    Above,
    Below,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LandFile {
    kind: String,
    m2: Option<DecimalText>,
    floor_m2: Option<DecimalText>,
    far: Option<DecimalText>,
    to: Option<String>,
    from: Option<String>,
}

/// How land is held.
const KINDS: [&str; 5] = [
    "owned",
    "occupied",
    "leased_in",
    "leased_out",
    "leased_floor",
];

const FAR_ABOVE_ZERO: &str = "the plot ratio must be above 0";

/// Reads a facts file and the schemes that stand in it.
pub(in crate::rating) fn read_facts(text: &str) -> Result<(Facts, Vec<Scheme>), Refused> {
    let file: FactsFile = read_json("", text)?;
    let as_of = day("as_of", &file.as_of)?;
    let factors = factors(file.energy_factors_kgce)?;
    let scheme = |(index, scheme)| checked(&format!("schemes[{index}]"), scheme);
    let schemes = file
        .schemes
        .into_iter()
        .enumerate()
        .map(scheme)
        .collect::<Result<_, _>>()?;
    let mut ids = BTreeSet::new();
    let mut enterprises = Vec::new();
    for (index, file) in file.enterprises.into_iter().enumerate() {
        let enterprise = enterprise(&format!("enterprises[{index}]"), file)?;
        if !ids.insert(enterprise.id.clone()) {
            let reason = format!("`{}` stands twice", enterprise.id);
            return Err(refused(format!("enterprises[{index}].id"), reason));
        }
        enterprises.push(enterprise);
    }
    Ok((
        Facts {
            as_of,
            factors,
            enterprises,
        },
        schemes,
    ))
}

fn day(path: &str, text: &str) -> Result<Day, Refused> {
    text.parse()
        .map_err(|_cause| refused(path, format!("`{text}` is not a day, as 2024-12-31")))
}

fn factors(table: Ordered<FactorFile>) -> Result<BTreeMap<String, Factor>, Refused> {
    let mut factors = BTreeMap::new();
    for (carrier, file) in table.0 {
        let path = format!("energy_factors_kgce.{carrier}");
        match file {
            FactorFile::Comment(_) if carrier.starts_with('_') => {}
            FactorFile::Comment(_) => {
                return Err(refused(path, "write {\"equal\": .., \"equivalent\": ..}"));
            }
            FactorFile::Factor(pair) => {
                let (equal, equivalent) = (pair.equal.0, pair.equivalent.0);
                if equal.is_negative() || equivalent.is_negative() {
                    return Err(refused(path, "a coal factor is not below 0"));
                }
                factors.insert(carrier, Factor { equal, equivalent });
            }
        }
    }
    Ok(factors)
}

fn enterprise(path: &str, file: EnterpriseFile) -> Result<Enterprise, Refused> {
    let exact = |number: Option<DecimalText>| number.map(|number| number.0);
    let established = file.established.as_deref();
    let energy = file
        .energy
        .map(|table| quantities(&format!("{path}.energy"), table));
    let pollutants = file
        .pollutants_t
        .map(|table| quantities(&format!("{path}.pollutants_t"), table));
    Ok(Enterprise {
        land: lands(path, &file.id, file.land)?,
        established: established
            .map(|text| day(&format!("{path}.established"), text))
            .transpose()?,
        energy: energy.transpose()?,
        pollutants_t: pollutants.transpose()?,
        id: file.id,
        park: file.park,
        scale: match file.scale {
            ScaleFile::Above => Scale::Above,
            ScaleFile::Below => Scale::Below,
        },
        industry: file.industry,
        group: file.group,
        tax: exact(file.tax),
        sales: exact(file.sales),
        revenue: exact(file.revenue),
        value_added: exact(file.value_added),
        rd: exact(file.rd),
        employees: exact(file.employees),
        water_t: exact(file.water_t),
        honours: file.honours.into_iter().collect(),
        events: file.events.0.into_iter().collect(),
    })
}

/// A table of quantities; none of them may be unknown.
fn quantities(
    path: &str,
    table: Ordered<Option<DecimalText>>,
) -> Result<BTreeMap<String, Exact>, Refused> {
    let reason = "the quantity is null: leave the line out, or make the whole table null";
    let quantity = |(name, quantity): (String, Option<DecimalText>)| match quantity {
        Some(quantity) => Ok((name, quantity.0)),
        None => Err(refused(format!("{path}.{name}"), reason)),
    };
    table.0.into_iter().map(quantity).collect()
}

fn lands(path: &str, own: &str, files: Vec<LandFile>) -> Result<Vec<Land>, Refused> {
    let land = |(index, file)| land(&format!("{path}.land[{index}]"), own, file);
    files.into_iter().enumerate().map(land).collect()
}

fn land(path: &str, own: &str, file: LandFile) -> Result<Land, Refused> {
    let parties = [("to", &file.to), ("from", &file.from)];
    if let Some((field, _)) = parties
        .iter()
        .find(|(_, party)| party.as_deref() == Some(own))
    {
        return Err(refused(
            format!("{path}.{field}"),
            "a lease with itself is none",
        ));
    }
    if !KINDS.contains(&file.kind.as_str()) {
        let reason = format!("`{}` is none of {}", file.kind, KINDS.join(", "));
        return Err(refused(format!("{path}.kind"), reason));
    }
    if file.far.as_ref().is_some_and(|far| !far.0.is_positive()) {
        return Err(refused(format!("{path}.far"), FAR_ABOVE_ZERO));
    }
    let square_metres = if file.kind == "leased_floor" {
        floor(path, &file)?
    } else {
        area(&format!("{path}.m2"), file.m2.as_ref())?
    };
    let misplaced = |field: &str| {
        let reason =
            "`leased_out` names its counterparty in `to`, what is leased in names it in `from`";
        Err(refused(format!("{path}.{field}"), reason))
    };
    let holding = match (file.kind.as_str(), file.to, file.from) {
        ("owned", ..) => Holding::Owned,
        ("occupied", ..) => Holding::Occupied,
        ("leased_out", _, Some(_)) => return misplaced("from"),
        ("leased_in" | "leased_floor", Some(_), _) => return misplaced("to"),
        ("leased_out", to, _) => Holding::LeasedOut { to },
        ("leased_in", _, from) => Holding::LeasedIn { from },
        (_floor, _, from) => Holding::LeasedFloor { from },
    };
    Ok(Land {
        holding,
        square_metres,
    })
}

/// Floor space over the plot ratio.
fn floor(path: &str, file: &LandFile) -> Result<Exact, Refused> {
    let floor = area(&format!("{path}.floor_m2"), file.floor_m2.as_ref())?;
    let far = file.far.as_ref().and_then(|far| floor.over(&far.0));
    far.ok_or_else(|| refused(format!("{path}.far"), FAR_ABOVE_ZERO))
}

fn area(path: &str, number: Option<&DecimalText>) -> Result<Exact, Refused> {
    let number = number.ok_or_else(|| refused(path, "the area is missing"))?;
    if number.0.is_negative() {
        return Err(refused(path, "an area is not below 0"));
    }
    Ok(number.0.clone())
}

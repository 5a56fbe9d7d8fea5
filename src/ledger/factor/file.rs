//! Carriers and factors as people write them: `config/factors/*.toml`, and the 等价值 of
//! electricity in the configuration.

use std::str::FromStr;

use serde::Deserialize;

use crate::calendar::{Day, Month, Year};
use crate::units::Exact;

use super::{Carrier, Counts, ELECTRICITY, Factor, Factors, Grid, Measure};

// The files that are compiled in: name and text.
include!(concat!(env!("OUT_DIR"), "/factors.rs"));

/// Files of factors that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {reason}; correct it, no account is made with it")]
pub struct FactorsRefused {
    /// The file or the key, and the carrier.
    pub place: String,
    /// What is wrong.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FactorsFile {
    #[serde(default)]
    carrier: Vec<CarrierEntry>,
    #[serde(default)]
    coal: Vec<CoalEntry>,
    #[serde(default)]
    carbon: Vec<CarbonEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CarrierEntry {
    code: String,
    indicator: Option<String>,
    stated: Option<String>,
    like: Option<String>,
    difference: Option<(String, String)>,
    zh: String,
    en: String,
    unit: String,
    counts: CountsEntry,
    lower: Option<String>,
    upper: Option<String>,
    carbon_lower: Option<String>,
    carbon_upper: Option<String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum CountsEntry {
    Plus,
    Minus,
    Medium,
    No,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CoalEntry {
    carrier: String,
    basis: BasisEntry,
    kgce: String,
    from: String,
    to: Option<String>,
    source: String,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum BasisEntry {
    Equivalent,
    Equal,
    Both,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CarbonEntry {
    carrier: String,
    kgco2: String,
    region: Option<String>,
    purpose: Option<String>,
    from: String,
    to: Option<String>,
    source: String,
}

/// The least and the greatest that a unit of a carrier can be, in kgce or in kg of CO2.
struct Bounds {
    carrier: String,
    is_carbon: bool,
    lower: Exact,
    upper: Exact,
}

/// A 等价值 of electricity as people set it: `2025=0.3050 SOURCE`, or without a year for all years
/// that have none of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetFactor {
    year: Option<Year>,
    per_unit: String,
    source: String,
}

impl FromStr for SetFactor {
    type Err = FactorsRefused;

    fn from_str(text: &str) -> Result<Self, FactorsRefused> {
        let unreadable = || FactorsRefused {
            place: format!("`{text}`"),
            reason: "write year, kgce a kWh and where it comes from, as `2025=0.3050 市工信局`"
                .to_owned(),
        };
        let (year, rest) = match text.split_once('=') {
            Some((year, rest)) if year.trim().len() == 4 => {
                let number = year.trim().parse().map_err(|_cause| unreadable())?;
                (Some(Year::new(number)), rest)
            }
            _ => (None, text),
        };
        let (per_unit, source) = rest.trim().split_once(' ').ok_or_else(unreadable)?;
        let source = source.trim();
        if source.is_empty() || Exact::decimal(per_unit).is_err() {
            return Err(unreadable());
        }
        Ok(Self {
            year,
            per_unit: per_unit.to_owned(),
            source: source.to_owned(),
        })
    }
}

/// The factors that are compiled in, and the 等价值 of electricity as `set` by people.
///
/// # Errors
/// See [`read`].
pub fn shipped(set: &[SetFactor]) -> Result<Factors, FactorsRefused> {
    read(SHIPPED, set)
}

/// The factors of `files` (name and text), and the 等价值 of electricity as `set` by people.
///
/// # Errors
/// A text that is no such file, an unknown carrier, a carrier that nothing says the quantity of, a
/// number or date that is none, a factor without bounds or outside them, two that hold at one time.
pub fn read(files: &[(&str, &str)], set: &[SetFactor]) -> Result<Factors, FactorsRefused> {
    let mut factors = Factors::default();
    let mut bounds = Vec::new();
    let mut parsed = Vec::new();
    for (name, text) in files {
        let file: FactorsFile = toml::from_str(text).map_err(|cause| FactorsRefused {
            place: (*name).to_owned(),
            reason: cause.to_string(),
        })?;
        parsed.push((*name, file));
    }
    for (name, file) in &parsed {
        for entry in &file.carrier {
            bounds.extend(bounds_of(name, entry)?);
            factors.carriers.push(carrier(entry));
        }
        for entry in &file.carrier {
            refers(name, entry, &parsed)?;
        }
    }
    for (name, file) in parsed {
        for entry in file.coal {
            let measures: &[Measure] = match entry.basis {
                BasisEntry::Equivalent => &[Measure::Equivalent],
                BasisEntry::Equal => &[Measure::Equal],
                BasisEntry::Both => &[Measure::Equivalent, Measure::Equal],
            };
            let dates = (entry.from.as_str(), entry.to.as_deref());
            for measure in measures {
                let one = (entry.carrier.as_str(), *measure, entry.kgce.as_str());
                let factor = factor(name, one, dates, &entry.source)?;
                add(&mut factors, &bounds, name, factor)?;
            }
        }
        for entry in file.carbon {
            let one = (
                entry.carrier.as_str(),
                Measure::Carbon,
                entry.kgco2.as_str(),
            );
            let dates = (entry.from.as_str(), entry.to.as_deref());
            let mut factor = factor(name, one, dates, &entry.source)?;
            factor.grid = grid(name, &entry)?;
            add(&mut factors, &bounds, name, factor)?;
        }
    }
    for one in set {
        lay(&mut factors, &bounds, one, set)?;
    }
    Ok(factors)
}

fn carrier(entry: &CarrierEntry) -> Carrier {
    Carrier {
        code: entry.code.clone(),
        indicator: entry.indicator.clone(),
        stated: entry.stated.clone(),
        like: entry.like.clone(),
        difference: entry.difference.clone(),
        name_zh: entry.zh.clone(),
        name_en: entry.en.clone(),
        unit: entry.unit.clone(),
        counts: match entry.counts {
            CountsEntry::Plus => Counts::Plus,
            CountsEntry::Minus => Counts::Minus,
            CountsEntry::Medium => Counts::Medium,
            CountsEntry::No => Counts::No,
        },
    }
}

/// Checks that the quantity of a carrier comes from somewhere, and that the carriers it names are
/// there, with its unit.
fn refers(
    file: &str,
    entry: &CarrierEntry,
    files: &[(&str, FactorsFile)],
) -> Result<(), FactorsRefused> {
    let refused = |reason: &str| FactorsRefused {
        place: format!("{file}: {}", entry.code),
        reason: reason.to_owned(),
    };
    let find = |code: &String| {
        let mut all = files.iter().flat_map(|(_, file)| &file.carrier);
        all.find(|one| one.code == *code && one.unit == entry.unit)
    };
    let is_counted = entry.indicator.is_some() || entry.stated.is_some();
    if is_counted == entry.difference.is_some() {
        return Err(refused(
            "a carrier has an indicator or a statement, or else is a difference of two",
        ));
    }
    if entry.difference.is_some() && !matches!(entry.counts, CountsEntry::No) {
        return Err(refused("what it is made of counts already"));
    }
    let parts = entry
        .difference
        .iter()
        .flat_map(|(one, other)| [one, other]);
    if parts.chain(&entry.like).any(|code| find(code).is_none()) {
        return Err(refused("it names a carrier that is not there in its unit"));
    }
    let like = entry.like.as_ref().and_then(find);
    if like.is_some_and(|like| like.like.is_some()) {
        return Err(refused("it is like one that is like another itself"));
    }
    Ok(())
}

/// For which electricity a factor of carbon was made; region and purpose go together.
fn grid(file: &str, entry: &CarbonEntry) -> Result<Option<Grid>, FactorsRefused> {
    match (&entry.region, &entry.purpose) {
        (Some(region), Some(purpose)) => Ok(Some(Grid {
            region: region.clone(),
            purpose: purpose.clone(),
        })),
        (None, None) => Ok(None),
        _ => Err(FactorsRefused {
            place: format!("{file}: {}", entry.carrier),
            reason: "region and purpose go together".to_owned(),
        }),
    }
}

fn bounds_of(file: &str, entry: &CarrierEntry) -> Result<Vec<Bounds>, FactorsRefused> {
    let place = format!("{file}: {}", entry.code);
    let pairs = [
        (false, &entry.lower, &entry.upper),
        (true, &entry.carbon_lower, &entry.carbon_upper),
    ];
    let mut bounds = Vec::new();
    for (is_carbon, lower, upper) in pairs {
        let (lower, upper) = match (lower, upper) {
            (Some(lower), Some(upper)) => (lower, upper),
            (None, None) => continue,
            _ => {
                return Err(FactorsRefused {
                    place,
                    reason: "lower and upper go together".to_owned(),
                });
            }
        };
        bounds.push(Bounds {
            carrier: entry.code.clone(),
            is_carbon,
            lower: decimal(&place, lower)?,
            upper: decimal(&place, upper)?,
        });
    }
    Ok(bounds)
}

fn factor(
    file: &str,
    (carrier, measure, written): (&str, Measure, &str),
    (from, to): (&str, Option<&str>),
    source: &str,
) -> Result<Factor, FactorsRefused> {
    let place = format!("{file}: {carrier}");
    let refused = |reason: String| FactorsRefused {
        place: place.clone(),
        reason,
    };
    let day = |text: &str| {
        text.parse::<Day>()
            .map_err(|_cause| refused(format!("`{text}` is not a day, as 2025-01-01")))
    };
    if source.trim().is_empty() {
        return Err(refused("a factor needs its source".to_owned()));
    }
    let (from, to) = (day(from)?, to.map(day).transpose()?);
    if to.is_some_and(|to| to <= from) {
        return Err(refused("it ends before it begins".to_owned()));
    }
    Ok(Factor {
        carrier: carrier.to_owned(),
        measure,
        grid: None,
        per_unit: decimal(&place, written)?,
        written: written.to_owned(),
        from,
        to,
        source: source.to_owned(),
    })
}

fn decimal(place: &str, text: &str) -> Result<Exact, FactorsRefused> {
    Exact::decimal(text).map_err(|cause| FactorsRefused {
        place: place.to_owned(),
        reason: format!("`{text}`: {cause}"),
    })
}

fn add(
    factors: &mut Factors,
    bounds: &[Bounds],
    file: &str,
    factor: Factor,
) -> Result<(), FactorsRefused> {
    let refused = |reason: String| FactorsRefused {
        place: format!("{file}: {}", factor.carrier),
        reason,
    };
    let mut known = factors.carriers.iter();
    let Some(carrier) = known.find(|carrier| carrier.code == factor.carrier) else {
        return Err(refused("there is no such carrier".to_owned()));
    };
    if let Some(like) = &carrier.like {
        return Err(refused(format!("its factors are those of {like}")));
    }
    let is_carbon = factor.measure == Measure::Carbon;
    let mut bounds = bounds.iter();
    let of_it = |one: &&Bounds| one.carrier == factor.carrier && one.is_carbon == is_carbon;
    let Some(bounds) = bounds.find(of_it) else {
        let reason = "its carrier has no lower and upper: a lost digit would not be seen";
        return Err(refused(reason.to_owned()));
    };
    if factor.per_unit < bounds.lower || bounds.upper < factor.per_unit {
        let reason = format!("{} a unit cannot be (domain.md 3.1)", factor.written);
        return Err(refused(reason));
    }
    if factors.dated.iter().any(|one| one.overlaps(&factor)) {
        let reason = format!("two factors hold on {}", factor.from);
        return Err(refused(reason));
    }
    factors.dated.push(factor);
    Ok(())
}

/// Lays a factor that people set over electricity. One without a year fills the
/// years between those that have their own.
fn lay(
    factors: &mut Factors,
    bounds: &[Bounds],
    one: &SetFactor,
    all: &[SetFactor],
) -> Result<(), FactorsRefused> {
    let january = |year: i16| Month::new(year, 1).map(Month::first_day);
    let stretches: Vec<(i16, i16)> = if let Some(year) = one.year {
        vec![(year.number(), year.number().saturating_add(1))]
    } else {
        let mut own: Vec<i16> = all
            .iter()
            .filter_map(|one| one.year.map(Year::number))
            .collect();
        own.sort_unstable();
        let starts = std::iter::once(1970).chain(own.iter().map(|year| year + 1));
        let ends = own.iter().copied().chain(std::iter::once(9999));
        starts.zip(ends).filter(|(from, to)| from < to).collect()
    };
    for (from, to) in stretches {
        let (Some(from), Some(to)) = (january(from), january(to)) else {
            continue;
        };
        let factor = Factor {
            carrier: ELECTRICITY.to_owned(),
            measure: Measure::Equal,
            grid: None,
            per_unit: decimal("factors.electricity_equal", &one.per_unit)?,
            written: one.per_unit.clone(),
            from,
            to: Some(to),
            source: one.source.clone(),
        };
        add(factors, bounds, "factors.electricity_equal", factor)?;
    }
    Ok(())
}

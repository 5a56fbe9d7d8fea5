//! A rated year as it is kept and shown: each legal entity with its result and its place in the
//! list, where the borders of the bands lie, and a digest that anyone can recompute.

mod lines;
mod wire;

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::units::Exact;

use super::facts::read_facts;
use super::grade::Outcome;
use super::indicator::Indicator;
use super::part::Part;
use super::scheme::{Scale, read_scheme};
use super::{Rated, Refused, rate, wire as printed};

/// Places of sums, weights and limits that are shown behind a result: finer than any of them needs.
pub const PART_PLACES: usize = 10;

/// What one legal entity got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetEntry {
    /// Its id.
    pub enterprise: String,
    /// Its grade, `T` if it is not rated.
    pub grade: String,
    /// The unit it is rated in as `parkpulse rate` prints it, one line of JSON.
    pub body: String,
    /// How many legal entities are rated with it, itself included.
    pub members: usize,
    /// The indicators that are scored; none if it is not rated.
    pub scored: Vec<Indicator>,
    /// The sums of the unit, as decimals of at most [`PART_PLACES`] places without idle zeros.
    pub parts: BTreeMap<Part, String>,
}

/// A rated year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    /// The id of the scheme.
    pub scheme: String,
    /// What `parkpulse rate` prints.
    pub printed: String,
    /// SHA-256 of `printed`, in hex.
    pub digest: String,
    /// By scale group: terms with weight and baseline, bands with the place and the totals at their
    /// borders. JSON.
    pub lines: String,
    /// The legal entities: above scale first, then by rank, then the vetoed, then those not rated.
    pub entries: Vec<SheetEntry>,
}

/// Rates a facts file by a scheme file, given as name and text.
///
/// # Errors
/// As [`super::rate_text`].
pub fn rate_year(facts: &str, scheme: (&str, &str)) -> Result<Sheet, Refused> {
    let (facts, _) = read_facts(facts)?;
    let scheme = read_scheme(scheme.0, scheme.1)?;
    let rated = [rate(&facts, &scheme)?];
    let printed = printed::print(&rated);
    let [rated] = &rated;
    Ok(Sheet {
        scheme: scheme.id.clone(),
        digest: hex::encode(Sha256::digest(printed.as_bytes())),
        printed,
        lines: wire::written(&lines::of(rated)),
        entries: entries(rated),
    })
}

fn entries(rated: &Rated<'_>) -> Vec<SheetEntry> {
    let mut units: Vec<&Outcome<'_>> = rated.units.iter().collect();
    units.sort_by_key(|outcome| place(outcome));
    let mut entries = Vec::new();
    for outcome in units {
        let body = printed::print_unit(rated.scheme, outcome);
        let grade = outcome
            .grade
            .map_or("T", |grade| rated.scheme.letter(grade));
        let scored = outcome.points.iter().flat_map(|points| &points.sub_scores);
        let scored: Vec<Indicator> = scored.map(|one| one.indicator).collect();
        let parts = parts(outcome);
        entries.extend(outcome.unit.members.iter().map(|member| SheetEntry {
            enterprise: member.id.clone(),
            grade: grade.to_owned(),
            body: body.clone(),
            members: outcome.unit.members.len(),
            scored: scored.clone(),
            parts: parts.clone(),
        }));
    }
    entries
}

fn parts(outcome: &Outcome<'_>) -> BTreeMap<Part, String> {
    let known = Part::ALL.into_iter().filter_map(|(part, ..)| {
        let sum = outcome.unit.sums.part(part)?;
        Some((part, written(sum)))
    });
    known.collect()
}

/// A decimal of at most [`PART_PLACES`] places, without idle zeros.
#[must_use]
pub fn written(number: &Exact) -> String {
    let text = number.rounded(PART_PLACES);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Where a unit stands in the list.
fn place<'o>(outcome: &'o Outcome<'_>) -> (bool, bool, usize, bool, &'o str) {
    let rank = outcome.place.map_or(usize::MAX, |place| place.rank);
    let is_exempt = outcome.grade.is_none();
    (
        is_exempt,
        outcome.unit.scale == Scale::Below,
        rank,
        outcome.place.is_none(),
        outcome.unit.id,
    )
}

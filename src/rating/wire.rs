//! The printed result of `parkpulse rate`: field order, places and `null` as contract.md 10 says.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::units::Exact;

use super::Rated;
use super::grade::{Basis, Outcome, Points, Reason};
use super::park::ParkSum;
use super::scheme::{Grade, Method, Scheme};

/// Places of indicators, baselines and coal per sales.
const RATIO_PLACES: usize = 6;
/// Places of land, coal, pollutants and parks' per-mu figures.
const AMOUNT_PLACES: usize = 4;
/// Places of money, bonus and deduction.
const MONEY_PLACES: usize = 2;
/// The letter of those that are not rated.
const NOT_RATED: &str = "T";

#[derive(Serialize)]
struct RatedWire<'a> {
    scheme: &'a str,
    baselines: Map<String, Value>,
    units: Vec<UnitWire<'a>>,
    parks: BTreeMap<&'a str, ParkWire>,
}

#[derive(Serialize)]
struct UnitWire<'a> {
    id: &'a str,
    members: Vec<&'a str>,
    scale: &'static str,
    land_mu: String,
    energy_tce: Option<String>,
    pollutant_t: Option<String>,
    tax: Option<String>,
    indicators: Map<String, Value>,
    sub_scores: Map<String, Value>,
    imputed: Vec<&'static str>,
    bonus: Option<String>,
    deduct: Option<String>,
    total: Option<String>,
    rank: Option<usize>,
    n: Option<usize>,
    base_grade: Option<&'a str>,
    basis: Option<&'static str>,
    grade: &'a str,
    reasons: Vec<String>,
}

#[derive(Serialize)]
struct ParkWire {
    tax_per_mu: Option<String>,
    sales_per_mu: Option<String>,
    tce_per_10k_sales: Option<String>,
    land_mu: String,
    grades_legal_entities: BTreeMap<String, usize>,
}

/// Writes all results as one array, indent 1, a newline at the end.
pub(super) fn print(rated: &[Rated<'_>]) -> String {
    let wires: Vec<_> = rated.iter().map(rated_wire).collect();
    let mut bytes = Vec::new();
    let indent = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, indent);
    // Writing strings and numbers to memory cannot fail.
    let _ = wires.serialize(&mut serializer);
    let mut text = String::from_utf8(bytes).unwrap_or_default();
    text.push('\n');
    text
}

/// Writes one unit as it stands in the array, in one line.
pub(super) fn print_unit(scheme: &Scheme, outcome: &Outcome<'_>) -> String {
    // Strings and numbers always write themselves.
    serde_json::to_string(&unit_wire(scheme, outcome)).unwrap_or_default()
}

fn rated_wire<'a>(rated: &'a Rated<'a>) -> RatedWire<'a> {
    let scheme = rated.scheme;
    let mut baselines = Map::new();
    if scheme.method == Method::Ratio {
        for (scale, of_group) in &rated.baselines {
            let group = of_group.iter().map(|baseline| {
                let value = baseline
                    .value
                    .as_ref()
                    .map(|value| value.rounded(RATIO_PLACES));
                (baseline.indicator.code().to_owned(), Value::from(value))
            });
            baselines.insert(scale.as_str().to_owned(), Value::Object(group.collect()));
        }
    }
    RatedWire {
        scheme: &scheme.id,
        baselines,
        units: rated
            .units
            .iter()
            .map(|outcome| unit_wire(scheme, outcome))
            .collect(),
        parks: rated
            .parks
            .iter()
            .map(|park| (park.park.as_str(), park_wire(scheme, park)))
            .collect(),
    }
}

fn unit_wire<'a>(scheme: &'a Scheme, outcome: &'a Outcome<'a>) -> UnitWire<'a> {
    let (unit, place) = (&outcome.unit, outcome.place);
    let points = outcome.points.as_ref();
    let rounded =
        |figure: Option<&Exact>, places| figure.map(|figure: &Exact| figure.rounded(places));
    let sub_scores = points.map_or(&[][..], |points: &Points| &points.sub_scores);
    UnitWire {
        id: unit.id,
        members: unit
            .members
            .iter()
            .map(|member| member.id.as_str())
            .collect(),
        scale: unit.scale.as_str(),
        land_mu: unit.sums.land_mu.rounded(AMOUNT_PLACES),
        energy_tce: rounded(unit.sums.energy_tce.as_ref(), AMOUNT_PLACES),
        pollutant_t: rounded(unit.sums.pollutant_t.as_ref(), AMOUNT_PLACES),
        tax: rounded(unit.sums.tax.as_ref(), MONEY_PLACES),
        indicators: sub_scores
            .iter()
            .map(|one| {
                (
                    one.indicator.code().into(),
                    rounded(one.value.as_ref(), RATIO_PLACES).into(),
                )
            })
            .collect(),
        sub_scores: sub_scores
            .iter()
            .map(|one| {
                (
                    one.indicator.code().into(),
                    one.score.rounded(scheme.round).into(),
                )
            })
            .collect(),
        imputed: sub_scores
            .iter()
            .filter(|one| one.value.is_none())
            .map(|one| one.indicator.code())
            .collect(),
        bonus: rounded(points.map(|points| &points.bonus), MONEY_PLACES),
        deduct: rounded(points.map(|points| &points.deduct), MONEY_PLACES),
        total: rounded(points.map(|points| &points.total), scheme.round),
        rank: place.map(|place| place.rank),
        n: place.map(|place| place.n),
        base_grade: place.map(|place| scheme.letter(place.base_grade)),
        basis: place.map(|place| basis_text(place.basis)),
        grade: letter(scheme, outcome.grade),
        reasons: outcome.reasons.iter().map(reason_text).collect(),
    }
}

fn letter(scheme: &Scheme, grade: Option<Grade>) -> &str {
    grade.map_or(NOT_RATED, |grade| scheme.letter(grade))
}

const fn basis_text(basis: Basis) -> &'static str {
    match basis {
        Basis::RankShare => "rank_share",
        Basis::Thresholds => "thresholds",
    }
}

fn reason_text(reason: &Reason) -> String {
    match reason {
        Reason::Exempt(reason) => (*reason).to_owned(),
        Reason::Veto(event) => format!("veto:{event}"),
        Reason::Event(event) => format!("event:{event}"),
        Reason::Threshold(indicator) => format!("threshold:{}", indicator.code()),
    }
}

fn park_wire(scheme: &Scheme, park: &ParkSum) -> ParkWire {
    let rounded =
        |figure: &Option<Exact>, places| figure.as_ref().map(|figure| figure.rounded(places));
    let grades = park
        .grades
        .iter()
        .map(|(grade, n)| (letter(scheme, *grade).to_owned(), *n));
    ParkWire {
        tax_per_mu: rounded(&park.tax_per_mu, AMOUNT_PLACES),
        sales_per_mu: rounded(&park.sales_per_mu, AMOUNT_PLACES),
        tce_per_10k_sales: rounded(&park.tce_per_10k_sales, RATIO_PLACES),
        land_mu: park.land_mu.rounded(AMOUNT_PLACES),
        grades_legal_entities: grades.collect(),
    }
}

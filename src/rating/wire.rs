//! The printed result of `parkpulse rate`: field order, places and `null` as contract.md 10 says.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};

use crate::units::Exact;

use super::Rated;
use super::grade::{Basis, Outcome, Points, Reason};
use super::park::ParkSum;
use super::scheme::{Grade, Method, Scheme};
use super::score::SubScore;

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
    units: UnitsWire<'a>,
    parks: BTreeMap<&'a str, ParkWire>,
}

/// The units of a year, each made when it is written: a city's would fill the memory with text.
struct UnitsWire<'a>(&'a Rated<'a>);

impl Serialize for UnitsWire<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(rated) = self;
        let units = rated.units.iter();
        serializer.collect_seq(units.map(|outcome| unit_wire(rated.scheme, outcome)))
    }
}

/// A figure of each indicator, in the scheme's order.
struct ByIndicator(Vec<(&'static str, Option<String>)>);

impl Serialize for ByIndicator {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(figures) = self;
        serializer.collect_map(figures.iter().map(|(code, figure)| (code, figure)))
    }
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
    indicators: ByIndicator,
    sub_scores: ByIndicator,
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
        units: UnitsWire(rated),
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
        indicators: by_indicator(sub_scores, |one| rounded(one.value.as_ref(), RATIO_PLACES)),
        sub_scores: by_indicator(sub_scores, |one| Some(one.score.rounded(scheme.round))),
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

fn by_indicator(
    sub_scores: &[SubScore],
    figure: impl Fn(&SubScore) -> Option<String>,
) -> ByIndicator {
    let figures = sub_scores.iter();
    ByIndicator(
        figures
            .map(|one| (one.indicator.code(), figure(one)))
            .collect(),
    )
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

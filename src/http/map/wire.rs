//! A map as JSON, and how it is asked for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Detail, Principal, most_detail};
use crate::heatmap::{Category, Class, Classes, Closed, Entry, Grade, Mark, Preset, Shading};
use crate::http::figures::{Figure, Figures, Ground, Layer, Shown, State, percent};
use crate::ledger::figure::AccountPeriod;
use crate::park::{EnterpriseCode, Parcel};

use super::legend::{LegendCategory, LegendGrade};

/// The query of every map: park, period, layer, method of classes, ramp (screens.md 3).
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// Which park; all that the asker may see if not given.
    pub(super) park: Option<String>,
    /// A month, `2026-10`, or a year, `2025`; the newest closed one if not given.
    pub(super) p: Option<String>,
    /// Less which period: the difference is shown, as `p` writes one.
    pub(super) c: Option<String>,
    /// The layer, as `layers` of the answer names them.
    pub(super) k: Option<String>,
    /// What stands in the parcels of a picture: `value` or the published `grade`.
    pub(super) g: Option<String>,
    /// Method and number of classes, `q5`, `j5`, `e5`, or the breaks, `f:1,2,3.5`.
    pub(super) m: Option<String>,
    /// The ramp: name of a palette.
    pub(super) r: Option<String>,
    /// The revision; the newest if not given.
    pub(super) v: Option<u32>,
    /// Which parcels a file holds, and which ones a picture does not fade: `class:3`, `grade:A`,
    /// `category:vacant` or `state:no_data`, then `ind:C39`, then `size:big`.
    pub(super) f: Option<String>,
    /// The parcel that is outlined in a picture.
    pub(super) s: Option<String>,
}

/// `GET /api/v1/map`: everything that is shown, classified and coloured.
#[derive(Serialize, ToSchema)]
#[schema(as = Map)]
pub(in crate::http) struct Answer {
    /// The park that is shown; null: several.
    park: Option<String>,
    /// What is shown, in a name.
    park_name: String,
    parks: usize,
    indicator: &'static str,
    /// Every layer, and how much the asker sees of it: `value`, `band` or `nothing`.
    layers: Vec<LayerWire>,
    unit: &'static str,
    period: String,
    from: String,
    to: String,
    closed: bool,
    closes_at: Option<String>,
    revision: Option<u32>,
    /// The newest revision there is.
    newest_revision: Option<u32>,
    /// The year whose grades the cells carry.
    rated: Option<String>,
    as_of: String,
    source: &'static str,
    /// The 等价 value of electricity that its figures are made with; null of layers without it.
    factor: Option<MapFactor>,
    method: String,
    classified: bool,
    ramp: String,
    breaks: Vec<String>,
    /// Fixed breaks of this layer that have a name.
    presets: Vec<PresetWire>,
    compared: Option<Compared>,
    /// The period that is taken away, where the classes are of the difference.
    against: Option<String>,
    /// Whether that period has figures at all; false without one.
    against_known: bool,
    ranked: usize,
    total: Total,
    legend: Legend,
    cells: Vec<Cell>,
    completeness: Option<String>,
    missing_hours: Option<String>,
    meters: usize,
    data_to: Option<String>,
    /// When an outline of these parks last changed before the end of the period; null where none
    /// ever did. Outlines that were read under another instant are those of another time.
    outlines_as_of: Option<String>,
    data_due: Option<String>,
    silent_enterprises: usize,
    /// While months are still being closed after a start: how much of it is done, in percent.
    settling: Option<u8>,
}

#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Compared {
    period: String,
    kind: &'static str,
}

impl Compared {
    /// As a code.
    pub(super) const fn kind(&self) -> &'static str {
        self.kind
    }

    /// The period that the figures are compared with, if they are.
    pub(in crate::http) fn of(figures: &Figures) -> Option<Self> {
        let base = figures.compared?;
        let is_next = match (figures.shown, base) {
            (Shown::Period(AccountPeriod::Month(shown)), AccountPeriod::Month(base)) => {
                shown == base.next()
            }
            _ => false,
        };
        Some(Self {
            period: base.to_string(),
            kind: if is_next {
                "month_on_month"
            } else {
                "year_on_year"
            },
        })
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = MapTotal)]
struct Total {
    value: Option<String>,
    numerator: String,
    numerator_unit: &'static str,
    denominator: String,
    denominator_unit: &'static str,
    parcels: usize,
    /// Of how many enterprises it is the sum; null without a total, and where it is none of
    /// enterprises.
    enterprises: Option<usize>,
    /// How many stand here, those without a figure too.
    enterprises_all: Option<usize>,
    /// The id that its source is found by; null without a total, of a difference, and of what is of now.
    figure: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MapLegend)]
struct Legend {
    /// `below`: each class is `[low, high)`; `above`: `(low, high]`.
    closed: &'static str,
    classes: Vec<LegendClass>,
    /// In the layer of grades, instead of classes.
    grades: Vec<LegendGrade>,
    /// In layers of categories, instead of classes.
    categories: Vec<LegendCategory>,
    incomplete: usize,
    no_data: usize,
    not_counted: usize,
    hidden: usize,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MapLegendClass)]
struct LegendClass {
    class: usize,
    low: Option<String>,
    high: Option<String>,
    colour: String,
    ink: String,
    count: usize,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MapCell)]
struct Cell {
    parcel: String,
    state: &'static str,
    value: Option<String>,
    class: Option<usize>,
    rank: Option<usize>,
    /// The letter of the rated year.
    grade: Option<&'static str>,
    completeness: Option<String>,
    change: Option<String>,
    /// Where a difference is shown: the value of the period that is taken away, by the land of the
    /// one shown.
    base: Option<String>,
    /// Where a difference is shown: the value less that one.
    difference: Option<String>,
    /// Since which day it counts, where that lies inside the period; it is compared with nothing.
    since: Option<String>,
    enterprises: Vec<Holder>,
    freshness: &'static str,
    latest_at: Option<String>,
    /// What a parcel is on which nobody stands, or in the layer of it, as it was registered: 空地, 公用.
    land_state: Option<String>,
    /// In layers of categories: its code.
    category: Option<&'static str>,
    /// Values beyond limits in the last seven days, in the layer of these, and those of 24 hours.
    beyond: Option<u64>,
    beyond_day: Option<u64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MapHolder)]
struct Holder {
    enterprise: String,
    name: String,
    /// GB/T 4754: section and division.
    industry: String,
    /// `above` or `below` (规上, 规下).
    scale: &'static str,
}

impl Holder {
    fn of(code: &EnterpriseCode, ground: &Ground) -> Self {
        let known = ground.enterprises.get(code);
        Self {
            enterprise: code.to_string(),
            name: known.map_or_else(|| code.to_string(), |known| known.name.to_string()),
            industry: known.map_or_else(String::new, |known| known.industry.to_string()),
            scale: known.map_or("", |known| known.scale.as_str()),
        }
    }
}

/// What the map's own query named, as it is answered.
pub(super) struct Asked<'a> {
    pub(super) method: &'a str,
    pub(super) ramp: &'a str,
    pub(super) who: &'a Principal,
    pub(super) closes_at: Option<String>,
    pub(super) settling: Option<u8>,
    pub(super) factor: Option<MapFactor>,
    pub(super) presets: Vec<Preset>,
    pub(super) outlines_as_of: Option<String>,
}

/// A factor with its unit and where it comes from.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct MapFactor {
    pub(super) by: String,
    pub(super) unit: &'static str,
    pub(super) source: String,
}

/// Fixed breaks with a name, from a file of `config/breaks`.
#[derive(Serialize, ToSchema)]
#[schema(as = MapPreset)]
struct PresetWire {
    id: String,
    /// By tag of language.
    names: BTreeMap<String, String>,
    /// As `m` takes them, `f:1,2,3.5`.
    m: String,
    source: String,
}

impl PresetWire {
    fn of(preset: &Preset) -> Self {
        let breaks = preset.breaks.iter();
        let breaks: Vec<String> = breaks.map(|at| at.normalize().to_string()).collect();
        Self {
            id: preset.id.clone(),
            names: preset.names.clone(),
            m: format!("f:{}", breaks.join(",")),
            source: preset.source.clone(),
        }
    }
}

/// A layer, and how much of it is shown.
#[derive(Serialize, ToSchema)]
#[schema(as = MapLayer)]
struct LayerWire {
    indicator: &'static str,
    shown: &'static str,
}

impl LayerWire {
    fn of(layer: Layer, who: &Principal) -> Self {
        Self {
            indicator: layer.as_str(),
            shown: match most_detail(who, layer.touched()) {
                Detail::Value => "value",
                Detail::Band => "band",
                Detail::Nothing => "nothing",
            },
        }
    }
}

impl Answer {
    pub(super) fn of(figures: &Figures, shading: &Shading, asked: Asked<'_>) -> Self {
        let classes = shading.classes.as_ref();
        let inner = classes.map_or(&[][..], Classes::inner);
        let cells = figures.each().zip(&shading.marks);
        let arrivals = &figures.arrivals;
        Self {
            park: match figures.ground.parks.as_slice() {
                [only] => Some(only.id.to_string()),
                _ => None,
            },
            park_name: figures.ground.name.to_string(),
            parks: figures.ground.parks.len(),
            indicator: figures.layer.as_str(),
            layers: Layer::ALL
                .map(|layer| LayerWire::of(layer, asked.who))
                .into(),
            unit: figures.layer.unit(),
            period: figures.shown.to_string(),
            from: figures.period.from().to_string(),
            to: figures.period.to().to_string(),
            closed: figures.revision.is_some(),
            closes_at: asked.closes_at,
            revision: figures.revision,
            newest_revision: figures.newest,
            rated: figures.rated.map(|year| year.to_string()),
            as_of: figures.as_of.to_string(),
            source: figures.layer.source(),
            factor: asked.factor,
            method: asked.method.to_owned(),
            classified: classes.is_some(),
            ramp: asked.ramp.to_ascii_lowercase(),
            breaks: inner.iter().map(|at| at.normalize().to_string()).collect(),
            presets: asked.presets.iter().map(PresetWire::of).collect(),
            compared: Compared::of(figures),
            against: figures.against.map(|base| base.to_string()),
            against_known: figures.has_base(),
            ranked: figures.ranked(),
            total: Total::of(figures),
            legend: Legend::of(figures, shading),
            cells: cells
                .map(|((parcel, figure), mark)| Cell::of(figures, parcel, figure, *mark))
                .collect(),
            completeness: figures.completeness.as_ref().map(percent),
            missing_hours: figures.missing_hours.clone(),
            meters: arrivals.meters.len(),
            data_to: arrivals.data_to.map(|at| at.to_string()),
            outlines_as_of: asked.outlines_as_of,
            data_due: arrivals.data_due.map(|at| at.to_string()),
            silent_enterprises: arrivals.silent_enterprises(),
            settling: asked.settling,
        }
    }
}

/// With its two places, as values are.
pub(super) fn in_two_places(number: rust_decimal::Decimal) -> String {
    format!("{number:.2}")
}

impl Total {
    fn of(figures: &Figures) -> Self {
        let (numerator_unit, denominator_unit) = figures.layer.division();
        let written = |part: Option<rust_decimal::Decimal>| {
            part.map_or_else(|| "0".to_owned(), |part| part.to_string())
        };
        Self {
            value: figures.total.map(|total| total.written()),
            numerator: written(figures.total.map(|total| total.numerator)),
            numerator_unit,
            denominator: written(figures.total.map(|total| total.denominator)),
            denominator_unit,
            parcels: figures.counted(),
            enterprises: figures.firms().map(|(counted, _)| counted),
            enterprises_all: figures.firms().map(|(_, all)| all),
            figure: figures.total_id().map(|id| id.to_string()),
        }
    }
}

impl Legend {
    fn of(figures: &Figures, shading: &Shading) -> Self {
        let count = |mark| shading.entry(mark).map_or(0, |entry| entry.count);
        let classes = shading.classes.as_ref();
        let gaps = figures.cells.iter().filter(|cell| cell.has_gaps());
        Self {
            closed: match classes.map(Classes::closed) {
                Some(Closed::Above) => "above",
                _ => "below",
            },
            classes: shading
                .legend
                .iter()
                .filter_map(|entry| LegendClass::of(entry, classes))
                .collect(),
            grades: shading.legend.iter().filter_map(LegendGrade::of).collect(),
            categories: shading
                .legend
                .iter()
                .filter_map(LegendCategory::of)
                .collect(),
            incomplete: gaps.count(),
            no_data: count(Mark::NoData),
            not_counted: count(Mark::NotCounted),
            hidden: count(Mark::Hidden),
        }
    }
}

/// Classes counted from 1; 0 is that of negative values, or of values that are not classified.
pub(super) const fn number(mark: Mark) -> Option<usize> {
    match mark {
        Mark::Class(Class::Number(class)) => Some(class + 1),
        Mark::Class(Class::Negative) | Mark::Unclassed => Some(0),
        _ => None,
    }
}

impl LegendClass {
    fn of(entry: &Entry, classes: Option<&Classes>) -> Option<Self> {
        let mark = entry.mark?;
        let class = number(mark)?;
        let inner = classes.map_or(&[][..], Classes::inner);
        let at = |index: Option<usize>| {
            let found = index.and_then(|index| inner.get(index));
            found.map(|at| at.normalize().to_string())
        };
        let is_negative = mark == Mark::Class(Class::Negative);
        Some(Self {
            class,
            low: at(class.checked_sub(2)),
            high: if is_negative {
                Some("0".to_owned())
            } else {
                at(class.checked_sub(1))
            },
            colour: entry.ground.to_string(),
            ink: entry.ground.ink().to_string(),
            count: entry.count,
        })
    }
}

/// The state as a code.
pub(in crate::http) const fn state(state: State) -> &'static str {
    match state {
        State::Value => "value",
        State::Band => "band",
        State::NoData => "no_data",
        State::NotCounted => "not_counted",
        State::Hidden => "hidden",
    }
}

impl Cell {
    fn of(figures: &Figures, parcel: &Parcel, figure: &Figure, mark: Mark) -> Self {
        let is_hidden = figure.state == State::Hidden;
        let ground = &figures.ground;
        let holders = figures.holders(&parcel.id, figure).iter();
        let (freshness, latest) = figures.arrivals.standing(ground, &parcel.id);
        Self {
            parcel: parcel.id.to_string(),
            state: state(figure.state),
            value: figure.ratio.map(|ratio| ratio.written()),
            class: number(mark),
            rank: figure.rank,
            grade: figures.letter(&parcel.id).map(Grade::letter),
            completeness: figure.completeness.as_ref().map(percent),
            change: figure.change.clone(),
            base: figures.against.and(figure.base).map(|base| base.written()),
            difference: figures.against.and(figure.difference()).map(in_two_places),
            since: figure.since.map(|day| day.to_string()),
            enterprises: holders
                .map(|one| Holder::of(&one.enterprise, ground))
                .collect(),
            freshness: if is_hidden {
                "none"
            } else {
                freshness.as_str()
            },
            latest_at: latest.filter(|_| !is_hidden).map(|at| at.to_string()),
            category: figure.category.map(Category::code),
            beyond: figure.times.map(|times| times.open),
            beyond_day: figure.times.map(|times| times.day),
            land_state: (figure.state == State::NotCounted
                || (figures.layer == Layer::LandState && !is_hidden))
                .then(|| parcel.state.as_ref().map(ToString::to_string))
                .flatten(),
        }
    }
}

//! A surface as JSON, and the query.

use geo::{LineString, MultiPolygon, Polygon};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::heatmap::{Band, Class, Surface, Way};
use crate::http::figures::{Figures, Layer, Spots};
use crate::http::{Problem, Trouble};

/// Bandwidths that may be asked for, metres (domain.md 5.4: 50 to 200 in a park).
const BANDWIDTH_M: std::ops::RangeInclusive<u32> = 50..=500;
const BANDWIDTH_USUAL_M: u32 = 100;
/// Reaches that may be asked for, metres.
const REACH_M: std::ops::RangeInclusive<u32> = 100..=2_000;
const REACH_USUAL_M: u32 = 500;
/// Digits of a degree: a tenth of a metre.
const DEGREE_DIGITS: f64 = 1_000_000.0;

/// What of, when, and how it is made.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// Which park; all that the asker may see if not given.
    pub(super) park: Option<String>,
    /// The amounts of which layer: `load_per_mu` (kW) or `kwh_per_mu` (kWh).
    pub(super) k: Option<String>,
    /// A month, `2026-10`, of what is of months; the newest closed one if not given.
    pub(super) p: Option<String>,
    /// The revision; the newest if not given.
    pub(super) v: Option<u32>,
    /// `kernel` (density per mu) or `inverse` (weighted means between the places).
    pub(super) w: Option<String>,
    /// Bandwidth (50 to 500, usually 100) or reach (100 to 2000, usually 500), metres.
    pub(super) h: Option<u32>,
    /// Method and number of classes, `e5`, `q5`, `j5`, or the breaks, `f:1,2,3.5`.
    pub(super) m: Option<String>,
    /// The ramp: name of a palette; `viridis` if not given.
    pub(super) r: Option<String>,
    /// Of which enterprises' parcels alone: `ind:C39`, `size:big`, or both with a comma between.
    pub(super) f: Option<String>,
}

impl Query {
    /// How the surface is made.
    pub(super) fn way(&self) -> Result<Way, Problem> {
        let metres = |usual: u32, allowed: std::ops::RangeInclusive<u32>| {
            let metres = self.h.unwrap_or(usual);
            let detail = "h is out of range: 50 to 500 for kernel, 100 to 2000 for inverse";
            let refused = || Problem::new(Trouble::BadRequest, detail);
            allowed
                .contains(&metres)
                .then_some(metres)
                .ok_or_else(refused)
        };
        match self.w.as_deref() {
            None | Some("kernel") => Ok(Way::Kernel {
                bandwidth_m: metres(BANDWIDTH_USUAL_M, BANDWIDTH_M)?,
            }),
            Some("inverse") => Ok(Way::Inverse {
                reach_m: metres(REACH_USUAL_M, REACH_M)?,
            }),
            Some(_) => {
                let detail = "w is not a way: kernel or inverse";
                Err(Problem::new(Trouble::BadRequest, detail))
            }
        }
    }
}

/// `GET /api/v1/surface`: for seeing trends only, never for an assessment.
#[derive(Serialize, ToSchema)]
#[schema(as = Surface)]
pub(in crate::http) struct Answer {
    /// What is shown, in a name.
    park_name: String,
    indicator: &'static str,
    /// `kernel` or `inverse`.
    way: &'static str,
    /// Bandwidth or reach.
    metres: u32,
    /// Of the bands.
    unit: &'static str,
    /// Of the amounts.
    amount_unit: &'static str,
    period: String,
    from: String,
    to: String,
    closed: bool,
    revision: Option<u32>,
    as_of: String,
    source: &'static str,
    /// Always true: nobody may be judged by it.
    not_for_assessment: bool,
    method: String,
    ramp: String,
    breaks: Vec<String>,
    /// By rising value, in the order of drawing; none where there are too few places.
    bands: Vec<BandWire>,
    /// The amounts it was made of.
    spots: Vec<SpotWire>,
    /// Parks without a surface, for it would tell of single enterprises.
    withheld: Vec<String>,
}

/// The unit of a layer's surface, as a key of the texts.
pub(super) const fn unit(layer: Layer, way: Way) -> &'static str {
    match way {
        Way::Kernel { .. } => layer.as_str(),
        Way::Inverse { .. } => layer.division().0,
    }
}

#[derive(Serialize, ToSchema)]
#[schema(as = SurfaceBand)]
struct BandWire {
    /// Counted from 1; 0 is that of negative values.
    class: usize,
    low: Option<String>,
    high: Option<String>,
    colour: String,
    ink: String,
    /// Its part of what is covered.
    percent: String,
    /// Everything of this class **or a higher one**: the next band lies on it. Longitude and latitude,
    /// EPSG:4326, as a `MultiPolygon` of GeoJSON has them.
    #[schema(value_type = Vec<Vec<Vec<(f64, f64)>>>)]
    polygons: Vec<Vec<Vec<[f64; 2]>>>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SurfaceSpot)]
struct SpotWire {
    parcel: String,
    longitude: f64,
    latitude: f64,
    amount: String,
}

/// A place to a tenth of a metre.
pub(super) fn short(degrees: f64) -> f64 {
    (degrees * DEGREE_DIGITS).round() / DEGREE_DIGITS
}

/// The coordinates of a `MultiPolygon` of GeoJSON.
pub(super) fn polygons(shape: &MultiPolygon<f64>) -> Vec<Vec<Vec<[f64; 2]>>> {
    let ring = |line: &LineString<f64>| {
        let corners = line.coords();
        corners.map(|at| [short(at.x), short(at.y)]).collect()
    };
    let of = |polygon: &Polygon<f64>| {
        let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
        rings.map(ring).collect()
    };
    shape.iter().map(of).collect()
}

/// The class of a band, counted from 1, and its ends; the outer ones have none.
pub(super) fn ends(band: &Band, surface: &Surface) -> (usize, Option<String>, Option<String>) {
    let at = |index: Option<usize>| {
        let found = index.and_then(|index| surface.breaks().get(index));
        found.map(|at| at.normalize().to_string())
    };
    match band.class {
        Class::Negative => (0, None, Some("0".to_owned())),
        Class::Number(number) => (number + 1, at(number.checked_sub(1)), at(Some(number))),
    }
}

impl BandWire {
    fn of(band: &Band, surface: &Surface) -> Self {
        let (class, low, high) = ends(band, surface);
        Self {
            class,
            low,
            high,
            colour: band.colour.to_string(),
            ink: band.colour.ink().to_string(),
            percent: format!("{:.1}", band.percent),
            polygons: polygons(&band.shape),
        }
    }
}

impl Answer {
    pub(super) fn of(
        figures: &Figures,
        surface: &Surface,
        spots: &Spots,
        (method, ramp): (&str, &str),
    ) -> Self {
        let breaks = surface.breaks().iter();
        let each = spots.all.iter();
        Self {
            park_name: figures.ground.name.to_string(),
            indicator: figures.layer.as_str(),
            way: surface.way.as_str(),
            metres: surface.way.metres(),
            unit: unit(figures.layer, surface.way),
            amount_unit: figures.layer.division().0,
            period: figures.shown.to_string(),
            from: figures.period.from().to_string(),
            to: figures.period.to().to_string(),
            closed: figures.revision.is_some(),
            revision: figures.revision,
            as_of: figures.as_of.to_string(),
            source: figures.layer.source(),
            not_for_assessment: true,
            method: method.to_owned(),
            ramp: ramp.to_ascii_lowercase(),
            breaks: breaks.map(|at| at.normalize().to_string()).collect(),
            bands: surface
                .bands
                .iter()
                .map(|band| BandWire::of(band, surface))
                .collect(),
            spots: each
                .map(|spot| SpotWire {
                    parcel: spot.parcel.to_string(),
                    longitude: short(spot.at.x),
                    latitude: short(spot.at.y),
                    amount: spot.amount.to_string(),
                })
                .collect(),
            withheld: spots.withheld.iter().map(ToString::to_string).collect(),
        }
    }
}

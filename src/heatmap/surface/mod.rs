//! Surfaces: amounts at places (kW, kWh) in, bands of equal value over the land out; by kernel density
//! or by inverse distance, cut to the park.
//!
//! Only for looking at where much is (仅供看趋势，不作评价依据): never of a ratio or a grade, which must
//! not be interpolated between factories (domain.md 5.4). Knows no right: who hands in amounts has
//! asked whether they may be shown.

mod digest;
mod estimate;
mod grid;

use geo::{
    Area, BooleanOps, BoundingRect, ConvexHull, Coord, MapCoords, MultiPoint, MultiPolygon, Point,
};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::heatmap::classes::{Class, Classes, Method, PARCELS_MIN};
use crate::heatmap::colour::Rgb;
use crate::heatmap::plane::Plane;
use crate::heatmap::shading::Look;
use crate::heatmap::surface::grid::{Grid, Values};
use crate::heatmap::words;
use crate::units::convert::decimal_as_f64;

pub use estimate::{Spot, inverse_distance, kernel_density};

/// Square metres of a mu.
const M2_OF_MU: f64 = 2000.0 / 3.0;
/// Nodes a bandwidth: fine enough that a bell looks round.
const NODES_OF_BANDWIDTH: f64 = 3.0;
/// Nodes across a park between whose spots is interpolated.
const NODES_BETWEEN: f64 = 120.0;
/// Values that classes are made of: a sample in even steps, for natural breaks cost their square.
const SAMPLE: (usize, usize) = (1_200, 20_000);
/// Digits of a value.
const DIGITS: u32 = 6;

/// How a surface is made.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    /// 核密度: amounts spread as bells of Gauss, per mu.
    Kernel {
        /// The standard deviation, metres.
        bandwidth_m: u32,
    },
    /// 反距离加权: weighted means between the spots, in their own unit; nowhere beyond their hull.
    Inverse {
        /// No farther from a spot than this is anything told, metres.
        reach_m: u32,
    },
}

impl Way {
    /// Its name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kernel { .. } => "kernel",
            Self::Inverse { .. } => "inverse",
        }
    }

    /// Bandwidth or reach, metres.
    #[must_use]
    pub const fn metres(self) -> u32 {
        match self {
            Self::Kernel { bandwidth_m } => bandwidth_m,
            Self::Inverse { reach_m } => reach_m,
        }
    }
}

/// One park: what is where, and its land. A park's surface is of its own amounts alone, so that it is
/// the same for whoever may see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Amounts at places in degrees.
    pub amounts: Vec<(Coord<f64>, Decimal)>,
    /// The land that is covered, degrees.
    pub land: MultiPolygon<f64>,
}

/// A class of a surface.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Which.
    pub class: Class,
    /// Its colour.
    pub colour: Rgb,
    /// Its range, in words.
    pub label: String,
    /// Its part of the land that is covered, in percent with one digit.
    pub percent: Decimal,
    /// Everything of this class **or a higher one**, degrees: drawn in turn, the next lies on it, so
    /// that no seam shows between two.
    pub shape: MultiPolygon<f64>,
}

/// Bands over the land of some parks.
#[derive(Clone, Debug, PartialEq)]
pub struct Surface {
    /// How it was made.
    pub way: Way,
    /// The breaks between the bands; `None` where there are too few spots.
    pub classes: Option<Classes>,
    /// The method of classes in words, or why there are none.
    pub method: String,
    /// By rising value; none where there are too few spots.
    pub bands: Vec<Band>,
    /// Where the amounts are, degrees.
    pub spots: Vec<Coord<f64>>,
}

/// A park, worked out but not yet classified; all in metres.
struct Field {
    plane: Plane,
    grid: Grid,
    values: Values,
    /// What of the land has a value.
    covered: MultiPolygon<f64>,
}

impl Surface {
    /// The surface over `sites`, with one legend for all of them. Sites with fewer than
    /// [`PARCELS_MIN`] places are left out: a bell or two would tell single figures.
    #[must_use]
    pub fn of(sites: &[Site], way: Way, look: &Look<'_>) -> Self {
        let kept = sites
            .iter()
            .filter(|site| site.amounts.len() >= PARCELS_MIN);
        let fields: Vec<Field> = kept.filter_map(|site| Field::of(site, way)).collect();
        let sample = sample(&fields, look.method);
        let classes = Classes::of(&sample, look.method, look.rounding);
        let all = sites.iter().flat_map(|site| &site.amounts);
        let mut surface = Self {
            way,
            classes: None,
            method: words::TOO_FEW.to_owned(),
            bands: Vec::new(),
            spots: all.map(|(at, _)| *at).collect(),
        };
        if let Some(classes) = classes {
            surface.method = words::method(look.method, classes.len());
            surface.bands = bands(&fields, &classes, look);
            surface.classes = Some(classes);
        }
        surface
    }

    /// The exact breaks between the bands, rising.
    #[must_use]
    pub fn breaks(&self) -> &[Decimal] {
        self.classes.as_ref().map_or(&[], Classes::inner)
    }
}

impl Field {
    fn of(site: &Site, way: Way) -> Option<Self> {
        let plane = Plane::around(site.land.bounding_rect()?.center());
        let land = site.land.map_coords(|at| plane.metres(at));
        let amounts = site.amounts.iter();
        let spots: Vec<Spot> = amounts
            .map(|(at, amount)| Spot {
                at: plane.metres(*at),
                amount: decimal_as_f64(*amount),
            })
            .collect();
        let (grid, values, covered) = match way {
            Way::Kernel { bandwidth_m } => {
                let bandwidth_m = f64::from(bandwidth_m.max(1));
                let grid = Grid::over(&land, bandwidth_m / NODES_OF_BANDWIDTH)?;
                let densities = grid.densities(&spots, bandwidth_m).into_iter();
                let per_mu = densities.map(|per_m2| per_m2 * M2_OF_MU).collect();
                (grid, per_mu, land)
            }
            Way::Inverse { reach_m } => {
                let bounds = land.bounding_rect()?;
                let longer = bounds.width().max(bounds.height());
                let grid = Grid::over(&land, longer / NODES_BETWEEN)?;
                let near = grid.above(&grid.nearness(&spots), -f64::from(reach_m));
                let hull: MultiPoint<f64> = spots.iter().map(|spot| Point(spot.at)).collect();
                let covered = land.intersection(&hull.convex_hull()).intersection(&near);
                (grid, grid.between_spots(&spots), covered)
            }
        };
        Some(Self {
            plane,
            grid,
            values,
            covered,
        })
    }

    /// The values of the nodes that are covered.
    fn shown(&self) -> impl Iterator<Item = f64> {
        let inside = self.grid.inside(&self.covered).into_iter();
        let nodes = self.values.iter().copied().zip(inside);
        nodes
            .filter(|(_, is_inside)| *is_inside)
            .map(|(value, _)| value)
    }

    /// What is covered at or above a level.
    fn above(&self, level: Option<Decimal>) -> MultiPolygon<f64> {
        level.map_or_else(
            || self.covered.clone(),
            |level| {
                let rings = self.grid.above(&self.values, decimal_as_f64(level));
                rings.intersection(&self.covered)
            },
        )
    }
}

/// Values of all fields in even steps from the least to the most, rounded as they are told.
fn sample(fields: &[Field], method: &Method) -> Vec<Decimal> {
    let mut all: Vec<f64> = fields.iter().flat_map(Field::shown).collect();
    all.sort_by(f64::total_cmp);
    let most = match method {
        Method::Jenks(_) => SAMPLE.0,
        _ => SAMPLE.1,
    };
    let every = all.len().div_ceil(most).max(1);
    let last = all.last().copied();
    let picked = all.into_iter().step_by(every).chain(last);
    let exact = picked.filter_map(|value| Decimal::from_f64(value)?.round_sf(DIGITS));
    exact.collect()
}

fn bands(fields: &[Field], classes: &Classes, look: &Look<'_>) -> Vec<Band> {
    let negative = classes.has_negative().then_some((Class::Negative, None));
    let zero = classes.has_negative().then_some(Decimal::ZERO);
    let numbers = (0..classes.len()).map(|class| {
        let below = class.checked_sub(1).and_then(|at| classes.inner().get(at));
        (Class::Number(class), below.copied().or(zero))
    });
    let colours = look.palette.colours(classes.len());
    let mut bands = Vec::new();
    let mut areas = Vec::new();
    for (class, from) in negative.into_iter().chain(numbers) {
        let parts: Vec<MultiPolygon<f64>> = fields.iter().map(|field| field.above(from)).collect();
        areas.push(parts.iter().map(Area::unsigned_area).sum::<f64>());
        let degrees = fields
            .iter()
            .zip(&parts)
            .flat_map(|(field, part)| part.map_coords(|at| field.plane.degrees(at)).0);
        let (colour, label) = match class {
            Class::Negative => (look.palette.negative(), words::NEGATIVE.to_owned()),
            Class::Number(at) => (
                colours.get(at).copied().unwrap_or(Rgb::WHITE),
                words::range(classes, at),
            ),
        };
        bands.push(Band {
            class,
            colour,
            label,
            percent: Decimal::ZERO,
            shape: MultiPolygon::new(degrees.collect()),
        });
    }
    let whole = areas
        .first()
        .copied()
        .unwrap_or_default()
        .max(f64::MIN_POSITIVE);
    let higher = areas.iter().skip(1).copied().chain(std::iter::once(0.0));
    for ((band, own), higher) in bands.iter_mut().zip(&areas).zip(higher) {
        let percent = Decimal::from_f64(100.0 * (own - higher) / whole);
        band.percent = percent.unwrap_or_default().round_dp(1).max(Decimal::ZERO);
    }
    bands
}

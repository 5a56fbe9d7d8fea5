//! Parcels that are given twice or lie over each other. Neighbours share borders, and surveys
//! disagree by a hand's breadth there: slivers are let pass.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use geo::{Area, BooleanOps, BoundingRect, MapCoords, MultiPolygon, Rect};
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::park::outline::fault::{Faults, What};
use crate::park::outline::gauss_kruger::SEMI_MAJOR_M;
use crate::park::outline::{Outline, Parcel};
use crate::units::Mu;

/// Shared land that is still a sliver: below this many square metres,
const SLIVER_M2: f64 = 1.0;
/// or below this share of the smaller parcel.
const SLIVER_SHARE: f64 = 0.001;

/// Ids given twice.
pub(super) fn find_twins(parcels: &[Parcel], faults: &mut Faults) {
    let mut seen = BTreeMap::new();
    for parcel in parcels {
        if let Some(other) = seen.insert(&parcel.parcel, parcel.feature) {
            let what = What::Twice { other };
            faults.add(parcel.feature, Some(parcel.parcel.as_str()), vec![what]);
        }
    }
}

/// An outline in metres around its own middle latitude, for comparing areas.
struct Flat {
    index: usize,
    polygons: MultiPolygon<f64>,
    bounds: Rect<f64>,
    m2: f64,
}

/// Pairs of a file that share more than a sliver.
pub(super) fn find_overlaps(parcels: &[Parcel], faults: &mut Faults) {
    let outlines: Vec<&Outline> = parcels.iter().map(|parcel| &parcel.outline).collect();
    each_overlap(
        &outlines,
        |_, _| true,
        |overlap| {
            let [one, other] = overlap.pair;
            if let (Some(one), Some(other)) = (parcels.get(one), parcels.get(other)) {
                tell(one, other, overlap.shared, faults);
            }
            if faults.is_full() {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        },
    );
}

/// Land that two outlines both claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// Which two, by their places in the list.
    pub pair: [usize; 2],
    /// How much.
    pub shared: Mu,
}

/// Pairs of `outlines` that are `asked` for and share more than a sliver, found along the x axis,
/// until `found` breaks off.
pub fn each_overlap(
    outlines: &[&Outline],
    asked: impl Fn(usize, usize) -> bool,
    mut found: impl FnMut(Overlap) -> ControlFlow<()>,
) {
    let latitude = outlines
        .iter()
        .find_map(|outline| outline.polygons().bounding_rect())
        .map_or(0.0, |bounds| bounds.center().y);
    let mut flats: Vec<Flat> = outlines
        .iter()
        .enumerate()
        .filter_map(|(index, outline)| flat(index, outline, latitude))
        .collect();
    flats.sort_by(|a, b| a.bounds.min().x.total_cmp(&b.bounds.min().x));
    for (index, one) in flats.iter().enumerate() {
        let beside = flats.iter().skip(index + 1);
        for other in beside.take_while(|other| other.bounds.min().x < one.bounds.max().x) {
            let pair = [one.index, other.index];
            if asked(one.index, other.index)
                && let Some(shared) = shared(one, other)
                && found(Overlap { pair, shared }).is_break()
            {
                return;
            }
        }
    }
}

/// Metres, true to a thousandth within a city: only shares of a parcel are taken from them.
fn flat(index: usize, outline: &Outline, latitude_deg: f64) -> Option<Flat> {
    let per_degree = SEMI_MAJOR_M.to_radians();
    let across = latitude_deg.to_radians().cos() * per_degree;
    let polygons = outline.polygons().map_coords(|coord| geo::Coord {
        x: coord.x * across,
        y: coord.y * per_degree,
    });
    Some(Flat {
        index,
        bounds: polygons.bounding_rect()?,
        m2: polygons.unsigned_area(),
        polygons,
    })
}

/// Land that both claim, if it is more than a sliver.
fn shared(one: &Flat, other: &Flat) -> Option<Mu> {
    let sliver = SLIVER_M2.max(SLIVER_SHARE * one.m2.min(other.m2));
    let width =
        one.bounds.max().x.min(other.bounds.max().x) - one.bounds.min().x.max(other.bounds.min().x);
    let height =
        one.bounds.max().y.min(other.bounds.max().y) - one.bounds.min().y.max(other.bounds.min().y);
    if width <= 0.0 || height <= 0.0 || width * height <= sliver {
        return None;
    }
    let m2 = one.polygons.intersection(&other.polygons).unsigned_area();
    if m2 <= sliver {
        return None;
    }
    Mu::from_square_metres(Decimal::from_f64(m2)?.round_dp(1)).ok()
}

/// The fault stands at the later feature of the two.
fn tell(one: &Parcel, other: &Parcel, shared: Mu, faults: &mut Faults) {
    if one.parcel == other.parcel {
        return;
    }
    let (first, second) = if one.feature < other.feature {
        (one, other)
    } else {
        (other, one)
    };
    let what = What::Overlap {
        other: first.parcel.to_string(),
        feature: first.feature,
        shared,
    };
    faults.add(second.feature, Some(second.parcel.as_str()), vec![what]);
}

//! Outlines made by hand or of other outlines: drawn, cut along a line, put together. Each passes
//! the checks of one from a file; slivers that rounding leaves are no land.
//!
//! Knows no registry: what becomes of those who hold the land is decided in [`crate::park`].

use geo::orient::{Direction, Orient};
use geo::{BoundingRect, Coord, GeodesicArea, LineString, MultiPolygon, Polygon};
use geojson::{PolygonType, Position as Numbers};
use i_overlay::core::fill_rule::FillRule;
use i_overlay::core::overlay_rule::OverlayRule;
use i_overlay::float::scale::FixedScaleFloatOverlay;
use i_overlay::float::slice::FloatSlice;

use crate::park::outline::fault::{Measure, What};
use crate::park::outline::{Outline, Position, Reading, area, shape};

/// A piece below this many square metres is a slip of the hand, not land.
const CRUMB_M2: f64 = 1.0;

/// Steps of a degree: outlines are kept to 1e-9 degrees.
const GRID: f64 = 1e9;

/// A corner nearer to an edge than this lies on it: what rounding both leaves, degrees.
const NEAR: f64 = 2.0 / GRID;

/// Most corners of a line that cuts.
const LINE_POINTS_MAX: usize = 200;

/// Rings as they are handed over: polygons, their rings (the outer one first), corners.
pub type Rings = Vec<Vec<Vec<[f64; 2]>>>;

/// The outline that `rings` draw, in the coordinate system and the city of `reading`.
///
/// # Errors
/// The first fault, as of an outline in a file.
pub fn drawn(rings: &Rings, reading: &Reading) -> Result<Outline, What> {
    let polygons: Vec<PolygonType> = rings
        .iter()
        .map(|rings| {
            let ring = |ring: &Vec<[f64; 2]>| ring.iter().copied().map(Numbers::from).collect();
            rings.iter().map(ring).collect()
        })
        .collect();
    if polygons.is_empty() {
        return Err(What::NoArea);
    }
    shape::outline(&polygons, reading)
}

/// The pieces into which `line` cuts an outline, at least two, from west to east (and from south
/// to north where two begin alike). The line's ends lie outside, so that nothing is cut half.
///
/// # Errors
/// A line that cuts nothing off, or only a crumb.
pub fn split(outline: &Outline, line: &[Position]) -> Result<Vec<Outline>, What> {
    if line.len() > LINE_POINTS_MAX {
        return Err(What::TooMuch {
            what: Measure::LinePoints,
            limit: LINE_POINTS_MAX,
        });
    }
    let path: Vec<[f64; 2]> = line
        .iter()
        .map(|at| [at.longitude_deg, at.latitude_deg])
        .collect();
    let shapes: Rings = outline.polygons().iter().map(contours).collect();
    let pieces = shapes.slice_by(&path, FillRule::EvenOdd);
    if pieces.len() <= shapes.len() {
        return Err(What::NotCut);
    }
    let pieces = pieces.iter().filter_map(|rings| polygon(rings));
    let mut pieces = pieces
        .map(|piece| outline_of(&MultiPolygon::new(vec![piece])))
        .collect::<Result<Vec<_>, _>>()?;
    let corner = |piece: &Outline| {
        let bounds = piece.polygons().bounding_rect();
        bounds.map_or((0.0, 0.0), |bounds| (bounds.min().x, bounds.min().y))
    };
    pieces.sort_by(|one, other| {
        let (one, other) = (corner(one), corner(other));
        one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1))
    });
    Ok(pieces)
}

/// One outline of several that touch each other.
///
/// # Errors
/// Outlines that do not share a border.
pub fn merged(outlines: &[&Outline]) -> Result<Outline, What> {
    let mut whole: Rings = Vec::new();
    for outline in outlines {
        let mut next: Rings = outline.polygons().iter().map(contours).collect();
        take_in(&mut whole, &next);
        take_in(&mut next, &whole);
        // On the grid that outlines are kept on: on a finer one a corner lies beside the border that it is
        // on, and what touches would not.
        let both =
            whole.overlay_with_fixed_scale(&next, OverlayRule::Union, FillRule::EvenOdd, GRID);
        whole = both.map_err(|_not_on_the_grid| What::Apart)?;
        for corner in whole.iter_mut().flatten().flatten() {
            *corner = corner.map(rounded);
        }
    }
    let whole = whole.iter().filter_map(|rings| polygon(rings));
    let whole: MultiPolygon<f64> = whole.map(without_cracks).collect();
    // Each border that two share makes one part of two.
    let parts: usize = outlines
        .iter()
        .map(|one| one.polygons().iter().count())
        .sum();
    if whole.iter().count() + outlines.len() > parts + 1 {
        return Err(What::Apart);
    }
    outline_of(&whole)
}

/// Makes corners of others that lie on an edge corners of that edge, as far as digits come.
fn take_in(rings: &mut Rings, others: &Rings) {
    let corners: Vec<[f64; 2]> = others.iter().flatten().flatten().copied().collect();
    for ring in rings.iter_mut().flatten() {
        let ends = ring.iter().cycle().skip(1);
        let edges: Vec<_> = ring.iter().copied().zip(ends.copied()).collect();
        *ring = edges
            .into_iter()
            .flat_map(|(from, to)| with_corners(from, to, &corners))
            .collect();
    }
}

/// The beginning of an edge and the corners on it, in the order of the edge.
fn with_corners(from: [f64; 2], to: [f64; 2], corners: &[[f64; 2]]) -> Vec<[f64; 2]> {
    let along = [to[0] - from[0], to[1] - from[1]];
    let length = along[0].hypot(along[1]);
    let mut on_it: Vec<(f64, [f64; 2])> = corners
        .iter()
        .filter_map(|corner| {
            let off = [corner[0] - from[0], corner[1] - from[1]];
            let share = (off[0] * along[0] + off[1] * along[1]) / (length * length);
            let beside = (off[0] * along[1] - off[1] * along[0]).abs() / length;
            let is_inside = share * length > NEAR && (1.0 - share) * length > NEAR;
            (is_inside && beside <= NEAR).then_some((share, *corner))
        })
        .collect();
    on_it.sort_by(|one, other| one.0.total_cmp(&other.0));
    let corners = on_it.into_iter().map(|(_, corner)| corner);
    std::iter::once(from).chain(corners).collect()
}

/// Several pieces that become one parcel.
///
/// # Errors
/// Pieces that are no outline together.
pub fn gathered(pieces: &[&Outline]) -> Result<Outline, What> {
    if let [one] = pieces {
        return Ok((*one).clone());
    }
    let all = pieces.iter().flat_map(|piece| piece.polygons().iter());
    outline_of(&all.cloned().collect())
}

fn outline_of(polygons: &MultiPolygon<f64>) -> Result<Outline, What> {
    let polygons = polygons.orient(Direction::Default);
    let is_crumb = |piece: &Polygon<f64>| piece.geodesic_area_unsigned() < CRUMB_M2;
    if polygons.iter().any(is_crumb) {
        return Err(What::Crumb);
    }
    shape::check_simple(&polygons)?;
    let area = area::area(&polygons).ok_or(What::NoArea)?;
    Ok(Outline { polygons, area })
}

/// A polygon's rings without the corner that closes them.
fn contours(polygon: &Polygon<f64>) -> Vec<Vec<[f64; 2]>> {
    let open = |line: &LineString<f64>| {
        let corners = line.0.split_last().map_or(&[][..], |(_, open)| open);
        corners.iter().map(|at| [at.x, at.y]).collect()
    };
    std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .map(open)
        .collect()
}

/// A polygon of open rings, rounded as outlines are; none where rounding leaves no surface.
fn polygon(rings: &[Vec<[f64; 2]>]) -> Option<Polygon<f64>> {
    let mut lines = rings.iter().map(|ring| closed(ring));
    let shell = lines.next()??;
    Some(Polygon::new(shell, lines.flatten().collect()))
}

fn closed(ring: &[[f64; 2]]) -> Option<LineString<f64>> {
    let mut corners: Vec<Coord<f64>> = Vec::with_capacity(ring.len() + 1);
    for [x, y] in ring {
        let corner = Coord {
            x: rounded(*x),
            y: rounded(*y),
        };
        if corners.last() != Some(&corner) {
            corners.push(corner);
        }
    }
    if corners.first() == corners.last() {
        corners.pop();
    }
    let first = *corners.first()?;
    corners.push(first);
    (corners.len() >= 4).then(|| LineString::new(corners))
}

/// To 1e-9 degrees, as what comes from files.
fn rounded(degrees: f64) -> f64 {
    (degrees * GRID).round() / GRID
}

/// Without the holes that two borders leave which do not lie quite on each other.
fn without_cracks(polygon: Polygon<f64>) -> Polygon<f64> {
    let (shell, holes) = polygon.into_inner();
    let is_hole = |hole: &LineString<f64>| {
        Polygon::new(hole.clone(), Vec::new()).geodesic_area_unsigned() >= CRUMB_M2
    };
    Polygon::new(shell, holes.into_iter().filter(is_hole).collect())
}

//! From degrees to pixels: a local projection around the middle of the map, north up.
//!
//! True to a thousandth within a city; for drawing only, areas are never taken from it.

use geo::{Coord, LineString, Polygon};

use crate::heatmap::cell::Area;
use crate::heatmap::plane::Plane;
use crate::heatmap::scene::shape::{Point, Rect};

/// Where degrees lie on the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ground {
    plane: Plane,
    /// Where the middle is drawn.
    centre: Point,
    /// Scale of the map.
    pub(super) px_per_metre: f64,
}

impl Ground {
    /// The largest map of `areas` that fits `frame`, in its middle.
    pub(super) fn fitting(areas: &[Area<'_>], frame: &Rect) -> Self {
        let (low, high) = corners(areas);
        let middle = Coord {
            x: f64::midpoint(low.x, high.x),
            y: f64::midpoint(low.y, high.y),
        };
        let plane = Plane::around(middle);
        let (from, to) = (plane.metres(low), plane.metres(high));
        let (across, down) = (to.x - from.x, to.y - from.y);
        // A metre at least, so that no division meets a zero.
        let px_per_metre = (frame.width() / across.max(1.0)).min(frame.height() / down.max(1.0));
        Self {
            plane,
            centre: Point {
                x: f64::midpoint(frame.left, frame.right),
                y: f64::midpoint(frame.top, frame.bottom),
            },
            px_per_metre,
        }
    }

    /// Where a place is drawn.
    pub(super) fn point(&self, coord: &Coord<f64>) -> Point {
        let metres = self.plane.metres(*coord);
        Point {
            x: self.centre.x + metres.x * self.px_per_metre,
            y: self.centre.y - metres.y * self.px_per_metre,
        }
    }

    fn ring(&self, line: &LineString<f64>) -> Vec<Point> {
        line.coords().map(|coord| self.point(coord)).collect()
    }

    /// The rings of a polygon, outer one first.
    pub(super) fn rings(&self, polygon: &Polygon<f64>) -> Vec<Vec<Point>> {
        std::iter::once(polygon.exterior())
            .chain(polygon.interiors())
            .map(|line| self.ring(line))
            .collect()
    }
}

/// South-west and north-east of all outlines; nothing gives a point.
fn corners(areas: &[Area<'_>]) -> (Coord<f64>, Coord<f64>) {
    let coords = || {
        areas
            .iter()
            .flat_map(|area| area.outline.polygons())
            .flat_map(|polygon| polygon.exterior().coords())
    };
    let fold = |start: f64, pick: fn(f64, f64) -> f64, axis: fn(&Coord<f64>) -> f64| {
        let found = coords().map(axis).fold(start, pick);
        if found.is_finite() { found } else { 0.0 }
    };
    let low = Coord {
        x: fold(f64::INFINITY, f64::min, |coord| coord.x),
        y: fold(f64::INFINITY, f64::min, |coord| coord.y),
    };
    let high = Coord {
        x: fold(f64::NEG_INFINITY, f64::max, |coord| coord.x),
        y: fold(f64::NEG_INFINITY, f64::max, |coord| coord.y),
    };
    (low, high)
}

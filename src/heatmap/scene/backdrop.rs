//! What lies under the parcels: green, water, roads, the park's limit, cut at the map's frame.
//! Without names: those are for the pages, where one can come nearer.

use geo::{BooleanOps, Coord, LineString, MultiLineString, Polygon};

use crate::heatmap::colour::Rgb;
use crate::heatmap::scene::ground::Ground;
use crate::heatmap::scene::shape::{Point, Rect, Shape};
use crate::park::backdrop::{Kind, Thing};

const GREEN: Rgb = Rgb::hex(0x00d8_e4d2);
const WATER: Rgb = Rgb::hex(0x00b4_cfe7);
const ROAD: Rgb = Rgb::hex(0x00ff_ffff);
const KERB: Rgb = Rgb::hex(0x00d5_dade);
const LIMIT: Rgb = Rgb::hex(0x007f_8a83);

/// Kerbs and the limit, pixels.
const LINE_PX: f64 = 2.0;
/// A dash of the limit and the gap after it, pixels.
const DASH_PX: f64 = 9.0;

/// Draws `things` on the map in `frame`; surfaces first, so that crossings of roads are open.
pub(super) fn put(shapes: &mut Vec<Shape>, things: &[Thing], ground: &Ground, frame: &Rect) {
    let window = Polygon::new(line(&frame.ring()), Vec::new());
    let of = |kind| things.iter().filter(move |thing| thing.kind == kind);
    for (kind, fill) in [(Kind::Green, GREEN), (Kind::Water, WATER)] {
        for thing in of(kind) {
            let rings = corners(thing, ground).into_iter();
            let mut rings = rings.map(|ring| line(&ring));
            let Some(outer) = rings.next() else {
                continue;
            };
            let seen = Polygon::new(outer, rings.collect()).intersection(&window);
            shapes.extend(seen.iter().map(|part| Shape::Area {
                rings: rings_of(part),
                fill,
            }));
        }
    }
    let roads: Vec<(Vec<Vec<Point>>, f64)> = of(Kind::Road)
        .map(|road| {
            let width = (road.width_m * ground.px_per_metre).max(1.0);
            (cut(&corners(road, ground), &window), width)
        })
        .collect();
    for (colour, more) in [(KERB, LINE_PX), (ROAD, 0.0)] {
        let pieces = roads.iter().flat_map(|(lines, width)| {
            let pieces = lines.iter();
            pieces.map(move |points| (points.clone(), width + more))
        });
        shapes.extend(pieces.map(|(points, width)| Shape::Line {
            points,
            width,
            colour,
        }));
    }
    for limit in of(Kind::Limit) {
        let lines = cut(&corners(limit, ground), &window);
        let dashes = lines.iter().flat_map(|points| dashes(points));
        shapes.extend(dashes.map(|points| Shape::Line {
            points,
            width: LINE_PX,
            colour: LIMIT,
        }));
    }
}

fn corners(thing: &Thing, ground: &Ground) -> Vec<Vec<Point>> {
    let lines = thing.lines.iter();
    lines
        .map(|line| line.iter().map(|corner| ground.point(corner)).collect())
        .collect()
}

/// What of the lines lies in the window.
fn cut(lines: &[Vec<Point>], window: &Polygon<f64>) -> Vec<Vec<Point>> {
    let lines = lines.iter().map(|points| line(points));
    let seen = window.clip(&MultiLineString::new(lines.collect()), false);
    seen.iter().map(points).collect()
}

fn line(points: &[Point]) -> LineString<f64> {
    let corners = points.iter().map(|at| Coord { x: at.x, y: at.y });
    corners.collect()
}

fn points(line: &LineString<f64>) -> Vec<Point> {
    let corners = line.coords();
    corners.map(|at| Point { x: at.x, y: at.y }).collect()
}

fn rings_of(polygon: &Polygon<f64>) -> Vec<Vec<Point>> {
    std::iter::once(polygon.exterior())
        .chain(polygon.interiors())
        .map(points)
        .collect()
}

/// The dashes of a line; they begin anew at each corner.
fn dashes(line: &[Point]) -> Vec<Vec<Point>> {
    let mut dashes = Vec::new();
    for (from, to) in line.iter().zip(line.iter().skip(1)) {
        let (across, down) = (to.x - from.x, to.y - from.y);
        let length = across.hypot(down);
        let at = |along: f64| Point {
            x: from.x + across * along / length,
            y: from.y + down * along / length,
        };
        let mut along = 0.0;
        while along < length {
            dashes.push(vec![at(along), at((along + DASH_PX).min(length))]);
            along += 1.6 * DASH_PX;
        }
    }
    dashes
}

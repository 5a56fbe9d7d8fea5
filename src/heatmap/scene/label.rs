//! Finding room for a text inside a parcel: wholly inside, or not at all.

use crate::heatmap::scene::hatch::spans;
use crate::heatmap::scene::shape::{Point, Rect};

/// Heights that are tried, from the middle outwards, as shares of the parcel's box.
const LEVELS: [f64; 7] = [0.5, 0.4, 0.6, 0.3, 0.7, 0.2, 0.8];

/// Where a box of `width` by `height` lies wholly inside rings, near the middle of a wide place.
pub(super) fn room(rings: &[Vec<Point>], bounds: &Rect, width: f64, height: f64) -> Option<Rect> {
    if bounds.width() < width || bounds.height() < height {
        return None;
    }
    LEVELS.iter().find_map(|share| {
        let middle = bounds.top + share * bounds.height();
        let mut widest: Vec<(f64, f64)> = spans(rings, middle);
        widest.sort_by(|a, b| (b.1 - b.0).total_cmp(&(a.1 - a.0)));
        widest
            .into_iter()
            .take_while(|(from, to)| to - from >= width)
            .map(|(from, to)| centred(f64::midpoint(from, to), middle, width, height))
            .find(|place| !crosses(rings, place))
    })
}

fn centred(x: f64, y: f64, width: f64, height: f64) -> Rect {
    Rect {
        left: x - width / 2.0,
        top: y - height / 2.0,
        right: x + width / 2.0,
        bottom: y + height / 2.0,
    }
}

/// Whether any edge of the rings enters the box.
fn crosses(rings: &[Vec<Point>], place: &Rect) -> bool {
    rings.iter().any(|ring| {
        ring.iter()
            .zip(ring.iter().skip(1))
            .any(|(a, b)| enters(*a, *b, place))
    })
}

/// Whether the line from `a` to `b` has a point inside the box (Liang and Barsky).
fn enters(a: Point, b: Point, place: &Rect) -> bool {
    let (mut first, mut last) = (0.0_f64, 1.0_f64);
    let edges = [
        (a.x - b.x, a.x - place.left),
        (b.x - a.x, place.right - a.x),
        (a.y - b.y, a.y - place.top),
        (b.y - a.y, place.bottom - a.y),
    ];
    for (pace, room) in edges {
        if pace < 0.0 {
            first = first.max(room / pace);
        } else if pace > 0.0 {
            last = last.min(room / pace);
        } else if room < 0.0 {
            return false;
        }
    }
    first <= last
}

//! Patterns inside a parcel: hatching clipped to its rings, and dots.

use crate::heatmap::scene::shape::{Point, Rect};

/// Which way hatching runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slope {
    /// From lower left to upper right.
    Rising,
    /// From upper left to lower right.
    Falling,
}

/// The box around rings.
pub(super) fn bounds(rings: &[Vec<Point>]) -> Rect {
    let mut bounds = Rect {
        left: f64::INFINITY,
        top: f64::INFINITY,
        right: f64::NEG_INFINITY,
        bottom: f64::NEG_INFINITY,
    };
    for point in rings.iter().flatten() {
        bounds.left = bounds.left.min(point.x);
        bounds.top = bounds.top.min(point.y);
        bounds.right = bounds.right.max(point.x);
        bounds.bottom = bounds.bottom.max(point.y);
    }
    bounds
}

/// Where the line `x * across + y * down = level` crosses rings: values of `along` by rising
/// size; inside lies between the first and second, the third and fourth, and so on.
fn crossings(
    rings: &[Vec<Point>],
    level: f64,
    measure: impl Fn(Point) -> f64,
    along: impl Fn(Point) -> f64,
) -> Vec<f64> {
    let mut found = Vec::new();
    for ring in rings {
        for (a, b) in ring.iter().zip(ring.iter().skip(1)) {
            let (from, to) = (measure(*a) - level, measure(*b) - level);
            // Half-open, so that a corner on the line counts once.
            if (from < 0.0) != (to < 0.0) {
                let share = from / (from - to);
                found.push(along(*a) + (along(*b) - along(*a)) * share);
            }
        }
    }
    found.sort_by(f64::total_cmp);
    found
}

/// Pieces of parallel lines, `gap` pixels apart, inside rings. The lines hang on the corner of
/// the picture, so that the hatching of neighbours meets.
pub(super) fn lines(rings: &[Vec<Point>], gap: f64, slope: Slope) -> Vec<[Point; 2]> {
    let sign = match slope {
        Slope::Rising => 1.0,
        Slope::Falling => -1.0,
    };
    // Turned by 45 degrees: `measure` is constant along a line, `x` runs along it.
    let measure = |point: Point| point.x * sign + point.y;
    let step = gap * std::f64::consts::SQRT_2;
    let levels = rings.iter().flatten().map(|point| measure(*point));
    let (low, high) = levels.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), level| {
        (low.min(level), high.max(level))
    });
    let mut pieces = Vec::new();
    let mut level = (low / step).ceil() * step;
    while level < high {
        let cuts = crossings(rings, level, measure, |point| point.x);
        for pair in cuts.chunks_exact(2) {
            if let [from, to] = pair {
                let at = |x: f64| Point {
                    x,
                    y: level - x * sign,
                };
                pieces.push([at(*from), at(*to)]);
            }
        }
        level += step;
    }
    pieces
}

/// Middles of dots, `gap` pixels apart, far enough inside rings for `radius`.
pub(super) fn dots(rings: &[Vec<Point>], gap: f64, radius: f64) -> Vec<Point> {
    let bounds = bounds(rings);
    let mut dots = Vec::new();
    let mut y = (bounds.top / gap).ceil() * gap;
    while y < bounds.bottom {
        for (from, to) in spans(rings, y) {
            let mut x = ((from + radius) / gap).ceil() * gap;
            while x < to - radius {
                dots.push(Point { x, y });
                x += gap;
            }
        }
        y += gap;
    }
    dots
}

/// The stretches of the level `y` that lie inside rings.
pub(super) fn spans(rings: &[Vec<Point>], y: f64) -> Vec<(f64, f64)> {
    crossings(rings, y, |point| point.y, |point| point.x)
        .chunks_exact(2)
        .filter_map(|pair| match pair {
            [from, to] => Some((*from, *to)),
            _ => None,
        })
        .collect()
}

//! Values at the nodes of a grid of squares, and the rings around what is high: marching squares.

use std::collections::BTreeMap;

use geo::{BoundingRect, Coord, LineString, MultiPolygon, Polygon, Rect};

use crate::heatmap::surface::estimate::{Spot, bell, inverse_distance, squared};
use crate::units::convert::{len_as_f64, whole_as_f64, whole_part};

/// Beyond so many bandwidths a bell is not added: 4 millionths of its height.
const BELL_ENDS: f64 = 5.0;
/// Nodes across the longer side: fewest and most.
const NODES: (f64, f64) = (60.0, 480.0);

/// Where the nodes lie: a square grid that reaches beyond a shape on every side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Grid {
    low: Coord<f64>,
    step: f64,
    across: usize,
    down: usize,
}

/// One value a node, row by row from the south.
pub(super) type Values = Vec<f64>;

/// A side of a square: from the node at column and row eastwards, or northwards.
type Side = (usize, usize, bool);

impl Grid {
    /// A grid over `shape` whose squares are about `wanted_m` wide; `None` without a shape.
    pub(super) fn over(shape: &MultiPolygon<f64>, wanted_m: f64) -> Option<Self> {
        let bounds: Rect<f64> = shape.bounding_rect()?;
        let longer = bounds.width().max(bounds.height()).max(1.0);
        let step = longer / (longer / wanted_m).clamp(NODES.0, NODES.1);
        let nodes = |length: f64| usize::try_from(whole_part((length / step).ceil()) + 3).ok();
        Some(Self {
            low: Coord {
                x: bounds.min().x - step,
                y: bounds.min().y - step,
            },
            step,
            across: nodes(bounds.width())?,
            down: nodes(bounds.height())?,
        })
    }

    /// How many nodes there are.
    pub(super) const fn len(&self) -> usize {
        self.across * self.down
    }

    fn node(&self, column: usize, row: usize) -> Coord<f64> {
        Coord {
            x: self.low.x + len_as_f64(column) * self.step,
            y: self.low.y + len_as_f64(row) * self.step,
        }
    }

    fn nodes(&self) -> impl Iterator<Item = Coord<f64>> {
        (0..self.down)
            .flat_map(move |row| (0..self.across).map(move |column| self.node(column, row)))
    }

    /// The columns or rows of a line of `count` nodes from `low` that lie between two places.
    fn between(&self, low: f64, count: usize, from: f64, to: f64) -> std::ops::Range<usize> {
        let first = ((from - low) / self.step).ceil().max(0.0);
        let past = ((to - low) / self.step).floor() + 1.0;
        let whole = |at: f64| usize::try_from(whole_part(at.max(0.0))).unwrap_or(0);
        whole(first)..whole(past).min(count)
    }

    /// [`super::kernel_density`] at each node; bells end after five bandwidths.
    pub(super) fn densities(&self, spots: &[Spot], bandwidth_m: f64) -> Values {
        let mut values = vec![0.0; self.len()];
        let reach = BELL_ENDS * bandwidth_m;
        for spot in spots {
            let columns = self.between(
                self.low.x,
                self.across,
                spot.at.x - reach,
                spot.at.x + reach,
            );
            for row in self.between(self.low.y, self.down, spot.at.y - reach, spot.at.y + reach) {
                let start = row * self.across;
                let line = values.get_mut(start + columns.start..start + columns.end);
                for (value, column) in line.into_iter().flatten().zip(columns.clone()) {
                    let d2 = squared(self.node(column, row), spot.at);
                    if d2 <= reach * reach {
                        *value += spot.amount * bell(bandwidth_m, d2);
                    }
                }
            }
        }
        values
    }

    /// [`super::inverse_distance`] at each node.
    pub(super) fn between_spots(&self, spots: &[Spot]) -> Values {
        let each = self.nodes().map(|at| inverse_distance(spots, at));
        each.map(Option::unwrap_or_default).collect()
    }

    /// How near the nearest spot is to each node: metres, below zero, so that near is high.
    pub(super) fn nearness(&self, spots: &[Spot]) -> Values {
        let nearest = |at| {
            let all = spots.iter().map(|spot| squared(spot.at, at));
            -all.fold(f64::INFINITY, f64::min).sqrt()
        };
        self.nodes().map(nearest).collect()
    }

    /// Which nodes lie inside `shape`, by the crossings of each row with its rings.
    pub(super) fn inside(&self, shape: &MultiPolygon<f64>) -> Vec<bool> {
        let mut crossings: Vec<Vec<f64>> = vec![Vec::new(); self.down];
        let rings = shape
            .iter()
            .flat_map(|part| std::iter::once(part.exterior()).chain(part.interiors()));
        for edge in rings.flat_map(LineString::lines) {
            let (south, north) = (edge.start.y.min(edge.end.y), edge.start.y.max(edge.end.y));
            for row in self.between(self.low.y, self.down, south, north) {
                let y = self.node(0, row).y;
                // Half-open, so that a corner on the row counts once.
                if (edge.start.y > y) != (edge.end.y > y)
                    && let Some(own) = crossings.get_mut(row)
                {
                    let along = (y - edge.start.y) / (edge.end.y - edge.start.y);
                    own.push(edge.start.x + along * (edge.end.x - edge.start.x));
                }
            }
        }
        let mut inside = vec![false; self.len()];
        for (row, mut own) in crossings.into_iter().enumerate() {
            own.sort_by(f64::total_cmp);
            for pair in own.chunks_exact(2) {
                let [from, to] = [0, 1].map(|at| pair.get(at).copied().unwrap_or_default());
                for column in self.between(self.low.x, self.across, from, to) {
                    if let Some(node) = inside.get_mut(row * self.across + column) {
                        *node = true;
                    }
                }
            }
        }
        inside
    }

    /// What lies at or above `level`: rings that have it on their left, those of holes among them;
    /// whoever counts how often a place is surrounded (even or odd) knows whether it is inside.
    pub(super) fn above(&self, values: &Values, level: f64) -> MultiPolygon<f64> {
        let mut onward: BTreeMap<Side, Side> = BTreeMap::new();
        for row in 0..=self.down {
            for column in 0..=self.across {
                for (from, to) in self.steps((column, row), values, level) {
                    onward.insert(from, to);
                }
            }
        }
        let mut rings = Vec::new();
        while let Some((first, mut side)) = onward.pop_first() {
            let mut ring = vec![self.crossing(first, values, level)];
            while side != first {
                ring.push(self.crossing(side, values, level));
                let Some(next) = onward.remove(&side) else {
                    break;
                };
                side = next;
            }
            rings.push(Polygon::new(LineString::from(ring), Vec::new()));
        }
        MultiPolygon::new(rings)
    }

    /// The value of a node counted from 1; beyond the grid everything is low.
    fn value(&self, (column, row): (usize, usize), values: &Values) -> f64 {
        let place = column.checked_sub(1).zip(row.checked_sub(1));
        let place = place.filter(|(column, row)| *column < self.across && *row < self.down);
        let value = place.and_then(|(column, row)| values.get(row * self.across + column));
        value.copied().unwrap_or(f64::NEG_INFINITY)
    }

    /// The steps through the square north-east of a node (counted from 1), what is high on the left.
    fn steps(&self, (x, y): (usize, usize), values: &Values, level: f64) -> Vec<(Side, Side)> {
        let corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)];
        let corners = corners.map(|node| self.value(node, values));
        let high = corners.map(|value| value >= level);
        let (south, north) = ((x, y, true), (x, y + 1, true));
        let (west, east) = ((x, y, false), (x + 1, y, false));
        let is_middle_high = corners.iter().sum::<f64>() / 4.0 >= level;
        // South-west, south-east, north-east, north-west.
        match high {
            [false, false, false, false] | [true, true, true, true] => Vec::new(),
            [true, false, false, false] => vec![(south, west)],
            [false, true, false, false] => vec![(east, south)],
            [false, false, true, false] => vec![(north, east)],
            [false, false, false, true] => vec![(west, north)],
            [true, true, false, false] => vec![(east, west)],
            [false, true, true, false] => vec![(north, south)],
            [false, false, true, true] => vec![(west, east)],
            [true, false, false, true] => vec![(south, north)],
            [false, true, true, true] => vec![(west, south)],
            [true, false, true, true] => vec![(south, east)],
            [true, true, false, true] => vec![(east, north)],
            [true, true, true, false] => vec![(north, west)],
            [true, false, true, false] if is_middle_high => vec![(south, east), (north, west)],
            [true, false, true, false] => vec![(south, west), (north, east)],
            [false, true, false, true] if is_middle_high => vec![(west, south), (east, north)],
            [false, true, false, true] => vec![(east, south), (west, north)],
        }
    }

    /// Where the level lies on a side.
    fn crossing(&self, (x, y, is_eastward): Side, values: &Values, level: f64) -> Coord<f64> {
        let other = if is_eastward { (x + 1, y) } else { (x, y + 1) };
        let (from, to) = (self.value((x, y), values), self.value(other, values));
        let share = (level - from) / (to - from);
        // At the edge of the grid, beyond whatever is shown, one of the two has no value.
        let share = if share.is_finite() && from.is_finite() && to.is_finite() {
            share.clamp(0.0, 1.0)
        } else {
            0.5
        };
        let (east, north) = if is_eastward {
            (share, 0.0)
        } else {
            (0.0, share)
        };
        let whole = |at: usize| whole_as_f64(i64::try_from(at).unwrap_or_default()) - 1.0;
        Coord {
            x: self.low.x + (whole(x) + east) * self.step,
            y: self.low.y + (whole(y) + north) * self.step,
        }
    }
}

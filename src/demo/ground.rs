//! The ground of a made-up park: a road grid slightly out of true, a river through it, blocks
//! split into parcels of unlike size. Metres around the park's middle; degrees only on the way out.

use std::f64::consts::PI;

use geo::Area;
use geo::BooleanOps;
use geo::Centroid;
use geo::Coord;
use geo::Euclidean;
use geo::Length;
use geo::LineString;
use geo::MultiPolygon;
use geo::Polygon;

use crate::units::convert::pixel as whole;

use super::Dice;

/// Half of the park's extent, east to west.
const HALF_EAST_M: f64 = 1080.0;
/// Half of the park's extent, north to south.
const HALF_NORTH_M: f64 = 760.0;
/// Blocks from west to east.
const COLUMNS: u32 = 6;
/// Blocks from south to north.
const ROWS: u32 = 5;
/// Half of the river's width.
const RIVER_M: f64 = 46.0;
/// Half of the creek's width.
const CREEK_M: f64 = 15.0;
/// The smallest parcel worth an outline.
const SMALLEST_M2: f64 = 5_000.0;
/// A leftover less round than this (a circle is 1, a square 0.79) is a strip and no parcel.
const ROUNDNESS: f64 = 0.42;
/// The park's limit, as shares of its half extents, before chance moves it.
const LIMIT: [(f64, f64); 10] = [
    (-1.0, 0.84),
    (-0.52, 1.0),
    (0.48, 0.98),
    (0.9, 0.78),
    (1.0, 0.12),
    (0.95, -0.62),
    (0.56, -0.96),
    (-0.42, -1.0),
    (-0.86, -0.74),
    (-0.98, -0.1),
];

/// Which bank of the river a parcel lies on: the park's areas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Bank {
    North,
    South,
}

/// The land of one parcel.
#[derive(Clone, Debug)]
pub(super) struct Plot {
    /// Metres east and north of the park's middle.
    pub(super) outline: Polygon<f64>,
    pub(super) bank: Bank,
}

impl Plot {
    /// Its size in whole m², in the plane: within a thousandth of the geodesic one.
    pub(super) fn m2(&self) -> u64 {
        whole(self.outline.unsigned_area()).unsigned_abs().into()
    }

    fn middle(&self) -> Coord<f64> {
        self.outline.centroid().map_or(Coord::zero(), Coord::from)
    }
}

/// At most `count` plots, by bank, then in rows from the north-west to the south-east.
pub(super) fn plots(count: usize, dice: Dice) -> Vec<Plot> {
    let site = Site::new(dice);
    let mut pieces: Vec<Piece> = site.pieces(site.blocks());
    let mut round = 0;
    while pieces.len() < count
        && let Some(chosen) = next_to_split(&pieces, dice)
    {
        round += 1;
        let piece = pieces.swap_remove(chosen);
        let halves = site.pieces(piece.block.halves(dice.of(1000 + round)));
        match halves.len() {
            2 => pieces.extend(halves),
            _ => pieces.push(Piece {
                whole: true,
                ..piece
            }),
        }
    }
    let mut plots: Vec<Plot> = pieces.into_iter().map(|piece| piece.plot).collect();
    plots.truncate(count);
    plots.sort_by(|a, b| {
        let rows = (a.bank, row(a)).cmp(&(b.bank, row(b)));
        rows.then(a.middle().x.total_cmp(&b.middle().x))
    });
    plots
}

/// The row of a plot, counted from the north.
fn row(plot: &Plot) -> i32 {
    whole((HALF_NORTH_M - plot.middle().y) / 160.0)
}

/// What lies between and around the plots, metres as they are.
#[derive(Clone, Debug)]
pub(super) struct Around {
    pub(super) limit: Polygon<f64>,
    /// Lawns along river and creek.
    pub(super) green: Vec<Polygon<f64>>,
    /// River and creek.
    pub(super) water: [Polygon<f64>; 2],
    pub(super) roads: Vec<Road>,
}

/// The middle line of a road.
#[derive(Clone, Debug)]
pub(super) struct Road {
    pub(super) line: Vec<Coord<f64>>,
    pub(super) width_m: f64,
    pub(super) course: Course,
}

/// Where a road runs, for its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Course {
    /// From west to east, counted from the south.
    Across(u32),
    /// From south to north, counted from the west.
    Along(u32),
    /// Over the corner of the grid.
    Askew,
}

/// What lies around the plots of the same dice.
pub(super) fn around(dice: Dice) -> Around {
    let site = Site::new(dice);
    let (river, creek) = (run_out(river_middle(dice)), creek_middle(dice));
    let across = (0..=ROWS).map(|row| {
        let line = (0..=COLUMNS).map(|column| site.crossing(column, row));
        (line.collect(), Course::Across(row))
    });
    let along = (0..=COLUMNS).map(|column| {
        let line = (0..=ROWS).map(|row| site.crossing(column, row));
        (line.collect(), Course::Along(column))
    });
    let askew = (crossing_road(dice), Course::Askew);
    let roads = across.chain(along).chain([askew]);
    Around {
        green: vec![band(&river, RIVER_M + 24.0), band(&creek, CREEK_M + 10.0)],
        water: [band(&river, RIVER_M), band(&creek, CREEK_M)],
        roads: roads
            .map(|(line, course)| Road {
                line: run_out(line),
                width_m: 20.0,
                course,
            })
            .collect(),
        limit: site.limit,
    }
}

/// A line that goes on beyond both of its ends, out of the park.
fn run_out(mut line: Vec<Coord<f64>>) -> Vec<Coord<f64>> {
    const BEYOND_M: f64 = 900.0;
    if let [first, second, ..] = line[..] {
        line.insert(0, first + towards(second, first) * BEYOND_M);
    }
    if let [.., before, last] = line[..] {
        line.push(last + towards(before, last) * BEYOND_M);
    }
    line
}

/// A block or a part of one, and what of it is left beside river and roads.
#[derive(Clone, Debug)]
struct Piece {
    block: Block,
    plot: Plot,
    /// Not to be split further.
    whole: bool,
}

/// The largest piece, each weighed by chance, so that sizes stay unlike.
fn next_to_split(pieces: &[Piece], dice: Dice) -> Option<usize> {
    let weight = |piece: &Piece| {
        let middle = piece.plot.middle();
        let key = (middle.x * 8.0 + middle.y).abs().to_bits();
        piece.plot.outline.unsigned_area() * (1.0 + 0.4 * dice.swing(key))
    };
    let open = pieces.iter().enumerate().filter(|(_, piece)| !piece.whole);
    open.max_by(|(_, a), (_, b)| weight(a).total_cmp(&weight(b)))
        .map(|(place, _)| place)
}

/// Four corners: south-west, south-east, north-east, north-west.
#[derive(Clone, Copy, Debug)]
struct Block([Coord<f64>; 4]);

impl Block {
    /// The block without half of the road on each side.
    fn beside_roads(self, half_road_m: f64) -> Self {
        let Self([sw, se, ne, nw]) = self;
        let inward = |corner: Coord<f64>, one: Coord<f64>, other: Coord<f64>| {
            corner + towards(corner, one) * half_road_m + towards(corner, other) * half_road_m
        };
        Self([
            inward(sw, se, nw),
            inward(se, sw, ne),
            inward(ne, nw, se),
            inward(nw, ne, sw),
        ])
    }

    /// Two parts, cut across the longer side, not quite in the middle and not quite square.
    fn halves(self, dice: Dice) -> [Self; 2] {
        let Self([sw, se, ne, nw]) = self;
        let share = |purpose| 0.5 + 0.14 * dice.swing(1) + 0.02 * dice.swing(purpose);
        if length(se - sw) + length(ne - nw) > length(nw - sw) + length(ne - se) {
            let (south, north) = (between(sw, se, share(2)), between(nw, ne, share(3)));
            [Self([sw, south, north, nw]), Self([south, se, ne, north])]
        } else {
            let (west, east) = (between(sw, nw, share(2)), between(se, ne, share(3)));
            [Self([sw, se, east, west]), Self([west, east, ne, nw])]
        }
    }

    fn polygon(self) -> Polygon<f64> {
        Polygon::new(LineString::from(self.0.to_vec()), Vec::new())
    }
}

fn length(line: Coord<f64>) -> f64 {
    line.x.hypot(line.y)
}

/// One metre from `from` towards `to`.
fn towards(from: Coord<f64>, to: Coord<f64>) -> Coord<f64> {
    (to - from) / length(to - from).max(1.0)
}

fn between(from: Coord<f64>, to: Coord<f64>, share: f64) -> Coord<f64> {
    from + (to - from) * share
}

/// What there is before there are parcels.
struct Site {
    dice: Dice,
    limit: Polygon<f64>,
    /// River, creek and the road across the grid.
    cuts: MultiPolygon<f64>,
}

impl Site {
    fn new(dice: Dice) -> Self {
        let limit = LIMIT.iter().zip(1..).map(|((east, north), corner)| Coord {
            x: HALF_EAST_M * (east + 0.03 * dice.swing(corner)),
            y: HALF_NORTH_M * (north + 0.03 * dice.swing(100 + corner)),
        });
        let river = band(&river_middle(dice), RIVER_M);
        let creek = band(&creek_middle(dice), CREEK_M);
        let road = band(&crossing_road(dice), 13.0);
        Self {
            dice,
            limit: Polygon::new(limit.collect(), Vec::new()),
            cuts: MultiPolygon::from(river)
                .union(&MultiPolygon::from(creek))
                .union(&MultiPolygon::from(road)),
        }
    }

    /// The blocks of the grid, roads taken off.
    fn blocks(&self) -> impl Iterator<Item = Block> {
        let cells = (0..COLUMNS).flat_map(|column| (0..ROWS).map(move |row| (column, row)));
        cells.map(|(column, row)| {
            let corners = [(0, 0), (1, 0), (1, 1), (0, 1)];
            let corners = corners.map(|(east, north)| self.crossing(column + east, row + north));
            // Every third road is an avenue.
            let half_road_m = if (column + row) % 3 == 0 { 13.0 } else { 9.0 };
            Block(corners).beside_roads(half_road_m)
        })
    }

    /// Where road `column` crosses road `row`: each line out of place and out of true by chance.
    fn crossing(&self, column: u32, row: u32) -> Coord<f64> {
        let place = |line: u32, lines: u32, half_m: f64, purpose: u64| {
            let step_m = 2.0 * half_m / f64::from(lines);
            let shift = 0.16 * self.dice.swing(purpose + u64::from(line));
            (f64::from(line) + shift) * step_m - half_m
        };
        let slant = |line: u32, purpose: u64| 0.045 * self.dice.swing(purpose + u64::from(line));
        let east = place(column, COLUMNS, HALF_EAST_M, 200);
        let north = place(row, ROWS, HALF_NORTH_M, 300);
        Coord {
            x: east + slant(column, 400) * north,
            y: north + (slant(row, 500) + 0.02) * east,
        }
    }

    /// Of each block the part that can be a parcel, if there is one.
    fn pieces(&self, blocks: impl IntoIterator<Item = Block>) -> Vec<Piece> {
        let pieces = blocks.into_iter().map(|block| {
            let land = block.polygon().intersection(&self.limit);
            let dry = land.difference(&self.cuts);
            let largest = dry
                .into_iter()
                .max_by(|a, b| a.unsigned_area().total_cmp(&b.unsigned_area()))?;
            let outline = worth_an_outline(&largest).then_some(largest)?;
            let middle = outline.centroid()?;
            let bank = if middle.y() > river_north_m(self.dice, middle.x()) {
                Bank::North
            } else {
                Bank::South
            };
            Some(Piece {
                block,
                plot: Plot { outline, bank },
                whole: false,
            })
        });
        pieces.flatten().collect()
    }
}

fn worth_an_outline(polygon: &Polygon<f64>) -> bool {
    let girth_m = Euclidean.length(polygon.exterior());
    let m2 = polygon.unsigned_area();
    m2 >= SMALLEST_M2
        && 4.0 * PI * m2 / (girth_m * girth_m) >= ROUNDNESS
        && polygon.interiors().is_empty()
}

/// Metres north of the middle at which the river flows, `east_m` east of it.
fn river_north_m(dice: Dice, east_m: f64) -> f64 {
    let bend = (east_m / (330.0 + 40.0 * dice.swing(600)) + PI * dice.swing(601)).sin();
    0.13 * east_m + 95.0 * bend + 60.0 * dice.swing(602)
}

fn river_middle(dice: Dice) -> Vec<Coord<f64>> {
    let stations = (-30..=30).map(|station| f64::from(station) * 42.0);
    stations
        .map(|x| Coord {
            x,
            y: river_north_m(dice, x),
        })
        .collect()
}

/// From the river to the south.
fn creek_middle(dice: Dice) -> Vec<Coord<f64>> {
    let from_east = 120.0 * dice.swing(610);
    let mouth_north = river_north_m(dice, from_east);
    let stations = (0..=24).map(|station| f64::from(station) * 45.0);
    stations
        .map(|south| Coord {
            x: from_east + 34.0 * (south / 150.0).sin() - 0.1 * south,
            y: mouth_north - south,
        })
        .collect()
}

/// The road that cuts off the north-eastern corner.
fn crossing_road(dice: Dice) -> Vec<Coord<f64>> {
    let shift = 80.0 * dice.swing(620);
    let corner = |east: f64, north: f64| Coord {
        x: HALF_EAST_M * east + shift,
        y: HALF_NORTH_M * north,
    };
    vec![
        corner(0.42, 1.3),
        corner(0.7, 0.55),
        corner(0.84, -0.1),
        corner(1.02, -1.3),
    ]
}

/// The strip of `half_m` on each side of a line.
fn band(middle: &[Coord<f64>], half_m: f64) -> Polygon<f64> {
    let before = middle.first().into_iter().chain(middle);
    let after = middle.iter().skip(1).chain(middle.last());
    let sides = before
        .zip(middle)
        .zip(after)
        .map(|((before, here), after)| {
            let along = towards(*before, *after);
            let aside = Coord {
                x: -along.y,
                y: along.x,
            } * half_m;
            (*here + aside, *here - aside)
        });
    let (left, mut right): (Vec<_>, Vec<_>) = sides.unzip();
    right.reverse();
    Polygon::new(left.into_iter().chain(right).collect(), Vec::new())
}

//! Rings as they stand in a file, turned into a valid outline in degrees, or told what is wrong.
//!
//! The checks run in the order in which one fault would cause the next: closed, enough points,
//! possible numbers, the right place, and only then the shape.

use geo::orient::{Direction, Orient};
use geo::{Coord, LineString, MultiPolygon, Polygon, Validation};
use geojson::{LineStringType, PolygonType, Position as Numbers};

use crate::park::outline::crs::{Crs, Pair};
use crate::park::outline::fault::{Measure, Ring, What};
use crate::park::outline::{Outline, Position, Reading, area};

/// Most points of one parcel: the check for crossings compares each edge with each other.
const POINTS_MAX: usize = 2_000;

/// The outline of one feature.
pub(super) fn outline(polygons: &[PolygonType], reading: &Reading) -> Result<Outline, What> {
    let points: usize = polygons.iter().flatten().map(Vec::len).sum();
    if points > POINTS_MAX {
        return Err(What::TooMuch {
            what: Measure::OutlinePoints,
            limit: POINTS_MAX,
        });
    }
    let polygons = polygons
        .iter()
        .enumerate()
        .map(|(part, rings)| polygon(part, rings, reading))
        .collect::<Result<Vec<_>, _>>()?;
    let polygons = MultiPolygon::new(polygons).orient(Direction::Default);
    check_simple(&polygons)?;
    let area = area::area(&polygons).ok_or(What::NoArea)?;
    Ok(Outline { polygons, area })
}

fn polygon(part: usize, rings: &PolygonType, reading: &Reading) -> Result<Polygon<f64>, What> {
    let mut lines = rings
        .iter()
        .enumerate()
        .map(|(number, ring)| line(Ring { part, ring: number }, ring, reading))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter();
    let shell = lines.next().ok_or(What::TooFewPoints {
        ring: Ring { part, ring: 0 },
    })?;
    Ok(Polygon::new(shell, lines.collect()))
}

fn line(name: Ring, ring: &LineStringType, reading: &Reading) -> Result<LineString<f64>, What> {
    let pairs = ring
        .iter()
        .map(|numbers| pair(numbers, reading.crs))
        .collect::<Result<Vec<_>, _>>()?;
    if pairs.first().map(bits) != pairs.last().map(bits) {
        return Err(What::UnclosedRing { ring: name });
    }
    let mut coords: Vec<Coord<f64>> = Vec::with_capacity(pairs.len());
    for pair in pairs {
        let place = place(pair, reading)?;
        let coord = Coord {
            x: place.longitude_deg,
            y: place.latitude_deg,
        };
        if coords.last() != Some(&coord) {
            coords.push(coord);
        }
    }
    if coords.len() < 4 {
        return Err(What::TooFewPoints { ring: name });
    }
    Ok(LineString::new(coords))
}

/// Equality of the numbers as written; 0 and -0 are the same place.
fn bits((first, second): &Pair) -> (u64, u64) {
    ((first + 0.0).to_bits(), (second + 0.0).to_bits())
}

/// The first two numbers of a position; a height behind them is not looked at.
fn pair(numbers: &Numbers, crs: Crs) -> Result<Pair, What> {
    match numbers.as_slice() {
        [first, second, ..] => Ok((*first, *second)),
        numbers => Err(What::OutOfRange {
            pair: format!("{numbers:?}"),
            crs: crs.to_string(),
        }),
    }
}

/// Where a pair lies, if it lies in the city; else why not.
fn place(pair: Pair, reading: &Reading) -> Result<Position, What> {
    let in_city = |(first, second): Pair| {
        reading
            .crs
            .allows((first, second))
            .then(|| reading.crs.degrees((first, second)))
            .filter(|place| reading.city.holds(*place))
    };
    if let Some(place) = in_city(pair) {
        return Ok(place);
    }
    let written = format!("({}, {})", pair.0, pair.1);
    if in_city((pair.1, pair.0)).is_some() {
        return Err(What::SwappedAxes { pair: written });
    }
    if reading.crs.allows(pair) {
        return Err(What::OutsideCity { pair: written });
    }
    Err(What::OutOfRange {
        pair: written,
        crs: reading.crs.to_string(),
    })
}

/// Simple rings, holes inside, parts apart.
pub(super) fn check_simple(polygons: &MultiPolygon<f64>) -> Result<(), What> {
    polygons
        .check_validation()
        .map_err(|cause| What::SelfCrossing {
            detail: cause.to_string(),
        })
}

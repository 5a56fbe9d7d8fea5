//! GCJ-02, the shifted degrees of public Chinese maps, there and back (domain.md 5.5).
//!
//! Only for drawing under or over such a map and for reading files drawn on one: never store,
//! never measure in it.

use std::f64::consts::PI;

use crate::park::outline::Position;

/// Half the long axis of the Krasovsky ellipsoid, metres, as the shift is defined on it.
const SEMI_MAJOR_M: f64 = 6_378_245.0;
/// First eccentricity squared, in the digits of the definition.
const ECCENTRICITY_SQUARED: f64 = 0.006_693_421_622_965_943;

/// Steps of the inverse; each gains about four digits.
const STEPS: usize = 8;

/// GCJ-02 degrees of a place given in WGS 84 or CGCS2000. Outside China the shift means nothing
/// and is not applied.
#[must_use]
pub fn to_gcj02(place: Position) -> Position {
    if !in_china(place) {
        return place;
    }
    let shift = shift(place);
    Position {
        longitude_deg: place.longitude_deg + shift.longitude_deg,
        latitude_deg: place.latitude_deg + shift.latitude_deg,
    }
}

/// WGS 84 degrees of a place given in GCJ-02, by iteration; off by some 1e-14 degrees.
#[must_use]
pub fn from_gcj02(shifted: Position) -> Position {
    let mut place = shifted;
    for _step in 0..STEPS {
        let reached = to_gcj02(place);
        place.longitude_deg -= reached.longitude_deg - shifted.longitude_deg;
        place.latitude_deg -= reached.latitude_deg - shifted.latitude_deg;
    }
    place
}

fn in_china(place: Position) -> bool {
    (72.004..=137.8347).contains(&place.longitude_deg)
        && (0.8293..=55.8271).contains(&place.latitude_deg)
}

fn shift(place: Position) -> Position {
    let x = place.longitude_deg - 105.0;
    let y = place.latitude_deg - 35.0;
    let latitude = place.latitude_deg.to_radians();
    let squeeze = 1.0 - ECCENTRICITY_SQUARED * latitude.sin().powi(2);
    let meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (squeeze * squeeze.sqrt());
    let parallel = SEMI_MAJOR_M / squeeze.sqrt() * latitude.cos();
    Position {
        longitude_deg: (east_m(x, y) / parallel).to_degrees(),
        latitude_deg: (north_m(x, y) / meridian).to_degrees(),
    }
}

fn east_m(x: f64, y: f64) -> f64 {
    300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + ripple(x)
        + wave(
            x,
            [
                (20.0, 1.0),
                (40.0, 1.0 / 3.0),
                (150.0, 1.0 / 12.0),
                (300.0, 1.0 / 30.0),
            ],
        )
}

fn north_m(x: f64, y: f64) -> f64 {
    -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + ripple(x)
        + wave(
            y,
            [
                (20.0, 1.0),
                (40.0, 1.0 / 3.0),
                (160.0, 1.0 / 12.0),
                (320.0, 1.0 / 30.0),
            ],
        )
}

fn ripple(x: f64) -> f64 {
    (20.0 * (6.0 * x * PI).sin() + 20.0 * (2.0 * x * PI).sin()) * 2.0 / 3.0
}

fn wave(along: f64, terms: [(f64, f64); 4]) -> f64 {
    let sum: f64 = terms
        .iter()
        .map(|(height, times)| height * (along * times * PI).sin())
        .sum();
    sum * 2.0 / 3.0
}

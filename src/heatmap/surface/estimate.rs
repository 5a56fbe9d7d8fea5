//! Amounts at places, and what they say of the places between: kernel density and inverse distance
//! (domain.md 5.4). The formulas and their check values are the vectors `surface`.

use std::f64::consts::TAU;

use geo::Coord;

/// An amount at a place of a plane, in metres.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    /// Where.
    pub at: Coord<f64>,
    /// How much: kW, kWh.
    pub amount: f64,
}

/// Squared distance, m².
pub(super) fn squared(one: Coord<f64>, other: Coord<f64>) -> f64 {
    (one.x - other.x).powi(2) + (one.y - other.y).powi(2)
}

/// The share of one amount that lies on a square metre, `d2` m² (squared) away.
pub(super) fn bell(bandwidth_m: f64, d2: f64) -> f64 {
    let h2 = bandwidth_m * bandwidth_m;
    (-d2 / (2.0 * h2)).exp() / (TAU * h2)
}

/// The amounts spread as bells of Gauss, per m² at a place; `bandwidth_m` is the standard deviation.
/// Over the whole plane it adds up to the sum of the amounts.
#[must_use]
pub fn kernel_density(spots: &[Spot], bandwidth_m: f64, at: Coord<f64>) -> f64 {
    let each = spots
        .iter()
        .map(|spot| spot.amount * bell(bandwidth_m, squared(spot.at, at)));
    each.sum()
}

/// The mean of the amounts, each weighted by one over the square of its distance; on a spot its own
/// amount, on several the mean of theirs. `None` without spots.
#[must_use]
pub fn inverse_distance(spots: &[Spot], at: Coord<f64>) -> Option<f64> {
    let (mut above, mut below) = (0.0, 0.0);
    let (mut here, mut on_it) = (0.0, 0.0);
    for spot in spots {
        let d2 = squared(spot.at, at);
        if d2 > 0.0 {
            above += spot.amount / d2;
            below += 1.0 / d2;
        } else {
            here += spot.amount;
            on_it += 1.0;
        }
    }
    if on_it > 0.0 {
        return Some(here / on_it);
    }
    (below > 0.0).then(|| above / below)
}

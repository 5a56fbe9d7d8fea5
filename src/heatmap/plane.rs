//! Degrees as metres in a plane around a place, north up, and back: for drawing and for surfaces.
//!
//! True to a thousandth within a city; no area that is told of a parcel is ever taken from it.

use geo::Coord;

/// Half the long axis of CGCS2000, metres.
const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// First eccentricity squared of CGCS2000.
const ECCENTRICITY_SQUARED: f64 = 0.006_694_380_022_9;

/// Metres east and north of a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plane {
    middle: Coord<f64>,
    /// Metres of a degree, eastwards and northwards.
    per_degree: (f64, f64),
}

impl Plane {
    /// The plane that touches the earth at `middle`, in degrees.
    pub(super) fn around(middle: Coord<f64>) -> Self {
        let latitude = middle.y.to_radians();
        let squeeze = 1.0 - ECCENTRICITY_SQUARED * latitude.sin().powi(2);
        let parallel = SEMI_MAJOR_M / squeeze.sqrt() * latitude.cos();
        let meridian = SEMI_MAJOR_M * (1.0 - ECCENTRICITY_SQUARED) / (squeeze * squeeze.sqrt());
        Self {
            middle,
            per_degree: (parallel.to_radians(), meridian.to_radians()),
        }
    }

    /// Metres east and north of the middle.
    pub(super) fn metres(&self, degrees: Coord<f64>) -> Coord<f64> {
        Coord {
            x: (degrees.x - self.middle.x) * self.per_degree.0,
            y: (degrees.y - self.middle.y) * self.per_degree.1,
        }
    }

    /// The same place in degrees again.
    pub(super) fn degrees(&self, metres: Coord<f64>) -> Coord<f64> {
        Coord {
            x: self.middle.x + metres.x / self.per_degree.0,
            y: self.middle.y + metres.y / self.per_degree.1,
        }
    }
}

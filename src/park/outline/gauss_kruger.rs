//! Gauss-Krüger on CGCS2000, plane to degrees, by Krüger's series in the third flattening to the
//! fourth order: better than a tenth of a millimetre inside a 3° zone (Karney 2011, table 2).

use crate::park::outline::Position;

/// Half the long axis of the CGCS2000 ellipsoid (GRS 80), metres.
pub(super) const SEMI_MAJOR_M: f64 = 6_378_137.0;
/// Flattening of the CGCS2000 ellipsoid.
pub(super) const FLATTENING: f64 = 1.0 / 298.257_222_101;

/// Farthest from the central meridian that is read: four degrees, a zone and its overlap.
const REACH_M: f64 = 400_000.0;

/// Metres in the plane; the first number of a file is the easting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Plane {
    /// East of the false origin.
    pub(super) easting_m: f64,
    /// North of the equator.
    pub(super) northing_m: f64,
}

/// One zone of the projection.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct GaussKruger {
    meridian_deg: f64,
    false_easting_m: f64,
}

impl GaussKruger {
    /// EPSG:4549.
    pub(super) const CM_120: Self = Self {
        meridian_deg: 120.0,
        false_easting_m: 500_000.0,
    };
    /// EPSG:4528.
    pub(super) const ZONE_40: Self = Self {
        meridian_deg: 120.0,
        false_easting_m: 40_500_000.0,
    };

    /// Whether the zone holds `plane`: China's north, and near its meridian.
    pub(super) fn reaches(&self, plane: Plane) -> bool {
        (plane.easting_m - self.false_easting_m).abs() <= REACH_M
            && (0.0..=10_000_000.0).contains(&plane.northing_m)
    }

    /// Degrees of a place in the plane.
    pub(super) fn degrees(&self, plane: Plane) -> Position {
        let n = FLATTENING / (2.0 - FLATTENING);
        let radius = SEMI_MAJOR_M / (1.0 + n) * (1.0 + n.powi(2) / 4.0 + n.powi(4) / 64.0);
        let xi = plane.northing_m / radius;
        let eta = (plane.easting_m - self.false_easting_m) / radius;
        let mut xi_sphere = xi;
        let mut eta_sphere = eta;
        let mut twice = 2.0;
        for beta in beta(n) {
            xi_sphere -= beta * (twice * xi).sin() * (twice * eta).cosh();
            eta_sphere -= beta * (twice * xi).cos() * (twice * eta).sinh();
            twice += 2.0;
        }
        let tau_sphere = xi_sphere.sin() / eta_sphere.sinh().hypot(xi_sphere.cos());
        let longitude = eta_sphere.sinh().atan2(xi_sphere.cos());
        Position {
            longitude_deg: self.meridian_deg + longitude.to_degrees(),
            latitude_deg: geodetic(tau_sphere).to_degrees(),
        }
    }
}

/// The coefficients of the inverse series, for twice, four, six and eight times the angle.
fn beta(n: f64) -> [f64; 4] {
    [
        n / 2.0 - 2.0 / 3.0 * n.powi(2) + 37.0 / 96.0 * n.powi(3) - n.powi(4) / 360.0,
        n.powi(2) / 48.0 + n.powi(3) / 15.0 - 437.0 / 1440.0 * n.powi(4),
        17.0 / 480.0 * n.powi(3) - 37.0 / 840.0 * n.powi(4),
        4397.0 / 161_280.0 * n.powi(4),
    ]
}

/// The geodetic latitude, in radians, whose conformal latitude has the tangent `conformal`:
/// Newton's method (Karney 2011, equations 7 to 9), three steps reach the double.
fn geodetic(conformal: f64) -> f64 {
    let e2 = FLATTENING * (2.0 - FLATTENING);
    let e = e2.sqrt();
    let mut tau = conformal / (1.0 - e2);
    for _step in 0..3 {
        let root = tau.hypot(1.0);
        let sigma = (e * (e * tau / root).atanh()).sinh();
        let reached = tau * sigma.hypot(1.0) - sigma * root;
        tau += (conformal - reached) / reached.hypot(1.0) * (1.0 + (1.0 - e2) * tau.powi(2))
            / ((1.0 - e2) * root);
    }
    tau.atan()
}

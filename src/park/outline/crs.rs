//! The coordinate systems parcels come in, each turned into degrees. An unknown one is refused:
//! guessing would move a park by hundreds of metres (domain.md 5.5).

use std::fmt;
use std::str::FromStr;

use crate::park::outline::Position;
use crate::park::outline::gauss_kruger::{GaussKruger, Plane};
use crate::park::outline::gcj02::from_gcj02;

/// A coordinate system that a file of parcels may be in (contract.md 5, `--crs`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Crs {
    /// EPSG:4326, degrees on WGS 84.
    Wgs84,
    /// EPSG:4490, degrees on CGCS2000; differs from WGS 84 by less than a survey can see here.
    Cgcs2000,
    /// EPSG:4549, CGCS2000 in 3° Gauss-Krüger, central meridian 120° E, metres.
    GaussKrugerCm120,
    /// EPSG:4528, the same with the zone number 40 before the easting.
    GaussKrugerZone40,
    /// The shifted degrees of public Chinese maps.
    Gcj02,
}

/// A text that names no coordinate system we know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{text}` is not a known coordinate system: nothing was read. Give one of EPSG:4326, EPSG:4490, EPSG:4549, EPSG:4528, GCJ-02"
)]
pub struct CrsUnknown {
    /// What was written.
    pub text: String,
}

impl FromStr for Crs {
    type Err = CrsUnknown;

    fn from_str(text: &str) -> Result<Self, CrsUnknown> {
        match text.trim().to_ascii_uppercase().as_str() {
            "EPSG:4326" => Ok(Self::Wgs84),
            "EPSG:4490" => Ok(Self::Cgcs2000),
            "EPSG:4549" => Ok(Self::GaussKrugerCm120),
            "EPSG:4528" => Ok(Self::GaussKrugerZone40),
            "GCJ-02" => Ok(Self::Gcj02),
            _ => Err(CrsUnknown {
                text: text.to_owned(),
            }),
        }
    }
}

impl fmt::Display for Crs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Wgs84 => "EPSG:4326",
            Self::Cgcs2000 => "EPSG:4490",
            Self::GaussKrugerCm120 => "EPSG:4549",
            Self::GaussKrugerZone40 => "EPSG:4528",
            Self::Gcj02 => "GCJ-02",
        })
    }
}

/// A pair of numbers as it stands in a file: first, second.
pub(super) type Pair = (f64, f64);

impl Crs {
    const fn projection(self) -> Option<GaussKruger> {
        match self {
            Self::GaussKrugerCm120 => Some(GaussKruger::CM_120),
            Self::GaussKrugerZone40 => Some(GaussKruger::ZONE_40),
            Self::Wgs84 | Self::Cgcs2000 | Self::Gcj02 => None,
        }
    }

    /// Whether the numbers can be coordinates of this system at all: degrees within 180 and 90,
    /// metres within the projection's reach.
    pub(super) fn allows(self, (first, second): Pair) -> bool {
        self.projection().map_or_else(
            || first.abs() <= 180.0 && second.abs() <= 90.0,
            |projection| {
                projection.reaches(Plane {
                    easting_m: first,
                    northing_m: second,
                })
            },
        )
    }

    /// Degrees of a pair that [`Crs::allows`], rounded to 1e-9.
    pub(super) fn degrees(self, (first, second): Pair) -> Position {
        let as_is = Position {
            longitude_deg: first,
            latitude_deg: second,
        };
        let position = match (self, self.projection()) {
            (Self::Gcj02, _) => from_gcj02(as_is),
            (_, Some(projection)) => projection.degrees(Plane {
                easting_m: first,
                northing_m: second,
            }),
            (_, None) => as_is,
        };
        Position {
            longitude_deg: rounded(position.longitude_deg),
            latitude_deg: rounded(position.latitude_deg),
        }
    }
}

/// To 1e-9 degrees, so that machines whose sine differs in the last bit give one picture.
fn rounded(degrees: f64) -> f64 {
    (degrees * 1e9).round() / 1e9
}

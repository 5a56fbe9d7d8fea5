//! The box the city lies in: the cheapest check for swapped axes and a wrong coordinate system.

use std::fmt;

use crate::park::outline::Position;

/// Where an installation's parcels can lie, in degrees.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CityBox {
    south_west: Position,
    north_east: Position,
}

/// Bounds that enclose nothing.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the city box encloses nothing: west must be below east and south below north, in degrees")]
pub struct BoxEmpty;

impl CityBox {
    /// Kunshan with some room around (domain.md 5.5).
    pub const KUNSHAN: Self = Self {
        south_west: Position {
            longitude_deg: 120.7,
            latitude_deg: 31.0,
        },
        north_east: Position {
            longitude_deg: 121.2,
            latitude_deg: 31.6,
        },
    };

    /// The box between two corners.
    ///
    /// # Errors
    /// Corners in the wrong order or off the earth.
    pub fn new(south_west: Position, north_east: Position) -> Result<Self, BoxEmpty> {
        let on_earth = |position: &Position| {
            position.longitude_deg.abs() <= 180.0 && position.latitude_deg.abs() <= 90.0
        };
        let ordered = south_west.longitude_deg < north_east.longitude_deg
            && south_west.latitude_deg < north_east.latitude_deg;
        if !ordered || !on_earth(&south_west) || !on_earth(&north_east) {
            return Err(BoxEmpty);
        }
        Ok(Self {
            south_west,
            north_east,
        })
    }

    /// Whether `position` lies in the city, border included.
    #[must_use]
    pub fn holds(&self, position: Position) -> bool {
        (self.south_west.longitude_deg..=self.north_east.longitude_deg)
            .contains(&position.longitude_deg)
            && (self.south_west.latitude_deg..=self.north_east.latitude_deg)
                .contains(&position.latitude_deg)
    }
}

impl fmt::Display for CityBox {
    /// West to east, south to north, in degrees.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (south_west, north_east) = (self.south_west, self.north_east);
        write!(
            f,
            "{}° – {}° E, {}° – {}° N",
            south_west.longitude_deg,
            north_east.longitude_deg,
            south_west.latitude_deg,
            north_east.latitude_deg
        )
    }
}

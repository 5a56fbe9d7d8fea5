//! Parks, their areas and their parcels.

use rust_decimal::Decimal;

use crate::units::Mu;

use super::outline::Outline;
use super::{AreaId, Name, ParcelId, ParkId};

/// A park (园区).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Park {
    /// Its id.
    pub id: ParkId,
    /// Its name.
    pub name: Name,
    /// The district (区镇) it belongs to.
    pub district: Name,
    /// What kind of park, in the words of the file.
    pub kind: Option<Name>,
}

/// An area of a park (片区).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Area {
    /// Its id.
    pub id: AreaId,
    /// The park it is part of.
    pub park: ParkId,
    /// Its name.
    pub name: Name,
}

/// A parcel (地块) with its outline.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    /// Its id.
    pub id: ParcelId,
    /// The park it lies in.
    pub park: ParkId,
    /// The area of that park.
    pub area: Option<AreaId>,
    /// Land of the certificate.
    pub declared: Option<Mu>,
    /// Floor area over land, above 0.
    pub plot_ratio: Option<Decimal>,
    /// What the land is now, in the words of the file.
    pub state: Option<Name>,
    /// Where it lies.
    pub outline: Outline,
}

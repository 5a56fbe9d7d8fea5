//! Who is where: park, area, parcel, enterprise, gateway, meter; all dated, nothing deleted.
//!
//! Knows no database: the [`Roster`] is handed out whole by `store` and swapped when it changes.
//! Land is counted here ([`land_m2`], [`standings`]), for whoever divides by it, and told line by line
//! ([`acreage()`]).

mod acreage;
pub mod backdrop;
mod conduct;
mod enterprise;
mod id;
mod ladder;
mod land;
mod metering;
mod name;
pub mod outline;
mod place;
pub mod reshape;
mod roster;
mod statement;
mod validity;

pub use acreage::{Acreage, AcreageLine, Bearing, Fullest, acreage, fullest};
pub use conduct::{Conduct, ConductCode, ConductKind, NotAConductCode, NotAConductKind};
pub use enterprise::{Enterprise, Industry, NotAScale, NotAnIndustry, Scale};
pub use id::{
    AreaId, EnterpriseCode, GatewayId, GatewayNo, IdRefused, MeterId, MeterNo, ParcelId, ParkId,
};
pub use ladder::Ladder;
pub use land::{
    Extent, ExtentRefused, LandHolding, LandImpossible, LandKind, NotALandKind, Standing, land_m2,
    land_m2_over, land_of, mu_of, standings,
};
pub use metering::{MeterRow, Replacement};
pub use name::{Name, NameRefused};
pub use place::{Area, Parcel, Park};
pub use roster::{Channel, Gateway, Meter, Roster};
pub use statement::{NotAStatementPeriod, Statement, StatementPeriod};
pub use validity::{BorderUnreadable, Validity, read_border};

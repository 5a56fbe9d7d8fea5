//! Who is where: park, area, parcel, enterprise, gateway, meter; all dated, nothing deleted.
//!
//! Knows no database: the [`Roster`] is handed out whole by `store` and swapped when it changes.

mod id;
mod name;
pub mod outline;
mod roster;

pub use id::{
    AreaId, EnterpriseCode, GatewayId, GatewayNo, IdRefused, MeterId, MeterNo, ParcelId, ParkId,
};
pub use name::{Name, NameRefused};
pub use roster::{Channel, Gateway, Meter, Roster};

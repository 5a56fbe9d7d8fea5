//! Who is where: park, area, parcel, enterprise, gateway, meter; all dated, nothing deleted.
//!
//! Knows no database: the [`Roster`] is handed out whole by `store` and swapped when it changes.

mod id;
mod roster;

pub use id::{
    AreaId, EnterpriseCode, GatewayId, GatewayNo, IdRefused, MeterId, MeterNo, ParcelId, ParkId,
};
pub use roster::{Channel, Gateway, Meter, Roster};

//! Land holdings.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Principal, scope};
use crate::calendar::Period;
use crate::park::{EnterpriseCode, Extent, LandHolding, ParkId};
use crate::store::registry::{Registry, RegistryFault};

use super::page::{Asking, Page, only, within};
use super::row::{decimal_or_none, parsed, parsed_or_none, validity};

const TABLE: &str = "land_holding";

/// Which holdings are asked for; `None` everywhere: all.
#[derive(Clone, Copy, Debug, Default)]
pub struct HoldingFilter<'a> {
    /// Of whom.
    pub enterprise: Option<&'a EnterpriseCode>,
    /// On parcels of which park (as they are now, or were last).
    pub park: Option<&'a ParkId>,
    /// That run during this period.
    pub during: Option<Period>,
}

impl Registry {
    /// The holdings that count now, in the order in which they were registered. An enterprise sees
    /// its own, an operator those on parcels of the own parks.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_holdings(
        &self,
        who: &Principal,
        filter: HoldingFilter<'_>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Page<LandHolding, i64>, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT h.number, h.enterprise, h.parcel, h.kind, h.m2, h.floor_m2, h.far,
             h.counterparty, h.valid_from, h.valid_to FROM land_holding h
             JOIN parcel_fact p ON p.parcel = h.parcel AND p.since =
             (SELECT MAX(n.since) FROM parcel_fact n WHERE n.parcel = h.parcel)
             WHERE h.superseded_at IS NULL AND h.number > ",
        );
        asking.push_bind(after.unwrap_or_default());
        only(&mut asking, "h.enterprise", filter.enterprise);
        only(&mut asking, "p.park", filter.park);
        if let Some(during) = filter.during {
            asking
                .push(" AND h.valid_from < ")
                .push_bind(during.to().unix_ms());
            asking.push(" AND (h.valid_to IS NULL OR h.valid_to > ");
            asking.push_bind(during.from().unix_ms()).push(")");
        }
        let scope = scope(who, Action::Read, Matter::Land);
        if !within(&mut asking, scope, "h.enterprise", "p.park") {
            return Ok(Page::default());
        }
        let cursor = |row: &SqliteRow| Ok(row.try_get("number")?);
        self.page(asking, "h.number", limit, holding, cursor).await
    }
}

pub(super) fn holding(row: &SqliteRow) -> Result<LandHolding, RegistryFault> {
    let m2 = decimal_or_none(row, "m2", TABLE)?;
    let floor_m2 = decimal_or_none(row, "floor_m2", TABLE)?;
    let far = decimal_or_none(row, "far", TABLE)?;
    let extent = match (m2, floor_m2, far) {
        (Some(m2), None, None) => Extent::ground(m2),
        (None, Some(floor_m2), Some(far)) => Extent::floor(floor_m2, far),
        _ => return Err(RegistryFault::damaged(TABLE, "neither ground nor a floor")),
    };
    Ok(LandHolding {
        enterprise: parsed(row, "enterprise", TABLE)?,
        parcel: parsed(row, "parcel", TABLE)?,
        kind: parsed(row, "kind", TABLE)?,
        extent: extent.map_err(|cause| RegistryFault::damaged(TABLE, cause))?,
        counterparty: parsed_or_none(row, "counterparty", TABLE)?,
        validity: validity(row, TABLE)?,
    })
}

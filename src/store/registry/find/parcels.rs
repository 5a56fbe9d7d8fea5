//! Parcels: outlines for everybody, what else is known of them for whoever may see land.

use std::collections::BTreeSet;

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Object, Principal, Scope, scope};
use crate::calendar::Moment;
use crate::park::{EnterpriseCode, Name, Parcel, ParcelId, ParkId};
use crate::store::registry::record::outline;
use crate::store::registry::{Registry, RegistryFault};
use crate::units::Mu;

use super::page::{Asking, Page, holding_at, only, within};
use super::row::{decimal_or_none, moment, moment_or_open, parsed, parsed_or_none};

/// How a parcel was for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelStretch {
    /// Which.
    pub parcel: ParcelId,
    /// What the land was, in the words of the file.
    pub state: Option<Name>,
    /// Its land by its outline.
    pub land: Mu,
    /// From when on.
    pub since: Moment,
    /// Until when, unless it still is.
    pub until: Option<Moment>,
}

const TABLE: &str = "parcel_fact";

impl Registry {
    /// The parcels as they are at `at`, by id. Declared land, plot ratio and state are left out
    /// where `who` may see outlines only.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_parcels(
        &self,
        who: &Principal,
        at: Moment,
        in_park: Option<&ParkId>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<Parcel>, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT f.parcel, f.park, f.area, f.area_mu, f.declared_mu, f.plot_ratio, f.state,
             f.outline FROM parcel_fact f WHERE f.parcel > ",
        );
        asking.push_bind(after.unwrap_or_default().to_owned());
        holding_at(&mut asking, "f", at);
        only(&mut asking, "f.park", in_park);
        let seen = scope(who, Action::Read, Matter::Outline);
        if !within(&mut asking, seen, "NULL", "f.park") {
            return Ok(Page::default());
        }
        let land = scope(who, Action::Read, Matter::Land);
        let entry = |row: &SqliteRow| parcel(row, &land);
        let cursor = |row: &SqliteRow| Ok(row.try_get("parcel")?);
        self.page(asking, "f.parcel", limit, entry, cursor).await
    }

    /// Those of `parcels` that lie, or once lay, in a park of which `who` may read land.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_parcels_of_land(
        &self,
        who: &Principal,
        parcels: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT DISTINCT f.parcel FROM parcel_fact f
             WHERE f.parcel IN (SELECT value FROM json_each(",
        );
        asking.push_bind(serde_json::json!(parcels).to_string());
        asking.push("))");
        let seen = scope(who, Action::Read, Matter::Land);
        if !within(&mut asking, seen, "NULL", "f.park") {
            return Ok(BTreeSet::new());
        }
        let rows = self.in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) });
        let rows = rows.await?;
        let parcel = |row: &SqliteRow| Ok(row.try_get("parcel")?);
        rows.iter().map(parcel).collect()
    }
}

impl Registry {
    /// How the parcels were, over time, on which `of` holds land that `who` may read; by parcel and time.
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn list_parcel_stretches(
        &self,
        who: &Principal,
        of: &EnterpriseCode,
    ) -> Result<Vec<ParcelStretch>, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT DISTINCT f.parcel, f.state, f.area_mu, f.since, f.until FROM land_holding h
             JOIN parcel_fact f ON f.parcel = h.parcel
             WHERE h.superseded_at IS NULL AND h.enterprise = ",
        );
        asking.push_bind(of.to_string());
        let seen = scope(who, Action::Read, Matter::Land);
        if !within(&mut asking, seen, "h.enterprise", "f.park") {
            return Ok(Vec::new());
        }
        asking.push(" ORDER BY f.parcel, f.since");
        let rows = self.in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) });
        let stretch = |row: &SqliteRow| {
            let land = decimal_or_none(row, "area_mu", TABLE)?.unwrap_or_default();
            Ok(ParcelStretch {
                parcel: parsed(row, "parcel", TABLE)?,
                state: parsed_or_none(row, "state", TABLE)?,
                land: Mu::new(land).map_err(|cause| RegistryFault::damaged(TABLE, cause))?,
                since: moment(row, "since")?,
                until: moment_or_open(row, "until")?,
            })
        };
        rows.await?.iter().map(stretch).collect()
    }
}

pub(super) fn parcel(row: &SqliteRow, land: &Scope) -> Result<Parcel, RegistryFault> {
    let area = decimal_or_none(row, "area_mu", TABLE)?.unwrap_or_default();
    let area = Mu::new(area).map_err(|cause| RegistryFault::damaged(TABLE, cause))?;
    let text: String = row.try_get("outline")?;
    let park: ParkId = parsed(row, "park", TABLE)?;
    let object = Object {
        matter: Matter::Land,
        enterprise: None,
        park: Some(&park),
    };
    let is_open = land.holds(&object);
    let declared = decimal_or_none(row, "declared_mu", TABLE)?
        .map(Mu::new)
        .transpose()
        .map_err(|cause| RegistryFault::damaged(TABLE, cause))?;
    Ok(Parcel {
        id: parsed(row, "parcel", TABLE)?,
        area: parsed_or_none(row, "area", TABLE)?,
        declared: declared.filter(|_| is_open),
        plot_ratio: decimal_or_none(row, "plot_ratio", TABLE)?.filter(|_| is_open),
        state: parsed_or_none(row, "state", TABLE)?.filter(|_| is_open),
        outline: outline(&text, area)?,
        park,
    })
}

//! Parks and areas: known to whoever may see outlines.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Principal, Scope, scope};
use crate::calendar::Moment;
use crate::park::{Area, Park, ParkId};
use crate::store::registry::{Registry, RegistryFault};

use super::page::{Asking, Page, holding_at, only};
use super::row::{parsed, parsed_or_none};

impl Registry {
    /// The parks as they are at `at`, by id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_parks(
        &self,
        who: &Principal,
        at: Moment,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<Park>, RegistryFault> {
        if scope(who, Action::Read, Matter::Outline) == Scope::Nothing {
            return Ok(Page::default());
        }
        let mut asking = Asking::new(
            "SELECT f.park, f.name, f.district, f.kind FROM park_fact f WHERE f.park > ",
        );
        asking.push_bind(after.unwrap_or_default().to_owned());
        holding_at(&mut asking, "f", at);
        let cursor = |row: &SqliteRow| Ok(row.try_get("park")?);
        self.page(asking, "f.park", limit, park, cursor).await
    }

    /// The park of that id as it is at `at`; none for whoever may see none.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_park(
        &self,
        who: &Principal,
        id: &ParkId,
        at: Moment,
    ) -> Result<Option<Park>, RegistryFault> {
        if scope(who, Action::Read, Matter::Outline) == Scope::Nothing {
            return Ok(None);
        }
        let mut asking = Asking::new(
            "SELECT f.park, f.name, f.district, f.kind FROM park_fact f WHERE f.park = ",
        );
        asking.push_bind(id.as_str().to_owned());
        holding_at(&mut asking, "f", at);
        let cursor =
            |row: &SqliteRow| -> Result<String, RegistryFault> { Ok(row.try_get("park")?) };
        let page = self.page(asking, "f.park", 1, park, cursor).await?;
        Ok(page.entries.into_iter().next())
    }

    /// The areas of `in_park`, or of all parks, as they are at `at`, by id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_areas(
        &self,
        who: &Principal,
        at: Moment,
        in_park: Option<&ParkId>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<Area>, RegistryFault> {
        if scope(who, Action::Read, Matter::Outline) == Scope::Nothing {
            return Ok(Page::default());
        }
        let mut asking =
            Asking::new("SELECT f.area, f.park, f.name FROM area_fact f WHERE f.area > ");
        asking.push_bind(after.unwrap_or_default().to_owned());
        holding_at(&mut asking, "f", at);
        only(&mut asking, "f.park", in_park);
        let cursor = |row: &SqliteRow| Ok(row.try_get("area")?);
        self.page(asking, "f.area", limit, area, cursor).await
    }
}

fn park(row: &SqliteRow) -> Result<Park, RegistryFault> {
    const TABLE: &str = "park_fact";
    Ok(Park {
        id: parsed(row, "park", TABLE)?,
        name: parsed(row, "name", TABLE)?,
        district: parsed(row, "district", TABLE)?,
        kind: parsed_or_none(row, "kind", TABLE)?,
    })
}

fn area(row: &SqliteRow) -> Result<Area, RegistryFault> {
    const TABLE: &str = "area_fact";
    Ok(Area {
        id: parsed(row, "area", TABLE)?,
        park: parsed(row, "park", TABLE)?,
        name: parsed(row, "name", TABLE)?,
    })
}

//! Enterprises.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Principal, scope};
use crate::calendar::Moment;
use crate::park::{Enterprise, EnterpriseCode, ParkId};
use crate::store::registry::{Registry, RegistryFault};

use super::page::{Asking, Page, holding_at, only, within};
use super::row::{parsed, parsed_or_none};

const SELECT: &str = "SELECT f.enterprise, f.name, f.park, f.area, f.industry, f.scale,
    f.established_on, f.group_id, f.capital_origin FROM enterprise_fact f WHERE f.enterprise > ";

impl Registry {
    /// The enterprises as they are at `at`, by code.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_enterprises(
        &self,
        who: &Principal,
        at: Moment,
        in_park: Option<&ParkId>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Page<Enterprise>, RegistryFault> {
        let mut asking = Asking::new(SELECT);
        asking.push_bind(after.unwrap_or_default().to_owned());
        holding_at(&mut asking, "f", at);
        only(&mut asking, "f.park", in_park);
        self.enterprise_page(who, asking, limit).await
    }

    /// The enterprise with this code as it is at `at`; `None` if it is not there or not yours.
    ///
    /// # Errors
    /// The database failed.
    pub async fn find_enterprise(
        &self,
        who: &Principal,
        code: &EnterpriseCode,
        at: Moment,
    ) -> Result<Option<Enterprise>, RegistryFault> {
        let mut asking = Asking::new(SELECT);
        asking.push_bind("");
        holding_at(&mut asking, "f", at);
        only(&mut asking, "f.enterprise", Some(code));
        let page = self.enterprise_page(who, asking, 1).await?;
        Ok(page.entries.into_iter().next())
    }

    /// Whether somebody with this code is or was registered: no more than that, which a grade that is
    /// published tells everybody.
    ///
    /// # Errors
    /// The database failed.
    pub async fn is_enterprise(&self, code: &EnterpriseCode) -> Result<bool, RegistryFault> {
        let asking = sqlx::query("SELECT 1 FROM enterprise WHERE enterprise = $1");
        let asking = asking.bind(code.as_str()).fetch_optional(&self.readers);
        let row = self.in_time(async { Ok(asking.await?) }).await?;
        Ok(row.is_some())
    }

    async fn enterprise_page(
        &self,
        who: &Principal,
        mut asking: Asking,
        limit: u32,
    ) -> Result<Page<Enterprise>, RegistryFault> {
        let scope = scope(who, Action::Read, Matter::Land);
        if !within(&mut asking, scope, "f.enterprise", "f.park") {
            return Ok(Page::default());
        }
        let cursor = |row: &SqliteRow| Ok(row.try_get("enterprise")?);
        self.page(asking, "f.enterprise", limit, enterprise, cursor)
            .await
    }
}

fn enterprise(row: &SqliteRow) -> Result<Enterprise, RegistryFault> {
    const TABLE: &str = "enterprise_fact";
    Ok(Enterprise {
        code: parsed(row, "enterprise", TABLE)?,
        name: parsed(row, "name", TABLE)?,
        park: parsed(row, "park", TABLE)?,
        area: parsed_or_none(row, "area", TABLE)?,
        industry: parsed(row, "industry", TABLE)?,
        scale: parsed(row, "scale", TABLE)?,
        established_on: parsed(row, "established_on", TABLE)?,
        group: parsed_or_none(row, "group_id", TABLE)?,
        capital_origin: parsed_or_none(row, "capital_origin", TABLE)?,
    })
}

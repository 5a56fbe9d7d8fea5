//! Stated figures: tax is not output (contract.md 6), so the query knows which is which.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Principal, scope};
use crate::indicator::IndicatorNo;
use crate::park::{EnterpriseCode, Statement};
use crate::store::registry::{Registry, RegistryFault};

use super::page::{Asking, Page, only, within};
use super::row::{indicator, parsed};

impl Registry {
    /// The statements about one of `indicators` that count now, in the order in which they were
    /// registered. `matter` says what these indicators are: `Matter::Output` or `Matter::Tax`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_statements(
        &self,
        who: &Principal,
        matter: Matter,
        indicators: &[IndicatorNo],
        of: Option<&EnterpriseCode>,
        after: Option<i64>,
        limit: u32,
    ) -> Result<Page<Statement, i64>, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT s.number, s.enterprise, s.period, s.indicator, s.value, s.source
             FROM statement s
             JOIN enterprise_fact f ON f.enterprise = s.enterprise AND f.until IS NULL
             WHERE s.superseded_at IS NULL AND s.number > ",
        );
        asking.push_bind(after.unwrap_or_default());
        only(&mut asking, "s.enterprise", of);
        asking.push(" AND s.indicator IN (");
        let mut list = asking.separated(", ");
        for indicator in indicators {
            list.push_bind(i64::from(indicator.get()));
        }
        asking.push(")");
        let scope = scope(who, Action::Read, matter);
        if indicators.is_empty() || !within(&mut asking, scope, "s.enterprise", "f.park") {
            return Ok(Page::default());
        }
        let cursor = |row: &SqliteRow| Ok(row.try_get("number")?);
        self.page(asking, "s.number", limit, statement, cursor)
            .await
    }
}

fn statement(row: &SqliteRow) -> Result<Statement, RegistryFault> {
    const TABLE: &str = "statement";
    Ok(Statement {
        enterprise: parsed(row, "enterprise", TABLE)?,
        period: parsed(row, "period", TABLE)?,
        indicator: indicator(row, TABLE)?,
        value: parsed(row, "value", TABLE)?,
        source: parsed(row, "source", TABLE)?,
    })
}

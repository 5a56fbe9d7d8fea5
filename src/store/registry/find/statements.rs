//! Stated figures: tax is not output (contract.md 6), so the query knows which is which.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Principal, Scope, scope};
use crate::indicator::IndicatorNo;
use crate::park::{EnterpriseCode, Statement, StatementPeriod};
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

impl Registry {
    /// What counts of `periods`, of everybody and about everything: for whoever may write it all.
    ///
    /// # Errors
    /// The database failed. Who may not write statements finds none.
    pub async fn stated_for(
        &self,
        who: &Principal,
        periods: &[StatementPeriod],
    ) -> Result<Vec<Statement>, RegistryFault> {
        if scope(who, Action::Write, Matter::DepartmentFile) != Scope::Everything {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for period in periods {
            let rows = sqlx::query(
                "SELECT enterprise, period, indicator, value, source FROM statement
                 WHERE superseded_at IS NULL AND period = $1",
            );
            let rows = rows.bind(period.to_string()).fetch_all(&self.readers);
            for row in self.in_time(async { Ok(rows.await?) }).await? {
                found.push(statement(&row)?);
            }
        }
        Ok(found)
    }
}

pub(super) fn statement(row: &SqliteRow) -> Result<Statement, RegistryFault> {
    const TABLE: &str = "statement";
    Ok(Statement {
        enterprise: parsed(row, "enterprise", TABLE)?,
        period: parsed(row, "period", TABLE)?,
        indicator: indicator(row, TABLE)?,
        value: parsed(row, "value", TABLE)?,
        source: parsed(row, "source", TABLE)?,
    })
}

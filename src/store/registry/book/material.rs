//! What accounts are made of, as the registry holds it, and a mark that tells when it changed.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::calendar::{Moment, Month};
use crate::indicator::IndicatorNo;
use crate::park::{Conduct, EnterpriseCode, StatementPeriod};
use crate::store::registry::find::{indicator, moment, parsed, parsed_or_none, validity};
use crate::store::registry::{Registry, RegistryFault};

const TABLE: &str = "statement";

/// A statement that counts, with when it was taken in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatedRow {
    /// About whom.
    pub enterprise: EnterpriseCode,
    /// For when.
    pub period: StatementPeriod,
    /// About what.
    pub indicator: IndicatorNo,
    /// How much, in the indicator's unit.
    pub value: rust_decimal::Decimal,
    /// Who states it.
    pub source: String,
    /// When it was taken in.
    pub recorded_at: Moment,
}

impl Registry {
    /// All statements that count, in the order in which they were registered. For the keeper of the
    /// book alone, which cuts nothing: what it makes of them is cut where it is shown.
    ///
    /// # Errors
    /// The database failed.
    pub async fn all_stated(&self) -> Result<Vec<StatedRow>, RegistryFault> {
        let rows = self
            .in_time(async {
                let all = sqlx::query(
                    "SELECT * FROM statement WHERE superseded_at IS NULL ORDER BY number",
                );
                Ok(all.fetch_all(&self.readers).await?)
            })
            .await?;
        rows.iter().map(stated).collect()
    }

    /// All honours and events that count, by enterprise, kind, code and date, each with when it was
    /// taken in. For the keeper of the book alone.
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn all_conduct(&self) -> Result<Vec<(Conduct, Moment)>, RegistryFault> {
        let rows = self
            .in_time(async {
                let all = sqlx::query(
                    "SELECT * FROM conduct WHERE superseded_at IS NULL
                     ORDER BY enterprise, kind, code, valid_from, document",
                );
                Ok(all.fetch_all(&self.readers).await?)
            })
            .await?;
        rows.iter().map(conduct).collect()
    }

    /// The months that were closed, with their newest revision, oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn list_closed_months(&self) -> Result<Vec<(Month, u32)>, RegistryFault> {
        let rows = self
            .in_time(async {
                let all = sqlx::query(
                    "SELECT month, MAX(revision) AS revision FROM ledger_close
                     GROUP BY month ORDER BY month",
                );
                Ok(all.fetch_all(&self.readers).await?)
            })
            .await?;
        let month = |row: &SqliteRow| {
            let table = "ledger_close";
            let revision = crate::store::registry::find::number(row, "revision", table)?;
            Ok((parsed(row, "month", table)?, revision))
        };
        rows.iter().map(month).collect()
    }

    /// A text that is another one whenever rows of meters were laid or ended.
    ///
    /// # Errors
    /// The database failed.
    pub async fn meters_mark(&self) -> Result<String, RegistryFault> {
        let row = self
            .in_time(async {
                let mark = sqlx::query(
                    "SELECT COUNT(*) || '/' || COUNT(superseded_at) || '/' || COUNT(valid_to) AS mark
                     FROM meter_row",
                );
                Ok(mark.fetch_one(&self.readers).await?)
            })
            .await?;
        Ok(row.try_get("mark")?)
    }

    /// A text that is another one whenever honours or events changed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn conduct_mark(&self) -> Result<String, RegistryFault> {
        let row = self
            .in_time(async {
                let mark = sqlx::query(
                    "SELECT COUNT(*) || '/' || COUNT(superseded_at) AS mark FROM conduct",
                );
                Ok(mark.fetch_one(&self.readers).await?)
            })
            .await?;
        Ok(row.try_get("mark")?)
    }

    /// A text that is another one whenever enterprises, land or statements changed.
    ///
    /// # Errors
    /// The database failed.
    pub async fn material_mark(&self) -> Result<String, RegistryFault> {
        let row = self
            .in_time(async {
                let mark = sqlx::query(
                    "SELECT
                     (SELECT COUNT(*) || '/' || COUNT(superseded_at) FROM statement) || ' ' ||
                     (SELECT COUNT(*) || '/' || COUNT(superseded_at) FROM land_holding) || ' ' ||
                     (SELECT COUNT(*) || '/' || COUNT(until) FROM enterprise_fact) AS mark",
                );
                Ok(mark.fetch_one(&self.readers).await?)
            })
            .await?;
        Ok(row.try_get("mark")?)
    }
}

fn conduct(row: &SqliteRow) -> Result<(Conduct, Moment), RegistryFault> {
    const TABLE: &str = "conduct";
    let conduct = Conduct {
        enterprise: parsed(row, "enterprise", TABLE)?,
        kind: parsed(row, "kind", TABLE)?,
        code: parsed(row, "code", TABLE)?,
        document: parsed_or_none(row, "document", TABLE)?,
        source: parsed(row, "source", TABLE)?,
        validity: validity(row, TABLE)?,
    };
    Ok((conduct, moment(row, "recorded_at")?))
}

fn stated(row: &SqliteRow) -> Result<StatedRow, RegistryFault> {
    Ok(StatedRow {
        enterprise: parsed(row, "enterprise", TABLE)?,
        period: parsed(row, "period", TABLE)?,
        indicator: indicator(row, TABLE)?,
        value: parsed(row, "value", TABLE)?,
        source: row.try_get("source")?,
        recorded_at: moment(row, "recorded_at")?,
    })
}

//! What was stated of an enterprise, every source and every earlier figure, with where each came from:
//! the file with name, row, hand and time, or whoever typed it. Knows no rule of which one counts.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::access::{Action, Matter, Principal, Scope, scope};
use crate::calendar::{Moment, Year};
use crate::indicator::IndicatorNo;
use crate::park::{EnterpriseCode, Statement};
use crate::store::registry::{Registry, RegistryFault};

use super::page::{Asking, only, within};
use super::row::{moment, moment_or_open};
use super::statements::statement;

/// More rows of an enterprise and year than anybody looks at; what counts comes first.
const ROWS_MAX: i64 = 5_000;

/// Where a stated figure came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatedFrom {
    /// A file that was handed over.
    File {
        /// The number of its import.
        import: i64,
        /// Its name; empty where an import was taken back.
        name: String,
        /// In which row it stood, from 1.
        row: Option<i64>,
        /// Who handed it over.
        who: String,
        /// As what.
        role: String,
        /// The import whose taking back made it count again.
        takes_back: Option<i64>,
    },
    /// Somebody typed it in.
    Typed {
        /// Who.
        who: String,
    },
    /// It was registered before this was kept.
    Unknown,
}

/// A figure as it was stated once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldStatement {
    /// Counted up over all: of one source the later one is the higher.
    pub number: i64,
    /// What was stated.
    pub stated: Statement,
    /// When it was taken in.
    pub recorded_at: Moment,
    /// When it ceased to count; none while it does.
    pub superseded_at: Option<Moment>,
    /// Why it corrected the one before it; empty if nobody said.
    pub reason: String,
    /// Where it came from.
    pub from: StatedFrom,
}

impl Registry {
    /// Everything that was stated of `of` for `year` and the parts of it about one of `indicators`, in
    /// the order in which it was registered. `matter` says what these indicators are, and so who
    /// finds them.
    ///
    /// # Errors
    /// The database failed, or a row is damaged.
    pub async fn told_statements(
        &self,
        who: &Principal,
        (matter, indicators): (Matter, &[IndicatorNo]),
        of: &EnterpriseCode,
        year: Year,
    ) -> Result<Vec<ToldStatement>, RegistryFault> {
        let mut asking = Asking::new(
            "SELECT s.*, i.file, i.who AS hand, i.role, i.undoes FROM statement s
             JOIN enterprise_fact f ON f.enterprise = s.enterprise AND f.until IS NULL
             LEFT JOIN import i ON i.number = s.import
             WHERE substr(s.period, 1, 4) = ",
        );
        asking.push_bind(year.to_string());
        only(&mut asking, "s.enterprise", Some(of));
        asking.push(" AND s.indicator IN (");
        let mut list = asking.separated(", ");
        for indicator in indicators {
            list.push_bind(i64::from(indicator.get()));
        }
        asking.push(")");
        let scope: Scope = scope(who, Action::Read, matter);
        if indicators.is_empty() || !within(&mut asking, scope, "s.enterprise", "f.park") {
            return Ok(Vec::new());
        }
        asking.push(" ORDER BY s.superseded_at IS NOT NULL, s.number DESC LIMIT ");
        asking.push_bind(ROWS_MAX);
        let rows = self.in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) });
        let rows = rows.await?;
        let mut told: Vec<ToldStatement> = rows.iter().map(told).collect::<Result<_, _>>()?;
        told.sort_by_key(|one| one.number);
        Ok(told)
    }
}

fn told(row: &SqliteRow) -> Result<ToldStatement, RegistryFault> {
    let import: Option<i64> = row.try_get("import")?;
    let typed: String = row.try_get("who")?;
    let from = match import {
        Some(import) => StatedFrom::File {
            import,
            name: row.try_get::<Option<_>, _>("file")?.unwrap_or_default(),
            row: row.try_get("file_row")?,
            who: row.try_get::<Option<_>, _>("hand")?.unwrap_or_default(),
            role: row.try_get::<Option<_>, _>("role")?.unwrap_or_default(),
            takes_back: row.try_get("undoes")?,
        },
        None if typed.is_empty() => StatedFrom::Unknown,
        None => StatedFrom::Typed { who: typed },
    };
    Ok(ToldStatement {
        number: row.try_get("number")?,
        stated: statement(row)?,
        recorded_at: moment(row, "recorded_at")?,
        superseded_at: moment_or_open(row, "superseded_at")?,
        reason: row.try_get("reason")?,
        from,
    })
}

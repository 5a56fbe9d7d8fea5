//! Pages of an answer, and the part of a query that holds it within bounds and rights.

use std::fmt::Display;

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Sqlite};

use crate::access::Scope;
use crate::calendar::Moment;
use crate::store::registry::{PAGE_LIMIT, Registry, RegistryFault};

/// Some of the entries that were asked for, in the order of their cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, C = String> {
    /// The entries.
    pub entries: Vec<T>,
    /// After what the next page begins; `None`: this was the last.
    pub next: Option<C>,
}

impl<T, C> Default for Page<T, C> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            next: None,
        }
    }
}

/// A query under construction; its text ends inside a WHERE.
pub(in crate::store::registry) type Asking = QueryBuilder<Sqlite>;

/// Adds ` AND` who may see it, by the columns that say whose and where. `false`: nobody's rows
/// can be found, so that there is nothing to ask.
pub(in crate::store::registry) fn within(
    asking: &mut Asking,
    scope: Scope,
    enterprise_column: &str,
    park_column: &str,
) -> bool {
    match scope {
        Scope::Nothing => return false,
        Scope::Everything => {}
        Scope::Enterprise(own) => {
            asking.push(format_args!(" AND {enterprise_column} = "));
            asking.push_bind(own.to_string());
        }
        Scope::Parks(parks) => {
            asking.push(format_args!(" AND {park_column} IN ("));
            let mut list = asking.separated(", ");
            for park in &parks {
                list.push_bind(park.to_string());
            }
            asking.push(")");
            return !parks.is_empty();
        }
    }
    true
}

/// Adds ` AND column = value` if there is a value.
pub(in crate::store::registry) fn only(
    asking: &mut Asking,
    column: &str,
    value: Option<impl Display>,
) {
    if let Some(value) = value {
        asking.push(format_args!(" AND {column} = "));
        asking.push_bind(value.to_string());
    }
}

/// Adds ` AND` the fact under `alias` holds at `at`.
pub(in crate::store::registry) fn holding_at(asking: &mut Asking, alias: &str, at: Moment) {
    asking.push(format_args!(" AND {alias}.since <= "));
    asking.push_bind(at.unix_ms());
    asking.push(format_args!(
        " AND ({alias}.until IS NULL OR {alias}.until > "
    ));
    asking.push_bind(at.unix_ms());
    asking.push(")");
}

impl Registry {
    /// Asks for one page of at most `limit` entries by `order`, whose cursor is told by `cursor`.
    pub(in crate::store::registry) async fn page<T, C>(
        &self,
        mut asking: Asking,
        order: &str,
        limit: u32,
        entry: impl Fn(&SqliteRow) -> Result<T, RegistryFault>,
        cursor: impl Fn(&SqliteRow) -> Result<C, RegistryFault>,
    ) -> Result<Page<T, C>, RegistryFault> {
        let limit = limit.clamp(1, PAGE_LIMIT);
        asking.push(format_args!(" ORDER BY {order} LIMIT "));
        // One more than asked for tells whether there is a next page.
        asking.push_bind(i64::from(limit) + 1);
        let rows = self
            .in_time(async { Ok(asking.build().fetch_all(&self.readers).await?) })
            .await?;
        let full = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_next = rows.len() > full;
        let shown = rows.get(..full).unwrap_or(&rows);
        let last = shown.last().filter(|_| has_next);
        Ok(Page {
            entries: shown.iter().map(entry).collect::<Result<_, _>>()?,
            next: last.map(cursor).transpose()?,
        })
    }
}

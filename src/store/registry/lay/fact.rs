//! Facts: what is known of a thing that has no date in its file. A change begins now and ends the
//! fact before it; the first one holds since ever.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Row};

use crate::store::registry::RegistryFault;

use super::Laying;
use super::cell::{Cell, Column, bind, names, places};

/// Something kept in `TABLE` (its identity) and `TABLE_fact` (what is known of it, dated).
pub(super) trait Fact {
    /// The table, and the name of its key column.
    const TABLE: &'static str;
    /// The columns of a fact besides key, `since` and `until`.
    const COLUMNS: &'static [Column];

    /// Its id.
    fn key(&self) -> &str;
    /// Its cells, in the order of `COLUMNS`.
    fn cells(&self) -> Vec<Cell>;
}

/// The fact that holds now.
struct Held {
    since: i64,
    cells: Vec<Cell>,
}

/// Lays `facts`; ids that stand twice are objected to.
pub(super) async fn lay<F: Fact>(
    laying: &mut Laying<'_>,
    facts: &[F],
) -> Result<(), RegistryFault> {
    let held = held::<F>(laying).await?;
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, fact) in facts.iter().enumerate() {
        if let Some(other) = seen.insert(fact.key(), index) {
            laying.laid.object_to_twin(index, F::TABLE, other);
            continue;
        }
        let cells = fact.cells();
        match held.get(fact.key()) {
            None => {
                register(laying, fact).await?;
                insert(laying, fact, 0, cells).await?;
                laying.laid.added += 1;
            }
            Some(known) if known.cells == cells => laying.laid.unchanged += 1,
            Some(known) => {
                // Two changes within a millisecond still follow each other.
                let since = laying.now.unix_ms().max(known.since + 1);
                end(laying, fact, since).await?;
                insert(laying, fact, since, cells).await?;
                laying.laid.changed += 1;
            }
        }
    }
    Ok(())
}

async fn held<F: Fact>(laying: &mut Laying<'_>) -> Result<BTreeMap<String, Held>, RegistryFault> {
    let sql = format!(
        "SELECT {key}, since, {columns} FROM {key}_fact WHERE until IS NULL",
        key = F::TABLE,
        columns = names(F::COLUMNS.iter().copied()),
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .fetch_all(&mut *laying.rows)
        .await?;
    let mut held = BTreeMap::new();
    for row in &rows {
        let cells = F::COLUMNS.iter().map(|column| column.read(row));
        let fact = Held {
            since: row.try_get("since")?,
            cells: cells.collect::<Result<_, _>>()?,
        };
        held.insert(row.try_get(F::TABLE)?, fact);
    }
    Ok(held)
}

async fn register<F: Fact>(laying: &mut Laying<'_>, fact: &F) -> Result<(), RegistryFault> {
    let table = F::TABLE;
    let sql = format!("INSERT INTO {table} ({table}, registered_at) VALUES ($1, $2)");
    sqlx::query(AssertSqlSafe(sql))
        .bind(fact.key())
        .bind(laying.now.unix_ms())
        .execute(&mut *laying.rows)
        .await?;
    Ok(())
}

async fn insert<F: Fact>(
    laying: &mut Laying<'_>,
    fact: &F,
    since: i64,
    cells: Vec<Cell>,
) -> Result<(), RegistryFault> {
    let sql = format!(
        "INSERT INTO {key}_fact ({key}, since, {columns}) VALUES ($1, $2, {places})",
        key = F::TABLE,
        columns = names(F::COLUMNS.iter().copied()),
        places = places(3, cells.len()),
    );
    let query = sqlx::query(AssertSqlSafe(sql)).bind(fact.key()).bind(since);
    bind(query, cells).execute(&mut *laying.rows).await?;
    Ok(())
}

async fn end<F: Fact>(laying: &mut Laying<'_>, fact: &F, at: i64) -> Result<(), RegistryFault> {
    let table = F::TABLE;
    let sql = format!("UPDATE {table}_fact SET until = $2 WHERE {table} = $1 AND until IS NULL");
    sqlx::query(AssertSqlSafe(sql))
        .bind(fact.key())
        .bind(at)
        .execute(&mut *laying.rows)
        .await?;
    Ok(())
}

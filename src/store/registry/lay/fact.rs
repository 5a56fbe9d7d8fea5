//! Facts: what is known of a thing that has no date in its file. A change begins now and ends the
//! fact before it; the first one holds since ever.

use std::collections::{BTreeMap, BTreeSet};

use sqlx::{AssertSqlSafe, Row};

use crate::store::registry::RegistryFault;
use crate::text::said;

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
    let ended = ended::<F>(laying).await?;
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (index, fact) in facts.iter().enumerate() {
        if let Some(other) = seen.insert(fact.key(), index) {
            laying.laid.object_to_twin(index, F::TABLE, other);
            continue;
        }
        let cells = fact.cells();
        match held.get(fact.key()) {
            None if ended.contains(fact.key()) => {
                let what = said!("import_fault.was_ended");
                laying.laid.object(index, F::TABLE, what);
            }
            None => {
                register(laying, fact).await?;
                insert(laying, fact, 0, cells).await?;
                laying.laid.added += 1;
            }
            Some(known) if known.cells == cells => laying.laid.unchanged += 1,
            Some(known) => {
                // Two changes within a millisecond still follow each other.
                let since = laying.now.unix_ms().max(known.since + 1);
                end::<F>(laying, fact.key(), since).await?;
                insert(laying, fact, since, cells).await?;
                laying.laid.changed += 1;
            }
        }
    }
    Ok(())
}

/// Makes `facts` hold from `at` on, one that was ended too. Each was looked at before: it has no
/// fact from `at` on.
pub(super) async fn change<F: Fact>(
    laying: &mut Laying<'_>,
    facts: &[F],
    at: i64,
) -> Result<(), RegistryFault> {
    let held = held::<F>(laying).await?;
    let ended = ended::<F>(laying).await?;
    for fact in facts {
        if held.contains_key(fact.key()) {
            end::<F>(laying, fact.key(), at).await?;
            laying.laid.changed += 1;
        } else {
            if !ended.contains(fact.key()) {
                register(laying, fact).await?;
            }
            laying.laid.added += 1;
        }
        insert(laying, fact, at, fact.cells()).await?;
    }
    Ok(())
}

/// Ids that have no fact any more.
async fn ended<F: Fact>(laying: &mut Laying<'_>) -> Result<BTreeSet<String>, RegistryFault> {
    let sql = format!(
        "SELECT {key} FROM {key} k WHERE NOT EXISTS
         (SELECT 1 FROM {key}_fact f WHERE f.{key} = k.{key} AND f.until IS NULL)",
        key = F::TABLE,
    );
    let rows = sqlx::query(AssertSqlSafe(sql))
        .fetch_all(&mut *laying.rows)
        .await?;
    rows.iter().map(|row| Ok(row.try_get(0)?)).collect()
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

/// Makes what is known of `key` hold until `at`.
pub(super) async fn end<F: Fact>(
    laying: &mut Laying<'_>,
    key: &str,
    at: i64,
) -> Result<(), RegistryFault> {
    let table = F::TABLE;
    let sql = format!("UPDATE {table}_fact SET until = $2 WHERE {table} = $1 AND until IS NULL");
    sqlx::query(AssertSqlSafe(sql))
        .bind(key)
        .bind(at)
        .execute(&mut *laying.rows)
        .await?;
    Ok(())
}

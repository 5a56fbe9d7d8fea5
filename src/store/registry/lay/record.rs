//! Records: rows that carry their own date. A row that is known otherwise is superseded, not
//! overwritten, so that what was believed before stays readable.

use std::collections::BTreeMap;

use sqlx::{AssertSqlSafe, Row};

use crate::store::registry::RegistryFault;

use super::Laying;
use super::cell::{Cell, Column, bind, names, places};

/// A table of dated rows.
pub(super) struct Table {
    /// Its name.
    pub(super) name: &'static str,
    /// The columns by which two rows are the same row.
    pub(super) key: &'static [Column],
    /// The other columns.
    pub(super) rest: &'static [Column],
    /// What is kept beside a row and makes no other row of it: where it came from.
    pub(super) beside: &'static [Column],
}

/// A row as cells, in the order of its table's columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) key: Vec<Cell>,
    pub(super) rest: Vec<Cell>,
    /// As many as its table has.
    pub(super) beside: Vec<Cell>,
}

/// The rows that count now, by key: their number and their other cells.
pub(super) type Held = BTreeMap<Vec<Cell>, (i64, Vec<Cell>)>;

impl Table {
    pub(super) fn columns(&self) -> impl Iterator<Item = Column> + '_ {
        self.key.iter().chain(self.rest).copied()
    }

    /// The rows that count now.
    pub(super) async fn held(&self, laying: &mut Laying<'_>) -> Result<Held, RegistryFault> {
        let sql = format!(
            "SELECT number, {columns} FROM {name} WHERE superseded_at IS NULL",
            columns = names(self.columns()),
            name = self.name,
        );
        let rows = sqlx::query(AssertSqlSafe(sql))
            .fetch_all(&mut *laying.rows)
            .await?;
        let cells = |columns: &[Column], row| {
            let cells = columns.iter().map(|column| column.read(row));
            cells.collect::<Result<Vec<_>, _>>()
        };
        let mut held = Held::new();
        for row in &rows {
            let number = row.try_get("number")?;
            held.insert(cells(self.key, row)?, (number, cells(self.rest, row)?));
        }
        Ok(held)
    }

    /// Makes `record` count instead of the row with its key, if any.
    pub(super) async fn put(
        &self,
        laying: &mut Laying<'_>,
        held: &Held,
        record: Record,
    ) -> Result<(), RegistryFault> {
        match held.get(&record.key) {
            Some((_, rest)) if *rest == record.rest => {
                laying.laid.unchanged += 1;
                return Ok(());
            }
            Some((number, _)) => {
                self.supersede(laying, *number).await?;
                laying.laid.changed += 1;
            }
            None => laying.laid.added += 1,
        }
        self.insert(laying, record).await
    }

    /// Makes the row numbered `number` count no longer.
    pub(super) async fn supersede(
        &self,
        laying: &mut Laying<'_>,
        number: i64,
    ) -> Result<(), RegistryFault> {
        let sql = format!(
            "UPDATE {} SET superseded_at = $2, ended_by = $3 WHERE number = $1",
            self.name
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(number)
            .bind(laying.now.unix_ms())
            .bind(laying.import)
            .execute(&mut *laying.rows)
            .await?;
        Ok(())
    }

    /// Adds a row that counts from now on.
    pub(super) async fn insert(
        &self,
        laying: &mut Laying<'_>,
        record: Record,
    ) -> Result<(), RegistryFault> {
        let count = record.key.len() + record.rest.len() + record.beside.len();
        let sql = format!(
            "INSERT INTO {name} (number, recorded_at, import, {columns})
             SELECT COALESCE(MAX(number), 0) + 1, $1, $2, {places} FROM {name}",
            name = self.name,
            columns = names(self.columns().chain(self.beside.iter().copied())),
            places = places(3, count),
        );
        let query = sqlx::query(AssertSqlSafe(sql));
        let query = query.bind(laying.now.unix_ms()).bind(laying.import);
        let cells = record.key.into_iter().chain(record.rest);
        let cells = cells.chain(record.beside);
        bind(query, cells).execute(&mut *laying.rows).await?;
        Ok(())
    }
}

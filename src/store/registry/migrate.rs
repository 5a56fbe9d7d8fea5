//! Numbered migrations, forward only, each in one transaction.
//!
//! One file a number under `migrations/`; a released file is never changed. The number reached
//! stands in `registry_format`, so that a file from the future is refused by name.

use std::path::Path;

use sqlx::sqlite::SqliteConnection;
use sqlx::{Connection, Row};

use super::RegistryFault;

/// Number and text of each migration, dense from 1.
const MIGRATIONS: &[(i64, &str)] = &[
    (1, include_str!("migrations/0001.sql")),
    (2, include_str!("migrations/0002.sql")),
    (3, include_str!("migrations/0003.sql")),
    (4, include_str!("migrations/0004.sql")),
    (5, include_str!("migrations/0005.sql")),
    (6, include_str!("migrations/0006.sql")),
    (7, include_str!("migrations/0007.sql")),
    (8, include_str!("migrations/0008.sql")),
    (9, include_str!("migrations/0009.sql")),
    (10, include_str!("migrations/0010.sql")),
    (11, include_str!("migrations/0011.sql")),
    (12, include_str!("migrations/0012.sql")),
    (13, include_str!("migrations/0013.sql")),
    (14, include_str!("migrations/0014.sql")),
    (15, include_str!("migrations/0015.sql")),
    (16, include_str!("migrations/0016.sql")),
    (17, include_str!("migrations/0017.sql")),
];

const MARK: &str = "CREATE TABLE registry_format (
    number INTEGER NOT NULL PRIMARY KEY,
    reached_at INTEGER NOT NULL
) STRICT";

/// The first format whose audit log is a chain.
pub(super) const CHAINED: i64 = 6;

/// The format this program writes.
pub(super) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |(number, _)| *number)
}

/// Brings the file behind `connection` to the newest format; `now_ms` is noted beside each step.
/// The format that it had: 0 is a new file.
pub(super) async fn forward(
    connection: &mut SqliteConnection,
    file: &Path,
    now_ms: i64,
) -> Result<i64, RegistryFault> {
    let mut change = connection.begin_with("BEGIN IMMEDIATE").await?;
    let reached = reached(&mut change, file).await?;
    if reached > newest() {
        return Err(RegistryFault::FromTheFuture {
            file: file.to_owned(),
            found: reached,
            known: newest(),
        });
    }
    for (number, text) in MIGRATIONS.iter().filter(|(number, _)| *number > reached) {
        sqlx::raw_sql(*text).execute(&mut *change).await?;
        sqlx::query("INSERT INTO registry_format (number, reached_at) VALUES ($1, $2)")
            .bind(*number)
            .bind(now_ms)
            .execute(&mut *change)
            .await?;
    }
    change.commit().await?;
    Ok(reached)
}

/// The format of the file; an empty file is marked and has format 0.
async fn reached(change: &mut SqliteConnection, file: &Path) -> Result<i64, RegistryFault> {
    let tables: Vec<String> =
        sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            .fetch_all(&mut *change)
            .await?
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_, _>>()?;
    if tables.is_empty() {
        sqlx::query(MARK).execute(&mut *change).await?;
        return Ok(0);
    }
    if !tables.iter().any(|table| table == "registry_format") {
        return Err(RegistryFault::NotARegistry {
            file: file.to_owned(),
        });
    }
    let row = sqlx::query("SELECT COALESCE(MAX(number), 0) FROM registry_format")
        .fetch_one(change)
        .await?;
    Ok(row.try_get(0)?)
}

//! What the ledger worked out, kept: walked days, accounts read from them, closed months.
//!
//! Written by the one follower of the log (`jobs`), each round with its cursor in one transaction.
//! Knows no metering rule: days go in and come out as the room `ledger` made them.

mod accounts;
mod closes;
mod days;
mod series;

pub use accounts::{SeriesSheet, WalkedRegister};
pub use closes::{Close, ClosedEntries, ClosedEntry};
pub use days::WalkedDay;
pub use series::{Series, SeriesKey};

use sqlx::Row;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use crate::calendar::Day;
use crate::ledger::DayWalk;
use crate::store::BatchNo;
use crate::store::registry::RegistryFault;

/// The name of the ledger's cursor, here and in the log.
pub const LEDGER_CURSOR: &str = "ledger";

fn walk(row: &SqliteRow) -> Result<DayWalk, RegistryFault> {
    let bytes: Vec<u8> = row.try_get("walked")?;
    DayWalk::of_bytes(&bytes).map_err(|cause| RegistryFault::damaged("ledger_day", cause))
}

fn day(row: &SqliteRow, column: &str) -> Result<Day, RegistryFault> {
    let number: i32 = row.try_get(column)?;
    Ok(Day::from_number(number))
}

fn batch_of(number: i64) -> BatchNo {
    BatchNo::new(u64::try_from(number).unwrap_or(0))
}

fn number_of(batch: BatchNo) -> i64 {
    i64::try_from(batch.get()).unwrap_or(i64::MAX)
}

/// Saves the ledger's cursor inside the change that holds its results. It moves back, too: after a
/// backup, the log may be older than the registry.
async fn save_cursor(change: &mut SqliteConnection, at: BatchNo) -> Result<(), RegistryFault> {
    sqlx::query(
        "INSERT INTO follower (name, batch) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET batch = excluded.batch",
    )
    .bind(LEDGER_CURSOR)
    .bind(number_of(at))
    .execute(change)
    .await?;
    Ok(())
}

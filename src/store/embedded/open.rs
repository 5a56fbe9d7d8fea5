//! Opening `readings.db`: pragmas, migrations, and the self-check without which nothing starts.

use std::os::raw::c_int;
use std::path::Path;

use rusqlite::hooks::{CheckpointMode, Wal};
use rusqlite::{Connection, Error, OpenFlags};

use crate::store::StoreFault;

use super::schema::{APPLICATION_ID, MIGRATIONS};

/// Frames in the write-ahead log from which on the writer writes them back (about 5 ms).
const CHECKPOINT_FRAMES: c_int = 1_000;

/// Turns an engine's error into a fault that changed nothing.
pub(super) fn unreadable(doing: &'static str) -> impl Fn(Error) -> StoreFault {
    move |cause| StoreFault::Unreadable {
        doing,
        cause: cause.to_string(),
    }
}

/// Whether the disk is full, which is not a failed disk: the batch is kept and tried again. A
/// shared-memory file that cannot grow says so with an I/O error (`SQLITE_IOERR_SHMSIZE`).
pub(super) fn is_full(cause: &Error) -> bool {
    let Error::SqliteFailure(failure, _) = cause else {
        return false;
    };
    failure.code == rusqlite::ErrorCode::DiskFull || failure.extended_code == 4874
}

/// The only connection that writes, with the schema in place and the log written back.
pub(super) fn open_writer(path: &Path) -> Result<Connection, StoreFault> {
    let connection = Connection::open(path).map_err(unreadable("opening readings.db"))?;
    claim(&connection, path)?;
    set(&connection).map_err(unreadable("setting up readings.db"))?;
    migrate(&connection, path)?;
    plant_sync_off(&connection);
    check(&connection)?;
    plant_sync_off_unnoticed(&connection);
    // After a failed sync and a restart, frames may be in the page cache only: what the log holds
    // goes to the disk now, or we do not start (store.md, guards).
    truncate_log(&connection).map_err(|cause| StoreFault::DiskFailed {
        doing: "writing back the log at start",
        cause: cause.to_string(),
    })?;
    // Last: the hook takes the place of `wal_autocheckpoint`, and that pragma would remove it.
    connection.wal_hook(Some(write_back));
    Ok(connection)
}

/// The fault that the self-check is there for, planted by failpoint `sync_off`.
#[cfg_attr(
    not(feature = "failpoints"),
    expect(unused_variables, reason = "without failpoints nothing is planted")
)]
fn plant_sync_off(on: &Connection) {
    fail::fail_point!("sync_off", |_| drop(
        on.execute_batch("PRAGMA synchronous=OFF")
    ));
}

/// The fault that only a look at the system calls shows, planted by failpoint `sync_off_unnoticed`.
#[cfg_attr(
    not(feature = "failpoints"),
    expect(unused_variables, reason = "without failpoints nothing is planted")
)]
fn plant_sync_off_unnoticed(on: &Connection) {
    fail::fail_point!("sync_off_unnoticed", |_| drop(
        on.execute_batch("PRAGMA synchronous=OFF")
    ));
}

/// A connection that only reads.
pub(super) fn open_reader(path: &Path) -> Result<Connection, StoreFault> {
    let fault = unreadable("opening readings.db to read");
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(&fault)?;
    connection
        .execute_batch(
            "PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY; PRAGMA cell_size_check=ON;
             PRAGMA trusted_schema=OFF; PRAGMA mmap_size=0; PRAGMA busy_timeout=10000;
             PRAGMA query_only=ON;",
        )
        .map_err(&fault)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// Writes the whole log back and empties it. The statement itself succeeds when somebody who reads
/// keeps it from that: its first column says so.
pub(super) fn truncate_log(connection: &Connection) -> Result<(), Error> {
    let busy: i64 =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy == 0 {
        return Ok(());
    }
    let failure = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
    let what = "somebody else reads readings.db; end that process".to_owned();
    Err(Error::SqliteFailure(failure, Some(what)))
}

/// Called after each commit. An error here reaches the commit's caller, who fails stop: an
/// automatic checkpoint would hide it (store.md: 12 of 12 unreported). Without space the frames
/// simply stay where they are, synced; a busy log is written back next time.
fn write_back(wal: &Wal, frames: c_int) -> Result<(), Error> {
    if frames < CHECKPOINT_FRAMES {
        return Ok(());
    }
    match wal.checkpoint_v2(CheckpointMode::PASSIVE) {
        Err(cause) if is_full(&cause) => Ok(()),
        Err(Error::SqliteFailure(failure, _))
            if failure.code == rusqlite::ErrorCode::DatabaseBusy =>
        {
            Ok(())
        }
        other => other.map(|_frames| ()),
    }
}

fn number(connection: &Connection, pragma: &str) -> Result<i64, Error> {
    connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))
}

/// Marks a new file as ours; refuses any other.
fn claim(connection: &Connection, path: &Path) -> Result<(), StoreFault> {
    let fault = unreadable("looking at readings.db");
    let found = number(connection, "application_id").map_err(&fault)?;
    if found == APPLICATION_ID {
        return Ok(());
    }
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(&fault)?;
    if found != 0 || tables != 0 {
        let path = path.to_owned();
        return Err(StoreFault::Foreign { path });
    }
    connection
        .execute_batch("PRAGMA page_size=4096; PRAGMA auto_vacuum=NONE;")
        .and_then(|()| connection.pragma_update(None, "application_id", APPLICATION_ID))
        .map_err(&fault)
}

fn set(connection: &Connection) -> Result<(), Error> {
    connection.execute_batch(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;
         PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-16384; PRAGMA temp_store=MEMORY;
         PRAGMA cell_size_check=ON; PRAGMA trusted_schema=OFF; PRAGMA mmap_size=0;
         PRAGMA busy_timeout=10000;",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// Brings the file to the newest format, one transaction a step.
fn migrate(connection: &Connection, path: &Path) -> Result<(), StoreFault> {
    let fault = unreadable("bringing readings.db to the newest format");
    let found = number(connection, "user_version").map_err(&fault)?;
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    if found > known {
        let path = path.to_owned();
        return Err(StoreFault::FromTheFuture { path, found, known });
    }
    for (format, migration) in (1_i64..).zip(MIGRATIONS) {
        if format <= found {
            continue;
        }
        let step = format!("BEGIN IMMEDIATE; {migration} PRAGMA user_version={format}; COMMIT;");
        connection.execute_batch(&step).map_err(&fault)?;
    }
    Ok(())
}

/// What the promises rest on, read back from the engine itself.
fn check(connection: &Connection) -> Result<(), StoreFault> {
    let fault = unreadable("checking the settings of readings.db");
    let wanted: [(&'static str, &'static str); 4] = [
        ("synchronous", "2"),
        ("journal_mode", "wal"),
        ("wal_autocheckpoint", "0"),
        ("page_size", "4096"),
    ];
    for (setting, needed) in wanted {
        let found: String = connection
            .query_row(&format!("PRAGMA {setting}"), [], |row| {
                let value: rusqlite::types::Value = row.get(0)?;
                Ok(match value {
                    rusqlite::types::Value::Integer(number) => number.to_string(),
                    rusqlite::types::Value::Text(text) => text,
                    other => format!("{other:?}"),
                })
            })
            .map_err(&fault)?;
        if found != needed {
            return Err(StoreFault::SelfCheck {
                setting,
                found,
                needed,
            });
        }
    }
    Ok(())
}

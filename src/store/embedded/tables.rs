//! The rows that the writer writes, statement by statement, inside its transaction.

use rusqlite::{Connection, Error, OptionalExtension, params};

use crate::park::{GatewayNo, MeterNo};

use crate::store::receipt::Arrived;
use crate::store::{Counts, Decision, QuarantineNo, Replayed};

use super::codec::chunk::marks;
use super::merge::Beside;
use super::prepare::{Part, seconds};
use super::slice::Damage;

/// A number that SQLite keeps signed.
fn signed(number: Option<u64>) -> Option<i64> {
    number.map(u64::cast_signed)
}

pub(super) fn insert_batch(on: &Connection, id: u64, n: u64, d: &[u8]) -> Result<(), Error> {
    on.prepare_cached("INSERT INTO batch (id, n, d) VALUES (?1, ?2, ?3)")?
        .execute(params![id.cast_signed(), n.cast_signed(), d])
        .map(|_rows| ())
}

/// Deletes log rows up to `through`.
pub(super) fn delete_batches(on: &Connection, through: u64) -> Result<(), Error> {
    on.prepare_cached("DELETE FROM batch WHERE id <= ?1")?
        .execute([through.cast_signed()])
        .map(|_rows| ())
}

pub(super) fn insert_part(on: &Connection, part: &Part<'_>) -> Result<(), Error> {
    let item = &part.item;
    // Beyond the limit only code, digest and count are kept (contract.md 2).
    let detail = if item.kept { item.detail.as_str() } else { "" };
    on.prepare_cached(
        "INSERT INTO quarantine (id, batch, gateway, epoch, seq, received_s, code, detail, place,
             n, bytes, digest, raw)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
    )?
    .execute(params![
        item.number.get().cast_signed(),
        item.batch.get().cast_signed(),
        item.gateway.get(),
        signed(item.epoch),
        signed(item.seq),
        seconds(item.received_at),
        item.code.as_str(),
        detail,
        item.index,
        item.values,
        item.bytes.cast_signed(),
        item.digest,
        part.raw,
    ])
    .map(|_rows| ())
}

pub(super) fn mark_replayed(
    on: &Connection,
    number: QuarantineNo,
    note: &Replayed,
) -> Result<(), Error> {
    on.prepare_cached("UPDATE quarantine SET who = ?2, how = ?3, replayed_ms = ?4 WHERE id = ?1")?
        .execute(params![
            number.get().cast_signed(),
            note.who,
            note.how,
            note.replayed_at.unix_ms(),
        ])
        .map(|_rows| ())
}

/// Trial messages kept of one gateway.
const TRIALS_LIMIT: i64 = 200;
/// How long a trial message is kept, in seconds (contract.md 2).
pub(super) const TRIAL_S: i64 = 24 * 3_600;

/// Keeps a trial message; too many and too old ones go.
pub(super) fn insert_trial(
    on: &Connection,
    gateway: GatewayNo,
    received_s: i64,
    text: &str,
) -> Result<(), Error> {
    on.prepare_cached("INSERT INTO trial (gateway, received_s, d) VALUES (?1, ?2, ?3)")?
        .execute(params![gateway.get(), received_s, text])?;
    on.prepare_cached(
        "DELETE FROM trial WHERE gateway = ?1 AND id <= (SELECT id FROM trial
             WHERE gateway = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
    )?
    .execute(params![gateway.get(), TRIALS_LIMIT])?;
    on.prepare_cached("DELETE FROM trial WHERE received_s < ?1")?
        .execute([received_s - TRIAL_S])
        .map(|_rows| ())
}

pub(super) fn insert_decision(on: &Connection, decision: &Decision) -> Result<(), Error> {
    on.prepare_cached(
        "INSERT INTO decision (meter, indicator, at, chosen, who, reason, decided_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        decision.meter.get(),
        decision.indicator.get(),
        decision.at.unix_ms(),
        decision.chosen.map(|number| number.to_bits().cast_signed()),
        decision.who,
        decision.reason,
        decision.decided_at.unix_ms(),
    ])
    .map(|_rows| ())
}

/// Moves a cursor on, never back; `None` forgets it.
pub(super) fn set_cursor(on: &Connection, name: &str, at: Option<u64>) -> Result<(), Error> {
    match at {
        Some(at) => on
            .prepare_cached(
                "INSERT INTO cursor (name, at) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET at = max(at, excluded.at)",
            )?
            .execute(params![name, at.cast_signed()]),
        None => on
            .prepare_cached("DELETE FROM cursor WHERE name = ?1")?
            .execute([name]),
    }
    .map(|_rows| ())
}

/// Writes a chunk or block into `day`, `month` or `latest`.
pub(super) fn put_blob(on: &Connection, table: &str, key: i64, bytes: &[u8]) -> Result<(), Error> {
    on.prepare_cached(&format!(
        "INSERT INTO {table} (k, d) VALUES (?1, ?2) ON CONFLICT (k) DO UPDATE SET d = excluded.d"
    ))?
    .execute(params![key, bytes])
    .map(|_rows| ())
}

pub(super) fn delete_day(on: &Connection, key: i64) -> Result<(), Error> {
    on.prepare_cached("DELETE FROM day WHERE k = ?1")?
        .execute([key])
        .map(|_rows| ())
}

/// Keeps a value beside the chunks; a fold repeated after a crash finds it there already.
pub(super) fn insert_beside(on: &Connection, meter: MeterNo, beside: &Beside) -> Result<(), Error> {
    let origin = &beside.origin;
    on.prepare_cached(
        "INSERT OR IGNORE INTO rev (dev, ts, metric, bad, v, revision, gateway, epoch, seq, seen,
             marks)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    )?
    .execute(params![
        meter.get(),
        beside.at.unix_ms(),
        beside.indicator.get(),
        i64::from(beside.revision == 0),
        beside.number.to_bits().cast_signed(),
        beside.revision,
        origin.gateway.get(),
        signed(origin.epoch),
        signed(origin.seq),
        origin.received_s,
        marks(origin),
    ])
    .map(|_rows| ())
}

/// Adds to the counts of one day and gateway.
pub(super) fn add_counts(
    on: &Connection,
    day: i32,
    gateway: GatewayNo,
    counts: &Counts,
) -> Result<(), Error> {
    on.prepare_cached(
        "INSERT INTO counts (day, gateway, received, stored, duplicate, conflict, quarantined,
             refused, pending, unpromised)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (day, gateway) DO UPDATE SET
             received = received + excluded.received, stored = stored + excluded.stored,
             duplicate = duplicate + excluded.duplicate, conflict = conflict + excluded.conflict,
             quarantined = quarantined + excluded.quarantined,
             refused = refused + excluded.refused, pending = pending + excluded.pending,
             unpromised = unpromised + excluded.unpromised",
    )?
    .execute(params![
        day,
        gateway.get(),
        counts.received,
        counts.stored,
        counts.duplicate,
        counts.conflict,
        counts.quarantined,
        counts.refused,
        counts.pending,
        counts.unpromised,
    ])
    .map(|_rows| ())
}

pub(super) fn put_receipt(
    on: &Connection,
    gateway: GatewayNo,
    epoch: u64,
    arrived: &Arrived,
) -> Result<(), Error> {
    let mut ranges = Vec::new();
    for (from, to) in arrived.ranges() {
        ranges.extend_from_slice(&from.to_le_bytes());
        ranges.extend_from_slice(&to.to_le_bytes());
    }
    on.prepare_cached(
        "INSERT INTO receipt (gateway, epoch, ranges) VALUES (?1, ?2, ?3)
         ON CONFLICT (gateway, epoch) DO UPDATE SET ranges = excluded.ranges",
    )?
    .execute(params![gateway.get(), epoch.cast_signed(), ranges])
    .map(|_rows| ())
}

pub(super) fn delete_receipt(on: &Connection, gateway: GatewayNo, epoch: u64) -> Result<(), Error> {
    on.prepare_cached("DELETE FROM receipt WHERE gateway = ?1 AND epoch = ?2")?
        .execute(params![gateway.get(), epoch.cast_signed()])
        .map(|_rows| ())
}

pub(super) fn set_meta(on: &Connection, name: &str, value: i64) -> Result<(), Error> {
    on.prepare_cached(
        "INSERT INTO meta (k, v) VALUES (?1, ?2) ON CONFLICT (k) DO UPDATE SET v = excluded.v",
    )?
    .execute(params![name, value])
    .map(|_rows| ())
}

/// Counts the blocks that were compacted: who remembers a block looks whether it is still so.
pub(super) const COMPACTIONS: &str = "compactions";

/// Notes that a block was compacted.
pub(super) fn count_compaction(on: &Connection) -> Result<(), Error> {
    on.prepare_cached(
        "INSERT INTO meta (k, v) VALUES (?1, 1) ON CONFLICT (k) DO UPDATE SET v = v + 1",
    )?
    .execute([COMPACTIONS])
    .map(|_rows| ())
}

pub(super) fn meta(on: &Connection, name: &str) -> Result<Option<i64>, Error> {
    on.prepare_cached("SELECT v FROM meta WHERE k = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}

/// Puts a row that could not be read aside, as it is.
pub(super) fn put_aside(on: &Connection, damage: &Damage) -> Result<(), Error> {
    let (table, column) = match damage.kind {
        "batch" => ("batch", "id"),
        "month" => ("month", "k"),
        "latest" => ("latest", "k"),
        _ => ("day", "k"),
    };
    on.execute(
        &format!(
            "INSERT INTO damaged (kind, k, why, d)
             SELECT ?1, ?2, ?3, d FROM {table} WHERE {column} = ?2"
        ),
        params![damage.kind, damage.key, damage.why],
    )?;
    on.execute(
        &format!("DELETE FROM {table} WHERE {column} = ?1"),
        [damage.key],
    )
    .map(|_rows| ())
}

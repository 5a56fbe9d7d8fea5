//! Reading the smaller tables: quarantine, trials, decisions, cursors.

use std::str::FromStr;

use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Row, params};

use crate::calendar::{Moment, Period};
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};
use crate::reading::{Code, Taken};

use crate::store::{BatchNo, Decision, Overflow, QuarantineFilter, QuarantineNo};
use crate::store::{Quarantined, Replayed, StoreFault};

use super::open::unreadable;
use super::record::read_trial;

const ITEM: &str = "id, batch, gateway, epoch, seq, received_s, code, detail, place, n, bytes, \
                    digest, raw IS NOT NULL, who, how, replayed_ms";

fn unsigned(number: Option<i64>) -> Option<u64> {
    number.map(i64::cast_unsigned)
}

fn item(row: &Row<'_>) -> Result<Quarantined, Error> {
    let code: String = row.get(6)?;
    let code = Code::from_str(&code)
        .map_err(|cause| Error::FromSqlConversionFailure(6, Type::Text, Box::new(cause)))?;
    let received_s: i64 = row.get(5)?;
    let replayed_ms: Option<i64> = row.get(15)?;
    let replayed = match replayed_ms {
        None => None,
        Some(ms) => Some(Replayed {
            who: row.get(13)?,
            how: row.get(14)?,
            replayed_at: Moment::from_unix_ms(ms),
        }),
    };
    Ok(Quarantined {
        number: QuarantineNo::new(row.get::<_, i64>(0)?.cast_unsigned()),
        batch: BatchNo::new(row.get::<_, i64>(1)?.cast_unsigned()),
        gateway: GatewayNo::new(row.get(2)?),
        epoch: unsigned(row.get(3)?),
        seq: unsigned(row.get(4)?),
        received_at: Moment::from_unix_ms(received_s.saturating_mul(1_000)),
        code,
        detail: row.get(7)?,
        index: row.get(8)?,
        values: row.get(9)?,
        bytes: row.get::<_, i64>(10)?.cast_unsigned(),
        digest: row.get(11)?,
        kept: row.get(12)?,
        replayed,
    })
}

fn absent(number: QuarantineNo) -> StoreFault {
    StoreFault::Absent {
        what: "quarantine item",
        key: number.get().to_string(),
    }
}

/// One quarantined item.
pub(super) fn find_item(on: &Connection, number: QuarantineNo) -> Result<Quarantined, StoreFault> {
    let query = format!("SELECT {ITEM} FROM quarantine WHERE id = ?1");
    let found = on.prepare_cached(&query).and_then(|mut query| {
        query
            .query_row([number.get().cast_signed()], item)
            .optional()
    });
    found
        .map_err(unreadable("reading the quarantine"))?
        .ok_or_else(|| absent(number))
}

/// The raw bytes of a quarantined item.
pub(super) fn find_raw(
    on: &Connection,
    number: QuarantineNo,
) -> Result<Option<Vec<u8>>, StoreFault> {
    let found = on
        .prepare_cached("SELECT raw FROM quarantine WHERE id = ?1")
        .and_then(|mut query| {
            query
                .query_row([number.get().cast_signed()], |row| row.get(0))
                .optional()
        });
    found
        .map_err(unreadable("reading the quarantine"))?
        .ok_or_else(|| absent(number))
}

/// A page of items that fit `filter`.
pub(super) fn list_items(
    on: &Connection,
    filter: &QuarantineFilter,
) -> Result<Vec<Quarantined>, Error> {
    // A sentence of its own for one gateway: with `?2 IS NULL OR` no index is used, and one gateway's
    // millions would be walked through for every other's list.
    let of_gateway = match filter.gateway {
        Some(_) => "gateway = ?2",
        None => "?2 IS NULL",
    };
    let order = filter.newest_before.map_or("ASC", |_| "DESC");
    let mut query = on.prepare_cached(&format!(
        "SELECT {ITEM} FROM quarantine
         WHERE {of_gateway} AND id > ?1 AND id < ?8 AND (?3 IS NULL OR code = ?3)
           AND received_s >= ?4 AND received_s < ?5
           AND (?6 IS NULL OR (replayed_ms IS NOT NULL) = ?6)
         ORDER BY id {order} LIMIT ?7"
    ))?;
    let before = filter.newest_before.unwrap_or(QuarantineNo::LAST);
    let from = filter
        .received
        .map_or(i64::MIN, |period| ceil_s(period.from()));
    let to = filter
        .received
        .map_or(i64::MAX, |period| ceil_s(period.to()));
    let rows = query.query_map(
        params![
            filter.after.map_or(0, QuarantineNo::get).cast_signed(),
            filter.gateway.map(GatewayNo::get),
            filter.code.map(Code::as_str),
            from,
            to,
            filter.replayed,
            i64::try_from(filter.limit).unwrap_or(i64::MAX),
            before.get().cast_signed(),
        ],
        item,
    )?;
    rows.collect()
}

/// The first whole second not before `moment`.
fn ceil_s(moment: Moment) -> i64 {
    moment.plus_ms(999).unix_ms().div_euclid(1_000)
}

/// Trial messages of a gateway since `since_s`, newest first.
pub(super) fn list_trials(
    on: &Connection,
    gateway: GatewayNo,
    since_s: i64,
    limit: usize,
) -> Result<Vec<Taken>, Error> {
    let mut query = on.prepare_cached(
        "SELECT d FROM trial WHERE gateway = ?1 AND received_s > ?2 ORDER BY id DESC LIMIT ?3",
    )?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = query.query_map(params![gateway.get(), since_s, limit], |row| {
        row.get::<_, String>(0)
    })?;
    rows.filter_map(|text| text.map(|text| read_trial(gateway, &text)).transpose())
        .collect()
}

/// Decisions about values of `meter` in `period`.
pub(super) fn list_decisions(
    on: &Connection,
    meter: MeterNo,
    period: Period,
) -> Result<Vec<Decision>, Error> {
    let mut query = on.prepare_cached(
        "SELECT indicator, at, chosen, who, reason, decided_at FROM decision
         WHERE meter = ?1 AND at >= ?2 AND at < ?3 ORDER BY at, indicator, id",
    )?;
    let (from, to) = (period.from().unix_ms(), period.to().unix_ms());
    let rows = query.query_map(params![meter.get(), from, to], |row| {
        let chosen: Option<i64> = row.get(2)?;
        Ok(Decision {
            meter,
            indicator: IndicatorNo::new(row.get(0)?),
            at: Moment::from_unix_ms(row.get(1)?),
            chosen: chosen.map(|bits| f64::from_bits(bits.cast_unsigned())),
            who: row.get(3)?,
            reason: row.get(4)?,
            decided_at: Moment::from_unix_ms(row.get(5)?),
        })
    })?;
    rows.collect()
}

/// A cursor.
pub(super) fn find_cursor(on: &Connection, name: &str) -> Result<Option<BatchNo>, Error> {
    let found: Option<i64> = on
        .prepare_cached("SELECT at FROM cursor WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?;
    Ok(found.map(|at| BatchNo::new(at.cast_unsigned())))
}

/// The oldest row of the log.
pub(super) fn oldest_batch(on: &Connection) -> Result<Option<BatchNo>, Error> {
    let found: Option<i64> = on
        .prepare_cached("SELECT min(id) FROM batch")?
        .query_row([], |row| row.get(0))?;
    Ok(found.map(|id| BatchNo::new(id.cast_unsigned())))
}

/// At most `limit` rows of the log after `after`.
pub(super) fn list_batches(
    on: &Connection,
    after: u64,
    limit: usize,
) -> Result<Vec<(u64, Vec<u8>)>, Error> {
    let mut query =
        on.prepare_cached("SELECT id, d FROM batch WHERE id > ?1 ORDER BY id LIMIT ?2")?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = query.query_map(params![after.cast_signed(), limit], |row| {
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?))
    })?;
    rows.collect()
}

/// How much of each gateway's quarantine is kept, and how much is not.
pub(super) fn list_overflows(on: &Connection) -> Result<Vec<Overflow>, Error> {
    let mut query = on.prepare_cached(
        "SELECT gateway, sum(CASE WHEN raw IS NULL THEN 0 ELSE bytes END), sum(raw IS NULL)
         FROM quarantine WHERE replayed_ms IS NULL GROUP BY gateway ORDER BY gateway",
    )?;
    let rows = query.query_map([], |row| {
        Ok(Overflow {
            gateway: GatewayNo::new(row.get(0)?),
            bytes_kept: row.get::<_, i64>(1)?.cast_unsigned(),
            items_cut: row.get::<_, i64>(2)?.cast_unsigned(),
        })
    })?;
    rows.collect()
}

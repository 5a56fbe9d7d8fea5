//! Loading what is known of a meter: day chunks, month blocks, values beside them.

use std::collections::BTreeMap;

use rusqlite::{Connection, Error, OptionalExtension, params};

use crate::calendar::{Day, Moment, Month};
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};

use super::codec::Broken;
use super::codec::chunk::{Chunk, day_key, day_key_parts, unmarked};
use super::codec::month::{Block, Column, Unpacked, month_key, unpack};
use super::merge::Beside;
use super::slice::Damage;
use super::tables::{COMPACTIONS, meta};

/// Blocks unpacked for one meter serve its 15 neighbours, too.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    block: Option<Block>,
    /// Which state of the month blocks they were read from.
    compaction: i64,
    columns: BTreeMap<i64, Option<Unpacked>>,
    /// Damaged rows met.
    pub(super) damages: Vec<Damage>,
    /// Rows of which one meter's part cannot be read: they stay, for they hold its neighbours, too.
    pub(super) broken: Vec<Damage>,
}

/// The bytes of a row of `day` or `month`.
pub(super) fn blob(on: &Connection, table: &str, key: i64) -> Result<Option<Vec<u8>>, Error> {
    on.prepare_cached(&format!("SELECT d FROM {table} WHERE k = ?1"))?
        .query_row([key], |row| row.get(0))
        .optional()
}

/// The day rows of a meter from one day to another, both included, still as bytes.
pub(super) fn day_blobs(
    on: &Connection,
    meter: MeterNo,
    from: Day,
    to: Day,
) -> Result<Vec<(Day, Vec<u8>)>, Error> {
    let mut query =
        on.prepare_cached("SELECT k, d FROM day WHERE k BETWEEN ?1 AND ?2 ORDER BY k")?;
    let rows = query.query_map([day_key(meter, from), day_key(meter, to)], |row| {
        Ok((day_key_parts(row.get(0)?).1, row.get(1)?))
    })?;
    rows.collect()
}

/// Conflicts and `bad` values of a meter in `[from, to)`, by time, indicator and revision.
pub(super) fn beside(
    on: &Connection,
    meter: MeterNo,
    from: Moment,
    to: Moment,
) -> Result<Vec<Beside>, Error> {
    let mut query = on.prepare_cached(
        "SELECT ts, metric, v, revision, gateway, epoch, seq, seen, marks FROM rev
         WHERE dev = ?1 AND ts >= ?2 AND ts < ?3 ORDER BY ts, metric, revision",
    )?;
    let range = params![meter.get(), from.unix_ms(), to.unix_ms()];
    let rows = query.query_map(range, |row| {
        let gateway = GatewayNo::new(row.get(4)?);
        let marks: i64 = row.get(8)?;
        let origin = unmarked(marks, gateway);
        let mut origin = origin.ok_or(Error::IntegralValueOutOfRange(8, marks))?;
        origin.epoch = row.get::<_, Option<i64>>(5)?.map(i64::cast_unsigned);
        origin.seq = row.get::<_, Option<i64>>(6)?.map(i64::cast_unsigned);
        origin.received_s = row.get(7)?;
        Ok(Beside {
            at: Moment::from_unix_ms(row.get(0)?),
            indicator: IndicatorNo::new(row.get(1)?),
            number: f64::from_bits(row.get::<_, i64>(2)?.cast_unsigned()),
            revision: row.get(3)?,
            origin,
        })
    })?;
    rows.collect()
}

impl Blocks {
    /// Drops what was unpacked if months were compacted since: what a block had not taken over
    /// then is gone from the day rows now. To be called within the snapshot that is read from.
    pub(super) fn refresh(&mut self, on: &Connection) -> Result<(), Error> {
        let compaction = meta(on, COMPACTIONS)?.unwrap_or(0);
        if compaction != self.compaction {
            self.columns.clear();
            self.compaction = compaction;
        }
        Ok(())
    }

    /// The rows of a meter in the month block, with one indicator or all; `None` if there are
    /// none, or if they are damaged, which is noted.
    pub(super) fn chunk(
        &mut self,
        on: &Connection,
        meter: MeterNo,
        month: Month,
        indicator: Option<IndicatorNo>,
    ) -> Result<Option<Chunk>, Error> {
        let block = Block::of(meter);
        if self.block != Some(block) {
            self.block = Some(block);
            self.columns.clear();
        }
        let rows_key = month_key(month, Column::Rows, block);
        let rows = self.column(on, rows_key)?;
        let found = rows.map(|rows| (rows.rows_of(meter, month), rows.indicators().to_vec()));
        let Some((chunk, indicators)) = found else {
            return Ok(None);
        };
        let Some(mut chunk) = self.sound_part(rows_key, chunk) else {
            return Ok(None);
        };
        let wanted = |of: &IndicatorNo| indicator.is_none_or(|indicator| indicator == *of);
        for of in indicators.into_iter().filter(wanted) {
            let key = month_key(month, Column::Values(of), block);
            let count = chunk.at.len();
            let values = self.column(on, key)?;
            let values = values.map_or(Ok(None), |values| values.values_of(meter, count));
            if let Some(values) = self.sound_part(key, values) {
                chunk.columns.push((of, values));
            }
        }
        Ok(Some(chunk))
    }

    /// Whether the rows of a block were read, and sound.
    pub(super) fn has_rows(&self, month: Month, block: Block) -> bool {
        let key = month_key(month, Column::Rows, block);
        self.columns.get(&key).is_some_and(Option::is_some)
    }

    /// What was read, unless it is damaged.
    fn sound<T>(&mut self, key: i64, read: Result<Option<T>, Broken>) -> Option<T> {
        read.unwrap_or_else(|Broken(why)| {
            let kind = "month";
            self.damages.push(Damage { kind, key, why });
            None
        })
    }

    /// What was read of one meter, unless that part of the row is damaged.
    fn sound_part<T>(&mut self, key: i64, read: Result<Option<T>, Broken>) -> Option<T> {
        read.unwrap_or_else(|Broken(why)| {
            let kind = "month";
            self.broken.push(Damage { kind, key, why });
            None
        })
    }

    fn column(&mut self, on: &Connection, key: i64) -> Result<Option<&Unpacked>, Error> {
        if !self.columns.contains_key(&key) {
            let bytes = blob(on, "month", key)?;
            let unpacked = bytes.map_or(Ok(None), |bytes| unpack(&bytes, key).map(Some));
            let unpacked = self.sound(key, unpacked);
            self.columns.insert(key, unpacked);
        }
        Ok(self.columns.get(&key).and_then(Option::as_ref))
    }
}

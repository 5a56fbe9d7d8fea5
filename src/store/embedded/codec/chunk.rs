//! Day chunks: all readings of one meter on one day of the park, as columns.
//!
//! One time column is shared by all indicators, and one provenance a reading: a reading that fills
//! in a missing indicator is a row of its own at the same time.

use crate::calendar::{Day, Moment};
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};
use crate::reading::{Flags, Quality};

use super::Broken;
use super::bytes::{Left, put, put_len, put_section, seal, unseal};
use super::column::{Numbers, Order, put_numbers, put_values, take_numbers, take_values};

/// Format of day chunks and month blocks.
pub(super) const VERSION: u8 = 1;
/// Rows that one meter may have in a day or month: 194 readings a second for a day.
pub(in crate::store::embedded) const ROWS_LIMIT: usize = 1 << 24;
/// Rows for which room is made before they are read: damage never asks for much memory.
pub(super) const ROOM: usize = 1 << 12;

/// Where a reading came from and how good it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Who sent it.
    pub gateway: GatewayNo,
    /// Start of the gateway's counter.
    pub epoch: Option<u64>,
    /// The gateway's message number.
    pub seq: Option<u64>,
    /// When it came, in whole seconds since 1970.
    pub received_s: i64,
    /// How good.
    pub quality: Quality,
    /// What else is known.
    pub flags: Flags,
}

/// A stretch of readings of one meter, by time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chunk {
    /// The last batch merged into it (store.md: a repeated fold counts nothing twice).
    pub merged_through: u64,
    /// When each row was measured, rising; equal times stand in order of arrival.
    pub at: Vec<Moment>,
    /// Where each row came from.
    pub origins: Vec<Origin>,
    /// The values of each indicator, by number; NaN where a row has none.
    pub columns: Vec<(IndicatorNo, Vec<f64>)>,
}

/// The row of table `day` for one meter and day.
#[must_use]
pub fn day_key(meter: MeterNo, day: Day) -> i64 {
    let day = u64::from(day.number().cast_unsigned() ^ (1 << 31));
    (u64::from(meter.get()) << 32 | day).cast_signed()
}

/// Whose day it is.
#[must_use]
pub fn day_key_parts(key: i64) -> (MeterNo, Day) {
    let [m0, m1, m2, m3, d0, d1, d2, d3] = key.to_be_bytes();
    let day = u32::from_be_bytes([d0, d1, d2, d3]) ^ (1 << 31);
    (
        MeterNo::new(u32::from_be_bytes([m0, m1, m2, m3])),
        Day::from_number(day.cast_signed()),
    )
}

/// The chunk as bytes, sealed for `key`.
///
/// Known limit: a chunk of more rows than are read back (2^24: 194 readings a second for a whole
/// day) is written and met as damage by the next fold of this meter and day, which puts it aside.
/// It is not refused: the fold would stand still for every meter.
#[must_use]
pub fn encode_day(chunk: &Chunk, key: i64) -> Vec<u8> {
    let mut out = vec![VERSION];
    put(&mut out, chunk.merged_through);
    put_len(&mut out, chunk.at.len());
    put_len(&mut out, chunk.columns.len());
    let start = day_key_parts(key).1.start();
    let mut section = Vec::new();
    put_rows(&mut section, chunk, start);
    put_section(&mut out, &section);
    for (indicator, values) in &chunk.columns {
        put(&mut out, u64::from(indicator.get()));
        section.clear();
        put_values(&mut section, values);
        put_section(&mut out, &section);
    }
    seal(&mut out, key);
    out
}

/// The chunk that `bytes` hold under `key`.
///
/// # Errors
/// [`Broken`] if the bytes are not what was written under their key.
pub fn decode_day(bytes: &[u8], key: i64) -> Result<Chunk, Broken> {
    decode_day_of(bytes, key, None)
}

/// As [`decode_day`], with the values of one indicator alone if one is wanted.
///
/// # Errors
/// As [`decode_day`]; columns that are not wanted are not looked into.
pub fn decode_day_of(bytes: &[u8], key: i64, wanted: Option<IndicatorNo>) -> Result<Chunk, Broken> {
    let mut left = Left::new(unseal(bytes, key)?);
    if left.byte()? != VERSION {
        return Err(Broken("version"));
    }
    let merged_through = left.number()?;
    let rows = left.count(ROWS_LIMIT)?;
    let columns = left.count(usize::from(u16::MAX))?;
    let start = day_key_parts(key).1.start();
    let mut chunk = take_rows(&mut left.section()?, rows, start)?;
    chunk.merged_through = merged_through;
    for _ in 0..columns {
        let indicator = IndicatorNo::new(left.number_16()?);
        let mut section = left.section()?;
        if wanted.is_some_and(|wanted| wanted != indicator) {
            continue;
        }
        let values = take_values(&mut section, rows)?;
        let in_order = chunk
            .columns
            .last()
            .is_none_or(|(last, _)| *last < indicator);
        if !in_order {
            return Err(Broken("columns"));
        }
        chunk.columns.push((indicator, values));
    }
    Ok(chunk)
}

/// Units in which times may be kept, largest first.
const TIME_UNITS_MS: [i64; 3] = [60_000, 1_000, 1];

/// Appends times and provenance.
pub(super) fn put_rows(out: &mut Vec<u8>, chunk: &Chunk, start: Moment) {
    let since = |at: &Moment| at.ms_since(start);
    let divides = |unit: &&i64| chunk.at.iter().all(|at| since(at) % **unit == 0);
    let unit = TIME_UNITS_MS.iter().find(divides).copied().unwrap_or(1);
    put(out, unit.cast_unsigned());
    put_numbers(
        out,
        chunk.at.iter().map(|at| since(at) / unit),
        Order::Second,
    );
    let origins = || chunk.origins.iter();
    put_numbers(
        out,
        origins().map(|o| i64::from(o.gateway.get())),
        Order::First,
    );
    put_numbers(out, origins().map(|o| i64::from(marks(o))), Order::First);
    put_numbers(
        out,
        origins().map(|o| o.epoch.unwrap_or(0).cast_signed()),
        Order::First,
    );
    put_numbers(
        out,
        origins().map(|o| o.seq.unwrap_or(0).cast_signed()),
        Order::Second,
    );
    let delays = chunk.at.iter().zip(origins());
    put_numbers(
        out,
        delays.map(|(at, o)| o.received_s.wrapping_sub(at.unix_ms().div_euclid(1_000))),
        Order::First,
    );
}

/// Reads times and provenance of `rows` rows.
pub(super) fn take_rows(left: &mut Left<'_>, rows: usize, start: Moment) -> Result<Chunk, Broken> {
    let mut at = Vec::new();
    refill_times(&mut at, left, rows, start)?;
    let mut provenance = Provenance::default();
    provenance.refill(left, rows)?;
    let origins = provenance.origins(&at).ok_or(Broken("provenance"))?;
    Ok(Chunk {
        merged_through: 0,
        at,
        origins,
        columns: Vec::new(),
    })
}

/// The columns of provenance, still apart.
#[derive(Debug, Default)]
pub(super) struct Provenance {
    gateways: Numbers,
    marks: Numbers,
    epochs: Numbers,
    seqs: Numbers,
    /// Seconds from measuring to receiving.
    delays: Numbers,
}

impl Provenance {
    /// Reads the columns of `rows` rows into the room of those before.
    pub(super) fn refill(&mut self, left: &mut Left<'_>, rows: usize) -> Result<(), Broken> {
        self.gateways.refill(left, rows, Order::First)?;
        self.marks.refill(left, rows, Order::First)?;
        self.epochs.refill(left, rows, Order::First)?;
        self.seqs.refill(left, rows, Order::Second)?;
        self.delays.refill(left, rows, Order::First)
    }

    /// What all rows have in common in the ordinary case: one gateway's readings of one kind, all
    /// of one counter. Number and time of receipt are each row's own.
    pub(super) fn common(&self) -> Option<Origin> {
        let (Numbers::Same(_), Numbers::Same(_), Numbers::Same(epoch)) =
            (&self.gateways, &self.marks, &self.epochs)
        else {
            return None;
        };
        let mut all = self.kind(0)?;
        all.epoch = all.epoch.map(|_| epoch.cast_unsigned());
        Some(all)
    }

    /// The origin of each row that was measured `at`; `None` if a column holds what it cannot.
    pub(super) fn origins(&mut self, at: &[Moment]) -> Option<Vec<Origin>> {
        let Some(all) = self.common() else {
            return self.mixed_origins(at);
        };
        let (seqs, delays) = self.own(at.len());
        let rows = at.iter().zip(seqs).zip(delays);
        let rows = rows.map(|((at, seq), delay)| Origin {
            seq: all.seq.map(|_| seq.cast_unsigned()),
            received_s: received_s(*at, *delay),
            ..all
        });
        Some(rows.collect())
    }

    /// The number of each row, and its seconds from measuring to receiving.
    pub(super) fn own(&mut self, rows: usize) -> (&[i64], &[i64]) {
        (self.seqs.spread(rows), self.delays.spread(rows))
    }

    fn mixed_origins(&self, at: &[Moment]) -> Option<Vec<Origin>> {
        let mut origins = Vec::with_capacity(at.len());
        for (row, at) in at.iter().enumerate() {
            let mut origin = self.kind(row)?;
            if origin.epoch.is_some() {
                origin.epoch = Some(self.epochs.get(row)?.cast_unsigned());
            }
            if origin.seq.is_some() {
                origin.seq = Some(self.seqs.get(row)?.cast_unsigned());
            }
            origin.received_s = received_s(*at, self.delays.get(row)?);
            origins.push(origin);
        }
        Some(origins)
    }

    /// Gateway, quality and flags of a row, and which numbers it has.
    fn kind(&self, row: usize) -> Option<Origin> {
        let gateway = u32::try_from(self.gateways.get(row)?).ok()?;
        unmarked(self.marks.get(row)?, GatewayNo::new(gateway))
    }
}

/// When it was received that was measured `at`, `delay` seconds before.
pub(super) fn received_s(at: Moment, delay: i64) -> i64 {
    at.unix_ms().div_euclid(1_000).wrapping_add(delay)
}

/// Reads the times of `rows` rows into the room of those before; they must not fall. Whether all
/// of them are whole seconds.
pub(super) fn refill_times(
    at: &mut Vec<Moment>,
    left: &mut Left<'_>,
    rows: usize,
    start: Moment,
) -> Result<bool, Broken> {
    let unit = left.number()?.cast_signed();
    at.clear();
    at.reserve(rows.min(ROOM));
    take_numbers(left, rows, Order::Second, |number| {
        at.push(start.plus_ms(number.wrapping_mul(unit)));
    })?;
    if !at.is_sorted() {
        return Err(Broken("times"));
    }
    Ok(unit % 1_000 == 0 && start.unix_ms() % 1_000 == 0)
}

/// Quality, flags and which numbers there are, in one.
pub(in crate::store::embedded) fn marks(origin: &Origin) -> u16 {
    let quality = match origin.quality {
        Quality::Good => 0,
        Quality::Uncertain => 1,
        Quality::Bad => 2,
    };
    let counted = u16::from(origin.epoch.is_some()) | u16::from(origin.seq.is_some()) << 1;
    quality | counted << 2 | u16::from(origin.flags.bits()) << 4
}

/// An origin with what `marks` say; numbers are 0 where there are any.
pub(in crate::store::embedded) fn unmarked(marks: i64, gateway: GatewayNo) -> Option<Origin> {
    let marks = u16::try_from(marks).ok()?;
    let [flags, ..] = (marks >> 4).to_le_bytes();
    Some(Origin {
        gateway,
        epoch: (marks & 4 != 0).then_some(0),
        seq: (marks & 8 != 0).then_some(0),
        received_s: 0,
        quality: match marks & 3 {
            0 => Quality::Good,
            1 => Quality::Uncertain,
            2 => Quality::Bad,
            _ => return None,
        },
        flags: Flags::from_bits(flags),
    })
}

//! One indicator over all meters: a block of neighbours at a time, because a month block is unpacked
//! for all of them at once, and because a snapshot a block costs a sixteenth of one a meter.
//!
//! As with every read, the heads are copied first and the snapshot is taken then; what visitors do
//! comes after it.

use std::ops::ControlFlow;

use rusqlite::{Connection, Error};
use zstd::bulk::Decompressor;

use crate::calendar::{Day, Month, Period};
use crate::indicator::IndicatorNo;
use crate::park::MeterNo;

use crate::store::{Row, StoreFault, Visit};

use super::Embedded;
use super::codec::Broken;
use super::codec::chunk::Chunk;
use super::codec::month::{Block, Column, Unpacked, month_key, unpack_with};
use super::codec::strip::Strip;
use super::load::{blob, day_blobs};
use super::open::unreadable;
use super::piece::{Given, Piece, Wanted};
use super::slice::Damage;

/// What is known of one indicator of a block's meters in a part of one month, loaded.
#[derive(Debug)]
struct Stretch {
    month: Month,
    part: Period,
    rows: Packed,
    values: Packed,
    /// A piece a meter, without its month.
    pieces: Vec<Piece>,
}

/// A column of a month block, and the row it was read from.
#[derive(Debug)]
struct Packed {
    key: i64,
    column: Option<Unpacked>,
}

/// What serves one block after the other.
pub(super) struct Workplace {
    strip: Strip,
    unpacking: Decompressor<'static>,
}

impl Workplace {
    /// An empty one.
    pub(super) fn new() -> Result<Self, StoreFault> {
        let unpacking = Decompressor::new().map_err(|cause| StoreFault::Unreadable {
            doing: "making room to unpack months",
            cause: cause.to_string(),
        })?;
        Ok(Self {
            strip: Strip::default(),
            unpacking,
        })
    }
}

impl Packed {
    fn load(
        on: &Connection,
        unpacking: &mut Decompressor<'_>,
        key: i64,
        damages: &mut Vec<Damage>,
    ) -> Result<Self, Error> {
        let bytes = blob(on, "month", key)?;
        let unpacked = |bytes: Vec<u8>| unpack_with(unpacking, &bytes, key).map(Some);
        let column = bytes.map_or(Ok(None), unpacked);
        let mut packed = Self { key, column: None };
        packed.column = packed.sound(column, damages).flatten();
        Ok(packed)
    }

    /// What was read, unless it is damaged, which is noted.
    fn sound<T>(&self, read: Result<T, Broken>, damages: &mut Vec<Damage>) -> Option<T> {
        let (kind, key) = ("month", self.key);
        let note = |Broken(why)| damages.push(Damage { kind, key, why });
        read.map_err(note).ok()
    }
}

/// First values of one indicator.
const fn first_of(meter: MeterNo, indicator: IndicatorNo) -> Wanted {
    Wanted {
        meter,
        indicator: Some(indicator),
        all: false,
    }
}

impl Embedded {
    /// First values of one indicator of `meters`, which are neighbours in one block.
    pub(super) fn sweep_block(
        &self,
        meters: &[MeterNo],
        indicator: IndicatorNo,
        period: Period,
        workplace: &mut Workplace,
        visit: Visit<'_, Row>,
    ) -> Result<ControlFlow<()>, StoreFault> {
        let Workplace { strip, unpacking } = workplace;
        let mut stretches = Vec::new();
        let mut month = Month::of(period.from());
        while month.period().from() < period.to() {
            let own = month.period();
            let (from, to) = (period.from().max(own.from()), period.to().min(own.to()));
            let Some(part) = Period::new(from, to) else {
                break;
            };
            stretches.push(self.stretch(meters, indicator, (month, part), unpacking)?);
            if month.next() == month {
                break;
            }
            month = month.next();
        }
        for (place, meter) in meters.iter().enumerate() {
            for stretch in &mut stretches {
                let mut given = Given::default();
                let wanted = first_of(*meter, indicator);
                let flow = stretch.visit(place, &wanted, indicator, strip, &mut given, visit);
                self.account(given);
                if flow.is_break() {
                    return Ok(flow);
                }
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn stretch(
        &self,
        meters: &[MeterNo],
        indicator: IndicatorNo,
        (month, part): (Month, Period),
        unpacking: &mut Decompressor<'_>,
    ) -> Result<Stretch, StoreFault> {
        let mut pieces: Vec<Piece> = meters.iter().map(|_| Piece::default()).collect();
        {
            let heads = self.shared.heads();
            for (meter, piece) in meters.iter().zip(&mut pieces) {
                let wanted = first_of(*meter, indicator);
                for head in heads.both() {
                    head.copy(&wanted, part, &mut piece.copied);
                }
            }
        }
        let (first, last) = (Day::of(part.from()), Day::of(part.to().plus_ms(-1)));
        let block = meters
            .first()
            .map_or(Block::of(MeterNo::new(0)), |one| Block::of(*one));
        let key = |column| month_key(month, column, block);
        let mut damages = Vec::new();
        let load = |on: &Connection| -> Result<(Packed, Packed), Error> {
            let snapshot = on.unchecked_transaction()?;
            let mut packed = |column| Packed::load(&snapshot, unpacking, key(column), &mut damages);
            let rows = packed(Column::Rows)?;
            let values = packed(Column::Values(indicator))?;
            for (meter, piece) in meters.iter().zip(&mut pieces) {
                piece.days = day_blobs(&snapshot, *meter, first, last)?;
            }
            snapshot.finish()?;
            Ok((rows, values))
        };
        let loaded = self.shared.pool.read(load);
        let (rows, values) = loaded.map_err(unreadable("reading a series"))?;
        for damage in damages {
            self.shared.note_damage(damage);
        }
        Ok(Stretch {
            month,
            part,
            rows,
            values,
            pieces,
        })
    }
}

impl Stretch {
    /// Hands out the rows of the meter at `place`, by time.
    fn visit(
        &mut self,
        place: usize,
        wanted: &Wanted,
        indicator: IndicatorNo,
        strip: &mut Strip,
        given: &mut Given,
        visit: &mut dyn FnMut(&Row) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some(mut piece) = self.pieces.get_mut(place).map(std::mem::take) else {
            return ControlFlow::Continue(());
        };
        if piece.is_bare() {
            // Mostly: a month that is over lies in its block alone.
            if self.fill(strip, wanted.meter, &mut given.damages) {
                let (meter, values) = (wanted.meter, &mut given.values);
                return strip.visit(meter, indicator, self.part, values, visit);
            }
            return ControlFlow::Continue(());
        }
        piece.month = self.chunk(wanted.meter, indicator, &mut given.damages);
        piece.visit(wanted, self.part, given, visit)
    }

    /// Reads the columns of a meter, if the block has them.
    fn fill(&self, strip: &mut Strip, meter: MeterNo, damages: &mut Vec<Damage>) -> bool {
        let (Some(rows), Some(values)) = (&self.rows.column, &self.values.column) else {
            return false;
        };
        let of_rows = strip.read_rows(rows, meter, self.month);
        if self.rows.sound(of_rows, damages) != Some(true) {
            return false;
        }
        let of_values = strip.read_values(values, meter);
        self.values.sound(of_values, damages) == Some(true)
    }

    /// The rows of a meter in the block with their values, to be merged with what lies beside it.
    fn chunk(
        &self,
        meter: MeterNo,
        indicator: IndicatorNo,
        damages: &mut Vec<Damage>,
    ) -> Option<Chunk> {
        let rows = self.rows.column.as_ref()?.rows_of(meter, self.month);
        let mut chunk = self.rows.sound(rows, damages)??;
        if let Some(values) = &self.values.column {
            let values = values.values_of(meter, chunk.at.len());
            let values = self.values.sound(values, damages).flatten();
            chunk
                .columns
                .extend(values.map(|values| (indicator, values)));
        }
        Some(chunk)
    }
}

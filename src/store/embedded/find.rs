//! Finding readings. Each month of a meter is loaded on its own: heads first, then one short
//! snapshot (the other order can miss readings), so no reader holds the log for long.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::atomic::Ordering;

use rusqlite::{Connection, Error, OptionalExtension};

use crate::calendar::{Day, Moment, Month, Period};
use crate::indicator::IndicatorNo;
use crate::park::MeterNo;

use crate::store::{Row, Series, StoreFault, Visit};

use super::Embedded;
use super::codec::month::Block;
use super::load::{Blocks, beside, day_blobs};
use super::open::unreadable;
use super::piece::{Given, Piece, Wanted};
use super::sweep::Workplace;

/// How far back a last value is looked for: the clock window of 400 days.
const LOOK_BACK_MS: i64 = 400 * 86_400_000;

impl Embedded {
    fn piece(
        &self,
        wanted: &Wanted,
        month: Month,
        period: Period,
        blocks: &mut Blocks,
    ) -> Result<Piece, StoreFault> {
        let mut piece = Piece::default();
        {
            let heads = self.shared.heads();
            for head in heads.both() {
                head.copy(wanted, period, &mut piece.copied);
            }
        }
        let (first, last) = (Day::of(period.from()), Day::of(period.to().plus_ms(-1)));
        let (from, to) = (first.start(), last.next().start());
        let load = |on: &Connection| -> Result<(), Error> {
            let snapshot = on.unchecked_transaction()?;
            blocks.refresh(&snapshot)?;
            piece.month = blocks.chunk(&snapshot, wanted.meter, month, wanted.indicator)?;
            piece.days = day_blobs(&snapshot, wanted.meter, first, last)?;
            // Nobody who wants first values alone asks for conflicts.
            if wanted.all {
                piece.beside = beside(&snapshot, wanted.meter, from, to)?;
            }
            snapshot.finish()
        };
        let loaded = self.shared.pool.read(load);
        loaded.map_err(unreadable("reading a series"))?;
        for damage in blocks.damages.drain(..).chain(blocks.broken.drain(..)) {
            self.shared.note_damage(damage);
        }
        Ok(piece)
    }

    /// Tells what a read looked at.
    pub(super) fn account(&self, given: Given) {
        let read = &self.shared.figures.values_read;
        read.fetch_add(given.values, Ordering::Relaxed);
        for damage in given.damages {
            self.shared.note_damage(damage);
        }
    }

    fn rows(
        &self,
        wanted: &Wanted,
        period: Period,
        blocks: &mut Blocks,
        visit: Visit<'_, Row>,
    ) -> Result<ControlFlow<()>, StoreFault> {
        let mut month = Month::of(period.from());
        while month.period().from() < period.to() {
            let own = month.period();
            let (from, to) = (period.from().max(own.from()), period.to().min(own.to()));
            let Some(part) = Period::new(from, to) else {
                break;
            };
            let piece = self.piece(wanted, month, part, blocks)?;
            let mut given = Given::default();
            let flow = piece.visit(wanted, part, &mut given, visit);
            self.account(given);
            if flow.is_break() || month.next() == month {
                return Ok(flow);
            }
            month = month.next();
        }
        Ok(ControlFlow::Continue(()))
    }

    fn known_meters(&self) -> Result<BTreeSet<MeterNo>, StoreFault> {
        let mut meters = BTreeSet::new();
        {
            let heads = self.shared.heads();
            meters.extend(heads.latest.keys().map(|(meter, _)| *meter));
            for head in heads.both() {
                meters.extend(head.meters());
            }
        }
        // Meters that have nothing but `bad` values.
        let beside = self.shared.pool.read(|on| -> Result<Vec<MeterNo>, Error> {
            let mut found = Vec::new();
            let mut query =
                on.prepare_cached("SELECT dev FROM rev WHERE dev > ?1 ORDER BY dev LIMIT 1")?;
            let mut after = -1_i64;
            while let Some(meter) = query.query_row([after], |row| row.get(0)).optional()? {
                found.push(MeterNo::new(meter));
                after = i64::from(meter);
            }
            Ok(found)
        });
        meters.extend(beside.map_err(unreadable("listing meters"))?);
        Ok(meters)
    }

    /// Refuses what would read for long while the log cannot be written back.
    pub(super) fn allow_long_read(&self) -> Result<(), StoreFault> {
        let wal_bytes = self.shared.wal_bytes();
        if wal_bytes >= self.shared.settings.log_most_bytes {
            return Err(StoreFault::LogTooLong { wal_bytes });
        }
        Ok(())
    }

    /// The newest values of a meter: what is folded, overlaid by the heads.
    fn newest_of(&self, meter: MeterNo) -> Vec<Row> {
        let heads = self.shared.heads();
        let of_meter = (meter, IndicatorNo::new(0))..=(meter, IndicatorNo::new(u16::MAX));
        let folded = heads.latest.range(of_meter).map(|(_, row)| *row);
        let mut newest: Vec<Row> = folded.collect();
        for row in heads.both().flat_map(|head| head.latest(meter)) {
            match newest.binary_search_by_key(&row.indicator, |known| known.indicator) {
                Err(place) => newest.insert(place, row),
                Ok(place) => {
                    if let Some(known) = newest.get_mut(place)
                        && known.at < row.at
                    {
                        *known = row;
                    }
                }
            }
        }
        newest
    }
}

impl Series for Embedded {
    fn first_values(
        &self,
        meter: MeterNo,
        indicator: Option<IndicatorNo>,
        period: Period,
        visit: Visit<'_, Row>,
    ) -> Result<(), StoreFault> {
        let wanted = Wanted {
            meter,
            indicator,
            all: false,
        };
        let flow = self.rows(&wanted, period, &mut Blocks::default(), visit);
        flow.map(|_flow| ())
    }

    fn all_values(
        &self,
        meter: MeterNo,
        indicator: Option<IndicatorNo>,
        period: Period,
        visit: Visit<'_, Row>,
    ) -> Result<(), StoreFault> {
        let wanted = Wanted {
            meter,
            indicator,
            all: true,
        };
        let flow = self.rows(&wanted, period, &mut Blocks::default(), visit);
        flow.map(|_flow| ())
    }

    fn last_before(
        &self,
        meter: MeterNo,
        indicator: IndicatorNo,
        before: Moment,
    ) -> Result<Option<Row>, StoreFault> {
        let wanted = Wanted {
            meter,
            indicator: Some(indicator),
            all: false,
        };
        let oldest = before.plus_ms(-LOOK_BACK_MS);
        let mut month = Month::of(before.plus_ms(-1));
        while month.period().to() > oldest {
            let own = month.period();
            let (from, to) = (own.from().max(oldest), own.to().min(before));
            let Some(part) = Period::new(from, to) else {
                break;
            };
            let piece = self.piece(&wanted, month, part, &mut Blocks::default())?;
            let mut given = Given::default();
            let found = piece.last_before(&wanted, part.to(), &mut given);
            self.account(given);
            if let Some(row) = found {
                return Ok((row.at >= oldest).then_some(row));
            }
            month = month.previous();
        }
        Ok(None)
    }

    fn sweep(
        &self,
        indicator: IndicatorNo,
        period: Period,
        visit: Visit<'_, Row>,
    ) -> Result<(), StoreFault> {
        let meters: Vec<MeterNo> = self.known_meters()?.into_iter().collect();
        let mut workplace = Workplace::new()?;
        for neighbours in meters.chunk_by(|one, next| Block::of(*one) == Block::of(*next)) {
            self.allow_long_read()?;
            let flow = self.sweep_block(neighbours, indicator, period, &mut workplace, visit)?;
            if flow.is_break() {
                break;
            }
        }
        Ok(())
    }

    fn latest(&self, visit: Visit<'_, Row>) -> Result<(), StoreFault> {
        let newest = {
            let heads = self.shared.heads();
            let mut newest = heads.latest.clone();
            for head in heads.both() {
                let rows = head
                    .meters()
                    .into_iter()
                    .flat_map(|meter| head.latest(meter));
                for row in rows {
                    let known = newest.entry((row.meter, row.indicator)).or_insert(row);
                    if known.at < row.at {
                        *known = row;
                    }
                }
            }
            newest
        };
        for row in newest.values() {
            if visit(row).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn latest_of(&self, meter: MeterNo, visit: Visit<'_, Row>) -> Result<(), StoreFault> {
        for row in self.newest_of(meter) {
            if visit(&row).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn meters(&self, visit: Visit<'_, MeterNo>) -> Result<(), StoreFault> {
        for meter in self.known_meters()? {
            if visit(&meter).is_break() {
                break;
            }
        }
        Ok(())
    }
}

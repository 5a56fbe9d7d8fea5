//! Month compaction: day chunks of past months become blocks of 16 meters, two days after the
//! month's end, then at most daily for what came late.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use rusqlite::{Error, OptionalExtension};

use crate::calendar::{Day, Month};
use crate::indicator::IndicatorNo;
use crate::park::MeterNo;

use crate::store::{Space, StoreFault};

use super::codec::Broken;
use super::codec::chunk::{Chunk, day_key, day_key_parts, decode_day};
use super::codec::month::{Block, Column, encode_column, month_key};
use super::fold::Folder;
use super::load::{Blocks, day_blobs};
use super::open::unreadable;
use super::slice::{Damage, Slice};
use super::tables::meta;

impl Folder {
    /// Compacts once a day of the park's clock.
    pub(super) fn compact_if_due(&mut self) -> Result<(), StoreFault> {
        let today = Day::of(self.shared.clock.now());
        let doing = "looking for months to compact";
        let last = meta(&self.connection, "compacted_on").map_err(unreadable(doing))?;
        if last == Some(i64::from(today.number())) || self.shared.space() != Space::Plenty {
            return Ok(());
        }
        let due = self.due().map_err(unreadable(doing))?;
        let mut all = true;
        for (month, block) in due {
            if self.shared.is_stopping() {
                return Err(StoreFault::Stopping);
            }
            // What is taken must not wait for what is tidied.
            self.fold_waiting()?;
            all &= self.compact(month, block)?;
        }
        if all {
            self.post(Slice {
                compacted_on: Some(today),
                ..Slice::default()
            })?;
        }
        self.posted()
    }

    /// Blocks that have day rows in a month that is over for long enough.
    fn due(&self) -> Result<BTreeSet<(Month, Block)>, Error> {
        let after_ms = i64::try_from(self.shared.settings.compact_after.as_millis());
        let by = self
            .shared
            .clock
            .now()
            .plus_ms(-after_ms.unwrap_or(i64::MAX));
        let mut due = BTreeSet::new();
        let mut next = Some(i64::MIN);
        let mut query = self
            .connection
            .prepare_cached("SELECT k FROM day WHERE k >= ?1 ORDER BY k LIMIT 1")?;
        while let Some(from) = next {
            let found: Option<i64> = query.query_row([from], |row| row.get(0)).optional()?;
            let Some(key) = found else { break };
            let (meter, day) = day_key_parts(key);
            let month = day.month();
            if month.period().to() <= by {
                due.insert((month, Block::of(meter)));
                next = Some(day_key(meter, month.next().first_day()));
            } else {
                // Later days of this meter are not over either: on to the next one.
                next = (key | 0xffff_ffff).checked_add(1);
            }
        }
        Ok(due)
    }

    /// Compacts one block; `false` if a fold has to end first.
    fn compact(&mut self, month: Month, block: Block) -> Result<bool, StoreFault> {
        let doing = "compacting a month";
        let mut slice = Slice::default();
        let gathered = self.gather(month, block, &mut slice);
        let mut chunks = gathered.map_err(unreadable(doing))?;
        let merged = chunks.iter().map(|(_, chunk)| chunk.merged_through).max();
        if merged.unwrap_or(0) > self.shared.heads().folded {
            return Ok(false);
        }
        chunks.retain(|(_, chunk)| !chunk.at.is_empty());
        let encoded = encode(&chunks, month, block, &mut slice);
        encoded.map_err(|broken| StoreFault::Unreadable {
            doing,
            cause: broken.to_string(),
        })?;
        slice.bytes += 1;
        self.post(slice)?;
        // The next block of this month may share nothing, but a fold may read what was written.
        self.posted()?;
        let written = &self.shared.figures.blocks_compacted;
        written.fetch_add(1, Ordering::Relaxed);
        Ok(true)
    }

    /// Everything that is known of the block's meters in the month; day rows are noted to go.
    fn gather(
        &mut self,
        month: Month,
        block: Block,
        slice: &mut Slice,
    ) -> Result<Vec<(MeterNo, Chunk)>, Error> {
        let on = &self.connection;
        let mut blocks = Blocks::default();
        let (first, last) = block.meters();
        let last_day = Day::of(month.period().to().plus_ms(-1));
        let mut chunks = Vec::new();
        for meter in (first.get()..=last.get()).map(MeterNo::new) {
            let mut chunk = blocks.chunk(on, meter, month, None)?.unwrap_or_default();
            for (day, bytes) in day_blobs(on, meter, month.first_day(), last_day)? {
                let key = day_key(meter, day);
                match decode_day(&bytes, key) {
                    Ok(of_day) => {
                        chunk.absorb(&of_day);
                        slice.days_gone.push(key);
                    }
                    Err(Broken(why)) => {
                        let kind = "day";
                        slice.damages.push(Damage { kind, key, why });
                    }
                }
            }
            chunks.push((meter, chunk));
        }
        slice.damages.append(&mut blocks.damages);
        Ok(chunks)
    }
}

/// Puts all columns of a block into the slice.
fn encode(
    chunks: &[(MeterNo, Chunk)],
    month: Month,
    block: Block,
    slice: &mut Slice,
) -> Result<(), Broken> {
    let all = chunks.iter().flat_map(|(_, chunk)| &chunk.columns);
    let indicators: BTreeSet<IndicatorNo> = all.map(|(indicator, _)| *indicator).collect();
    let indicators: Vec<IndicatorNo> = indicators.into_iter().collect();
    let mut put = |column, named: &[IndicatorNo]| {
        let key = month_key(month, column, block);
        let bytes = encode_column(chunks, named, month, column, key)?;
        slice.bytes += bytes.len();
        slice.months.push((key, bytes));
        Ok(())
    };
    if chunks.is_empty() {
        return Ok(());
    }
    put(Column::Rows, &indicators)?;
    for indicator in &indicators {
        put(Column::Values(*indicator), &[])?;
    }
    Ok(())
}

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
use super::codec::chunk::{Chunk, ROWS_LIMIT, day_key, day_key_parts, decode_day};
use super::codec::month::{Block, Column, encode_column, month_key};
use super::fold::{Folder, meet};
use super::load::{Blocks, blob, day_blobs};
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
        let Some(mut chunks) = gathered.map_err(unreadable(doing))? else {
            return Ok(true);
        };
        let merged = chunks.iter().map(|(_, chunk)| chunk.merged_through).max();
        if merged.unwrap_or(0) > self.shared.heads().folded {
            return Ok(false);
        }
        chunks.retain(|(_, chunk)| !chunk.at.is_empty());
        if let Err(broken) = encode(&chunks, month, block, &mut slice) {
            // Its days stay where they are, which is well; the other blocks wait for nobody.
            tracing::error!(%month, why = broken.0, "a block of a month cannot be compacted");
            return Ok(true);
        }
        slice.bytes += 1;
        self.post(slice)?;
        // The next block of this month may share nothing, but a fold may read what was written.
        self.posted()?;
        let written = &self.shared.figures.blocks_compacted;
        written.fetch_add(1, Ordering::Relaxed);
        Ok(true)
    }

    /// Everything that is known of the block's meters in the month, day rows noted to go; those for
    /// which the block has no room stay. `None` if there is nothing to take over, or if a part of
    /// the block cannot be read: written anew, it would be gone.
    fn gather(
        &mut self,
        month: Month,
        block: Block,
        slice: &mut Slice,
    ) -> Result<Option<Vec<(MeterNo, Chunk)>>, Error> {
        let on = &self.connection;
        let mut blocks = Blocks::default();
        let (first, last) = block.meters();
        let mut chunks = Vec::new();
        for meter in (first.get()..=last.get()).map(MeterNo::new) {
            let chunk = blocks.chunk(on, meter, month, None)?.unwrap_or_default();
            chunks.push((meter, chunk));
        }
        if !blocks.broken.is_empty() {
            for broken in blocks.broken.drain(..) {
                self.shared.note_damage(broken);
            }
            return Ok(None);
        }
        for damage in blocks.damages.drain(..) {
            meet(&self.shared, damage, slice);
        }
        let rows: usize = chunks.iter().map(|(_, chunk)| chunk.at.len()).sum();
        let rows_max = self.shared.settings.block_rows_max.min(ROWS_LIMIT);
        let mut room = rows_max.saturating_sub(rows);
        let last_day = Day::of(month.period().to().plus_ms(-1));
        for (meter, chunk) in &mut chunks {
            for (day, bytes) in day_blobs(on, *meter, month.first_day(), last_day)? {
                let key = day_key(*meter, day);
                match decode_day(&bytes, key) {
                    Ok(of_day) if of_day.at.len() <= room => {
                        room -= of_day.at.len();
                        chunk.absorb(&of_day);
                        slice.days_gone.push(key);
                    }
                    Ok(_) => tracing::debug!(%month, %day, "a day stays: its block is full"),
                    Err(Broken(why)) => {
                        let kind = "day";
                        meet(&self.shared, Damage { kind, key, why }, slice);
                    }
                }
            }
        }
        if !blocks.has_rows(month, block) {
            self.leave_orphans(&chunks, month, block, slice)?;
        }
        let some = !slice.days_gone.is_empty() || !slice.damages.is_empty();
        Ok(some.then_some(chunks))
    }

    /// Values whose times could not be read are not written over: who mends the times needs them.
    fn leave_orphans(
        &self,
        chunks: &[(MeterNo, Chunk)],
        month: Month,
        block: Block,
        slice: &mut Slice,
    ) -> Result<(), Error> {
        for indicator in indicators_of(chunks) {
            let key = month_key(month, Column::Values(indicator), block);
            if blob(&self.connection, "month", key)?.is_some() {
                let (kind, why) = ("month", "its times are damaged");
                meet(&self.shared, Damage { kind, key, why }, slice);
            }
        }
        Ok(())
    }
}

fn indicators_of(chunks: &[(MeterNo, Chunk)]) -> BTreeSet<IndicatorNo> {
    let all = chunks.iter().flat_map(|(_, chunk)| &chunk.columns);
    all.map(|(indicator, _)| *indicator).collect()
}

/// Puts all columns of a block into the slice.
fn encode(
    chunks: &[(MeterNo, Chunk)],
    month: Month,
    block: Block,
    slice: &mut Slice,
) -> Result<(), Broken> {
    let indicators: Vec<IndicatorNo> = indicators_of(chunks).into_iter().collect();
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

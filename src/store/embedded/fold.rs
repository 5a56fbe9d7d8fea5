//! The fold: a thread merges a full head into day chunks, slice by slice through the writer.
//!
//! A crash in between folds the same batches again: each day row says how far it is merged, so
//! nothing is counted twice.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::Duration;

use rusqlite::Connection;

use crate::calendar::{Day, Month};
use crate::park::{GatewayNo, MeterNo};

use crate::store::{Counts, Row, Space, StoreFault};

use super::codec::chunk::{day_key, decode_day, encode_day};
use super::codec::latest::{encode_latest, latest_key, latest_meters};
use super::head::Head;
use super::inbox::SliceOrder;
use super::load::{Blocks, beside, blob};
use super::merge::{Arrival, Known, Outcome};
use super::open::unreadable;
use super::shared::{Shared, Watchman};
use super::slice::{Damage, FoldEnd, Slice};

/// How long the fold sleeps before it looks by itself.
const PATIENCE: Duration = Duration::from_secs(1);

/// What folds and compacts, with its own connection that reads.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) shared: Arc<Shared>,
    pub(super) connection: Connection,
    pub(super) blocks: Blocks,
    /// The answer to the slice before, if it was not read yet.
    pub(super) answer: Option<Receiver<Result<(), StoreFault>>>,
}

/// Counts what became of values; one place is at hand because neighbours share it.
struct Tally<'a> {
    slice: &'a mut Slice,
    place: Option<(Day, GatewayNo)>,
    counts: Counts,
}

impl Tally<'_> {
    fn note(&mut self, arrival: &Arrival<'_>, outcome: Outcome) {
        let received = arrival.origin.received_s.saturating_mul(1_000);
        let day = Day::of(crate::calendar::Moment::from_unix_ms(received));
        let place = (day, arrival.origin.gateway);
        if self.place != Some(place) {
            self.put();
            self.place = Some(place);
        }
        self.counts.pending -= 1;
        match outcome {
            Outcome::Stored => self.counts.stored += 1,
            Outcome::Duplicate => self.counts.duplicate += 1,
            Outcome::Conflict => self.counts.conflict += 1,
        }
    }

    fn put(&mut self) {
        if let Some(place) = self.place {
            self.slice
                .counts
                .entry(place)
                .or_default()
                .add(&self.counts);
            self.counts = Counts::default();
        }
    }
}

/// Counts a row that cannot be read and puts it aside with the slice, once.
pub(super) fn meet(shared: &Shared, damage: Damage, slice: &mut Slice) {
    if !slice.damages.contains(&damage) {
        shared.count_damage(&damage);
        slice.damages.push(damage);
    }
}

impl Folder {
    /// Folds and compacts until the writer is gone.
    pub(super) fn run(mut self) {
        let shared = Arc::clone(&self.shared);
        let _watchman = Watchman::of("fold", &shared);
        while !shared.inbox.has_ended() {
            let done = self.fold_waiting().and_then(|()| self.compact_if_due());
            if let Err(fault) = done
                && !matches!(fault, StoreFault::Stopping)
            {
                tracing::error!(%fault, "folding stopped; it is tried again");
                let failed = &shared.figures.folds_failed;
                failed.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                // A slice may be on its way still; its answer belongs to nobody now.
                self.answer = None;
                shared.await_fold(PATIENCE, || shared.inbox.has_ended());
                continue;
            }
            shared.await_fold(PATIENCE, || {
                let waiting = shared.heads().folding.is_some();
                (waiting && shared.space() == Space::Plenty) || shared.inbox.has_ended()
            });
        }
    }

    /// Folds the head that waits, if one does and there is room for it.
    pub(super) fn fold_waiting(&mut self) -> Result<(), StoreFault> {
        let waiting = self.shared.heads().folding.clone();
        let Some(head) = waiting else { return Ok(()) };
        if self.shared.space() != Space::Plenty {
            return Ok(());
        }
        self.fold(&head)?;
        self.shared
            .figures
            .folds
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.shared.ring_fold();
        self.shared.inbox.wake();
        Ok(())
    }

    fn fold(&mut self, head: &Arc<Head>) -> Result<(), StoreFault> {
        self.blocks = Blocks::default();
        let mut slice = Slice {
            damages: self.confirmed_damages()?,
            ..Slice::default()
        };
        for meter in head.meters() {
            self.fold_meter(head, meter, &mut slice)
                .map_err(unreadable("folding"))?;
            if slice.bytes >= self.shared.settings.slice_bytes {
                self.post(std::mem::take(&mut slice))?;
            }
        }
        slice.end = Some(self.end(Arc::clone(head)));
        self.post(slice)?;
        self.posted()
    }

    fn fold_meter(
        &mut self,
        head: &Head,
        meter: MeterNo,
        slice: &mut Slice,
    ) -> Result<(), rusqlite::Error> {
        let mut arrivals: Vec<Arrival<'_>> = head.readings(meter).collect();
        // Stable: equal times stay in order of arrival.
        arrivals.sort_by_key(|arrival| arrival.at);
        for of_day in arrivals.chunk_by(|one, next| Day::of(one.at) == Day::of(next.at)) {
            let Some(first) = of_day.first() else {
                continue;
            };
            self.fold_day(meter, Day::of(first.at), of_day, head.newest(), slice)?;
        }
        Ok(())
    }

    fn fold_day(
        &mut self,
        meter: MeterNo,
        day: Day,
        arrivals: &[Arrival<'_>],
        through: u64,
        slice: &mut Slice,
    ) -> Result<(), rusqlite::Error> {
        let on = &self.connection;
        let key = day_key(meter, day);
        let period = day.period();
        let month = self
            .blocks
            .chunk(on, meter, Month::of(period.from()), None)?;
        let month = month.map(|month| month.cut(period.from(), period.to()));
        for damage in std::mem::take(&mut self.blocks.damages) {
            meet(&self.shared, damage, slice);
        }
        for broken in self.blocks.broken.drain(..) {
            self.shared.note_damage(broken);
        }
        let bytes = blob(on, "day", key)?;
        let chunk = bytes.map_or(Ok(None), |bytes| decode_day(&bytes, key).map(Some));
        let chunk = chunk.unwrap_or_else(|broken| {
            let damage = Damage {
                kind: "day",
                key,
                why: broken.0,
            };
            meet(&self.shared, damage, slice);
            None
        });
        let mut known = Known {
            month: month.as_ref(),
            day: chunk.unwrap_or_default(),
            beside: beside(on, meter, period.from(), period.to())?,
        };
        let beside_before = known.beside.len();
        let mut tally = Tally {
            slice,
            place: None,
            counts: Counts::default(),
        };
        known.merge(arrivals, |arrival, outcome| tally.note(arrival, outcome));
        tally.put();
        known.day.merged_through = known.day.merged_through.max(through);
        let bytes = encode_day(&known.day, key);
        slice.bytes += bytes.len();
        slice.days.push((key, bytes));
        let fresh = known.beside.drain(beside_before..);
        slice.beside.extend(fresh.map(|beside| (meter, beside)));
        Ok(())
    }

    /// Newest values that are newer than those known, and the rows that keep them.
    fn end(&self, head: Arc<Head>) -> FoldEnd {
        let heads = self.shared.heads();
        let mut latest = Vec::new();
        for meter in head.meters() {
            latest.extend(head.latest(meter).filter(|row| {
                let known = heads.latest.get(&(meter, row.indicator));
                known.is_none_or(|known| known.at < row.at)
            }));
        }
        let mut keys: Vec<i64> = latest.iter().map(|row| latest_key(row.meter)).collect();
        keys.dedup();
        let rows = |key: i64| {
            let (first, last) = latest_meters(key)?;
            let of_key = (first, crate::indicator::IndicatorNo::new(0))
                ..=(last, crate::indicator::IndicatorNo::new(u16::MAX));
            let known = heads
                .latest
                .range(of_key)
                .map(|(place, row)| (*place, *row));
            let mut rows: std::collections::BTreeMap<_, Row> = known.collect();
            for row in latest.iter().filter(|row| latest_key(row.meter) == key) {
                rows.insert((row.meter, row.indicator), *row);
            }
            Some((key, encode_latest(rows.values(), key)))
        };
        let latest_rows = keys.into_iter().filter_map(rows).collect();
        drop(heads);
        FoldEnd {
            head,
            latest,
            latest_rows,
        }
    }

    /// Damaged rows that readers met and that are still damaged.
    fn confirmed_damages(&self) -> Result<Vec<Damage>, StoreFault> {
        let met = std::mem::take(
            &mut *self
                .shared
                .damages
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner),
        );
        let mut confirmed = Vec::new();
        for damage in met {
            let bytes = match damage.kind {
                "day" | "month" => blob(&self.connection, damage.kind, damage.key),
                _ => Ok(None),
            };
            let bytes = bytes.map_err(unreadable("looking at a damaged row"))?;
            let broken = bytes.is_some_and(|bytes| match damage.kind {
                "day" => decode_day(&bytes, damage.key).is_err(),
                _ => super::codec::month::unpack(&bytes, damage.key).is_err(),
            });
            if broken {
                confirmed.push(damage);
            }
        }
        Ok(confirmed)
    }

    /// Hands a slice to the writer, after the one before was written.
    pub(super) fn post(&mut self, slice: Slice) -> Result<(), StoreFault> {
        self.posted()?;
        let (answer, receiver) = sync_channel(1);
        if !self.shared.inbox.slice(SliceOrder { slice, answer }) {
            return Err(StoreFault::Stopping);
        }
        self.answer = Some(receiver);
        Ok(())
    }

    /// Waits until the last slice is written.
    pub(super) fn posted(&mut self) -> Result<(), StoreFault> {
        match self.answer.take() {
            None => Ok(()),
            Some(answer) => answer.recv().unwrap_or(Err(StoreFault::Stopping)),
        }
    }
}

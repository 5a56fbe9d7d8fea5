//! The traits of the room that are not about series, answered by the embedded engine.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

use tokio::sync::watch;

use crate::calendar::{Day, Moment, Period};
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};
use crate::reading::Taken;

use crate::store::touch::Gathering;
use crate::store::{Append, AppendRefused, BatchNo, Commit, Submitting};
use crate::store::{Brought, Conservation, Counts, Decision, Decisions, Follow, Touched};
use crate::store::{Capabilities, Engine, Health, Space, StoreFault, Visit};
use crate::store::{Overflow, Quarantine, QuarantineFilter, QuarantineNo, Quarantined, Replay};
use crate::store::{Receipt, Receipts};

use super::codec::batch::{self, Entry, Take};
use super::codec::chunk::Origin;
use super::inbox::{Order, Submission, Wish};
use super::open::unreadable;
use super::prepare::seconds;
use super::tables::TRIAL_S;
use super::{Embedded, queries};

/// How long a caller of `settle` sleeps before it looks again.
const PATIENCE: Duration = Duration::from_millis(100);
/// Log rows read at once.
const ROWS_AT_ONCE: usize = 64;

/// Hands `found` over one by one.
fn hand_over<T>(found: &[T], visit: Visit<'_, T>) {
    for one in found {
        if visit(one).is_break() {
            break;
        }
    }
}

impl Embedded {
    /// Hands an order to the writer and waits for its answer, which comes after the sync.
    fn order(&self, wish: Wish) -> Result<BatchNo, StoreFault> {
        let (answer, receiver) = sync_channel(1);
        let ended = || self.shared.ended().unwrap_or(StoreFault::Stopping);
        if !self.shared.inbox.order(Order { wish, answer }) {
            return Err(ended());
        }
        receiver.recv().unwrap_or_else(|_gone| Err(ended()))
    }

    fn why_refused(&self) -> AppendRefused {
        if self.shared.has_failed() {
            AppendRefused::FailStop
        } else {
            AppendRefused::Stopping
        }
    }
}

impl Append for Embedded {
    fn submit(&self, taken: Vec<Taken>) -> Submitting<'_> {
        Box::pin(async move {
            let limit = self.shared.settings.queue_messages;
            // One that weighs more than the whole queue waits until the queue is empty.
            let weight: usize = taken.iter().map(Taken::weight).sum();
            let weight = u32::try_from(weight.clamp(1, limit.max(1))).unwrap_or(u32::MAX);
            let places = Arc::clone(&self.shared.places);
            let place = places.acquire_many_owned(weight).await;
            let place = place.map_err(|_closed| self.why_refused())?;
            let (answer, commit) = Commit::pair();
            let submission = Submission {
                taken,
                answer,
                _place: place,
            };
            let handed_over = self.shared.inbox.submit(submission);
            handed_over.map_err(|_back| self.why_refused())?;
            Ok(commit)
        })
    }
}

/// Gathers what a batch touched.
#[derive(Debug, Default)]
struct Touching {
    gathering: Gathering,
}

impl Take for Touching {
    fn head(&mut self, head: &batch::Head) {
        if head.entry == Entry::Trial {
            self.gathering.trial(head.origin.gateway);
        }
        if head.entry == Entry::Message {
            let received_at = Moment::from_unix_ms(head.origin.received_s.saturating_mul(1_000));
            self.gathering.message(
                head.origin.gateway,
                received_at,
                u32::try_from(head.received).unwrap_or(u32::MAX),
                u32::try_from(head.quarantined).unwrap_or(u32::MAX),
            );
        }
    }

    fn reading(
        &mut self,
        meter: MeterNo,
        at: Moment,
        _origin: &Origin,
        indicators: &[IndicatorNo],
        _values: &[f64],
    ) {
        self.gathering
            .reading(meter, at, indicators.iter().copied());
    }
}

/// Hands over what a batch brought of some indicators.
struct Bringing<'a> {
    batch: BatchNo,
    of: &'a BTreeSet<IndicatorNo>,
    decided: bool,
    visit: Visit<'a, Brought>,
    goes_on: bool,
}

impl Take for Bringing<'_> {
    fn head(&mut self, head: &batch::Head) {
        self.decided = head.entry == Entry::Decision;
    }

    fn reading(
        &mut self,
        meter: MeterNo,
        at: Moment,
        origin: &Origin,
        indicators: &[IndicatorNo],
        values: &[f64],
    ) {
        for (indicator, number) in indicators.iter().zip(values) {
            if !self.of.contains(indicator) {
                continue;
            }
            let brought = Brought {
                batch: self.batch,
                meter,
                indicator: *indicator,
                at,
                value: (!self.decided).then_some((*number, origin.quality)),
            };
            self.goes_on &= (self.visit)(&brought).is_continue();
        }
    }
}

impl Embedded {
    /// Hands over the rows of the log after `after`, at most `limit`, until `take` says that it is
    /// enough; the last that was handed over.
    fn rows_after(
        &self,
        after: BatchNo,
        limit: usize,
        mut take: impl FnMut(BatchNo, &[u8]) -> bool,
    ) -> Result<BatchNo, StoreFault> {
        let (mut last, mut left) = (after, limit);
        while left > 0 {
            let count = left.min(ROWS_AT_ONCE);
            let read = |on: &rusqlite::Connection| queries::list_batches(on, last.get(), count);
            let rows = self.shared.pool.read(read);
            let rows = rows.map_err(unreadable("reading the log"))?;
            for (number, bytes) in &rows {
                last = BatchNo::new(*number);
                if !take(last, bytes) {
                    return Ok(last);
                }
            }
            if rows.len() < count {
                break;
            }
            left -= count;
        }
        Ok(last)
    }
}

/// A batch that cannot be read is told of and passed over.
fn decode(number: BatchNo, bytes: &[u8], take: &mut impl Take) {
    if let Err(broken) = batch::decode(bytes, number.get(), take) {
        let (batch, why) = (number.get(), broken.0);
        tracing::error!(batch, why, "damaged batch passed over");
    }
}

impl Follow for Embedded {
    fn watch(&self) -> watch::Receiver<BatchNo> {
        self.shared.newest.subscribe()
    }

    fn batches_after(
        &self,
        after: BatchNo,
        limit: usize,
        visit: Visit<'_, Touched>,
    ) -> Result<(), StoreFault> {
        let visit = |number, bytes: &[u8]| {
            let mut touching = Touching::default();
            decode(number, bytes, &mut touching);
            visit(&touching.gathering.done(number)).is_continue()
        };
        self.rows_after(after, limit, visit).map(|_last| ())
    }

    fn values_after(
        &self,
        after: BatchNo,
        limit: usize,
        of: &BTreeSet<IndicatorNo>,
        visit: Visit<'_, Brought>,
    ) -> Result<BatchNo, StoreFault> {
        let take = |batch, bytes: &[u8]| {
            let mut bringing = Bringing {
                batch,
                of,
                decided: false,
                visit: &mut *visit,
                goes_on: true,
            };
            decode(batch, bytes, &mut bringing);
            bringing.goes_on
        };
        self.rows_after(after, limit, take)
    }

    fn oldest(&self) -> Result<Option<BatchNo>, StoreFault> {
        let found = self.shared.pool.read(queries::oldest_batch);
        found.map_err(unreadable("reading the log"))
    }

    fn cursor(&self, name: &str) -> Result<Option<BatchNo>, StoreFault> {
        let found = self.shared.pool.read(|on| queries::find_cursor(on, name));
        found.map_err(unreadable("reading a cursor"))
    }

    fn save_cursor(&self, name: &str, at: BatchNo) -> Result<(), StoreFault> {
        self.order(Wish::SaveCursor(name.to_owned(), at))
            .map(|_| ())
    }

    fn drop_cursor(&self, name: &str) -> Result<(), StoreFault> {
        self.order(Wish::DropCursor(name.to_owned())).map(|_| ())
    }
}

impl Conservation for Embedded {
    fn counts(
        &self,
        day: Option<Day>,
        visit: Visit<'_, (Day, GatewayNo, Counts)>,
    ) -> Result<(), StoreFault> {
        for ((day, gateway), counts) in self.counted(day)? {
            if visit(&(day, gateway, counts)).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn totals(&self, visit: Visit<'_, (GatewayNo, Counts)>) -> Result<(), StoreFault> {
        let sums: Vec<_> = self.shared.heads().totals().into_iter().collect();
        hand_over(&sums, visit);
        Ok(())
    }

    fn settle(&self) -> Result<(), StoreFault> {
        let target = self.shared.newest.borrow().get();
        let failed = || self.shared.figures.folds_failed.load(Ordering::Relaxed);
        let failed_before = failed();
        loop {
            if failed() > failed_before {
                return Err(StoreFault::Unreadable {
                    doing: "folding",
                    cause: "see the log of the server".into(),
                });
            }
            if let Some(fault) = self.shared.ended() {
                return Err(fault);
            }
            {
                let mut heads = self.shared.heads_mut();
                if heads.folded >= target || (heads.folding.is_none() && heads.active.is_empty()) {
                    return Ok(());
                }
                heads.swap();
            }
            if self.shared.space() != Space::Plenty {
                let doing = "folding";
                return Err(StoreFault::NoSpace { doing });
            }
            self.shared.ring_fold();
            self.shared.await_fold(PATIENCE, || {
                let heads = self.shared.heads();
                heads.folded >= target || heads.folding.is_none()
            });
        }
    }
}

impl Quarantine for Embedded {
    fn quarantined(
        &self,
        filter: &QuarantineFilter,
        visit: Visit<'_, Quarantined>,
    ) -> Result<(), StoreFault> {
        let found = self.shared.pool.read(|on| queries::list_items(on, filter));
        hand_over(&found.map_err(unreadable("reading the quarantine"))?, visit);
        Ok(())
    }

    fn quarantined_item(&self, number: QuarantineNo) -> Result<Quarantined, StoreFault> {
        self.shared.pool.read(|on| queries::find_item(on, number))
    }

    fn quarantined_raw(&self, number: QuarantineNo) -> Result<Option<Vec<u8>>, StoreFault> {
        self.shared.pool.read(|on| queries::find_raw(on, number))
    }

    fn replay(&self, replay: Replay) -> Result<BatchNo, StoreFault> {
        self.order(Wish::Replay(replay))
    }

    fn overflows(&self, visit: Visit<'_, Overflow>) -> Result<(), StoreFault> {
        let found: Vec<Overflow> = self.shared.overflows().values().copied().collect();
        hand_over(&found, visit);
        Ok(())
    }

    fn trials(
        &self,
        gateway: GatewayNo,
        now: Moment,
        limit: usize,
        visit: Visit<'_, Taken>,
    ) -> Result<(), StoreFault> {
        let since_s = seconds(now) - TRIAL_S;
        let read = |on: &rusqlite::Connection| queries::list_trials(on, gateway, since_s, limit);
        let found = self.shared.pool.read(read);
        hand_over(&found.map_err(unreadable("reading trial messages"))?, visit);
        Ok(())
    }
}

impl Decisions for Embedded {
    fn decide(&self, decision: Decision) -> Result<BatchNo, StoreFault> {
        self.order(Wish::Decide(decision))
    }

    fn decisions(
        &self,
        meter: MeterNo,
        period: Period,
        visit: Visit<'_, Decision>,
    ) -> Result<(), StoreFault> {
        let read = |on: &rusqlite::Connection| queries::list_decisions(on, meter, period);
        let found = self.shared.pool.read(read);
        hand_over(&found.map_err(unreadable("reading decisions"))?, visit);
        Ok(())
    }
}

impl Receipts for Embedded {
    fn receipt(&self, gateway: GatewayNo) -> Option<Receipt> {
        self.shared.arrivals().newest(gateway)
    }

    fn receipt_of(&self, gateway: GatewayNo, epoch: u64) -> Option<Receipt> {
        self.shared.arrivals().of(gateway, epoch)
    }
}

impl Engine for Embedded {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            name: "embedded",
            durable_ack: true,
            overwrite: false,
            range_delete: false,
            strings: false,
            exact_integers: false,
            snapshot: true,
        }
    }

    fn health(&self) -> Health {
        let shared = &self.shared;
        let count = |length: usize| u64::try_from(length).unwrap_or(u64::MAX);
        let mut health = Health {
            queue_messages: count(shared.inbox.messages()),
            queue_limit: count(shared.settings.queue_messages),
            wal_bytes: self.shared.wal_bytes(),
            file_bytes: super::file_bytes(&self.file),
            commits: shared.figures.commits.load(Ordering::Relaxed),
            commit_us_total: shared.figures.commit_us_total.load(Ordering::Relaxed),
            folds: shared.figures.folds.load(Ordering::Relaxed),
            blocks_compacted: shared.figures.blocks_compacted.load(Ordering::Relaxed),
            damaged: shared.figures.damaged.load(Ordering::Relaxed),
            values_read: shared.figures.values_read.load(Ordering::Relaxed),
            space: shared.space(),
            ..Health::default()
        };
        for (to, from) in health
            .commits_by_ms
            .iter_mut()
            .zip(&shared.figures.commits_by_ms)
        {
            *to = from.load(Ordering::Relaxed);
        }
        for head in shared.heads().both() {
            health.head_messages += head.messages();
            health.log_batches_unfolded += head.batches();
            let pending = head.counts().values().map(|counts| counts.pending);
            health.pending_values += pending.sum::<i64>().max(0).cast_unsigned();
        }
        let newest = shared.newest.borrow().get();
        let oldest = self.oldest().ok().flatten();
        health.log_batches = oldest.map_or(0, |oldest| newest.saturating_sub(oldest.get()) + 1);
        health
    }

    fn failure(&self) -> watch::Receiver<Option<String>> {
        self.shared.failure.subscribe()
    }

    fn write_snapshot(&self, path: &Path) -> Result<(), StoreFault> {
        self.allow_long_read()?;
        super::snapshot::write(&self.file, path)
    }

    fn stop(&self) -> Result<(), StoreFault> {
        self.end();
        match self.shared.failure.borrow().clone() {
            None => Ok(()),
            Some(cause) => Err(StoreFault::DiskFailed {
                doing: "writing readings.db",
                cause,
            }),
        }
    }
}

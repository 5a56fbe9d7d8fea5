//! The writer: one thread owns the only connection that writes, commits many messages at once,
//! and only then acknowledges them (contract C1).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Error};

use crate::indicator::IndicatorNo;
use crate::park::GatewayNo;
use crate::reading::Reading;

use crate::store::{AppendRefused, BatchNo, Overflow, Space, StoreFault, failpoint};

use super::codec::batch::Head as EntryHead;
use super::codec::chunk::Origin;
use super::inbox::Work;
use super::open::is_full;
use super::prepare::{Known, Prepared, prepare};
use super::queries::find_item;
use super::shared::{Heads, Shared, Watchman};
use super::slice::{FoldEnd, Slice};
use super::tables;

/// How long the writer waits for work before it looks after the heads.
const PATIENCE: Duration = Duration::from_millis(250);
/// How long a commit that found no space waits before it is tried again (store.md, guards).
const RETRY_AFTER: Duration = Duration::from_millis(100);
/// How often room on the disk is looked at.
const SPACE_EVERY: Duration = Duration::from_millis(100);
/// Log rows kept although nothing holds them, for followers without a durable cursor.
const LOG_ROWS_UNHELD: u64 = 256;

/// What the writer remembers of its tables.
#[derive(Debug)]
pub(super) struct Writer {
    pub(super) connection: Connection,
    pub(super) shared: Arc<Shared>,
    /// Number of the next batch.
    pub(super) next: u64,
    pub(super) quarantine_next: u64,
    pub(super) usage: BTreeMap<GatewayNo, Overflow>,
    pub(super) cursors: BTreeMap<String, u64>,
    pub(super) space: (Instant, Space),
    /// Whether the write-ahead log was found long.
    pub(super) log_is_long: bool,
}

/// Ends the inbox with the writer, however that ends.
struct Last(Arc<Shared>);

impl Drop for Last {
    fn drop(&mut self) {
        self.0.inbox.end();
        self.0.ring_fold();
    }
}

impl Writer {
    /// Works until the inbox is closed and empty, or a sync failed.
    pub(super) fn run(mut self) {
        let _watchman = Watchman::of("writer", &self.shared);
        let last_words = Last(Arc::clone(&self.shared));
        let shared = Arc::clone(&self.shared);
        let mut failed_before = None;
        loop {
            let room = self.room();
            let work = shared
                .inbox
                .take(room, shared.settings.gather_for, PATIENCE);
            let last = work.last;
            if !work.is_empty() {
                self.carry_out(work);
            }
            self.tend_heads();
            if last || shared.has_failed() {
                break;
            }
            if shared.is_stopping() && room == 0 && !self.may_get_room(&mut failed_before) {
                break;
            }
        }
        self.refuse_rest();
        if !shared.has_failed()
            && let Err(cause) = super::open::truncate_log(&self.connection)
        {
            tracing::warn!(%cause, "the log was not written back at stop; the next start does it");
        }
        drop(last_words);
    }

    /// Whether somebody who stops may wait for room: a fold that can go on makes it. For space
    /// nobody waits, nor for a fold that fails again and again.
    fn may_get_room(&self, failed_before: &mut Option<u64>) -> bool {
        let failed = &self.shared.figures.folds_failed;
        let failed = failed.load(std::sync::atomic::Ordering::Relaxed);
        let before = *failed_before.get_or_insert(failed);
        self.space.1 == Space::Plenty && failed == before
    }

    /// How many messages may be taken now; none while both heads are full or there is no space.
    fn room(&mut self) -> usize {
        if self.space.0.elapsed() >= SPACE_EVERY {
            let space = super::space::space_at(&self.shared.path, &self.shared.settings);
            if space != self.space.1 {
                tracing::warn!(?space, "room on the disk of the store changed");
            }
            self.space = (Instant::now(), space);
            self.warn_of_log();
        }
        if self.space.1 == Space::TakingStopped {
            return 0;
        }
        let heads = self.shared.heads();
        let full = is_head_full(&self.shared, &heads);
        if full && heads.folding.is_some() {
            return 0;
        }
        self.shared.settings.batch_messages
    }

    /// Says so, once, when somebody keeps the log from being written back.
    fn warn_of_log(&mut self) {
        let wal_bytes = self.shared.wal_bytes();
        let long = wal_bytes > self.shared.settings.log_warn_bytes;
        if long && !self.log_is_long {
            tracing::warn!(
                wal_bytes,
                "a long read keeps the log from being written back"
            );
        }
        self.log_is_long = long;
    }

    /// Hands the active head over when it is full or old.
    fn tend_heads(&self) {
        let shared = &self.shared;
        let due = {
            let heads = shared.heads();
            let old = heads.opened.elapsed() >= shared.settings.fold_every;
            (old || is_head_full(shared, &heads))
                && heads.folding.is_none()
                && !heads.active.is_empty()
        };
        if due && shared.heads_mut().swap() {
            shared.ring_fold();
        }
    }

    /// Commits, then answers.
    fn carry_out(&mut self, work: Work) {
        match self.commit(&work) {
            Ok((number, refused)) => answer(work, number, refused),
            Err(fault) => refuse(work, &fault),
        }
    }

    fn commit(&mut self, work: &Work) -> Result<(BatchNo, Vec<Option<StoreFault>>), StoreFault> {
        let usage = std::mem::take(&mut self.usage);
        let known = Known {
            number: self.next,
            quarantine_next: self.quarantine_next,
            quarantine_bytes: self.shared.settings.quarantine_bytes,
            usage: &usage,
        };
        let connection = &self.connection;
        let find = |number| find_item(connection, number);
        let prepared = prepare(&work.submissions, &work.orders, &known, find);
        let slice = work.slice.as_ref().map(|order| &order.slice);
        let written = self.write(&prepared, slice);
        let (changed, refused) = (prepared.usage, prepared.refused);
        self.usage = usage;
        let number = written?;
        self.shared.note_usage(changed.values());
        self.usage.extend(changed);
        Ok((number, refused))
    }

    /// Writes until it succeeds, as long as only space is missing.
    fn write(
        &mut self,
        prepared: &Prepared<'_>,
        slice: Option<&Slice>,
    ) -> Result<BatchNo, StoreFault> {
        let began = Instant::now();
        loop {
            match self.attempt(prepared, slice) {
                Ok(()) => break,
                Err(cause) if is_full(&cause) => {
                    if !self
                        .shared
                        .figures
                        .no_space
                        .swap(true, std::sync::atomic::Ordering::Relaxed)
                    {
                        tracing::warn!(%cause, "no space: nothing is acknowledged until there is some");
                    }
                    if self.shared.is_stopping() {
                        return Err(StoreFault::Stopping);
                    }
                    thread::sleep(RETRY_AFTER);
                }
                Err(cause) => {
                    let fault = StoreFault::DiskFailed {
                        doing: "writing readings.db",
                        cause: cause.to_string(),
                    };
                    self.shared.fail_stop(fault.to_string());
                    return Err(fault);
                }
            }
        }
        let figures = &self.shared.figures;
        figures
            .no_space
            .store(false, std::sync::atomic::Ordering::Relaxed);
        figures.commit(began.elapsed());
        Ok(self.committed(prepared))
    }

    fn attempt(&mut self, prepared: &Prepared<'_>, slice: Option<&Slice>) -> Result<(), Error> {
        self.connection.execute_batch("BEGIN IMMEDIATE")?;
        let done = self
            .rows(prepared, slice)
            .and_then(|()| self.commit_rows(slice));
        if done.is_err() && !self.connection.is_autocommit() {
            // The cause is reported; a rollback that fails, too, leaves nothing committed either.
            let _rolled_back = self.connection.execute_batch("ROLLBACK");
        }
        failpoint("batch_after_commit");
        done
    }

    /// The end of a fold changes tables and heads as one for whoever counts: under the lock.
    fn commit_rows(&self, slice: Option<&Slice>) -> Result<(), Error> {
        failpoint("batch_before_commit");
        let Some(slice) = slice else {
            return self.connection.execute_batch("COMMIT");
        };
        let mut heads = self.shared.heads_mut();
        self.connection.execute_batch("COMMIT")?;
        heads.count(&slice.counts);
        let Some(end) = &slice.end else {
            return Ok(());
        };
        heads.count(end.head.counts());
        heads.folded = end.head.newest();
        heads.folding = None;
        for row in &end.latest {
            heads.latest.insert((row.meter, row.indicator), *row);
        }
        drop(heads);
        self.shared.arrivals().written();
        Ok(())
    }

    fn rows(&self, prepared: &Prepared<'_>, slice: Option<&Slice>) -> Result<(), Error> {
        failpoint("batch_before_insert");
        let on = &self.connection;
        if let Some((entries, bytes)) = &prepared.row {
            tables::insert_batch(on, prepared.number, *entries, bytes)?;
        }
        for part in &prepared.parts {
            tables::insert_part(on, part)?;
        }
        for (gateway, received_s, text) in &prepared.trials {
            tables::insert_trial(on, *gateway, *received_s, text)?;
        }
        for (number, note) in &prepared.replays {
            tables::mark_replayed(on, *number, note)?;
        }
        for decision in &prepared.decisions {
            tables::insert_decision(on, decision)?;
        }
        for (name, at) in &prepared.cursors {
            tables::set_cursor(on, name, at.map(BatchNo::get))?;
        }
        if let Some(slice) = slice {
            self.slice(slice)?;
        }
        let end = slice.and_then(|slice| slice.end.as_ref());
        if end.is_some() || !prepared.cursors.is_empty() {
            self.forget_passed(prepared, end)?;
        }
        Ok(())
    }

    fn slice(&self, slice: &Slice) -> Result<(), Error> {
        let on = &self.connection;
        for damage in &slice.damages {
            tables::put_aside(on, damage)?;
        }
        for (key, bytes) in &slice.days {
            tables::put_blob(on, "day", *key, bytes)?;
        }
        if !slice.days.is_empty() {
            failpoint("during_fold");
        }
        for (key, bytes) in &slice.months {
            tables::put_blob(on, "month", *key, bytes)?;
        }
        if !slice.months.is_empty() {
            failpoint("during_compaction");
        }
        for key in &slice.days_gone {
            tables::delete_day(on, *key)?;
        }
        if !slice.days_gone.is_empty() {
            tables::count_compaction(on)?;
        }
        for (meter, beside) in &slice.beside {
            tables::insert_beside(on, *meter, beside)?;
        }
        for ((day, gateway), counts) in &slice.counts {
            tables::add_counts(on, day.number(), *gateway, counts)?;
        }
        if let Some(day) = slice.compacted_on {
            tables::set_meta(on, "compacted_on", i64::from(day.number()))?;
        }
        match &slice.end {
            Some(end) => self.fold_end(end),
            None => Ok(()),
        }
    }

    fn fold_end(&self, end: &FoldEnd) -> Result<(), Error> {
        let on = &self.connection;
        for ((day, gateway), counts) in end.head.counts() {
            tables::add_counts(on, day.number(), *gateway, counts)?;
        }
        for (gateway, epoch, arrived) in self.shared.arrivals().changed() {
            match arrived {
                Some(arrived) => tables::put_receipt(on, gateway, epoch, arrived)?,
                None => tables::delete_receipt(on, gateway, epoch)?,
            }
        }
        for (key, bytes) in &end.latest_rows {
            tables::put_blob(on, "latest", *key, bytes)?;
        }
        tables::set_meta(on, "folded", end.head.newest().cast_signed())
    }

    /// Deletes log rows that are folded and that every durable cursor has passed.
    fn forget_passed(&self, prepared: &Prepared<'_>, end: Option<&FoldEnd>) -> Result<(), Error> {
        let folded = end.map_or_else(|| self.shared.heads().folded, |end| end.head.newest());
        let cursors = self.cursors_after(prepared);
        let passed = cursors.values().copied().min().unwrap_or(u64::MAX);
        let unheld = prepared.number.saturating_sub(LOG_ROWS_UNHELD);
        let through = folded.min(passed).min(unheld);
        tables::delete_batches(&self.connection, through)
    }

    fn cursors_after(&self, prepared: &Prepared<'_>) -> BTreeMap<String, u64> {
        let mut cursors = self.cursors.clone();
        for (name, at) in &prepared.cursors {
            match at {
                Some(at) => {
                    let cursor = cursors.entry((*name).to_owned()).or_default();
                    *cursor = (*cursor).max(at.get());
                }
                None => drop(cursors.remove(*name)),
            }
        }
        cursors
    }

    /// What is on disk now becomes visible.
    fn committed(&mut self, prepared: &Prepared<'_>) -> BatchNo {
        if !prepared.cursors.is_empty() {
            self.cursors = self.cursors_after(prepared);
        }
        let parts = u64::try_from(prepared.parts.len()).unwrap_or(u64::MAX);
        self.quarantine_next = self.quarantine_next.saturating_add(parts);
        if prepared.row.is_none() {
            return BatchNo::new(self.next.saturating_sub(1));
        }
        let number = prepared.number;
        self.next = number.saturating_add(1);
        {
            let mut heads = self.shared.heads_mut();
            let mut scratch = Scratch::default();
            for (head, readings) in &prepared.entries {
                scratch.push(&mut heads, number, head, readings);
            }
            heads.active.batch(number);
        }
        {
            let mut arrivals = self.shared.arrivals();
            for (head, _) in &prepared.entries {
                if let (Some(epoch), Some(seq)) = (head.origin.epoch, head.origin.seq) {
                    arrivals.note(head.origin.gateway, epoch, seq);
                }
            }
        }
        let number = BatchNo::new(number);
        self.shared.newest.send_replace(number);
        number
    }

    /// Answers whatever is left when nothing is taken any more.
    fn refuse_rest(&self) {
        self.shared.inbox.close();
        let fault = self.shared.ended().unwrap_or(StoreFault::Stopping);
        loop {
            let rest = self
                .shared
                .inbox
                .take(usize::MAX, Duration::ZERO, Duration::ZERO);
            if rest.is_empty() {
                break;
            }
            refuse(rest, &fault);
        }
    }
}

/// Buffers for handing readings to the head.
#[derive(Debug, Default)]
struct Scratch {
    indicators: Vec<IndicatorNo>,
    values: Vec<f64>,
}

impl Scratch {
    fn push(&mut self, heads: &mut Heads, number: u64, head: &EntryHead, readings: &[Reading]) {
        heads.active.message(number, head);
        for reading in readings {
            self.indicators.clear();
            self.values.clear();
            for value in &reading.values {
                self.indicators.push(value.indicator);
                self.values.push(value.number);
            }
            let origin = Origin {
                quality: reading.quality,
                flags: reading.flags,
                ..head.origin
            };
            let (indicators, values) = (&self.indicators, &self.values);
            heads
                .active
                .reading(reading.meter, reading.at, &origin, indicators, values);
        }
    }
}

fn is_head_full(shared: &Shared, heads: &Heads) -> bool {
    heads.active.is_full(shared.settings.head_messages)
}

/// The one place that says "committed". Whoever does not wait any more is not told.
fn answer(work: Work, number: BatchNo, refused: Vec<Option<StoreFault>>) {
    for submission in work.submissions {
        let _told = submission.answer.send(Ok(number));
    }
    for (order, refused) in work.orders.into_iter().zip(refused) {
        let _told = order.answer.send(refused.map_or(Ok(number), Err));
    }
    if let Some(order) = work.slice {
        let _told = order.answer.send(Ok(()));
    }
}

fn refuse(work: Work, fault: &StoreFault) {
    let refused = if *fault == StoreFault::Stopping {
        AppendRefused::Stopping
    } else {
        AppendRefused::FailStop
    };
    for submission in work.submissions {
        let _told = submission.answer.send(Err(refused.clone()));
    }
    for order in work.orders {
        let _told = order.answer.send(Err(fault.clone()));
    }
    if let Some(order) = work.slice {
        let _told = order.answer.send(Err(fault.clone()));
    }
}

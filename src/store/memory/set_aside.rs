//! Quarantine, replay and trial messages in memory.

use std::collections::{BTreeMap, VecDeque};

use sha2::{Digest, Sha256};

use crate::calendar::Moment;
use crate::park::GatewayNo;
use crate::reading::{Code, SetAside, Taken};

use crate::store::touch::Gathering;
use crate::store::{BatchNo, Counts, Overflow, Quarantine, QuarantineFilter, QuarantineNo};
use crate::store::{Quarantined, Replay, StoreFault, Visit};

use super::Memory;
use super::keep::{Kept, cut_to_seconds};

/// Trial messages kept of one gateway.
const TRIALS_LIMIT: usize = 200;
/// How long a trial message is kept, in milliseconds (contract.md 2).
const TRIAL_MS: i64 = 24 * 3_600_000;

/// What was not taken for the ledger.
#[derive(Debug, Default)]
pub(super) struct Aside {
    items: BTreeMap<QuarantineNo, (Quarantined, Option<Vec<u8>>)>,
    overflows: BTreeMap<GatewayNo, Overflow>,
    trials: BTreeMap<GatewayNo, VecDeque<Taken>>,
    newest: u64,
    /// The batch of `cut`, and which of its items stands for all that are not kept of a gateway and
    /// code, with what it digests.
    cut_of: Option<BatchNo>,
    cut: BTreeMap<(GatewayNo, Code), (QuarantineNo, Sha256)>,
}

impl Aside {
    fn overflow(&mut self, gateway: GatewayNo) -> &mut Overflow {
        self.overflows.entry(gateway).or_insert(Overflow {
            gateway,
            bytes_kept: 0,
            items_cut: 0,
        })
    }

    /// Keeps one part; beyond the gateway's limit without its bytes.
    pub(super) fn keep(&mut self, batch: BatchNo, taken: &Taken, part: &SetAside, limit: u64) {
        let number = QuarantineNo::new(self.newest + 1);
        let bytes = u64::try_from(part.raw.len()).unwrap_or(u64::MAX);
        let overflow = self.overflow(taken.gateway);
        let kept = overflow.bytes_kept.saturating_add(bytes) <= limit;
        if kept {
            overflow.bytes_kept += bytes;
        } else if self.joins(batch, taken, part, number) {
            return;
        } else {
            self.overflow(taken.gateway).items_cut += 1;
        }
        self.newest += 1;
        let item = Quarantined {
            number,
            batch,
            gateway: taken.gateway,
            epoch: taken.epoch,
            seq: taken.seq,
            received_at: cut_to_seconds(taken.received_at),
            code: part.code,
            detail: part.detail.clone(),
            index: part.index,
            values: part.values,
            bytes,
            digest: Sha256::digest(&part.raw).into(),
            kept,
            replayed: None,
        };
        let raw = kept.then(|| part.raw.clone());
        self.items.insert(number, (item, raw));
    }

    /// Whether an item of this batch stands for this part already; if so it takes it in.
    fn joins(
        &mut self,
        batch: BatchNo,
        taken: &Taken,
        part: &SetAside,
        next: QuarantineNo,
    ) -> bool {
        if self.cut_of != Some(batch) {
            self.cut_of = Some(batch);
            self.cut.clear();
        }
        let key = (taken.gateway, part.code);
        let (number, digest) = self.cut.entry(key).or_insert((next, Sha256::new()));
        digest.update(&part.raw);
        let Some((standing, _raw)) = self.items.get_mut(number) else {
            return false;
        };
        standing.join(taken, part, digest.clone().finalize().into());
        true
    }

    /// Keeps a trial message; the oldest of its gateway makes room.
    pub(super) fn keep_trial(&mut self, taken: &Taken) {
        let held = self.trials.entry(taken.gateway).or_default();
        held.push_front(taken.clone());
        held.truncate(TRIALS_LIMIT);
    }
}

fn absent(number: QuarantineNo) -> StoreFault {
    StoreFault::Absent {
        what: "quarantine item",
        key: number.get().to_string(),
    }
}

impl Kept {
    fn replay(&mut self, replay: Replay, limit: u64) -> Result<BatchNo, StoreFault> {
        let number = replay.item;
        let (item, _raw) = self
            .aside
            .items
            .get(&number)
            .ok_or_else(|| absent(number))?;
        if item.replayed.is_some() {
            let number = number.get();
            return Err(StoreFault::ReplayedAlready { number });
        }
        if item.gateway != replay.taken.gateway {
            let number = number.get();
            return Err(StoreFault::ForeignReplay { number });
        }
        let (left, bytes, kept) = (i64::from(item.values), item.bytes, item.kept);
        let mut counts = Counts::of(&replay.taken);
        counts.received -= left;
        counts.quarantined -= left;
        counts.unpromised = 0;
        let batch = self.next_batch();
        let mut gathering = Gathering::default();
        self.count(&replay.taken, &counts);
        for part in &replay.taken.set_aside {
            self.aside.keep(batch, &replay.taken, part, limit);
        }
        self.readings(&replay.taken, &mut gathering);
        if let Some((item, _raw)) = self.aside.items.get_mut(&number) {
            item.replayed = Some(replay.note);
        }
        let overflow = self.aside.overflow(replay.taken.gateway);
        if kept {
            overflow.bytes_kept = overflow.bytes_kept.saturating_sub(bytes);
        } else {
            overflow.items_cut = overflow.items_cut.saturating_sub(1);
        }
        self.logged(gathering.done(batch));
        Ok(batch)
    }
}

impl Quarantine for Memory {
    fn quarantined(
        &self,
        filter: &QuarantineFilter,
        visit: Visit<'_, Quarantined>,
    ) -> Result<(), StoreFault> {
        let after = filter.after.map_or(0, QuarantineNo::get);
        let first = QuarantineNo::new(after.saturating_add(1));
        let found: Vec<Quarantined> = {
            let kept = self.kept();
            let items = kept.aside.items.range(first..).map(|(_, (item, _))| item);
            let fitting = items.filter(|item| filter.fits(item));
            match filter.newest_before {
                None => fitting.take(filter.limit).cloned().collect(),
                Some(before) => {
                    let older = fitting.filter(|item| item.number < before);
                    older.rev().take(filter.limit).cloned().collect()
                }
            }
        };
        for item in &found {
            if visit(item).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn quarantined_item(&self, number: QuarantineNo) -> Result<Quarantined, StoreFault> {
        let kept = self.kept();
        let found = kept.aside.items.get(&number);
        found
            .map(|(item, _)| item.clone())
            .ok_or_else(|| absent(number))
    }

    fn quarantined_raw(&self, number: QuarantineNo) -> Result<Option<Vec<u8>>, StoreFault> {
        let kept = self.kept();
        let found = kept.aside.items.get(&number);
        found
            .map(|(_, raw)| raw.clone())
            .ok_or_else(|| absent(number))
    }

    fn replay(&self, replay: Replay) -> Result<BatchNo, StoreFault> {
        let number = {
            let mut kept = self.kept();
            if kept.stopped {
                return Err(StoreFault::Stopping);
            }
            kept.replay(replay, self.quarantine_bytes)?
        };
        self.newest.send_replace(number);
        Ok(number)
    }

    fn overflows(&self, visit: Visit<'_, Overflow>) -> Result<(), StoreFault> {
        let found: Vec<Overflow> = {
            let kept = self.kept();
            let all = kept.aside.overflows.values().copied();
            all.filter(|overflow| overflow.items_cut > 0).collect()
        };
        for overflow in &found {
            if visit(overflow).is_break() {
                break;
            }
        }
        Ok(())
    }

    fn trials(
        &self,
        gateway: GatewayNo,
        now: Moment,
        limit: usize,
        visit: Visit<'_, Taken>,
    ) -> Result<(), StoreFault> {
        let found: Vec<Taken> = {
            let kept = self.kept();
            let held = kept.aside.trials.get(&gateway);
            let held = held.into_iter().flatten();
            let fresh = held.filter(|taken| now.ms_since(taken.received_at) < TRIAL_MS);
            fresh.take(limit).cloned().collect()
        };
        for taken in &found {
            if visit(taken).is_break() {
                break;
            }
        }
        Ok(())
    }
}

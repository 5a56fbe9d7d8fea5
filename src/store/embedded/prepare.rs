//! From what waits to what one transaction will write. Nothing is written here, so that a commit
//! that found no space can be tried again with the same result.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest, Sha256};

use crate::calendar::Moment;
use crate::park::GatewayNo;
use crate::reading::{Code, Flags, Purpose, Quality, Reading, SetAside, Taken, Value};

use crate::store::{BatchNo, StoreFault};
use crate::store::{Counts, Decision, Overflow, QuarantineNo, Quarantined, Replay, Replayed};

use super::codec::batch::{Entry, Head, Writing};
use super::codec::chunk::Origin;
use super::inbox::{Order, Submission, Wish};
use super::record::write_trial;

/// A part set aside, as a row.
#[derive(Debug)]
pub(super) struct Part<'a> {
    pub(super) item: Quarantined,
    pub(super) raw: Option<&'a [u8]>,
}

/// What one transaction writes, besides a slice.
#[derive(Debug)]
pub(super) struct Prepared<'a> {
    /// The batch's number; used if there is a batch row.
    pub(super) number: u64,
    /// Entries of the batch that go to the head.
    pub(super) entries: Vec<(Head, &'a [Reading])>,
    /// The batch row: entries and bytes.
    pub(super) row: Option<(u64, Vec<u8>)>,
    pub(super) parts: Vec<Part<'a>>,
    pub(super) trials: Vec<(GatewayNo, i64, String)>,
    pub(super) replays: Vec<(QuarantineNo, &'a Replayed)>,
    pub(super) decisions: Vec<&'a Decision>,
    pub(super) cursors: Vec<(&'a str, Option<BatchNo>)>,
    /// How full the quarantines are afterwards, of those that change.
    pub(super) usage: BTreeMap<GatewayNo, Overflow>,
    /// Why an order is not carried out, in order of the orders.
    pub(super) refused: Vec<Option<StoreFault>>,
}

/// What must be known to prepare.
#[derive(Debug)]
pub(super) struct Known<'a> {
    pub(super) number: u64,
    pub(super) quarantine_next: u64,
    pub(super) quarantine_bytes: u64,
    pub(super) usage: &'a BTreeMap<GatewayNo, Overflow>,
}

/// Seconds since 1970.
pub(super) fn seconds(moment: Moment) -> i64 {
    moment.unix_ms().div_euclid(1_000)
}

/// An entry's head for a message that came as it is.
fn head_of(taken: &Taken, entry: Entry, counts: &Counts) -> Head {
    Head {
        entry,
        origin: Origin {
            gateway: taken.gateway,
            epoch: taken.epoch,
            seq: taken.seq,
            received_s: seconds(taken.received_at),
            quality: Quality::Good,
            flags: Flags::default(),
        },
        received: counts.received,
        quarantined: counts.quarantined,
        refused: counts.refused,
        unpromised: counts.unpromised,
    }
}

/// Prepares a transaction; `find` looks up a quarantined item.
pub(super) fn prepare<'a>(
    submissions: &'a [Submission],
    orders: &'a [Order],
    known: &'a Known<'a>,
    find: impl Fn(QuarantineNo) -> Result<Quarantined, StoreFault>,
) -> Prepared<'a> {
    let mut preparing = Preparing {
        known,
        writing: Writing::default(),
        replayed: BTreeSet::new(),
        cut: BTreeMap::new(),
        done: Prepared {
            number: known.number,
            entries: Vec::new(),
            row: None,
            parts: Vec::new(),
            trials: Vec::new(),
            replays: Vec::new(),
            decisions: Vec::new(),
            cursors: Vec::new(),
            usage: BTreeMap::new(),
            refused: Vec::new(),
        },
    };
    let messages = submissions.iter().map(|submission| submission.taken.len());
    preparing.done.entries.reserve(messages.sum());
    for taken in submissions.iter().flat_map(|submission| &submission.taken) {
        preparing.message(taken);
    }
    for order in orders {
        let refused = preparing.order(&order.wish, &find).err();
        preparing.done.refused.push(refused);
    }
    preparing.done()
}

struct Preparing<'a> {
    known: &'a Known<'a>,
    writing: Writing,
    /// Items replayed in this very transaction.
    replayed: BTreeSet<QuarantineNo>,
    /// Which part stands for all that are not kept of a gateway and code, and what it digests.
    cut: BTreeMap<(GatewayNo, Code), (usize, Sha256)>,
    done: Prepared<'a>,
}

impl<'a> Preparing<'a> {
    fn message(&mut self, taken: &'a Taken) {
        if taken.purpose == Purpose::Trial {
            let head = head_of(taken, Entry::Trial, &Counts::default());
            self.entry(head, &[]);
            if let Some(text) = write_trial(taken) {
                let received_s = seconds(taken.received_at);
                self.done.trials.push((taken.gateway, received_s, text));
            }
            return;
        }
        let head = head_of(taken, Entry::Message, &Counts::of(taken));
        self.entry(head, &taken.readings);
        for part in &taken.set_aside {
            self.part(taken, part);
        }
    }

    fn entry(&mut self, head: Head, readings: &'a [Reading]) {
        self.writing.entry(&head, readings);
        self.done.entries.push((head, readings));
    }

    fn usage(&mut self, gateway: GatewayNo) -> &mut Overflow {
        let known = self.known.usage.get(&gateway).copied();
        self.done.usage.entry(gateway).or_insert_with(|| {
            known.unwrap_or(Overflow {
                gateway,
                bytes_kept: 0,
                items_cut: 0,
            })
        })
    }

    fn part(&mut self, taken: &Taken, part: &'a SetAside) {
        let bytes = u64::try_from(part.raw.len()).unwrap_or(u64::MAX);
        let limit = self.known.quarantine_bytes;
        let usage = self.usage(taken.gateway);
        let kept = usage.bytes_kept.saturating_add(bytes) <= limit;
        if kept {
            usage.bytes_kept += bytes;
        } else if self.joins(taken, part) {
            return;
        } else {
            self.usage(taken.gateway).items_cut += 1;
        }
        let before = u64::try_from(self.done.parts.len()).unwrap_or(u64::MAX);
        let number = self.known.quarantine_next.saturating_add(before);
        let item = Quarantined {
            number: QuarantineNo::new(number),
            batch: BatchNo::new(self.known.number),
            gateway: taken.gateway,
            epoch: taken.epoch,
            seq: taken.seq,
            received_at: taken.received_at,
            code: part.code,
            detail: part.detail.clone(),
            index: part.index,
            values: part.values,
            bytes,
            digest: Sha256::digest(&part.raw).into(),
            kept,
            replayed: None,
        };
        let raw = kept.then_some(part.raw.as_slice());
        self.done.parts.push(Part { item, raw });
    }

    /// Whether an item of this batch stands for parts that are not kept with this code already; if
    /// so it takes this one in. A message of a thousand bad readings is one row then, not a thousand.
    fn joins(&mut self, taken: &Taken, part: &SetAside) -> bool {
        let next = self.done.parts.len();
        let key = (taken.gateway, part.code);
        let (place, digest) = self.cut.entry(key).or_insert((next, Sha256::new()));
        digest.update(&part.raw);
        let Some(standing) = self.done.parts.get_mut(*place) else {
            return false;
        };
        let digest = digest.clone().finalize().into();
        standing.item.join(taken, part, digest);
        true
    }

    fn order(
        &mut self,
        wish: &'a Wish,
        find: &impl Fn(QuarantineNo) -> Result<Quarantined, StoreFault>,
    ) -> Result<(), StoreFault> {
        match wish {
            Wish::Replay(replay) => self.replay(replay, &find(replay.item)?)?,
            Wish::Decide(decision) => self.decide(decision),
            Wish::SaveCursor(name, at) => self.done.cursors.push((name, Some(*at))),
            Wish::DropCursor(name) => self.done.cursors.push((name, None)),
        }
        Ok(())
    }

    /// See [`Replay`] for how the counts move.
    fn replay(&mut self, replay: &'a Replay, item: &Quarantined) -> Result<(), StoreFault> {
        let number = replay.item.get();
        if item.gateway != replay.taken.gateway {
            return Err(StoreFault::ForeignReplay { number });
        }
        if item.replayed.is_some() || !self.replayed.insert(replay.item) {
            return Err(StoreFault::ReplayedAlready { number });
        }
        let left = i64::from(item.values);
        let mut counts = Counts::of(&replay.taken);
        counts.received -= left;
        counts.quarantined -= left;
        counts.unpromised = 0;
        let head = head_of(&replay.taken, Entry::Replay, &counts);
        self.entry(head, &replay.taken.readings);
        for part in &replay.taken.set_aside {
            self.part(&replay.taken, part);
        }
        let usage = self.usage(item.gateway);
        if item.kept {
            usage.bytes_kept = usage.bytes_kept.saturating_sub(item.bytes);
        } else {
            usage.items_cut = usage.items_cut.saturating_sub(1);
        }
        self.done.replays.push((replay.item, &replay.note));
        Ok(())
    }

    /// A decision is in the log as a reading that touches its key and counts nothing.
    fn decide(&mut self, decision: &'a Decision) {
        let head = Head {
            entry: Entry::Decision,
            origin: Origin {
                gateway: GatewayNo::new(0),
                epoch: None,
                seq: None,
                received_s: seconds(decision.decided_at),
                quality: Quality::Good,
                flags: Flags::default(),
            },
            received: 0,
            quarantined: 0,
            refused: 0,
            unpromised: 0,
        };
        let key = Reading {
            meter: decision.meter,
            at: decision.at,
            values: vec![Value {
                indicator: decision.indicator,
                number: 0.0,
            }],
            quality: Quality::Good,
            flags: Flags::default(),
        };
        self.writing.entry(&head, &[key]);
        self.done.decisions.push(decision);
    }

    fn done(mut self) -> Prepared<'a> {
        let entries = self.writing.entries();
        if entries > 0 {
            let bytes = self.writing.done(self.known.number);
            self.done.row = Some((entries, bytes));
        }
        self.done
    }
}

//! How far a gateway's messages are safe: the receipts of contract.md 2.
//!
//! A counter begins at 1. A number is in the receipt only if all from 1 up to it are on disk: a
//! gateway that reads it may drop them, so a gap at the very beginning is a gap, too. A message
//! numbered 0 is taken, and no receipt speaks of it: after a gap at 0 nobody could tell it from a
//! counter that began at 1.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use crate::park::GatewayNo;

/// Everything of `epoch` up to `durable_seq` without a gap is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Start of the gateway's counter.
    pub epoch: u64,
    /// The highest message number without a gap.
    pub durable_seq: u64,
}

/// Reading receipts; cheap, from memory.
pub trait Receipts: Debug + Send + Sync {
    /// The receipt of a gateway's newest epoch, if it counts its messages without a gap at the
    /// beginning. What it says is synced.
    fn receipt(&self, gateway: GatewayNo) -> Option<Receipt>;

    /// The receipt of one epoch of a gateway.
    fn receipt_of(&self, gateway: GatewayNo, epoch: u64) -> Option<Receipt>;
}

/// Gaps remembered of one epoch; a gateway with more loses the highest, and its receipt waits.
const RANGES_LIMIT: usize = 1_024;
/// Epochs remembered of one gateway; the oldest goes first.
const EPOCHS_LIMIT: usize = 8;

/// The message numbers of one epoch that are on disk, as ranges with both ends inside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Arrived {
    ranges: BTreeMap<u64, u64>,
}

impl Arrived {
    /// Notes that message `seq` is on disk.
    pub(super) fn note(&mut self, seq: u64) {
        let below = self.ranges.range(..=seq).next_back();
        let below = below.map(|(from, to)| (*from, *to));
        if below.is_some_and(|(_, to)| seq <= to) {
            return;
        }
        let joins_below = below.filter(|(_, to)| to.checked_add(1) == Some(seq));
        let joins_above = seq
            .checked_add(1)
            .and_then(|next| self.ranges.remove(&next));
        let from = joins_below.map_or(seq, |(from, _)| from);
        self.ranges.insert(from, joins_above.unwrap_or(seq));
        if self.ranges.len() > RANGES_LIMIT {
            self.ranges.pop_last();
        }
    }

    /// The highest number without a gap from the beginning of the counter.
    pub(super) fn durable(&self) -> Option<u64> {
        let (from, to) = self.ranges.first_key_value()?;
        (*from <= 1 && *to >= 1).then_some(*to)
    }

    /// The ranges, rising.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (u64, u64)> {
        self.ranges.iter().map(|(from, to)| (*from, *to))
    }

    /// Takes back a range read from disk.
    pub(super) fn restore(&mut self, from: u64, to: u64) {
        self.ranges.insert(from, to.max(from));
    }
}

/// What arrived of every gateway.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    epochs: BTreeMap<(GatewayNo, u64), Arrived>,
    /// Epochs that changed since they were last written.
    changed: BTreeSet<(GatewayNo, u64)>,
}

impl Arrivals {
    /// Notes a message that is on disk.
    pub(super) fn note(&mut self, gateway: GatewayNo, epoch: u64, seq: u64) {
        if !self.epochs.contains_key(&(gateway, epoch)) {
            let held = self.epochs.range((gateway, 0)..=(gateway, u64::MAX));
            if held.count() >= EPOCHS_LIMIT {
                let oldest = self.epochs.range((gateway, 0)..).next();
                if let Some(key) = oldest.map(|(key, _)| *key) {
                    self.epochs.remove(&key);
                    self.changed.insert(key);
                }
            }
        }
        self.epochs.entry((gateway, epoch)).or_default().note(seq);
        self.changed.insert((gateway, epoch));
    }

    /// The receipt of the newest epoch of `gateway`.
    pub(super) fn newest(&self, gateway: GatewayNo) -> Option<Receipt> {
        let mut held = self.epochs.range((gateway, 0)..=(gateway, u64::MAX));
        let ((_, epoch), arrived) = held.next_back()?;
        let durable_seq = arrived.durable()?;
        Some(Receipt {
            epoch: *epoch,
            durable_seq,
        })
    }

    /// The receipt of one epoch.
    pub(super) fn of(&self, gateway: GatewayNo, epoch: u64) -> Option<Receipt> {
        let durable_seq = self.epochs.get(&(gateway, epoch))?.durable()?;
        Some(Receipt { epoch, durable_seq })
    }

    /// Epochs that changed since they were last written; `None` for those that were dropped.
    pub(super) fn changed(&self) -> impl Iterator<Item = (GatewayNo, u64, Option<&Arrived>)> {
        let all = self.changed.iter();
        all.map(|key| (key.0, key.1, self.epochs.get(key)))
    }

    /// Notes that all changes were written.
    pub(super) fn written(&mut self) {
        self.changed.clear();
    }

    /// Takes back an epoch read from disk.
    pub(super) fn restore(&mut self, gateway: GatewayNo, epoch: u64, arrived: Arrived) {
        self.epochs.insert((gateway, epoch), arrived);
    }
}

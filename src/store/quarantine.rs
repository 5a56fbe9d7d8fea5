//! What was not taken, why, and taking it in after a repair; trial messages.

use std::fmt::Debug;

use crate::calendar::{Moment, Period};
use crate::park::GatewayNo;
use crate::reading::{Code, SetAside, Taken};

use super::BatchNo;
use super::StoreFault;
use super::Visit;

/// The number of a quarantined item, rising, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuarantineNo(u64);

impl QuarantineNo {
    /// No item is newer.
    pub const LAST: Self = Self(u64::MAX >> 1);

    /// The item numbered `number`.
    #[must_use]
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The bare number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// One part of a message that was set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Its number.
    pub number: QuarantineNo,
    /// The batch it was committed with.
    pub batch: BatchNo,
    /// Who sent it.
    pub gateway: GatewayNo,
    /// Start of the gateway's counter, if known.
    pub epoch: Option<u64>,
    /// The gateway's message number, if known.
    pub seq: Option<u64>,
    /// When it came, cut to whole seconds.
    pub received_at: Moment,
    /// Why it was set aside.
    pub code: Code,
    /// What exactly, in English.
    pub detail: String,
    /// Which reading of the message, from 0; `None` for the message as a whole, or for several parts
    /// of which only code, digest and count are kept.
    pub index: Option<u32>,
    /// How many values it counts as.
    pub values: u32,
    /// Length of the raw bytes.
    pub bytes: u64,
    /// SHA-256 of the raw bytes; of several parts, of all their bytes as they came.
    pub digest: [u8; 32],
    /// Whether the raw bytes are kept; beyond `quarantine.max_bytes` of a gateway they are not.
    pub kept: bool,
    /// How it was taken in later, if it was.
    pub replayed: Option<Replayed>,
}

impl Quarantined {
    /// Takes in a further part with the same code, of the same gateway and batch: beyond
    /// `quarantine.max_bytes` these are one item. `digest` is of all bytes so far.
    pub(super) fn join(&mut self, taken: &Taken, part: &SetAside, digest: [u8; 32]) {
        let bytes = u64::try_from(part.raw.len()).unwrap_or(u64::MAX);
        if (self.epoch, self.seq) != (taken.epoch, taken.seq) {
            (self.epoch, self.seq) = (None, None);
        }
        self.index = None;
        self.values = self.values.saturating_add(part.values);
        self.bytes = self.bytes.saturating_add(bytes);
        self.digest = digest;
    }
}

/// Who took a quarantined item in, how and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// Who did it.
    pub who: String,
    /// How, as `--shift -8h`.
    pub how: String,
    /// When.
    pub replayed_at: Moment,
}

/// Which items to list.
#[derive(Clone, Debug, Default)]
pub struct QuarantineFilter {
    /// Only of this gateway.
    pub gateway: Option<GatewayNo>,
    /// Only with this code.
    pub code: Option<Code>,
    /// Only received in this period.
    pub received: Option<Period>,
    /// Only replayed ones, or only others.
    pub replayed: Option<bool>,
    /// Only items after this one: the cursor of the next page.
    pub after: Option<QuarantineNo>,
    /// The newest come first, and only items before this one: the cursor of the page before.
    pub newest_before: Option<QuarantineNo>,
    /// At most this many.
    pub limit: usize,
}

impl QuarantineFilter {
    /// Whether `item` is asked for; page and limit apart.
    #[must_use]
    pub fn fits(&self, item: &Quarantined) -> bool {
        self.gateway.is_none_or(|gateway| gateway == item.gateway)
            && self.code.is_none_or(|code| code == item.code)
            && self
                .received
                .is_none_or(|period| period.contains(item.received_at))
            && self
                .replayed
                .is_none_or(|replayed| replayed == item.replayed.is_some())
    }
}

/// Taking an item in: what `intake` made of its raw bytes this time.
///
/// The counts move in the same transaction: the item's values leave `quarantined`; what `taken`
/// holds enters as if it had come then (readings `pending`, parts set aside again `quarantined`
/// as new items), and `received` changes by the difference, so that the equation stays exact. A
/// whole message that counted 1 may become 12 values.
#[derive(Clone, Debug)]
pub struct Replay {
    /// Which item.
    pub item: QuarantineNo,
    /// What it became. Gateway, epoch, seq and `received_at` are the item's own.
    pub taken: Taken,
    /// Who did it, how and when.
    pub note: Replayed,
}

/// How much of a gateway's quarantine is no longer kept in full: to be alarmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Overflow {
    /// Whose items.
    pub gateway: GatewayNo,
    /// Bytes kept of items that were not replayed.
    pub bytes_kept: u64,
    /// Items of which only code, digest and count are kept; one a batch and code.
    pub items_cut: u64,
}

/// What was not taken. Items come by number.
pub trait Quarantine: Debug + Send + Sync {
    /// Items that fit `filter`, by number; falling if `newest_before` is given.
    ///
    /// # Errors
    /// [`StoreFault`] when reading failed.
    fn quarantined(
        &self,
        filter: &QuarantineFilter,
        visit: Visit<'_, Quarantined>,
    ) -> Result<(), StoreFault>;

    /// One item.
    ///
    /// # Errors
    /// [`StoreFault::Absent`] if there is none.
    fn quarantined_item(&self, number: QuarantineNo) -> Result<Quarantined, StoreFault>;

    /// The raw bytes of an item; `None` if they are not kept.
    ///
    /// # Errors
    /// [`StoreFault::Absent`] if there is no such item.
    fn quarantined_raw(&self, number: QuarantineNo) -> Result<Option<Vec<u8>>, StoreFault>;

    /// Takes an item in, once; see [`Replay`]. Returns after the sync.
    ///
    /// # Errors
    /// [`StoreFault::ReplayedAlready`], [`StoreFault::Absent`], [`StoreFault::ForeignReplay`].
    fn replay(&self, replay: Replay) -> Result<BatchNo, StoreFault>;

    /// Gateways that have items not kept in full, by number.
    ///
    /// # Errors
    /// [`StoreFault`] when reading failed.
    fn overflows(&self, visit: Visit<'_, Overflow>) -> Result<(), StoreFault>;

    /// Trial messages of a gateway of the last 24 h before `now`, newest first, at most `limit`;
    /// of each gateway the newest 200 are kept.
    ///
    /// # Errors
    /// [`StoreFault`] when reading failed.
    fn trials(
        &self,
        gateway: GatewayNo,
        now: Moment,
        limit: usize,
        visit: Visit<'_, Taken>,
    ) -> Result<(), StoreFault>;
}

//! What one message became: readings to keep and parts set aside, with where they came from.

use crate::calendar::Moment;
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};

use super::Code;

/// How good the gateway says a reading is (contract.md 2, `quality`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// As measured.
    #[default]
    Good,
    /// Doubtful, counts as good in the ledger.
    Uncertain,
    /// Known to be wrong: kept, never takes a key (contract.md C3).
    Bad,
}

/// Flags kept with a reading (contract.md 4), one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Flags(u8);

impl Flags {
    /// Came more than 1 h after it was measured.
    pub const LATE: Self = Self(1);
    /// The newest `at` of its message was more than 2 min ahead of receipt.
    pub const CLOCK_SKEW: Self = Self(2);
    /// Was written as second 60.
    pub const LEAP_SECOND: Self = Self(4);
    /// Entered by hand.
    pub const MANUAL: Self = Self(8);
    /// Replayed under another time.
    pub const TIME_SHIFTED: Self = Self(16);
    /// Replayed under another meter.
    pub const METER_MAPPED: Self = Self(32);

    const NAMES: [(Self, &'static str); 6] = [
        (Self::LATE, "late"),
        (Self::CLOCK_SKEW, "clock_skew"),
        (Self::LEAP_SECOND, "leap_second"),
        (Self::MANUAL, "manual"),
        (Self::TIME_SHIFTED, "time_shifted"),
        (Self::METER_MAPPED, "meter_mapped"),
    ];

    /// The flags whose bits are set in `bits`; bits of no flag are dropped.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits & 63)
    }

    /// One bit a flag, as kept on disk.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// These flags and those.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Their names as the contract writes them.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .filter(move |(flag, _)| self.has(*flag))
            .map(|(_, name)| name)
    }
}

/// One indicator of a reading. The number is an IEEE double and counts as the shortest decimal
/// that reads back to it (contract.md 2, "Numbers").
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Value {
    /// What was measured.
    pub indicator: IndicatorNo,
    /// How much, in the indicator's unit.
    pub number: f64,
}

/// One `(meter, at)` with its values, checked and ready to keep.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Which meter.
    pub meter: MeterNo,
    /// When it was measured, by the gateway's clock.
    pub at: Moment,
    /// At least one value.
    pub values: Vec<Value>,
    /// How good.
    pub quality: Quality,
    /// What else is known of it.
    pub flags: Flags,
}

/// A part of a message that was not taken, with its reason.
#[derive(Clone, Debug, PartialEq)]
pub struct SetAside {
    /// Why.
    pub code: Code,
    /// What exactly, in English, without secrets; at most 200 characters.
    pub detail: String,
    /// Which reading of the message, from 0; `None` for the message as a whole.
    pub index: Option<u32>,
    /// How many values it counts as (contract.md C2: a message that cannot be read counts 1).
    pub values: u32,
    /// The bytes as they came: one JSON reading (reduced to the values set aside), or the payload;
    /// at most 64 KiB, cut beyond.
    pub raw: Vec<u8>,
}

/// What the sender meant a message for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// `…/readings`: for the ledger.
    Ledger,
    /// `…/test`: checked and answered alike, kept 24 h, shown to the sender, never in the ledger.
    Trial,
}

/// One message, taken apart: what `store` commits before anybody acknowledges it.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Which gateway sent it, known from its credential.
    pub gateway: GatewayNo,
    /// Start of the gateway's counter, if it counts.
    pub epoch: Option<u64>,
    /// The gateway's message number, if it counts.
    pub seq: Option<u64>,
    /// When it came, by our clock.
    pub received_at: Moment,
    /// What it was meant for.
    pub purpose: Purpose,
    /// What is good.
    pub readings: Vec<Reading>,
    /// What is quarantined.
    pub set_aside: Vec<SetAside>,
    /// Values refused outright without being kept (foreign topic, quota), for the counts.
    pub refused: u32,
    /// Whether it came at QoS 0: counted apart, for nobody can promise it.
    pub unpromised: bool,
}

impl Taken {
    /// The message as a whole, if it could not be taken apart: the doors answer "unreadable" then.
    #[must_use]
    pub fn unreadable(&self) -> Option<&SetAside> {
        self.set_aside.iter().find(|item| item.index.is_none())
    }

    /// Values to be stored, repetitions included.
    #[must_use]
    pub fn values_kept(&self) -> u64 {
        let kept = self.readings.iter().map(|reading| reading.values.len());
        kept.map(|values| u64::try_from(values).unwrap_or(u64::MAX))
            .sum()
    }

    /// How many ordinary messages of about 10 values it weighs, at least 1: what queues are bounded
    /// by (contract.md C4), so that a thousand of the largest messages cannot fill the memory.
    #[must_use]
    pub fn weight(&self) -> usize {
        const VALUES_EACH: usize = 16;
        const BYTES_EACH: usize = 1024;
        const PARTS_EACH: usize = 16;
        let values = self.readings.iter().map(|reading| reading.values.len());
        let raw = self.set_aside.iter().map(|item| item.raw.len());
        let values: usize = values.sum();
        let raw: usize = raw.sum();
        let parts = self.set_aside.len().div_ceil(PARTS_EACH);
        (values.div_ceil(VALUES_EACH) + raw.div_ceil(BYTES_EACH).max(parts)).max(1)
    }

    /// Values to be quarantined; a message that cannot be read counts 1.
    #[must_use]
    pub fn values_set_aside(&self) -> u64 {
        let items = self.set_aside.iter();
        items.map(|item| u64::from(item.values)).sum()
    }

    /// Values received (contract.md C2): kept, set aside and refused.
    #[must_use]
    pub fn values_received(&self) -> u64 {
        self.values_kept() + self.values_set_aside() + u64::from(self.refused)
    }
}

//! Batches: what one group commit puts into the log.
//!
//! Every message is in it, also those without a good reading: its numbers make the receipts and
//! its counts make the conservation of contract C2, so that both are synced with it.

use crate::calendar::Moment;
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};
use crate::reading::Reading;

use super::Broken;
use super::bytes::{Left, put, put_len, seal, unseal, unzigzag, zigzag};
use super::chunk::{Origin, marks, unmarked};
use super::decimal::{SCALE_MAX, from_scaled, least_scale};

/// Format of the batches.
const VERSION: u8 = 1;
/// Indicator sets remembered in one batch.
const SETS_LIMIT: usize = 64;
/// Messages, readings or values that one count may announce.
const COUNT_LIMIT: usize = 1 << 24;
/// In place of a scale: the double as it is.
const RAW: u64 = 7;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A message for the ledger.
    Message,
    /// A trial message: only its number counts, for the receipts.
    Trial,
    /// A quarantined item taken in later.
    Replay,
    /// A decision: its reading is the key that it is about, with no effect on counts.
    Decision,
}

/// An entry's head: who, when, and what it adds to the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// What it is.
    pub entry: Entry,
    /// Provenance; quality and flags are the readings' own.
    pub origin: Origin,
    /// Values received; a replay may take some back.
    pub received: i64,
    /// Values quarantined; a replay takes some back.
    pub quarantined: i64,
    /// Values refused.
    pub refused: i64,
    /// Of `received`, those at QoS 0.
    pub unpromised: i64,
}

/// Receives a batch entry by entry.
pub trait Take {
    /// A new entry.
    fn head(&mut self, head: &Head);
    /// A reading of the last entry; `origin` carries its own quality and flags.
    fn reading(
        &mut self,
        meter: MeterNo,
        at: Moment,
        origin: &Origin,
        indicators: &[IndicatorNo],
        values: &[f64],
    );
}

/// Writes one batch.
#[derive(Debug)]
pub struct Writing {
    out: Vec<u8>,
    sets: Vec<Vec<IndicatorNo>>,
    /// The entry before: numbers are written as differences.
    last: Last,
    entries: u64,
}

#[derive(Debug, Default)]
struct Last {
    gateway: i64,
    received_s: i64,
    epoch: i64,
    seq: i64,
    meter: i64,
    at_ms: i64,
}

impl Last {
    fn step(last: &mut i64, next: i64) -> u64 {
        let difference = next.wrapping_sub(*last);
        *last = next;
        zigzag(difference)
    }

    fn back(last: &mut i64, left: &mut Left<'_>) -> Result<i64, Broken> {
        *last = last.wrapping_add(left.signed()?);
        Ok(*last)
    }
}

impl Default for Writing {
    /// An empty batch.
    fn default() -> Self {
        Self {
            out: vec![VERSION],
            sets: Vec::new(),
            last: Last::default(),
            entries: 0,
        }
    }
}

impl Writing {
    /// How many entries it has.
    #[must_use]
    pub const fn entries(&self) -> u64 {
        self.entries
    }

    /// Appends an entry with its readings.
    pub fn entry(&mut self, head: &Head, readings: &[Reading]) {
        self.entries += 1;
        let origin = &head.origin;
        let plain = (head.quarantined, head.refused, head.unpromised) == (0, 0, 0);
        let kind: u64 = match head.entry {
            Entry::Message => 0,
            Entry::Trial => 1,
            Entry::Replay => 2,
            Entry::Decision => 3,
        };
        let tag = kind
            | u64::from(plain) << 2
            | u64::from(origin.epoch.is_some()) << 3
            | u64::from(origin.seq.is_some()) << 4;
        let (out, last) = (&mut self.out, &mut self.last);
        put(out, tag);
        put(
            out,
            Last::step(&mut last.gateway, i64::from(origin.gateway.get())),
        );
        put(out, Last::step(&mut last.received_s, origin.received_s));
        if let Some(epoch) = origin.epoch {
            put(out, Last::step(&mut last.epoch, epoch.cast_signed()));
        }
        if let Some(seq) = origin.seq {
            put(out, Last::step(&mut last.seq, seq.cast_signed()));
        }
        put(out, zigzag(head.received));
        if !plain {
            for count in [head.quarantined, head.refused, head.unpromised] {
                put(out, zigzag(count));
            }
        }
        put_len(out, readings.len());
        for reading in readings {
            self.reading(origin, reading);
        }
    }

    fn reading(&mut self, origin: &Origin, reading: &Reading) {
        let (out, last) = (&mut self.out, &mut self.last);
        put(
            out,
            Last::step(&mut last.meter, i64::from(reading.meter.get())),
        );
        put(out, Last::step(&mut last.at_ms, reading.at.unix_ms()));
        let own = Origin {
            quality: reading.quality,
            flags: reading.flags,
            ..*origin
        };
        put(out, u64::from(marks(&own)));
        self.set(reading);
        for value in &reading.values {
            if let Some((scale, mantissa)) = least_scale(value.number, 0) {
                put(&mut self.out, zigzag(mantissa) << 3 | u64::from(scale));
            } else {
                put(&mut self.out, RAW);
                self.out.extend_from_slice(&value.number.to_le_bytes());
            }
        }
    }

    /// Which indicators: a number of a set that was written before, or 0 and the set itself.
    fn set(&mut self, reading: &Reading) {
        let same = |set: &Vec<IndicatorNo>| {
            set.len() == reading.values.len()
                && set
                    .iter()
                    .zip(&reading.values)
                    .all(|(indicator, value)| *indicator == value.indicator)
        };
        if let Some(known) = self.sets.iter().position(same) {
            put_len(&mut self.out, known + 1);
            return;
        }
        put(&mut self.out, 0);
        put_len(&mut self.out, reading.values.len());
        for value in &reading.values {
            put(&mut self.out, u64::from(value.indicator.get()));
        }
        if self.sets.len() < SETS_LIMIT {
            let set = reading.values.iter().map(|value| value.indicator);
            self.sets.push(set.collect());
        }
    }

    /// The bytes, sealed for the batch's number.
    #[must_use]
    pub fn done(mut self, number: u64) -> Vec<u8> {
        seal(&mut self.out, number.cast_signed());
        self.out
    }
}

/// Whether the bytes are those that were written as batch `number`.
///
/// # Errors
/// [`Broken`] if they are not.
pub fn check(bytes: &[u8], number: u64) -> Result<(), Broken> {
    unseal(bytes, number.cast_signed()).map(|_body| ())
}

/// Hands the batch that `bytes` hold as number `number` to `take`, entry by entry.
///
/// # Errors
/// [`Broken`] if the bytes are not what was written under their key.
pub fn decode(bytes: &[u8], number: u64, take: &mut impl Take) -> Result<(), Broken> {
    let mut left = Left::new(unseal(bytes, number.cast_signed())?);
    if left.byte()? != VERSION {
        return Err(Broken("version"));
    }
    let mut reader = Reader::default();
    while !left.is_empty() {
        reader.entry(&mut left, take)?;
    }
    Ok(())
}

#[derive(Debug, Default)]
struct Reader {
    sets: Vec<Vec<IndicatorNo>>,
    last: Last,
    values: Vec<f64>,
    unremembered: Vec<IndicatorNo>,
}

impl Reader {
    fn entry(&mut self, left: &mut Left<'_>, take: &mut impl Take) -> Result<(), Broken> {
        let tag = left.number()?;
        let entry = match tag & 3 {
            0 => Entry::Message,
            1 => Entry::Trial,
            2 => Entry::Replay,
            _ => Entry::Decision,
        };
        let gateway = Last::back(&mut self.last.gateway, left)?;
        let gateway = u32::try_from(gateway).map_err(|_range| Broken("gateway"))?;
        let mut origin = unmarked(0, GatewayNo::new(gateway)).ok_or(Broken("marks"))?;
        origin.received_s = Last::back(&mut self.last.received_s, left)?;
        if tag & 8 != 0 {
            origin.epoch = Some(Last::back(&mut self.last.epoch, left)?.cast_unsigned());
        }
        if tag & 16 != 0 {
            origin.seq = Some(Last::back(&mut self.last.seq, left)?.cast_unsigned());
        }
        let received = left.signed()?;
        let mut others = [0_i64; 3];
        if tag & 4 == 0 {
            for count in &mut others {
                *count = left.signed()?;
            }
        }
        let [quarantined, refused, unpromised] = others;
        take.head(&Head {
            entry,
            origin,
            received,
            quarantined,
            refused,
            unpromised,
        });
        for _ in 0..left.count(COUNT_LIMIT)? {
            self.reading(left, &origin, take)?;
        }
        Ok(())
    }

    fn reading(
        &mut self,
        left: &mut Left<'_>,
        origin: &Origin,
        take: &mut impl Take,
    ) -> Result<(), Broken> {
        let meter = Last::back(&mut self.last.meter, left)?;
        let meter = u32::try_from(meter).map_err(|_range| Broken("meter"))?;
        let at = Moment::from_unix_ms(Last::back(&mut self.last.at_ms, left)?);
        let marks = left.number()?.cast_signed();
        let own = unmarked(marks, origin.gateway).ok_or(Broken("marks"))?;
        let own = Origin {
            quality: own.quality,
            flags: own.flags,
            ..*origin
        };
        let set = take_set(left, &mut self.sets, &mut self.unremembered)?;
        self.values.clear();
        for _ in set {
            self.values.push(take_value(left)?);
        }
        take.reading(MeterNo::new(meter), at, &own, set, &self.values);
        Ok(())
    }
}

fn take_value(left: &mut Left<'_>) -> Result<f64, Broken> {
    let code = left.number()?;
    let [scale, ..] = (code & 7).to_le_bytes();
    if scale <= SCALE_MAX {
        return Ok(from_scaled(unzigzag(code >> 3), scale));
    }
    if code != RAW {
        return Err(Broken("value"));
    }
    left.eight().map(f64::from_le_bytes)
}

fn take_set<'a>(
    left: &mut Left<'_>,
    sets: &'a mut Vec<Vec<IndicatorNo>>,
    unremembered: &'a mut Vec<IndicatorNo>,
) -> Result<&'a [IndicatorNo], Broken> {
    let known = left.count(SETS_LIMIT)?;
    if let Some(index) = known.checked_sub(1) {
        return sets.get(index).map(Vec::as_slice).ok_or(Broken("set"));
    }
    unremembered.clear();
    for _ in 0..left.count(usize::from(u16::MAX))? {
        unremembered.push(IndicatorNo::new(left.number_16()?));
    }
    if sets.len() < SETS_LIMIT {
        sets.push(unremembered.clone());
    }
    Ok(unremembered)
}

//! Trial messages as kept on disk: JSON, because they are few and short-lived.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::calendar::Moment;
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};
use crate::reading::{Code, Flags, Purpose, Quality, Reading, SetAside, Taken, Value};

#[derive(Serialize, Deserialize)]
struct TrialRecord {
    epoch: Option<u64>,
    seq: Option<u64>,
    received_ms: i64,
    unpromised: bool,
    refused: u32,
    readings: Vec<ReadingRecord>,
    set_aside: Vec<AsideRecord>,
}

#[derive(Serialize, Deserialize)]
struct ReadingRecord {
    meter: u32,
    at_ms: i64,
    quality: u8,
    flags: u8,
    /// Indicator, and the bits of the double.
    values: Vec<(u16, u64)>,
}

#[derive(Serialize, Deserialize)]
struct AsideRecord {
    code: String,
    detail: String,
    index: Option<u32>,
    values: u32,
    raw: Vec<u8>,
}

/// The message as text; `None` never happens for what `intake` makes.
pub(super) fn write_trial(taken: &Taken) -> Option<String> {
    let record = TrialRecord {
        epoch: taken.epoch,
        seq: taken.seq,
        received_ms: taken.received_at.unix_ms(),
        unpromised: taken.unpromised,
        refused: taken.refused,
        readings: taken.readings.iter().map(reading_record).collect(),
        set_aside: taken.set_aside.iter().map(aside_record).collect(),
    };
    serde_json::to_string(&record).ok()
}

/// The message that `text` holds, if it is one.
pub(super) fn read_trial(gateway: GatewayNo, text: &str) -> Option<Taken> {
    let record: TrialRecord = serde_json::from_str(text).ok()?;
    let set_aside: Option<Vec<_>> = record.set_aside.into_iter().map(set_aside).collect();
    Some(Taken {
        gateway,
        epoch: record.epoch,
        seq: record.seq,
        received_at: Moment::from_unix_ms(record.received_ms),
        purpose: Purpose::Trial,
        readings: record.readings.iter().map(reading).collect(),
        set_aside: set_aside?,
        refused: record.refused,
        unpromised: record.unpromised,
    })
}

fn reading_record(reading: &Reading) -> ReadingRecord {
    let values = reading.values.iter();
    ReadingRecord {
        meter: reading.meter.get(),
        at_ms: reading.at.unix_ms(),
        quality: match reading.quality {
            Quality::Good => 0,
            Quality::Uncertain => 1,
            Quality::Bad => 2,
        },
        flags: reading.flags.bits(),
        values: values
            .map(|value| (value.indicator.get(), value.number.to_bits()))
            .collect(),
    }
}

fn reading(record: &ReadingRecord) -> Reading {
    let values = record.values.iter();
    Reading {
        meter: MeterNo::new(record.meter),
        at: Moment::from_unix_ms(record.at_ms),
        values: values
            .map(|(indicator, bits)| Value {
                indicator: IndicatorNo::new(*indicator),
                number: f64::from_bits(*bits),
            })
            .collect(),
        quality: match record.quality {
            0 => Quality::Good,
            1 => Quality::Uncertain,
            _ => Quality::Bad,
        },
        flags: Flags::from_bits(record.flags),
    }
}

fn aside_record(part: &SetAside) -> AsideRecord {
    AsideRecord {
        code: part.code.as_str().to_owned(),
        detail: part.detail.clone(),
        index: part.index,
        values: part.values,
        raw: part.raw.clone(),
    }
}

fn set_aside(record: AsideRecord) -> Option<SetAside> {
    Some(SetAside {
        code: Code::from_str(&record.code).ok()?,
        detail: record.detail,
        index: record.index,
        values: record.values,
        raw: record.raw,
    })
}

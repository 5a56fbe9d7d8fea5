//! The shape of a message, for the document, and the answer to one that was taken.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::ingest::Posted;
use crate::reading::SetAside;

/// One message (contract.md 2). `intake` reads it value by value; this is its shape in words.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is described, and read elsewhere")]
pub(in crate::http) enum Message {
    /// Readings in a list.
    Many(Batch),
    /// One reading alone.
    One(Reading),
}

/// Readings in a list.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Batch {
    /// Start of the gateway's counter; with `seq` there are receipts.
    epoch: Option<u64>,
    /// Counts up by 1, from 1 on: a receipt says how far all is on disk from 1, and never speaks of 0.
    #[schema(minimum = 1)]
    seq: Option<u64>,
    #[schema(min_items = 1, max_items = 1000)]
    readings: Vec<Reading>,
}

/// One meter at one time.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Reading {
    #[schema(example = "E-01", pattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
    meter: String,
    at: MeasuredAt,
    /// By indicator of the catalogue, at most 64.
    values: BTreeMap<String, Value>,
    /// `good` if it is not given.
    quality: Option<Quality>,
}

/// RFC 3339 with offset (none: Asia/Shanghai), or an integer whose size tells its unit.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is described, and read elsewhere")]
pub(in crate::http) enum MeasuredAt {
    /// `2026-11-22T08:15:00+08:00`
    Text(String),
    /// Seconds, milliseconds, microseconds or nanoseconds since 1970.
    Number(i64),
}

/// A number; true or false where the indicator is a state.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "it is described, and read elsewhere")]
pub(in crate::http) enum Value {
    /// At most 2^53, not nearer to 0 than 1e-12.
    Number(f64),
    /// A state.
    State(bool),
}

/// How good a reading is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "it is described, and read elsewhere")]
pub(in crate::http) enum Quality {
    /// As measured.
    Good,
    /// Perhaps.
    Uncertain,
    /// Kept, never counted.
    Bad,
}

/// All of it is on disk, in the ledger's way or in quarantine.
#[derive(Serialize, ToSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "fields are named as they are sent"
)]
pub(in crate::http) struct Committed {
    /// Values that came; a message that cannot be read counts 1.
    received: u64,
    /// Values kept.
    committed: u64,
    /// What was set aside, with its reason.
    quarantined: Vec<Part>,
}

/// A part of the message that lies in quarantine.
#[derive(Serialize, ToSchema)]
#[schema(as = SetAside)]
pub(in crate::http) struct Part {
    /// Which reading of the message, from 0; null for the message as a whole.
    index: Option<u32>,
    /// A code of the contract.
    code: &'static str,
    /// What exactly.
    detail: String,
}

impl Committed {
    pub(super) fn of(posted: &Posted) -> Self {
        Self {
            received: posted.received,
            committed: posted.committed,
            quarantined: posted.quarantined.iter().map(Part::of).collect(),
        }
    }
}

impl Part {
    fn of(aside: &SetAside) -> Self {
        Self {
            index: aside.index,
            code: aside.code.as_str(),
            detail: aside.detail.clone(),
        }
    }
}

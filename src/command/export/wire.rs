//! One line of `export readings`, the keys in the order of contract.md 5.

use serde::Serialize;

use crate::indicator::Indicator;
use crate::park::Gateway;
use crate::reading::Quality;
use crate::store::Row;

/// One kept value.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    gateway: Option<&'a str>,
    epoch: Option<u64>,
    seq: Option<u64>,
    meter: &'a str,
    indicator: Option<&'a str>,
    at: String,
    value: f64,
    quality: &'static str,
    received_at: String,
    revision: u32,
    flags: Vec<&'static str>,
}

impl<'a> Line<'a> {
    pub(super) fn of(
        row: &Row,
        meter: &'a str,
        gateway: Option<&'a Gateway>,
        indicator: Option<&'a Indicator>,
    ) -> Self {
        Self {
            gateway: gateway.map(|gateway| gateway.id.as_str()),
            epoch: row.epoch,
            seq: row.seq,
            meter,
            indicator: indicator.map(|indicator| indicator.code.as_str()),
            at: row.at.to_string(),
            value: row.number,
            quality: match row.quality {
                Quality::Good => "good",
                Quality::Uncertain => "uncertain",
                Quality::Bad => "bad",
            },
            received_at: row.received_at.to_string(),
            revision: row.revision,
            flags: row.flags.names().collect(),
        }
    }
}

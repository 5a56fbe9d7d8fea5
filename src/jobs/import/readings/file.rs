//! A line as `export readings` writes it.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// One value with its provenance.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LineFile<'a> {
    #[serde(borrow)]
    pub(super) gateway: Cow<'a, str>,
    #[serde(default)]
    pub(super) epoch: Option<u64>,
    #[serde(default)]
    pub(super) seq: Option<u64>,
    #[serde(borrow)]
    pub(super) meter: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) indicator: Cow<'a, str>,
    #[serde(borrow)]
    pub(super) at: Cow<'a, str>,
    /// Kept as text: a reader of JSON may be off by the last bit of a double.
    #[serde(borrow)]
    pub(super) value: &'a RawValue,
    #[serde(default)]
    pub(super) quality: Option<String>,
    #[serde(borrow)]
    pub(super) received_at: Cow<'a, str>,
    /// The order of the lines says as much.
    #[serde(default)]
    #[serde(rename = "revision")]
    pub(super) _revision: Option<u32>,
    #[serde(default)]
    pub(super) flags: Vec<String>,
}

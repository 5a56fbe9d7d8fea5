//! Quarantined items as JSON, and the query for them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::{Problem, Trouble, page_limit};
use crate::park::{EnterpriseCode, GatewayNo, Roster};
use crate::store::{QuarantineFilter, QuarantineNo, Quarantined};

/// The query.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct Asked {
    gateway: Option<String>,
    code: Option<String>,
    replayed: Option<bool>,
    limit: Option<usize>,
    cursor: Option<String>,
}

impl Asked {
    /// The gateway asked for; one out of sight is not there.
    pub(super) fn gateway(
        &self,
        roster: &Roster,
        sight: &BTreeSet<EnterpriseCode>,
    ) -> Result<Option<GatewayNo>, Problem> {
        let Some(id) = &self.gateway else {
            return Ok(None);
        };
        let known = roster.find_gateway(id);
        let mine = known.filter(|gateway| sight.contains(&gateway.enterprise));
        mine.map(|gateway| Some(gateway.number))
            .ok_or_else(Problem::not_found)
    }

    /// The rest of the query.
    pub(super) fn filter(&self) -> Result<QuarantineFilter, Problem> {
        let refuse = |words: String| Problem::new(Trouble::BadRequest, words);
        let code = self.code.as_deref().map(str::parse).transpose();
        let after = self.cursor.as_deref().map(str::parse).transpose();
        Ok(QuarantineFilter {
            code: code.map_err(|fault: crate::reading::UnknownCode| refuse(fault.to_string()))?,
            replayed: self.replayed,
            after: after
                .map_err(|_no_number| refuse("cursor is `next` of the page before".to_owned()))?
                .map(QuarantineNo::new),
            limit: page_limit(self.limit)?,
            ..QuarantineFilter::default()
        })
    }
}

/// A page of items.
#[derive(Serialize, ToSchema)]
#[schema(as = QuarantinePage)]
pub(in crate::http) struct Page {
    items: Vec<Item>,
    /// The cursor of the next page; null on the last.
    next: Option<String>,
}

/// One part of a message that was set aside.
#[derive(Serialize, ToSchema)]
#[schema(as = QuarantinedItem)]
pub(in crate::http) struct Item {
    number: u64,
    gateway: Option<String>,
    epoch: Option<u64>,
    seq: Option<u64>,
    received_at: String,
    /// A code of the contract.
    code: &'static str,
    /// What exactly, and what to do.
    detail: String,
    /// Which reading of the message, from 0; null for the message as a whole.
    index: Option<u32>,
    /// How many values it counts as.
    values: u32,
    /// Length of the raw bytes.
    bytes: u64,
    /// SHA-256 of the raw bytes.
    digest: String,
    /// Whether the raw bytes are kept.
    kept: bool,
    /// When it was taken in later, if it was.
    replayed_at: Option<String>,
}

/// `GET /api/v1/quarantine/{number}`: an item with what was sent.
#[derive(Serialize, ToSchema)]
#[schema(as = QuarantinedWhole)]
pub(in crate::http) struct Whole {
    #[serde(flatten)]
    item: Item,
    /// What was sent, as text; null if it is not kept.
    raw: Option<String>,
    /// Whether some of its bytes are no text and are shown as `\u{fffd}`.
    raw_is_damaged: bool,
}

impl Whole {
    pub(super) fn of(item: &Quarantined, roster: &Roster, raw: Option<Vec<u8>>) -> Self {
        let text = raw.map(|raw| String::from_utf8_lossy(&raw).into_owned());
        Self {
            item: Item::of(item, roster),
            raw_is_damaged: text.as_ref().is_some_and(|text| text.contains('\u{fffd}')),
            raw: text,
        }
    }
}

impl Page {
    pub(super) fn of(found: &[Quarantined], roster: &Roster, more: bool) -> Self {
        let last = found.last().filter(|_| more);
        Self {
            items: found.iter().map(|item| Item::of(item, roster)).collect(),
            next: last.map(|last| last.number.get().to_string()),
        }
    }
}

impl Item {
    fn of(item: &Quarantined, roster: &Roster) -> Self {
        let gateway = roster.gateway_numbered(item.gateway);
        let replayed_at = item.replayed.as_ref().map(|replayed| replayed.replayed_at);
        Self {
            number: item.number.get(),
            gateway: gateway.map(|gateway| gateway.id.to_string()),
            epoch: item.epoch,
            seq: item.seq,
            received_at: item.received_at.to_string(),
            code: item.code.as_str(),
            detail: item.detail.clone(),
            index: item.index,
            values: item.values,
            bytes: item.bytes,
            digest: hex::encode(item.digest),
            kept: item.kept,
            replayed_at: replayed_at.map(|at| at.to_string()),
        }
    }
}

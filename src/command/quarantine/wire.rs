//! What `quarantine … --json` prints.

use serde::Serialize;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::command::Context;
use crate::jobs::replay::Became;
use crate::store::Quarantined;

/// One item.
#[derive(Serialize)]
pub(super) struct Item {
    number: u64,
    gateway: String,
    epoch: Option<u64>,
    seq: Option<u64>,
    received_at: String,
    index: Option<u32>,
    code: &'static str,
    detail: String,
    values: u32,
    bytes: u64,
    sha256: String,
    kept: bool,
    replayed: Option<Note>,
}

/// Who took it in.
#[derive(Serialize)]
struct Note {
    who: String,
    how: String,
    replayed_at: String,
}

/// One item with its bytes, as text where they are text.
#[derive(Serialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    item: Item,
    raw: Option<String>,
    raw_base64: Option<String>,
}

/// What became of one item.
#[derive(Serialize)]
pub(super) struct Outcome {
    number: u64,
    became: &'static str,
    values_kept: u64,
    values_set_aside: u64,
    code: Option<&'static str>,
    detail: Option<String>,
}

/// What became of all.
#[derive(Serialize)]
pub(super) struct Summary {
    pub(super) items_taken: u64,
    pub(super) items_left: u64,
    pub(super) values_kept: u64,
    pub(super) values_set_aside: u64,
    pub(super) dry_run: bool,
    pub(super) items: Vec<Outcome>,
}

/// The id of the gateway that an item came from.
pub(super) fn gateway_name(item: &Quarantined, context: &Context<'_>) -> String {
    let roster = context.parts.registry.directory().current();
    let known = roster.gateway_numbered(item.gateway);
    known.map_or_else(
        || format!("#{}", item.gateway.get()),
        |gateway| gateway.id.to_string(),
    )
}

impl Item {
    pub(super) fn of(item: &Quarantined, context: &Context<'_>) -> Self {
        Self {
            number: item.number.get(),
            gateway: gateway_name(item, context),
            epoch: item.epoch,
            seq: item.seq,
            received_at: item.received_at.to_string(),
            index: item.index,
            code: item.code.as_str(),
            detail: item.detail.clone(),
            values: item.values,
            bytes: item.bytes,
            sha256: hex::encode(item.digest),
            kept: item.kept,
            replayed: item.replayed.as_ref().map(|note| Note {
                who: note.who.clone(),
                how: note.how.clone(),
                replayed_at: note.replayed_at.to_string(),
            }),
        }
    }
}

impl Shown {
    pub(super) fn of(item: &Quarantined, raw: Option<&[u8]>, context: &Context<'_>) -> Self {
        let text = raw.and_then(|raw| std::str::from_utf8(raw).ok());
        let no_text = raw.filter(|_| text.is_none());
        Self {
            item: Item::of(item, context),
            raw: text.map(str::to_owned),
            raw_base64: no_text.map(|raw| STANDARD.encode(raw)),
        }
    }
}

impl Outcome {
    pub(super) fn of(item: &Quarantined, became: &Became) -> Self {
        let mut outcome = Self {
            number: item.number.get(),
            became: "taken",
            values_kept: 0,
            values_set_aside: 0,
            code: None,
            detail: None,
        };
        match became {
            Became::Taken { kept, set_aside } => {
                outcome.values_kept = *kept;
                outcome.values_set_aside = *set_aside;
            }
            Became::Refused { code, detail } => {
                outcome.became = "refused";
                outcome.code = Some(code.as_str());
                outcome.detail = Some(detail.clone());
            }
            Became::NotKept => outcome.became = "not_kept",
            Became::Cut => outcome.became = "cut",
            Became::Before => outcome.became = "taken_before",
        }
        outcome
    }
}

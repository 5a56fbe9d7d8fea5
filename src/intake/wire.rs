//! What the sender is told of a message that was not taken whole (contract.md 2, `…/refusals`).

use serde::Serialize;

use crate::reading::SetAside;
use crate::reading::Taken;

/// The parts that are listed one by one: clients often refuse packets above 10 KiB.
const LISTED: usize = 32;

#[derive(Serialize)]
struct Refusals<'a> {
    epoch: Option<u64>,
    seq: Option<u64>,
    code: &'a str,
    detail: &'a str,
    readings: Vec<RefusedPart<'a>>,
}

#[derive(Serialize)]
struct RefusedPart<'a> {
    index: u32,
    code: &'a str,
    detail: &'a str,
}

/// The payload for `…/refusals`: code and detail of the message, or of its first part set aside,
/// and the first 32 parts under `readings`. `None` if all of it was taken.
#[must_use]
pub fn refusals(taken: &Taken) -> Option<String> {
    let first = taken.set_aside.first()?;
    let parts = taken.set_aside.iter().filter_map(part);
    let refusals = Refusals {
        epoch: taken.epoch,
        seq: taken.seq,
        code: first.code.as_str(),
        detail: &first.detail,
        readings: parts.take(LISTED).collect(),
    };
    serde_json::to_string(&refusals).ok()
}

fn part(set_aside: &SetAside) -> Option<RefusedPart<'_>> {
    Some(RefusedPart {
        index: set_aside.index?,
        code: set_aside.code.as_str(),
        detail: &set_aside.detail,
    })
}

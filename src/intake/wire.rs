//! What the sender is told of a message that was not taken whole (contract.md 2, `…/refusals`).

use serde::Serialize;

use crate::reading::SetAside;
use crate::reading::Taken;

/// The parts of one message: clients often refuse packets above 10 KiB.
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

/// The payloads for `…/refusals`: code and detail of the message, or of the first part that is
/// listed, and at most 32 parts under `readings`; as many payloads as that takes. None if all of it
/// was taken.
#[must_use]
pub fn refusals(taken: &Taken) -> Vec<String> {
    let payload = |parts: &[SetAside]| {
        let first = parts.first()?;
        let refusals = Refusals {
            epoch: taken.epoch,
            seq: taken.seq,
            code: first.code.as_str(),
            detail: &first.detail,
            readings: parts.iter().filter_map(part).collect(),
        };
        serde_json::to_string(&refusals).ok()
    };
    taken.set_aside.chunks(LISTED).filter_map(payload).collect()
}

fn part(set_aside: &SetAside) -> Option<RefusedPart<'_>> {
    Some(RefusedPart {
        index: set_aside.index?,
        code: set_aside.code.as_str(),
        detail: &set_aside.detail,
    })
}

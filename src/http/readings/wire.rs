//! The answer to a message that was taken.

use serde::Serialize;
use utoipa::ToSchema;

use crate::ingest::Posted;
use crate::reading::SetAside;

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

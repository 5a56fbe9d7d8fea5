//! Proposals, and what comes out of a wish, as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use crate::access::{AccountName, Office};
use crate::store::registry::{self, Token};

/// A page of proposals.
#[derive(Serialize, ToSchema)]
#[schema(as = ProposalPage)]
pub(in crate::http) struct Page {
    items: Vec<Proposal>,
    next: Option<String>,
}

/// What waits for another administrator.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Proposal {
    number: i64,
    /// As the audit log has it: `person.add`, `person.reset`, `person.end`, `grant.add`, `grant.end`.
    action: &'static str,
    account: String,
    /// The office it is about; null: none.
    role: Option<&'static str>,
    scope: Option<String>,
    asked_by: String,
    asked_at: String,
    expires_at: String,
}

/// What was done to an account.
#[derive(Serialize, ToSchema)]
#[schema(as = GivenPassword)]
pub(in crate::http) struct Given {
    account: String,
    /// Changed at the first sign-in; shown this once. Null: none came out of it.
    password: Option<String>,
}

impl Page {
    pub(super) fn of(page: &registry::Page<registry::Proposal, i64>) -> Self {
        Self {
            items: page.entries.iter().map(Proposal::of).collect(),
            next: page.next.map(|number| number.to_string()),
        }
    }
}

impl Proposal {
    pub(in crate::http) fn of(kept: &registry::Proposal) -> Self {
        let office = kept.wish.office();
        Self {
            number: kept.number,
            action: kept.wish.action(),
            account: kept.account.to_string(),
            role: office.map(Office::role),
            scope: office.map(|office| office.scope().to_owned()),
            asked_by: kept.asked_by.clone(),
            asked_at: kept.asked_at.to_string(),
            expires_at: kept.expires_at.to_string(),
        }
    }
}

impl Given {
    pub(in crate::http) fn of(account: &AccountName, password: Option<&Token>) -> Self {
        Self {
            account: account.to_string(),
            password: password.map(|one| one.reveal().to_owned()),
        }
    }
}

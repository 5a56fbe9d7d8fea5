//! Tokens of gateways as JSON: how they stand, and a new one this once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::calendar::Moment;
use crate::http::{Problem, Trouble};
use crate::park::{EnterpriseCode, GatewayId};
use crate::store::registry::{self, GatewayEntry, GatewayState, Token};

/// `POST /api/v1/credentials`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewGateway {
    /// The id, unique in the installation.
    gateway: String,
    /// Whose, by the social credit code.
    enterprise: String,
}

/// A page of gateways with how their tokens stand.
#[derive(Serialize, ToSchema)]
#[schema(as = CredentialPage)]
pub(in crate::http) struct Page {
    items: Vec<Credential>,
    /// The cursor of the next page; null on the last.
    next: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct Credential {
    gateway: String,
    enterprise: String,
    /// `admitted` or `revoked`.
    state: &'static str,
    registered_at: String,
    /// How many tokens count now: 2 during a rotation.
    tokens: u32,
    /// When the newest of them was given.
    token_at: Option<String>,
    /// Until when an older one goes on beside it.
    old_until: Option<String>,
}

/// A token, shown this once.
#[derive(Serialize, ToSchema)]
#[schema(as = GivenToken)]
pub(in crate::http) struct Given {
    gateway: String,
    /// Shown this once; it is not kept.
    token: String,
    /// The first instant at which it no longer counts; null: until it is renewed or revoked.
    until: Option<String>,
}

impl NewGateway {
    pub(super) fn read(&self) -> Result<(GatewayId, EnterpriseCode), Problem> {
        let unreadable = |words: String| Problem::new(Trouble::BadRequest, words);
        let gateway = self.gateway.trim().parse::<GatewayId>();
        let enterprise = self.enterprise.trim().parse::<EnterpriseCode>();
        Ok((
            gateway.map_err(|cause| unreadable(cause.to_string()))?,
            enterprise.map_err(|cause| unreadable(cause.to_string()))?,
        ))
    }
}

impl Page {
    pub(super) fn of(page: &registry::Page<GatewayEntry, GatewayId>) -> Self {
        Self {
            items: page.entries.iter().map(Credential::of).collect(),
            next: page.next.as_ref().map(ToString::to_string),
        }
    }
}

impl Credential {
    fn of(entry: &GatewayEntry) -> Self {
        let text = |at: Option<Moment>| at.map(|at| at.to_string());
        Self {
            gateway: entry.gateway.to_string(),
            enterprise: entry.enterprise.to_string(),
            state: match entry.state {
                GatewayState::Admitted => "admitted",
                GatewayState::Revoked => "revoked",
            },
            registered_at: entry.registered_at.to_string(),
            tokens: entry.tokens,
            token_at: text(entry.token_at),
            old_until: text(entry.old_until),
        }
    }
}

impl Given {
    pub(super) fn of(gateway: &GatewayId, token: &Token, until: Option<Moment>) -> Self {
        Self {
            gateway: gateway.to_string(),
            token: token.reveal().to_owned(),
            until: until.map(|at| at.to_string()),
        }
    }
}

//! Gateways as JSON.

use serde::Serialize;

use crate::park::{EnterpriseCode, GatewayId};
use crate::store::registry::{GatewayEntry, GatewayState, Token};

/// A new credential (contract.md 5, `gateway add`).
#[derive(Serialize)]
pub(super) struct Credential<'a> {
    gateway: &'a str,
    enterprise: &'a str,
    token: &'a str,
}

impl<'a> Credential<'a> {
    pub(super) fn of(
        gateway: &'a GatewayId,
        enterprise: &'a EnterpriseCode,
        token: &'a Token,
    ) -> Self {
        Self {
            gateway: gateway.as_str(),
            enterprise: enterprise.as_str(),
            token: token.reveal(),
        }
    }
}

/// A gateway whose credentials ended.
#[derive(Serialize)]
pub(super) struct Revoked<'a> {
    gateway: &'a str,
    state: &'static str,
}

impl<'a> Revoked<'a> {
    pub(super) fn of(gateway: &'a GatewayId) -> Self {
        Self {
            gateway: gateway.as_str(),
            state: "revoked",
        }
    }
}

/// A gateway as listed.
#[derive(Serialize)]
pub(super) struct Entry<'a> {
    gateway: &'a str,
    enterprise: &'a str,
    registered_at: String,
    state: &'static str,
    tokens: u32,
}

impl<'a> Entry<'a> {
    pub(super) fn of(entry: &'a GatewayEntry) -> Self {
        Self {
            gateway: entry.gateway.as_str(),
            enterprise: entry.enterprise.as_str(),
            registered_at: entry.registered_at.to_string(),
            state: match entry.state {
                GatewayState::Admitted => "admitted",
                GatewayState::Revoked => "revoked",
            },
            tokens: entry.tokens,
        }
    }
}

//! Gateways as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use crate::ingest::Presence;
use crate::park;
use crate::store;

/// A page of gateways.
#[derive(Serialize, ToSchema)]
#[schema(as = GatewayPage)]
pub(in crate::http) struct Page {
    items: Vec<Gateway>,
    /// The cursor of the next page; null on the last.
    next: Option<String>,
}

/// One gateway, without its credential.
#[derive(Serialize, ToSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "fields are named as they are sent"
)]
pub(in crate::http) struct Gateway {
    gateway: String,
    enterprise: String,
    /// Open MQTT connections.
    connections: usize,
    /// What it last said on `…/status`: `online` or `offline`; null since the start of the server.
    status: Option<&'static str>,
    /// When it said so.
    status_at: Option<String>,
    /// Everything of its newest epoch up to this message is on disk.
    receipt: Option<Receipt>,
}

/// How far a gateway's messages are safe.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Receipt {
    epoch: u64,
    durable_seq: u64,
}

impl Page {
    pub(super) fn of(items: Vec<Gateway>, more: bool) -> Self {
        let last = items.last().filter(|_| more);
        let next = last.map(|last| last.gateway.clone());
        Self { items, next }
    }
}

impl Gateway {
    pub(super) fn of(
        gateway: &park::Gateway,
        presence: Option<&Presence>,
        receipt: Option<store::Receipt>,
    ) -> Self {
        let said = presence.and_then(|presence| presence.said);
        Self {
            gateway: gateway.id.to_string(),
            enterprise: gateway.enterprise.to_string(),
            connections: presence.map_or(0, |presence| presence.connections),
            status: said.map(|said| if said.online { "online" } else { "offline" }),
            status_at: said.map(|said| said.at.to_string()),
            receipt: receipt.map(|receipt| Receipt {
                epoch: receipt.epoch,
                durable_seq: receipt.durable_seq,
            }),
        }
    }
}

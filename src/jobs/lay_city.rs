//! Lays a made-up city into the registry and the store by the ordinary ways in: `import` for what
//! is registered, `intake` and the log for what was measured, under the city's own clock. Doing it
//! again after a crash does no harm: what is there counts as known or as duplicate.

use crate::access::Principal;
use crate::calendar::{Day, Moment};
use crate::demo::City;
use crate::indicator::Catalogue;
use crate::intake::{self, Context, Limits};
use crate::park::outline::{CityBox, Crs};
use crate::park::{EnterpriseCode, GatewayId, IdRefused};
use crate::reading::{Purpose, Taken};
use crate::store::registry::{Mode, Registry, RegistryFault, Token};
use crate::store::{Append, AppendRefused};

use super::import::{self, Given, Kind};

/// Messages handed to the store at once, and so synced at once.
const SHEAF: usize = 2048;

/// Why a city was not laid, or not all of it. Laying it again goes on.
#[derive(Debug, thiserror::Error)]
pub enum LayFailed {
    /// The registry failed.
    #[error("the registry took no more")]
    Registry(#[from] RegistryFault),
    /// The store failed.
    #[error("the store took no more")]
    Store(#[from] AppendRefused),
    /// The import refused a file of ours.
    #[error("the made-up file `{kind}` was refused: {fault}")]
    File {
        /// What it would have been imported as.
        kind: &'static str,
        /// The first fault.
        fault: String,
    },
    /// A made-up id is none.
    #[error("a made-up id was refused")]
    Id(#[from] IdRefused),
}

/// Where a city is laid.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// Who is where.
    pub registry: &'a Registry,
    /// The way into the store.
    pub append: &'a dyn Append,
    /// What can be measured.
    pub catalogue: &'a Catalogue,
    /// The limits of a message.
    pub limits: &'a Limits,
    /// Who lays it.
    pub who: &'a Principal,
}

/// Registers parks to statements, and the gateways; their tokens, in the city's order.
///
/// # Errors
/// See [`LayFailed`].
pub async fn register_city(city: &City, ground: &Ground<'_>) -> Result<Vec<Token>, LayFailed> {
    let mut tokens = Vec::new();
    for file in city.files() {
        let kind: Kind = file.kind.parse().map_err(|_unknown| LayFailed::File {
            kind: file.kind,
            fault: "there is no such kind".to_owned(),
        })?;
        // Meters name their gateways.
        if kind == Kind::Meters {
            tokens = add_gateways(city, ground).await?;
        }
        let given = Given {
            catalogue: ground.catalogue,
            crs: Some(Crs::Wgs84),
            // The made-up city has its own place, wherever the installation is.
            city: CityBox::KUNSHAN,
            limits: import::Limits::default(),
            name: Some("demo"),
            picks: &import::UNSAID,
            progress: import::Progress::NONE,
        };
        let bytes = file.text.as_bytes();
        let report = import::import(
            ground.registry,
            ground.who,
            kind,
            bytes,
            &given,
            Mode::Apply,
        )
        .await?;
        if let Some(fault) = report.faults.told().first() {
            return Err(LayFailed::File {
                kind: file.kind,
                fault: fault.to_string(),
            });
        }
    }
    Ok(tokens)
}

async fn add_gateways(city: &City, ground: &Ground<'_>) -> Result<Vec<Token>, LayFailed> {
    let mut tokens = Vec::with_capacity(city.gateways().len());
    for gateway in city.gateways() {
        let id: GatewayId = gateway.id.parse()?;
        let enterprise: EnterpriseCode = gateway.enterprise.parse()?;
        let added = ground
            .registry
            .add_gateway(ground.who, &id, &enterprise)
            .await;
        tokens.push(match added {
            Err(RegistryFault::GatewayTaken(_)) => {
                ground.registry.rotate_gateway(ground.who, &id).await?
            }
            added => added?,
        });
    }
    Ok(tokens)
}

/// Sends the history until `until` through `intake` into the store; `progress` hears of each new
/// day. Returns the number of messages, all of them synced.
///
/// # Errors
/// See [`LayFailed`].
pub async fn send_history(
    city: &City,
    until: Moment,
    ground: &Ground<'_>,
    mut progress: impl FnMut(Day),
) -> Result<u64, LayFailed> {
    let roster = ground.registry.directory().current();
    let (mut messages, mut day) = (0, None);
    let mut sheaf: Vec<Taken> = Vec::with_capacity(SHEAF);
    let mut last = None;
    for sent in city.history(until) {
        let Some(gateway) = roster.find_gateway(sent.gateway) else {
            continue;
        };
        let context = Context {
            roster: &roster,
            catalogue: ground.catalogue,
            limits: ground.limits,
            gateway,
            purpose: Purpose::Ledger,
            received_at: sent.received_at,
            unpromised: false,
            amendment: None,
        };
        sheaf.push(intake::take_in(sent.payload.as_bytes(), &context));
        messages += 1;
        if sheaf.len() == SHEAF {
            last = Some(ground.append.submit(std::mem::take(&mut sheaf)).await?);
        }
        if day.replace(Day::of(sent.received_at)) != Some(Day::of(sent.received_at)) {
            progress(Day::of(sent.received_at));
        }
    }
    if !sheaf.is_empty() {
        last = Some(ground.append.submit(sheaf).await?);
    }
    // Batches are committed in order: the last one carries all before it.
    if let Some(commit) = last {
        commit.synced().await?;
    }
    Ok(messages)
}

//! `GET /api/v1/today`: what needs an operator besides what `arrival` tells: values beyond what is
//! physically possible, and values that contradict one that counts already (contract.md C3).
//!
//! Of one's own enterprise, of an operator's parks, of all for the bureau (contract.md 6, "safety
//! alarms"). Knows how to find them; how a value is judged is `intake`'s and the catalogue's.

pub(super) mod beyond;
mod conflicts;
mod wire;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter};
use crate::calendar::Moment;

use super::{Asked, Asker, Desk, Problem, Right, Routes, firms_in_sight, off_thread};

use beyond::Beyond;
use conflicts::Conflict;

pub(super) fn routes() -> Routes {
    let right = Right::Row(Matter::Safety, Action::Read);
    Routes::default().get("/api/v1/today", right, today)
}

/// All that is answered.
struct Today {
    as_of: Moment,
    from: Moment,
    beyond: Vec<Beyond>,
    conflicts: Vec<Conflict>,
}

/// Values beyond the limits of their indicator, and values in conflict.
#[utoipa::path(
    get,
    path = "/api/v1/today",
    operation_id = "today",
    params(wire::Asked),
    responses((status = 200, body = wire::Answer, description = "the newest first"))
)]
pub(super) async fn today(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Json<wire::Answer>, Problem> {
    let park = asked.park()?;
    let firms = firms_in_sight(&desk, &who, None, park.as_ref()).await?;
    if firms.is_empty() && park.is_some() {
        return Err(Problem::not_found());
    }
    let now = desk.clock.now();
    let roster = desk.registry.directory().current();
    let gateways: Vec<_> = roster
        .gateways()
        .filter(|gateway| firms.contains_key(&gateway.enterprise))
        .cloned()
        .collect();
    let (engine, catalogue) = (Arc::clone(&desk.engine), Arc::clone(&desk.catalogue));
    let today = off_thread(move || {
        Ok(Today {
            as_of: now,
            from: beyond::from(now),
            beyond: beyond::find(&*engine, &catalogue, &gateways, now)?,
            conflicts: conflicts::find(&*engine, &roster, &gateways, now)?,
        })
    });
    let today = today.await?;
    Ok(Json(wire::Answer::of(&today, &firms, &desk.catalogue)))
}

//! `GET /api/v1/ledgers/{enterprise}/time_of_use`: what an enterprise used of electricity in a month by
//! the slots of the plan (尖峰平谷深谷), what that costs by the price table, and its demand.
//!
//! Made of readings on request, so that it follows every one of them; cut by the row of series
//! (contract.md 6). A price is public and says nothing of anybody.

mod wire;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter};
use crate::jobs::time_of_use::{self, Ground};
use crate::park::EnterpriseCode;

use super::figures::unavailable;
use super::{Asked, Asker, Checked, Desk, Problem, Right, Routes};

/// What counts electricity that came in.
const REGISTER: &str = "kwh_register";

pub(super) fn routes() -> Routes {
    let right = Right::Row(Matter::Series, Action::Read);
    Routes::default().big("/api/v1/ledgers/{enterprise}/time_of_use", right, timed)
}

/// A month of electricity by slots, with cost and demand.
#[utoipa::path(
    get,
    path = "/api/v1/ledgers/{enterprise}/time_of_use",
    operation_id = "time_of_use",
    params(("enterprise" = String, Path, description = "the social credit code"), wire::Query),
    responses((status = 200, body = wire::Answer, description = "what lies in each slot; no slots where nothing is metered"))
)]
pub(super) async fn timed(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Checked(code): Checked<EnterpriseCode>,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::Answer>, Problem> {
    // Whether the enterprise is there for the asker comes first: a month says nothing about it.
    let now = desk.clock.now();
    let known = desk.registry.find_enterprise(&who, &code, now).await;
    let known = known.map_err(unavailable)?.ok_or_else(Problem::not_found)?;
    if !who.may_read_series(&code, &known.park) {
        return Err(Problem::not_found());
    }
    let month = query.month()?;
    let indicator = desk.catalogue.find(REGISTER);
    let indicator = indicator.ok_or_else(Problem::not_found)?;
    let ground = Ground {
        registry: desk.registry.clone(),
        engine: Arc::clone(&desk.engine),
        tariffs: Arc::clone(&desk.settings.tariffs),
    };
    let of = (&code, indicator.number);
    let timed = time_of_use::time_of_use(&ground, of, month, now).await;
    let timed = timed.map_err(unavailable)?;
    let of = wire::Asked {
        enterprise: &known,
        month,
        as_of: now,
        indicator,
        tariffs: &ground.tariffs,
    };
    Ok(Json(wire::Answer::of(&of, &timed)))
}

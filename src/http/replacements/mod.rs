//! `/api/v1/meters/{meter}/replacements`: exchanged registers of one meter (换表), told of by a form as
//! `parkpulse import replacements` does by a file. What the ledger would say is tried first, which
//! keeps nothing; the enterprise and its park may tell of it, with a reason that goes into the log.

mod wire;

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;

use crate::access::{Action, Matter, Object, Principal, may};
use crate::indicator::Kind;
use crate::jobs::rehearse;
use crate::jobs::suspects::Ground;
use crate::park::{Enterprise, MeterId, Replacement};
use crate::store::registry::{Errand, MeterHistory, SeriesKey};

use super::figures::unavailable;
use super::{
    Asked, Asker, Checked, Desk, Problem, Right, Routes, Trouble, firms_in_sight, json_body,
};

/// More than a replacement has.
const BODY_BYTES_MAX: usize = 4096;

pub(super) fn routes() -> Routes {
    let read = Right::Row(Matter::Series, Action::Read);
    let write = Right::Row(Matter::Aside, Action::Write);
    Routes::default()
        .get("/api/v1/meters/{meter}/replacements", read, list)
        .get("/api/v1/meters/{meter}/replacements/try", write, rehearsal)
        .post("/api/v1/meters/{meter}/replacements", write, replace)
}

/// Exchanged registers of one meter, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/meters/{meter}/replacements",
    operation_id = "replacements",
    params(("meter" = String, Path, description = "the id of the meter")),
    responses((status = 200, body = wire::Answer, description = "and the registers that can be exchanged"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Checked(meter): Checked<MeterId>,
) -> Result<Json<wire::Answer>, Problem> {
    let history = desk.registry.find_meter_history(&who, &meter).await;
    let history = history.map_err(unavailable)?;
    let history = history.ok_or_else(Problem::not_found)?;
    let firm = firm_of(&desk, &who, &meter).await?;
    let may = may_tell(&who, &firm);
    Ok(Json(wire::Answer::of(&desk, &meter, &history, may)))
}

/// What the ledger would say of the month if a register had been exchanged so.
#[utoipa::path(
    get,
    path = "/api/v1/meters/{meter}/replacements/try",
    operation_id = "try_replacement",
    params(("meter" = String, Path, description = "the id of the meter"), wire::Tried),
    responses((status = 200, body = wire::Rehearsed, description = "the month as it is and as it would be; nothing is kept"))
)]
pub(super) async fn rehearsal(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Checked(meter): Checked<MeterId>,
    Asked(asked): Asked<wire::Tried>,
) -> Result<Json<wire::Rehearsed>, Problem> {
    let new = wire::Written::tried(asked);
    let (key, replacement, _) = read(&desk, &who, &meter, &new).await?;
    let ground = Ground {
        registry: desk.registry.clone(),
        engine: Arc::clone(&desk.engine),
    };
    let rehearsed = rehearse::replacement(&ground, key, &replacement).await;
    let rehearsed = rehearsed.map_err(unavailable)?;
    let rehearsed = rehearsed.ok_or_else(|| {
        let detail = "the meter's rows and replacements contradict each other then";
        Problem::new(Trouble::Conflict, detail)
    })?;
    let indicator = desk.catalogue.numbered(key.indicator);
    let indicator = indicator.ok_or_else(Problem::not_found)?;
    Ok(Json(wire::Rehearsed::of(&rehearsed, indicator)))
}

/// Tells that a register was exchanged.
#[utoipa::path(
    post,
    path = "/api/v1/meters/{meter}/replacements",
    operation_id = "replace_meter",
    params(("meter" = String, Path, description = "the id of the meter")),
    request_body = wire::Written,
    responses((status = 200, body = wire::Answer, description = "kept; the ledger follows"), (status = 409, description = "it does not go with what is registered: nothing was kept"))
)]
pub(super) async fn replace(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(meter): Checked<MeterId>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<wire::Answer>, Problem> {
    let new: wire::Written = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let (_, replacement, firm) = read(&desk, &who, &meter, &new).await?;
    let registry = desk.registry.on(&errand);
    let laid = registry
        .lay_replacement(&who, (&firm.code, &firm.park), &replacement)
        .await
        .map_err(unavailable)?;
    if let Some(objection) = laid.objections.first() {
        let detail = objection.what.to_string();
        return Err(Problem::new(Trouble::Conflict, detail));
    }
    let history = desk.registry.find_meter_history(&who, &meter).await;
    let history = history.map_err(unavailable)?;
    let history = history.ok_or_else(Problem::not_found)?;
    Ok(Json(wire::Answer::of(&desk, &meter, &history, true)))
}

/// What was written, of a meter that `who` may tell of.
async fn read(
    desk: &Desk,
    who: &Principal,
    meter: &MeterId,
    new: &wire::Written,
) -> Result<(SeriesKey, Replacement, Enterprise), Problem> {
    let firm = firm_of(desk, who, meter).await?;
    if !may_tell(who, &firm) {
        return Err(Problem::not_found());
    }
    let history = desk.registry.find_meter_history(who, meter).await;
    let history: MeterHistory = history
        .map_err(unavailable)?
        .ok_or_else(Problem::not_found)?;
    let indicator = desk.catalogue.find(&new.indicator);
    let indicator = indicator.filter(|one| one.kind == Kind::Register);
    let number = indicator.map(|one| one.number);
    let mut rows = history.rows.iter().rev();
    let row = rows.find(|row| Some(row.indicator) == number);
    let row = row.ok_or_else(|| {
        let detail = "indicator names no register of this meter";
        Problem::new(Trouble::BadRequest, detail)
    })?;
    let replacement = new.read(meter, row, desk.clock.now())?;
    let roster = desk.registry.directory().current();
    let known = roster.find_meter(meter.as_str());
    let key = SeriesKey {
        meter: known.ok_or_else(Problem::not_found)?.number,
        indicator: row.indicator,
    };
    Ok((key, replacement, firm))
}

/// Whose meter it is, if `who` may look at it.
async fn firm_of(desk: &Desk, who: &Principal, meter: &MeterId) -> Result<Enterprise, Problem> {
    let roster = desk.registry.directory().current();
    let known = roster.find_meter(meter.as_str());
    let known = known.ok_or_else(Problem::not_found)?;
    let mut firms = firms_in_sight(desk, who, Some(&known.enterprise), None).await?;
    let firm = firms.remove(&known.enterprise);
    firm.ok_or_else(Problem::not_found)
}

fn may_tell(who: &Principal, firm: &Enterprise) -> bool {
    let object = Object {
        matter: Matter::Aside,
        enterprise: Some(&firm.code),
        park: Some(&firm.park),
    };
    may(who, Action::Write, &object).is_allowed()
}

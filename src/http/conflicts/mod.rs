//! `/api/v1/conflicts`: values that contradict one that counts (contract.md C3), side by side, and the
//! decision which of them counts. A decision lies over what was kept and rewrites nothing; the ledger
//! recomputes the day it touches (contract.md 4).

mod find;
pub(super) mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;

use crate::access::{Action, Matter, Object, Principal, may};
use crate::calendar::Period;
use crate::park::MeterNo;
use crate::store::Decision;
use crate::store::registry::Errand;

use super::figures::unavailable;
use super::{
    Asked, Asker, Desk, Problem, Right, Routes, Trouble, firms_in_sight, json_body, off_thread,
};

use find::{Conflict, Ground};

/// More than a decision has.
const BODY_BYTES_MAX: usize = 4096;
/// How long one decision waits for those before it.
const TURN_WITHIN: Duration = Duration::from_secs(5);

pub(super) fn routes() -> Routes {
    let read = Right::Row(Matter::Series, Action::Read);
    let write = Right::Row(Matter::Aside, Action::Write);
    Routes::default().get("/api/v1/conflicts", read, list).post(
        "/api/v1/conflicts/decide",
        write,
        decide,
    )
}

/// Values in conflict of the last days, those that wait for a decision first.
#[utoipa::path(
    get,
    path = "/api/v1/conflicts",
    operation_id = "conflicts",
    params(wire::Asked),
    responses((status = 200, body = wire::Answer, description = "each with all its values"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Json<wire::Answer>, Problem> {
    let (enterprise, park, days) = (asked.enterprise()?, asked.park()?, asked.days()?);
    let firms = firms_in_sight(&desk, &who, enterprise.as_ref(), park.as_ref()).await?;
    if firms.is_empty() && (park.is_some() || enterprise.is_some()) {
        return Err(Problem::not_found());
    }
    let roster = desk.registry.directory().current();
    let now = desk.clock.now();
    let ground = Ground {
        gateways: roster
            .gateways()
            .filter(|one| firms.contains_key(&one.enterprise))
            .cloned()
            .collect(),
        now,
        days,
    };
    let engine = Arc::clone(&desk.engine);
    let found = off_thread(move || find::find(&*engine, &roster, &ground)).await?;
    let mut decides = BTreeMap::new();
    for (code, firm) in &firms {
        decides.insert(code.clone(), may_decide(&who, code, &firm.park));
    }
    let answer = wire::Answer::of(&found, (&firms, &decides), &desk.catalogue, now);
    Ok(Json(answer))
}

fn may_decide(
    who: &Principal,
    enterprise: &crate::park::EnterpriseCode,
    park: &crate::park::ParkId,
) -> bool {
    let object = Object {
        matter: Matter::Aside,
        enterprise: Some(enterprise),
        park: Some(park),
    };
    may(who, Action::Write, &object).is_allowed()
}

/// Decides which of the values of a key counts, or that none does.
#[utoipa::path(
    post,
    path = "/api/v1/conflicts/decide",
    operation_id = "decide_conflict",
    request_body = wire::Decide,
    responses((status = 200, body = wire::Decided, description = "decided; the ledger follows"), (status = 404, description = "no such conflict, or not theirs"), (status = 409, description = "somebody decided since"))
)]
pub(super) async fn decide(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<wire::Decided>, Problem> {
    let asked: wire::Decide = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let (at, reason) = (asked.at()?, asked.reason()?);
    let (meter, number) = meter_of(&desk, &who, &asked.meter).await?;
    let indicator = desk.catalogue.find(&asked.indicator);
    let indicator = indicator.ok_or_else(Problem::not_found)?.number;
    let period = Period::new(at, at.plus_ms(1)).ok_or_else(Problem::not_found)?;
    // From the look to the decision: of two who saw the same, the second is told.
    let waited = tokio::time::timeout(TURN_WITHIN, desk.deciding.lock()).await;
    let _turn = waited.map_err(|_elapsed| {
        let detail = "others are deciding; nothing was decided, try again";
        Problem::new(Trouble::Unavailable, detail).retry_after(1)
    })?;
    let engine = Arc::clone(&desk.engine);
    let found = off_thread(move || find::of_meter(&*engine, number, period)).await?;
    let mut found = found.into_iter().filter(|one| one.indicator == indicator);
    let conflict = found.next().ok_or_else(Problem::not_found)?;
    if asked.seen()
        != conflict
            .decided
            .as_ref()
            .map(|one| one.decided_at.to_string())
    {
        let detail = "somebody decided since; look at it again";
        return Err(Problem::new(Trouble::Conflict, detail));
    }
    let chosen = chosen(&asked, &conflict)?;
    let decided_at = desk.clock.now();
    let decision = Decision {
        meter: number,
        indicator,
        at,
        chosen,
        who: who.name.clone(),
        reason: reason.clone(),
        decided_at,
    };
    let value = chosen.map_or_else(|| "none".to_owned(), |value| value.to_string());
    let object = format!("{meter} {} {at} {value}: {reason}", asked.indicator);
    // First: readings are kept in another file than the log, and without a record nothing is done.
    let log = desk.registry.on(&errand);
    let noted = log.note_in_log(&who, "reading.decide", &object, "begun");
    noted.await.map_err(unavailable)?;
    let engine = Arc::clone(&desk.engine);
    off_thread(move || engine.decide(decision)).await?;
    Ok(Json(wire::Decided::of(decided_at)))
}

/// The number of a meter that `who` may decide about.
async fn meter_of(desk: &Desk, who: &Principal, meter: &str) -> Result<(String, MeterNo), Problem> {
    let roster = desk.registry.directory().current();
    let known = roster.find_meter(meter).ok_or_else(Problem::not_found)?;
    let firms = firms_in_sight(desk, who, Some(&known.enterprise), None).await?;
    let firm = firms
        .get(&known.enterprise)
        .ok_or_else(Problem::not_found)?;
    if !may_decide(who, &known.enterprise, &firm.park) {
        return Err(Problem::not_found());
    }
    Ok((known.id.to_string(), known.number))
}

/// The value that is to count: one of those that are kept.
fn chosen(asked: &wire::Decide, conflict: &Conflict) -> Result<Option<f64>, Problem> {
    let Some(wanted) = &asked.chosen else {
        return Ok(None);
    };
    let mut values = conflict.values.iter().map(|value| value.number);
    let one = values.find(|number| number.to_string() == *wanted);
    let words = "chosen is one of the values as they are shown, or null for none of them";
    one.map(Some)
        .ok_or_else(|| Problem::new(Trouble::BadRequest, words))
}

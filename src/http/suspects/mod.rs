//! `/api/v1/suspects`: registers that rose by more than they can count (可疑), and the decision whether
//! they did so rightly. Until it is confirmed the amount is unknown and counts nowhere; confirmed, it
//! counts; rejected, it stays unknown and waits for nobody. A decision rewrites no reading; the ledger
//! walks the register again (contract.md 4).

mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;

use crate::access::{Action, Matter, Object, Principal, may};
use crate::calendar::{Day, Moment, Period};
use crate::indicator::{IndicatorNo, Kind};
use crate::jobs::suspects::{Ground, suspects, suspects_of};
use crate::park::{Enterprise, EnterpriseCode, MeterId, ParkId};
use crate::store::registry::{Errand, NewSuspectDecision, SeriesKey, SuspectDecision, SuspectSaid};

use super::figures::unavailable;
use super::{Asked, Asker, Desk, Problem, Right, Routes, Trouble, firms_in_sight, json_body};

use wire::Facts;

/// More than a decision has.
const BODY_BYTES_MAX: usize = 4096;
/// How long one decision waits for those before it.
const TURN_WITHIN: Duration = Duration::from_secs(5);

pub(super) fn routes() -> Routes {
    let read = Right::Row(Matter::Series, Action::Read);
    let write = Right::Row(Matter::Aside, Action::Write);
    Routes::default().big("/api/v1/suspects", read, list).post(
        "/api/v1/suspects/decide",
        write,
        decide,
    )
}

/// Registers that rose by more than they can count in the last days, those that wait first.
#[utoipa::path(
    get,
    path = "/api/v1/suspects",
    operation_id = "suspects",
    params(wire::Asked),
    responses((status = 200, body = wire::Answer, description = "each with what stood at both ends"))
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
    let now = desk.clock.now();
    let first = Day::from_number(Day::of(now).number().saturating_sub(days - 1));
    let period = days_until(first, now)?;
    let decided = desk.registry.list_suspect_decisions(&who, period).await;
    let mut decided: BTreeMap<(SeriesKey, Moment), SuspectDecision> = decided
        .map_err(unavailable)?
        .into_iter()
        .filter(|one| firms.contains_key(&one.enterprise))
        .map(|one| ((one.key, one.at), one))
        .collect();
    let codes: BTreeSet<EnterpriseCode> = firms.keys().cloned().collect();
    let found = suspects(&ground(&desk), &codes, &registers(&desk), period).await;
    let mut facts = Vec::new();
    for one in found.map_err(unavailable)? {
        let decision = decided.remove(&(one.key, one.suspect.at));
        facts.push(Facts::of(&one, decision));
    }
    // What was confirmed is no suspect span any more.
    facts.extend(decided.into_values().map(Facts::of_decided));
    let may = |code: &EnterpriseCode| {
        let firm = firms.get(code);
        firm.is_some_and(|firm| may_decide(&who, code, &firm.park))
    };
    let answer = wire::Answer::of(facts, &firms, &may, &desk.catalogue, now);
    Ok(Json(answer))
}

/// Decides whether a register rose rightly.
#[utoipa::path(
    post,
    path = "/api/v1/suspects/decide",
    operation_id = "decide_suspect",
    request_body = wire::Decide,
    responses((status = 200, body = wire::Decided, description = "decided; the ledger follows"), (status = 404, description = "no such span, or not theirs"), (status = 409, description = "somebody decided since"))
)]
pub(super) async fn decide(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<wire::Decided>, Problem> {
    let asked: wire::Decide = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let (at, reason, confirmed) = (asked.at()?, asked.reason()?, asked.is_confirmed()?);
    let (key, meter, firm) = register_of(&desk, &who, &asked).await?;
    // From the look to the decision: of two who saw the same, the second is told.
    let waited = tokio::time::timeout(TURN_WITHIN, desk.deciding.lock()).await;
    let _turn = waited.map_err(|_elapsed| {
        let detail = "others are deciding; nothing was decided, try again";
        Problem::new(Trouble::Unavailable, detail).retry_after(1)
    })?;
    let facts = find(&desk, &who, (key, &meter, &firm), at).await?;
    let span = Period::new(facts.since, facts.at).ok_or_else(Problem::not_found)?;
    let new = NewSuspectDecision {
        key,
        meter: &meter,
        of: (&firm.code, &firm.park),
        span,
        shown: (&facts.before, &facts.after),
        amount: facts.amount.as_deref(),
        confirmed,
        reason: &reason,
        seen: asked.seen()?,
    };
    let registry = desk.registry.on(&errand);
    let said = registry.decide_suspect(&who, &new).await;
    match said.map_err(unavailable)? {
        SuspectSaid::Kept { at } => Ok(Json(wire::Decided::of(at))),
        SuspectSaid::Overtaken => {
            let detail = "somebody decided since; look at it again";
            Err(Problem::new(Trouble::Conflict, detail))
        }
    }
}

/// The span that ends at `at`: one that the walk finds, or one that was decided about.
async fn find(
    desk: &Desk,
    who: &Principal,
    (key, meter, firm): (SeriesKey, &MeterId, &Enterprise),
    at: Moment,
) -> Result<Facts, Problem> {
    let of_instant = Period::new(at, at.plus_ms(1)).ok_or_else(Problem::not_found)?;
    let decided = desk.registry.list_suspect_decisions(who, of_instant).await;
    let mut decided = decided.map_err(unavailable)?.into_iter();
    if let Some(decided) = decided.find(|one| one.key == key) {
        return Ok(Facts::of_decided(decided));
    }
    let period = days_until(Day::of(at), desk.clock.now())?;
    let found = suspects_of(&ground(desk), (key, meter), period).await;
    let mut found = found.map_err(unavailable)?.into_iter();
    let suspect = found.find(|one| one.at == at);
    let suspect = suspect.ok_or_else(Problem::not_found)?;
    Ok(Facts::of_suspect(key, meter, &firm.code, &suspect))
}

/// The register that `who` may decide about.
async fn register_of(
    desk: &Desk,
    who: &Principal,
    asked: &wire::Decide,
) -> Result<(SeriesKey, MeterId, Enterprise), Problem> {
    let roster = desk.registry.directory().current();
    let known = roster.find_meter(&asked.meter);
    let known = known.ok_or_else(Problem::not_found)?;
    let mut firms = firms_in_sight(desk, who, Some(&known.enterprise), None).await?;
    let firm = firms.remove(&known.enterprise);
    let firm = firm.ok_or_else(Problem::not_found)?;
    if !may_decide(who, &firm.code, &firm.park) {
        return Err(Problem::not_found());
    }
    let indicator = desk.catalogue.find(&asked.indicator);
    let key = SeriesKey {
        meter: known.number,
        indicator: indicator.ok_or_else(Problem::not_found)?.number,
    };
    Ok((key, known.id.clone(), firm))
}

fn may_decide(who: &Principal, enterprise: &EnterpriseCode, park: &ParkId) -> bool {
    let object = Object {
        matter: Matter::Aside,
        enterprise: Some(enterprise),
        park: Some(park),
    };
    may(who, Action::Write, &object).is_allowed()
}

/// From the begin of `first` to the end of the day of `now`; nothing of a day to come.
fn days_until(first: Day, now: Moment) -> Result<Period, Problem> {
    let end = Day::of(now).next().start();
    Period::new(first.start(), end).ok_or_else(Problem::not_found)
}

fn ground(desk: &Desk) -> Ground {
    Ground {
        registry: desk.registry.clone(),
        engine: Arc::clone(&desk.engine),
    }
}

fn registers(desk: &Desk) -> Vec<IndicatorNo> {
    let registers = desk.catalogue.iter();
    let registers = registers.filter(|one| one.kind == Kind::Register);
    registers.map(|one| one.number).collect()
}

//! `/api/v1/parcels/changes`: outlines that are drawn, cut and put together by hand, with the land
//! that is held on them. A change is tried first, which changes nothing and tells what it comes to;
//! what was tried is then confirmed by its digest, which holds only while nobody changed what it
//! was worked out from. Nothing is overwritten: each change begins a new version of its parcels,
//! and one is taken back by another.

mod asked;
mod plan;
mod wire;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;

use crate::access::{Action, Matter, Principal};
use crate::park::{Parcel, ParcelId};
use crate::store::registry::{
    Errand, Mode, NewOutlines, OutlineAct, OutlineChange, PAGE_LIMIT, RegistryFault, Reshaped,
};
use crate::text::Language;

use super::body::json_body;
use super::figures::unavailable;
use super::map::park;
use super::words::language_asked_for;
use super::{Asker, Desk, Problem, Right, Routes, Trouble, demand_all};

use asked::Asked;
use plan::{Given, Plan, plan};

/// Two outlines of 2,000 points as text.
const BODY_BYTES_MAX: usize = 256 * 1024;
/// Changes on a page where nobody says how many.
const PAGE: u32 = 100;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get(
            "/api/v1/parcels/changes",
            Right::Row(Matter::Land, Action::Read),
            list,
        )
        .post(
            "/api/v1/parcels/changes",
            Right::Row(Matter::Land, Action::Write),
            change,
        )
}

/// Changes of outlines, the newest first: who, when, why, from when on.
#[utoipa::path(
    get,
    path = "/api/v1/parcels/changes",
    operation_id = "outline_changes",
    params(wire::Query),
    responses((status = 200, body = wire::Page, description = "of the parks whose land the asker may see"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    super::Asked(query): super::Asked<wire::Query>,
) -> Result<Json<wire::Page>, Problem> {
    let in_park = park(query.park.as_deref())?;
    let limit = query.limit.unwrap_or(PAGE);
    if !(1..=PAGE_LIMIT).contains(&limit) {
        let detail = "limit is a number from 1 to 1000";
        return Err(Problem::new(Trouble::BadRequest, detail));
    }
    let found = desk
        .registry
        .list_outline_changes(&who, in_park.as_ref(), query.cursor, limit);
    Ok(Json(wire::Page::of(&found.await.map_err(unavailable)?)))
}

/// Tries a change of outlines; with the digest of one that was tried, makes it.
#[utoipa::path(
    post,
    path = "/api/v1/parcels/changes",
    operation_id = "change_outlines",
    request_body = wire::NewChange,
    responses((status = 200, body = wire::Outcome, description = "what it came to, or would, or why not"), (status = 409, description = "confirmed another change, or somebody changed one of the parcels since; nothing was changed"), (status = 503, description = "a file is being read"))
)]
pub(super) async fn change(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<wire::Outcome>, Problem> {
    demand_all(&who, Action::Write, Matter::Land)?;
    let asked = Asked::read(json_body(&headers, body, BODY_BYTES_MAX).await?)?;
    // One at a time with the files: what was looked at beside it stays as it is.
    let _turn = desk.imports.turn().await?;
    let given = read(&desk, &who, asked).await?;
    let worked_out = tokio::task::spawn_blocking(move || (plan(&given), given));
    let (plan, given) = worked_out.await.map_err(Problem::internal)?;
    let digest = given.asked.digest_on(&given.basis.mark);
    let mode = match &given.asked.confirm {
        None => Mode::DryRun,
        Some(confirmed) if *confirmed == digest => Mode::Apply,
        Some(_other) => return Err(moved()),
    };
    let language = language_asked_for(&headers);
    let way = (digest, mode, language);
    lay(&desk, (&who, &errand), (plan, &given), way).await
}

/// What is known of all that a change could touch.
async fn read(desk: &Desk, who: &Principal, asked: Asked) -> Result<Given, Problem> {
    let undone = match (asked.act, asked.undoes) {
        (OutlineAct::Undo, Some(number)) => {
            let found = desk.registry.find_outline_change(who, number).await;
            found.map_err(unavailable)?
        }
        _ => None,
    };
    let ids = touched(&asked, undone.as_ref());
    let basis = desk.registry.outline_basis(who, &ids).await;
    let now = desk.clock.now();
    Ok(Given {
        basis: basis.map_err(refused)?,
        others: others(desk, who).await?,
        city: desk.imports.city(),
        now,
        undone,
        asked,
    })
}

fn touched(asked: &Asked, undone: Option<&OutlineChange>) -> Vec<ParcelId> {
    let mut ids = asked.named();
    if let Some(undone) = undone {
        ids.extend(undone.before.iter().chain(&undone.after).cloned());
    }
    ids.sort();
    ids.dedup();
    ids
}

/// All parcels as they are now.
async fn others(desk: &Desk, who: &Principal) -> Result<Vec<Parcel>, Problem> {
    let (mut all, mut after) = (Vec::new(), None::<String>);
    loop {
        let page =
            desk.registry
                .list_parcels(who, desk.clock.now(), None, after.as_deref(), PAGE_LIMIT);
        let page = page.await.map_err(unavailable)?;
        all.extend(page.entries);
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}

/// Lays what was worked out, or tries to; tells what came of it.
async fn lay(
    desk: &Desk,
    (who, errand): (&Principal, &Errand),
    (mut plan, given): (Plan, &Given),
    (digest, mode, language): (String, Mode, Language),
) -> Result<Json<wire::Outcome>, Problem> {
    let mut notes = Vec::new();
    let mut given_number = None;
    if plan.faults.is_empty() {
        let touched = touched(&given.asked, given.undone.as_ref());
        let new = NewOutlines {
            act: given.asked.act,
            reshape: &plan.reshape,
            touched: &touched,
            basis: &given.basis,
            reason: &given.asked.reason,
            undoes: given.undone.as_ref().map(|one| one.number),
        };
        let log = desk.registry.on(errand);
        match log.reshape(who, &new, mode).await.map_err(refused)? {
            Reshaped::Moved => return Err(moved()),
            Reshaped::Laid { number, laid } => {
                notes.extend(
                    laid.notes
                        .into_iter()
                        .map(|note| note.what.in_words(language)),
                );
                for objection in laid.objections {
                    plan.faults.push(wire::ShownFault {
                        code: "not_laid",
                        parcel: None,
                        params: [("column", objection.column.to_owned())].into(),
                        what: objection.what.in_words(language),
                    });
                }
                given_number = (mode == Mode::Apply && plan.faults.is_empty()).then_some(number);
            }
        }
    }
    if mode == Mode::Apply && given_number.is_none() {
        return Err(moved());
    }
    Ok(Json(outcome(&plan, digest, given_number, notes)))
}

fn outcome(plan: &Plan, digest: String, made: Option<i64>, notes: Vec<String>) -> wire::Outcome {
    let shared = |one: &plan::SharedOut| wire::ShownHolding::of(&one.kept, one.given, &one.shares);
    let parcels = |all: &[Parcel]| all.iter().map(wire::ShownParcel::of).collect();
    wire::Outcome {
        taken: made.is_some(),
        good: plan.faults.is_empty(),
        digest,
        number: made,
        from: plan.reshape.from.to_string(),
        before: parcels(&plan.before),
        after: parcels(&plan.reshape.parcels),
        pieces: plan.pieces.iter().map(wire::ShownPiece::of).collect(),
        land: plan.shared.iter().map(shared).collect(),
        land_rows: plan.reshape.land.len(),
        faults: plan.faults.clone(),
        notes,
    }
}

fn moved() -> Problem {
    let detail = "this is not the change that was tried, or somebody changed one of the parcels since; nothing was changed, try it again";
    Problem::new(Trouble::Conflict, detail)
}

fn refused(fault: RegistryFault) -> Problem {
    match fault {
        RegistryFault::NotYours => Problem::not_found(),
        failed => unavailable(failed),
    }
}

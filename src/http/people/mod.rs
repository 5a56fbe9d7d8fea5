//! `/api/v1/people`, `/api/v1/staff`: who may sign in and as what, for whoever gives keys (contract.md 6, "users"), and
//! who works for the same, for operators and the bureau. What
//! touches one of the three administrators, or opens an account of the bureau, is a proposal first (202), see [`super::proposals`].

mod wire;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::access::{AccountName, Action, Matter};
use crate::store::registry::{Errand, RegistryFault, Settled, Token};

use super::proposals::wire::{Given, Proposal};
use super::sign_in::{BODY_BYTES_MAX, Reassured};
use super::{
    Asked, Asker, Checked, Desk, Paging, Problem, Right, Routes, Trouble, demand_all, json_body,
};

pub(super) fn routes() -> Routes {
    let read = Right::Row(Matter::Users, Action::Read);
    let write = Right::Row(Matter::Users, Action::Write);
    Routes::default()
        .get("/api/v1/people", read, list)
        .get(
            "/api/v1/staff",
            Right::Row(Matter::Staff, Action::Read),
            staff,
        )
        .post("/api/v1/people", write, add)
        .post("/api/v1/people/{account}/end", write, end)
        .post("/api/v1/people/{account}/reset", write, reset)
        .post("/api/v1/people/{account}/offices", write, grant)
        .post("/api/v1/people/{account}/offices/end", write, end_office)
}

/// Everybody, by account.
#[utoipa::path(
    get,
    path = "/api/v1/people",
    operation_id = "people",
    params(
        ("limit" = Option<usize>, Query, description = "1 to 1000, 100 if not given"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, body = wire::Page, description = "a page of people"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<wire::Page>, Problem> {
    demand_all(&who, Action::Read, Matter::Users)?;
    let limit = u32::try_from(paging.limit()?).unwrap_or(u32::MAX);
    let page = desk
        .registry
        .list_people(&who, paging.cursor(), limit)
        .await;
    Ok(Json(wire::Page::of(&page.map_err(Problem::internal)?)))
}

/// Who works for the same: of an operator whoever operates one of their parks, of the bureau the bureau.
#[utoipa::path(
    get,
    path = "/api/v1/staff",
    operation_id = "staff",
    responses((status = 200, body = wire::StaffList, description = "by account, one entry an office"))
)]
pub(super) async fn staff(
    Asker(who): Asker,
    State(desk): State<Desk>,
) -> Result<Json<wire::StaffList>, Problem> {
    let found = desk.registry.list_staff(&who).await;
    Ok(Json(wire::StaffList::of(
        &found.map_err(Problem::internal)?,
    )))
}

/// Somebody new, with a password that is changed at the first sign-in.
#[utoipa::path(
    post,
    path = "/api/v1/people",
    operation_id = "add_person",
    request_body = wire::NewPerson,
    responses((status = 200, body = Given, description = "the password, shown once"), (status = 403, description = "the second factor is asked for once more"), (status = 202, body = Proposal, description = "an administrator or the bureau: another administrator confirms it"), (status = 400, description = "a name or an office that cannot be"), (status = 409, description = "the account is taken"))
)]
pub(super) async fn add(
    Asker(who): Asker,
    _again: Reassured,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    demand_all(&who, Action::Write, Matter::Users)?;
    let asked: wire::NewPerson = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let person = asked.read(desk.clock.now())?;
    let password = Token::to_type().map_err(Problem::internal)?;
    let hash = desk
        .entrance
        .given_password(&desk, password.reveal().to_owned())
        .await?;
    let log = desk.registry.on(&errand);
    let added = log.add_person(&who, &person, Some(&hash)).await;
    answer(added, Some(Given::of(&person.account, Some(&password))))
}

/// Ends an account, with its sessions and tokens.
#[utoipa::path(
    post,
    path = "/api/v1/people/{account}/end",
    operation_id = "end_person",
    params(("account" = String, Path, description = "whose")),
    responses((status = 204, description = "nobody signs in with it any more"), (status = 403, description = "the second factor is asked for once more"), (status = 202, body = Proposal, description = "an administrator: another one confirms it"), (status = 404, description = "nobody, or oneself"))
)]
pub(super) async fn end(
    Asker(who): Asker,
    _again: Reassured,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(account): Checked<AccountName>,
) -> Result<Response, Problem> {
    demand_all(&who, Action::Write, Matter::Users)?;
    let log = desk.registry.on(&errand);
    answer(log.end_person(&who, &account).await, None)
}

/// A new password for somebody who lost it or the second factor, which goes with it.
#[utoipa::path(
    post,
    path = "/api/v1/people/{account}/reset",
    operation_id = "reset_person",
    params(("account" = String, Path, description = "whose")),
    responses((status = 200, body = Given, description = "the password, shown once"), (status = 403, description = "the second factor is asked for once more"), (status = 202, body = Proposal, description = "an administrator or the bureau: another administrator confirms it"), (status = 404, description = "nobody, or oneself"))
)]
pub(super) async fn reset(
    Asker(who): Asker,
    _again: Reassured,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(account): Checked<AccountName>,
) -> Result<Response, Problem> {
    demand_all(&who, Action::Write, Matter::Users)?;
    let password = Token::to_type().map_err(Problem::internal)?;
    let hash = desk
        .entrance
        .given_password(&desk, password.reveal().to_owned())
        .await?;
    let log = desk.registry.on(&errand);
    let done = log.reset_person(&who, &account, &hash).await;
    answer(done, Some(Given::of(&account, Some(&password))))
}

/// Appoints somebody, from now on; their sessions end.
#[utoipa::path(
    post,
    path = "/api/v1/people/{account}/offices",
    operation_id = "grant_office",
    params(("account" = String, Path, description = "whom")),
    request_body = wire::NewOffice,
    responses((status = 204, description = "appointed"), (status = 403, description = "the second factor is asked for once more"), (status = 202, body = Proposal, description = "an administrator or the bureau: another administrator confirms it"), (status = 404, description = "nobody, or oneself"), (status = 409, description = "it does not go with what they are"))
)]
pub(super) async fn grant(
    Asker(who): Asker,
    _again: Reassured,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(account): Checked<AccountName>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    demand_all(&who, Action::Write, Matter::Users)?;
    let asked: wire::NewOffice = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let (office, until) = asked.read(desk.clock.now())?;
    let log = desk.registry.on(&errand);
    answer(log.grant_office(&who, &account, &office, until).await, None)
}

/// Ends an office now; the sessions of whoever held it end, too.
#[utoipa::path(
    post,
    path = "/api/v1/people/{account}/offices/end",
    operation_id = "end_office",
    params(("account" = String, Path, description = "whose")),
    request_body = wire::NewOffice,
    responses((status = 204, description = "ended"), (status = 403, description = "the second factor is asked for once more"), (status = 202, body = Proposal, description = "an administrator: another one confirms it"), (status = 404, description = "nobody, oneself, or no such office of theirs"))
)]
pub(super) async fn end_office(
    Asker(who): Asker,
    _again: Reassured,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(account): Checked<AccountName>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    demand_all(&who, Action::Write, Matter::Users)?;
    let asked: wire::NewOffice = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let office = asked.office()?;
    let log = desk.registry.on(&errand);
    answer(log.end_office(&who, &account, &office).await, None)
}

/// What became of a wish: done, with what there is to show; or a proposal.
fn answer(
    settled: Result<Settled, RegistryFault>,
    given: Option<Given>,
) -> Result<Response, Problem> {
    match (settled.map_err(refused)?, given) {
        (Settled::Waits(proposal), _) => {
            Ok((StatusCode::ACCEPTED, Json(Proposal::of(&proposal))).into_response())
        }
        (Settled::Done, Some(given)) => Ok(Json(given).into_response()),
        (Settled::Done, None) => Ok(StatusCode::NO_CONTENT.into_response()),
    }
}

/// What the registry refused, as an answer.
pub(super) fn refused(fault: RegistryFault) -> Problem {
    let words = fault.to_string();
    match fault {
        RegistryFault::NotYours
        | RegistryFault::NoSuchPerson(_)
        | RegistryFault::NoSuchProposal => Problem::not_found(),
        RegistryFault::AccountTaken(_)
        | RegistryFault::NoSuchScope(_)
        | RegistryFault::OfficesClash { .. }
        | RegistryFault::UntilPast
        | RegistryFault::NeedsAnother
        | RegistryFault::ProposedAlready => Problem::new(Trouble::Conflict, words),
        failed => Problem::internal(failed),
    }
}

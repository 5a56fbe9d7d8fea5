//! `/api/v1/proposals`: what one administrator asks for and another one confirms. For the three, and
//! nobody else; who asked and whom it is about may take it away, not confirm it.

pub(super) mod wire;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;

use crate::access::{Action, Matter};
use crate::store::registry::{Errand, Token};

use super::people::refused;
use super::sign_in::Reassured;
use super::{Asked, Asker, Checked, Desk, Paging, Problem, Right, Routes, Trouble, demand_all};

pub(super) fn routes() -> Routes {
    let read = Right::Row(Matter::Proposal, Action::Read);
    let write = Right::Row(Matter::Proposal, Action::Write);
    Routes::default()
        .get("/api/v1/proposals", read, list)
        .post("/api/v1/proposals/{number}/confirm", write, confirm)
        .post("/api/v1/proposals/{number}/refuse", write, refuse)
}

/// What waits for another administrator, oldest first.
#[utoipa::path(
    get,
    path = "/api/v1/proposals",
    operation_id = "proposals",
    params(
        ("limit" = Option<usize>, Query, description = "1 to 1000, 100 if not given"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, body = wire::Page, description = "a page of proposals"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<wire::Page>, Problem> {
    demand_all(&who, Action::Read, Matter::Proposal)?;
    let limit = u32::try_from(paging.limit()?).unwrap_or(u32::MAX);
    let after = paging.cursor().map(str::parse).transpose();
    let after = after
        .map_err(|_not_ours| Problem::new(Trouble::BadRequest, "this is no cursor of ours"))?;
    let page = desk.registry.list_proposals(&who, after, limit).await;
    Ok(Json(wire::Page::of(&page.map_err(Problem::internal)?)))
}

/// Does what was asked for. A password that comes out of it is shown here, once, to whoever confirms.
#[utoipa::path(
    post,
    path = "/api/v1/proposals/{number}/confirm",
    operation_id = "confirm_proposal",
    params(("number" = i64, Path, description = "of the proposal")),
    responses((status = 200, body = wire::Given, description = "done"), (status = 403, description = "the second factor is asked for once more"), (status = 404, description = "none that is open"), (status = 409, description = "your own, about you, or no longer possible"))
)]
pub(super) async fn confirm(
    Asker(who): Asker,
    _again: Reassured,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(number): Checked<i64>,
) -> Result<Json<wire::Given>, Problem> {
    demand_all(&who, Action::Write, Matter::Proposal)?;
    let kept = desk.registry.find_proposal(&who, number).await;
    let kept = kept
        .map_err(Problem::internal)?
        .ok_or_else(Problem::not_found)?;
    let password = if kept.wish.gives_password() {
        Some(Token::to_type().map_err(Problem::internal)?)
    } else {
        None
    };
    let hash = match &password {
        Some(password) => {
            let text = password.reveal().to_owned();
            Some(desk.entrance.given_password(&desk, text).await?)
        }
        None => None,
    };
    let log = desk.registry.on(&errand);
    let done = log.confirm_proposal(&who, number, hash.as_ref()).await;
    let done = done.map_err(refused)?;
    Ok(Json(wire::Given::of(&done.account, password.as_ref())))
}

/// Takes a proposal away; nothing is done.
#[utoipa::path(
    post,
    path = "/api/v1/proposals/{number}/refuse",
    operation_id = "refuse_proposal",
    params(("number" = i64, Path, description = "of the proposal")),
    responses((status = 204, description = "it waits no longer"), (status = 404, description = "none that is open"), (status = 409, description = "it takes something from you: another one decides"))
)]
pub(super) async fn refuse(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(number): Checked<i64>,
) -> Result<StatusCode, Problem> {
    demand_all(&who, Action::Write, Matter::Proposal)?;
    let log = desk.registry.on(&errand);
    log.refuse_proposal(&who, number).await.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

//! Where somebody is signed in with a browser: one's own sessions (`/api/v1/me/sessions`), and those of
//! everybody for whoever gives keys (`/api/v1/sessions`); each can be ended.
//!
//! Tells and takes the marks of sessions, never what opens one.

mod wire;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};

use crate::access::{AccountName, Action, Matter};
use crate::store::registry::{Errand, Which};

use super::people::refused;
use super::sign_in::{BODY_BYTES_MAX, SignedIn};
use super::{Asker, Checked, Desk, Problem, Right, Routes, demand_all, json_body};

pub(super) fn routes() -> Routes {
    let read = Right::Row(Matter::Users, Action::Read);
    let write = Right::Row(Matter::Users, Action::Write);
    Routes::default()
        .get("/api/v1/me/sessions", Right::Own, mine)
        .post("/api/v1/me/sessions/end", Right::Own, end_mine)
        .get("/api/v1/sessions", read, list)
        .post("/api/v1/people/{account}/sessions/end", write, end)
}

/// Where one is signed in oneself, this browser among them.
#[utoipa::path(
    get,
    path = "/api/v1/me/sessions",
    operation_id = "own_sessions",
    responses((status = 200, body = wire::Sessions, description = "the last used first"))
)]
pub(super) async fn mine(
    State(desk): State<Desk>,
    own: SignedIn,
) -> Result<Json<wire::Sessions>, Problem> {
    let (account, terms) = (&own.session.account, desk.entrance.settings.terms);
    let found = desk
        .registry
        .list_open_sessions(&own.who, Some(account), terms);
    let found = found.await.map_err(Problem::internal)?;
    let here = desk.registry.mark_of_session(&own.token);
    Ok(Json(wire::Sessions::of(&found, Some(&here))))
}

/// Ends one of one's own sessions, or all but the one that asks.
#[utoipa::path(
    post,
    path = "/api/v1/me/sessions/end",
    operation_id = "end_own_sessions",
    request_body = wire::Ended,
    responses((status = 204, description = "ended"), (status = 404, description = "none of yours"))
)]
pub(super) async fn end_mine(
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    own: SignedIn,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let asked: wire::Ended = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let which = asked.which(Some(&own.token));
    let log = desk.registry.on(&errand);
    let ended = log.end_open_sessions(&own.who, &own.session.account, which);
    answer(ended.await.map_err(refused)?, which)
}

/// Where people are signed in, the last used first.
#[utoipa::path(
    get,
    path = "/api/v1/sessions",
    operation_id = "sessions",
    responses((status = 200, body = wire::Sessions, description = "at most 1000"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
) -> Result<Json<wire::Sessions>, Problem> {
    demand_all(&who, Action::Read, Matter::Users)?;
    let terms = desk.entrance.settings.terms;
    let found = desk.registry.list_open_sessions(&who, None, terms).await;
    let found = found.map_err(Problem::internal)?;
    Ok(Json(wire::Sessions::of(&found, None)))
}

/// Ends one session of somebody, or all of them.
#[utoipa::path(
    post,
    path = "/api/v1/people/{account}/sessions/end",
    operation_id = "end_sessions",
    params(("account" = String, Path, description = "whose")),
    request_body = wire::Ended,
    responses((status = 204, description = "ended"), (status = 404, description = "nobody, or no such session of theirs"))
)]
pub(super) async fn end(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(account): Checked<AccountName>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    demand_all(&who, Action::Write, Matter::Users)?;
    let asked: wire::Ended = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let which = asked.which(None);
    let log = desk.registry.on(&errand);
    let ended = log.end_open_sessions(&who, &account, which);
    answer(ended.await.map_err(refused)?, which)
}

/// A session that was named must have been there.
fn answer(ended: u64, which: Which<'_>) -> Result<StatusCode, Problem> {
    match (which, ended) {
        (Which::Of(_), 0) => Err(Problem::not_found()),
        _ => Ok(StatusCode::NO_CONTENT),
    }
}

//! `/api/v1/credentials`: the tokens of gateways (contract.md 6, "users, keys"). Whoever gives keys
//! registers gateways, renews and revokes their tokens; an enterprise renews its own and tries
//! them with a token for test messages. A token is shown once. Knows nothing of readings.

mod wire;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};

use crate::access::{Action, Matter};
use crate::park::GatewayId;
use crate::store::registry::{Errand, RegistryFault};

use super::sign_in::{BODY_BYTES_MAX, Reassured};
use super::{
    Asked, Asker, Checked, Desk, Paging, Problem, Right, Routes, Trouble, demand_all, json_body,
};

pub(super) fn routes() -> Routes {
    let read = Right::Row(Matter::Keys, Action::Read);
    let write = Right::Row(Matter::Keys, Action::Write);
    Routes::default()
        .get("/api/v1/credentials", read, list)
        .post("/api/v1/credentials", write, add)
        .post("/api/v1/credentials/{gateway}/rotate", write, rotate)
        .post("/api/v1/credentials/{gateway}/test", write, test)
        .post("/api/v1/credentials/{gateway}/revoke", write, revoke)
}

/// How the tokens of gateways stand, without any secret.
#[utoipa::path(
    get,
    path = "/api/v1/credentials",
    operation_id = "credentials",
    params(
        ("limit" = Option<usize>, Query, description = "1 to 1000, 100 if not given"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, body = wire::Page, description = "a page of gateways, by id"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<wire::Page>, Problem> {
    let limit = u32::try_from(paging.limit()?).unwrap_or(u32::MAX);
    // A cursor that is no id stands before or after everything: nothing to go on from.
    let after = paging.cursor().map(str::parse::<GatewayId>).transpose();
    let after = after.map_err(|_not_an_id| {
        let detail = "cursor is `next` of the page before";
        Problem::new(Trouble::BadRequest, detail)
    })?;
    let page = desk.registry.list_gateways(&who, after.as_ref(), limit);
    Ok(Json(wire::Page::of(
        &page.await.map_err(Problem::internal)?,
    )))
}

/// A new gateway of an enterprise, with its token.
#[utoipa::path(
    post,
    path = "/api/v1/credentials",
    operation_id = "add_gateway",
    request_body = wire::NewGateway,
    responses((status = 200, body = wire::Given, description = "the token, shown once"), (status = 403, description = "the second factor is asked for once more"), (status = 400, description = "an id or a code that cannot be"), (status = 409, description = "the id is taken, or the enterprise is not registered"))
)]
pub(super) async fn add(
    Asker(who): Asker,
    _again: Reassured,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<wire::Given>, Problem> {
    demand_all(&who, Action::Write, Matter::Keys)?;
    let asked: wire::NewGateway = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let (gateway, enterprise) = asked.read()?;
    let log = desk.registry.on(&errand);
    let token = log.add_gateway(&who, &gateway, &enterprise).await;
    Ok(Json(wire::Given::of(
        &gateway,
        &token.map_err(refused)?,
        None,
    )))
}

/// A new token; the newest old one goes on for the overlap. Of whoever gives keys it lifts a revocation.
#[utoipa::path(
    post,
    path = "/api/v1/credentials/{gateway}/rotate",
    operation_id = "rotate_gateway",
    params(("gateway" = String, Path, description = "whose")),
    responses((status = 200, body = wire::Given, description = "the token, shown once"), (status = 403, description = "the second factor is asked for once more"), (status = 409, description = "it was revoked: whoever gives keys gives it one again"))
)]
pub(super) async fn rotate(
    Asker(who): Asker,
    _again: Reassured,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(gateway): Checked<GatewayId>,
) -> Result<Json<wire::Given>, Problem> {
    let log = desk.registry.on(&errand);
    let token = log.rotate_gateway(&who, &gateway).await.map_err(refused)?;
    Ok(Json(wire::Given::of(&gateway, &token, None)))
}

/// A token that may send test messages for an hour and nothing else; the others stay as they are.
#[utoipa::path(
    post,
    path = "/api/v1/credentials/{gateway}/test",
    operation_id = "test_gateway",
    params(("gateway" = String, Path, description = "whose")),
    responses((status = 200, body = wire::Given, description = "the token, shown once, and until when it counts"), (status = 409, description = "it was revoked: whoever gives keys gives it one again"))
)]
pub(super) async fn test(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(gateway): Checked<GatewayId>,
) -> Result<Json<wire::Given>, Problem> {
    let log = desk.registry.on(&errand);
    let given = log.give_trial_token(&who, &gateway).await;
    let (token, until) = given.map_err(refused)?;
    Ok(Json(wire::Given::of(&gateway, &token, Some(until))))
}

/// Ends every credential; open connections end within 5 s.
#[utoipa::path(
    post,
    path = "/api/v1/credentials/{gateway}/revoke",
    operation_id = "revoke_gateway",
    params(("gateway" = String, Path, description = "whose")),
    responses((status = 204, description = "nobody connects with them any more"), (status = 403, description = "the second factor is asked for once more"))
)]
pub(super) async fn revoke(
    Asker(who): Asker,
    _again: Reassured,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(gateway): Checked<GatewayId>,
) -> Result<StatusCode, Problem> {
    demand_all(&who, Action::Write, Matter::Keys)?;
    let log = desk.registry.on(&errand);
    log.revoke_gateway(&who, &gateway).await.map_err(refused)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the registry refused, as an answer.
fn refused(fault: RegistryFault) -> Problem {
    let words = fault.to_string();
    match fault {
        RegistryFault::NotYours | RegistryFault::NoSuchGateway(_) => Problem::not_found(),
        RegistryFault::GatewayTaken(_)
        | RegistryFault::Barred(_)
        | RegistryFault::NoSuchEnterprise(_) => Problem::new(Trouble::Conflict, words),
        failed => Problem::internal(failed),
    }
}

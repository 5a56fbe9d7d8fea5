//! `/api/v1/notifications`: what concerns whoever asks, read and unread; and `/api/v1/deliveries`: what is on
//! its way by mail and webhook, with what was given up, which an administrator sends again.

pub(super) mod wire;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};

use crate::access::{Action, Matter};
use crate::store::registry::Errand;

use super::{Asked, Asker, Checked, Desk, Problem, Right, Routes, json_body};

/// A thousand numbers.
const BODY_BYTES_MAX: usize = 32 * 1024;

pub(super) fn routes() -> Routes {
    let row = |action| Right::Row(Matter::Notification, action);
    let config = |action| Right::Row(Matter::Config, action);
    Routes::default()
        .get("/api/v1/notifications", row(Action::Read), list)
        .post("/api/v1/notifications/read", row(Action::Write), read)
        .get("/api/v1/deliveries", config(Action::Read), deliveries)
        .post(
            "/api/v1/deliveries/{number}/again",
            config(Action::Write),
            again,
        )
}

/// What concerns the asker, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/notifications",
    operation_id = "notifications",
    params(wire::Asked),
    responses((status = 200, body = wire::Page, description = "a page of notifications, and how many are unread"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Json<wire::Page>, Problem> {
    let (limit, before) = (asked.limit()?, asked.before()?);
    let page = desk
        .registry
        .list_notifications(&who, asked.unread(), before, limit);
    let page = page.await.map_err(Problem::internal)?;
    let unread = desk.registry.count_unread(&who).await;
    let unread = unread.map_err(Problem::internal)?;
    Ok(Json(wire::Page::of(page, unread)))
}

/// Notes that the asker has read some of their notifications.
#[utoipa::path(
    post,
    path = "/api/v1/notifications/read",
    operation_id = "read_notifications",
    request_body = wire::Read,
    responses((status = 204, description = "noted; those that are not theirs are passed over"))
)]
pub(super) async fn read(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    headers: HeaderMap,
    body: Body,
) -> Result<StatusCode, Problem> {
    let read: wire::Read = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let (numbers, up_to) = read.numbers()?;
    let log = desk.registry.on(&errand);
    let noted = log.read_notifications(&who, numbers, up_to).await;
    noted.map_err(Problem::internal)?;
    Ok(StatusCode::NO_CONTENT)
}

/// What is on its way by mail and webhook, by state, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/deliveries",
    operation_id = "deliveries",
    params(wire::AskedDeliveries),
    responses((status = 200, body = wire::Deliveries, description = "a page of deliveries, and how many there are in each state"))
)]
pub(super) async fn deliveries(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::AskedDeliveries>,
) -> Result<Json<wire::Deliveries>, Problem> {
    let (state, limit, before) = (asked.state()?, asked.limit()?, asked.before()?);
    let page = desk.registry.list_deliveries(&who, state, before, limit);
    let page = page.await.map_err(Problem::internal)?;
    let counts = desk.registry.count_deliveries().await;
    let counts = counts.map_err(Problem::internal)?;
    Ok(Json(wire::Deliveries::of(page, counts)))
}

/// Has a delivery that was given up tried again.
#[utoipa::path(
    post,
    path = "/api/v1/deliveries/{number}/again",
    operation_id = "send_again",
    params(("number" = i64, Path, description = "of the delivery")),
    responses((status = 204, description = "it waits again"), (status = 404, description = "none that was given up"))
)]
pub(super) async fn again(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(number): Checked<i64>,
) -> Result<StatusCode, Problem> {
    let done = desk.registry.on(&errand).send_again(&who, number).await;
    if done.map_err(Problem::internal)? {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found())
    }
}

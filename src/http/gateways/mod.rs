//! `GET /api/v1/gateways`: who sends, who is here, and how far each is safe; of one of them what the
//! server saw of late.

pub(super) mod log;
mod wire;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter};
use crate::http::{Asked, Asker, Desk, Paging, Problem, Right, Routes, in_sight};

pub(super) fn routes() -> Routes {
    let right = Right::Row(Matter::Series, Action::Read);
    Routes::default().get("/api/v1/gateways", right, list).get(
        "/api/v1/gateways/{gateway}/log",
        right,
        log::log,
    )
}

/// The gateways whose series the asker may read, by id.
#[utoipa::path(
    get,
    path = "/api/v1/gateways",
    operation_id = "gateways",
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
    let limit = paging.limit()?;
    let sight = in_sight(&desk, &who).await?;
    let roster = desk.registry.directory().current();
    let presences = desk.door.presences();
    let mut rows = roster
        .gateways()
        .filter(|gateway| sight.contains(&gateway.enterprise))
        .filter(|gateway| paging.is_after_cursor(gateway.id.as_str()));
    let items: Vec<_> = rows
        .by_ref()
        .take(limit)
        .map(|gateway| {
            let presence = presences.iter().find(|one| one.gateway == gateway.number);
            let receipt = desk.engine.receipt(gateway.number);
            wire::Gateway::of(gateway, presence, receipt)
        })
        .collect();
    Ok(Json(wire::Page::of(items, rows.next().is_some())))
}

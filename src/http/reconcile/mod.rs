//! `GET /api/v1/reconcile`: what became of every value, per gateway (contract C2).

mod wire;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter};
use crate::http::{Asked, Asker, Desk, Problem, Right, Routes, in_sight, off_thread};
use crate::jobs::reconcile;

pub use wire::Row;

pub(super) fn routes() -> Routes {
    Routes::default().get(
        "/api/v1/reconcile",
        Right::Row(Matter::Series, Action::Read),
        table,
    )
}

/// The table of the gateways whose series the asker may read.
#[utoipa::path(
    get,
    path = "/api/v1/reconcile",
    operation_id = "reconcile",
    params(("day" = Option<String>, Query, description = "received on this day, 2026-11-22")),
    responses((status = 200, body = [Row], description = "by gateway; all counts in values"))
)]
pub(super) async fn table(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Json<Vec<Row>>, Problem> {
    let day = asked.day()?;
    let sight = in_sight(&desk, &who).await?;
    let roster = desk.registry.directory().current();
    let of_all = Clone::clone(&roster);
    let counts = off_thread(move || reconcile(&*desk.engine, &of_all, day)).await?;
    let mine = counts.iter().filter(|row| {
        let gateway = roster.gateway_numbered(row.number);
        gateway.is_some_and(|gateway| sight.contains(&gateway.enterprise))
    });
    Ok(Json(mine.map(Row::of).collect()))
}

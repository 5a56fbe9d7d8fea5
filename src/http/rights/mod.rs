//! `GET /api/v1/rights`: the table of contract.md 6 as it holds, for whoever gives offices.

mod wire;

use axum::Json;

use crate::access::{Action, Matter};

use super::{Asker, Problem, Right, Routes, demand_all};

pub(super) fn routes() -> Routes {
    let right = Right::Row(Matter::Users, Action::Read);
    Routes::default().get("/api/v1/rights", right, table)
}

/// What each kind of people may do with each matter.
#[utoipa::path(
    get,
    path = "/api/v1/rights",
    operation_id = "rights",
    responses((status = 200, body = wire::Table, description = "the table by which every question is decided"))
)]
pub(super) async fn table(Asker(who): Asker) -> Result<Json<wire::Table>, Problem> {
    demand_all(&who, Action::Read, Matter::Users)?;
    Ok(Json(wire::Table::now()))
}

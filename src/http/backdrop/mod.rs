//! `GET /api/v1/backdrop`: what is drawn under the parcels of a map, for those who see its outlines.

mod wire;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter, Scope, scope};

use super::map::park;
use super::parcels::outlines::parks;
use super::{Asked, Asker, Desk, Problem, Right, Routes};

pub(super) fn routes() -> Routes {
    Routes::default().big(
        "/api/v1/backdrop",
        Right::Row(Matter::Outline, Action::Read),
        backdrop,
    )
}

/// Water, green, roads and limits, in the order of drawing.
#[utoipa::path(
    get,
    path = "/api/v1/backdrop",
    operation_id = "backdrop",
    params(wire::Query),
    responses((status = 200, body = wire::Backdrop, description = "EPSG:4326; nothing where the installation has no drawing"))
)]
pub(super) async fn backdrop(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::Backdrop>, Problem> {
    let asked = park(query.park.as_deref())?;
    let parks = parks(&desk, &who, asked, desk.clock.now()).await?;
    let things = desk.backdrop.iter();
    let here = things.filter(|thing| parks.contains(&thing.park));
    // Its address may hold a key: it is for whoever sees a map on it.
    let is_for_them = scope(&who, Action::Read, Matter::HeatCell) != Scope::Nothing;
    let base = desk.settings.base_map.as_ref().filter(|_| is_for_them);
    Ok(Json(wire::Backdrop::of(here, base)))
}

//! `GET /api/v1/sources/{figure-id}`: where a number comes from, in five lines: value, formula,
//! inputs each with its own unit, factor and figure, what they were taken from, and the version
//! (screens.md 5). Whoever may not see the figure gets what does not exist.

mod account;
mod borders;
mod grade;
mod meter;
mod total;
mod wire;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter};
use crate::indicator::Kind;
use crate::ledger::figure::FigureId;
use crate::park::EnterpriseCode;

use super::figures::Figures;
use super::{Asker, Checked, Desk, Problem, Purpose, Right, Routes};

/// Which figures each may see is asked of each figure; grades are what most may see.
const FIGURES: Right = Right::Row(Matter::Grade, Action::Read);

pub(super) fn routes() -> Routes {
    Routes::default().get("/api/v1/sources/{figure}", FIGURES, source)
}

/// Where a figure comes from: value, formula, inputs, what they were taken from, version.
#[utoipa::path(
    get,
    path = "/api/v1/sources/{figure}",
    operation_id = "source",
    params(("figure" = String, Path, description = "the id of a figure, kind:key:period:revision")),
    responses((status = 200, body = wire::Source, description = "the five lines; the inputs as shown give the value as shown"))
)]
pub(super) async fn source(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    Checked(id): Checked<FigureId>,
) -> Result<Json<wire::Source>, Problem> {
    let register = desk.catalogue.find(&id.kind);
    if register.is_some_and(|indicator| indicator.kind == Kind::Register) {
        return meter::source(&desk, &who, id).await.map(Json);
    }
    if grade::is_rated(&id.kind) {
        return grade::source(&desk, (&who, &purpose), id).await.map(Json);
    }
    if let Some(layer) = Figures::layer_of_total(&id.kind) {
        let layer = layer.parse().map_err(|_cause| Problem::not_found())?;
        let answer = total::source(&desk, (&who, &purpose), id, layer).await?;
        return Ok(Json(answer));
    }
    let answer = match id.key.parse::<EnterpriseCode>() {
        Ok(code) => account::of_enterprise(&desk, (&who, &purpose), id, &code).await?,
        Err(_no_code) => account::of_total(&desk, (&who, &purpose), id).await?,
    };
    Ok(Json(answer))
}

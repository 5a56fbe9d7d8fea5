//! `/api/openapi.json`: the API, described from its handlers.

use axum::routing::get;
use axum::{Json, Router};
use utoipa::OpenApi;

use super::{Desk, gateways, quarantine, readings, reconcile};

/// Every described handler; a new resource adds its own here.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "parkpulse",
        description = "The digital management platform of an industrial park. Errors are \
                       application/problem+json with a stable code."
    ),
    paths(readings::take, gateways::list, quarantine::list, reconcile::table)
)]
struct Document;

pub(super) fn routes() -> Router<Desk> {
    Router::new().route("/api/openapi.json", get(document))
}

async fn document() -> Json<utoipa::openapi::OpenApi> {
    Json(Document::openapi())
}

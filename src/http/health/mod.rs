//! `/livez`, `/readyz`, `/metrics`: for supervisors and for Prometheus.

mod figures;

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::http::{Desk, Problem, Trouble};
use crate::vitals::Exposition;

pub(super) fn routes() -> Router<Desk> {
    Router::new()
        .route("/livez", get(alive))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
}

/// The process answers.
async fn alive() -> &'static str {
    "alive\n"
}

/// Recovery is through and stopping has not begun (contract.md C5).
async fn ready(State(desk): State<Desk>) -> Result<&'static str, Problem> {
    if desk.readiness.is_ready() {
        return Ok("ready\n");
    }
    let detail = "recovering or stopping; ask again in a second";
    Err(Problem::new(Trouble::Unavailable, detail).retry_after(1))
}

/// All instruments, the engine's figures and the conservation of values per gateway, in the text
/// format of Prometheus.
async fn metrics(State(desk): State<Desk>) -> Result<Response, Problem> {
    let mut page = Exposition::default();
    desk.vitals.expose(&mut page);
    let roster = desk.registry.directory().current();
    let written = tokio::task::spawn_blocking(move || {
        figures::health(&desk.engine.health(), &mut page);
        figures::conservation(&*desk.engine, &roster, &mut page).map(|()| page)
    });
    let page = written.await.map_err(Problem::internal)?;
    let text = page.map_err(Problem::internal)?.into_text();
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

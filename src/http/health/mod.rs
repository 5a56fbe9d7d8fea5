//! `/livez`, `/readyz`, `/metrics`: for supervisors and for Prometheus.

mod figures;

use axum::extract::{Extension, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::http::way::Way;
use crate::http::{Desk, Problem, Right, Routes, Trouble};
use crate::store::StoreFault;
use crate::vitals::Exposition;

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/livez", Right::Everybody, alive)
        .get("/readyz", Right::Everybody, ready)
        .get("/metrics", Right::Everybody, metrics)
}

/// The process answers.
#[utoipa::path(
    get,
    path = "/livez",
    operation_id = "livez",
    responses((status = 200, body = String, content_type = "text/plain", description = "the process answers"))
)]
pub(super) async fn alive() -> &'static str {
    "alive\n"
}

/// Recovery is through, with the ledger up to what the log held at the start, and stopping has not
/// begun (contract.md C5). While the ledger takes in a long log, it says how far it is.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    responses((status = 200, body = String, content_type = "text/plain", description = "recovery is through"), (status = 503, description = "recovering or stopping"))
)]
pub(super) async fn ready(State(desk): State<Desk>) -> Result<String, Problem> {
    if desk.readiness.is_ready() {
        let settling = desk.settling.percent();
        let settling = settling.map(|percent| format!("ledger: {percent} % settled\n"));
        return Ok(format!("ready\n{}", settling.unwrap_or_default()));
    }
    let detail = "recovering or stopping; ask again in a second";
    let detail = match desk.settling.percent() {
        Some(percent) => format!("{detail}; ledger: {percent} % settled"),
        None => detail.to_owned(),
    };
    Err(Problem::new(Trouble::Unavailable, detail).retry_after(1))
}

/// All instruments, the engine's figures and the conservation of values, in the text format of
/// Prometheus: per gateway to whoever asks on this machine, else in all, for what an enterprise's
/// gateways send is its own (contract.md 6, row 1).
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    responses((status = 200, body = String, content_type = "text/plain", description = "text format of Prometheus, base units"))
)]
pub(super) async fn metrics(
    State(desk): State<Desk>,
    Extension(way): Extension<Way>,
) -> Result<Response, Problem> {
    let by_gateway = way.is_local;
    let mut page = Exposition::default();
    desk.vitals.expose(&mut page);
    let roster = desk.registry.directory().current();
    let written = tokio::task::spawn_blocking(move || {
        figures::health(&desk.engine.health(), &mut page);
        figures::conservation(&*desk.engine, &roster, by_gateway, &mut page)?;
        if by_gateway {
            figures::overflows(&*desk.engine, &roster, &mut page)?;
        }
        Ok::<_, StoreFault>(page)
    });
    let page = written.await.map_err(Problem::internal)?;
    let text = page.map_err(Problem::internal)?.into_text();
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

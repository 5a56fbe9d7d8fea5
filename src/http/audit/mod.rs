//! `/api/v1/audit`: the log for its reader, newest first, and whether it is as it was written.

mod wire;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter, Scope, scope};
use crate::store::registry::AuditFilter;

use super::{Asked, Asker, Desk, Problem, Right, Routes, page_limit};

pub(super) fn routes() -> Routes {
    let right = Right::Row(Matter::Log, Action::Read);
    Routes::default()
        .get("/api/v1/audit", right, list)
        .get("/api/v1/audit/verify", right, verify)
}

/// The log, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    operation_id = "audit",
    params(
        ("limit" = Option<usize>, Query, description = "1 to 1000, 100 if not given"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
        ("who" = Option<String>, Query, description = "of this account only"),
        ("action" = Option<String>, Query, description = "of actions that begin so, as `gateway.`"),
        ("object" = Option<String>, Query, description = "with this object only"),
        ("from" = Option<String>, Query, description = "from this time on"),
        ("to" = Option<String>, Query, description = "before this time"),
    ),
    responses((status = 200, body = wire::Page, description = "a page of records"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Json<wire::Page>, Problem> {
    if scope(&who, Action::Read, Matter::Log) != Scope::Everything {
        return Err(Problem::not_found());
    }
    let limit = page_limit(asked.limit)?;
    let before = asked.before()?;
    let filter: AuditFilter = asked.filter()?;
    let limit = u32::try_from(limit).unwrap_or(u32::MAX);
    let page = desk.registry.find_audit(&who, &filter, before, limit).await;
    Ok(Json(wire::Page::of(&page.map_err(Problem::internal)?)))
}

/// Whether every record is as it was written.
#[utoipa::path(
    get,
    path = "/api/v1/audit/verify",
    operation_id = "verify_audit",
    responses((status = 200, body = wire::Verdict, description = "the first wrong place, if there is one"))
)]
pub(super) async fn verify(
    Asker(who): Asker,
    State(desk): State<Desk>,
) -> Result<Json<wire::Verdict>, Problem> {
    if scope(&who, Action::Read, Matter::Log) != Scope::Everything {
        return Err(Problem::not_found());
    }
    let verdict = desk.registry.verify_audit().await;
    Ok(Json(wire::Verdict::of(
        &verdict.map_err(Problem::internal)?,
    )))
}

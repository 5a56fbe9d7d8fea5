//! `/api/v1/audit`: the log for its reader, newest first, as a table, and whether it is as it was
//! written; for others what their own staff did, and for an enterprise who looked at what is its own
//! (contract.md 6, "audit log").

mod table;
mod wire;

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use crate::access::{Action, Matter, Role};
use crate::store::registry::{AuditEntry, PAGE_LIMIT};

use super::{
    Asked, Asker, Desk, Paging, Problem, Purpose, Right, Routes, Trouble, demand_all, spreadsheet,
};

/// Records of one table: more are asked for by narrower times.
const TABLE_MAX: usize = 50_000;

pub(super) fn routes() -> Routes {
    let log = Right::Row(Matter::Log, Action::Read);
    let staff = Right::Row(Matter::StaffLog, Action::Read);
    Routes::default()
        .get("/api/v1/audit", log, list)
        .big(
            "/api/v1/audit.csv",
            Right::Row(Matter::Log, Action::Export),
            csv,
        )
        .get("/api/v1/audit/verify", log, verify)
        .get("/api/v1/audit/staff", staff, of_staff)
        .get("/api/v1/audit/looks", staff, looks)
}

/// The log, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    operation_id = "audit",
    params(wire::Asked),
    responses((status = 200, body = wire::Page, description = "a page of records"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Json<wire::Page>, Problem> {
    demand_all(&who, Action::Read, Matter::Log)?;
    let (limit, before, filter) = (asked.limit()?, asked.before()?, asked.filter()?);
    let page = desk.registry.find_audit(&who, &filter, before, limit).await;
    Ok(Json(wire::Page::of(&page.map_err(Problem::internal)?)))
}

/// The same records as a table, all that fit; that it was taken away is a record itself.
#[utoipa::path(
    get,
    path = "/api/v1/audit.csv",
    operation_id = "audit_csv",
    params(wire::Asked),
    responses((status = 200, body = String, content_type = "text/csv", description = "one row a record"), (status = 400, description = "too many for one table"))
)]
pub(super) async fn csv(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Response, Problem> {
    demand_all(&who, Action::Export, Matter::Log)?;
    let (mut before, filter) = (asked.before()?, asked.filter()?);
    let mut all: Vec<AuditEntry> = Vec::new();
    loop {
        let page = desk
            .registry
            .find_audit(&who, &filter, before, PAGE_LIMIT)
            .await;
        let page = page.map_err(Problem::internal)?;
        all.extend(page.entries);
        if all.len() > TABLE_MAX {
            let detail = "more than 50,000 records fit; narrow the time with from and to";
            return Err(Problem::new(Trouble::BadRequest, detail));
        }
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    let object = format!("{} records", all.len());
    let log = purpose.log(&desk);
    let noted = log.note_in_log(&who, "audit.export", &object, "done");
    noted.await.map_err(|cause| {
        tracing::error!(cause = &cause as &dyn std::error::Error, "no audit record");
        let detail = "the audit log takes no records now, so nothing may be taken away; try again";
        Problem::new(Trouble::Unavailable, detail).retry_after(10)
    })?;
    spreadsheet::answer(table::HEAD, table::rows(&all))
}

/// What one's own staff did, newest first; a clerk's own doings.
#[utoipa::path(
    get,
    path = "/api/v1/audit/staff",
    operation_id = "audit_staff",
    params(wire::Asked),
    responses((status = 200, body = wire::Page, description = "a page of records"))
)]
pub(super) async fn of_staff(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Json<wire::Page>, Problem> {
    let (limit, before, filter) = (asked.limit()?, asked.before()?, asked.filter()?);
    let found = desk
        .registry
        .find_staff_audit(&who, &filter, before, limit)
        .await;
    Ok(Json(wire::Page::of(&found.map_err(Problem::internal)?)))
}

/// Who looked at the statements and the rating of one's own enterprise, as what and what for.
#[utoipa::path(
    get,
    path = "/api/v1/audit/looks",
    operation_id = "audit_looks",
    params(
        ("limit" = Option<usize>, Query, description = "1 to 1000, 100 if not given"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, body = wire::Looks, description = "a page of looks"))
)]
pub(super) async fn looks(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(paging): Asked<Paging>,
) -> Result<Json<wire::Looks>, Problem> {
    if !matches!(who.role, Role::Enterprise(_)) {
        return Err(Problem::not_found());
    }
    let limit = u32::try_from(paging.limit()?).unwrap_or(u32::MAX);
    let before = wire::before(paging.cursor())?;
    let found = desk.registry.find_looks(&who, before, limit).await;
    Ok(Json(wire::Looks::of(&found.map_err(Problem::internal)?)))
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
    demand_all(&who, Action::Read, Matter::Log)?;
    let verdict = desk.registry.verify_audit().await;
    Ok(Json(wire::Verdict::of(
        &verdict.map_err(Problem::internal)?,
    )))
}

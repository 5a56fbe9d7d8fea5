//! `/api/v1/imported`: files that were taken: who, when, which file, what came of it; the report of
//! each to keep, and taking one back while nothing was built on it. Looked at first, then done: the
//! same words for both.

mod wire;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::access::{Action, Matter, Principal};
use crate::store::registry::{Errand, Imported, Mode, PAGE_LIMIT, RegistryFault, Undo};

use super::words::language_asked_for;
use super::{
    Asked, Asker, Checked, Desk, Problem, Right, Routes, Trouble, demand_all, spreadsheet,
};

/// Imports on a page where nobody says how many.
const PAGE: u32 = 50;

pub(super) fn routes() -> Routes {
    let write = Right::Row(Matter::Land, Action::Write);
    Routes::default()
        .get("/api/v1/imported", write, list)
        .get("/api/v1/imported/{number}/report", write, report)
        .get("/api/v1/imported/{number}/undo", write, look)
        .post("/api/v1/imported/{number}/undo", write, undo)
}

/// Files that were taken, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/imported",
    operation_id = "imported",
    params(wire::Query),
    responses((status = 200, body = wire::Page, description = "of the kinds that the asker may hand over"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::Page>, Problem> {
    demand_all(&who, Action::Write, Matter::Land)?;
    let limit = query.limit.unwrap_or(PAGE);
    if !(1..=PAGE_LIMIT).contains(&limit) {
        let detail = "limit is a number from 1 to 1000";
        return Err(Problem::new(Trouble::BadRequest, detail));
    }
    let page = desk.registry.list_imports(&who, query.cursor, limit).await;
    Ok(Json(wire::Page::of(&page.map_err(Problem::internal)?)))
}

/// The report of an import, to be kept.
#[utoipa::path(
    get,
    path = "/api/v1/imported/{number}/report",
    operation_id = "import_report",
    params(("number" = i64, Path, description = "of the import")),
    responses((status = 200, body = String, content_type = "text/csv", description = "a line for each thing known of it"), (status = 404, description = "there is none"))
)]
pub(super) async fn report(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Checked(number): Checked<i64>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let import = found(&desk, &who, number).await?;
    let answer = spreadsheet::answer(
        ["what", "value"],
        wire::lines(&import, language_asked_for(&headers)),
    )?;
    let name = format!("attachment; filename=\"import-{number}.csv\"");
    Ok(([(header::CONTENT_DISPOSITION, name)], answer).into_response())
}

/// What taking an import back would come to, or what speaks against it.
#[utoipa::path(
    get,
    path = "/api/v1/imported/{number}/undo",
    operation_id = "look_at_undo",
    params(("number" = i64, Path, description = "of the import")),
    responses((status = 200, body = wire::Outcome, description = "nothing is changed"), (status = 404, description = "there is none"))
)]
pub(super) async fn look(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Checked(number): Checked<i64>,
    headers: HeaderMap,
) -> Result<Json<wire::Outcome>, Problem> {
    demand_all(&who, Action::Write, Matter::Land)?;
    let _turn = desk.imports.turn().await?;
    let undo = desk
        .registry
        .undo_import(&who, number, desk.close_after, Mode::DryRun)
        .await;
    outcome(undo, false, &headers)
}

/// Takes an import back.
#[utoipa::path(
    post,
    path = "/api/v1/imported/{number}/undo",
    operation_id = "undo_import",
    params(("number" = i64, Path, description = "of the import")),
    responses((status = 200, body = wire::Outcome, description = "it was taken back"), (status = 404, description = "there is none"), (status = 409, description = "something was built on it; nothing was changed"), (status = 503, description = "a file is being read"))
)]
pub(super) async fn undo(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(number): Checked<i64>,
    headers: HeaderMap,
) -> Result<Json<wire::Outcome>, Problem> {
    demand_all(&who, Action::Write, Matter::Land)?;
    let _turn = desk.imports.turn().await?;
    let log = desk.registry.on(&errand);
    let undo = log
        .undo_import(&who, number, desk.close_after, Mode::Apply)
        .await;
    if let Ok(Undo::Refused(why)) = &undo {
        let detail = format!("it was not taken back, and nothing was changed: {why}");
        return Err(Problem::new(Trouble::Conflict, detail));
    }
    outcome(undo, true, &headers)
}

async fn found(desk: &Desk, who: &Principal, number: i64) -> Result<Imported, Problem> {
    demand_all(who, Action::Write, Matter::Land)?;
    let found = desk.registry.find_import(who, number).await;
    found
        .map_err(Problem::internal)?
        .ok_or_else(Problem::not_found)
}

fn outcome(
    undo: Result<Undo, RegistryFault>,
    is_done: bool,
    headers: &HeaderMap,
) -> Result<Json<wire::Outcome>, Problem> {
    match undo.map_err(Problem::internal)? {
        Undo::NotThere => Err(Problem::not_found()),
        told => Ok(Json(wire::Outcome::of(
            &told,
            is_done,
            language_asked_for(headers),
        ))),
    }
}

//! `/api/openapi.json`: the API, described from its handlers. Every operation for programs is in
//! it, with the row of contract.md 6 that its rights come from; a test compares the lists.

mod examples;
mod shape;

use std::sync::{Arc, OnceLock};

use axum::body::Bytes;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation as Described, PathItem};
use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder};

use super::operation::{Operation, Right, Verb};
use super::{Problem, Routes, problem, router};
use super::{
    accounts, arrival, audit, backdrop, balances, conflicts, consumption, credentials,
    gateway_line, gateways, health, imported, imports, land, ledgers, live, map, meters,
    notifications, open_sessions, outline_changes, own, parcels, people, periods, platform,
    proposals, quality, quarantine, ratings, readings, reconcile, replacements, rights, session,
    sign_in, sources, statements, surface, suspects, time_of_use, today,
};

/// Every described handler; a new resource adds its own here.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "parkpulse",
        description = "The digital management platform of an industrial park. Errors are \
                       application/problem+json with a stable code. What the asker may not see \
                       answers as what does not exist."
    ),
    paths(
        health::alive,
        health::ready,
        health::metrics,
        platform::health,
        answer,
        live::live,
        map::json,
        map::svg,
        map::png,
        map::pdf,
        map::geojson,
        map::csv,
        map::xlsx,
        surface::json,
        surface::svg,
        surface::png,
        surface::pdf,
        surface::geojson,
        surface::csv,
        parcels::outlines::outlines,
        parcels::card,
        periods::periods,
        gateway_line::open,
        gateways::list,
        gateways::log::log,
        credentials::list,
        credentials::add,
        credentials::rotate,
        credentials::test,
        credentials::revoke,
        quarantine::list,
        readings::take,
        reconcile::table,
        reconcile::csv,
        consumption::consumption,
        accounts::list,
        accounts::one,
        accounts::sheet::sheet,
        accounts::rollups::rollups,
        ledgers::json,
        ledgers::csv,
        ledgers::check::check,
        statements::json,
        statements::csv,
        statements::xlsx,
        statements::own,
        land::json,
        land::csv,
        land::xlsx,
        time_of_use::timed,
        sources::source,
        ratings::years,
        ratings::list,
        ratings::one,
        session::me,
        session::choices,
        session::choose,
        sign_in::progress,
        sign_in::begin,
        sign_in::code,
        sign_in::password,
        sign_in::setup,
        sign_in::out,
        sign_in::identity::go,
        sign_in::identity::back,
        own::password,
        own::begin_factor,
        own::confirm_factor,
        own::show_factor,
        own::tokens,
        own::add_token,
        own::revoke_token,
        people::list,
        people::staff,
        open_sessions::mine,
        open_sessions::end_mine,
        open_sessions::list,
        open_sessions::end,
        rights::table,
        people::add,
        people::end,
        people::reset,
        people::grant,
        people::end_office,
        proposals::list,
        proposals::confirm,
        proposals::refuse,
        audit::list,
        audit::csv,
        audit::of_staff,
        audit::looks,
        audit::verify,
        today::today,
        balances::list,
        balances::csv,
        quality::list,
        quality::csv,
        conflicts::list,
        conflicts::decide,
        suspects::list,
        suspects::decide,
        replacements::list,
        replacements::rehearsal,
        replacements::replace,
        notifications::list,
        notifications::read,
        notifications::deliveries,
        notifications::again,
        outline_changes::list,
        outline_changes::change,
        imports::list,
        imports::empty,
        imports::take,
        imported::list,
        imported::report,
        imported::look,
        imported::undo,
        arrival::json,
        arrival::csv,
        arrival::aside_csv,
        arrival::replay::replay_heap,
        quarantine::one,
        backdrop::backdrop,
        meters::readings,
    ),
    components(schemas(
        problem::wire::Body,
        live::wire::Readings,
        live::wire::Gateways,
        live::wire::State,
        live::wire::Gap
    ))
)]
struct Document;

pub(super) fn routes() -> Routes {
    // The same as long as the process lives, and dear to write: written at the first question.
    let kept: Arc<OnceLock<Bytes>> = Arc::default();
    let handler = move || async move { answer(&kept) };
    Routes::default().get("/api/openapi.json", Right::Everybody, handler)
}

/// This document.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "openapi",
    responses((status = 200, body = Object, description = "OpenAPI 3.1"))
)]
fn answer(kept: &OnceLock<Bytes>) -> Result<Response, Problem> {
    let text = if let Some(text) = kept.get() {
        text.clone()
    } else {
        let mut document = serde_json::to_value(described()).map_err(Problem::internal)?;
        in_one_order(&mut document);
        shape::complete(&mut document).map_err(Problem::internal)?;
        let text = serde_json::to_vec(&document).map_err(Problem::internal)?;
        kept.get_or_init(|| text.into()).clone()
    };
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// What we add to an operation comes out of a map without order: last, and always alike.
fn in_one_order(document: &mut Value) {
    let paths = document.get_mut("paths").and_then(Value::as_object_mut);
    let items = paths.into_iter().flat_map(serde_json::Map::values_mut);
    let operations = items.filter_map(Value::as_object_mut);
    for operation in operations.flat_map(serde_json::Map::values_mut) {
        let Some(operation) = operation.as_object_mut() else {
            continue;
        };
        for added in ["x-right", "x-example"] {
            if let Some(value) = operation.shift_remove(added) {
                operation.insert(added.to_owned(), value);
            }
        }
    }
}

fn described() -> utoipa::openapi::OpenApi {
    let mut document = Document::openapi();
    for operation in router::operations() {
        let item = document.paths.paths.get_mut(operation.path);
        if let Some(described) = item.and_then(|item| find(item, operation.verb)) {
            complete(described, &operation);
        }
    }
    document
}

fn find(item: &mut PathItem, verb: Verb) -> Option<&mut Described> {
    match verb {
        Verb::Get => item.get.as_mut(),
        Verb::Post => item.post.as_mut(),
    }
}

/// Adds what holds for all: who may ask, and the shape of every error.
fn complete(described: &mut Described, operation: &Operation) {
    let right = match operation.right {
        Right::Everybody => "everybody".to_owned(),
        Right::Gateway => "gateway".to_owned(),
        Right::Own => "own account".to_owned(),
        Right::Row(matter, action) => format!("{} {}", matter.as_str(), action.as_str()),
    };
    let extensions = described.extensions.get_or_insert_default();
    extensions.insert("x-right".to_owned(), right.into());
    let id = described.operation_id.as_deref().unwrap_or_default();
    if let Some(example) = examples::example(id) {
        extensions.insert("x-example".to_owned(), example);
    }
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    let problem = ResponseBuilder::new()
        .description("a problem with a stable code")
        .content("application/problem+json", content.build())
        .build();
    let responses = &mut described.responses.responses;
    responses.insert("default".to_owned(), problem.into());
}

//! `/api/openapi.json`: the API, described from its handlers. Every operation for programs is in
//! it, with the row of contract.md 6 that its rights come from; a test compares the lists.

use axum::Json;
use utoipa::OpenApi;
use utoipa::openapi::path::{Operation as Described, PathItem};
use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder};

use super::operation::{Operation, Right, Verb};
use super::{Routes, problem, router};
use super::{
    accounts, arrival, audit, backdrop, gateways, health, ledgers, live, map, meters, own, parcels,
    people, periods, proposals, quarantine, ratings, readings, reconcile, session, sign_in,
    sources,
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
        described,
        live::live,
        map::json,
        map::svg,
        map::png,
        map::geojson,
        map::csv,
        parcels::outlines::outlines,
        parcels::card,
        periods::periods,
        gateways::list,
        quarantine::list,
        readings::take,
        reconcile::table,
        accounts::list,
        accounts::one,
        ledgers::json,
        ledgers::csv,
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
        own::tokens,
        own::add_token,
        own::revoke_token,
        people::list,
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
        arrival::json,
        arrival::csv,
        arrival::aside_csv,
        quarantine::one,
        backdrop::backdrop,
        meters::readings,
    ),
    components(schemas(problem::wire::Body))
)]
struct Document;

pub(super) fn routes() -> Routes {
    Routes::default().get("/api/openapi.json", Right::Everybody, described)
}

/// This document.
#[utoipa::path(
    get,
    path = "/api/openapi.json",
    operation_id = "openapi",
    responses((status = 200, body = Object, description = "OpenAPI 3.1"))
)]
pub(super) async fn described() -> Json<utoipa::openapi::OpenApi> {
    let mut document = Document::openapi();
    for operation in router::operations() {
        let item = document.paths.paths.get_mut(operation.path);
        if let Some(described) = item.and_then(|item| find(item, operation.verb)) {
            complete(described, &operation);
        }
    }
    Json(document)
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
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem")));
    let problem = ResponseBuilder::new()
        .description("a problem with a stable code")
        .content("application/problem+json", content.build())
        .build();
    let responses = &mut described.responses.responses;
    responses.insert("default".to_owned(), problem.into());
}

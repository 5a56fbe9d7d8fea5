//! `GET /api/v1/reconcile`: what became of every value, per gateway (contract C2); as a table that an
//! enterprise can keep, day by day, as `.csv`.

mod wire;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use crate::access::{Action, Matter, Principal};
use crate::calendar::{Day, Moment};
use crate::http::{Asked, Asker, Desk, Problem, Right, Routes, in_sight, off_thread, spreadsheet};
use crate::jobs::{GatewayCounts, reconcile, reconcile_days};
use crate::park::Roster;
use crate::store::{Engine, StoreFault};

pub use wire::Row;

pub(super) fn routes() -> Routes {
    let right = Right::Row(Matter::Series, Action::Read);
    Routes::default()
        .get("/api/v1/reconcile", right, table)
        .big(
            "/api/v1/reconcile.csv",
            Right::Row(Matter::Series, Action::Export),
            csv,
        )
}

/// The columns of the table; counts in values.
const HEAD: [&str; 12] = [
    "gateway",
    "day",
    "received",
    "stored",
    "duplicate",
    "conflict",
    "quarantined",
    "refused",
    "pending",
    "unpromised",
    "balanced",
    "as_of",
];

/// The table of the gateways whose series the asker may read.
#[utoipa::path(
    get,
    path = "/api/v1/reconcile",
    operation_id = "reconcile",
    params(("day" = Option<String>, Query, description = "received on this day, 2026-11-22")),
    responses((status = 200, body = [Row], description = "by gateway; all counts in values"))
)]
pub(super) async fn table(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Json<Vec<Row>>, Problem> {
    let day = asked.day()?;
    let mine = counted(&desk, &who, move |engine, roster| {
        let counts = reconcile(engine, roster, day)?;
        // The day that is asked for, or no matter.
        Ok(counts.into_iter().map(|row| ((), row)).collect())
    });
    let mine = mine.await?;
    Ok(Json(mine.iter().map(|((), row)| Row::of(row)).collect()))
}

/// The same as a table, day by day, with the instant of counting.
#[utoipa::path(
    get,
    path = "/api/v1/reconcile.csv",
    operation_id = "reconcile_csv",
    params(("day" = Option<String>, Query, description = "received on this day, 2026-11-22")),
    responses((status = 200, body = String, content_type = "text/csv", description = "one row a gateway and day; all counts in values"))
)]
pub(super) async fn csv(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Response, Problem> {
    let (only, as_of) = (asked.day()?, desk.clock.now());
    let mine = counted(&desk, &who, move |engine, roster| {
        reconcile_days(engine, roster, only)
    });
    let mine = mine.await?;
    spreadsheet::answer(HEAD, rows(&mine, as_of))
}

/// The same as a file, of all gateways that are in `counts`; `as_of` is when they were counted.
///
/// # Errors
/// A text that cannot be written.
pub fn file(counts: &[(Day, GatewayCounts)], as_of: Moment) -> Result<Vec<u8>, csv::Error> {
    spreadsheet::write(HEAD, rows(counts, as_of))
}

/// One row a gateway and day.
fn rows(counts: &[(Day, GatewayCounts)], as_of: Moment) -> impl Iterator<Item = [String; 12]> + '_ {
    counts.iter().map(move |(day, row)| {
        let counts = &row.counts;
        [
            spreadsheet::harmless(&row.gateway),
            day.to_string(),
            counts.received.to_string(),
            counts.stored.to_string(),
            counts.duplicate.to_string(),
            counts.conflict.to_string(),
            counts.quarantined.to_string(),
            counts.refused.to_string(),
            counts.pending.to_string(),
            counts.unpromised.to_string(),
            counts.balance().to_string(),
            as_of.to_string(),
        ]
    })
}

/// The counts of the gateways whose series `who` may read, each with what `count` says beside it.
async fn counted<D: Send + 'static>(
    desk: &Desk,
    who: &Principal,
    count: impl FnOnce(&dyn Engine, &Roster) -> Result<Vec<(D, GatewayCounts)>, StoreFault>
    + Send
    + 'static,
) -> Result<Vec<(D, GatewayCounts)>, Problem> {
    let sight = in_sight(desk, who).await?;
    let roster = desk.registry.directory().current();
    let (of_all, engine) = (Clone::clone(&roster), Arc::clone(&desk.engine));
    let mut counts = off_thread(move || count(&*engine, &of_all)).await?;
    counts.retain(|(_, row)| {
        let gateway = roster.gateway_numbered(row.number);
        gateway.is_some_and(|gateway| sight.contains(&gateway.enterprise))
    });
    Ok(counts)
}

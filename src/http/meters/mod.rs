//! `GET /api/v1/meters/{meter}/readings`: what one meter said on one day, for the curve of its load
//! and the list behind 看读数. Whoever may not read its series finds no such meter.

mod wire;

use std::ops::ControlFlow;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter};
use crate::calendar::Day;
use crate::park::MeterId;

use super::{Asked, Asker, Checked, Desk, Problem, Right, Routes, Trouble, off_thread};

/// A day of readings every 10 s; beyond, the newest are left out and that is said.
const READINGS_MAX: usize = 8_640;

pub(super) fn routes() -> Routes {
    let right = Right::Row(Matter::Series, Action::Read);
    Routes::default().get("/api/v1/meters/{meter}/readings", right, readings)
}

/// What one meter said on one day.
#[utoipa::path(
    get,
    path = "/api/v1/meters/{meter}/readings",
    operation_id = "meter_readings",
    params(("meter" = String, Path, description = "the id of the meter"), wire::Asked),
    responses((status = 200, body = wire::Answer, description = "first values, oldest first"))
)]
pub(super) async fn readings(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Checked(meter): Checked<MeterId>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Json<wire::Answer>, Problem> {
    let history = desk.registry.find_meter_history(&who, &meter).await;
    let history = history.map_err(Problem::internal)?;
    let history = history.ok_or_else(Problem::not_found)?;
    let now = desk.clock.now();
    let day = asked.day()?.unwrap_or_else(|| Day::of(now));
    let indicator = desk.catalogue.find(&asked.indicator).ok_or_else(|| {
        let detail = format!("{} is no indicator", asked.indicator);
        Problem::new(Trouble::BadRequest, detail)
    })?;
    let terms = history.rows.iter().rev();
    let interval_s = terms
        .clone()
        .find(|row| row.indicator == indicator.number)
        .map(|row| row.interval_s)
        .ok_or_else(Problem::not_found)?;
    let roster = desk.registry.directory().current();
    let number = roster.find_meter(meter.as_str()).map(|one| one.number);
    let number = number.ok_or_else(Problem::not_found)?;
    let (engine, code) = (Arc::clone(&desk.engine), indicator.number);
    let found = off_thread(move || {
        let mut found = Vec::new();
        engine.first_values(number, Some(code), day.period(), &mut |row| {
            found.push(*row);
            if found.len() < READINGS_MAX {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        Ok(found)
    })
    .await?;
    Ok(Json(wire::Answer {
        meter: meter.to_string(),
        indicator: indicator.code.clone(),
        unit: indicator.unit.clone(),
        day: wire::date(day),
        as_of: now.to_string(),
        source: "received_readings",
        interval_s,
        readings: found.iter().map(wire::Reading::of).collect(),
    }))
}

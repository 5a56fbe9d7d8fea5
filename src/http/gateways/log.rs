//! `GET /api/v1/gateways/{gateway}/log`: what the server saw of one gateway of late, for whoever tries
//! one and wants to know what came of it (screens.md 7.7, "服务器看到的").
//!
//! Test messages of the last 24 hours, parts of other messages set aside in the last hour, and
//! what was turned away at the door since the start of the process. The newest first.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::calendar::{Moment, Period};
use crate::http::{Asker, Checked, Desk, Problem, in_sight, off_thread};
use crate::indicator::{Catalogue, Kind};
use crate::ingest::{Presence, TurnedAway};
use crate::park::{Gateway, GatewayId, MeterRow, Roster};
use crate::reading::Taken;
use crate::store::registry::PAGE_LIMIT;
use crate::store::{Engine, QuarantineFilter, Quarantined, StoreFault};

use super::wire;

/// Test messages told of.
const TRIALS_MAX: usize = 20;
/// Parts set aside told of.
const ASIDE_MAX: usize = 20;
/// How far back parts set aside are looked for.
const ASIDE_BACK_MS: i64 = 3_600_000;
/// Parts read at once, and at most.
const PAGE: usize = 500;
const PAGES_MAX: usize = 10;

/// What a sample message says where the series has no value yet.
const SAMPLE_REGISTER: f64 = 123_456.78;

/// All that is told of a gateway.
pub(super) struct Log {
    pub(super) gateway: Gateway,
    pub(super) as_of: Moment,
    pub(super) presence: Option<Presence>,
    pub(super) meters: Vec<MeterRow>,
    pub(super) sample: Option<Sample>,
    pub(super) trials: Vec<Taken>,
    pub(super) aside: Vec<Quarantined>,
    pub(super) turned_away: Vec<TurnedAway>,
    pub(super) plain_port: Option<u16>,
    pub(super) tls_port: Option<u16>,
}

/// A value that a test message may carry.
pub(super) struct Sample {
    pub(super) meter: String,
    pub(super) indicator: String,
    pub(super) number: f64,
}

/// What the server saw of one gateway of late.
#[utoipa::path(
    get,
    path = "/api/v1/gateways/{gateway}/log",
    operation_id = "gateway_log",
    params(("gateway" = String, Path, description = "the id of the gateway")),
    responses((status = 200, body = wire::Log, description = "the newest first"))
)]
pub(in crate::http) async fn log(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Checked(id): Checked<GatewayId>,
) -> Result<Json<wire::Log>, Problem> {
    let roster = desk.registry.directory().current();
    let gateway = roster.find_gateway(id.as_str()).cloned();
    let gateway = gateway.ok_or_else(Problem::not_found)?;
    let sight = in_sight(&desk, &who).await?;
    if !sight.contains(&gateway.enterprise) {
        return Err(Problem::not_found());
    }
    let now = desk.clock.now();
    let rows = desk
        .registry
        .list_meter_rows(&who, Some(&gateway.enterprise), None, PAGE_LIMIT);
    let mut meters = rows.await.map_err(Problem::internal)?.entries;
    meters.retain(|row| row.validity.holds(now));
    if meters.iter().any(|row| row.gateway.as_ref() == Some(&id)) {
        meters.retain(|row| row.gateway.as_ref() == Some(&id));
    }
    let mut presences = desk.door.presences().into_iter();
    let presence = presences.find(|one| one.gateway == gateway.number);
    let turned_away = desk.door.turned_away(&gateway);
    let (engine, catalogue) = (Arc::clone(&desk.engine), Arc::clone(&desk.catalogue));
    let names = Arc::clone(&roster);
    let (plain_port, tls_port) = (desk.mqtt_port, desk.mqtt_tls_port);
    let log = off_thread(move || {
        Ok(Log {
            as_of: now,
            presence,
            sample: sample(&*engine, &catalogue, &names, &meters)?,
            meters,
            trials: trials(&*engine, &gateway, now)?,
            aside: aside(&*engine, &gateway, now)?,
            gateway,
            turned_away,
            plain_port,
            tls_port,
        })
    });
    let log = log.await?;
    Ok(Json(wire::Log::of(&log, &roster, &desk.catalogue)))
}

fn trials(engine: &dyn Engine, gateway: &Gateway, now: Moment) -> Result<Vec<Taken>, StoreFault> {
    let mut found = Vec::new();
    engine.trials(gateway.number, now, TRIALS_MAX, &mut |taken| {
        found.push(taken.clone());
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

/// The newest parts that lie aside, oldest first.
fn aside(
    engine: &dyn Engine,
    gateway: &Gateway,
    now: Moment,
) -> Result<Vec<Quarantined>, StoreFault> {
    let mut newest = VecDeque::new();
    let mut filter = QuarantineFilter {
        gateway: Some(gateway.number),
        replayed: Some(false),
        received: Period::new(now.plus_ms(-ASIDE_BACK_MS), now.plus_ms(1)),
        limit: PAGE,
        ..QuarantineFilter::default()
    };
    for _page in 0..PAGES_MAX {
        let mut read = 0;
        engine.quarantined(&filter.clone(), &mut |item| {
            read += 1;
            filter.after = Some(item.number);
            if newest.len() >= ASIDE_MAX {
                newest.pop_front();
            }
            newest.push_back(item.clone());
            ControlFlow::Continue(())
        })?;
        if read < PAGE {
            break;
        }
    }
    Ok(newest.into())
}

/// A value as the first of `meters` would send it: what it said last, or one that is plausible.
fn sample(
    engine: &dyn Engine,
    catalogue: &Catalogue,
    roster: &Roster,
    meters: &[MeterRow],
) -> Result<Option<Sample>, StoreFault> {
    let is_register = |row: &&MeterRow| {
        let known = catalogue.numbered(row.indicator);
        known.is_some_and(|known| known.kind == Kind::Register)
    };
    let row = meters.iter().find(is_register).or_else(|| meters.first());
    let Some((row, indicator)) =
        row.and_then(|row| Some((row, catalogue.numbered(row.indicator)?)))
    else {
        return Ok(None);
    };
    let mut number = match indicator.kind {
        Kind::Register => SAMPLE_REGISTER,
        _ => 1.0_f64
            .max(indicator.limit_lower)
            .min(indicator.limit_upper),
    };
    if let Some(meter) = roster.find_meter(row.meter.as_str()) {
        engine.latest_of(meter.number, &mut |latest| {
            if latest.indicator == row.indicator {
                number = latest.number;
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(Some(Sample {
        meter: row.meter.to_string(),
        indicator: indicator.code.clone(),
        number,
    }))
}

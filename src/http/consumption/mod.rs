//! `GET /api/v1/consumption`: what meters, enterprises or parks used in an hour, a day or a month, as
//! the ledger stands. What a closing says of a month is in the accounts; this follows every reading.
//!
//! Cut by the row of series (contract.md 6): a meter or enterprise that the asker may not read is not
//! there, and a park is there for whoever may read all that is metered in it. Knows no factor and no money.

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter, Principal};
use crate::indicator::{Indicator, Kind};
use crate::jobs::add_up::{self, MeterFigure};
use crate::ledger::Rollup;

use super::figures::unavailable;
use super::{Asked, Asker, Desk, Problem, Right, Routes, Trouble};

use wire::By;

pub(super) fn routes() -> Routes {
    let right = Right::Row(Matter::Series, Action::Read);
    Routes::default().big("/api/v1/consumption", right, consumption)
}

/// What was used, by meter, enterprise or park.
#[utoipa::path(
    get,
    path = "/api/v1/consumption",
    operation_id = "consumption",
    params(wire::Query),
    responses((status = 200, body = wire::Page, description = "of those whose series the asker may read, by id"))
)]
pub(super) async fn consumption(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::Page>, Problem> {
    let (period, limit) = (query.period()?, query.limit()?);
    let indicator = register(&desk, &query.indicator)?;
    let as_of = desk.clock.now();
    // A meter is taken away from the one above it whoever asks: sums are made of all, and cut then.
    let all = Principal::local();
    let ladder = add_up::ladder(&desk.registry).await.map_err(unavailable)?;
    let ground = (&desk.registry, &ladder);
    let figures = add_up::meters(ground, &all, indicator.number, period, as_of).await;
    let figures = figures.map_err(unavailable)?;
    let sums = cut(&figures, query.by, &who);
    let rest = sums.iter().filter(|(id, _)| query.is_after_cursor(id));
    let mut rest = rest.map(|(id, rollup)| wire::Item::of(id, rollup));
    let items: Vec<_> = rest.by_ref().take(limit).collect();
    let is_more = rest.next().is_some();
    Ok(Json(wire::Page::of(
        indicator,
        (period, as_of),
        items,
        is_more,
    )))
}

/// The indicator, which must count up: of others no consumption is known.
fn register<'a>(desk: &'a Desk, code: &str) -> Result<&'a Indicator, Problem> {
    let found = desk.catalogue.find(code);
    found
        .filter(|indicator| indicator.kind == Kind::Register)
        .ok_or_else(|| {
            let detail = "indicator is not one that a meter counts, as kwh_register";
            Problem::new(Trouble::BadRequest, detail)
        })
}

/// The sums by id, without those that `who` may not read.
fn cut(figures: &[MeterFigure], by: By, who: &Principal) -> BTreeMap<String, Rollup> {
    let is_mine = |one: &MeterFigure| who.may_read_series(&one.enterprise, &one.park);
    match by {
        By::Meter => {
            let mine = figures.iter().filter(|one| is_mine(one));
            mine.map(|one| (one.meter.to_string(), one.rollup.clone()))
                .collect()
        }
        By::Enterprise => {
            let mine = figures.iter().filter(|one| is_mine(one));
            let mine: BTreeSet<_> = mine.map(|one| &one.enterprise).collect();
            let sums = add_up::by_enterprise(figures).into_iter();
            sums.filter(|(code, _)| mine.contains(code))
                .map(|(code, sum)| (code.to_string(), sum))
                .collect()
        }
        By::Park => {
            let others = figures.iter().filter(|one| !is_mine(one));
            let others: BTreeSet<_> = others.map(|one| &one.park).collect();
            let sums = add_up::by_park(figures).into_iter();
            sums.filter(|(park, _)| !others.contains(park))
                .map(|(park, sum)| (park.to_string(), sum))
                .collect()
        }
    }
}

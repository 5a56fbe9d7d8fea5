//! `GET /api/v1/arrival`: did the data arrive. Of each meter the newest reading, some days (14, at
//! most 90) of expected and received, how it stands and why; what lies in quarantine and how to mend it; what
//! the gateways say. The strips and the quarantine as `.csv`.
//!
//! Own meters of an enterprise, those of an operator's parks, all for the bureau (contract.md 6,
//! row 1); who may see none finds no such address. Knows nothing of amounts.

mod aside;
mod meters;
pub(super) mod replay;
mod strip;
mod table;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::access::{Action, Matter, Principal};
use crate::calendar::{Day, Moment};
use crate::ingest::Presence;
use crate::park::{Enterprise, EnterpriseCode, Gateway, MeterRow};
use crate::reading::Taken;
use crate::store::registry::PAGE_LIMIT;

use super::words::language_asked_for;
use super::{Asked, Asker, Desk, Problem, Right, Routes, firms_in_sight, off_thread, spreadsheet};

use aside::Heap;
use meters::MeterArrival;

/// Days of a strip, the running one included (screens.md 7.1), and the most of them (7.2).
const DAYS: i32 = 14;
const DAYS_MAX: i32 = 90;

pub(super) fn routes() -> Routes {
    let right = Right::Row(Matter::Series, Action::Read);
    let files = Right::Row(Matter::Series, Action::Export);
    Routes::default()
        .get("/api/v1/arrival", right, json)
        .big("/api/v1/arrival.csv", files, csv)
        .big("/api/v1/arrival/quarantine.csv", files, aside_csv)
        .post(
            "/api/v1/arrival/quarantine/replay",
            Right::Row(Matter::Aside, Action::Write),
            replay::replay_heap,
        )
}

/// All that is answered.
struct Arrival {
    as_of: Moment,
    days: Vec<Day>,
    enterprises: BTreeMap<EnterpriseCode, Enterprise>,
    meters: Vec<MeterArrival>,
    heaps: Vec<Heap>,
    gateways: Vec<(Gateway, Option<Presence>, Option<Taken>)>,
    /// The port that gateways of a closed network and test messages go to.
    mqtt_port: Option<u16>,
}

/// Meters with their strips, quarantine and gateways in the asker's sight.
#[utoipa::path(
    get,
    path = "/api/v1/arrival",
    operation_id = "arrival",
    params(wire::Asked),
    responses((status = 200, body = wire::Answer, description = "the worst meters first"))
)]
pub(super) async fn json(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Json<wire::Answer>, Problem> {
    let arrival = Arrival::load(&desk, &who, &asked).await?;
    Ok(Json(wire::Answer::of(&arrival)))
}

/// The same strips as a table.
#[utoipa::path(
    get,
    path = "/api/v1/arrival.csv",
    operation_id = "arrival_csv",
    params(wire::Asked),
    responses((status = 200, body = String, content_type = "text/csv", description = "one row a meter and day"))
)]
pub(super) async fn csv(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Response, Problem> {
    let arrival = Arrival::load(&desk, &who, &asked).await?;
    spreadsheet::answer(table::HEAD, table::rows(&arrival))
}

/// What lies in quarantine, the items behind the answer's heaps.
#[utoipa::path(
    get,
    path = "/api/v1/arrival/quarantine.csv",
    operation_id = "arrival_quarantine_csv",
    params(wire::Asked),
    responses((status = 200, body = String, content_type = "text/csv", description = "one row an item, with reason and remedy in words"))
)]
pub(super) async fn aside_csv(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let now = desk.clock.now();
    let enterprises = enterprises(&desk, &who, &asked).await?;
    let gateways = gateways_of(&desk, &enterprises);
    let engine = Arc::clone(&desk.engine);
    let (items, has_more) = off_thread(move || aside::items(&*engine, &gateways, now)).await?;
    let language = language_asked_for(&headers);
    let rows = table::aside_rows(&items, now, language);
    let foot = has_more.then(|| table::aside_foot(language));
    spreadsheet::answer(table::ASIDE_HEAD, rows.chain(foot))
}

/// The gateways of these enterprises.
fn gateways_of(desk: &Desk, enterprises: &BTreeMap<EnterpriseCode, Enterprise>) -> Vec<Gateway> {
    let roster = desk.registry.directory().current();
    let gateways = roster.gateways();
    gateways
        .filter(|gateway| enterprises.contains_key(&gateway.enterprise))
        .cloned()
        .collect()
}

impl Arrival {
    async fn load(desk: &Desk, who: &Principal, asked: &wire::Asked) -> Result<Self, Problem> {
        let now = desk.clock.now();
        let today = Day::of(now);
        let first = Day::from_number(today.number().saturating_sub(asked.days()? - 1));
        let days = days(first, today);
        let enterprises = enterprises(desk, who, asked).await?;
        let mut rows = meter_rows(desk, who, asked.enterprise()?.as_ref()).await?;
        rows.retain(|row| {
            enterprises.contains_key(&row.enterprise) && runs_in(row, first.start(), now)
        });
        let roster = desk.registry.directory().current();
        let gateways = gateways_of(desk, &enterprises);
        let presences = desk.door.presences();
        let (engine, catalogue) = (Arc::clone(&desk.engine), Arc::clone(&desk.catalogue));
        let strip_days = days.clone();
        off_thread(move || {
            let heaps = aside::heaps(&*engine, &gateways, now)?;
            let here = gateways
                .into_iter()
                .map(|gateway| {
                    let presence = presences.iter().find(|one| one.gateway == gateway.number);
                    let trial = aside::newest_trial(&*engine, &gateway, now)?;
                    Ok((gateway, presence.copied(), trial))
                })
                .collect::<Result<Vec<_>, crate::store::StoreFault>>()?;
            let ground = meters::Ground {
                engine: &*engine,
                catalogue: &catalogue,
                roster: &roster,
                gateways: &here,
                heaps: &heaps,
                now,
            };
            let meters = meters::arrivals(&ground, &rows, &strip_days)?;
            Ok((heaps, here, meters))
        })
        .await
        .map(|(heaps, gateways, meters)| Self {
            as_of: now,
            days,
            enterprises,
            meters,
            heaps,
            gateways,
            mqtt_port: desk.mqtt_port,
        })
    }
}

fn days(first: Day, last: Day) -> Vec<Day> {
    let mut days = Vec::new();
    let mut day = first;
    while day <= last {
        days.push(day);
        day = day.next();
    }
    days
}

/// Whether a row runs at any time between `from` and `to`.
fn runs_in(row: &MeterRow, from: Moment, to: Moment) -> bool {
    row.validity.from() < to && row.validity.to().is_none_or(|end| from < end)
}

/// The enterprises that are asked for and in sight; one that is not is not there.
async fn enterprises(
    desk: &Desk,
    who: &Principal,
    asked: &wire::Asked,
) -> Result<BTreeMap<EnterpriseCode, Enterprise>, Problem> {
    let (only, park) = (asked.enterprise()?, asked.park()?);
    let found = firms_in_sight(desk, who, only.as_ref(), park.as_ref()).await?;
    if found.is_empty() && (only.is_some() || park.is_some()) {
        return Err(Problem::not_found());
    }
    Ok(found)
}

async fn meter_rows(
    desk: &Desk,
    who: &Principal,
    of: Option<&EnterpriseCode>,
) -> Result<Vec<MeterRow>, Problem> {
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let page = desk
            .registry
            .list_meter_rows(who, of, after, PAGE_LIMIT)
            .await
            .map_err(Problem::internal)?;
        rows.extend(page.entries);
        after = page.next;
        if after.is_none() {
            return Ok(rows);
        }
    }
}

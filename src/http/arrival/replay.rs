//! `POST /api/v1/arrival/quarantine/replay`: one heap of what lies in quarantine is taken in after its
//! cause is gone (screens.md 7.2): the same bytes through the same intake, as they are, with the
//! times moved by as much as the heap's clock was off, or, where the meter was not known, as
//! readings of another meter of that enterprise. What is still not good stays where it is.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;

use crate::access::{Action, Matter, Object, Principal, may};
use crate::calendar::Moment;
use crate::http::figures::unavailable;
use crate::http::{Asker, Desk, Problem, Trouble, json_body, off_thread};
use crate::intake::Amendment;
use crate::jobs::replay::{self, Became, Order};
use crate::park::Gateway;
use crate::reading::Code;
use crate::store::registry::Errand;
use crate::store::{QuarantineNo, StoreFault};

use super::aside::{self, HeapKey};
use super::wire::{ReplayAnswer, ReplayAsked};

/// More than a question has.
const BODY_BYTES_MAX: usize = 2048;
/// Items taken in by one question; the rest stays for the next.
const ITEMS_MAX: usize = 1_000;
/// The most that times are moved.
const SHIFT_MS_MAX: i64 = 86_400_000;

/// What became of a heap.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Totals {
    pub(super) items: u64,
    pub(super) kept: u64,
    pub(super) left: u64,
}

/// Takes a heap in again.
#[utoipa::path(
    post,
    path = "/api/v1/arrival/quarantine/replay",
    operation_id = "replay_heap",
    request_body = ReplayAsked,
    responses((status = 200, body = ReplayAnswer, description = "what was taken, and what stays"), (status = 404, description = "no such heap, or not theirs"))
)]
pub(in crate::http) async fn replay_heap(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<ReplayAnswer>, Problem> {
    let asked: ReplayAsked = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let reason = asked.reason()?;
    let now = desk.clock.now();
    let number = QuarantineNo::new(asked.number);
    let gateway = gateway_of(&desk, &who, number, now).await?;
    let (engine, newest) = (Arc::clone(&desk.engine), gateway.clone());
    let heap = off_thread(move || aside::heap_of(&*engine, &newest, number, now));
    let (key, items) = heap.await?.ok_or_else(Problem::not_found)?;
    let amendment = amendment(&desk, &asked, &key, &gateway)?;
    let how = said(&amendment);
    let order = Order {
        amendment,
        who: who.name.clone(),
        how: format!("replay {how}: {reason}"),
        dry_run: false,
    };
    let object = format!("{} {} {how}: {reason}", gateway.id, key.code());
    // First: readings are kept in another file than the log, and without a record nothing is taken.
    // What became of each item is kept with the item.
    let log = desk.registry.on(&errand);
    let noted = log.note_in_log(&who, "quarantine.replay", &object, "begun");
    noted.await.map_err(unavailable)?;
    let totals = taken(&desk, items, order).await?;
    Ok(Json(ReplayAnswer::of(totals)))
}

/// The gateway of an item that `who` may take in.
async fn gateway_of(
    desk: &Desk,
    who: &Principal,
    number: QuarantineNo,
    now: Moment,
) -> Result<Gateway, Problem> {
    let engine = Arc::clone(&desk.engine);
    let item = off_thread(move || match engine.quarantined_item(number) {
        Ok(item) => Ok(Some(item)),
        Err(StoreFault::Absent { .. }) => Ok(None),
        Err(fault) => Err(fault),
    });
    let item = item.await?.ok_or_else(Problem::not_found)?;
    let roster = desk.registry.directory().current();
    let gateway = roster.gateway_numbered(item.gateway);
    let gateway = gateway.cloned().ok_or_else(Problem::not_found)?;
    let known = desk.registry.find_enterprise(who, &gateway.enterprise, now);
    let known = known
        .await
        .map_err(unavailable)?
        .ok_or_else(Problem::not_found)?;
    let object = Object {
        matter: Matter::Aside,
        enterprise: Some(&gateway.enterprise),
        park: Some(&known.park),
    };
    if !may(who, Action::Write, &object).is_allowed() {
        return Err(Problem::not_found());
    }
    Ok(gateway)
}

/// What is changed of the heap's readings, if the cause of the heap allows it.
fn amendment(
    desk: &Desk,
    asked: &ReplayAsked,
    key: &HeapKey,
    gateway: &Gateway,
) -> Result<Amendment, Problem> {
    let meter_as = asked.meter_as()?;
    if let Some(meter) = &meter_as {
        if key.code() != Code::UnknownMeter {
            let detail = "only readings of a meter that is not known are taken as another's";
            return Err(Problem::new(Trouble::BadRequest, detail));
        }
        let roster = desk.registry.directory().current();
        let known = roster.find_meter(meter.as_str());
        // Somebody else's meter is as one that is not there.
        known
            .filter(|known| known.enterprise == gateway.enterprise)
            .ok_or_else(Problem::not_found)?;
    }
    let shift_ms = if asked.shift { shift(key)? } else { 0 };
    Ok(Amendment { shift_ms, meter_as })
}

/// What was changed, for the note on each item and the log.
fn said(amendment: &Amendment) -> String {
    let moved = format!("by {} ms", amendment.shift_ms);
    match &amendment.meter_as {
        Some(meter) => format!("{moved} as {meter}"),
        None => moved,
    }
}

/// By how much the times of a heap are moved: back by as much as its clock ran ahead.
fn shift(key: &HeapKey) -> Result<i64, Problem> {
    let ahead = key
        .ahead_ms()
        .filter(|ahead| *ahead != 0 && ahead.abs() <= SHIFT_MS_MAX);
    ahead.map(|ahead| -ahead).ok_or_else(|| {
        let detail = "only times that are off by one amount of at most 24 hours can be moved";
        Problem::new(Trouble::BadRequest, detail)
    })
}

async fn taken(desk: &Desk, mut items: Vec<QuarantineNo>, order: Order) -> Result<Totals, Problem> {
    let more = items.len().saturating_sub(ITEMS_MAX);
    items.truncate(ITEMS_MAX);
    let (engine, catalogue) = (Arc::clone(&desk.engine), Arc::clone(&desk.catalogue));
    let (door, clock) = (Arc::clone(&desk.door), Arc::clone(&desk.clock));
    let roster = desk.registry.directory().current();
    off_thread(move || {
        let replaying = replay::Desk {
            quarantine: &*engine,
            roster: &roster,
            catalogue: &catalogue,
            limits: door.limits(),
            clock: &*clock,
        };
        let mut totals = Totals {
            left: u64::try_from(more).unwrap_or(u64::MAX),
            ..Totals::default()
        };
        replay::replay_items(&replaying, &items, &order, |_item, became| match became {
            Became::Taken { kept, set_aside } => {
                totals.items += 1;
                totals.kept += kept;
                totals.left += u64::from(set_aside > 0);
            }
            Became::Before => {}
            Became::Refused { .. } | Became::NotKept | Became::Cut => totals.left += 1,
        })?;
        Ok(totals)
    })
    .await
}

//! How each meter stands: on time, late, silent or out of service, and the likeliest cause.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::calendar::{Day, Moment};
use crate::http::figures::Freshness;
use crate::indicator::{Catalogue, Kind};
use crate::ingest::Presence;
use crate::park::{EnterpriseCode, Gateway, GatewayId, MeterId, MeterRow, Name, Roster};
use crate::reading::{Code, Taken};
use crate::store::{Engine, StoreFault};

use super::aside::Heap;
use super::strip::{DayCount, strip};

/// How a meter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// 正常.
    OnTime,
    /// 迟到.
    Late,
    /// 中断.
    Silent,
    /// 停用: nothing is registered of it any more.
    Stopped,
}

impl State {
    /// As a code.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Late => "late",
            Self::Silent => "silent",
            Self::Stopped => "stopped",
        }
    }
}

/// Why a meter is not on time, as far as the server can know.
#[derive(Clone, Debug)]
pub(super) enum Cause {
    /// Its gateway's readings lie in quarantine.
    Quarantined(Heap),
    /// Its gateway has no connection, since then if that was said.
    GatewayOffline(Option<Moment>),
    /// Its gateway is here and says nothing of it.
    NotRead,
    /// It was registered and never heard of.
    NeverSent,
}

/// One meter.
#[derive(Debug)]
pub(super) struct MeterArrival {
    pub(super) meter: MeterId,
    pub(super) enterprise: EnterpriseCode,
    pub(super) gateway: Option<GatewayId>,
    /// What people call it.
    pub(super) name: Option<Name>,
    /// Where it hangs.
    pub(super) place: Option<Name>,
    pub(super) indicator: String,
    pub(super) unit: String,
    pub(super) interval_s: u32,
    pub(super) newest_at: Option<Moment>,
    pub(super) received_at: Option<Moment>,
    pub(super) state: State,
    pub(super) cause: Option<Cause>,
    pub(super) strip: Vec<DayCount>,
}

/// What the answer is made from.
pub(super) struct Ground<'a> {
    pub(super) engine: &'a dyn Engine,
    pub(super) catalogue: &'a Catalogue,
    pub(super) roster: &'a Roster,
    pub(super) gateways: &'a [(Gateway, Option<Presence>, Option<Taken>)],
    pub(super) heaps: &'a [Heap],
    pub(super) now: Moment,
}

/// The meters of `rows`: worst first, then by id.
pub(super) fn arrivals(
    ground: &Ground<'_>,
    rows: &[MeterRow],
    days: &[Day],
) -> Result<Vec<MeterArrival>, StoreFault> {
    let mut by_meter: BTreeMap<&MeterId, Vec<&MeterRow>> = BTreeMap::new();
    for row in rows {
        by_meter.entry(&row.meter).or_default().push(row);
    }
    let mut meters = Vec::new();
    for (meter, rows) in by_meter {
        meters.extend(arrival(ground, meter, &rows, days)?);
    }
    let worst = |one: &MeterArrival| match one.state {
        State::Silent => 0,
        State::Late => 1,
        State::OnTime => 2,
        State::Stopped => 3,
    };
    meters.sort_by(|a, b| worst(a).cmp(&worst(b)).then(a.meter.cmp(&b.meter)));
    Ok(meters)
}

fn arrival(
    ground: &Ground<'_>,
    meter: &MeterId,
    rows: &[&MeterRow],
    days: &[Day],
) -> Result<Option<MeterArrival>, StoreFault> {
    let Some(number) = ground
        .roster
        .find_meter(meter.as_str())
        .map(|one| one.number)
    else {
        return Ok(None);
    };
    let is_register = |row: &&&MeterRow| {
        let known = ground.catalogue.numbered(row.indicator);
        known.is_some_and(|known| known.kind == Kind::Register)
    };
    let runs = |row: &&&MeterRow| row.validity.holds(ground.now);
    let chosen = rows.iter().filter(runs).find(is_register);
    let chosen = chosen.or_else(|| rows.iter().find(runs));
    let Some(main) = chosen
        .or_else(|| rows.iter().find(is_register))
        .or(rows.first())
    else {
        return Ok(None);
    };
    let Some(indicator) = ground.catalogue.numbered(main.indicator) else {
        return Ok(None);
    };
    let terms: Vec<&MeterRow> = rows
        .iter()
        .copied()
        .filter(|row| row.indicator == main.indicator)
        .collect();
    let newest = newest(ground.engine, number)?;
    let state = state(chosen.is_some(), newest.map(|(at, _)| at), main, ground.now);
    Ok(Some(MeterArrival {
        meter: meter.clone(),
        enterprise: main.enterprise.clone(),
        gateway: main.gateway.clone(),
        name: main.name.clone(),
        place: main.place.clone(),
        indicator: indicator.code.clone(),
        unit: indicator.unit.clone(),
        interval_s: main.interval_s,
        newest_at: newest.map(|(at, _)| at),
        received_at: newest.map(|(_, received_at)| received_at),
        state,
        cause: cause(
            ground,
            main,
            state,
            newest.map(|(_, received_at)| received_at),
        ),
        strip: strip(
            ground.engine,
            number,
            main.indicator,
            &terms,
            days,
            ground.now,
        )?,
    }))
}

/// When the newest reading of all its indicators was measured, and when it came.
fn newest(
    engine: &dyn Engine,
    number: crate::park::MeterNo,
) -> Result<Option<(Moment, Moment)>, StoreFault> {
    let mut newest = None;
    engine.latest_of(number, &mut |row| {
        newest = newest.max(Some((row.at, row.received_at)));
        ControlFlow::Continue(())
    })?;
    Ok(newest)
}

fn state(runs: bool, newest: Option<Moment>, main: &MeterRow, now: Moment) -> State {
    if !runs {
        return State::Stopped;
    }
    let interval_ms = i64::from(main.interval_s).saturating_mul(1000);
    match Freshness::of(newest, interval_ms, now) {
        Freshness::OnTime => State::OnTime,
        Freshness::Late => State::Late,
        Freshness::Silent | Freshness::Never => State::Silent,
    }
}

/// The likeliest cause: what was set aside since the last reading came, else the gateway's line.
fn cause(
    ground: &Ground<'_>,
    main: &MeterRow,
    state: State,
    received_at: Option<Moment>,
) -> Option<Cause> {
    if !matches!(state, State::Late | State::Silent) {
        return None;
    }
    let sends = |gateway: &Gateway| match &main.gateway {
        Some(own) => gateway.id == *own,
        None => gateway.enterprise == main.enterprise,
    };
    let concerns = |heap: &&Heap| {
        let by_gateway = ground
            .gateways
            .iter()
            .any(|(one, ..)| sends(one) && one.id == heap.gateway);
        by_gateway
            && heap.code != Code::UnknownMeter
            && received_at.is_none_or(|received_at| heap.newest_at > received_at)
    };
    if let Some(heap) = ground.heaps.iter().find(concerns) {
        return Some(Cause::Quarantined(heap.clone()));
    }
    let mut own = ground.gateways.iter().filter(|(one, ..)| sends(one));
    let here = own
        .clone()
        .any(|(_, presence, _)| is_here(presence.as_ref()));
    if here {
        let never = received_at.is_none();
        return Some(if never {
            Cause::NeverSent
        } else {
            Cause::NotRead
        });
    }
    let said = own.find_map(|(_, presence, _)| presence.and_then(|one| one.said));
    Some(Cause::GatewayOffline(said.map(|said| said.at)))
}

fn is_here(presence: Option<&Presence>) -> bool {
    presence.is_some_and(|one| one.connections > 0)
}

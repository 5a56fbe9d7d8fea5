//! What an enterprise used of electricity in a month by the slots of the plan, with its demand: walked
//! again from what arrived, for what is kept of a day is kept by the hour and no finer.
//!
//! The same meters count as in its account: one below another of its own is in that one already, what
//! another enterprise draws below is taken away ([`add_up`]).

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::access::Principal;
use crate::calendar::{Day, Moment, Month};
use crate::indicator::IndicatorNo;
use crate::ledger::tariff::{Curve, Tariffs, TimeOfUse};
use crate::ledger::{Event, Metering, Readings, Span, Walk};
use crate::park::{EnterpriseCode, MeterId};
use crate::store::Engine;
use crate::store::registry::{Registry, SeriesKey};

use super::LedgerFault;
use super::add_up::{self, MeterFigure};
use super::keep_ledger::read_days;

/// What a month by slots is made of.
#[derive(Clone, Debug)]
pub struct Ground {
    /// Terms of meters, and where their walks stood.
    pub registry: Registry,
    /// Readings.
    pub engine: Arc<dyn Engine>,
    /// Plan and prices.
    pub tariffs: Arc<Tariffs>,
}

/// A month by slots, and of which meters.
#[derive(Clone, Debug)]
pub struct Timed {
    /// What lies in each slot, and demand.
    pub of: TimeOfUse,
    /// The meters that were added up.
    pub meters: Vec<MeterId>,
    /// Those of other enterprises that were taken away.
    pub taken_away: Vec<MeterId>,
}

/// What `enterprise` used in `month` as far as it is known at `as_of`, by slots. Whoever asks has been
/// asked whether they may know before.
///
/// # Errors
/// The registry or the readings could not be read.
pub async fn time_of_use(
    ground: &Ground,
    (enterprise, indicator): (&EnterpriseCode, IndicatorNo),
    month: Month,
    as_of: Moment,
) -> Result<Timed, LedgerFault> {
    let (all, period) = (Principal::local(), month.period());
    let ladder = add_up::ladder(&ground.registry).await?;
    let rows = (&ground.registry, &ladder);
    let figures = add_up::meters(rows, &all, indicator, period, as_of).await?;
    let mut whole = Curve::empty(month);
    let (mut meters, mut taken_away) = (Vec::new(), Vec::new());
    for one in add_up::counted(&figures) {
        if one.owner.enterprise != *enterprise {
            continue;
        }
        let curve = curve(ground, (one.figure, indicator), month, as_of).await?;
        let Some(curve) = curve else {
            continue;
        };
        if one.minus {
            whole.take_away(&curve);
            taken_away.push(one.figure.meter.clone());
        } else {
            whole.add(&curve);
            meters.push(one.figure.meter.clone());
        }
    }
    Ok(Timed {
        of: TimeOfUse::of(&whole, &ground.tariffs),
        meters,
        taken_away,
    })
}

/// What a meter used quarter hour by quarter hour; `None` if it did not stand in the month.
async fn curve(
    ground: &Ground,
    (meter, indicator): (&MeterFigure, IndicatorNo),
    month: Month,
    as_of: Moment,
) -> Result<Option<Curve>, LedgerFault> {
    let Some(metering) = metering(ground, &meter.meter, indicator).await? else {
        return Ok(None);
    };
    let period = month.period();
    let series = SeriesKey {
        meter: meter.number,
        indicator,
    };
    let first = Day::of(period.from());
    let start = ground.registry.find_walk_before(series, first).await?;
    let start = start.map_or_else(Walk::new, |(_, walk)| walk);
    // What lies over the month's end is known by the first reading after it.
    let last = Day::of(period.to().plus_ms(-1));
    let after = ground.registry.find_day_after(series, last).await?;
    let (engine, tariffs) = (Arc::clone(&ground.engine), Arc::clone(&ground.tariffs));
    let walk = move || {
        let mut days = read_days(engine.as_ref(), series, period)?;
        if let Some(after) = after {
            days.extend(read_days(engine.as_ref(), series, after.period())?);
        }
        let spans = spans(start, &metering, &days);
        let terms = (metering.expectation(), as_of);
        let slot_at = |moment| tariffs.slot_at(moment);
        Ok::<_, LedgerFault>(Curve::of(month, &spans, terms, slot_at))
    };
    spawn_blocking(walk).await?.map(Some)
}

/// The terms of a register; `None` if none are registered, or they contradict each other, which the
/// keeper of the ledger tells.
async fn metering(
    ground: &Ground,
    meter: &MeterId,
    indicator: IndicatorNo,
) -> Result<Option<Metering>, LedgerFault> {
    let all = Principal::local();
    let history = ground.registry.find_meter_history(&all, meter).await?;
    Ok(history.and_then(|history| history.metering(indicator)))
}

/// What the walk settles along `days`, and what stands open after them.
fn spans(mut walk: Walk, metering: &Metering, days: &BTreeMap<Day, Readings>) -> Vec<Span> {
    let mut events = Vec::new();
    for (day, readings) in days {
        let register = metering.register_on(*day);
        for shown in &readings.shown {
            walk.take(register, shown.clone(), &mut events);
        }
    }
    events.extend(walk.tail());
    let settled = events.into_iter().filter_map(|event| match event {
        Event::Settled(span) => Some(span),
        _ => None,
    });
    settled.collect()
}

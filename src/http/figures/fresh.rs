//! 数据新鲜度: which meters are on time. A meter is on time if its newest reading is no older than
//! 2.5 of its intervals: beyond that the ledger calls what lies between estimated (contract.md 9).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::access::Principal;
use crate::calendar::Moment;
use crate::http::{Desk, Problem};
use crate::park::{EnterpriseCode, MeterId, ParcelId, ParkId};

use super::{Figure, Figures, Ground, Layer, Ratio, State, unavailable};

/// Beyond so many intervals a meter is not late any more but silent.
const SILENT_AFTER: i64 = 10;

/// How a meter, or all meters of a parcel, stand with their newest reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::http) enum Freshness {
    /// 准时.
    OnTime,
    /// 迟到.
    Late,
    /// 中断.
    Silent,
    /// Never received.
    Never,
}

impl Freshness {
    /// As a code.
    pub(in crate::http) const fn as_str(self) -> &'static str {
        match self {
            Self::OnTime => "on_time",
            Self::Late => "late",
            Self::Silent => "silent",
            Self::Never => "none",
        }
    }

    /// How whatever sends every `interval_ms` stands at `now`.
    pub(in crate::http) fn of(newest: Option<Moment>, interval_ms: i64, now: Moment) -> Self {
        let Some(newest) = newest else {
            return Self::Never;
        };
        let age_ms = now.ms_since(newest);
        if age_ms.saturating_mul(2) <= interval_ms.saturating_mul(5) {
            Self::OnTime
        } else if age_ms <= interval_ms.saturating_mul(SILENT_AFTER) {
            Self::Late
        } else {
            Self::Silent
        }
    }
}

/// The newest of one meter.
#[derive(Clone, Debug)]
pub(in crate::http) struct Arrival {
    /// Whose.
    pub(in crate::http) enterprise: EnterpriseCode,
    /// When its newest reading was measured.
    pub(in crate::http) newest: Option<Moment>,
    /// How often one is expected.
    pub(in crate::http) interval_ms: i64,
    /// How it stands.
    pub(in crate::http) freshness: Freshness,
}

/// The newest of all meters of a park.
#[derive(Debug, Default)]
pub(in crate::http) struct Arrivals {
    /// By meter.
    pub(in crate::http) meters: BTreeMap<MeterId, Arrival>,
    /// The newest measured instant of all.
    pub(in crate::http) data_to: Option<Moment>,
    /// When the newest reading should have been measured, if it is late by more than 2.5 of the
    /// shortest interval.
    pub(in crate::http) data_due: Option<Moment>,
}

/// The layer.
pub(super) async fn load(
    desk: &Desk,
    who: &Principal,
    park: Option<&ParkId>,
    now: Moment,
) -> Result<Figures, Problem> {
    let ground = Ground::load(desk, who, park, now).await?;
    let arrivals = Arrivals::load(desk, &ground, now).await?;
    let cells: Vec<Figure> = ground
        .parcels
        .iter()
        .map(|parcel| arrivals.cell(&ground, &parcel.id))
        .collect();
    let on_time = arrivals.count(Freshness::OnTime);
    let total = Ratio::percent(on_time, arrivals.meters.len());
    let figures = Figures::of_now(Layer::Freshness, ground, cells, arrivals, now)?;
    Ok(Figures { total, ..figures })
}

impl Arrivals {
    /// The newest readings of the ground's meters.
    ///
    /// # Errors
    /// 503 if the store does not answer.
    pub(super) async fn load(desk: &Desk, ground: &Ground, now: Moment) -> Result<Self, Problem> {
        let engine = Arc::clone(&desk.engine);
        let roster = desk.registry.directory().current();
        let read = move || {
            let mut newest: BTreeMap<MeterId, Moment> = BTreeMap::new();
            engine.latest(&mut |row| {
                if let Some(meter) = roster.meter_numbered(row.meter) {
                    let at = newest.entry(meter.id.clone()).or_insert(row.at);
                    *at = row.at.max(*at);
                }
                ControlFlow::Continue(())
            })?;
            Ok(newest)
        };
        let newest = tokio::task::spawn_blocking(read).await;
        let newest: Result<_, crate::store::StoreFault> = newest.map_err(unavailable)?;
        Ok(Self::of(ground, &newest.map_err(unavailable)?, now))
    }

    fn of(ground: &Ground, newest: &BTreeMap<MeterId, Moment>, now: Moment) -> Self {
        let mut meters: BTreeMap<MeterId, Arrival> = BTreeMap::new();
        for row in &ground.meters {
            let interval_ms = i64::from(row.interval_s).saturating_mul(1000);
            let shortest = meters
                .get(&row.meter)
                .map_or(interval_ms, |one| one.interval_ms);
            let interval_ms = interval_ms.min(shortest);
            let newest = newest.get(&row.meter).copied();
            meters.insert(
                row.meter.clone(),
                Arrival {
                    enterprise: row.enterprise.clone(),
                    newest,
                    interval_ms,
                    freshness: Freshness::of(newest, interval_ms, now),
                },
            );
        }
        let data_to = meters.values().filter_map(|one| one.newest).max();
        let shortest = meters.values().map(|one| one.interval_ms).min();
        let data_due = shortest
            .filter(|interval_ms| Freshness::of(data_to, *interval_ms, now) != Freshness::OnTime)
            .map(|interval_ms| now.plus_ms(-now.unix_ms().rem_euclid(interval_ms)));
        Self {
            meters,
            data_to,
            data_due,
        }
    }

    fn count(&self, wanted: Freshness) -> usize {
        let meters = self.meters.values();
        meters.filter(|one| one.freshness == wanted).count()
    }

    /// The meters of those who stand on `parcel`.
    pub(in crate::http) fn on<'a>(
        &'a self,
        ground: &Ground,
        parcel: &ParcelId,
    ) -> impl Iterator<Item = &'a Arrival> {
        let standings = ground.standing_on(parcel);
        let here: BTreeSet<_> = standings.iter().map(|one| one.enterprise.clone()).collect();
        self.meters
            .values()
            .filter(move |one| here.contains(&one.enterprise))
    }

    fn cell(&self, ground: &Ground, parcel: &ParcelId) -> Figure {
        if ground.standing_on(parcel).is_empty() {
            return Figure::of(State::NotCounted);
        }
        let (mut on_time, mut all) = (0, 0);
        for one in self.on(ground, parcel) {
            all += 1;
            on_time += usize::from(one.freshness == Freshness::OnTime);
        }
        Figure::with(Ratio::percent(on_time, all), None)
    }

    /// How a parcel stands, and its newest instant: on time if all its meters are, late if some
    /// still come.
    pub(in crate::http) fn standing(
        &self,
        ground: &Ground,
        parcel: &ParcelId,
    ) -> (Freshness, Option<Moment>) {
        let here: Vec<&Arrival> = self.on(ground, parcel).collect();
        let newest = here.iter().filter_map(|one| one.newest).max();
        let best = here.iter().map(|one| one.freshness).min();
        let worst = here.iter().map(|one| one.freshness).max();
        let freshness = match (best, worst) {
            (Some(best), Some(worst)) if best == worst => best,
            (Some(Freshness::OnTime | Freshness::Late), _) => Freshness::Late,
            (Some(_), _) => Freshness::Silent,
            _ => Freshness::Never,
        };
        (freshness, newest)
    }

    /// Enterprises none of whose meters come any more.
    pub(in crate::http) fn silent_enterprises(&self) -> usize {
        let mut best: BTreeMap<&EnterpriseCode, Freshness> = BTreeMap::new();
        for one in self.meters.values() {
            let known = best.entry(&one.enterprise).or_insert(one.freshness);
            *known = one.freshness.min(*known);
        }
        let silent = best.values().filter(|one| **one >= Freshness::Silent);
        silent.count()
    }
}

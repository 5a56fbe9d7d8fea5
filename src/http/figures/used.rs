//! 亩均用电: what the meters used in a month, spread over the parcels by land, over that land.

use std::collections::BTreeMap;

use crate::access::{Detail, Principal};
use crate::calendar::{Moment, Month, Period};
use crate::http::{Desk, Problem};
use crate::indicator::IndicatorNo;
use crate::jobs::add_up;
use crate::ledger::figure::AccountPeriod;
use crate::ledger::{Rollup, on_parcels};
use crate::park::{EnterpriseCode, ParcelId, ParkId};
use crate::store::registry::{Close, RegistryFault};
use crate::units::Exact;

use super::{Arrivals, Figure, Figures, Ground, Layer, PeriodValue, Ratio, Shown, State};
use super::{land_m2, unavailable};

/// The indicator whose differences are the electricity that came in.
const KWH: &str = "kwh_register";
/// How many months back the newest closed one is looked for.
const MONTHS_BACK: usize = 24;
/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

/// The figures of the month that is asked for, or of the newest closed one.
pub(super) async fn load(
    desk: &Desk,
    who: &Principal,
    park: Option<&ParkId>,
    asked: Option<Month>,
    now: Moment,
) -> Result<Figures, Problem> {
    let month = match asked {
        Some(month) => month,
        None => month_shown(desk, now).await.map_err(unavailable)?,
    };
    let period = month.period();
    let ground = Ground::load(desk, who, park, last_instant(period, now)).await?;
    let used = Used::load(desk, &ground, month, now)
        .await
        .map_err(unavailable)?;
    let close = used.close;
    let compared = compared(desk, &ground, month, now)
        .await
        .map_err(unavailable)?;
    let mut cells = used.cells(&ground);
    if let Some((_, base)) = &compared {
        compare(&mut cells, &base.cells(&ground));
    }
    let arrivals = Arrivals::load(desk, &ground, now).await?;
    Ok(Figures {
        layer: Layer::KwhPerMu,
        shown: Shown::Period(AccountPeriod::Month(month)),
        period,
        compared: compared.map(|(month, _)| AccountPeriod::Month(month)),
        as_of: close.map_or(now, |close| close.closed_at),
        read_at: now,
        close,
        revision: close.map(|close| close.revision),
        grades: BTreeMap::new(),
        rated: None,
        total: used.total(&ground, &cells),
        completeness: used.completeness(),
        missing_hours: used.missing_hours(),
        parts: used.parts,
        cells,
        ground,
        arrivals,
    })
}

/// The value of the park in `month`; `None` if nothing was used there.
pub(in crate::http) async fn month_value(
    desk: &Desk,
    who: &Principal,
    ground: &Ground,
    month: Month,
    now: Moment,
) -> Result<Option<PeriodValue>, RegistryFault> {
    let used = Used::load(desk, ground, month, now).await?;
    let cells = used.cells(ground);
    let Some(total) = used.total(ground, &cells) else {
        return Ok(None);
    };
    let layer = Layer::KwhPerMu;
    // Breaks that are made of values tell of them.
    let seen = ground.parcels.iter().zip(&cells);
    let seen = seen.filter(|(parcel, _)| ground.detail(who, layer, parcel) == Detail::Value);
    Ok(Some(PeriodValue {
        period: AccountPeriod::Month(month),
        closed: used.close.is_some(),
        total: Some(total).filter(|_| ground.may_show_sum(who, layer, &used.parts)),
        completeness: used.park.completeness(),
        cells: seen.filter_map(|(_, cell)| cell.ratio).collect(),
    }))
}

/// The month that is shown where nobody asks for one: the newest closed, else the running one.
pub(in crate::http) async fn month_shown(desk: &Desk, now: Moment) -> Result<Month, RegistryFault> {
    let running = Month::of(now);
    let mut month = running;
    for _ in 0..MONTHS_BACK {
        month = month.previous();
        if desk.registry.find_close(month).await?.is_some() {
            return Ok(month);
        }
    }
    Ok(running)
}

/// The last instant of `period` that is over, or its first.
pub(super) fn last_instant(period: Period, now: Moment) -> Moment {
    now.min(period.to().plus_ms(-1)).max(period.from())
}

/// The same month of the last year if it has figures, else the month before.
async fn compared(
    desk: &Desk,
    ground: &Ground,
    month: Month,
    now: Moment,
) -> Result<Option<(Month, Used)>, RegistryFault> {
    let last_year = month.year().number().checked_sub(1);
    let last_year = last_year.and_then(|year| Month::new(year, month.number()));
    for base in last_year.into_iter().chain([month.previous()]) {
        let used = Used::load(desk, ground, base, now).await?;
        if used.park.used().is_some() {
            return Ok(Some((base, used)));
        }
    }
    Ok(None)
}

pub(super) fn compare(cells: &mut [Figure], base: &[Figure]) {
    for (cell, base) in cells.iter_mut().zip(base) {
        let both = cell.ratio.zip(base.ratio);
        cell.change = both.and_then(|(now, then)| now.change_from(&then));
    }
}

/// What a month came to: as it was closed, or as the ledger stands.
pub(super) struct Used {
    /// The closing whose figures these are.
    close: Option<Close>,
    parcels: BTreeMap<ParcelId, Rollup>,
    /// What each enterprise used.
    parts: Vec<(EnterpriseCode, Exact)>,
    park: Rollup,
    /// Meter hours of the month that are over.
    hours: Exact,
}

impl Used {
    pub(super) async fn load(
        desk: &Desk,
        ground: &Ground,
        month: Month,
        now: Moment,
    ) -> Result<Self, RegistryFault> {
        let period = month.period();
        let close = desk.registry.find_close(month).await?;
        let all = Principal::local();
        let meters = match (kwh(desk), &close) {
            (Some(kwh), Some(close)) => {
                add_up::closed_meters(&desk.registry, &all, kwh, close).await?
            }
            (Some(kwh), None) => add_up::meters(&desk.registry, &all, kwh, period, now).await?,
            (None, _) => Vec::new(),
        };
        let enterprises: BTreeMap<EnterpriseCode, Rollup> = add_up::by_enterprise(&meters)
            .into_iter()
            .filter(|(code, _)| ground.enterprises.contains_key(code))
            .collect();
        let mut park = Rollup::default();
        for used in enterprises.values() {
            park.add(used);
        }
        let over = last_instant(period, now).ms_since(period.from());
        let counted = meters
            .iter()
            .filter(|meter| enterprises.contains_key(&meter.enterprise));
        let meters = i64::try_from(counted.count()).unwrap_or(0);
        Ok(Self {
            close,
            parts: parts(&enterprises),
            parcels: on_parcels(&enterprises, &ground.standings),
            park,
            hours: Exact::whole(meters).share(over, HOUR_MS),
        })
    }

    /// 完整率 of the park.
    pub(super) fn completeness(&self) -> Option<Exact> {
        self.park.completeness()
    }

    /// Says of each cell that has a value how complete the readings behind it are.
    pub(super) fn complete(&self, ground: &Ground, cells: &mut [Figure]) {
        for (parcel, cell) in ground.parcels.iter().zip(cells) {
            if cell.state == State::Value {
                let rollup = self.parcels.get(&parcel.id);
                cell.completeness = rollup.and_then(Rollup::completeness);
            }
        }
    }

    fn cells(&self, ground: &Ground) -> Vec<Figure> {
        let cell = |parcel: &crate::park::Parcel| {
            let standings = ground.standing_on(&parcel.id);
            if standings.is_empty() {
                return Figure::of(State::NotCounted);
            }
            let rollup = self.parcels.get(&parcel.id);
            let kwh = rollup.and_then(Rollup::used);
            let ratio = kwh.and_then(|kwh| Ratio::over_land(kwh, &land_m2(standings), 2));
            Figure::with(ratio, rollup.and_then(Rollup::completeness))
        };
        ground.parcels.iter().map(cell).collect()
    }

    /// The ratio of the sums over all parcels with a value.
    fn total(&self, ground: &Ground, cells: &[Figure]) -> Option<Ratio> {
        let (mut kwh, mut land) = (Exact::zero(), Exact::zero());
        for (parcel, cell) in ground.parcels.iter().zip(cells) {
            let used = self.parcels.get(&parcel.id).and_then(Rollup::used);
            if let (Some(used), State::Value) = (used, cell.state) {
                kwh += used;
                land += &land_m2(ground.standing_on(&parcel.id));
            }
        }
        Ratio::over_land(&kwh, &land, 2)
    }

    pub(super) fn missing_hours(&self) -> Option<String> {
        self.park.used()?;
        let missing = &Exact::whole(1) - &self.park.known_share();
        Some((&self.hours * &missing).rounded(0))
    }
}

fn parts(enterprises: &BTreeMap<EnterpriseCode, Rollup>) -> Vec<(EnterpriseCode, Exact)> {
    let known = enterprises.iter();
    let known = known.filter_map(|(code, rollup)| Some((code.clone(), rollup.used()?.clone())));
    known.collect()
}

/// The number of the indicator.
fn kwh(desk: &Desk) -> Option<IndicatorNo> {
    desk.catalogue.find(KWH).map(|indicator| indicator.number)
}

//! 亩均用电: what the meters used in a month, spread over the parcels by land, over that land.

use std::collections::BTreeMap;

use crate::access::{Detail, Principal};
use crate::calendar::{Day, Moment, Month, Period};
use crate::http::{Desk, Problem};
use crate::indicator::IndicatorNo;
use crate::jobs::add_up::{self, Counted};
use crate::ledger::Rollup;
use crate::ledger::figure::AccountPeriod;
use crate::ledger::holder::Metered;
use crate::park::{EnterpriseCode, ParkId};
use crate::store::registry::{Close, RegistryFault, SeriesKey};
use crate::units::Exact;

use super::carried::{Carried, meters};
use super::{Arrivals, Figure, Figures, Ground, Layer, PeriodValue, Ratio, Shown, State};
use super::{When, may_show_sum, month, unavailable};

/// The indicator whose differences are the electricity that came in.
const KWH: &str = "kwh_register";
/// How many months back the newest closed one is looked for.
const MONTHS_BACK: usize = 24;

/// The figures of the month that is asked for, or of the newest closed one; of the revision that is
/// asked for, or of its newest.
pub(super) async fn load(
    desk: &Desk,
    who: &Principal,
    park: Option<&ParkId>,
    when: When,
    now: Moment,
) -> Result<Figures, Problem> {
    let month = match month(when.period)? {
        Some(month) => month,
        None => month_shown(desk, now).await.map_err(unavailable)?,
    };
    let period = month.period();
    let ground = Ground::load(desk, who, park, last_instant(period, now)).await?;
    let newest = desk.registry.find_close(month).await.map_err(unavailable)?;
    let close = match when.revision {
        None => newest,
        Some(revision) => {
            let found = desk.registry.find_close_of(month, revision).await;
            Some(found.map_err(unavailable)?.ok_or_else(Problem::not_found)?)
        }
    };
    let used = Used::of(desk, &ground, month, close, now);
    let used = used.await.map_err(unavailable)?;
    let against = super::month(when.against)?;
    let compared = compared(desk, &ground, (month, against), now)
        .await
        .map_err(unavailable)?;
    let mut cells = used.cells(&ground);
    if let Some((_, base)) = &compared {
        compare(&mut cells, &base.cells(&ground));
    }
    let arrivals = Arrivals::load(desk, &ground, now).await?;
    let accounts = accounts(desk, month, close.map(|close| close.revision)).await;
    let accounts = accounts.map_err(unavailable)?;
    Ok(Figures {
        layer: Layer::KwhPerMu,
        shown: Shown::Period(AccountPeriod::Month(month)),
        period,
        against: None,
        compared: compared.map(|(month, _)| AccountPeriod::Month(month)),
        as_of: close.map_or(now, |close| close.closed_at),
        read_at: now,
        close,
        revision: close.map(|close| close.revision),
        newest: newest.map(|close| close.revision),
        grades: BTreeMap::new(),
        rated: None,
        rating: None,
        accounts,
        total: used.total(&ground, &cells),
        completeness: used.carried.park.completeness(),
        missing_hours: used.missing_hours(),
        counted: 0,
        parts: used.carried.parts,
        cells,
        ground,
        arrivals,
    })
}

/// The revision of the accounts that were made of a closing of the month; none before they are made.
async fn accounts(
    desk: &Desk,
    month: Month,
    ledger: Option<u32>,
) -> Result<Option<u32>, RegistryFault> {
    let Some(ledger) = ledger else {
        return Ok(None);
    };
    let closes = desk
        .registry
        .list_account_closes(AccountPeriod::Month(month));
    let mut closes = closes.await?.into_iter().rev();
    let made = closes.find(|close| close.ledger == ledger);
    Ok(made.map(|close| close.revision))
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
        total: Some(total).filter(|_| may_show_sum(who, layer, &used.carried.parts)),
        completeness: used.carried.park.completeness(),
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
pub(in crate::http) fn last_instant(period: Period, now: Moment) -> Moment {
    now.min(period.to().plus_ms(-1)).max(period.from())
}

/// The month that is asked for, else the same month of the last year; if it has figures, else the
/// month before.
async fn compared(
    desk: &Desk,
    ground: &Ground,
    (month, asked): (Month, Option<Month>),
    now: Moment,
) -> Result<Option<(Month, Used)>, RegistryFault> {
    let last_year = month.year().number().checked_sub(1);
    let last_year = last_year.and_then(|year| Month::new(year, month.number()));
    let usual = last_year.into_iter().chain([month.previous()]);
    for base in asked.map_or_else(|| usual.collect(), |asked| vec![asked]) {
        let used = Used::load(desk, ground, base, now).await?;
        if used.carried.park.used().is_some() {
            return Ok(Some((base, used)));
        }
    }
    Ok(None)
}

pub(super) fn compare(cells: &mut [Figure], base: &[Figure]) {
    for (cell, base) in cells.iter_mut().zip(base) {
        let both = cell.ratio.zip(base.ratio);
        // A part of a month is compared with nothing, and nothing with a part.
        let both = both.filter(|_| cell.since.is_none() && base.since.is_none());
        cell.base = both.map(|(_, then)| then);
        cell.change = both.and_then(|(now, then)| now.change_from(&then));
    }
}

/// What a month came to: as it was closed, or as the ledger stands.
struct Used {
    /// The closing whose figures these are.
    close: Option<Close>,
    carried: Carried,
    /// Whose meters count only since a day inside the month.
    begun: BTreeMap<EnterpriseCode, Day>,
}

impl Used {
    async fn load(
        desk: &Desk,
        ground: &Ground,
        month: Month,
        now: Moment,
    ) -> Result<Self, RegistryFault> {
        let close = desk.registry.find_close(month).await?;
        Self::of(desk, ground, month, close, now).await
    }

    /// By this closing, or as the ledger stands without one.
    async fn of(
        desk: &Desk,
        ground: &Ground,
        month: Month,
        close: Option<Close>,
        now: Moment,
    ) -> Result<Self, RegistryFault> {
        let kwh: Vec<IndicatorNo> = kwh(desk).into_iter().collect();
        let found = meters((desk, ground), &kwh, (month, close.as_ref()), now).await?;
        let meters = found.into_iter().next().unwrap_or_default();
        Ok(Self {
            close,
            begun: begun(desk, month, &add_up::counted(&meters)).await?,
            carried: Carried::of(ground, &meters),
        })
    }

    fn cells(&self, ground: &Ground) -> Vec<Figure> {
        let cell = |parcel: &crate::park::Parcel| {
            let standings = ground.standing_on(&parcel.id);
            if standings.is_empty() {
                return Figure::of(State::NotCounted);
            }
            let rollup = self.carried.parcels.get(&parcel.id);
            let both = self.carried.over_land(ground, &parcel.id);
            let ratio = both.and_then(|(kwh, land)| Ratio::over_land(kwh, &land, 2));
            let begun = standings.iter();
            let begun = begun.filter_map(|one| self.begun.get(&one.enterprise));
            Figure {
                since: begun.max().copied().filter(|_| ratio.is_some()),
                ..Figure::with(ratio, rollup.and_then(Rollup::completeness))
            }
        };
        ground.parcels.iter().map(cell).collect()
    }

    /// The ratio of the sums over all parcels with a value.
    fn total(&self, ground: &Ground, cells: &[Figure]) -> Option<Ratio> {
        let (mut kwh, mut land) = (Exact::zero(), Exact::zero());
        for (parcel, cell) in ground.parcels.iter().zip(cells) {
            let both = self.carried.over_land(ground, &parcel.id);
            if let (Some((used, on)), State::Value) = (both, cell.state) {
                kwh += used;
                land += &on;
            }
        }
        Ratio::over_land(&kwh, &land, 2)
    }

    fn missing_hours(&self) -> Option<String> {
        let park = &self.carried.park;
        park.used().map(|_| park.missing_hours().rounded(0))
    }
}

/// Since which day the `counted` meters of each enterprise count, where one began inside `month`.
async fn begun(
    desk: &Desk,
    month: Month,
    counted: &[Counted<'_>],
) -> Result<BTreeMap<EnterpriseCode, Day>, RegistryFault> {
    let days = desk.registry.list_begun().await?;
    let mut begun: BTreeMap<EnterpriseCode, Day> = BTreeMap::new();
    for one in counted {
        let key = kwh(desk).map(|indicator| SeriesKey {
            meter: one.figure.number,
            indicator,
        });
        let day = key.and_then(|key| days.get(&key).copied());
        if let Some(day) = Metered::begun_inside(day, month) {
            let last = begun.entry(one.owner.enterprise.clone()).or_insert(day);
            *last = day.max(*last);
        }
    }
    Ok(begun)
}

/// The number of the indicator.
fn kwh(desk: &Desk) -> Option<IndicatorNo> {
    desk.catalogue.find(KWH).map(|indicator| indicator.number)
}

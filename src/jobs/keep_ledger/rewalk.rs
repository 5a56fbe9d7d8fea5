//! Walking days of a register again, and those after them that begin otherwise than they did.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::calendar::{Day, Moment, Month, Period};
use crate::ledger::{Arrival, DayWalk, Decision, Metering, Readings, Rewalk, Shown, Walk};
use crate::store::registry::{SeriesKey, WalkedDay};
use crate::store::{Engine, StoreFault};
use crate::units::Exact;

use super::{LedgerFault, LedgerKeeper};

/// Days walked in this round, not kept yet.
type Walked = BTreeMap<Day, WalkedDay>;

/// So many touched days of a month are read with the whole month at once.
const DAYS_OF_MONTH: usize = 4;

/// Readings that were read ahead, by day.
#[derive(Debug, Default)]
struct Ahead {
    month: Option<Month>,
    days: BTreeMap<Day, Readings>,
}

impl LedgerKeeper {
    /// Walks the days of a register again that were touched, each from the given instant on;
    /// nothing is kept yet.
    pub(super) async fn rewalk(
        &self,
        series: SeriesKey,
        metering: &Arc<Metering>,
        touched: &BTreeMap<Day, Moment>,
    ) -> Result<Vec<WalkedDay>, LedgerFault> {
        let mut due = Rewalk::of(touched.keys().copied());
        let mut begun_otherwise = BTreeSet::new();
        let (mut walked, mut ahead) = (Walked::new(), Ahead::default());
        let newest = self.registry.find_newest_day(series).await?;
        while let Some(day) = due.next_due() {
            let before = match newest {
                Some(newest) if day <= newest => self.registry.find_walk(series, day).await?,
                _ => None,
            };
            let since = touched
                .get(&day)
                .filter(|_| !begun_otherwise.contains(&day));
            let (was, walk) = match (&before, since) {
                (Some(before), Some(since)) if before.last_at < Some(*since) => {
                    let walk = self.walk_on(series, metering, before.clone(), day, *since);
                    (before.end.clone(), walk.await?)
                }
                _ => {
                    let start = self.start_of(series, day, &walked, newest).await?;
                    let readings = self.read_day(series, day, touched, &mut ahead).await?;
                    let walk = DayWalk::from(&start, metering.register_on(day), &readings);
                    (
                        before.as_ref().map_or(start, |before| before.end.clone()),
                        walk,
                    )
                }
            };
            if was != walk.end {
                let following = self.registry.find_day_after(series, day).await?;
                begun_otherwise.extend(following);
                due.walked(&was, &walk.end, following);
            }
            let first = before.as_ref().and_then(DayWalk::first_day);
            let one = walked_day(series, day, first, walk);
            walked.insert(day, one);
        }
        self.days_walked()
            .add(u64::try_from(walked.len()).unwrap_or(0));
        Ok(walked.into_values().collect())
    }

    /// Where the walk stands at the begin of `day`, by what was walked in this round or is kept.
    async fn start_of(
        &self,
        series: SeriesKey,
        day: Day,
        walked: &Walked,
        newest_kept: Option<Day>,
    ) -> Result<Walk, LedgerFault> {
        let in_round = walked.range(..day).next_back();
        let last = in_round.map(|(last, _)| *last);
        // Nothing can be kept between the last of this round and this day.
        let nothing_between = last.is_some_and(|last| last.next() == day) || newest_kept <= last;
        let kept = if nothing_between {
            None
        } else {
            self.registry.find_walk_before(series, day).await?
        };
        Ok(match (in_round, kept) {
            (Some((last, one)), Some((kept, _))) if *last >= kept => one.walk.end.clone(),
            (_, Some((_, end))) => end,
            (Some((_, one)), None) => one.walk.end.clone(),
            (None, None) => Walk::new(),
        })
    }

    /// The readings of a day; where many days of its month are touched, those of the whole month
    /// are read with it.
    async fn read_day(
        &self,
        series: SeriesKey,
        day: Day,
        touched: &BTreeMap<Day, Moment>,
        ahead: &mut Ahead,
    ) -> Result<Readings, LedgerFault> {
        let month = day.month();
        if ahead.month == Some(month) {
            return Ok(ahead.days.remove(&day).unwrap_or_default());
        }
        let last = Day::of(month.period().to().plus_ms(-1));
        let many = touched.range(day..=last).nth(DAYS_OF_MONTH - 1).is_some();
        let period = if many {
            Period::new(day.start(), month.period().to())
        } else {
            Some(day.period())
        };
        let Some(period) = period else {
            return Ok(Readings::default());
        };
        let engine = Arc::clone(&self.engine);
        let read = move || read_days(engine.as_ref(), series, period);
        let mut days = spawn_blocking(read).await??;
        let readings = days.remove(&day).unwrap_or_default();
        if many {
            (ahead.month, ahead.days) = (Some(month), days);
        }
        Ok(readings)
    }

    /// Walks on from the last reading that was walked: what came in order reads nothing twice.
    async fn walk_on(
        &self,
        series: SeriesKey,
        metering: &Arc<Metering>,
        mut walk: DayWalk,
        day: Day,
        since: Moment,
    ) -> Result<DayWalk, LedgerFault> {
        let Some(rest) = Period::new(since, day.next().start()) else {
            return Ok(walk);
        };
        let engine = Arc::clone(&self.engine);
        let metering = Arc::clone(metering);
        let go_on = move || {
            let mut days = read_days(engine.as_ref(), series, rest)?;
            let readings = days.remove(&day).unwrap_or_default();
            walk.go_on(metering.register_on(day), &readings);
            Ok::<_, StoreFault>(walk)
        };
        Ok(spawn_blocking(go_on).await??)
    }
}

/// A walked day, and from where on it changed what the ledger says; `first_before` is the first day
/// of which the walk said anything whose place it takes.
pub(super) fn walked_day(
    series: SeriesKey,
    day: Day,
    first_before: Option<Day>,
    walk: DayWalk,
) -> WalkedDay {
    let first = first_before.into_iter().chain(walk.first_day()).min();
    WalkedDay {
        series,
        day,
        touches_from: first.map_or(day, |first| first.min(day)),
        walk,
    }
}

/// Readings as the ledger counts them, by day: what arrived, and what was decided over it.
pub(in crate::jobs) fn read_days(
    engine: &dyn Engine,
    series: SeriesKey,
    period: Period,
) -> Result<BTreeMap<Day, Readings>, StoreFault> {
    let SeriesKey { meter, indicator } = series;
    let mut days: BTreeMap<Day, (Vec<Arrival>, Vec<Decision>)> = BTreeMap::new();
    engine.all_values(meter, Some(indicator), period, &mut |row| {
        // What is kept is finite: the doors take nothing else.
        if let Ok(register) = Exact::shortest(row.number) {
            let shown = Shown {
                at: row.at,
                register,
            };
            let quality = row.quality;
            let (arrivals, _) = days.entry(Day::of(row.at)).or_default();
            arrivals.push(Arrival { shown, quality });
        }
        ControlFlow::Continue(())
    })?;
    engine.decisions(meter, period, &mut |decided| {
        if decided.indicator == indicator {
            let chosen = decided.chosen.map(Exact::shortest);
            let (_, decisions) = days.entry(Day::of(decided.at)).or_default();
            decisions.push(Decision {
                at: decided.at,
                chosen: chosen.and_then(Result::ok),
            });
        }
        ControlFlow::Continue(())
    })?;
    let in_order = |(arrivals, decisions)| Readings::in_order(arrivals, decisions);
    Ok(days
        .into_iter()
        .map(|(day, parts)| (day, in_order(parts)))
        .collect())
}

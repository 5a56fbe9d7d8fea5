//! Walking days of a register again, and those after them that begin otherwise than they did.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::calendar::Day;
use crate::ledger::{Arrival, DayWalk, Decision, Metering, Readings, Rewalk, Shown, Walk};
use crate::store::registry::{SeriesKey, WalkedDay};
use crate::store::{Engine, StoreFault};
use crate::units::Exact;

use super::{LedgerFault, LedgerKeeper};

/// Days walked in this round, not kept yet.
type Walked = BTreeMap<Day, WalkedDay>;

impl LedgerKeeper {
    /// Walks the `touched` days of a register again; nothing is kept yet.
    pub(super) async fn rewalk(
        &self,
        series: SeriesKey,
        metering: &Arc<Metering>,
        touched: BTreeSet<Day>,
    ) -> Result<Vec<WalkedDay>, LedgerFault> {
        let mut due = Rewalk::of(touched);
        let mut walked = Walked::new();
        let newest = self.registry.find_newest_day(series).await?;
        while let Some(day) = due.next_due() {
            let start = self.start_of(series, day, &walked, newest).await?;
            let before = match newest {
                Some(newest) if day <= newest => self.registry.find_walk(series, day).await?,
                _ => None,
            };
            let walk = self.walk_day(series, metering, day, start.clone()).await?;
            let was = before.as_ref().map_or(&start, |before| &before.end);
            if *was != walk.end {
                let following = self.registry.find_day_after(series, day).await?;
                due.walked(was, &walk.end, following);
            }
            let sheets = before.iter().chain([&walk]).map(|one| &one.sheet);
            let touches_from = sheets.filter_map(|sheet| sheet.first_day()).min();
            let one = WalkedDay {
                series,
                day,
                touches_from: touches_from.map_or(day, |first| first.min(day)),
                walk,
            };
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

    async fn walk_day(
        &self,
        series: SeriesKey,
        metering: &Arc<Metering>,
        day: Day,
        start: Walk,
    ) -> Result<DayWalk, LedgerFault> {
        let engine = Arc::clone(&self.engine);
        let metering = Arc::clone(metering);
        let walk = move || {
            let readings = read_day(engine.as_ref(), series, day)?;
            Ok::<_, StoreFault>(DayWalk::from(&start, metering.register_on(day), &readings))
        };
        Ok(spawn_blocking(walk).await??)
    }
}

/// The readings of a day as the ledger counts them: what arrived, and what was decided over it.
fn read_day(engine: &dyn Engine, series: SeriesKey, day: Day) -> Result<Readings, StoreFault> {
    let SeriesKey { meter, indicator } = series;
    let mut arrivals = Vec::new();
    engine.all_values(meter, Some(indicator), day.period(), &mut |row| {
        // What is kept is finite: the doors take nothing else.
        if let Ok(register) = Exact::shortest(row.number) {
            let shown = Shown {
                at: row.at,
                register,
            };
            let quality = row.quality;
            arrivals.push(Arrival { shown, quality });
        }
        ControlFlow::Continue(())
    })?;
    let mut decisions = Vec::new();
    engine.decisions(meter, day.period(), &mut |decided| {
        if decided.indicator == indicator {
            let chosen = decided.chosen.map(Exact::shortest);
            decisions.push(Decision {
                at: decided.at,
                chosen: chosen.and_then(Result::ok),
            });
        }
        ControlFlow::Continue(())
    })?;
    Ok(Readings::in_order(arrivals, decisions))
}

//! What the next batches touched, as days of registers.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::calendar::{Day, Moment, Period};
use crate::indicator::IndicatorNo;
use crate::store::registry::SeriesKey;
use crate::store::{BatchNo, Engine, StoreFault};

use super::{LedgerFault, LedgerKeeper};

/// Batches and days of registers that a round takes at most (a batch is never split).
const BATCHES_MAX: usize = 256;
const DAYS_MAX: usize = 1_000;

/// The days of registers that were touched, each with the first instant that was.
pub(super) type Touched = BTreeMap<SeriesKey, BTreeMap<Day, Moment>>;

/// What a round has to take in.
#[derive(Debug)]
pub(super) struct Gathered {
    /// The last batch it covers.
    pub(super) last: BatchNo,
    /// What was touched.
    pub(super) touched: Touched,
}

impl LedgerKeeper {
    /// What came after `cursor`; `None` if nothing did.
    pub(super) async fn gather(&self, cursor: BatchNo) -> Result<Option<Gathered>, LedgerFault> {
        let newest = *self.engine.watch().borrow();
        let registers = self.registers();
        let engine = Arc::clone(&self.engine);
        if newest == cursor {
            return Ok(None);
        }
        if newest > cursor && !self.has_gap(cursor).await? {
            let touched = move || touched(engine.as_ref(), cursor, &registers);
            return Ok(Some(spawn_blocking(touched).await??));
        }
        // Batches are gone that were never seen, or a backup brought back an older log.
        let touched = self.touched_anew().await?;
        Ok(Some(Gathered {
            last: newest,
            touched,
        }))
    }

    /// Every day of every register that has readings, or had some when it was walked.
    async fn touched_anew(&self) -> Result<Touched, LedgerFault> {
        let mut touched = Touched::new();
        for (key, series) in self.registry.list_series().await? {
            let engine = Arc::clone(&self.engine);
            let from = series.expectation.valid_from;
            let mut days = spawn_blocking(move || days_read(engine.as_ref(), key, from)).await??;
            days.extend(self.registry.list_days(key).await?);
            let whole = days.into_iter().map(|day| (day, day.start()));
            touched.insert(key, whole.collect());
        }
        Ok(touched)
    }

    async fn has_gap(&self, cursor: BatchNo) -> Result<bool, LedgerFault> {
        let engine = Arc::clone(&self.engine);
        let oldest = spawn_blocking(move || engine.oldest()).await??;
        Ok(oldest.is_none_or(|oldest| oldest.get() > cursor.get().saturating_add(1)))
    }
}

fn touched(
    engine: &dyn Engine,
    cursor: BatchNo,
    registers: &BTreeSet<IndicatorNo>,
) -> Result<Gathered, StoreFault> {
    let mut gathered = Gathered {
        last: cursor,
        touched: Touched::new(),
    };
    let mut count = 0;
    engine.batches_after(cursor, BATCHES_MAX, &mut |batch| {
        gathered.last = batch.number;
        for part in &batch.meters {
            for indicator in part.indicators.iter().filter(|one| registers.contains(one)) {
                let series = SeriesKey {
                    meter: part.meter,
                    indicator: *indicator,
                };
                let days = gathered.touched.entry(series).or_default();
                count += usize::from(!days.contains_key(&part.day));
                let first = days.entry(part.day).or_insert(part.at_first);
                *first = part.at_first.min(*first);
            }
        }
        if count < DAYS_MAX {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    Ok(gathered)
}

/// The days of a register that have readings.
fn days_read(
    engine: &dyn Engine,
    series: SeriesKey,
    from: Moment,
) -> Result<BTreeSet<Day>, StoreFault> {
    let SeriesKey { meter, indicator } = series;
    let mut newest = None;
    engine.latest_of(meter, &mut |row| {
        if row.indicator == indicator {
            newest = Some(row.at);
        }
        ControlFlow::Continue(())
    })?;
    let mut days = BTreeSet::new();
    let Some(ever) = newest.and_then(|newest| Period::new(from, newest.plus_ms(1))) else {
        return Ok(days);
    };
    engine.first_values(meter, Some(indicator), ever, &mut |row| {
        days.insert(Day::of(row.at));
        ControlFlow::Continue(())
    })?;
    Ok(days)
}

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

/// 2200-01-01T00:00:00Z: no reading is later.
const LATEST_MS: i64 = 7_258_118_400_000;

/// Days of registers by register.
type Days = BTreeMap<SeriesKey, BTreeSet<Day>>;

/// What a round has to take in.
#[derive(Debug)]
pub(super) struct Gathered {
    /// The last batch it covers.
    pub(super) last: BatchNo,
    /// The days that were touched.
    pub(super) days: Days,
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
        let mut days = spawn_blocking(move || all_days(engine.as_ref(), &registers)).await??;
        for series in self.registry.list_series().await?.into_keys() {
            let kept = self.registry.list_days(series).await?;
            days.entry(series).or_default().extend(kept);
        }
        Ok(Some(Gathered { last: newest, days }))
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
        days: Days::new(),
    };
    let mut count = 0;
    engine.batches_after(cursor, BATCHES_MAX, &mut |batch| {
        gathered.last = batch.number;
        for touched in &batch.meters {
            for indicator in touched
                .indicators
                .iter()
                .filter(|one| registers.contains(one))
            {
                let series = SeriesKey {
                    meter: touched.meter,
                    indicator: *indicator,
                };
                let days = gathered.days.entry(series).or_default();
                count += usize::from(days.insert(touched.day));
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

/// Every day of every register that has a reading.
fn all_days(engine: &dyn Engine, registers: &BTreeSet<IndicatorNo>) -> Result<Days, StoreFault> {
    let mut meters = Vec::new();
    engine.meters(&mut |meter| {
        meters.push(*meter);
        ControlFlow::Continue(())
    })?;
    let mut days = Days::new();
    let Some(ever) = Period::new(Moment::from_unix_ms(0), Moment::from_unix_ms(LATEST_MS)) else {
        return Ok(days);
    };
    for meter in meters {
        engine.first_values(meter, None, ever, &mut |row| {
            if registers.contains(&row.indicator) {
                let indicator = row.indicator;
                let series = SeriesKey { meter, indicator };
                days.entry(series).or_default().insert(Day::of(row.at));
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(days)
}

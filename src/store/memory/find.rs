//! Finding what the engine in memory keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use tokio::sync::watch;

use crate::calendar::{Day, Moment, Period};
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};

use crate::store::touch::Gathering;
use crate::store::{BatchNo, Brought, Conservation, Counts, Decision, Decisions, Follow};
use crate::store::{Receipt, Receipts, Row, Series, StoreFault, Touched, Visit};

use super::Memory;
use super::keep::{Kept, Key};

/// The least and the greatest indicator number.
const INDICATORS: (IndicatorNo, IndicatorNo) = (IndicatorNo::new(0), IndicatorNo::new(u16::MAX));

/// Hands `found` over one by one, outside the lock: a visitor may take its time.
fn hand_over<T>(found: &[T], visit: Visit<'_, T>) {
    for one in found {
        if visit(one).is_break() {
            break;
        }
    }
}

impl Kept {
    fn keys(&self, meter: MeterNo, period: Period) -> impl Iterator<Item = &Key> {
        let from = (meter, period.from(), INDICATORS.0);
        let to = (meter, period.to(), INDICATORS.0);
        self.series.range(from..to).map(|(_, key)| key)
    }

    fn found(&mut self, rows: impl Fn(&Self) -> Vec<Row>) -> Vec<Row> {
        let found = rows(self);
        let count = u64::try_from(found.len()).unwrap_or(u64::MAX);
        self.values_read = self.values_read.saturating_add(count);
        found
    }
}

fn wanted(indicator: Option<IndicatorNo>, row: &Row) -> bool {
    indicator.is_none_or(|wanted| wanted == row.indicator)
}

impl Series for Memory {
    fn first_values(
        &self,
        meter: MeterNo,
        indicator: Option<IndicatorNo>,
        period: Period,
        visit: Visit<'_, Row>,
    ) -> Result<(), StoreFault> {
        let found = self.kept().found(|kept| {
            let keys = kept.keys(meter, period);
            let first = keys.filter_map(|key| key.good.first());
            first
                .filter(|row| wanted(indicator, row))
                .copied()
                .collect()
        });
        hand_over(&found, visit);
        Ok(())
    }

    fn all_values(
        &self,
        meter: MeterNo,
        indicator: Option<IndicatorNo>,
        period: Period,
        visit: Visit<'_, Row>,
    ) -> Result<(), StoreFault> {
        let found = self.kept().found(|kept| {
            let keys = kept.keys(meter, period);
            let all = keys.flat_map(|key| key.bad.iter().chain(&key.good));
            all.filter(|row| wanted(indicator, row)).copied().collect()
        });
        hand_over(&found, visit);
        Ok(())
    }

    fn last_before(
        &self,
        meter: MeterNo,
        indicator: IndicatorNo,
        before: Moment,
    ) -> Result<Option<Row>, StoreFault> {
        let oldest = before.plus_ms(-Self::LOOK_BACK_MS);
        let Some(period) = Period::new(oldest, before) else {
            return Ok(None);
        };
        let found = self.kept().found(|kept| {
            let from = (meter, period.from(), INDICATORS.0);
            let to = (meter, period.to(), INDICATORS.0);
            let keys = kept.series.range(from..to).rev().map(|(_, key)| key);
            let mut first = keys.filter_map(|key| key.good.first());
            let last = first.find(|row| row.indicator == indicator);
            last.copied().into_iter().collect()
        });
        Ok(found.first().copied())
    }

    fn sweep(
        &self,
        indicator: IndicatorNo,
        period: Period,
        visit: Visit<'_, Row>,
    ) -> Result<(), StoreFault> {
        let mut meters = Vec::new();
        self.meters(&mut |meter| {
            meters.push(*meter);
            ControlFlow::Continue(())
        })?;
        let mut ended = false;
        for meter in meters {
            if ended {
                break;
            }
            self.first_values(meter, Some(indicator), period, &mut |row| {
                let flow = visit(row);
                ended = flow.is_break();
                flow
            })?;
        }
        Ok(())
    }

    fn latest(&self, visit: Visit<'_, Row>) -> Result<(), StoreFault> {
        let found = self
            .kept()
            .found(|kept| kept.latest.values().copied().collect());
        hand_over(&found, visit);
        Ok(())
    }

    fn latest_of(&self, meter: MeterNo, visit: Visit<'_, Row>) -> Result<(), StoreFault> {
        let found = self.kept().found(|kept| {
            let of_meter = (meter, INDICATORS.0)..=(meter, INDICATORS.1);
            kept.latest.range(of_meter).map(|(_, row)| *row).collect()
        });
        hand_over(&found, visit);
        Ok(())
    }

    fn meters(&self, visit: Visit<'_, MeterNo>) -> Result<(), StoreFault> {
        let mut found: Vec<MeterNo> = {
            let kept = self.kept();
            kept.series.keys().map(|(meter, _, _)| *meter).collect()
        };
        found.dedup();
        hand_over(&found, visit);
        Ok(())
    }
}

impl Memory {
    /// How far back [`Series::last_before`] looks: the clock window of 400 days.
    const LOOK_BACK_MS: i64 = 400 * 86_400_000;
}

impl Follow for Memory {
    fn watch(&self) -> watch::Receiver<BatchNo> {
        self.newest.subscribe()
    }

    fn batches_after(
        &self,
        after: BatchNo,
        limit: usize,
        visit: Visit<'_, Touched>,
    ) -> Result<(), StoreFault> {
        let found: Vec<Touched> = {
            let kept = self.kept();
            let newer = kept.log.iter().map(|row| &row.touched);
            let newer = newer.filter(|row| row.number > after);
            newer.take(limit).cloned().collect()
        };
        hand_over(&found, visit);
        Ok(())
    }

    fn values_after(
        &self,
        after: BatchNo,
        limit: usize,
        of: &BTreeSet<IndicatorNo>,
        visit: Visit<'_, Brought>,
    ) -> Result<BatchNo, StoreFault> {
        let found: Vec<(BatchNo, Vec<Brought>)> = {
            let kept = self.kept();
            let newer = kept.log.iter().filter(|row| row.touched.number > after);
            newer
                .take(limit)
                .map(|row| (row.touched.number, row.brought.clone()))
                .collect()
        };
        let mut last = after;
        for (number, brought) in found {
            last = number;
            let mut goes_on = true;
            for one in brought.iter().filter(|one| of.contains(&one.indicator)) {
                goes_on &= visit(one).is_continue();
            }
            if !goes_on {
                break;
            }
        }
        Ok(last)
    }

    fn oldest(&self) -> Result<Option<BatchNo>, StoreFault> {
        Ok(self.kept().log.front().map(|row| row.touched.number))
    }

    fn cursor(&self, name: &str) -> Result<Option<BatchNo>, StoreFault> {
        Ok(self.kept().cursors.get(name).copied())
    }

    fn save_cursor(&self, name: &str, at: BatchNo) -> Result<(), StoreFault> {
        let mut kept = self.kept();
        let cursor = kept.cursors.entry(name.to_owned()).or_insert(at);
        *cursor = (*cursor).max(at);
        kept.forget_passed();
        Ok(())
    }

    fn drop_cursor(&self, name: &str) -> Result<(), StoreFault> {
        let mut kept = self.kept();
        kept.cursors.remove(name);
        kept.forget_passed();
        Ok(())
    }
}

impl Conservation for Memory {
    fn counts(
        &self,
        day: Option<Day>,
        visit: Visit<'_, (Day, GatewayNo, Counts)>,
    ) -> Result<(), StoreFault> {
        let found: Vec<_> = {
            let kept = self.kept();
            let all = kept.counts.iter();
            all.filter(|((of, _), _)| day.is_none_or(|day| day == *of))
                .map(|((day, gateway), counts)| (*day, *gateway, *counts))
                .collect()
        };
        hand_over(&found, visit);
        Ok(())
    }

    fn totals(&self, visit: Visit<'_, (GatewayNo, Counts)>) -> Result<(), StoreFault> {
        let mut sums = BTreeMap::<GatewayNo, Counts>::new();
        for ((_, gateway), counts) in &self.kept().counts {
            sums.entry(*gateway).or_default().add(counts);
        }
        let sums: Vec<_> = sums.into_iter().collect();
        hand_over(&sums, visit);
        Ok(())
    }

    fn settle(&self) -> Result<(), StoreFault> {
        Ok(())
    }
}

impl Decisions for Memory {
    fn decide(&self, decision: Decision) -> Result<BatchNo, StoreFault> {
        let number = {
            let mut kept = self.kept();
            let number = kept.next_batch();
            let mut gathering = Gathering::default();
            let indicators = std::iter::once(decision.indicator);
            gathering.reading(decision.meter, decision.at, indicators);
            kept.bring(decision.meter, decision.indicator, decision.at, None);
            kept.decisions.push(decision);
            kept.logged(gathering.done(number));
            number
        };
        self.newest.send_replace(number);
        Ok(number)
    }

    fn decisions(
        &self,
        meter: MeterNo,
        period: Period,
        visit: Visit<'_, Decision>,
    ) -> Result<(), StoreFault> {
        let mut found: Vec<Decision> = {
            let kept = self.kept();
            let all = kept.decisions.iter();
            all.filter(|decision| decision.meter == meter && period.contains(decision.at))
                .cloned()
                .collect()
        };
        // Stable: decisions about one key stay in the order in which they were made.
        found.sort_by_key(|decision| (decision.at, decision.indicator));
        hand_over(&found, visit);
        Ok(())
    }
}

impl Receipts for Memory {
    fn receipt(&self, gateway: GatewayNo) -> Option<Receipt> {
        self.kept().arrivals.newest(gateway)
    }

    fn receipt_of(&self, gateway: GatewayNo, epoch: u64) -> Option<Receipt> {
        self.kept().arrivals.of(gateway, epoch)
    }
}

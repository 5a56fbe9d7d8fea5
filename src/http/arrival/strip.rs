//! Fourteen days of one meter: how many readings were expected and how many came. Counted in the
//! slots of its interval, so that many readings in one slot make up for no empty one.

use std::ops::ControlFlow;

use crate::calendar::{Day, Moment, Period};
use crate::indicator::IndicatorNo;
use crate::park::{MeterNo, MeterRow};
use crate::store::{Engine, StoreFault};

/// A reading may be on its way for so much of an interval, in halves of it.
const GRACE_HALVES: i64 = 3;

/// One day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct DayCount {
    pub(super) expected: i64,
    pub(super) received: i64,
}

impl DayCount {
    /// What came of what was expected, in whole percent: 100 only if nothing is missing. `None`:
    /// nothing was expected.
    pub(super) fn percent(self) -> Option<i64> {
        (self.expected > 0).then(|| self.received.saturating_mul(100) / self.expected)
    }
}

/// The days of one indicator of a meter; `rows` are its terms, one after the other.
pub(super) fn strip(
    engine: &dyn Engine,
    meter: MeterNo,
    indicator: IndicatorNo,
    rows: &[&MeterRow],
    days: &[Day],
    now: Moment,
) -> Result<Vec<DayCount>, StoreFault> {
    let measured = measured(engine, meter, indicator, days)?;
    let mut counts = Vec::with_capacity(days.len());
    for day in days {
        let mut count = DayCount::default();
        for row in rows {
            let interval_ms = i64::from(row.interval_s).saturating_mul(1000).max(1);
            let Some(due) = due(row, *day, interval_ms, now) else {
                continue;
            };
            count.expected += slots(due, interval_ms);
            count.received += filled(&measured, due, interval_ms);
        }
        count.received = count.received.min(count.expected);
        counts.push(count);
    }
    Ok(counts)
}

/// The part of `day` in which readings of `row` should be here by now.
fn due(row: &MeterRow, day: Day, interval_ms: i64, now: Moment) -> Option<Period> {
    let day = day.period();
    let settled = now.plus_ms(-interval_ms.saturating_mul(GRACE_HALVES) / 2);
    let from = day.from().max(row.validity.from());
    let to = row.validity.to().map_or(day.to(), |to| to.min(day.to()));
    Period::new(from, to.min(settled))
}

/// How many slots begin in `due`.
fn slots(due: Period, interval_ms: i64) -> i64 {
    let first = |at: Moment| -(-at.unix_ms()).div_euclid(interval_ms);
    first(due.to()) - first(due.from())
}

/// When something was measured in all of `days`, in order of time: read once, for a day lies in the
/// same piece of the store as the one before it.
fn measured(
    engine: &dyn Engine,
    meter: MeterNo,
    indicator: IndicatorNo,
    days: &[Day],
) -> Result<Vec<i64>, StoreFault> {
    let mut measured = Vec::new();
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return Ok(measured);
    };
    let Some(span) = Period::new(first.period().from(), last.period().to()) else {
        return Ok(measured);
    };
    engine.first_values(meter, Some(indicator), span, &mut |row| {
        measured.push(row.at.unix_ms());
        ControlFlow::Continue(())
    })?;
    Ok(measured)
}

/// In how many slots of `due` something was measured.
fn filled(measured: &[i64], due: Period, interval_ms: i64) -> i64 {
    let begin = measured.partition_point(|at| *at < due.from().unix_ms());
    let own = measured.iter().skip(begin);
    let own = own.take_while(|at| **at < due.to().unix_ms());
    let (mut filled, mut last) = (0, None);
    for at in own {
        let slot = Some(at.div_euclid(interval_ms));
        if slot != last {
            filled += 1;
            last = slot;
        }
    }
    filled
}

//! Which meter stands above which, as it was registered over time: what a meter below another one
//! counts is in that one's figure already.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::calendar::Moment;
use crate::indicator::IndicatorNo;

use super::{MeterId, MeterRow};

/// What a row says of a meter, from an instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rung {
    from: Moment,
    above: Option<MeterId>,
}

/// All meters with those above them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ladder {
    /// By meter and indicator, the oldest row first.
    rungs: BTreeMap<MeterId, BTreeMap<IndicatorNo, Vec<Rung>>>,
}

impl Ladder {
    /// By all rows of all meters, in any order.
    #[must_use]
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a MeterRow>) -> Self {
        let rungs = rows.into_iter().map(|row| {
            let from = row.validity.from();
            (row.meter.clone(), row.indicator, from, row.parent.clone())
        });
        Self::of_rungs(rungs)
    }

    /// By meter, indicator, from when on, and which meter stands above it since then; in any order.
    #[must_use]
    pub fn of_rungs(
        all: impl IntoIterator<Item = (MeterId, IndicatorNo, Moment, Option<MeterId>)>,
    ) -> Self {
        let mut rungs: BTreeMap<MeterId, BTreeMap<IndicatorNo, Vec<Rung>>> = BTreeMap::new();
        for (meter, indicator, from, above) in all {
            let own = rungs.entry(meter).or_default();
            own.entry(indicator).or_default().push(Rung { from, above });
        }
        for own in rungs.values_mut().flat_map(BTreeMap::values_mut) {
            own.sort_by_key(|rung| rung.from);
        }
        Self { rungs }
    }

    /// The meter right above, by the row that was the newest at `at`: that of `indicator`, or, of a
    /// meter that does not count it, the first of its rows that names one.
    #[must_use]
    pub fn above(&self, meter: &MeterId, indicator: IndicatorNo, at: Moment) -> Option<&MeterId> {
        let rungs = self.rungs.get(meter)?;
        let newest = |all: &'_ Vec<Rung>| {
            let begun = all.partition_point(|rung| rung.from <= at);
            begun.checked_sub(1)
        };
        let above = |all| -> Option<&MeterId> {
            let all: &Vec<Rung> = all;
            all.get(newest(all)?)?.above.as_ref()
        };
        match rungs.get(&indicator).filter(|all| newest(all).is_some()) {
            Some(own) => above(own),
            None => rungs.values().find_map(above),
        }
    }

    /// The nearest meter above, over however many, that `counts`; none of one that stands above
    /// itself: imports refuse such rows, a registry of an older release may hold some.
    pub fn next_above(
        &self,
        meter: &MeterId,
        indicator: IndicatorNo,
        at: Moment,
        counts: impl Fn(&MeterId) -> bool,
    ) -> Option<&MeterId> {
        let mut nearest = None;
        let mut seen = BTreeSet::new();
        let mut next = self.above(meter, indicator, at);
        while let Some(above) = next {
            if above == meter {
                return None;
            }
            if !seen.insert(above) {
                break;
            }
            if nearest.is_none() && counts(above) {
                nearest = Some(above);
            }
            next = self.above(above, indicator, at);
        }
        nearest
    }

    /// From when on `meter` would stand above itself, at `from` or later: the first instant, or `None`.
    #[must_use]
    pub fn ring(&self, meter: &MeterId, indicator: IndicatorNo, from: Moment) -> Option<Moment> {
        let mut at = from;
        loop {
            let mut seen = BTreeSet::from([meter]);
            let mut changes = self.next_change(meter, at);
            let mut next = self.above(meter, indicator, at);
            while let Some(above) = next {
                if above == meter {
                    return Some(at);
                }
                if !seen.insert(above) {
                    break;
                }
                let change = self.next_change(above, at);
                changes = changes.into_iter().chain(change).min();
                next = self.above(above, indicator, at);
            }
            at = changes?;
        }
    }

    /// When the next row of a meter begins after `at`.
    fn next_change(&self, meter: &MeterId, at: Moment) -> Option<Moment> {
        let rungs = self.rungs.get(meter)?.values().flatten();
        rungs.map(|rung| rung.from).filter(|from| *from > at).min()
    }

    /// What stood above what at `at`, as text: where it differs, sums have to be made again.
    #[must_use]
    pub fn mark(&self, at: Moment) -> String {
        let mut mark = String::new();
        for (meter, own) in &self.rungs {
            for indicator in own.keys() {
                if let Some(above) = self.above(meter, *indicator, at) {
                    // Writing into a text cannot fail.
                    let _ = write!(mark, "{meter} {} {above};", indicator.get());
                }
            }
        }
        mark
    }
}

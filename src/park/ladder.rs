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
        let mut rungs: BTreeMap<MeterId, BTreeMap<IndicatorNo, Vec<Rung>>> = BTreeMap::new();
        for row in rows {
            let own = rungs.entry(row.meter.clone()).or_default();
            own.entry(row.indicator).or_default().push(Rung {
                from: row.validity.from(),
                above: row.parent.clone(),
            });
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
    /// itself, as rows of several files can say.
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

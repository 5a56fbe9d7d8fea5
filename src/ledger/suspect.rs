//! The suspect spans of a walk with what stands at both ends: what somebody looks at who decides
//! whether the register really counted so much (contract.md 4 and 9, `suspect`).

use std::collections::BTreeMap;

use crate::calendar::{Day, Moment};
use crate::units::Exact;

use super::walk::Event;
use super::{Flag, Metering, Readings, Walk};

/// A register that rose by more than it can count in the time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suspect {
    /// The last good reading before.
    pub since: Moment,
    /// The reading to which it rose.
    pub at: Moment,
    /// What the register showed before, in register units.
    pub before: Exact,
    /// What it showed then.
    pub after: Exact,
    /// What that would be, in real units; `None` without a multiplier.
    pub amount: Option<Exact>,
    /// The most that can have flowed in the time, in real units.
    pub at_most: Option<Exact>,
}

impl Suspect {
    /// Those that the walk finds along `days`, from where it stood at the begin of the first of them.
    #[must_use]
    pub fn along(mut walk: Walk, metering: &Metering, days: &BTreeMap<Day, Readings>) -> Vec<Self> {
        let good = walk.good.iter().map(|good| &good.shown);
        let open = good.chain(&walk.candidate);
        let mut known: BTreeMap<Moment, Exact> =
            open.map(|one| (one.at, one.register.clone())).collect();
        let mut found = Vec::new();
        for (day, readings) in days {
            let register = metering.register_on(*day);
            let mut events = Vec::new();
            for shown in &readings.shown {
                known.insert(shown.at, shown.register.clone());
                walk.take(register, shown.clone(), &mut events);
            }
            for event in events {
                let Event::Settled(span) = event else {
                    continue;
                };
                let ends = known.get(&span.from).zip(known.get(&span.to));
                let (Some(Flag::Suspect), Some((before, after))) = (span.flag, ends) else {
                    continue;
                };
                let multiplier = register.multiplier_at(span.from);
                let length_ms = span.to.ms_since(span.from);
                found.push(Self {
                    since: span.from,
                    at: span.to,
                    before: before.clone(),
                    after: after.clone(),
                    amount: multiplier.map(|times| &(after - before) * times),
                    at_most: multiplier.map(|times| register.limit(length_ms, times)),
                });
            }
        }
        found
    }
}

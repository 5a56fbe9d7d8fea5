//! Readings in order of arrival become readings in order of time, one for each instant.
//!
//! Contract.md 9, rule 1, and the decisions that lie over it (contract.md 4). Judges no amount.

use std::collections::BTreeSet;

use crate::calendar::Moment;
use crate::reading::Quality;
use crate::units::Exact;

use super::Shown;

/// A register value as it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// When, and what the register showed.
    pub shown: Shown,
    /// How good the gateway says it is.
    pub quality: Quality,
}

/// A register value as it was sent: the double itself, which stands for its shortest decimal.
#[derive(Clone, Copy, Debug)]
pub struct Sent {
    /// When it was measured.
    pub at: Moment,
    /// What the register showed.
    pub number: f64,
    /// How good the gateway says it is.
    pub quality: Quality,
}

/// What somebody with the right decided about the values of one instant (contract.md 4): it lies
/// over them and rewrites none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The instant.
    pub at: Moment,
    /// The register that counts; `None` if none of the values does.
    pub chosen: Option<Exact>,
}

/// The readings of a register, ready to walk, and what was not used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readings {
    /// In order of time, one for each instant.
    pub shown: Vec<Shown>,
    /// When values came that differ from the first of their instant, in order of time.
    pub conflicts: Vec<Moment>,
    /// The last instant of which anything is known: a value, counted or not, or a decision.
    pub last: Option<Moment>,
}

impl Readings {
    /// The same of values by time as they were sent, those of one instant as they came, without
    /// decisions; one that came again counts once.
    #[must_use]
    pub fn of_sent(sent: &[Sent]) -> Self {
        let mut of_instant = (None, BTreeSet::new());
        let new = sent.iter().filter(|one| {
            if of_instant.0 != Some(one.at) {
                of_instant = (Some(one.at), BTreeSet::new());
            }
            let value = (one.number.to_bits(), one.quality == Quality::Bad);
            of_instant.1.insert(value)
        });
        let arrivals = new.filter_map(|one| {
            // What is kept is finite: the doors take nothing else.
            let register = Exact::shortest(one.number).ok()?;
            let shown = Shown {
                at: one.at,
                register,
            };
            let quality = one.quality;
            Some(Arrival { shown, quality })
        });
        Self::in_order(arrivals, [])
    }

    /// Brings `arrivals` in order of time: bad ones are taken out first, then the first value of
    /// an instant counts, an equal one is a duplicate, each that differs a conflict. A decision
    /// takes the place of its instant's first value; conflicts stay counted.
    pub fn in_order(
        arrivals: impl IntoIterator<Item = Arrival>,
        decisions: impl IntoIterator<Item = Decision>,
    ) -> Self {
        let mut arrivals: Vec<Arrival> = arrivals.into_iter().collect();
        // Stable: of one instant the first to come stays first. Mostly they are in order already.
        arrivals.sort_by_key(|arrival| arrival.shown.at);
        let mut last = arrivals.last().map(|arrival| arrival.shown.at);
        let mut readings: Vec<Shown> = Vec::with_capacity(arrivals.len());
        let mut conflicts = Vec::new();
        for Arrival { shown, quality } in arrivals {
            if quality == Quality::Bad {
                continue;
            }
            match readings.last() {
                Some(first) if first.at == shown.at => {
                    if first.register != shown.register {
                        conflicts.push(shown.at);
                    }
                }
                _ => readings.push(shown),
            }
        }
        for decision in decisions {
            last = last.max(Some(decision.at));
            decision.lie_over(&mut readings);
        }
        Self {
            shown: readings,
            conflicts,
            last,
        }
    }
}

impl Decision {
    /// Takes the place of the reading of its instant, or that reading's place away.
    fn lie_over(self, readings: &mut Vec<Shown>) {
        let Self { at, chosen } = self;
        let chosen = chosen.map(|register| Shown { at, register });
        let found = readings.binary_search_by_key(&at, |shown| shown.at);
        let place = found.unwrap_or_else(|place| place);
        let taken = place..place + usize::from(found.is_ok());
        readings.splice(taken, chosen);
    }
}

//! Readings in order of arrival become readings in order of time, one for each instant.
//!
//! Contract.md 9, rule 1, and the decisions that lie over it (contract.md 4). Judges no amount.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

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
    /// Brings `arrivals` in order of time: bad ones are taken out first, then the first value of
    /// an instant counts, an equal one is a duplicate, each that differs a conflict. A decision
    /// takes the place of its instant's first value; conflicts stay counted.
    pub fn in_order(
        arrivals: impl IntoIterator<Item = Arrival>,
        decisions: impl IntoIterator<Item = Decision>,
    ) -> Self {
        let mut first: BTreeMap<Moment, Exact> = BTreeMap::new();
        let mut conflicts = Vec::new();
        let mut last = None;
        for Arrival { shown, quality } in arrivals {
            last = last.max(Some(shown.at));
            if quality == Quality::Bad {
                continue;
            }
            match first.entry(shown.at) {
                Entry::Vacant(place) => {
                    place.insert(shown.register);
                }
                Entry::Occupied(taken) if *taken.get() != shown.register => {
                    conflicts.push(shown.at);
                }
                Entry::Occupied(_) => {}
            }
        }
        conflicts.sort_unstable();
        for Decision { at, chosen } in decisions {
            last = last.max(Some(at));
            match chosen {
                Some(register) => first.insert(at, register),
                None => first.remove(&at),
            };
        }
        let shown = first
            .into_iter()
            .map(|(at, register)| Shown { at, register })
            .collect();
        Self {
            shown,
            conflicts,
            last,
        }
    }
}

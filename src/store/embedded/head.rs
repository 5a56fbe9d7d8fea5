//! A head: what was committed and is not folded yet, held in memory as compact columns.
//!
//! Rebuilt from the log after a restart. Knows no disk.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use crate::calendar::{Day, Moment, Period};
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};
use crate::reading::{Flags, Quality};

use crate::store::index::Index;
use crate::store::{Counts, Row};

use super::codec::batch::{self, Entry};
use super::codec::chunk::Origin;
use super::codec::latest::row_of;
use super::merge::Arrival;
use super::piece::Wanted;

/// A number that nothing has.
const NONE: u32 = u32::MAX;
/// Sets of indicators that a head tells apart.
const SETS_LIMIT: usize = 60_000;
/// Values for which a message of the configured size of a head has room on average: large
/// messages must not make a head large (contract C4).
const VALUES_EACH: u64 = 16;
/// Readings that a head can number.
const READINGS_LIMIT: usize = 1 << 30;

/// A reading of the chain that it stands in; its values stand in one arena for all.
#[derive(Clone, Copy, Debug)]
struct Held {
    at: Moment,
    message: u32,
    values_from: u32,
    set: u16,
    quality: Quality,
    flags: Flags,
}

/// The readings of one meter in order of arrival, side by side: whoever reads a meter goes through
/// all of them. Its newest values say which of them they stand in.
#[derive(Debug)]
struct Chain {
    meter: MeterNo,
    held: Vec<Held>,
    latest: Vec<(IndicatorNo, Moment, f64, u32)>,
}

/// What a head keeps.
#[derive(Debug, Default)]
pub(super) struct Head {
    messages: Vec<(Origin, u64)>,
    readings: usize,
    values: Vec<f64>,
    sets: Vec<Arc<[IndicatorNo]>>,
    set_numbers: BTreeMap<Arc<[IndicatorNo]>, u16>,
    chains: Vec<Chain>,
    index: Index<MeterNo, u32>,
    counts: BTreeMap<(Day, GatewayNo), Counts>,
    set_last: u16,
    batches: u64,
    newest: u64,
}

/// Readings copied out of the heads, in order of arrival.
#[derive(Debug, Default)]
pub(super) struct Copies {
    readings: Vec<Copied>,
    /// As long as `values`.
    indicators: Vec<IndicatorNo>,
    values: Vec<f64>,
}

/// A copied reading; what it says stands in the arenas.
#[derive(Debug)]
struct Copied {
    batch: u64,
    at: Moment,
    origin: Origin,
    said: Range<usize>,
}

impl Copies {
    /// Whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.readings.is_empty()
    }

    /// As the merge takes them.
    pub(super) fn arrivals(&self) -> impl Iterator<Item = Arrival<'_>> {
        self.readings.iter().map(|copy| Arrival {
            batch: copy.batch,
            at: copy.at,
            origin: copy.origin,
            indicators: self.indicators.get(copy.said.clone()).unwrap_or_default(),
            values: self.values.get(copy.said.clone()).unwrap_or_default(),
        })
    }

    /// Takes what a reading says, of one indicator or of all.
    fn take(&mut self, reading: &Arrival<'_>, indicator: Option<IndicatorNo>) {
        let from = self.values.len();
        let said = reading.indicators.iter().zip(reading.values);
        for (of, value) in said.filter(|(of, _)| indicator.is_none_or(|one| one == **of)) {
            self.indicators.push(*of);
            self.values.push(*value);
        }
        let to = self.values.len();
        if from < to {
            self.readings.push(Copied {
                batch: reading.batch,
                at: reading.at,
                origin: reading.origin,
                said: from..to,
            });
        }
    }
}

fn short(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(NONE)
}

fn long(index: u32) -> usize {
    usize::try_from(index).unwrap_or(usize::MAX)
}

impl Head {
    /// How many messages it holds.
    pub(super) fn messages(&self) -> u64 {
        u64::try_from(self.messages.len()).unwrap_or(u64::MAX)
    }

    /// Whether nothing was committed into it.
    pub(super) const fn is_empty(&self) -> bool {
        self.batches == 0
    }

    /// Whether it takes no more: it has so many messages, as many values as these mostly have, or
    /// can number no more.
    pub(super) fn is_full(&self, messages_max: u64) -> bool {
        let values = u64::try_from(self.values.len()).unwrap_or(u64::MAX);
        self.messages() >= messages_max
            || values >= messages_max.saturating_mul(VALUES_EACH)
            || self.sets.len() >= SETS_LIMIT
            || self.readings >= READINGS_LIMIT
            || self.values.len() >= READINGS_LIMIT
    }

    /// Batches in it.
    pub(super) const fn batches(&self) -> u64 {
        self.batches
    }

    /// Its newest batch.
    pub(super) const fn newest(&self) -> u64 {
        self.newest
    }

    /// What its batches add to the counts; folding takes it over.
    pub(super) const fn counts(&self) -> &BTreeMap<(Day, GatewayNo), Counts> {
        &self.counts
    }

    /// Notes that batch `number` was committed into it.
    pub(super) fn batch(&mut self, number: u64) {
        self.batches += 1;
        self.newest = number;
    }

    /// A message; its readings follow. `values` is how many they have.
    pub(super) fn message(&mut self, batch: u64, head: &batch::Head) {
        let origin = &head.origin;
        if matches!(head.entry, Entry::Message | Entry::Replay) {
            let received_at = Moment::from_unix_ms(origin.received_s.saturating_mul(1_000));
            let counts = Counts {
                received: head.received,
                quarantined: head.quarantined,
                refused: head.refused,
                unpromised: head.unpromised,
                ..Counts::default()
            };
            let place = (Day::of(received_at), origin.gateway);
            self.counts.entry(place).or_default().add(&counts);
        }
        self.messages.push((*origin, batch));
    }

    /// A reading of the last message.
    pub(super) fn reading(
        &mut self,
        meter: MeterNo,
        at: Moment,
        origin: &Origin,
        indicators: &[IndicatorNo],
        values: &[f64],
    ) {
        let held = Held {
            at,
            message: short(self.messages.len().saturating_sub(1)),
            values_from: short(self.values.len()),
            set: self.set(indicators),
            quality: origin.quality,
            flags: origin.flags,
        };
        self.values.extend_from_slice(values);
        self.readings += 1;
        let chains = &mut self.chains;
        let place = *self.index.entry(meter).or_insert_with(|| {
            chains.push(Chain {
                meter,
                held: Vec::new(),
                latest: Vec::new(),
            });
            short(chains.len() - 1)
        });
        if let Some(chain) = self.chains.get_mut(long(place)) {
            if origin.quality != Quality::Bad {
                chain.note_latest(at, indicators, values);
            }
            chain.held.push(held);
        }
        let received_at = Moment::from_unix_ms(origin.received_s.saturating_mul(1_000));
        let place = (Day::of(received_at), origin.gateway);
        let pending = i64::try_from(values.len()).unwrap_or(i64::MAX);
        self.counts.entry(place).or_default().pending += pending;
    }

    fn set(&mut self, indicators: &[IndicatorNo]) -> u16 {
        let last = self.sets.get(usize::from(self.set_last));
        if last.is_some_and(|set| **set == *indicators) {
            return self.set_last;
        }
        if let Some(known) = self.set_numbers.get(indicators) {
            self.set_last = *known;
            return *known;
        }
        let number = u16::try_from(self.sets.len()).unwrap_or(u16::MAX);
        let set: Arc<[IndicatorNo]> = indicators.into();
        self.sets.push(Arc::clone(&set));
        self.set_numbers.insert(set, number);
        self.set_last = number;
        number
    }

    fn chain(&self, meter: MeterNo) -> Option<&Chain> {
        self.chains.get(long(*self.index.get(&meter)?))
    }

    fn arrival(&self, held: &Held) -> Option<Arrival<'_>> {
        let (origin, batch) = self.messages.get(long(held.message))?;
        let set = self.sets.get(usize::from(held.set))?;
        let from = long(held.values_from);
        Some(Arrival {
            batch: *batch,
            at: held.at,
            origin: Origin {
                quality: held.quality,
                flags: held.flags,
                ..*origin
            },
            indicators: set,
            values: self.values.get(from..from + set.len())?,
        })
    }

    /// The meters it has readings of, by number.
    pub(super) fn meters(&self) -> Vec<MeterNo> {
        let mut meters: Vec<MeterNo> = self.chains.iter().map(|chain| chain.meter).collect();
        meters.sort_unstable();
        meters
    }

    /// The readings of a meter in order of arrival.
    pub(super) fn readings(&self, meter: MeterNo) -> impl Iterator<Item = Arrival<'_>> {
        let held = self.chain(meter).into_iter().flat_map(|chain| &chain.held);
        held.filter_map(|held| self.arrival(held))
    }

    /// Copies the readings of a meter in `period`, in order of arrival: whole ones, or what they
    /// say of one indicator; `bad` ones only if all are wanted.
    pub(super) fn copy(&self, wanted: &Wanted, period: Period, into: &mut Copies) {
        let held = self.chain(wanted.meter).into_iter();
        let held = held.flat_map(|chain| &chain.held);
        let held = held.filter(|held| wanted.all || held.quality != Quality::Bad);
        let inside = held.filter(|held| period.contains(held.at));
        for reading in inside.filter_map(|held| self.arrival(held)) {
            into.take(&reading, wanted.indicator);
        }
    }

    /// The newest values of a meter, by indicator.
    pub(super) fn latest(&self, meter: MeterNo) -> impl Iterator<Item = Row> {
        let known = self.chain(meter).into_iter();
        let known = known.flat_map(|chain| chain.latest.iter().map(move |one| (chain, one)));
        known.filter_map(move |(chain, (indicator, at, number, place))| {
            let arrival = self.arrival(chain.held.get(long(*place))?)?;
            let origin = &arrival.origin;
            Some(row_of(meter, *indicator, *at, *number, origin, 1))
        })
    }
}

impl Chain {
    /// Notes what the reading says that is added next.
    fn note_latest(&mut self, at: Moment, indicators: &[IndicatorNo], values: &[f64]) {
        let next = short(self.held.len());
        for (guess, (indicator, value)) in indicators.iter().zip(values).enumerate() {
            // Mostly a meter says the same indicators each time.
            let same = self
                .latest
                .get(guess)
                .is_some_and(|known| known.0 == *indicator);
            let place = if same {
                Ok(guess)
            } else {
                self.latest.binary_search_by_key(indicator, |known| known.0)
            };
            match place {
                Err(place) => self.latest.insert(place, (*indicator, at, *value, next)),
                Ok(place) => {
                    if let Some(known) = self.latest.get_mut(place)
                        && known.1 < at
                    {
                        *known = (*indicator, at, *value, next);
                    }
                }
            }
        }
    }
}

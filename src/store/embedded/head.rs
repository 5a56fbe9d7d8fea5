//! A head: what was committed and is not folded yet, held in memory as compact columns.
//!
//! Rebuilt from the log after a restart. Knows no disk.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::calendar::{Day, Moment};
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};
use crate::reading::{Flags, Quality};

use crate::store::index::Index;
use crate::store::{Counts, Row};

use super::codec::batch::{self, Entry};
use super::codec::chunk::Origin;
use super::codec::latest::row_of;
use super::merge::Arrival;

/// No further reading of this meter.
const END: u32 = u32::MAX;
/// Sets of indicators that a head tells apart.
const SETS_LIMIT: usize = 60_000;
/// Values for which a message of the configured size of a head has room on average: large
/// messages must not make a head large (contract C4).
const VALUES_EACH: u64 = 16;
/// Readings that a head can number.
const READINGS_LIMIT: usize = 1 << 30;

/// A reading; its values stand in one arena for all.
#[derive(Clone, Copy, Debug)]
struct Held {
    at: Moment,
    message: u32,
    values_from: u32,
    next: u32,
    set: u16,
    quality: Quality,
    flags: Flags,
}

/// The readings of one meter, as a chain in order of arrival, and its newest values.
#[derive(Debug)]
struct Chain {
    meter: MeterNo,
    first: u32,
    last: u32,
    latest: Vec<(IndicatorNo, Moment, f64, u32)>,
}

/// What a head keeps.
#[derive(Debug, Default)]
pub(super) struct Head {
    messages: Vec<(Origin, u64)>,
    held: Vec<Held>,
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

/// A reading copied out of a head.
#[derive(Clone, Debug)]
pub(super) struct Copied {
    batch: u64,
    at: Moment,
    origin: Origin,
    indicators: Arc<[IndicatorNo]>,
    values: Vec<f64>,
}

impl Copied {
    /// As the merge takes it.
    pub(super) fn arrival(&self) -> Arrival<'_> {
        Arrival {
            batch: self.batch,
            at: self.at,
            origin: self.origin,
            indicators: &self.indicators,
            values: &self.values,
        }
    }
}

fn short(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(END)
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
            || self.held.len() >= READINGS_LIMIT
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
        let position = short(self.held.len());
        let held = Held {
            at,
            message: short(self.messages.len().saturating_sub(1)),
            values_from: short(self.values.len()),
            next: END,
            set: self.set(indicators),
            quality: origin.quality,
            flags: origin.flags,
        };
        self.values.extend_from_slice(values);
        self.held.push(held);
        self.link(meter, position);
        if origin.quality != Quality::Bad {
            self.note_latest(meter, position, at, indicators, values);
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

    fn link(&mut self, meter: MeterNo, position: u32) {
        let chains = &mut self.chains;
        let chain = *self.index.entry(meter).or_insert_with(|| {
            chains.push(Chain {
                meter,
                first: position,
                last: position,
                latest: Vec::new(),
            });
            short(chains.len() - 1)
        });
        let Some(chain) = self.chains.get_mut(long(chain)) else {
            return;
        };
        if chain.last != position
            && let Some(before) = self.held.get_mut(long(chain.last))
        {
            before.next = position;
        }
        chain.last = position;
    }

    fn note_latest(
        &mut self,
        meter: MeterNo,
        position: u32,
        at: Moment,
        indicators: &[IndicatorNo],
        values: &[f64],
    ) {
        let Some(chain) = self.index.get(&meter) else {
            return;
        };
        let Some(chain) = self.chains.get_mut(long(*chain)) else {
            return;
        };
        for (indicator, value) in indicators.iter().zip(values) {
            let place = chain
                .latest
                .binary_search_by_key(indicator, |known| known.0);
            match place {
                Err(place) => chain
                    .latest
                    .insert(place, (*indicator, at, *value, position)),
                Ok(place) => {
                    if let Some(known) = chain.latest.get_mut(place)
                        && known.1 < at
                    {
                        *known = (*indicator, at, *value, position);
                    }
                }
            }
        }
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
        let mut next = self.chain(meter).map_or(END, |chain| chain.first);
        std::iter::from_fn(move || {
            let held = self.held.get(long(next))?;
            next = held.next;
            self.arrival(held)
        })
    }

    /// Copies the readings of a meter in `[from, to)`, in order of arrival.
    pub(super) fn copy(&self, meter: MeterNo, from: Moment, to: Moment, into: &mut Vec<Copied>) {
        for reading in self.readings(meter) {
            if from <= reading.at && reading.at < to {
                into.push(Copied {
                    batch: reading.batch,
                    at: reading.at,
                    origin: reading.origin,
                    indicators: reading.indicators.into(),
                    values: reading.values.to_vec(),
                });
            }
        }
    }

    /// The newest values of a meter, by indicator.
    pub(super) fn latest(&self, meter: MeterNo) -> impl Iterator<Item = Row> {
        let known = self.chain(meter).into_iter();
        let known = known.flat_map(|chain| &chain.latest);
        known.filter_map(move |(indicator, at, number, position)| {
            let held = self.held.get(long(*position))?;
            let arrival = self.arrival(held)?;
            let origin = &arrival.origin;
            Some(row_of(meter, *indicator, *at, *number, origin, 1))
        })
    }
}

//! The one place where duplicates and conflicts are told apart (contract C3): stable by time, the
//! first value stays, same bits are a no-op, another value becomes a revision, a missing indicator
//! is filled in. Used by the fold, which writes the result, and by every read, which shows it.
//!
//! Knows no disk: what is there and what arrived are handed in.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Moment;
use crate::indicator::IndicatorNo;
use crate::reading::Quality;

use super::codec::chunk::{Chunk, Origin};

/// A reading on its way into a chunk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival<'a> {
    /// The batch that it was committed with.
    pub(super) batch: u64,
    /// When it was measured.
    pub(super) at: Moment,
    /// Where it came from.
    pub(super) origin: Origin,
    /// What was measured.
    pub(super) indicators: &'a [IndicatorNo],
    /// The values, one an indicator.
    pub(super) values: &'a [f64],
}

/// A value that lies beside the chunk: a further revision of a key, or a `bad` value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Beside {
    /// When it was measured.
    pub(super) at: Moment,
    /// What was measured.
    pub(super) indicator: IndicatorNo,
    /// The value.
    pub(super) number: f64,
    /// 2, 3 .. for conflicts; 0 for `bad` values.
    pub(super) revision: u32,
    /// Where it came from.
    pub(super) origin: Origin,
}

/// What lies beside, by key: a day may have millions of `bad` and conflicting values.
#[derive(Debug, Default)]
struct Index {
    bad: BTreeSet<(Moment, IndicatorNo, u64)>,
    conflicts: BTreeSet<(Moment, IndicatorNo, u64)>,
    newest: BTreeMap<(Moment, IndicatorNo), u32>,
}

impl Index {
    fn of(beside: &[Beside]) -> Self {
        let mut index = Self::default();
        for one in beside {
            index.note(one);
        }
        index
    }

    fn note(&mut self, beside: &Beside) {
        let known = (beside.at, beside.indicator, beside.number.to_bits());
        if beside.revision == 0 {
            self.bad.insert(known);
            return;
        }
        self.conflicts.insert(known);
        let newest = self.newest.entry((beside.at, beside.indicator));
        let newest = newest.or_default();
        *newest = beside.revision.max(*newest);
    }
}

/// What became of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The first of its key, or a `bad` one not seen before.
    Stored,
    /// Same key, same bits.
    Duplicate,
    /// Same key, another value.
    Conflict,
}

/// What is known of one meter and day.
#[derive(Debug, Default)]
pub(super) struct Known<'a> {
    /// Rows of the month block, which do not change.
    pub(super) month: Option<&'a Chunk>,
    /// Rows of the day chunk; those that arrive are added.
    pub(super) day: Chunk,
    /// Conflicts and `bad` values; those that arrive are added behind.
    pub(super) beside: Vec<Beside>,
}

impl Known<'_> {
    /// Merges what arrived, which is sorted by time, equal times in order of arrival. Tells of
    /// each value what became of it. Batches that were merged before are passed over.
    pub(super) fn merge(
        &mut self,
        arrivals: &[Arrival<'_>],
        mut tell: impl FnMut(&Arrival<'_>, Outcome),
    ) {
        let merged_through = self.day.merged_through;
        let sorted = self.day.at.len();
        let mut index = Index::of(&self.beside);
        for arrival in arrivals {
            if arrival.batch <= merged_through {
                continue;
            }
            if arrival.origin.quality == Quality::Bad {
                self.bad(arrival, &mut index, &mut tell);
            } else if self.is_new(arrival.at, sorted) {
                self.day.append(arrival, |_| true);
                arrival
                    .values
                    .iter()
                    .for_each(|_| tell(arrival, Outcome::Stored));
            } else {
                self.compare(arrival, sorted, &mut index, &mut tell);
            }
        }
        self.day.sort();
    }

    /// Whether no row stands at `at` yet. Rows from `sorted` on were added in order of time.
    fn is_new(&self, at: Moment, sorted: usize) -> bool {
        let added = self.day.at.len() > sorted && self.day.at.last() == Some(&at);
        let month = self
            .month
            .is_some_and(|month| month.has(at, month.at.len()));
        !(added || month || self.day.has(at, sorted))
    }

    fn bad(
        &mut self,
        arrival: &Arrival<'_>,
        index: &mut Index,
        tell: &mut impl FnMut(&Arrival<'_>, Outcome),
    ) {
        for (indicator, number) in arrival.indicators.iter().zip(arrival.values) {
            let known = (arrival.at, *indicator, number.to_bits());
            if index.bad.contains(&known) {
                tell(arrival, Outcome::Duplicate);
                continue;
            }
            self.put_beside(Beside::new(arrival, *indicator, *number, 0), index);
            tell(arrival, Outcome::Stored);
        }
    }

    fn put_beside(&mut self, beside: Beside, index: &mut Index) {
        index.note(&beside);
        self.beside.push(beside);
    }

    /// A reading at a time that has rows: each value is looked at alone.
    fn compare(
        &mut self,
        arrival: &Arrival<'_>,
        sorted: usize,
        index: &mut Index,
        tell: &mut impl FnMut(&Arrival<'_>, Outcome),
    ) {
        let mut fresh = Vec::new();
        for (indicator, number) in arrival.indicators.iter().zip(arrival.values) {
            let first = self.first(arrival.at, *indicator, sorted);
            match first {
                None => {
                    fresh.push(*indicator);
                    tell(arrival, Outcome::Stored);
                }
                Some(first) if first.to_bits() == number.to_bits() => {
                    tell(arrival, Outcome::Duplicate);
                }
                Some(_) => tell(arrival, self.differ(arrival, *indicator, *number, index)),
            }
        }
        if !fresh.is_empty() {
            self.day
                .append(arrival, |indicator| fresh.contains(&indicator));
        }
    }

    fn first(&self, at: Moment, indicator: IndicatorNo, sorted: usize) -> Option<f64> {
        let month = self.month;
        let month = month.and_then(|month| month.value(at, indicator, month.at.len()));
        month.or_else(|| self.day.value(at, indicator, sorted))
    }

    fn differ(
        &mut self,
        arrival: &Arrival<'_>,
        indicator: IndicatorNo,
        number: f64,
        index: &mut Index,
    ) -> Outcome {
        let known = (arrival.at, indicator, number.to_bits());
        if index.conflicts.contains(&known) {
            return Outcome::Duplicate;
        }
        let newest = index.newest.get(&(arrival.at, indicator)).copied();
        let revision = newest.unwrap_or(1).saturating_add(1);
        self.put_beside(Beside::new(arrival, indicator, number, revision), index);
        Outcome::Conflict
    }
}

impl Beside {
    fn new(arrival: &Arrival<'_>, indicator: IndicatorNo, number: f64, revision: u32) -> Self {
        Self {
            at: arrival.at,
            indicator,
            number,
            revision,
            origin: arrival.origin,
        }
    }
}

impl Chunk {
    /// The rows at `at`: among the first `sorted` rows, and among those added behind.
    fn rows_at(&self, at: Moment, sorted: usize) -> impl Iterator<Item = usize> {
        let head = self.at.get(..sorted).unwrap_or_default();
        let first = head.partition_point(|known| *known < at);
        let old = head
            .iter()
            .skip(first)
            .take_while(move |known| **known == at);
        let old = first..first + old.count();
        let tail = self.at.get(sorted..).unwrap_or_default();
        let added = tail.iter().rev().take_while(move |known| **known == at);
        let added = self.at.len() - added.count()..self.at.len();
        old.chain(added)
    }

    fn has(&self, at: Moment, sorted: usize) -> bool {
        let head = self.at.get(..sorted).unwrap_or_default();
        head.last().is_some_and(|last| *last >= at) && head.binary_search(&at).is_ok()
    }

    fn value(&self, at: Moment, indicator: IndicatorNo, sorted: usize) -> Option<f64> {
        let (_, values) = self.columns.iter().find(|(of, _)| *of == indicator)?;
        let rows = self.rows_at(at, sorted);
        rows.filter_map(|row| values.get(row).copied())
            .find(|value| !value.is_nan())
    }

    /// Adds a row behind the others with those values that are `wanted`.
    fn append(&mut self, arrival: &Arrival<'_>, wanted: impl Fn(IndicatorNo) -> bool) {
        for (_, values) in &mut self.columns {
            values.push(f64::NAN);
        }
        self.at.push(arrival.at);
        self.origins.push(arrival.origin);
        let rows = self.at.len();
        for (indicator, number) in arrival.indicators.iter().zip(arrival.values) {
            if !wanted(*indicator) {
                continue;
            }
            let place = self.columns.binary_search_by_key(indicator, |(of, _)| *of);
            let place = place.unwrap_or_else(|place| {
                self.columns
                    .insert(place, (*indicator, vec![f64::NAN; rows]));
                place
            });
            let column = self.columns.get_mut(place);
            if let Some(last) = column.and_then(|(_, values)| values.last_mut()) {
                *last = *number;
            }
        }
    }

    /// Puts rows in order of time, equal times in the order in which they were added.
    pub(super) fn sort(&mut self) {
        if self.at.is_sorted() {
            return;
        }
        let mut order: Vec<usize> = (0..self.at.len()).collect();
        order.sort_by_key(|row| self.at.get(*row).copied());
        self.at = picked(&self.at, &order);
        self.origins = picked(&self.origins, &order);
        for (_, values) in &mut self.columns {
            *values = picked(values, &order);
        }
    }

    /// Adds all rows of `other`, whose keys are others, and sorts.
    pub(super) fn absorb(&mut self, other: &Self) {
        self.merged_through = self.merged_through.max(other.merged_through);
        let (before, added) = (self.at.len(), other.at.len());
        self.at.extend_from_slice(&other.at);
        self.origins.extend_from_slice(&other.origins);
        for (indicator, values) in &other.columns {
            let place = self.columns.binary_search_by_key(indicator, |(of, _)| *of);
            let place = place.unwrap_or_else(|place| {
                self.columns
                    .insert(place, (*indicator, vec![f64::NAN; before]));
                place
            });
            if let Some((_, column)) = self.columns.get_mut(place) {
                column.extend_from_slice(values);
            }
        }
        for (_, column) in &mut self.columns {
            column.resize(before + added, f64::NAN);
        }
        self.sort();
    }

    /// The rows in `[from, to)`.
    pub(super) fn cut(&self, from: Moment, to: Moment) -> Self {
        let first = self.at.partition_point(|at| *at < from);
        let end = self.at.partition_point(|at| *at < to).max(first);
        let part = first..end;
        Self {
            merged_through: self.merged_through,
            at: self.at.get(part.clone()).unwrap_or_default().to_vec(),
            origins: self.origins.get(part.clone()).unwrap_or_default().to_vec(),
            columns: self
                .columns
                .iter()
                .map(|(indicator, values)| {
                    let values = values.get(part.clone()).unwrap_or_default();
                    (*indicator, values.to_vec())
                })
                .collect(),
        }
    }
}

fn picked<T: Copy>(from: &[T], order: &[usize]) -> Vec<T> {
    order
        .iter()
        .filter_map(|row| from.get(*row).copied())
        .collect()
}

//! A month of one meter as a read sees it: heads, day chunks, month block and the values beside
//! them, merged by time when they are handed out and never added up.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::ops::Range;

use crate::calendar::{Day, Moment, Period};
use crate::indicator::IndicatorNo;
use crate::park::MeterNo;

use crate::store::Row;

use super::codec::chunk::{Chunk, day_key, decode_day_of};
use super::codec::latest::row_of;
use super::head::Copies;
use super::merge::{Arrival, Beside, Known};
use super::slice::Damage;

/// What a read is after.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Whose rows.
    pub(super) meter: MeterNo,
    /// Of which indicator; all if `None`.
    pub(super) indicator: Option<IndicatorNo>,
    /// Conflicts and `bad` values, too.
    pub(super) all: bool,
}

/// The pieces, loaded; day rows still as bytes.
#[derive(Debug, Default)]
pub(super) struct Piece {
    pub(super) month: Option<Chunk>,
    pub(super) days: Vec<(Day, Vec<u8>)>,
    pub(super) beside: Vec<Beside>,
    /// Out of the heads, in order of arrival.
    pub(super) copied: Copies,
}

/// Rows on their way out, with a count of what was looked at.
#[derive(Debug, Default)]
pub(super) struct Given {
    /// Values looked at.
    pub(super) values: u64,
    /// Damaged day rows passed over.
    pub(super) damages: Vec<Damage>,
}

impl Piece {
    /// Whether nothing but the month block is known.
    pub(super) fn is_bare(&self) -> bool {
        self.days.is_empty() && self.beside.is_empty() && self.copied.is_empty()
    }

    /// Days that more than the month block knows of.
    fn days(&self) -> BTreeSet<Day> {
        let days = self.days.iter().map(|(day, _)| *day);
        let beside = self.beside.iter().map(|beside| Day::of(beside.at));
        let copied = self.copied.arrivals().map(|copied| Day::of(copied.at));
        days.chain(beside).chain(copied).collect()
    }

    /// Hands out the rows of `period`, by time, indicator and revision.
    pub(super) fn visit(
        &self,
        wanted: &Wanted,
        period: Period,
        given: &mut Given,
        visit: &mut dyn FnMut(&Row) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut cursor = period.from();
        for day in self.days() {
            let own = day.period();
            if own.to() <= cursor || own.from() >= period.to() {
                continue;
            }
            self.month_only(wanted, cursor, own.from(), given, visit)?;
            let from = cursor.max(own.from());
            let to = period.to().min(own.to());
            self.merged(wanted, day, from, to, given, visit)?;
            cursor = to;
        }
        self.month_only(wanted, cursor, period.to(), given, visit)
    }

    /// Rows of a stretch that only the month block knows of.
    fn month_only(
        &self,
        wanted: &Wanted,
        from: Moment,
        to: Moment,
        given: &mut Given,
        visit: &mut dyn FnMut(&Row) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        match &self.month {
            Some(month) if from < to => {
                emit(month, month.between(from, to), &[], wanted, given, visit)
            }
            _ => ControlFlow::Continue(()),
        }
    }

    /// Rows of a stretch of one day, merged.
    fn merged(
        &self,
        wanted: &Wanted,
        day: Day,
        from: Moment,
        to: Moment,
        given: &mut Given,
        visit: &mut dyn FnMut(&Row) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let known = self.known(wanted, day, given);
        let rows = known.day.between(from, to);
        let inside = |beside: &Beside| from <= beside.at && beside.at < to;
        let mut beside: Vec<Beside> = known.beside.into_iter().filter(inside).collect();
        beside.sort_by_key(|beside| (beside.at, beside.indicator, beside.revision));
        emit(&known.day, rows, &beside, wanted, given, visit)
    }

    /// All that is known of one day, with the month's rows among the day's.
    fn known(&self, wanted: &Wanted, day: Day, given: &mut Given) -> Known<'static> {
        let own = day.period();
        let of_day = |at: Moment| own.contains(at);
        let beside = self.beside.iter().filter(|beside| of_day(beside.at));
        let mut known = Known {
            month: None,
            day: self.chunk(wanted, day, given),
            beside: beside.copied().collect(),
        };
        if let Some(month) = &self.month {
            known.day.absorb(&month.cut(own.from(), own.to()));
        }
        // A batch may be in the heads' copy and in the chunk: equal values are no-ops.
        known.day.merged_through = 0;
        let copied = self.copied.arrivals();
        let mut arrivals: Vec<Arrival<'_>> = copied.filter(|copied| of_day(copied.at)).collect();
        arrivals.sort_by_key(|arrival| arrival.at);
        known.merge(&arrivals, |_, _| {});
        known
    }

    fn chunk(&self, wanted: &Wanted, day: Day, given: &mut Given) -> Chunk {
        let found = self.days.iter().find(|(of, _)| *of == day);
        let Some((_, bytes)) = found else {
            return Chunk::default();
        };
        let key = day_key(wanted.meter, day);
        decode_day_of(bytes, key, wanted.indicator).unwrap_or_else(|broken| {
            given.damages.push(Damage {
                kind: "day",
                key,
                why: broken.0,
            });
            Chunk::default()
        })
    }

    /// The newest first value of one indicator before `before`.
    pub(super) fn last_before(
        &self,
        wanted: &Wanted,
        before: Moment,
        given: &mut Given,
    ) -> Option<Row> {
        let mut days = self.days();
        let mut cursor = before;
        loop {
            while days.last().is_some_and(|day| day.start() >= cursor) {
                days.pop_last();
            }
            let month = self.month.as_ref();
            let in_month = month.and_then(|month| month.newest(wanted.indicator?, cursor));
            let day = days.last().copied().max(in_month.map(Day::of))?;
            let mut last = None;
            let _whole = self.merged(wanted, day, day.start(), cursor, given, &mut |row| {
                last = Some(*row);
                ControlFlow::Continue(())
            });
            if last.is_some() {
                return last;
            }
            cursor = day.start();
        }
    }
}

impl Chunk {
    /// The rows in `[from, to)`.
    fn between(&self, from: Moment, to: Moment) -> Range<usize> {
        let first = self.at.partition_point(|at| *at < from);
        first..self.at.partition_point(|at| *at < to).max(first)
    }

    /// When the newest value of an indicator before `before` was measured.
    fn newest(&self, indicator: IndicatorNo, before: Moment) -> Option<Moment> {
        let (_, values) = self.columns.iter().find(|(of, _)| *of == indicator)?;
        let end = self.at.partition_point(|at| *at < before);
        let rows = values.iter().zip(&self.at).take(end);
        let present = rows.rev().find(|(value, _)| !value.is_nan());
        present.map(|(_, at)| *at)
    }
}

/// Hands out rows of a chunk, with the values beside it, by time, indicator and revision.
fn emit(
    chunk: &Chunk,
    rows: Range<usize>,
    beside: &[Beside],
    wanted: &Wanted,
    given: &mut Given,
    visit: &mut dyn FnMut(&Row) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let fits = |of: IndicatorNo| wanted.indicator.is_none_or(|indicator| indicator == of);
    let columns: Vec<_> = chunk.columns.iter().filter(|(of, _)| fits(*of)).collect();
    if let [column] = columns[..]
        && beside.is_empty()
    {
        return emit_column(chunk, rows, column, wanted, given, visit);
    }
    let mut beside = beside
        .iter()
        .filter(|beside| wanted.all && fits(beside.indicator))
        .peekable();
    let mut together: Vec<Row> = Vec::new();
    for (at, origins, row) in same_times(chunk, rows) {
        while let Some(earlier) = beside.next_if(|beside| beside.at < at) {
            give(&earlier.row(wanted.meter), given, visit)?;
        }
        let alone = origins == 1 && beside.peek().is_none_or(|beside| beside.at > at);
        together.clear();
        for row in row..row + origins {
            let Some(origin) = chunk.origins.get(row) else {
                continue;
            };
            for (indicator, values) in &columns {
                let Some(value) = values.get(row).filter(|value| !value.is_nan()) else {
                    continue;
                };
                let row = row_of(wanted.meter, *indicator, at, *value, origin, 1);
                if alone {
                    give(&row, given, visit)?;
                } else {
                    together.push(row);
                }
            }
        }
        while let Some(same) = beside.next_if(|beside| beside.at == at) {
            together.push(same.row(wanted.meter));
        }
        together.sort_by_key(|row| (row.indicator, row.revision));
        for row in &together {
            give(row, given, visit)?;
        }
    }
    for later in beside {
        give(&later.row(wanted.meter), given, visit)?;
    }
    ControlFlow::Continue(())
}

/// Hands out the rows of one indicator that has nothing beside it: by time, as they stand. Of rows
/// at the same time only one has a value of it.
fn emit_column(
    chunk: &Chunk,
    rows: Range<usize>,
    (indicator, values): &(IndicatorNo, Vec<f64>),
    wanted: &Wanted,
    given: &mut Given,
    visit: &mut dyn FnMut(&Row) -> ControlFlow<()>,
) -> ControlFlow<()> {
    let at = chunk.at.get(rows.clone()).unwrap_or_default();
    let origins = chunk.origins.get(rows.clone()).unwrap_or_default();
    let values = values.get(rows).unwrap_or_default();
    for ((at, origin), value) in at.iter().zip(origins).zip(values) {
        if !value.is_nan() {
            let row = row_of(wanted.meter, *indicator, *at, *value, origin, 1);
            give(&row, given, visit)?;
        }
    }
    ControlFlow::Continue(())
}

/// The times among `rows`, each once, with how many rows it has and the first of them.
fn same_times(
    chunk: &Chunk,
    rows: Range<usize>,
) -> impl Iterator<Item = (Moment, usize, usize)> + '_ {
    let mut next = rows.start;
    let times = chunk.at.get(rows).unwrap_or_default();
    times
        .chunk_by(|one, other| one == other)
        .filter_map(move |same| {
            let row = next;
            next += same.len();
            Some((*same.first()?, same.len(), row))
        })
}

fn give(
    row: &Row,
    given: &mut Given,
    visit: &mut dyn FnMut(&Row) -> ControlFlow<()>,
) -> ControlFlow<()> {
    given.values += 1;
    visit(row)
}

impl Beside {
    fn row(&self, meter: MeterNo) -> Row {
        let (indicator, at, number) = (self.indicator, self.at, self.number);
        row_of(meter, indicator, at, number, &self.origin, self.revision)
    }
}

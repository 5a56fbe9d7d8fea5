//! What was settled, written down hour by hour: sheets of one register add up to its account.
//!
//! A sheet keeps what contract.md 9, rules 4 and 5, need of a period with borders on whole hours,
//! and no reading. Park hours are whole hours of UTC. Rounds nothing.

use std::collections::BTreeMap;

use crate::calendar::{Day, Moment, Period};

use super::account::Account;
use super::spread::{Share, Steps};
use super::walk::{Event, Span};
use super::{Flag, Readings};

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

/// A whole hour, counted from 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hour(pub(super) i64);

impl Hour {
    pub(super) fn of(moment: Moment) -> Self {
        Self(moment.unix_ms().div_euclid(HOUR_MS))
    }

    pub(super) fn start(self) -> Moment {
        Moment::from_unix_ms(self.0.saturating_mul(HOUR_MS))
    }

    pub(super) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

/// What is written down of one hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HourLine {
    /// What it got of the spans that touch it.
    pub(super) share: Share,
    /// Readings of it that took a place.
    pub(super) received: u64,
    /// Values that differ from the first of their instant.
    pub(super) conflicts: u64,
    /// Glitches, and flagged spans that lie within it.
    pub(super) flags: BTreeMap<Flag, u64>,
}

impl HourLine {
    pub(super) fn empty() -> Self {
        Self {
            share: Share::none(),
            received: 0,
            conflicts: 0,
            flags: BTreeMap::new(),
        }
    }

    fn count(&mut self, flag: Flag, times: u64) {
        *self.flags.entry(flag).or_insert(0) += times;
    }

    fn add(&mut self, other: &Self) {
        self.share.add(&other.share);
        self.received += other.received;
        self.conflicts += other.conflicts;
        for (flag, times) in &other.flags {
            self.count(*flag, *times);
        }
    }
}

/// A flagged span over more than one hour: it counts once however many hours it touches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FlaggedSpan {
    pub(super) from: Moment,
    pub(super) to: Moment,
    pub(super) flag: Flag,
}

/// What was settled of one register, hour by hour.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sheet {
    pub(super) hours: BTreeMap<Hour, HourLine>,
    pub(super) spanning: Vec<FlaggedSpan>,
    /// Readings held, by the time of their candidate and the hour they were read in.
    pub(super) held: BTreeMap<(Moment, Hour), u64>,
    /// What became of candidates, by their time.
    pub(super) judged: BTreeMap<Moment, Flag>,
}

impl Sheet {
    /// Writes down `events`, and that `readings` came. `interval_ms`: how often one is expected.
    #[must_use]
    pub fn of(events: &[Event], readings: &Readings, interval_ms: i64) -> Self {
        let mut sheet = Self::default();
        let same_hour = readings
            .shown
            .chunk_by(|one, next| Hour::of(one.at) == Hour::of(next.at));
        for of_hour in same_hour {
            if let Some(first) = of_hour.first() {
                let received = u64::try_from(of_hour.len()).unwrap_or(u64::MAX);
                sheet.line(Hour::of(first.at)).received += received;
            }
        }
        for at in &readings.conflicts {
            sheet.line(Hour::of(*at)).conflicts += 1;
        }
        for event in events {
            sheet.write(event, interval_ms);
        }
        sheet
    }

    /// Adds what another sheet of the same register settled.
    pub fn add(&mut self, other: &Self) {
        for (hour, line) in &other.hours {
            self.line(*hour).add(line);
        }
        self.spanning.extend(&other.spanning);
        for (place, times) in &other.held {
            *self.held.entry(*place).or_insert(0) += times;
        }
        self.judged.extend(&other.judged);
    }

    /// The first day it says anything of.
    #[must_use]
    pub fn first_day(&self) -> Option<Day> {
        let hour = self.hours.keys().next().map(|hour| hour.start());
        let held = self.held.keys().next().map(|(candidate, _)| *candidate);
        let judged = self.judged.keys().next().copied();
        [hour, held, judged]
            .into_iter()
            .flatten()
            .min()
            .map(Day::of)
    }

    /// The account over `period` in steps of `step_ms`, as [`Account::close`] would give it; `None`
    /// if a border or a step is no whole hour.
    #[must_use]
    pub fn account(&self, period: Period, step_ms: i64) -> Option<Account> {
        let borders = [period.from().unix_ms(), period.to().unix_ms(), step_ms];
        if borders.iter().any(|ms| ms % HOUR_MS != 0) {
            return None;
        }
        let steps = Steps::new(period, step_ms)?;
        let mut shares = vec![Share::none(); steps.count()];
        let mut conflicts = 0;
        for (hour, line) in self.lines(period) {
            let touched = steps.touched(hour.start(), hour.next().start());
            if let Some(sum) = shares.get_mut(touched.start) {
                sum.add(&line.share);
            }
            conflicts += line.conflicts;
        }
        Some(Account::of(steps, &shares, conflicts, self.flags(period)))
    }

    /// What `period` got, its borders on whole hours.
    #[must_use]
    pub fn share(&self, period: Period) -> Share {
        let mut sum = Share::none();
        for (_, line) in self.lines(period) {
            sum.add(&line.share);
        }
        sum
    }

    /// Readings of `period` that took a place.
    #[must_use]
    pub fn received(&self, period: Period) -> u64 {
        self.lines(period).map(|(_, line)| line.received).sum()
    }

    fn lines(&self, period: Period) -> impl Iterator<Item = (Hour, &HourLine)> {
        let hours = Hour::of(period.from())..Hour::of(period.to());
        self.hours.range(hours).map(|(hour, line)| (*hour, line))
    }

    /// How often each flag occurs in `period` (contract.md 9, rule 5).
    fn flags(&self, period: Period) -> BTreeMap<Flag, u64> {
        let within = self.lines(period).flat_map(|(_, line)| &line.flags);
        let within = within.map(|(flag, times)| (*flag, *times));
        let spanning = self.spanning.iter();
        let spanning = spanning.filter(|span| span.from < period.to() && period.from() < span.to);
        let spanning = spanning.map(|span| (span.flag, 1));
        let held = self.held.iter();
        let held = held.filter(|((_, hour), _)| period.contains(hour.start()));
        let held = held.filter_map(|((candidate, _), times)| {
            let flag = self.judged.get(candidate)?;
            Some((*flag, *times))
        });
        let mut flags = BTreeMap::new();
        for (flag, times) in within.chain(spanning).chain(held) {
            *flags.entry(flag).or_insert(0) += times;
        }
        flags
    }

    fn line(&mut self, hour: Hour) -> &mut HourLine {
        self.hours.entry(hour).or_insert_with(HourLine::empty)
    }

    fn write(&mut self, event: &Event, interval_ms: i64) {
        match event {
            Event::Settled(span) => self.write_span(span, interval_ms),
            Event::Glitch(at) => self.line(Hour::of(*at)).count(Flag::Glitch, 1),
            Event::Held { at, candidate } => {
                *self.held.entry((*candidate, Hour::of(*at))).or_insert(0) += 1;
            }
            Event::Judged { candidate, flag } => {
                self.judged.insert(*candidate, *flag);
            }
        }
    }

    /// Writes down a run of `received` readings of `hour`.
    pub(super) fn write_run(&mut self, hour: Hour, share: &Share, received: usize) {
        let line = self.line(hour);
        line.share.add(share);
        line.received += u64::try_from(received).unwrap_or(u64::MAX);
    }

    pub(super) fn write_span(&mut self, span: &Span, interval_ms: i64) {
        let first = Hour::of(span.from);
        let last = Hour::of(span.to.plus_ms(-1));
        let mut hour = first;
        while hour <= last {
            let next = hour.next();
            if let Some(share) = span.share_of(hour.start(), next.start(), interval_ms) {
                self.line(hour).share.add(&share);
            }
            hour = next;
        }
        match span.flag {
            Some(flag) if first == last => self.line(first).count(flag, 1),
            Some(flag) => self.spanning.push(FlaggedSpan {
                from: span.from,
                to: span.to,
                flag,
            }),
            None => {}
        }
    }
}

//! A register walked day by day, so that a late value costs the days it changes and no more.
//!
//! The end of each day's walk is kept; a day whose readings changed is walked again from the end
//! of the day before, and the days after it only as long as they begin otherwise than they did.

use std::collections::BTreeSet;

use crate::calendar::{Day, Moment};

use super::run::Runs;
use super::sheet::Hour;
use super::{Readings, Register, Sent, Sheet, Walk};

/// Readings of an hour for which a run is worth looking for.
const RUN_MIN: usize = 8;

/// Readings that are walked pair by pair at most until a run is looked for again.
const PAIRS_MAX: usize = 1_024;

/// What walking the readings of one park day came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayWalk {
    /// Where the walk stands at the end of the day.
    pub end: Walk,
    /// The last instant of the day that was looked at: a value, counted or not, or a decision.
    pub last_at: Option<Moment>,
    /// What it settled: of this day, and of the days before it that were still open.
    pub sheet: Sheet,
}

impl DayWalk {
    /// Walks the readings of one day, from where the walk stood at its begin.
    #[must_use]
    pub fn from(start: &Walk, register: &Register, readings: &Readings) -> Self {
        let mut walk = Self::begun(start);
        walk.go_on(register, readings);
        walk
    }

    /// The same along values as they were sent, by time.
    #[must_use]
    pub fn along(start: &Walk, register: &Register, sent: &[Sent]) -> Self {
        let mut walk = Self::begun(start);
        walk.go_on_sent(register, sent);
        walk
    }

    fn begun(start: &Walk) -> Self {
        Self {
            end: start.clone(),
            last_at: None,
            sheet: Sheet::default(),
        }
    }

    /// Walks on along readings of the same day that are all later than [`DayWalk::last_at`]: what
    /// comes in order costs no walk from the day's begin.
    pub fn go_on(&mut self, register: &Register, readings: &Readings) {
        let mut events = Vec::new();
        for shown in &readings.shown {
            self.end.take(register, shown.clone(), &mut events);
        }
        self.last_at = self.last_at.max(readings.last);
        let more = Sheet::of(&events, readings, register.interval_ms());
        self.sheet.add(&more);
    }

    /// The same along values as they were sent, by time. Many of an hour that only count on are walked
    /// as one (`run`), which comes to the same.
    pub fn go_on_sent(&mut self, register: &Register, sent: &[Sent]) {
        let (mut runs, mut rest, mut pairs) = (Runs::default(), sent, 1);
        while !rest.is_empty() {
            let taken = self.take_run(register, &mut runs, rest);
            rest = rest.get(taken..).unwrap_or_default();
            // Where runs do not come off they are looked for less and less often.
            pairs = if taken > 0 { 1 } else { pairs * 2 };
            pairs = pairs.min(PAIRS_MAX);
            let (few, more) = rest.split_at(until_run(rest, pairs));
            self.go_on(register, &Readings::of_sent(few));
            rest = more;
        }
    }

    /// Takes the run at the begin of `sent`, if there is one; how many readings it has.
    fn take_run(&mut self, register: &Register, runs: &mut Runs, sent: &[Sent]) -> usize {
        let Some(good) = self.end.undisturbed() else {
            return 0;
        };
        let Some(run) = runs.walk(register, good, sent) else {
            return 0;
        };
        if let Some(span) = good.pending_span() {
            self.sheet.write_span(&span, register.interval_ms());
        }
        let hour = Hour::of(good.shown.at);
        self.sheet.write_run(hour, &run.share, run.taken);
        self.last_at = self.last_at.max(Some(run.good.shown.at));
        self.end.good = Some(run.good);
        run.taken
    }

    /// The first day it says anything of, by what it settled or by its tail: a span that ends in
    /// the newest reading may have begun months before.
    #[must_use]
    pub fn first_day(&self) -> Option<Day> {
        let open = self.end.open_since().map(Day::of);
        self.sheet.first_day().into_iter().chain(open).min()
    }

    /// What is settled after this day if no later reading has come.
    /// `interval_ms`: how often a reading is expected.
    #[must_use]
    pub fn tail(&self, interval_ms: i64) -> Sheet {
        Sheet::of(&self.end.tail(), &Readings::default(), interval_ms)
    }
}

/// How many of `sent`, `least` at least, come before an hour with enough readings for a run. Those of
/// one instant are not parted.
fn until_run(sent: &[Sent], least: usize) -> usize {
    let mut place = 0;
    while let Some(first) = sent.get(place.max(least - 1)) {
        let end = Hour::of(first.at).next().start();
        place = sent.partition_point(|one| one.at <= first.at);
        let of_hour = sent.partition_point(|one| one.at < end) - place;
        if of_hour >= RUN_MIN {
            return place;
        }
        place += of_hour;
    }
    sent.len()
}

/// The days of one register that have to be walked again, earliest first.
#[derive(Clone, Debug, Default)]
pub struct Rewalk {
    due: BTreeSet<Day>,
}

impl Rewalk {
    /// A rewalk of the days whose readings changed.
    pub fn of(touched: impl IntoIterator<Item = Day>) -> Self {
        Self {
            due: touched.into_iter().collect(),
        }
    }

    /// Takes the next day to walk.
    pub fn next_due(&mut self) -> Option<Day> {
        self.due.pop_first()
    }

    /// Says that a day was walked to `end`, where the walk stood at `was` before (the day's begin
    /// if it had never been walked). If they differ, `following`, the next day that has readings,
    /// begins otherwise and has to be walked, too.
    pub fn walked(&mut self, was: &Walk, end: &Walk, following: Option<Day>) {
        if was != end {
            self.due.extend(following);
        }
    }
}

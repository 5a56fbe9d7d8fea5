//! What must hold of any readings: order of arrival, borders and days make no difference.

use std::collections::{BTreeMap, BTreeSet};

use parkpulse::calendar::Day;
use parkpulse::ledger::{
    Account, Arrival, DayWalk, Decision, Flag, Readings, Register, Rewalk, Sheet, Shown, Terms,
    Walk,
};
use parkpulse::reading::Quality;
use parkpulse::units::Exact;
use proptest::prelude::*;
use proptest::sample::Index;

use super::ledger_ground::{
    DAY_MS, HOUR_MS, after_begin, any_readings, any_register, arrival, hours, plain_terms,
};

/// A register's days as whoever keeps them has them: bytes, walked again when they change.
struct Kept {
    register: Register,
    arrivals: BTreeMap<Day, Vec<Arrival>>,
    decisions: BTreeMap<Day, Vec<Decision>>,
    days: BTreeMap<Day, Vec<u8>>,
    days_read: usize,
}

impl Kept {
    fn of(register: Register) -> Self {
        Self {
            register,
            arrivals: BTreeMap::new(),
            decisions: BTreeMap::new(),
            days: BTreeMap::new(),
            days_read: 0,
        }
    }

    fn arrive(&mut self, batch: &[Arrival]) {
        for arrival in batch {
            let day = self.arrivals.entry(Day::of(arrival.shown.at));
            day.or_default().push(arrival.clone());
        }
        self.rewalk(batch.iter().map(|arrival| Day::of(arrival.shown.at)));
    }

    fn decide(&mut self, decision: &Decision) {
        let day = Day::of(decision.at);
        self.decisions
            .entry(day)
            .or_default()
            .push(decision.clone());
        self.rewalk([day]);
    }

    fn rewalk(&mut self, touched: impl IntoIterator<Item = Day>) {
        let mut rewalk = Rewalk::of(touched);
        while let Some(day) = rewalk.next_due() {
            self.days_read += 1;
            let arrivals = self.arrivals.get(&day).cloned().unwrap_or_default();
            let decisions = self.decisions.get(&day).cloned().unwrap_or_default();
            let readings = Readings::in_order(arrivals, decisions);
            let before = self.days.range(..day).next_back();
            let start = before.map_or_else(Walk::new, |(_, bytes)| read(bytes).end);
            let was = self.days.get(&day).map(|bytes| read(bytes).end);
            let walked = DayWalk::from(&start, &self.register, &readings);
            let following = self.days.range(day.next()..).next().map(|(day, _)| *day);
            rewalk.walked(&was.unwrap_or(start), &walked.end, following);
            self.days.insert(day, walked.to_bytes());
        }
    }

    /// All days, and the tail of the last.
    fn sheet(&self) -> Sheet {
        let mut sum = Sheet::default();
        for bytes in self.days.values() {
            sum.add(&read(bytes).sheet);
        }
        if let Some(last) = self.days.values().next_back() {
            sum.add(&read(last).tail(self.register.interval_ms()));
        }
        sum
    }
}

fn read(bytes: &[u8]) -> DayWalk {
    DayWalk::of_bytes(bytes).unwrap()
}

fn close(register: &Register, arrivals: &[Arrival], from: i64, to: i64, step_ms: i64) -> Account {
    let readings = Readings::in_order(arrivals.iter().cloned(), []);
    Account::close(register, &readings, hours(from, to), step_ms).unwrap()
}

fn sum(accounts: &[&Account]) -> Exact {
    accounts
        .iter()
        .filter_map(|account| account.used.as_ref())
        .sum()
}

/// Some arrivals come again, some again with another value, some marked bad before.
fn with_repeats(arrivals: &[Arrival], repeats: &[(Index, u8)]) -> Vec<Arrival> {
    let mut all = arrivals.to_vec();
    if arrivals.is_empty() {
        return all;
    }
    for (index, kind) in repeats {
        let mut again = index.get(arrivals).clone();
        match kind {
            0 => {}
            1 => again.shown.register += &Exact::whole(1),
            _ => {
                again.shown.register = Exact::whole(7);
                again.quality = Quality::Bad;
            }
        }
        all.push(again);
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn a_late_reading_is_as_good_as_one_in_time(
        register in any_register(),
        (in_time, late) in any_readings().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        prop_assert_eq!(
            close(&register, &in_time, 0, 100, HOUR_MS),
            close(&register, &late, 0, 100, HOUR_MS)
        );
    }

    #[test]
    fn steps_add_up_to_what_was_used(
        register in any_register(), arrivals in any_readings(), to in 1_i64..100,
    ) {
        let by_hour = close(&register, &arrivals, 0, to, HOUR_MS);
        let by_day = close(&register, &arrivals, 0, to, DAY_MS);
        let steps: Exact = by_hour.steps.iter().filter_map(|step| step.used.as_ref()).sum();
        prop_assert!(!steps.is_negative());
        prop_assert_eq!(by_hour.used.clone().unwrap_or_else(Exact::zero), steps);
        prop_assert_eq!(&by_hour.used, &by_day.used);
        prop_assert_eq!(&by_hour.known_share, &by_day.known_share);
        prop_assert_eq!(&by_hour.flags, &by_day.flags);
        prop_assert!(by_hour.known_share.is_within(&Exact::whole(1)));
    }

    #[test]
    fn a_period_split_anywhere_adds_up(
        register in any_register(), arrivals in any_readings(), from in 0_i64..40, first in 1_i64..40, second in 1_i64..40,
    ) {
        let (middle, to) = (from + first, from + first + second);
        let whole = close(&register, &arrivals, from, to, HOUR_MS);
        let left = close(&register, &arrivals, from, middle, HOUR_MS);
        let right = close(&register, &arrivals, middle, to, HOUR_MS);
        prop_assert_eq!(sum(&[&whole]), sum(&[&left, &right]));
        let steps: Vec<_> = left.steps.iter().chain(&right.steps).cloned().collect();
        prop_assert_eq!(&whole.steps, &steps);
        prop_assert_eq!(whole.conflicts, left.conflicts + right.conflicts);
    }

    #[test]
    fn walking_day_by_day_in_any_order_is_walking_once(
        register in any_register(),
        arrivals in (any_readings(), proptest::collection::vec((any::<Index>(), 0_u8..3), 0..6))
            .prop_map(|(arrivals, repeats)| with_repeats(&arrivals, &repeats))
            .prop_shuffle(),
        batch in 1_usize..12,
        decided in proptest::collection::vec((any::<Index>(), proptest::option::of(0_i64..90)), 0..3),
        from in -24_i64..60,
        length in 1_i64..80,
    ) {
        let mut kept = Kept::of(register.clone());
        for batch in arrivals.chunks(batch) {
            kept.arrive(batch);
        }
        let mut decisions = Vec::new();
        for (index, chosen) in decided {
            if arrivals.is_empty() {
                continue;
            }
            let at = index.get(&arrivals).shown.at;
            let decision = Decision { at, chosen: chosen.map(Exact::whole) };
            kept.decide(&decision);
            decisions.push(decision);
        }
        let period = hours(from, from + length);
        let readings = Readings::in_order(arrivals, decisions);
        for step_ms in [HOUR_MS, DAY_MS] {
            let expected = Account::close(&register, &readings, period, step_ms);
            prop_assert_eq!(kept.sheet().account(period, step_ms), expected);
        }
        let inside = readings.shown.iter().filter(|shown| period.contains(shown.at)).count();
        prop_assert_eq!(kept.sheet().received(period), inside as u64);
    }

    #[test]
    fn walking_on_is_walking_whole(
        register in any_register(), arrivals in any_readings(), place in any::<Index>(), length in 1_i64..80,
    ) {
        let readings = Readings::in_order(arrivals, []);
        let whole = DayWalk::from(&Walk::new(), &register, &readings);
        let cut = place.index(readings.shown.len() + 1);
        let part = |shown: &[Shown]| Readings {
            shown: shown.to_vec(),
            conflicts: Vec::new(),
            last: shown.last().map(|shown| shown.at),
        };
        let mut parts = DayWalk::from(&Walk::new(), &register, &part(&readings.shown[..cut]));
        parts = read(&parts.to_bytes());
        parts.go_on(&register, &part(&readings.shown[cut..]));
        prop_assert_eq!(&parts.end, &whole.end);
        prop_assert_eq!(parts.last_at, whole.last_at);
        let account = |walk: &DayWalk| walk.sheet.account(hours(0, length), HOUR_MS);
        prop_assert_eq!(account(&parts), account(&whole));
    }

    /// Registers of every size that a double has, up to where it wraps.
    #[test]
    fn a_record_gives_back_what_was_written(
        registers in proptest::collection::vec(0.0_f64..9e15, 1..6), places in 0_i32..7,
    ) {
        let terms = Terms { register_size: Exact::whole(i64::MAX), max_per_hour: Exact::whole(i64::MAX), ..plain_terms() };
        let register = Register::new(terms).unwrap();
        let arrivals = registers.iter().zip(1..).map(|(number, quarter)| Arrival {
            shown: Shown {
                at: after_begin(quarter * 700_001),
                register: Exact::shortest(number / 10_f64.powi(places)).unwrap(),
            },
            quality: Quality::Good,
        });
        let walked = DayWalk::from(&Walk::new(), &register, &Readings::in_order(arrivals, []));
        prop_assert_eq!(read(&walked.to_bytes()), walked);
    }

    #[test]
    fn a_damaged_record_is_refused_or_read_but_never_panics(
        register in any_register(), arrivals in any_readings(), place in any::<Index>(), byte in any::<u8>(),
    ) {
        let walked = DayWalk::from(&Walk::new(), &register, &Readings::in_order(arrivals, []));
        let bytes = walked.to_bytes();
        prop_assert_eq!(&DayWalk::of_bytes(&bytes).unwrap(), &walked);
        let cut = place.index(bytes.len());
        prop_assert!(DayWalk::of_bytes(&bytes[..cut]).is_err());
        let mut changed = bytes;
        changed[cut] = byte;
        let _ = DayWalk::of_bytes(&changed);
    }
}

/// A year of 15-minute readings, 15 kWh each.
fn year() -> Vec<Arrival> {
    (0..365 * 96)
        .map(|quarter| arrival(quarter * 900_000, quarter * 1_500))
        .collect()
}

#[test]
fn a_late_value_costs_the_days_it_changes() {
    let mut kept = Kept::of(Register::new(plain_terms()).unwrap());
    let (late, in_time): (Vec<_>, Vec<_>) = year()
        .into_iter()
        .enumerate()
        .partition(|(quarter, _)| [9_000, 9_599, 9_600, 35_039].contains(quarter));
    let in_time: Vec<Arrival> = in_time.into_iter().map(|(_, arrival)| arrival).collect();
    kept.arrive(&in_time);
    assert_eq!(kept.days_read, 365, "each day once");
    // In the middle of a day; the last of a day, from which the next counts; the first of a day;
    // the last of all.
    for ((_, arrival), days) in late.into_iter().zip([1, 2, 1, 1]) {
        kept.days_read = 0;
        kept.arrive(&[arrival]);
        assert_eq!(kept.days_read, days);
    }
    let whole = close(&kept.register, &year(), 0, 365 * 24, DAY_MS);
    assert_eq!(
        kept.sheet().account(hours(0, 365 * 24), DAY_MS),
        Some(whole)
    );
}

#[test]
fn a_value_that_came_again_costs_one_day() {
    let mut kept = Kept::of(Register::new(plain_terms()).unwrap());
    kept.arrive(&year()[..9_600]);
    kept.days_read = 0;
    kept.arrive(&year()[5_000..5_001]);
    assert_eq!(kept.days_read, 1);
}

#[test]
fn a_register_that_stands_still_after_a_fall_keeps_a_small_state() {
    let mut kept = Kept::of(Register::new(plain_terms()).unwrap());
    kept.arrive(&[arrival(0, 50_000_000)]);
    for day in 0..60 {
        let held: Vec<_> = (0..96)
            .map(|q| arrival(day * DAY_MS + (q + 1) * 900_000, 0))
            .collect();
        kept.arrive(&held);
    }
    let largest = kept.days.values().map(Vec::len).max().unwrap();
    assert!(largest < 600, "{largest} bytes for a day");
    let flags = kept.sheet().account(hours(0, 24), DAY_MS).unwrap().flags;
    assert_eq!(flags.values().sum::<u64>(), 95);
    // It counts on: those that waited are no glitches any more, sixty days back.
    kept.days_read = 0;
    kept.arrive(&[arrival(60 * DAY_MS + HOUR_MS, 500)]);
    assert_eq!(kept.days_read, 1);
    let account = kept.sheet().account(hours(0, 24), DAY_MS).unwrap();
    assert_eq!(
        account
            .flags
            .into_keys()
            .map(Flag::as_str)
            .collect::<Vec<_>>(),
        ["reset"]
    );
}

#[test]
fn an_ordinary_day_is_a_small_record() {
    let register = Register::new(plain_terms()).unwrap();
    let readings = Readings::in_order(year().into_iter().skip(960).take(96), []);
    let bytes = DayWalk::from(&Walk::new(), &register, &readings).to_bytes();
    assert!(bytes.len() < 330, "{} bytes", bytes.len());
}

#[test]
fn a_sheet_says_from_which_day_on_it_speaks() {
    let register = Register::new(plain_terms()).unwrap();
    let walk = |start: &Walk, arrivals: &[Arrival]| {
        let readings = Readings::in_order(arrivals.iter().cloned(), []);
        DayWalk::from(start, &register, &readings)
    };
    let day = |number: i64| Some(Day::of(after_begin(number * DAY_MS)));
    let first = walk(&Walk::new(), &[arrival(DAY_MS, 0)]);
    assert_eq!(first.sheet.first_day(), day(1));
    let later = walk(&first.end, &[arrival(5 * DAY_MS + 1, 100)]);
    assert_eq!(
        later.sheet.first_day(),
        day(5),
        "the span is not settled yet"
    );
    assert_eq!(later.tail(register.interval_ms()).first_day(), day(1));
    let last = walk(&later.end, &[arrival(6 * DAY_MS, 200)]);
    assert_eq!(last.sheet.first_day(), day(1));
    assert_eq!(Sheet::default().first_day(), None);
}

#[test]
fn a_flag_counts_where_its_span_overlaps() {
    let register = Register::new(plain_terms()).unwrap();
    // A rollover from 2:00 to 4:00.
    let arrivals = [
        arrival(2 * HOUR_MS, 99_990_000),
        arrival(4 * HOUR_MS, 5_000),
    ];
    let readings = Readings::in_order(arrivals, []);
    let walk = DayWalk::from(&Walk::new(), &register, &readings);
    for (from, to, times) in [(0, 2, 0), (1, 3, 1), (2, 4, 1), (3, 5, 1), (4, 6, 0)] {
        let account = walk.sheet.account(hours(from, to), HOUR_MS).unwrap();
        assert_eq!(account.flags.values().sum::<u64>(), times, "{from} to {to}");
    }
}

#[test]
fn a_sheet_knows_whole_hours_only() {
    let sheet = Sheet::default();
    let touched: BTreeSet<bool> = [
        sheet.account(hours(0, 6), HOUR_MS / 2).is_none(),
        sheet.account(hours(0, 6), HOUR_MS + 1).is_none(),
        sheet.account(hours(0, 6), 0).is_none(),
    ]
    .into();
    assert_eq!(touched, [true].into());
    assert!(sheet.account(hours(0, 6), 4 * HOUR_MS).is_some());
}

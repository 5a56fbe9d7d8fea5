//! The embedded engine against the one in memory: random histories of commits, folds, restarts and
//! compactions must end in the same readings, counts and newest values.

use std::time::{Duration, Instant};

use parkpulse::calendar::{Day, Moment};
use parkpulse::indicator::IndicatorNo;
use parkpulse::park::MeterNo;
use parkpulse::reading::Taken;
use parkpulse::store::Row;
use parkpulse::store::embedded::Settings;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::store_rig::*;

/// What happens to a store.
#[derive(Clone, Debug)]
enum Step {
    Commit(Vec<Taken>),
    Settle,
    Restart,
    /// The clock moves on by a day, past months are compacted.
    NextDay,
}

/// Few meters, times, indicators and values, so that they meet; over three months.
fn taken() -> impl Strategy<Value = Taken> {
    let value = prop_oneof![
        Just(0.0),
        Just(-0.0),
        Just(1.5),
        Just(-2.25),
        Just(1.0 / 3.0),
        Just(9e15)
    ];
    let values = prop::collection::btree_map(1_u16..5, value, 1..4);
    let times = (0_i64..4, 0_i64..3, prop::sample::select(vec![0_i64, 30, 1]))
        .prop_map(|(weeks, minute, day)| minutes((weeks * 14 - 40 + day) * 1_440 + minute));
    let meter = prop::sample::select(vec![1_u32, 2, 15, 16, 4_000_000_000]);
    let reading = (meter, times, values, prop::bool::weighted(0.15)).prop_map(
        |(meter, at, values, is_bad)| {
            let values: Vec<(u16, f64)> = values.into_iter().collect();
            let reading = reading(meter, at, &values);
            if is_bad { bad(reading) } else { reading }
        },
    );
    let counted = (prop::option::of(0_u64..3), 0_u64..9);
    (prop::collection::vec(reading, 0..4), counted).prop_map(|(readings, (epoch, seq))| Taken {
        received_at: minutes(0),
        epoch,
        seq: epoch.map(|_| seq),
        ..message(readings)
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::vec(taken(), 1..5).prop_map(Step::Commit),
        2 => Just(Step::Settle),
        1 => Just(Step::Restart),
        1 => Just(Step::NextDay),
    ]
}

/// Waits until the store has compacted on its clock's day.
pub(crate) fn await_compaction(rig: &Rig, today: Day) {
    let until = Instant::now() + Duration::from_secs(20);
    let file = rusqlite::Connection::open(rig.file()).unwrap();
    loop {
        let query = "SELECT v FROM meta WHERE k = 'compacted_on'";
        let found: Result<i32, _> = file.query_row(query, [], |row| row.get(0));
        if found == Ok(today.number()) {
            return;
        }
        assert!(Instant::now() < until, "compaction did not come to its end");
        std::thread::sleep(Duration::from_millis(2));
    }
}

pub(crate) fn next_day(rig: &Rig, day: &mut Day) {
    *day = day.next();
    rig.clock.set(day.start());
    // A fold wakes the thread that compacts.
    rig.commit(vec![message(vec![reading(99, minutes(0), &[(1, 1.0)])])]);
    rig.engine.settle().unwrap();
}

/// Rows with their doubles as bits, so that -0.0 counts.
fn exact(rows: Vec<Row>) -> Vec<(Row, u64)> {
    let zeroed = |row: Row| Row { number: 0.0, ..row };
    rows.into_iter()
        .map(|row| (zeroed(row), row.number.to_bits()))
        .collect()
}

/// `bad` values of one key have no order among themselves.
fn in_order(mut rows: Vec<Row>) -> Vec<Row> {
    rows.sort_by_key(|row| (row.at, row.indicator, row.revision, row.number.to_bits()));
    rows
}

fn compare(embedded: &Rig, memory: &Rig) {
    for meter in [1, 2, 15, 16, 4_000_000_000, 99] {
        let rows = |rig: &Rig| exact(in_order(rig.all(meter)));
        assert_eq!(rows(embedded), rows(memory), "all of {meter}");
        assert_eq!(exact(embedded.first(meter)), exact(memory.first(meter)));
        for day in -50_i64..5 {
            let before: Moment = minutes(day * 1_440 + 1);
            for indicator in 1..5 {
                let last = |rig: &Rig| {
                    let (meter, indicator) = (MeterNo::new(meter), IndicatorNo::new(indicator));
                    let last = rig.engine.last_before(meter, indicator, before);
                    exact(last.unwrap().into_iter().collect())
                };
                assert_eq!(last(embedded), last(memory), "before {before}");
            }
        }
    }
    for indicator in 1..5 {
        let swept = |rig: &Rig| {
            let indicator = IndicatorNo::new(indicator);
            exact(collect(|visit| rig.engine.sweep(indicator, ages(), visit)))
        };
        assert_eq!(swept(embedded), swept(memory), "sweep of {indicator}");
    }
    assert_eq!(exact(embedded.latest()), exact(memory.latest()), "latest");
    let receipts = |rig: &Rig| rig.engine.receipt(parkpulse::park::GatewayNo::new(1));
    assert_eq!(receipts(embedded), receipts(memory), "receipts");
    embedded.counts();
    embedded.engine.settle().unwrap();
    assert_eq!(embedded.counts(), memory.counts(), "counts");
}

#[test]
fn random_histories_end_alike() {
    let mut runner = TestRunner::new(Config {
        cases: 12,
        failure_persistence: None,
        ..Config::default()
    });
    let small_slices = Settings {
        slice_bytes: 1,
        head_messages: 7,
        ..settings()
    };
    let histories = prop::collection::vec(step(), 1..24);
    let outcome = runner.run(&histories, |history| {
        let memory = Rig::memory();
        let mut embedded = Rig::embedded(small_slices);
        let mut day = Day::of(morning());
        for step in history {
            match step {
                Step::Commit(messages) => {
                    memory.commit(messages.clone());
                    embedded.commit(messages);
                }
                Step::Settle => embedded.engine.settle().unwrap(),
                Step::Restart => embedded.restart(),
                Step::NextDay => {
                    let mut same = day;
                    next_day(&memory, &mut same);
                    next_day(&embedded, &mut day);
                    await_compaction(&embedded, day);
                }
            }
        }
        compare(&embedded, &memory);
        Ok(())
    });
    outcome.unwrap();
}

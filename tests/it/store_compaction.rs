//! Months that are over: compacted once, opened again by what comes late, never in a reader's way.

use std::ops::ControlFlow;

use parkpulse::calendar::Day;
use parkpulse::indicator::IndicatorNo;
use parkpulse::park::MeterNo;

use crate::store_against_memory::{await_compaction, next_day};
use crate::store_rig::*;

/// An hour of October.
fn october(hour: i64) -> parkpulse::calendar::Moment {
    "2026-10-07T00:00:00+08:00"
        .parse::<parkpulse::calendar::Moment>()
        .unwrap()
        .plus_ms(hour * 3_600_000)
}

fn rows_of(rig: &Rig, table: &str) -> i64 {
    let file = rusqlite::Connection::open(rig.file()).unwrap();
    let query = format!("SELECT count(*) FROM {table}");
    file.query_row(&query, [], |row| row.get(0)).unwrap()
}

#[test]
fn late_values_open_a_compacted_month_and_close_it_again() {
    let mut rig = Rig::embedded(settings());
    let mut day = Day::of(morning());
    let send = |rig: &Rig, hour: i64, values: &[(u16, f64)]| {
        rig.commit(vec![message(vec![reading(3, october(hour), values)])]);
    };
    (0..30).for_each(|hour| send(&rig, hour, &[(1, 1.5), (2, 2.5)]));
    rig.engine.settle().unwrap();
    assert_eq!(rows_of(&rig, "day"), 2);
    next_day(&rig, &mut day);
    await_compaction(&rig, day);
    // What is left is the day of the message that woke the fold.
    assert_eq!((rows_of(&rig, "day"), rows_of(&rig, "month")), (1, 3));
    assert_eq!(rig.engine.health().blocks_compacted, 1);
    let before = rig.all(3);
    assert_eq!(before.len(), 60);
    send(&rig, 3, &[(1, 1.5), (2, 9.0), (4, 4.5)]);
    send(&rig, 40, &[(1, 1.0)]);
    rig.engine.settle().unwrap();
    let expected = rig.all(3);
    assert_eq!(
        expected.len(),
        63,
        "a conflict, a missing indicator, a late hour"
    );
    let counts = rig.counts();
    assert_eq!((counts.duplicate, counts.conflict), (1, 1));
    next_day(&rig, &mut day);
    await_compaction(&rig, day);
    assert_eq!(rows_of(&rig, "day"), 1);
    rig.restart();
    assert_eq!(rig.all(3), expected, "the same after the second compaction");
}

#[test]
fn a_sweep_misses_nothing_when_a_month_is_compacted_under_it() {
    let rig = Rig::embedded(settings());
    let mut day = Day::of(morning());
    for meter in 1..4 {
        rig.commit(vec![message(vec![reading(meter, october(1), &[(1, 1.0)])])]);
    }
    rig.engine.settle().unwrap();
    let mut meters = Vec::new();
    let swept = rig.engine.sweep(IndicatorNo::new(1), ages(), &mut |row| {
        if meters.is_empty() {
            next_day(&rig, &mut day);
            await_compaction(&rig, day);
        }
        meters.push(row.meter);
        ControlFlow::Continue(())
    });
    swept.unwrap();
    assert_eq!(meters, [1, 2, 3].map(MeterNo::new));
}

//! Registers and readings as they may come, for the property tests of the ledger.

use parkpulse::calendar::{Moment, Period};
use parkpulse::ledger::{Arrival, Multiplier, Register, Replacement, Shown, Terms};
use parkpulse::reading::Quality;
use parkpulse::units::Exact;
use proptest::prelude::*;

pub(crate) const HOUR_MS: i64 = 3_600_000;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;

/// 2025-03-01T00:00:00+08:00: readings begin about here.
pub(crate) const BEGIN_MS: i64 = 1_740_758_400_000;

pub(crate) fn after_begin(ms: i64) -> Moment {
    Moment::from_unix_ms(BEGIN_MS + ms)
}

/// The stretch between two hours after the begin.
pub(crate) fn hours(from: i64, to: i64) -> Period {
    Period::new(after_begin(from * HOUR_MS), after_begin(to * HOUR_MS)).unwrap()
}

pub(crate) fn decimal(text: &str) -> Exact {
    Exact::decimal(text).unwrap()
}

/// A plain meter: size 1,000,000, at most 100 an hour, a reading every 15 minutes.
pub(crate) fn plain_terms() -> Terms {
    Terms {
        register_size: decimal("1000000"),
        max_per_hour: decimal("100"),
        interval_ms: 900_000,
        update_ms: None,
        resolution: Exact::zero(),
        jitter: decimal("0.05"),
        multipliers: vec![Multiplier {
            from: after_begin(-9 * DAY_MS),
            value: Exact::whole(1),
        }],
        replacements: Vec::new(),
    }
}

pub(crate) fn arrival(at_ms: i64, hundredths: i64) -> Arrival {
    Arrival {
        shown: Shown {
            at: after_begin(at_ms),
            register: Exact::whole(hundredths).share(1, 100),
        },
        quality: Quality::Good,
    }
}

fn any_time() -> impl Strategy<Value = i64> {
    (-20_i64..1200).prop_map(|quarters| quarters * HOUR_MS / 8)
}

prop_compose! {
    fn any_multipliers()(
        first in prop_oneof![4 => Just(-30 * DAY_MS), 1 => any_time()],
        later in proptest::collection::btree_map(any_time(), 1_i64..4, 0..3),
        value in 1_i64..4,
    ) -> Vec<Multiplier> {
        let mut all = later;
        all.insert(first, value);
        all.into_iter()
            .map(|(from, value)| Multiplier { from: after_begin(from), value: Exact::whole(value) })
            .collect()
    }
}

prop_compose! {
    fn any_replacements()(
        all in proptest::collection::btree_map(
            any_time(),
            (proptest::option::of(0_i64..100), proptest::option::of(0_i64..20)),
            0..3,
        ),
    ) -> Vec<Replacement> {
        all.into_iter()
            .map(|(at, (old_final, new_initial))| Replacement {
                at: after_begin(at),
                old_final: old_final.map(Exact::whole),
                new_initial: new_initial.map(Exact::whole),
            })
            .collect()
    }
}

prop_compose! {
    /// Any register, small enough to wrap.
    pub(crate) fn any_register()(
        register_size in prop_oneof![Just("100"), Just("1000")],
        max_per_hour in prop_oneof![Just("100"), Just("8")],
        interval_ms in prop_oneof![Just(900_000), Just(HOUR_MS)],
        update_ms in proptest::option::of(Just(2 * HOUR_MS)),
        resolution in prop_oneof![Just("0"), Just("1")],
        multipliers in any_multipliers(),
        replacements in prop_oneof![2 => Just(Vec::new()), 1 => any_replacements()],
        confirmed in proptest::collection::vec(any_time(), 0..4),
    ) -> Register {
        Register::new(Terms {
            register_size: decimal(register_size),
            max_per_hour: decimal(max_per_hour),
            interval_ms,
            update_ms,
            resolution: decimal(resolution),
            multipliers,
            replacements,
            ..plain_terms()
        })
        .unwrap()
        .confirming(confirmed.into_iter().map(after_begin))
    }
}

/// How a register goes on, in hundredths.
#[derive(Clone, Copy, Debug)]
enum Move {
    By(i64),
    To(i64),
    FakeTo(i64),
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        6 => (0_i64..900).prop_map(Move::By),
        2 => Just(Move::By(0)),
        1 => (-8_i64..0).prop_map(Move::By),
        1 => Just(Move::FakeTo(0)),
        1 => (-100_i64..110_000).prop_map(Move::FakeTo),
        1 => prop_oneof![Just(0), 0_i64..9000].prop_map(Move::To),
    ]
}

fn any_gap() -> impl Strategy<Value = i64> {
    prop_oneof![
        6 => Just(900_000),
        3 => Just(HOUR_MS),
        1 => Just(1),
        2 => 1_i64..3 * HOUR_MS,
        1 => Just(DAY_MS + 7 * HOUR_MS),
    ]
}

/// Readings in order of time, one for each instant, over some days.
pub(crate) fn any_readings() -> impl Strategy<Value = Vec<Arrival>> {
    proptest::collection::vec((any_gap(), any_move()), 0..40).prop_map(|moves| {
        let (mut at, mut register) = (-HOUR_MS, 5_000_i64);
        let mut readings = Vec::new();
        for (gap, next) in moves {
            at += gap;
            let shown = match next {
                Move::FakeTo(fake) => fake,
                Move::By(by) => register + by,
                Move::To(to) => to,
            };
            if !matches!(next, Move::FakeTo(_)) {
                register = shown.rem_euclid(100_000);
            }
            readings.push(arrival(at, shown));
        }
        readings
    })
}

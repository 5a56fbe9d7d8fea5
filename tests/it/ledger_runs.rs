//! Many readings of an hour that only count on are walked as one: that must come to the same as the
//! walk from pair to pair, to the last digit, whatever lies between them.

use parkpulse::calendar::Day;
use parkpulse::ledger::{DayWalk, Readings, Register, Sent, Terms, Walk};
use parkpulse::reading::Quality;
use proptest::prelude::*;
use proptest::sample::Index;

use super::ledger_ground::{HOUR_MS, after_begin, any_register, plain_terms};

/// The readings of a stretch that go on alike: how many, how far apart, by how much they rise, with
/// how many decimal places they are written.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    count: usize,
    gap_ms: i64,
    rise: i32,
    places: u8,
}

/// What lies between two stretches.
#[derive(Clone, Copy, Debug)]
enum Between {
    Nothing,
    Pause(i64),
    Bad,
    Again,
    Conflict,
    MovesTo(i32),
}

fn any_stretch() -> impl Strategy<Value = Stretch> {
    let gap = prop_oneof![
        Just(1_000),
        Just(7_001),
        Just(60_000),
        Just(100_000),
        Just(400_000),
        Just(20_000),
        Just(2_300_000)
    ];
    let rise = prop_oneof![4 => 0_i32..4, 1 => Just(60), 1 => -2_i32..0];
    (1_usize..90, gap, rise, 0_u8..4).prop_map(|(count, gap_ms, rise, places)| Stretch {
        count,
        gap_ms,
        rise,
        places,
    })
}

fn any_between() -> impl Strategy<Value = Between> {
    prop_oneof![
        3 => Just(Between::Nothing),
        1 => (1_i64..3 * HOUR_MS).prop_map(Between::Pause),
        1 => Just(Between::Bad),
        1 => Just(Between::Again),
        1 => Just(Between::Conflict),
        1 => (0_i32..120_000).prop_map(Between::MovesTo),
    ]
}

/// Values in order of time, as they may be sent.
fn any_sent() -> impl Strategy<Value = Vec<Sent>> {
    proptest::collection::vec((any_stretch(), any_between()), 1..7).prop_map(|parts| {
        // Registers are counted in thousandths, and written with as many places as were asked for.
        let (mut at_ms, mut shown) = (-HOUR_MS, 5_000_i32);
        let mut sent = Vec::new();
        for (stretch, between) in parts {
            for _ in 0..stretch.count {
                at_ms += stretch.gap_ms;
                let last_place = 10_i32.pow(3 - u32::from(stretch.places));
                shown += stretch.rise * last_place;
                sent.push(value(at_ms, shown / last_place * last_place, Quality::Good));
            }
            match between {
                Between::Nothing => {}
                Between::Pause(ms) => at_ms += ms,
                Between::Bad => {
                    at_ms += stretch.gap_ms;
                    sent.push(value(at_ms, 77, Quality::Bad));
                }
                Between::Again => sent.extend(sent.last().copied()),
                Between::Conflict => sent.push(value(at_ms, shown + 3, Quality::Good)),
                Between::MovesTo(to) => shown = to,
            }
        }
        sent
    })
}

fn value(at_ms: i64, thousandths: i32, quality: Quality) -> Sent {
    Sent {
        at: after_begin(at_ms),
        number: f64::from(thousandths) / 1e3,
        quality,
    }
}

/// Day by day, each day put down once in between.
fn walk_days(
    register: &Register,
    sent: &[Sent],
    cut: Index,
    go_on: impl Fn(&mut DayWalk, &Register, &[Sent]),
) -> Vec<DayWalk> {
    let mut days: Vec<DayWalk> = Vec::new();
    for of_day in sent.chunk_by(|one, next| Day::of(one.at) == Day::of(next.at)) {
        let start = days
            .last()
            .map_or_else(Walk::new, |before| before.end.clone());
        let mut walk = DayWalk::along(&start, register, &[]);
        let cut = cut.index(of_day.len());
        let before = of_day.partition_point(|one| one.at < of_day[cut].at);
        let (first, rest) = of_day.split_at(before);
        go_on(&mut walk, register, first);
        go_on(&mut walk, register, rest);
        days.push(walk);
    }
    days
}

/// A register that is read often, so that a pause of a minute is long, or any other.
fn dense_or_any_register() -> impl Strategy<Value = Register> {
    let dense = Terms {
        interval_ms: 10_000,
        ..plain_terms()
    };
    prop_oneof![Just(Register::new(dense).unwrap()), any_register()]
}

proptest! {
    #[test]
    fn walked_in_runs_is_walked_in_pairs(
        register in dense_or_any_register(), sent in any_sent(), cut in any::<Index>(),
    ) {
        let in_runs = walk_days(&register, &sent, cut, DayWalk::go_on_sent);
        let in_pairs = walk_days(&register, &sent, cut, |walk, register, sent| {
            walk.go_on(register, &Readings::of_sent(sent));
        });
        prop_assert_eq!(in_runs, in_pairs);
    }
}

//! One conformance suite over all engines: what `store` promises, scenario by scenario. Each runs
//! three times an engine: as it is, settled before looking, and settled and restarted.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use parkpulse::calendar::{Day, Period};
use parkpulse::indicator::IndicatorNo;
use parkpulse::park::{GatewayNo, MeterNo};
use parkpulse::reading::{Code, Flags, Quality, Taken};
use parkpulse::store::{BatchNo, Counts, Decision};
use parkpulse::store::{Receipt, StoreFault};

use crate::store_conformance_aside::replay_of;
use crate::store_rig::*;

/// What happens between writing and looking.
#[derive(Clone, Copy, Debug)]
enum Between {
    Nothing,
    Settle,
    Restart,
    SettleAndRestart,
}

const BETWEEN: [Between; 4] = [
    Between::Nothing,
    Between::Settle,
    Between::Restart,
    Between::SettleAndRestart,
];

pub(crate) fn everywhere(scenario: impl Fn(&mut Rig, &dyn Fn(&mut Rig))) {
    for between in BETWEEN {
        let pass = move |rig: &mut Rig| match between {
            Between::Nothing => {}
            Between::Settle => rig.engine.settle().unwrap(),
            Between::Restart => rig.restart(),
            Between::SettleAndRestart => {
                rig.engine.settle().unwrap();
                rig.restart();
            }
        };
        for mut rig in [Rig::memory(), Rig::embedded(settings())] {
            println!("{} {between:?}", rig.name);
            scenario(&mut rig, &pass);
        }
    }
}

#[test]
fn what_was_committed_is_found_with_its_provenance() {
    everywhere(|rig, pass| {
        let mut taken = counted(7, 1, vec![reading(3, minutes(1), &[(1, 12.5), (9, -0.0)])]);
        taken.readings[0].quality = Quality::Uncertain;
        taken.readings[0].flags = Flags::LATE.with(Flags::MANUAL);
        rig.commit(vec![taken]);
        pass(rig);
        let rows = rig.all(3);
        assert_eq!(brief(&rows), [(1, 1, 12.5, 1), (9, 1, 0.0, 1)]);
        assert_eq!(
            rows[1].number.to_bits(),
            (-0.0_f64).to_bits(),
            "-0.0 survives"
        );
        let row = rows[0];
        assert_eq!((row.epoch, row.seq), (Some(7), Some(1)));
        assert_eq!(row.gateway, GatewayNo::new(1));
        assert_eq!(row.quality, Quality::Uncertain);
        assert_eq!(row.flags, Flags::LATE.with(Flags::MANUAL));
        assert_eq!(row.received_at, minutes(1).plus_ms(2_000), "whole seconds");
        assert_eq!(rig.first(3), rows);
        assert!(rig.all(4).is_empty());
    });
}

#[test]
fn the_first_value_stays_and_equal_ones_are_duplicates() {
    everywhere(|rig, pass| {
        let at = minutes(1);
        for value in [1.0, 1.0, 2.0, 1.0, 3.0, 2.0] {
            rig.commit(vec![message(vec![reading(3, at, &[(1, value)])])]);
            pass(rig);
        }
        rig.engine.settle().unwrap();
        let rows = brief(&rig.all(3));
        assert_eq!(rows, [(1, 1, 1.0, 1), (1, 1, 2.0, 2), (1, 1, 3.0, 3)]);
        assert_eq!(brief(&rig.first(3)), [(1, 1, 1.0, 1)]);
        let expected = Counts {
            received: 6,
            stored: 1,
            duplicate: 3,
            conflict: 2,
            ..Counts::default()
        };
        assert_eq!(rig.counts(), expected);
    });
}

#[test]
fn a_missing_indicator_is_filled_in() {
    everywhere(|rig, pass| {
        rig.commit(vec![counted(
            1,
            1,
            vec![reading(3, minutes(1), &[(2, 20.0)])],
        )]);
        pass(rig);
        let more = reading(3, minutes(1), &[(1, 10.0), (2, 20.0), (4, 40.0)]);
        rig.commit(vec![counted(1, 2, vec![more])]);
        pass(rig);
        let rows = rig.all(3);
        assert_eq!(
            brief(&rows),
            [(1, 1, 10.0, 1), (2, 1, 20.0, 1), (4, 1, 40.0, 1)]
        );
        let seqs: Vec<_> = rows.iter().map(|row| row.seq).collect();
        assert_eq!(
            seqs,
            [Some(2), Some(1), Some(2)],
            "each with its own message"
        );
        rig.engine.settle().unwrap();
        let counts = rig.counts();
        assert_eq!((counts.stored, counts.duplicate), (3, 1));
    });
}

#[test]
fn a_bad_value_never_takes_a_key() {
    everywhere(|rig, pass| {
        let at = minutes(1);
        rig.commit(vec![message(vec![bad(reading(3, at, &[(1, 9.0)]))])]);
        pass(rig);
        rig.commit(vec![message(vec![reading(3, at, &[(1, 1.0)])])]);
        rig.commit(vec![message(vec![bad(reading(3, at, &[(1, 9.0)]))])]);
        rig.commit(vec![message(vec![bad(reading(3, at, &[(1, 1.0)]))])]);
        pass(rig);
        assert_eq!(brief(&rig.first(3)), [(1, 1, 1.0, 1)]);
        let mut rows = brief(&rig.all(3));
        rows.sort_by(|one, next| one.partial_cmp(next).unwrap());
        assert_eq!(rows, [(1, 1, 1.0, 0), (1, 1, 1.0, 1), (1, 1, 9.0, 0)]);
        rig.engine.settle().unwrap();
        let counts = rig.counts();
        assert_eq!(
            (counts.stored, counts.duplicate, counts.conflict),
            (3, 1, 0)
        );
        let latest = rig.latest();
        assert_eq!(brief(&latest), [(1, 1, 1.0, 1)]);
        let meters = collect(|visit| rig.engine.meters(visit));
        assert_eq!(meters, [MeterNo::new(3)]);
    });
}

#[test]
fn late_values_find_their_place() {
    everywhere(|rig, pass| {
        let order = [5, 1, 3, -1_500, 2, 4];
        for minute in order {
            let at = minutes(minute);
            let value = f64::from(i32::try_from(minute).unwrap());
            rig.commit(vec![message(vec![reading(3, at, &[(1, value)])])]);
            pass(rig);
        }
        let minutes_found: Vec<i64> = brief(&rig.first(3)).iter().map(|row| row.1).collect();
        assert_eq!(minutes_found, [-1_500, 1, 2, 3, 4, 5]);
        assert_eq!(brief(&rig.latest()), [(1, 5, 5.0, 1)]);
    });
}

#[test]
fn periods_are_half_open_and_reads_end_early() {
    everywhere(|rig, pass| {
        let readings = (0..10).map(|minute| reading(3, minutes(minute), &[(1, 1.0), (2, 2.0)]));
        rig.commit(vec![message(readings.collect())]);
        pass(rig);
        let period = Period::new(minutes(2), minutes(5)).unwrap();
        let meter = MeterNo::new(3);
        let one = Some(IndicatorNo::new(2));
        let found = collect(|visit| rig.engine.first_values(meter, one, period, visit));
        assert_eq!(
            brief(&found),
            [(2, 2, 2.0, 1), (2, 3, 2.0, 1), (2, 4, 2.0, 1)]
        );
        let mut seen = 0;
        let read = rig.engine.all_values(meter, None, period, &mut |_| {
            seen += 1;
            ControlFlow::Break(())
        });
        read.unwrap();
        assert_eq!(seen, 1);
    });
}

#[test]
fn the_last_value_before_a_time_is_found_far_back() {
    everywhere(|rig, pass| {
        let meter = MeterNo::new(3);
        let one = IndicatorNo::new(1);
        let far = minutes(-300 * 24 * 60);
        rig.commit(vec![message(vec![reading(3, far, &[(1, 7.0)])])]);
        rig.commit(vec![message(vec![reading(3, minutes(0), &[(2, 2.0)])])]);
        rig.commit(vec![message(vec![bad(reading(
            3,
            minutes(1),
            &[(1, 8.0)],
        ))])]);
        rig.commit(vec![message(vec![reading(3, minutes(5), &[(1, 9.0)])])]);
        pass(rig);
        let last = |before| rig.engine.last_before(meter, one, before).unwrap();
        assert_eq!(last(minutes(6)).map(|row| row.number), Some(9.0));
        assert_eq!(
            last(minutes(5)).map(|row| row.at),
            Some(far),
            "strictly before"
        );
        assert_eq!(last(far), None);
        assert_eq!(
            last(minutes(200 * 24 * 60)).map(|row| row.number),
            Some(9.0)
        );
        let beyond = minutes(500 * 24 * 60);
        assert_eq!(last(beyond), None, "400 days is as far as it looks");
    });
}

#[test]
fn a_sweep_gives_one_indicator_of_all_meters() {
    everywhere(|rig, pass| {
        for meter in [40, 3, 17, 100_000] {
            let readings = vec![
                reading(meter, minutes(1), &[(1, f64::from(meter)), (2, 0.5)]),
                reading(meter, minutes(2), &[(1, 1.5)]),
            ];
            rig.commit(vec![message(readings)]);
        }
        pass(rig);
        let found = collect(|visit| rig.engine.sweep(IndicatorNo::new(1), ages(), visit));
        let meters: Vec<u32> = found.iter().map(|row| row.meter.get()).collect();
        assert_eq!(meters, [3, 3, 17, 17, 40, 40, 100_000, 100_000]);
        let of_one = collect(|visit| rig.engine.latest_of(MeterNo::new(17), visit));
        assert_eq!(brief(&of_one), [(1, 2, 1.5, 1), (2, 1, 0.5, 1)]);
        assert_eq!(rig.latest().len(), 8);
    });
}

pub(crate) fn mixed() -> Taken {
    Taken {
        set_aside: vec![
            part(Code::BadNumber, 2, b"{\"a\":1}"),
            part(Code::BadTime, 1, b"x"),
        ],
        refused: 4,
        unpromised: true,
        ..message(vec![reading(3, minutes(1), &[(1, 1.0), (2, 2.0)])])
    }
}

#[test]
fn the_counts_add_up_before_and_after_folding() {
    everywhere(|rig, pass| {
        rig.commit(vec![
            mixed(),
            message(vec![reading(3, minutes(1), &[(1, 1.0)])]),
        ]);
        pass(rig);
        let counts = rig.counts();
        assert_eq!((counts.received, counts.refused), (10, 4));
        assert_eq!((counts.quarantined, counts.unpromised), (3, 9));
        rig.engine.settle().unwrap();
        let counts = rig.counts();
        assert_eq!((counts.pending, counts.stored, counts.duplicate), (0, 2, 1));
    });
}

#[test]
fn counts_stand_under_the_day_of_receipt_and_the_gateway() {
    everywhere(|rig, pass| {
        let mut yesterday = message(vec![reading(3, minutes(-1_440), &[(1, 1.0)])]);
        yesterday.gateway = GatewayNo::new(2);
        rig.commit(vec![
            message(vec![reading(3, minutes(1), &[(1, 1.0)])]),
            yesterday,
        ]);
        pass(rig);
        let day = Day::of(minutes(-1_440));
        let found = collect(|visit| rig.engine.counts(Some(day), visit));
        assert_eq!(found.len(), 1);
        let totals = collect(|visit| rig.engine.totals(visit));
        let all = collect(|visit| rig.engine.counts(None, visit));
        let counted = |gateway| totals.iter().find(|one| one.0 == GatewayNo::new(gateway));
        for (_, gateway, counts) in &all {
            assert_eq!(counted(gateway.get()).unwrap().1, *counts);
        }
        assert_eq!((totals.len(), all.len()), (2, 2));
        assert_eq!((found[0].0, found[0].1), (day, GatewayNo::new(2)));
        assert_eq!(found[0].2.received, 1);
    });
}

#[test]
fn the_log_tells_what_was_touched_and_waits_for_cursors() {
    everywhere(|rig, pass| {
        rig.engine.save_cursor("ledger", BatchNo::new(0)).unwrap();
        let first = rig.commit(vec![mixed()]);
        let readings = vec![
            reading(3, minutes(1_441), &[(1, 1.0)]),
            reading(3, minutes(1_440), &[(2, 1.0)]),
        ];
        let second = rig.commit(vec![message(readings)]);
        assert_eq!(second.get(), first.get() + 1, "numbers are dense");
        pass(rig);
        assert_eq!(*rig.engine.watch().borrow(), second);
        let after = |number, limit| collect(|visit| rig.engine.batches_after(number, limit, visit));
        let all = after(BatchNo::new(0), 10);
        assert_eq!(all.len(), 2);
        assert_eq!(all[0].number, first);
        let gateway = &all[0].gateways[0];
        assert_eq!(
            (gateway.messages, gateway.values, gateway.quarantined),
            (1, 9, 3)
        );
        let touched = &after(first, 10)[0].meters[0];
        assert_eq!(touched.meter, MeterNo::new(3));
        assert_eq!(touched.day, Day::of(minutes(1_440)));
        assert_eq!(touched.indicators, [1, 2].map(IndicatorNo::new));
        assert_eq!(
            (touched.at_first, touched.at_last),
            (minutes(1_440), minutes(1_441))
        );
        assert_eq!(after(BatchNo::new(0), 1).len(), 1);
        assert_eq!(rig.engine.oldest().unwrap(), Some(first));
    });
}

#[test]
fn the_log_tells_every_value_that_came_in_order() {
    everywhere(|rig, pass| {
        rig.engine.save_cursor("ledger", BatchNo::new(0)).unwrap();
        let first = vec![
            reading(3, minutes(1), &[(1, 1.5), (2, 7.0)]),
            bad(reading(3, minutes(1), &[(1, 9.0)])),
        ];
        let first = rig.commit(vec![message(first)]);
        // The same again, another value of the same instant, an earlier one.
        let second = vec![
            reading(3, minutes(1), &[(1, 1.5)]),
            reading(3, minutes(1), &[(1, 2.5)]),
            reading(4, minutes(0), &[(1, -0.0)]),
        ];
        let second = rig.commit(vec![message(second)]);
        let decision = Decision {
            meter: MeterNo::new(3),
            indicator: IndicatorNo::new(1),
            at: minutes(1),
            chosen: Some(2.5),
            who: "operator".into(),
            reason: "read by hand".into(),
            decided_at: morning(),
        };
        let third = rig.engine.decide(decision).unwrap();
        pass(rig);
        let of = BTreeSet::from([IndicatorNo::new(1)]);
        let told = |after, limit, enough: usize| {
            let mut told = Vec::new();
            let last = rig.engine.values_after(after, limit, &of, &mut |one| {
                let value = one
                    .value
                    .map(|(number, quality)| (number.to_bits(), quality));
                told.push((one.batch, one.meter.get(), one.at, value));
                if told.len() < enough {
                    ControlFlow::Continue(())
                } else {
                    ControlFlow::Break(())
                }
            });
            (last.unwrap(), told)
        };
        let good = |number: f64| Some((number.to_bits(), Quality::Good));
        let all = vec![
            (first, 3, minutes(1), good(1.5)),
            (
                first,
                3,
                minutes(1),
                Some((9.0_f64.to_bits(), Quality::Bad)),
            ),
            (second, 3, minutes(1), good(1.5)),
            (second, 3, minutes(1), good(2.5)),
            (second, 4, minutes(0), good(-0.0)),
            (third, 3, minutes(1), None),
        ];
        let begin = BatchNo::new(0);
        assert_eq!(told(begin, 10, 99), (third, all.clone()));
        assert_eq!(told(begin, 1, 99), (first, all[..2].to_vec()));
        assert_eq!(
            told(first, 10, 1),
            (second, all[2..5].to_vec()),
            "whole batches"
        );
        assert_eq!(told(third, 10, 99), (third, Vec::new()));
    });
}

#[test]
fn cursors_never_move_back() {
    everywhere(|rig, pass| {
        rig.commit(vec![mixed()]);
        rig.engine.save_cursor("maps", BatchNo::new(1)).unwrap();
        rig.engine.save_cursor("maps", BatchNo::new(0)).unwrap();
        pass(rig);
        assert_eq!(rig.engine.cursor("maps").unwrap(), Some(BatchNo::new(1)));
        rig.engine.drop_cursor("maps").unwrap();
        assert_eq!(rig.engine.cursor("maps").unwrap(), None);
        assert_eq!(rig.engine.cursor("nobody").unwrap(), None);
    });
}

#[test]
fn receipts_stop_at_the_first_gap() {
    everywhere(|rig, pass| {
        let gateway = GatewayNo::new(1);
        let send = |rig: &Rig, epoch, seq: &[u64]| {
            for seq in seq {
                rig.commit(vec![counted(epoch, *seq, Vec::new())]);
            }
        };
        send(rig, 10, &[2, 3]);
        pass(rig);
        assert_eq!(rig.engine.receipt(gateway), None, "1 is missing");
        send(rig, 10, &[1, 5]);
        pass(rig);
        let receipt = |epoch, durable_seq| Some(Receipt { epoch, durable_seq });
        assert_eq!(rig.engine.receipt(gateway), receipt(10, 3));
        send(rig, 10, &[4]);
        send(rig, 11, &[0]);
        pass(rig);
        assert_eq!(rig.engine.receipt(gateway), None, "nobody hears of 0");
        send(rig, 11, &[1]);
        pass(rig);
        assert_eq!(rig.engine.receipt(gateway), receipt(11, 1));
        assert_eq!(rig.engine.receipt_of(gateway, 10), receipt(10, 5));
    });
}

#[test]
fn a_stopped_engine_takes_nothing() {
    for rig in [Rig::memory(), Rig::embedded(settings())] {
        rig.stop();
        let refused = block_on(rig.engine.submit(vec![mixed()]));
        assert!(refused.is_err(), "{}", rig.name);
        let refused = rig.engine.replay(replay_of(1, mixed()));
        assert_eq!(refused, Err(StoreFault::Stopping), "{}", rig.name);
    }
}

//! The conformance suite over all engines, as in `store_conformance`: what lies beside the values,
//! quarantine, trial messages and decisions.

use parkpulse::calendar::{Moment, Period};
use parkpulse::indicator::IndicatorNo;
use parkpulse::park::{GatewayNo, MeterNo};
use parkpulse::reading::{Code, Purpose, Taken};
use parkpulse::store::{BatchNo, Counts, Decision, QuarantineFilter, QuarantineNo};
use parkpulse::store::{Replay, Replayed, StoreFault};

use sha2::{Digest, Sha256};

use crate::store_conformance::{everywhere, mixed};
use crate::store_rig::*;

fn page(rig: &Rig, filter: &QuarantineFilter) -> Vec<u64> {
    let found = collect(|visit| rig.engine.quarantined(filter, visit));
    found.iter().map(|item| item.number.get()).collect()
}

#[test]
fn the_quarantine_is_listed_by_page_and_filter() {
    everywhere(|rig, pass| {
        rig.commit(vec![mixed(), mixed()]);
        let mut other = mixed();
        other.gateway = GatewayNo::new(2);
        other.received_at = minutes(60);
        rig.commit(vec![other]);
        pass(rig);
        let filter = QuarantineFilter {
            limit: 4,
            ..QuarantineFilter::default()
        };
        assert_eq!(page(rig, &filter), [1, 2, 3, 4]);
        let next = QuarantineFilter {
            after: Some(QuarantineNo::new(4)),
            ..filter.clone()
        };
        assert_eq!(page(rig, &next), [5, 6]);
        let of_gateway = QuarantineFilter {
            gateway: Some(GatewayNo::new(2)),
            ..filter.clone()
        };
        assert_eq!(page(rig, &of_gateway), [5, 6]);
        let of_code = QuarantineFilter {
            code: Some(Code::BadTime),
            ..filter.clone()
        };
        assert_eq!(page(rig, &of_code), [2, 4, 6]);
        let of_time = QuarantineFilter {
            received: Period::new(minutes(60), minutes(61)),
            ..filter
        };
        assert_eq!(page(rig, &of_time), [5, 6]);
        let item = rig.engine.quarantined_item(QuarantineNo::new(1)).unwrap();
        assert_eq!(
            (item.code, item.values, item.bytes),
            (Code::BadNumber, 2, 7)
        );
        assert_eq!((item.index, item.kept), (Some(0), true));
        let raw = rig.engine.quarantined_raw(QuarantineNo::new(1)).unwrap();
        assert_eq!(raw.as_deref(), Some(b"{\"a\":1}".as_slice()));
        let absent = rig.engine.quarantined_item(QuarantineNo::new(99));
        assert!(matches!(absent, Err(StoreFault::Absent { .. })));
    });
}

#[test]
fn beyond_the_limit_only_code_digest_and_count_are_kept() {
    everywhere(|rig, pass| {
        let mut taken = message(Vec::new());
        taken.set_aside = (0..3)
            .map(|_| part(Code::BadType, 5, &[b'x'; 40]))
            .collect();
        rig.commit(vec![taken]);
        pass(rig);
        let third = QuarantineNo::new(3);
        let item = rig.engine.quarantined_item(third).unwrap();
        assert!(!item.kept);
        assert_eq!((item.values, item.bytes, item.code), (5, 40, Code::BadType));
        assert_ne!(item.digest, [0; 32]);
        assert_eq!(rig.engine.quarantined_raw(third).unwrap(), None);
        let overflows = collect(|visit| rig.engine.overflows(visit));
        assert_eq!(overflows.len(), 1);
        assert_eq!((overflows[0].bytes_kept, overflows[0].items_cut), (80, 1));
        assert_eq!(rig.counts().quarantined, 15);
    });
}

/// Otherwise a message of a thousand bad readings were a thousand rows, which nobody ever deletes.
#[test]
fn what_is_not_kept_is_one_item_a_batch_and_code() {
    everywhere(|rig, pass| {
        let mut first = counted(7, 1, Vec::new());
        first.set_aside = vec![part(Code::BadType, 1, &[b'x'; 100])];
        for _ in 0..500 {
            first.set_aside.push(part(Code::MissingField, 1, b"{}"));
            first.set_aside.push(part(Code::BadTime, 2, b"{\"a\":1}"));
        }
        let mut second = counted(7, 2, Vec::new());
        second.set_aside = vec![part(Code::BadTime, 3, b"zz")];
        rig.commit(vec![first.clone(), second]);
        rig.commit(vec![first.clone()]);
        pass(rig);
        let filter = QuarantineFilter {
            limit: 2_000,
            ..QuarantineFilter::default()
        };
        let found = collect(|visit| rig.engine.quarantined(&filter, visit));
        let brief = |at: usize| {
            let item = &found[at];
            let place = (item.epoch, item.seq, item.index);
            (item.code, item.values, item.bytes, place, item.kept)
        };
        assert_eq!(found.len(), 6, "{}", rig.name);
        let own = (Some(7), Some(1), None);
        assert_eq!(
            brief(0),
            (Code::BadType, 1, 100, (Some(7), Some(1), Some(0)), true)
        );
        assert_eq!(brief(1), (Code::MissingField, 500, 1_000, own, false));
        let several = (None, None, None);
        assert_eq!(brief(2), (Code::BadTime, 1_003, 3_502, several, false));
        assert!(!brief(3).4, "over the limit once");
        assert_eq!(brief(5), (Code::BadTime, 1_000, 3_500, own, false));
        let all: Vec<u8> = b"{}".repeat(500);
        assert_eq!(found[1].digest, <[u8; 32]>::from(Sha256::digest(all)));
        let overflows = collect(|visit| rig.engine.overflows(visit));
        assert_eq!((overflows[0].bytes_kept, overflows[0].items_cut), (100, 5));
        assert_eq!(rig.counts().quarantined, 1 + 500 + 1_000 + 3 + 1_501);
        assert_eq!(first.weight(), 63, "16 parts weigh as a message does");
        let newest = QuarantineFilter {
            newest_before: Some(QuarantineNo::LAST),
            ..filter.clone()
        };
        assert_eq!(page(rig, &newest), [6, 5, 4, 3, 2, 1]);
        let before = QuarantineFilter {
            newest_before: Some(QuarantineNo::new(3)),
            limit: 1,
            ..filter
        };
        assert_eq!(page(rig, &before), [2]);
    });
}

pub(crate) fn replay_of(item: u64, taken: Taken) -> Replay {
    Replay {
        item: QuarantineNo::new(item),
        taken,
        note: Replayed {
            who: "wang".into(),
            how: "--shift -8h".into(),
            replayed_at: minutes(90),
        },
    }
}

#[test]
fn a_replayed_item_moves_in_the_counts_and_only_once() {
    everywhere(|rig, pass| {
        let mut unreadable = message(Vec::new());
        unreadable.set_aside = vec![part(Code::BadEncoding, 1, b"{")];
        rig.commit(vec![unreadable]);
        let mut became = message(vec![reading(3, minutes(1), &[(1, 1.0), (2, 2.0)])]);
        became.set_aside = vec![part(Code::BadNumber, 1, b"y")];
        pass(rig);
        let mut foreign = became.clone();
        foreign.gateway = GatewayNo::new(2);
        let refused = rig.engine.replay(replay_of(1, foreign));
        assert_eq!(refused, Err(StoreFault::ForeignReplay { number: 1 }));
        rig.engine.replay(replay_of(1, became.clone())).unwrap();
        let again = rig.engine.replay(replay_of(1, became));
        assert_eq!(again, Err(StoreFault::ReplayedAlready { number: 1 }));
        pass(rig);
        rig.engine.settle().unwrap();
        let expected = Counts {
            received: 3,
            stored: 2,
            quarantined: 1,
            ..Counts::default()
        };
        assert_eq!(rig.counts(), expected);
        let item = rig.engine.quarantined_item(QuarantineNo::new(1)).unwrap();
        assert_eq!(item.replayed.map(|note| note.who), Some("wang".into()));
        assert_eq!(rig.all(3).len(), 2);
        let open = QuarantineFilter {
            replayed: Some(false),
            limit: 9,
            ..QuarantineFilter::default()
        };
        assert_eq!(page(rig, &open), [2]);
    });
}

#[test]
fn trial_messages_are_shown_to_the_sender_for_a_day_and_nowhere_else() {
    everywhere(|rig, pass| {
        let mut trial = counted(5, 1, vec![reading(3, minutes(1), &[(1, 1.5)])]);
        trial.purpose = Purpose::Trial;
        trial.set_aside = vec![part(Code::BadTime, 1, b"\xff\x00")];
        rig.commit(vec![trial.clone()]);
        pass(rig);
        let shown = |gateway: u32, now: Moment| {
            let gateway = GatewayNo::new(gateway);
            collect(|visit| rig.engine.trials(gateway, now, 10, visit))
        };
        assert_eq!(shown(1, minutes(2)), [trial]);
        assert!(shown(2, minutes(2)).is_empty());
        assert!(shown(1, minutes(24 * 60 + 2)).is_empty());
        assert!(rig.all(3).is_empty());
        assert_eq!(rig.counts(), Counts::default());
        let receipt = rig.engine.receipt(GatewayNo::new(1));
        assert_eq!(receipt.map(|receipt| receipt.durable_seq), Some(1));
    });
}

#[test]
fn decisions_lie_over_values_and_touch_their_day() {
    everywhere(|rig, pass| {
        rig.commit(vec![message(vec![reading(3, minutes(1), &[(1, 1.0)])])]);
        let decision = |chosen| Decision {
            meter: MeterNo::new(3),
            indicator: IndicatorNo::new(1),
            at: minutes(1),
            chosen,
            who: "李".into(),
            reason: "seen on site".into(),
            decided_at: minutes(9),
        };
        rig.engine.decide(decision(Some(1.25))).unwrap();
        let number = rig.engine.decide(decision(None)).unwrap();
        pass(rig);
        let found = collect(|visit| rig.engine.decisions(MeterNo::new(3), ages(), visit));
        assert_eq!(found, [decision(Some(1.25)), decision(None)]);
        assert_eq!(brief(&rig.all(3)), [(1, 1, 1.0, 1)], "nothing is rewritten");
        let before = BatchNo::new(number.get() - 1);
        let touched = collect(|visit| rig.engine.batches_after(before, 1, visit));
        assert_eq!(touched[0].meters[0].at_first, minutes(1));
        assert_eq!(rig.counts().received, 1);
    });
}

//! Whatever comes in: no panic, bounded memory, every value accounted for, and a replay that
//! finds exactly what was set aside.

use proptest::prelude::*;

use parkpulse::reading::{Code, Taken};

use crate::dice::Dice;
use crate::intake_ground::Ground;
use crate::intake_rows::{MESSAGES, NUMBERS, TIMES};

/// Mutated byte streams tried by `make test`.
const STREAMS: u32 = 400_000;

/// Pieces that turn one kind of message into another.
const PIECES: &[&[u8]] = &[
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b":",
    b"\"",
    b"\\",
    b"\\u",
    b"\\ud800",
    b"0",
    b"9",
    b"-",
    b".",
    b"e",
    b"1e400",
    b"NaN",
    b"null",
    b"true",
    b"\xff",
    b"\xed\xa0\x80",
    b"\0",
    b" ",
    b"\"values\":",
    b"\"readings\":[",
    b"\"at\":",
    b"{\"meter\":\"E-01\",",
    b"[[[[[[[[[[",
];

/// Bytes that a `Taken` holds on the heap, about.
fn held(taken: &Taken) -> usize {
    let readings = taken.readings.iter();
    let readings: usize = readings
        .map(|reading| 64 + 16 * reading.values.capacity())
        .sum();
    let items = taken.set_aside.iter();
    let items: usize = items
        .map(|item| 96 + item.detail.len() + item.raw.len())
        .sum();
    readings + items
}

fn seeds() -> Vec<Vec<u8>> {
    let messages = MESSAGES.iter().map(|(payload, _)| payload.to_vec());
    let numbers = NUMBERS.iter().map(|(code, written, _)| {
        format!(r#"{{"readings":[{{"meter":"E-01","at":1795306500,"values":{{"{code}":{written},"kwh_register":7}}}}]}}"#)
    });
    let times = TIMES.iter().map(|(written, _)| {
        format!(
            r#"{{"meter":"S-03","at":{written},"values":{{"smoke":true,"temperature_c":21.5}}}}"#
        )
    });
    messages
        .chain(numbers.chain(times).map(String::into_bytes))
        .collect()
}

/// Takes the streams numbered from `first` in steps of two.
fn try_streams(first: u32) -> u32 {
    let ground = Ground::new();
    let seeds = seeds();
    let mut kept = 0;
    for number in (first..STREAMS).step_by(2) {
        let mut dice = Dice(u64::from(number));
        // Every other seed is the contract's own example: most tables are full of faults already.
        let seed = dice.roll(2) * dice.roll(seeds.len());
        let mut stream = seeds[seed].clone();
        dice.mutate(&mut stream, PIECES, 2);
        let taken = ground.take(&stream);
        let held = held(&taken);
        assert!(
            held <= 1024 + 64 * stream.len(),
            "stream {number} holds {held} bytes"
        );
        let nothing = taken.readings.is_empty() && taken.set_aside.is_empty();
        assert!(
            !nothing || stream.windows(2).any(|pair| pair == b"[]" || pair == b"[ "),
            "stream {number} vanished"
        );
        kept += u32::from(!taken.readings.is_empty());
    }
    kept
}

#[test]
fn mutated_streams_neither_panic_nor_grow() {
    let kept: u32 = std::thread::scope(|scope| {
        let halves = [0, 1].map(|first| scope.spawn(move || try_streams(first)));
        halves.map(|half| half.join().unwrap()).iter().sum()
    });
    // Mutations that break everything would try the first check four hundred thousand times.
    assert!(
        kept > STREAMS / 10,
        "only {kept} streams were still readable"
    );
}

#[test]
fn a_replay_finds_exactly_what_was_set_aside() {
    let ground = Ground::new();
    let mut tried = 0;
    for seed in seeds() {
        for item in &ground.take(&seed).set_aside {
            let again = ground.take_again(item);
            assert!(again.readings.is_empty());
            let [found] = again.set_aside.as_slice() else {
                panic!("{} items", again.set_aside.len());
            };
            // A reading that stood alone goes two levels deeper when it is taken again.
            if found.code != Code::TooDeep {
                assert_eq!(
                    found.code,
                    item.code,
                    "{}",
                    String::from_utf8_lossy(&item.raw)
                );
            }
            assert_eq!(found.values, item.values);
            tried += 1;
        }
    }
    assert!(tried > 150, "{tried} items");
}

/// A reading of a list, and how many values it counts.
fn reading() -> impl Strategy<Value = (String, u64)> {
    let meter = prop::sample::select(vec!["\"E-01\"", "\"G-02\"", "\"S-03\"", "\"nobody\"", "7"]);
    let at = prop::sample::select(vec![
        "1795306500",
        "\"2026-11-22T08:15:00Z\"",
        "1",
        "null",
        "9e9",
    ]);
    let code = prop::sample::select(vec![
        "kw",
        "kwh_register",
        "gas_m3_register",
        "smoke",
        "foo",
    ]);
    let number = prop::sample::select(vec![
        "1", "true", "\"1\"", "1e400", "-1", "null", "[[]]", "NaN",
    ]);
    let values = prop::collection::btree_map(code, number, 0..5);
    (meter, at, values).prop_map(|(meter, at, values)| {
        let written: Vec<String> = values
            .iter()
            .map(|(code, number)| format!("\"{code}\":{number}"))
            .collect();
        let text = format!(
            r#"{{"meter":{meter},"at":{at},"values":{{{}}}}}"#,
            written.join(",")
        );
        (text, u64::try_from(values.len().max(1)).unwrap())
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_value_is_kept_or_set_aside(readings in prop::collection::vec(reading(), 1..20)) {
        let ground = Ground::new();
        let list: Vec<&str> = readings.iter().map(|(text, _)| text.as_str()).collect();
        let taken = ground.take(format!(r#"{{"readings":[{}]}}"#, list.join(",")).as_bytes());
        let sent: u64 = readings.iter().map(|(_, values)| values).sum();
        prop_assert_eq!(taken.values_received(), sent);
        prop_assert!(taken.unreadable().is_none());
    }

    #[test]
    fn a_double_is_kept_bit_by_bit(number in prop::num::f64::NORMAL | prop::num::f64::ZERO) {
        let number = number % 1e6;
        prop_assume!(number == 0.0 || number.abs() >= 1e-12);
        let ground = Ground::new();
        for written in [format!("{number}"), format!("{number:?}"), format!("{number:e}")] {
            let payload = format!(r#"{{"meter":"E-01","at":1795306500,"values":{{"kw":{written}}}}}"#);
            let taken = ground.take(payload.as_bytes());
            prop_assert_eq!(taken.readings[0].values[0].number.to_bits(), number.to_bits(), "{}", written);
        }
    }

    #[test]
    fn any_bytes_count_as_one_message(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let taken = Ground::new().take(&bytes);
        prop_assert_eq!(taken.values_received(), 1);
        prop_assert_eq!(&taken.unreadable().unwrap().raw, &bytes);
    }
}

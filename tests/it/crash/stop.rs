//! A stop in the middle of a flood (contract.md 2, house.md): it stops reading, commits, acknowledges and
//! ends in time; what was acknowledged is kept, and nothing else is made of the rest.

use std::time::{Duration, Instant};

use super::publisher::{Publisher, Record};
use super::site::{INDICATORS, assert_kept, register};
use crate::stage::{STOP_WITHIN, Stage};

/// Messages on the wire at a time, below the window of 200.
const OPEN: usize = 150;
/// Acknowledgements after which it is told to stop.
const ENOUGH: usize = 500;

#[test]
fn a_stop_under_a_flood_ends_in_time_and_keeps_what_was_acknowledged() {
    let stage = Stage::new();
    let gateway = register(&stage, 4);
    let mut server = stage.serve_with(|command| {
        command.env("PARKPULSE_STORE__FOLD_EVERY", "200 ms");
    });
    let address = server.mqtt.as_ref().unwrap().parse().unwrap();
    let mut publisher = Publisher::connect(address, &gateway).unwrap();
    let mut record = Record::default();
    let begin = crate::pages_park::now().unix_ms() - 86_400_000;
    let message = |number: i64| {
        let meter = &gateway.meters[usize::try_from(number).unwrap() % gateway.meters.len()];
        let value = f64::from(i32::try_from(number % 190_000).unwrap()) / 100.0;
        let values = INDICATORS.iter();
        values
            .map(|indicator| (meter.clone(), *indicator, begin + number * 100, value))
            .collect::<Vec<_>>()
    };
    let (mut number, mut told) = (0, None::<Instant>);
    loop {
        let mut alive = true;
        while alive && publisher.unacknowledged() < OPEN {
            alive = publisher.publish(&gateway, message(number), &mut record);
            number += 1;
        }
        alive &= publisher.take_acknowledgements(&mut record);
        match told {
            None => {
                assert!(alive, "before it was told to stop: {}", server.log());
                if record.acknowledged.iter().filter(|yes| **yes).count() >= ENOUGH {
                    server.signal("TERM");
                    told = Some(Instant::now());
                }
            }
            Some(told) => {
                let late = told.elapsed() > STOP_WITHIN + Duration::from_secs(5);
                assert!(!late, "the connection stays: {}", server.log());
            }
        }
        if !alive {
            break;
        }
    }
    // What was answered before the end may still be on its way.
    while publisher.take_acknowledgements(&mut record) {}
    assert_eq!(server.ended(STOP_WITHIN), Some(0), "{}", server.log());
    let words = server.log();
    assert!(!words.contains("did not end in time"), "{words}");
    let took = told.unwrap().elapsed();
    assert!(took < STOP_WITHIN, "{took:?}");
    assert!(
        record.acknowledged.iter().any(|yes| !yes),
        "it was no flood"
    );
    assert_kept(&stage, &record);
}

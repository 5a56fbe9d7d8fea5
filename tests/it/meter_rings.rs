//! Meters that would stand above themselves: imports refuse them, and where an older registry holds
//! such rows neither is above the other.

use parkpulse::indicator::IndicatorNo;
use parkpulse::jobs::import::Kind;
use parkpulse::park::{Ladder, MeterId};
use parkpulse::store::registry::Mode;

use crate::book_ground::moment;
use crate::import::{Town, code, meters};

/// Rings that come about over two files, now or later, whichever row closes them.
#[tokio::test]
async fn meters_above_themselves_by_rows_of_two_files_are_refused() {
    let town = Town::settled().await;
    town.takes(Kind::Meters, &meters()).await;
    let head = meters().lines().next().unwrap().to_owned();
    let below = |meter: &str, parent: &str, from: &str| {
        let one = code(1);
        format!("{head}\n{meter},{one},,kwh_register,1000000,1,5000,900,,{parent},{from},\n")
    };
    let rows = [
        ("A-1", "", "2026-01-01", ""),
        ("A-2", "A-1", "2026-01-01", ""),
        // Over three, in time.
        ("A-3", "A-2", "2026-01-01", ""),
        (
            "A-1",
            "A-3",
            "2026-06-01",
            "meter A-1 would be above itself from 2026-06-01T00:00:00+08:00",
        ),
        // The other way round, once the row below ends.
        ("A-2", "", "2026-03-01", ""),
        ("A-1", "A-2", "2026-04-01", ""),
        (
            "A-2",
            "A-3",
            "2026-05-01",
            "meter A-2 would be above itself from 2026-05-01T00:00:00+08:00",
        ),
        // One that closes only when a later row begins.
        ("A-4", "", "2026-01-01", ""),
        ("A-5", "A-4", "2026-08-01", ""),
        (
            "A-4",
            "A-5",
            "2026-02-01",
            "meter A-4 would be above itself from 2026-08-01T00:00:00+08:00",
        ),
    ];
    for (meter, parent, from, refused) in rows {
        let report = town
            .imports(
                Kind::Meters,
                &below(meter, parent, from).into_bytes(),
                Mode::Apply,
            )
            .await;
        let told = report.faults.told().iter().map(ToString::to_string);
        let told = told.collect::<Vec<_>>().join("\n");
        assert_eq!(
            refused.is_empty(),
            told.is_empty(),
            "{meter} {from}: {told}"
        );
        assert!(told.contains(refused), "{meter} {from}: {told}");
    }
}

/// A registry of an older release may say that two meters stand above each other: then neither does.
#[test]
fn meters_in_a_ring_are_counted() {
    let id = |meter: &str| meter.parse::<MeterId>().unwrap();
    let (kwh, from) = (IndicatorNo::new(1), moment("2026-01-01"));
    let rung = |meter, above| (id(meter), kwh, from, Some(id(above)));
    let ladder = Ladder::of_rungs([rung("E-01", "E-08"), rung("E-08", "E-01")]);
    for meter in ["E-01", "E-08"] {
        assert_eq!(ladder.next_above(&id(meter), kwh, from, |_| true), None);
        assert_eq!(ladder.ring(&id(meter), kwh, from), Some(from));
    }
}

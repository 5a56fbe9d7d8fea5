//! A meter against those right below it: hand-computed rows, what holds for any amounts, and a closed
//! month from readings on.

use std::collections::BTreeSet;

use parkpulse::jobs::balance::balances;
use parkpulse::ledger::{Balance, Lack, Part};
use parkpulse::units::Exact;
use proptest::prelude::*;

use crate::book_ground::Books;
use crate::import::code;
use parkpulse::jobs::import::Kind;

const HEAD: &str = "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to";

fn part(used: Option<&str>, share: &str) -> Part {
    Part {
        used: used.map(|used| Exact::decimal(used).unwrap()),
        known_share: Exact::decimal(share).unwrap(),
        begun: None,
    }
}

fn whole(used: &str) -> Part {
    part(Some(used), "1")
}

fn text(value: Option<&Exact>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.rounded(2))
}

/// Above, below; sum below, difference, percent, beyond 5 %.
#[test]
fn differences_by_hand() {
    let rows: [(Part, Vec<Part>, &str, Option<bool>); 9] = [
        // 1000 - (600 + 350) = 50; 50 / 1000 = 5 %, which is not more than 5 %.
        (
            whole("1000"),
            vec![whole("600"), whole("350")],
            "950.00 50.00 5.00",
            Some(false),
        ),
        // 1000 - (600 + 349.9) = 50.1; 5.01 %.
        (
            whole("1000"),
            vec![whole("600"), whole("349.9")],
            "949.90 50.10 5.01",
            Some(true),
        ),
        // More below than above: 1000 - 1060 = -60; -6 %.
        (
            whole("1000"),
            vec![whole("1060")],
            "1060.00 -60.00 -6.00",
            Some(true),
        ),
        // Above nothing, below nothing: no difference, and of nothing there is no percent.
        (whole("0"), vec![whole("0")], "0.00 0.00 -", Some(false)),
        // Above nothing, below something: more than any percent.
        (whole("0"), vec![whole("3")], "3.00 -3.00 -", Some(true)),
        // A child is missing: its sum and the difference are not known, and nothing is guessed.
        (
            whole("1000"),
            vec![whole("600"), Part::missing()],
            "- - -",
            None,
        ),
        // A child is known for a part of the month.
        (
            whole("1000"),
            vec![whole("600"), part(Some("350"), "0.9999")],
            "- - -",
            None,
        ),
        // The meter above is known for a part of the month: the sum below is known all the same.
        (
            part(Some("1000"), "0.5"),
            vec![whole("600")],
            "600.00 - -",
            None,
        ),
        // Nothing is known of the meter above.
        (Part::missing(), vec![whole("600")], "600.00 - -", None),
    ];
    for (above, below, expected, beyond) in rows {
        let balance = Balance::of(&above, &below);
        let shown = [&balance.below, &balance.difference, &balance.percent];
        let shown = shown.map(|one| text(one.as_ref())).join(" ");
        assert_eq!(shown, expected, "{above:?} {below:?}");
        let limit = Exact::whole(5);
        assert_eq!(balance.is_beyond(&limit), beyond, "{above:?} {below:?}");
    }
    assert_eq!(Part::missing().lack(), Some(Lack::Missing));
    assert_eq!(whole("0").lack(), None);
    assert!(
        matches!(part(Some("1"), "0.5").lack(), Some(Lack::Partial(share)) if share.rounded(1) == "0.5")
    );
}

proptest! {
    /// What is below and the difference are the meter above again, whatever they are.
    #[test]
    fn sum_and_difference_are_the_meter_above(above in 0_i64..1_000_000, below in prop::collection::vec(0_i64..1_000_000, 1..8)) {
        let of = |cents: i64| whole(&format!("{}.{:02}", cents / 100, cents % 100));
        let parts: Vec<Part> = below.iter().map(|one| of(*one)).collect();
        let balance = Balance::of(&of(above), &parts);
        let again = &balance.below.unwrap() + &balance.difference.clone().unwrap();
        prop_assert_eq!(Some(again.clone()), of(above).used);
        if let Some(percent) = balance.percent {
            let part = &(&percent * &again) * &Exact::ratio_of_words(1, 100).unwrap();
            prop_assert_eq!(Some(part), balance.difference);
        }
    }
}

/// E-01 (x 40) counted 100 x 40 = 4000 kWh; below it E-02 1500 kWh and E-04 2200 kWh, below E-04 another
/// one, which is in E-04's figure and no child of E-01: 4000 - 3700 = 300, 7.5 %. E-05 was registered
/// below E-01 and never read: with it nothing is known, and it says whose amount is missing.
#[tokio::test]
async fn a_closed_month_from_readings_on() {
    let books = Books::open().await;
    let rows = format!(
        "{HEAD}\n\
         E-04,{one},,kwh_register,1000000,1,5000,900,,E-01,2026-01-01,\n\
         E-04-1,{one},,kwh_register,1000000,1,5000,900,,E-04,2026-01-01,\n\
         E-05,{one},,kwh_register,1000000,1,5000,900,,E-01,2026-02-01,\n",
        one = code(1)
    );
    books.town.takes(Kind::Meters, &rows).await;
    let ends = ["2026-01-01", "2026-02-01", "2026-03-01"];
    let counts = [
        ("E-01", [0.0, 100.0, 200.0]),
        ("E-02", [0.0, 1500.0, 3000.0]),
        ("E-04", [0.0, 2200.0, 4400.0]),
        ("E-04-1", [0.0, 2000.0, 4000.0]),
    ];
    for (meter, values) in counts {
        let readings: Vec<(&str, f64)> = ends.into_iter().zip(values).collect();
        books.reads_of(meter, "kwh_register", &readings).await;
    }
    books.pass("2026-03-05").await;
    let kwh = books.town.catalogue.find("kwh_register").unwrap().number;
    let of = async |month: &str| {
        let registry = &books.town.registry;
        let close = registry.find_close(month.parse().unwrap()).await.unwrap();
        let found = balances(registry, &close.unwrap(), &BTreeSet::from([kwh])).await;
        found.unwrap()
    };
    let january = of("2026-01").await;
    let names: Vec<(&str, Vec<&str>)> = january
        .iter()
        .map(|one| {
            let below = one.below.iter().map(|part| part.meter.as_str());
            (one.above.meter.as_str(), below.collect())
        })
        .collect();
    assert_eq!(
        names,
        [("E-01", vec!["E-02", "E-04"]), ("E-04", vec!["E-04-1"])]
    );
    let balance = &january[0].balance;
    assert_eq!(text(balance.difference.as_ref()), "300.00");
    assert_eq!(text(balance.percent.as_ref()), "7.50");
    // 2200 - 2000 = 200; 9.0909 %.
    assert_eq!(text(january[1].balance.percent.as_ref()), "9.09");
    let february = of("2026-02").await;
    assert_eq!(february[0].balance.difference, None);
    let lacks: Vec<(&str, Lack)> = february[0]
        .below
        .iter()
        .filter_map(|part| Some((part.meter.as_str(), part.part.lack()?)))
        .collect();
    assert_eq!(lacks, [("E-05", Lack::Missing)]);
    // None of it changes what the enterprise used: the meter above alone.
    let one = code(1).to_string();
    let used = books.value("2026-01", 1, &one, "electricity_kwh").await;
    assert_eq!(used, "4000.0000");
}

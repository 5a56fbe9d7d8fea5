//! `GET /api/v1/consumption` on the made-up park: hours make days, meters make enterprises, those make
//! the park, and nobody finds another's.

use std::collections::{BTreeMap, BTreeSet};

use parkpulse::calendar::Day;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::pages_park::{ShownPark, now};
use crate::pages_rights::{City, cookie};

const ADDRESS: &str = "/api/v1/consumption?indicator=kwh_register";
/// What rounding of 24 parts may come to.
const NEARLY: Decimal = Decimal::from_parts(1, 0, 0, false, 4);

/// The amounts by id; what is not known is not there.
fn used(answer: &Value) -> BTreeMap<String, Decimal> {
    let items = answer["items"].as_array().unwrap().iter();
    let known = items.filter_map(|item| {
        let amount = item["used"].as_str()?.parse().unwrap();
        Some((item["id"].as_str().unwrap().to_owned(), amount))
    });
    known.collect()
}

fn of(park: &ShownPark, by: &str, period: &str) -> BTreeMap<String, Decimal> {
    let answer = park.json(&format!("{ADDRESS}&by={by}&period={period}&limit=1000"));
    assert_eq!(
        (&answer["unit"], &answer["source"]),
        (&"kWh".into(), &"ledger".into())
    );
    used(&answer)
}

pub(crate) fn what_was_used_adds_up_and_is_cut(park: &ShownPark) {
    let day = Day::of(now().plus_ms(-3 * 86_400_000));
    let date = &day.start().to_string()[..10];
    hours_make_the_day(park, date);
    enterprises_make_the_park(park, date);
    a_month_is_what_its_ledger_says(park, &date[..7]);
    pages_follow_each_other(park, date);
    for wrong in [
        "&by=meter&period=2026-11-22T24",
        "&by=meter&period=2026-11-22T8",
        "&by=meter&period=2026",
        "&by=parcel&period=2026-11",
        "&by=meter",
        "&by=meter&period=2026-11&limit=0",
    ] {
        assert_eq!(
            park.server.get(&format!("{ADDRESS}{wrong}")).status,
            400,
            "{wrong}"
        );
    }
    for code in ["kw", "nothing"] {
        let path = format!("/api/v1/consumption?indicator={code}&by=meter&period=2026-11");
        assert_eq!(park.server.get(&path).status, 400, "{code} counts nothing");
    }
}

fn hours_make_the_day(park: &ShownPark, date: &str) {
    let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
    for hour in 0..24 {
        let period = format!("{date}T{hour:02}");
        let answer = park.json(&format!("{ADDRESS}&by=meter&period={period}&limit=1000"));
        assert!(
            answer["from"].as_str().unwrap().starts_with(&period),
            "{answer}"
        );
        for (meter, amount) in used(&answer) {
            *sums.entry(meter).or_default() += amount;
        }
    }
    let days = of(park, "meter", date);
    assert!(days.len() > 20, "{days:?}");
    assert_eq!(sums.len(), days.len());
    for (meter, amount) in &days {
        assert!(
            (sums[meter] - amount).abs() < NEARLY,
            "{meter}: {} and {amount}",
            sums[meter]
        );
    }
    assert!(days.values().any(|amount| *amount > Decimal::ONE_HUNDRED));
}

fn enterprises_make_the_park(park: &ShownPark, date: &str) {
    for period in [date, &format!("{date}T10")] {
        let firms: Decimal = of(park, "enterprise", period).values().sum();
        let parks = of(park, "park", period);
        assert_eq!(parks.len(), 1);
        assert!(firms > Decimal::ZERO);
        assert!(
            (parks["WJ"] - firms).abs() < NEARLY,
            "{period}: {parks:?} of {firms}"
        );
    }
}

fn a_month_is_what_its_ledger_says(park: &ShownPark, month: &str) {
    let firms = of(park, "enterprise", month);
    let (code, amount) = firms.iter().next().unwrap();
    let ledger = park.json(&format!("/api/v1/ledgers/{code}?month={month}"));
    let rows = ledger["rows"].as_array().unwrap();
    let row = rows
        .iter()
        .find(|row| row["kind"] == "electricity_kwh")
        .unwrap();
    let written: Decimal = row["value"].as_str().unwrap().parse().unwrap();
    assert_eq!(written.round_dp(2), amount.round_dp(2), "{row}");
}

fn pages_follow_each_other(park: &ShownPark, date: &str) {
    let whole = of(park, "enterprise", date);
    let (mut found, mut cursor) = (BTreeMap::new(), String::new());
    loop {
        let page = park.json(&format!(
            "{ADDRESS}&by=enterprise&period={date}&limit=20{cursor}"
        ));
        found.extend(used(&page));
        let Some(next) = page["next"].as_str() else {
            break;
        };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(found, whole);
}

/// Each role of a city: its meters, enterprises and parks, whether much or nothing came of them.
pub(crate) fn everybody_finds_their_own(city: &City) {
    for (role, choice) in city.roles() {
        let cookie = choice.map(|choice| cookie(&city.server, &choice));
        let headers: Vec<&str> = cookie.iter().map(String::as_str).collect();
        if role == "public" {
            let path = format!("{ADDRESS}&by=park&period=2026-11");
            assert_eq!(city.server.get_as(&path, &headers).status, 404);
            continue;
        }
        let ids = |by: &str| -> BTreeSet<String> {
            let path = format!("{ADDRESS}&by={by}&period=2026-11&limit=1000");
            let answer = city.server.get_as(&path, &headers);
            assert_eq!(answer.status, 200, "{role}: {}", answer.text());
            let items = answer.json()["items"].clone();
            let items = items.as_array().unwrap().iter();
            items
                .map(|item| item["id"].as_str().unwrap().to_owned())
                .collect()
        };
        let (meters, firms, parks) = (ids("meter"), ids("enterprise"), ids("park"));
        let only = |one: &String| BTreeSet::from([one.clone()]);
        match role {
            "own" => assert_eq!((firms, parks), (only(&city.own), BTreeSet::new())),
            "other" => assert_eq!((firms, parks), (only(&city.other), BTreeSet::new())),
            "here" => {
                assert!(firms.contains(&city.own) && firms.contains(&city.other));
                assert_eq!(parks, only(&city.here));
            }
            "elsewhere" => {
                assert!(!firms.contains(&city.own) && firms.len() > 10);
                assert_eq!(parks, only(&city.elsewhere));
            }
            _ => assert!(firms.len() > 100 && meters.len() > 100 && parks.len() == 3),
        }
        if matches!(role, "own" | "other") {
            assert!(
                !meters.is_empty() && meters.len() < 10,
                "{role}: {meters:?}"
            );
        }
    }
}

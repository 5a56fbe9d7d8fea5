//! `GET /api/v1/ledgers/{enterprise}/time_of_use` on the made-up park: slots add up to what the ledger
//! says of the month, money to what the prices make of it.

use rust_decimal::Decimal;
use serde_json::Value;

use crate::pages_park::{ShownPark, now};

/// What rounding of five slots may come to.
const NEARLY: Decimal = Decimal::from_parts(5, 0, 0, false, 4);

fn decimal(value: &Value) -> Decimal {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value}"))
        .parse()
        .unwrap()
}

/// Park days before today, as `2026-11`.
fn month(days_ago: i64) -> String {
    now().plus_ms(-days_ago * 86_400_000).to_string()[..7].to_owned()
}

pub(crate) fn slots_add_up_to_the_ledger(park: &ShownPark) {
    let (running, before) = (month(0), month(31));
    let used = park.json(&format!(
        "/api/v1/consumption?indicator=kwh_register&by=enterprise&period={before}&limit=1000"
    ));
    let items = used["items"].as_array().unwrap();
    let mut compared = 0;
    for item in items.iter().filter(|item| !item["used"].is_null()) {
        let code = item["id"].as_str().unwrap();
        let answer = park.json(&format!(
            "/api/v1/ledgers/{code}/time_of_use?month={before}"
        ));
        one_adds_up(&answer);
        let difference = (decimal(&answer["total"]["used"]) - decimal(&item["used"])).abs();
        assert!(difference < NEARLY, "{code}: {answer} and {item}");
        assert_eq!(answer["runs"], false);
        compared += 1;
    }
    assert!(compared > 20, "{compared}");
    let code = items[0]["id"].as_str().unwrap();
    let answer = park.json(&format!(
        "/api/v1/ledgers/{code}/time_of_use?month={running}"
    ));
    assert_eq!(answer["runs"], true, "{answer}");
    for wrong in ["", "?month=2026", "?month=2026-13", "?month=2026-10&more=1"] {
        let answer = park
            .server
            .get(&format!("/api/v1/ledgers/{code}/time_of_use{wrong}"));
        assert_eq!(answer.status, 400, "{wrong}: {}", answer.text());
    }
}

/// The park is read every twelve hours: all of it lies over several slots, and no quarter hour tells
/// its power.
fn one_adds_up(answer: &Value) {
    assert_eq!(answer["unit"], "kWh");
    assert_eq!(answer["source"], "readings");
    assert_eq!(answer["load"]["unit"], "kW");
    assert!(
        answer["plan"]["source"]
            .as_str()
            .is_some_and(|one| !one.is_empty())
    );
    assert!(!answer["meters"].as_array().unwrap().is_empty());
    let slots = answer["slots"].as_array().unwrap();
    let sum: Decimal = slots.iter().map(|slot| decimal(&slot["used"])).sum();
    assert!(
        (sum - decimal(&answer["total"]["used"])).abs() < NEARLY,
        "{answer}"
    );
    for slot in slots {
        let (used, split) = (decimal(&slot["used"]), decimal(&slot["split"]));
        assert!((used - split).abs() < NEARLY, "{slot}");
    }
    assert!(
        answer["load"]["maximum"].is_null() && answer["load"]["factor"].is_null(),
        "{answer}"
    );
    assert!(decimal(&answer["load"]["mean"]) > Decimal::ZERO);
    // No prices are set here: no cost is made up.
    assert!(
        answer["prices"].is_null() && answer["total"]["cost"].is_null(),
        "{answer}"
    );
    let missing: Vec<&str> = answer["missing"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    assert_eq!(missing, ["no_prices", "no_demand"], "{answer}");
}

//! Of what a map's sums are sums: of every carrier that counts, of so many of those who stand there,
//! and of the part of a firm that lies in the park; and of which closing, for each revision.

use std::time::Duration;

use parkpulse::calendar::{Day, Month};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::import::code;
use crate::pages_park::now;
use crate::stage::{GATEWAY, Server, Stage, until};

const DAY_MS: i64 = 86_400_000;
const A_MINUTE: Duration = Duration::from_mins(1);
/// What the meter of electricity shows more each day.
const KWH_A_DAY: i64 = 240;
/// On so many days of the month its meter of gas is read, and then no more.
const GAS_DAYS: i32 = 15;

/// Two parks. The first firm has 200 m² in one and 100 m² in the other; the second has land alone, on
/// the same parcel and on another.
pub(crate) fn registered(stage: &Stage) -> String {
    let (one, two) = (code(1), code(2));
    stage.import(
        "parks",
        "parks.csv",
        "park,name,district,kind\np1,一号园,高新区,\np2,二号园,高新区,\n",
    );
    let enterprises = format!(
        "enterprise,name,park,area,industry,scale,established,group,capital_origin\n\
         {one},甲厂,p1,,C39,above,2015-01-01,,\n{two},乙厂,p1,,C39,above,2015-01-01,,\n"
    );
    stage.import("enterprises", "enterprises.csv", &enterprises);
    let square = |id: &str, park: &str, west: f64| {
        let (east, south, north) = (west + 0.001, 31.38, 31.381);
        format!(
            r#"{{"type":"Feature","properties":{{"parcel":"{id}","park":"{park}"}},"geometry":{{"type":"Polygon","coordinates":[[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]]}}}}"#
        )
    };
    let features = [
        square("L-1", "p1", 120.98),
        square("L-2", "p1", 120.984),
        square("M-1", "p2", 120.99),
    ];
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{}]}}"#,
        features.join(",")
    );
    let path = stage.path("parcels.geojson");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    stage.ok(&["import", "parcels", path, "--crs", "EPSG:4326"]);
    let land = format!(
        "enterprise,parcel,kind,m2,floor_m2,far,counterparty,valid_from,valid_to\n\
         {one},L-1,owned,200,,,,2020-01-01,\n{one},M-1,owned,100,,,,2020-01-01,\n\
         {two},L-1,owned,50,,,,2020-01-01,\n\
         {two},L-2,owned,400,,,,2020-01-01,\n"
    );
    stage.import("land", "land.csv", &land);
    let words = ["gateway", "add", "--enterprise", one.as_str(), "--gateway"];
    let printed = stage.ok(&[&words[..], &[GATEWAY, "--json"]].concat());
    let meters = format!(
        "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to\n\
         E-21,{one},{GATEWAY},kwh_register,1000000,1,5000,86400,,,2025-01-01,\n\
         G-21,{one},{GATEWAY},gas_m3_register,1000000,1,5000,86400,,,2025-01-01,\n"
    );
    stage.import("meters", "meters.csv", &meters);
    let printed: Value = serde_json::from_str(&printed).unwrap();
    printed["token"].as_str().unwrap().to_owned()
}

/// A reading at midnight of each of so many days from `first` on, none of them to come.
pub(crate) fn readings(
    meter: &str,
    indicator: &str,
    first: Day,
    days: i32,
    a_day: i64,
) -> Vec<Value> {
    let all = (0..days).map(|day| {
        let at = first.start().plus_ms(i64::from(day) * DAY_MS);
        (at, i64::from(day) * a_day)
    });
    all.filter(|(at, _)| *at <= now())
        .map(|(at, register)| {
            json!({"meter": meter, "at": at.unix_ms() / 1000, "values": {indicator: register}})
        })
        .collect()
}

pub(crate) fn post(server: &Server, token: &str, readings: &[Value]) {
    let header = format!("Authorization: Bearer {token}");
    let body = json!({"readings": readings}).to_string();
    let answer = server.send("POST", "/api/v1/readings", &[&header], body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["quarantined"], json!([]));
}

fn get(server: &Server, path: &str) -> Value {
    let answer = server.get(path);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

fn cell<'a>(map: &'a Value, parcel: &str) -> &'a Value {
    let mut cells = map["cells"].as_array().unwrap().iter();
    cells.find(|cell| cell["parcel"] == parcel).unwrap()
}

/// So many days of `month`, in percent with one digit.
fn percent(days: i32, month: Month) -> String {
    let whole = month.next().first_day().number() - month.first_day().number();
    let share = Decimal::from(days * 100) / Decimal::from(whole);
    let half_up = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    format!("{:.1}", share.round_dp_with_strategy(1, half_up))
}

#[test]
fn a_sum_says_of_what_it_is() {
    let stage = Stage::new();
    let token = registered(&stage);
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_LEDGER__CLOSE_AFTER", "1 s");
        command.env("PARKPULSE_FACTORS__ELECTRICITY_EQUAL", "0.3000 测试");
    });
    let month = Month::of(now()).previous();
    let first = month.first_day();
    let mut all = readings("E-21", "kwh_register", first, 90, KWH_A_DAY);
    all.extend(readings("G-21", "gas_m3_register", first, GAS_DAYS, 24));
    post(&server, &token, &all);
    let energy = format!("/api/v1/map?k=energy_per_mu&park=p1&p={month}");
    let seen = until(A_MINUTE, "the month is closed", || {
        let map = get(&server, &energy);
        cell(&map, "L-1")["value"].is_string().then_some(map)
    });
    a_silent_carrier_makes_energy_incomplete(&server, month, &seen);
    who_has_no_figure_is_counted_beside_the_total(&server, month);
    what_lies_in_another_park_is_counted_there(&server, month);
    the_account_behind_a_card_can_be_opened(&server, month);
    a_revision_keeps_its_own_completeness(&server, &token, month, &energy);
    every_revision_of_a_sum_is_listed(&server, month);
    server.stop();
}

fn a_silent_carrier_makes_energy_incomplete(server: &Server, month: Month, seen: &Value) {
    let electricity = get(server, &format!("/api/v1/map?park=p1&p={month}"));
    assert_eq!(cell(&electricity, "L-1")["completeness"], "100.0");
    assert_eq!(electricity["completeness"], "100.0");
    let gas = percent(GAS_DAYS, month);
    assert_eq!(cell(seen, "L-1")["completeness"], *gas, "{seen}");
    assert_eq!(seen["completeness"], *gas);
    assert_eq!(seen["legend"]["incomplete"], 1);
    assert_ne!(seen["missing_hours"], "0");
    // The time bar says the same of the month.
    let bars = get(server, "/api/v1/periods?k=energy_per_mu&park=p1");
    let mut all = bars["periods"].as_array().unwrap().iter();
    let bar = all.find(|bar| bar["period"] == month.to_string()).unwrap();
    assert_eq!(bar["completeness"], *gas, "{bars}");
}

fn who_has_no_figure_is_counted_beside_the_total(server: &Server, month: Month) {
    for layer in ["kwh_per_mu", "energy_per_mu"] {
        let path = format!("/api/v1/map?k={layer}&park=p1&p={month}");
        let total = &get(server, &path)["total"];
        let firms = (&total["enterprises"], &total["enterprises_all"]);
        assert_eq!(firms, (&json!(1), &json!(2)), "{layer} {total}");
    }
    // A share of meters is a sum over none of them.
    let none = &get(server, "/api/v1/map?k=freshness&park=p1");
    assert_eq!(none["total"]["enterprises"], Value::Null, "{none}");
    let csv = server.get(&format!("/api/v1/map.csv?park=p1&p={month}"));
    assert!(csv.text().contains("2 户中 1 户有数"), "{}", csv.text());
    // The land of whoever has no meter is in no ratio.
    for layer in ["kwh_per_mu", "energy_per_mu"] {
        let path = format!("/api/v1/map?k={layer}&park=p1&p={month}");
        assert_eq!(get(server, &path)["total"]["denominator"], "0.3");
    }
}

fn what_lies_in_another_park_is_counted_there(server: &Server, month: Month) {
    let days = month.next().first_day().number() - month.first_day().number();
    let used = Decimal::from(i64::from(days) * KWH_A_DAY);
    let decimal = |value: &Value| value.as_str().unwrap().parse::<Decimal>().unwrap();
    let rows = [("&park=p1", 2), ("&park=p2", 1), ("", 3)];
    for (park, thirds) in rows {
        let map = get(server, &format!("/api/v1/map?p={month}{park}"));
        let above = decimal(&map["total"]["numerator"]);
        assert_eq!(
            above,
            used * Decimal::from(thirds) / Decimal::from(3),
            "{park}"
        );
    }
    let one = get(server, &format!("/api/v1/map?park=p1&p={month}"));
    let other = get(server, &format!("/api/v1/map?park=p2&p={month}"));
    assert_eq!(cell(&one, "L-1")["value"], cell(&other, "M-1")["value"]);
    let path = format!("/api/v1/parcels/L-1/card?park=p1&p={month}");
    let card = get(server, &path);
    let firm = &card["enterprises"][0];
    assert_eq!(
        (&firm["mu"], &firm["mu_total"]),
        (&json!("0.3"), &json!("0.45"))
    );
}

fn a_revision_keeps_its_own_completeness(server: &Server, token: &str, month: Month, path: &str) {
    let before = get(server, path)["revision"].clone();
    let late = Day::from_number(month.first_day().number() + GAS_DAYS);
    post(
        server,
        token,
        &readings("G-21", "gas_m3_register", late, 1, 0),
    );
    let more = percent(GAS_DAYS + 1, month);
    until(A_MINUTE, "the next revision", || {
        let map = get(server, path);
        let is_next = map["revision"] != before;
        (is_next && cell(&map, "L-1")["completeness"] == *more).then_some(())
    });
    let fixed = get(server, &format!("{path}&v={before}"));
    let then = percent(GAS_DAYS, month);
    assert_eq!(cell(&fixed, "L-1")["completeness"], *then);
}

/// Of each who stands on a parcel and is counted there.
fn the_account_behind_a_card_can_be_opened(server: &Server, month: Month) {
    let card = |parcel: &str, layer: &str| {
        let path = format!("/api/v1/parcels/{parcel}/card?park=p1&k={layer}&p={month}");
        get(server, &path)["enterprises"][0]["figure"].clone()
    };
    let figure = card("L-1", "energy_per_mu");
    let id = figure.as_str().unwrap();
    let source = get(server, &format!("/api/v1/sources/{id}"));
    assert_eq!(
        (&source["id"], &source["key"]),
        (&figure, &json!(code(1).as_str()))
    );
    assert!(source["value"].is_string(), "{source}");
    // What the meters used stands in the account of the same closing.
    let figure = card("L-1", "kwh_per_mu");
    let source = get(
        server,
        &format!("/api/v1/sources/{}", figure.as_str().unwrap()),
    );
    assert_eq!(source["unit"], "kWh/亩", "{source}");
    the_total_can_be_added_up(server, month);
    assert_eq!(card("L-2", "energy_per_mu"), Value::Null);
    // A band tells of nobody's figure, and what is of now has no account.
    assert_eq!(card("L-1", "energy_per_output"), Value::Null);
    assert_eq!(card("L-1", "load_per_mu"), Value::Null);
}

fn the_total_can_be_added_up(server: &Server, month: Month) {
    let decimal = |value: &Value| value.as_str().unwrap().parse::<Decimal>().unwrap();
    for (layer, park) in [
        ("kwh_per_mu", "&park=p1"),
        ("energy_per_mu", "&park=p1"),
        ("kwh_per_mu", ""),
    ] {
        let total = &get(server, &format!("/api/v1/map?k={layer}&p={month}{park}"))["total"];
        let id = total["figure"].as_str().unwrap();
        let source = get(server, &format!("/api/v1/sources/{id}"));
        assert_eq!(
            (&source["id"], &source["value"]),
            (&total["figure"], &total["value"])
        );
        let added = source["added"].as_array().unwrap();
        assert_eq!(added.len(), 1, "{source}");
        for (part, input) in [("amount", 0), ("below", 1)] {
            let sum: Decimal = added.iter().map(|one| decimal(&one[part])).sum();
            let off = (sum - decimal(&source["inputs"][input]["value"])).abs();
            assert!(off < Decimal::new(1, 2), "{part} {source}");
        }
        let one = get(
            server,
            &format!("/api/v1/sources/{}", added[0]["figure"].as_str().unwrap()),
        );
        assert_eq!(one["key"], code(1).as_str());
    }
    for absent in [
        "total_load_per_mu:p1",
        "total_kwh_per_mu:P9",
        "total_nothing:p1",
    ] {
        let answer = server.get(&format!("/api/v1/sources/{absent}:{month}:1"));
        assert_eq!(answer.status, 404, "{absent}");
    }
    // That of a year has no consumption of its own: there is no such figure.
    let year = month.year();
    let answer = server.get(&format!("/api/v1/sources/total_kwh_per_mu:p1:{year}:1"));
    assert_eq!(answer.status, 404, "{}", answer.text());
    a_difference_has_the_total_of_its_own_period(server, month);
}

/// A difference is of two periods: its total has no one source, and says of how many parcels of the
/// period shown it is, whether or not they can be compared.
fn a_difference_has_the_total_of_its_own_period(server: &Server, month: Month) {
    let own = get(server, &format!("/api/v1/map?park=p1&p={month}"));
    for base in [month.previous().to_string(), "2020-01".to_owned()] {
        let path = format!("/api/v1/map?park=p1&p={month}&c={base}");
        let map = get(server, &path);
        assert_eq!(map["total"]["figure"], Value::Null);
        for key in ["value", "numerator", "parcels"] {
            assert_eq!(map["total"][key], own["total"][key], "{key} {path}");
        }
    }
    // A period without any figures is said to be without, in pictures, too.
    let query = format!("park=p1&p={month}&c=2020-01");
    assert_eq!(
        get(server, &format!("/api/v1/map?{query}"))["against_known"],
        false
    );
    let svg = server.get(&format!("/api/v1/map.svg?{query}"));
    assert!(
        svg.text().contains("2020年1月没有数，算不出差值"),
        "{}",
        svg.text()
    );
    assert_ne!(own["total"]["parcels"], 0);
}

/// With the value that it had.
fn every_revision_of_a_sum_is_listed(server: &Server, month: Month) {
    let accounts = get(server, &format!("/api/v1/accounts?period={month}"));
    let revision = &accounts["revision"];
    assert!(revision.as_u64().unwrap() > 1, "{accounts}");
    let path = format!("/api/v1/sources/natural_gas_m3:p1:{month}:{revision}");
    let source = get(server, &path);
    let listed = source["version"]["revisions"].as_array().unwrap();
    let numbers: Vec<u64> = listed
        .iter()
        .map(|one| one["revision"].as_u64().unwrap())
        .collect();
    assert!(numbers.len() > 1, "{source}");
    assert!(numbers.is_sorted_by(|a, b| a > b), "{source}");
    assert_eq!(listed[0]["value"], source["value"]);
    assert!(listed.iter().all(|one| one["closed_at"].is_string()));
}

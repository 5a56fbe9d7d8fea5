//! Layers without more or less: what the land is, and where values beyond limits lie; as the map, its
//! files and the card say it, cut to what each role may see.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::pages_rights::{City, city, cookie, text};
use crate::rights_things::main_meter;

const LAND: [&str; 7] = [
    "working",
    "unused",
    "construction",
    "vacant",
    "public",
    "contrary",
    "other",
];

#[test]
fn categories_say_the_same_on_map_card_and_files_and_each_role_sees_its_part() {
    let city = city("1");
    let operator = cookie(
        &city.server,
        &json!({"role": "operator", "park": city.here}),
    );
    let elsewhere = json!({"role": "operator", "park": city.elsewhere});
    let elsewhere = cookie(&city.server, &elsewhere);
    let own = cookie(
        &city.server,
        &json!({"role": "enterprise", "enterprise": city.own}),
    );
    land_is_as_registered_and_by_who_stands_there(&city, &operator);
    files_hold_the_categories(&city, &operator);
    values_beyond_limits_are_those_of_their_page(&city, &operator);
    for k in ["land_state", "beyond_limits"] {
        let path = format!("/api/v1/map?k={k}&park={}", city.here);
        let seen = cells(&get(&city, &path, &own));
        for (parcel, cell) in &seen {
            let is_own = holders(cell).contains(&city.own);
            let is_held = cell["state"] != "hidden" && !holders(cell).is_empty();
            assert_eq!(is_held, is_own, "{k} {parcel} {cell}");
            if cell["state"] == "hidden" {
                assert_eq!(cell["category"], Value::Null);
                assert_eq!(cell["beyond"], Value::Null);
                assert_eq!(cell["land_state"], Value::Null);
            }
        }
        assert_eq!(status(&city, &path, &elsewhere), 404);
        let public = cookie(&city.server, &json!({"role": "public"}));
        assert_eq!(status(&city, &path, &public), 404);
        // Of now: no revision, no difference, no surface.
        assert_eq!(status(&city, &format!("{path}&v=1"), &operator), 400);
        assert_eq!(status(&city, &format!("{path}&c=2025"), &operator), 400);
        let surface = format!("/api/v1/surface?k={k}&park={}", city.here);
        assert_eq!(status(&city, &surface, &operator), 400);
    }
    city.server.stop();
}

fn status(city: &City, path: &str, cookie: &str) -> u16 {
    city.server.send("GET", path, &[cookie], b"").status
}

fn get(city: &City, path: &str, cookie: &str) -> Value {
    let answer = city.server.send("GET", path, &[cookie], b"");
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

fn cells(map: &Value) -> BTreeMap<String, Value> {
    let cells = map["cells"].as_array().unwrap().iter();
    cells
        .map(|cell| (text(&cell["parcel"]), cell.clone()))
        .collect()
}

fn holders(cell: &Value) -> Vec<String> {
    let all = cell["enterprises"].as_array().unwrap().iter();
    all.map(|one| text(&one["enterprise"])).collect()
}

/// The legend's counts are those of the cells, in its own order; everything adds up.
fn legend_adds_up(map: &Value, all: &[&str]) {
    let legend = map["legend"]["categories"].as_array().unwrap();
    let codes: Vec<&str> = legend
        .iter()
        .map(|one| one["category"].as_str().unwrap())
        .collect();
    assert_eq!(codes, all);
    let mut sum = map["legend"]["no_data"].as_u64().unwrap();
    sum += map["legend"]["not_counted"].as_u64().unwrap();
    for one in legend {
        let here = cells(map);
        let count = here
            .values()
            .filter(|cell| cell["category"] == one["category"])
            .count();
        assert_eq!(one["count"], count, "{one}");
        sum += u64::try_from(count).unwrap();
    }
    assert_eq!(sum, u64::try_from(cells(map).len()).unwrap());
    assert_eq!(map["total"]["value"], Value::Null);
    assert_eq!(map["total"]["figure"], Value::Null);
}

fn land_is_as_registered_and_by_who_stands_there(city: &City, operator: &str) {
    let path = format!("/api/v1/map?k=land_state&park={}", city.here);
    let map = get(city, &path, operator);
    legend_adds_up(&map, &LAND);
    let mut seen = BTreeMap::<String, usize>::new();
    for cell in cells(&map).values() {
        let expected = match (cell["land_state"].as_str(), holders(cell).is_empty()) {
            (Some("空地"), true) => json!("vacant"),
            (Some("公用"), _) => json!("public"),
            (Some("空地"), false) => json!("contrary"),
            (None, false) => json!("working"),
            (None, true) => Value::Null,
            (other, _) => panic!("{other:?}"),
        };
        assert_eq!(cell["category"], expected, "{cell}");
        assert_eq!(cell["state"] == "no_data", expected.is_null());
        *seen.entry(cell["category"].to_string()).or_default() += 1;
    }
    assert!(seen.len() >= 3, "{seen:?}");
    let card = format!(
        "/api/v1/parcels/{}/card?k=land_state&park={}",
        city.parcel, city.here
    );
    assert_eq!(get(city, &card, operator)["category"], "working");
}

fn files_hold_the_categories(city: &City, operator: &str) {
    let query = format!("k=land_state&park={}", city.here);
    let map = get(city, &format!("/api/v1/map?{query}"), operator);
    let file = |kind: &str, more: &str| {
        let path = format!("/api/v1/map.{kind}?{query}{more}");
        let answer = city.server.send("GET", &path, &[operator], b"");
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer
    };
    let features = file("geojson", "").json();
    let all = cells(&map);
    for one in features["features"].as_array().unwrap() {
        let cell = &all[one["properties"]["parcel"].as_str().unwrap()];
        assert_eq!(one["properties"]["value"], cell["category"]);
    }
    let vacant = all
        .iter()
        .filter(|(_, cell)| cell["category"] == "vacant")
        .map(|(parcel, _)| parcel.clone());
    let vacant: Vec<String> = vacant.collect();
    let chosen = file("geojson", "&f=category:vacant").json();
    let held = chosen["features"].as_array().unwrap().iter();
    let held: Vec<String> = held.map(|one| text(&one["properties"]["parcel"])).collect();
    assert_eq!(held, vacant);
    let csv = file("csv", "&f=category:vacant");
    let rows = csv.text().matches(",vacant,").count();
    assert!(rows >= vacant.len() && rows > 0, "{}", csv.text());
    // Every category has its colour in the legend, there or not; what is looked at is said.
    let svg = file("svg", "");
    for one in map["legend"]["categories"].as_array().unwrap() {
        assert!(
            svg.text().contains(one["colour"].as_str().unwrap()),
            "{one}"
        );
    }
    let chosen = file("svg", "&f=category:vacant");
    assert!(
        chosen.text().contains("「空地」的地块"),
        "{}",
        texts(chosen.text())
    );
    for kind in ["png", "pdf", "xlsx"] {
        assert!(file(kind, "").body.len() > 1000, "{kind}");
    }
    let wrong = format!("/api/v1/map.csv?{query}&f=category:nothing");
    assert_eq!(status(city, &wrong, operator), 400);
}

/// What stands in a picture, for people to read.
fn texts(svg: &str) -> String {
    svg.lines().filter(|line| line.contains("desc")).collect()
}

/// Has the gateway of the enterprise send a value that no register can have.
fn send_beyond(city: &City, times: i64) {
    let fleet = city.stage.data_dir().join("demo-gateways.json");
    let fleet: Value = serde_json::from_str(&std::fs::read_to_string(fleet).unwrap()).unwrap();
    let meter = main_meter(&city.server, &city.own);
    let all = city.server.get("/api/v1/gateways?limit=1000").json();
    let mut all = all["items"].as_array().unwrap().iter();
    let owned = all
        .find(|one| one["enterprise"] == city.own.as_str())
        .unwrap();
    let mut gateways = fleet["gateways"].as_array().unwrap().iter();
    let gateway = gateways.find(|one| one["gateway"] == owned["gateway"]);
    let header = format!("Authorization: Bearer {}", text(&gateway.unwrap()["token"]));
    for time in 0..times {
        let at = jiff::Timestamp::now().as_second() - time;
        let id = text(&meter["meter"]);
        let body = format!(r#"{{"meter":"{id}","at":{at},"values":{{"kwh_register":-5}}}}"#);
        let path = "/api/v1/readings";
        let answer = city.server.send("POST", path, &[&header], body.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
}

fn values_beyond_limits_are_those_of_their_page(city: &City, operator: &str) {
    let path = format!("/api/v1/map?k=beyond_limits&park={}", city.here);
    let before = cells(&get(city, &path, operator));
    let count = |cell: &Value| cell["beyond"].as_u64().unwrap_or_default();
    let own = |cell: &Value| holders(cell).contains(&city.own);
    let was = before.values().find(|cell| own(cell)).map_or(0, count);
    send_beyond(city, 3);
    let map = get(city, &path, operator);
    legend_adds_up(&map, &["beyond_now", "beyond_before", "within"]);
    let today = get(city, &format!("/api/v1/today?park={}", city.here), operator);
    let beyond = today["beyond"].as_array().unwrap();
    for cell in cells(&map).values() {
        let here = holders(cell);
        let listed = beyond
            .iter()
            .filter(|one| here.contains(&text(&one["enterprise"])));
        let listed: u64 = listed.map(|one| one["values"].as_u64().unwrap()).sum();
        assert_eq!(count(cell), listed, "{cell}");
        let comes = ["on_time", "late"].contains(&cell["freshness"].as_str().unwrap());
        match (here.is_empty(), listed) {
            (true, _) => assert_eq!(cell["state"], "not_counted"),
            (_, 0) if comes => assert_eq!(cell["category"], "within"),
            // No data is not "none beyond".
            (_, 0) => assert_eq!(cell["state"], "no_data", "{cell}"),
            _ => assert_ne!(cell["category"], "within"),
        }
        if own(cell) {
            assert_eq!(count(cell), was + 3);
            assert_eq!(cell["category"], "beyond_now");
            assert!(cell["beyond_day"].as_u64().unwrap() >= 3);
        }
    }
    let csv = format!("/api/v1/map.csv?k=beyond_limits&park={}", city.here);
    let csv = city.server.send("GET", &csv, &[operator], b"");
    let csv = csv.text();
    let line = csv
        .lines()
        .find(|line| line.contains(&city.parcel))
        .unwrap();
    assert!(
        line.contains(&format!(",{},次,beyond_now,value,", was + 3)),
        "{line}"
    );
}

//! Did the data arrive: what the enterprise's home says of meters, quarantine and test messages.

use serde_json::{Value, json};

use crate::stage::{ENTERPRISE, Server, Stage};

const SLOT_S: i64 = 900;

fn post(server: &Server, token: &str, body: &Value) {
    let header = format!("Authorization: Bearer {token}");
    let body = body.to_string();
    let answer = server.send("POST", "/api/v1/readings", &[&header], body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn meter<'a>(arrival: &'a Value, id: &str) -> &'a Value {
    let mut meters = arrival["meters"].as_array().unwrap().iter();
    meters
        .find(|one| one["meter"] == id)
        .unwrap_or_else(|| panic!("{id}: {arrival}"))
}

/// A park whose electricity meter sent every slot of the last day but eight, twice in some, and
/// whose gas meter has a clock eight hours ahead.
fn served(stage: &Stage) -> Server {
    let token = stage.register_park();
    let server = stage.serve();
    let now = jiff::Timestamp::now().as_second();
    let newest = now - now.rem_euclid(SLOT_S);
    let reading = |meter: &str, indicator: &str, at: i64, register: i64| json!({"meter": meter, "at": at, "values": {indicator: register}});
    let mut readings = Vec::new();
    for slot in (0..96).filter(|slot| !(40..48).contains(slot)) {
        let (at, register) = (newest - slot * SLOT_S, 100_000 - slot);
        readings.push(reading("E-01", "kwh_register", at, register));
        readings.push(reading("E-01", "kwh_register", at + 10, register));
    }
    readings.retain(|one| one["at"].as_i64().unwrap() <= now);
    post(&server, &token, &json!({"readings": readings}));
    let ahead =
        [3_600 * 8, 3_600 * 8 + 60].map(|by| reading("G-01", "gas_m3_register", now + by, 1));
    post(&server, &token, &json!({"readings": ahead}));
    for meter in ["X-7", "X-8", "X-8"] {
        post(&server, &token, &reading(meter, "kwh_register", now, 1));
    }
    server
}

#[test]
fn strips_states_causes_and_quarantine_say_what_came() {
    let stage = Stage::new();
    let server = served(&stage);
    let arrival = server.get("/api/v1/arrival").json();
    let days = arrival["days"].as_array().unwrap();
    assert_eq!(days.len(), 14);
    what_came_is_counted_in_slots(&arrival);
    a_silent_meter_names_the_clock_of_its_gateway(&arrival);
    heaps_are_by_cause_and_unknown_meters_apart(&arrival);
    the_table_holds_every_strip(&server, &arrival);
    ninety_days_end_as_fourteen_do(&server, &arrival);
    only_what_is_there_can_be_asked_for(&server);
    the_readings_of_a_day_come_in_order(&server, &arrival);
    server.stop();
}

fn what_came_is_counted_in_slots(arrival: &Value) {
    let electricity = meter(arrival, "E-01");
    assert_eq!(electricity["state"], "on_time");
    assert_eq!(electricity["cause"], Value::Null);
    let strip = electricity["strip"].as_array().unwrap();
    let sum = |field: &str| -> i64 {
        strip[12..]
            .iter()
            .map(|day| day[field].as_i64().unwrap())
            .sum()
    };
    let before: i64 = strip[..12]
        .iter()
        .map(|day| day["received"].as_i64().unwrap())
        .sum();
    assert_eq!(before, 0);
    // Slots that are not due yet count on neither side; two readings in one slot count once.
    assert!((86..=88).contains(&sum("received")), "{strip:?}");
    assert_eq!(strip[0]["expected"], 96);
}

fn a_silent_meter_names_the_clock_of_its_gateway(arrival: &Value) {
    let gas = meter(arrival, "G-01");
    assert_eq!(gas["state"], "silent");
    assert_eq!(gas["latest_at"], Value::Null);
    let cause = &gas["cause"];
    assert_eq!(cause["cause"], "quarantined");
    assert_eq!(
        (&cause["code"], &cause["ahead_s"]),
        (&json!("time_out_of_range"), &json!(28_800))
    );
    assert_eq!(cause["items"], 2);
    assert_eq!(arrival["meters"][0]["meter"], "G-01", "the worst first");
}

fn heaps_are_by_cause_and_unknown_meters_apart(arrival: &Value) {
    let heaps = arrival["quarantine"].as_array().unwrap();
    let mut found: Vec<_> = heaps
        .iter()
        .map(|heap| {
            (
                heap["code"].as_str().unwrap(),
                heap["meter"].as_str(),
                heap["items"].as_u64(),
            )
        })
        .collect();
    found.sort_unstable();
    let expected = [
        ("time_out_of_range", Some("G-01"), Some(2)),
        ("unknown_meter", Some("X-7"), Some(1)),
        ("unknown_meter", Some("X-8"), Some(2)),
    ];
    assert_eq!(found, expected);
    let gateway = &arrival["gateways"][0];
    let topic = format!("parkpulse/v1/{ENTERPRISE}/gw-1/test");
    assert_eq!(gateway["test_topic"], topic.as_str());
}

fn the_table_holds_every_strip(server: &Server, arrival: &Value) {
    let table = server.get("/api/v1/arrival.csv");
    let text = table.text().strip_prefix('\u{feff}').expect("a BOM");
    let rows: Vec<csv::StringRecord> = csv::Reader::from_reader(text.as_bytes())
        .into_records()
        .map(Result::unwrap)
        .collect();
    let mut index = 0;
    for one in arrival["meters"].as_array().unwrap() {
        for (day, count) in arrival["days"]
            .as_array()
            .unwrap()
            .iter()
            .zip(one["strip"].as_array().unwrap())
        {
            let row = &rows[index];
            index += 1;
            assert_eq!(
                (&row[0], &row[6]),
                (one["meter"].as_str().unwrap(), day.as_str().unwrap())
            );
            assert_eq!(row[7], count["expected"].to_string());
            assert_eq!(row[8], count["received"].to_string());
        }
    }
    assert_eq!(rows.len(), index);
}

fn ninety_days_end_as_fourteen_do(server: &Server, arrival: &Value) {
    let long = server.get("/api/v1/arrival?days=90").json();
    let of = |arrival: &Value, id: &str| meter(arrival, id)["strip"].as_array().unwrap().clone();
    for id in ["E-01", "G-01"] {
        let (long, short) = (of(&long, id), of(arrival, id));
        assert_eq!((long.len(), short.len()), (90, 14));
        // The running day counts on while one asks.
        assert_eq!(long[76..89], short[..13], "{id}");
        assert_eq!(long[0]["expected"], 96, "{id}");
    }
    assert_eq!(
        long["days"].as_array().unwrap()[76..],
        arrival["days"].as_array().unwrap()[..]
    );
    let table = server.get("/api/v1/arrival.csv?days=90");
    let meters = arrival["meters"].as_array().unwrap().len();
    assert_eq!(table.text().lines().count(), 1 + 90 * meters);
}

fn only_what_is_there_can_be_asked_for(server: &Server) {
    let rows = [
        (format!("/api/v1/arrival?enterprise={ENTERPRISE}"), 200),
        (
            "/api/v1/arrival?enterprise=91320583MA1N0X0X1X".to_owned(),
            404,
        ),
        ("/api/v1/arrival?enterprise=x".to_owned(), 404),
        ("/api/v1/arrival?park=p1".to_owned(), 200),
        ("/api/v1/arrival?park=p2".to_owned(), 404),
        (
            format!("/api/v1/arrival?park=p1&enterprise={ENTERPRISE}"),
            400,
        ),
        ("/api/v1/arrival?days=90".to_owned(), 200),
        ("/api/v1/arrival?days=91".to_owned(), 400),
        ("/api/v1/arrival?days=0".to_owned(), 400),
        ("/api/v1/arrival?days=x".to_owned(), 400),
        (
            "/api/v1/meters/E-01/readings?indicator=kwh_register".to_owned(),
            200,
        ),
        (
            "/api/v1/meters/E-01/readings?indicator=kwh_register&day=2026-02-30".to_owned(),
            400,
        ),
        (
            "/api/v1/meters/E-01/readings?indicator=nonsense".to_owned(),
            400,
        ),
        (
            "/api/v1/meters/E-01/readings?indicator=gas_m3_register".to_owned(),
            404,
        ),
        ("/api/v1/meters/E-01/readings".to_owned(), 400),
        (
            "/api/v1/meters/E-99/readings?indicator=kwh_register".to_owned(),
            404,
        ),
    ];
    for (path, status) in rows {
        let answer = server.get(&path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
    }
}

fn the_readings_of_a_day_come_in_order(server: &Server, arrival: &Value) {
    let today = arrival["days"][13].as_str().unwrap();
    let path = format!("/api/v1/meters/E-01/readings?indicator=kwh_register&day={today}");
    let day = server.get(&path).json();
    assert_eq!(
        (&day["unit"], &day["interval_s"]),
        (&json!("kWh"), &json!(900))
    );
    let times: Vec<_> = day["readings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["at"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(times.iter().all(|at| at.starts_with(today)), "{times:?}");
}

//! A heap of the quarantine is taken in again from the page: by whom, what of it, with which reason, and
//! nothing twice.

use serde_json::{Value, json};

use crate::ledger_check::program;
use crate::stage::{Answer, ENTERPRISE, Server, Stage};

/// Another enterprise of the same park.
pub(crate) const OTHER: &str = "91320583MA1N0X0X2Q";
const AHEAD_S: i64 = 8 * 3_600;

fn post(server: &Server, token: &str, body: &Value) {
    let header = format!("Authorization: Bearer {token}");
    let body = body.to_string();
    let answer = server.send("POST", "/api/v1/readings", &[&header], body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn replay(server: &Server, who: &str, body: &Value) -> Answer {
    let headers = ["Content-Type: application/json", who];
    let path = "/api/v1/arrival/quarantine/replay";
    server.send("POST", path, &headers, body.to_string().as_bytes())
}

fn heap(server: &Server, code: &str) -> Option<Value> {
    let arrival = server.get("/api/v1/arrival").json();
    let mut heaps = arrival["quarantine"].as_array().unwrap().iter();
    heaps.find(|heap| heap["code"] == code).cloned()
}

#[test]
fn a_heap_is_taken_in_again_by_those_who_may() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let now = jiff::Timestamp::now().as_second();
    let reading = |meter: &str, indicator: &str, at: i64, register: i64| json!({"meter": meter, "at": at, "values": {indicator: register}});
    // A clock eight hours ahead, one of nine, and a meter that nobody registered.
    for (ahead, register) in [
        (AHEAD_S - 120, 98),
        (AHEAD_S - 60, 99),
        (AHEAD_S, 100),
        (AHEAD_S + 3_600, 90),
    ] {
        let one = reading("G-01", "gas_m3_register", now + ahead, register);
        post(&server, &token, &one);
    }
    post(&server, &token, &reading("E-07", "kwh_register", now, 5));
    let own = program(&stage, "clerk", "enterprise", ENTERPRISE);
    let runner = program(&stage, "runner", "operator", "p1");
    whoever_may_not_finds_nothing(&stage, &server);
    the_clock_is_moved_back_and_nothing_counts_twice(&server, &own, now);
    what_is_still_wrong_stays(&stage, &server, &runner);
    a_wrong_meter_number_is_set_right(&stage, &server, &token, &own);
    let log = audit(&stage);
    assert_eq!(log.len(), 4, "{log:?}");
    assert!(
        log[3].contains("gw-1 unknown_meter by 0 ms as E-01: typed wrong"),
        "{log:?}"
    );
    assert!(
        log[0].contains("gw-1 time_out_of_range by -28800000 ms: clock set right"),
        "{log:?}"
    );
    server.stop();
}

fn whoever_may_not_finds_nothing(stage: &Stage, server: &Server) {
    let heap = heap(server, "time_out_of_range").unwrap();
    let body = json!({"number": heap["number"], "shift": true, "reason": "r"});
    for (account, role, scope) in [("office", "bureau", ""), ("log", "aud", "")] {
        let who = program(stage, account, role, scope);
        assert_eq!(replay(server, &who, &body).status, 404, "{role}");
    }
    assert_eq!(replay(server, "X-Nobody: 1", &body).status, 404);
    assert_eq!(
        self::heap(server, "time_out_of_range").unwrap()["items"],
        heap["items"]
    );
}

fn the_clock_is_moved_back_and_nothing_counts_twice(server: &Server, own: &str, now: i64) {
    let heaps = server.get("/api/v1/arrival").json();
    let mut heaps = heaps["quarantine"].as_array().unwrap().iter();
    let eight = heaps.find(|heap| heap["ahead_s"] == AHEAD_S).unwrap();
    assert_eq!(eight["items"], 3);
    let number = &eight["number"];
    for (body, status) in [
        (json!({"number": number, "shift": true}), 422),
        (json!({"number": number, "shift": true, "reason": " "}), 400),
        (json!({"number": number, "reason": "r", "more": 1}), 422),
        (
            json!({"number": 999_999, "shift": true, "reason": "r"}),
            404,
        ),
        (
            json!({"number": heap(server, "unknown_meter").unwrap()["number"], "shift": true, "reason": "r"}),
            400,
        ),
    ] {
        assert_eq!(replay(server, own, &body).status, status, "{body}");
    }
    let body = json!({"number": number, "shift": true, "reason": "clock set right"});
    let answer = replay(server, own, &body);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json(), json!({"items": 3, "values": 3, "left": 0}));
    // Those of the other clock are left, and the heap is gone.
    assert_eq!(
        heap(server, "time_out_of_range").unwrap()["ahead_s"],
        AHEAD_S + 3_600
    );
    assert_eq!(
        replay(server, own, &body).status,
        404,
        "it lies there no more"
    );
    let mut readings = Vec::new();
    for at in [now, now - 86_400] {
        let day: String = parkpulse::calendar::Moment::from_unix_ms(at * 1000).to_string();
        let path = format!(
            "/api/v1/meters/G-01/readings?indicator=gas_m3_register&day={}",
            &day[..10]
        );
        let found = server.get(&path).json();
        readings.extend(found["readings"].as_array().unwrap().clone());
    }
    assert_eq!(readings.len(), 3, "{readings:?}");
    for one in &readings {
        assert!(
            one["flags"]
                .as_array()
                .unwrap()
                .contains(&json!("time_shifted")),
            "{one}"
        );
    }
}

fn what_is_still_wrong_stays(stage: &Stage, server: &Server, runner: &str) {
    let unknown = heap(server, "unknown_meter").unwrap();
    let body = json!({"number": unknown["number"], "reason": "registered now"});
    let answer = replay(server, runner, &body);
    assert_eq!(answer.json(), json!({"items": 0, "values": 0, "left": 1}));
    assert_eq!(heap(server, "unknown_meter").unwrap()["items"], 1);
    let meters = format!(
        "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to\n\
         E-07,{ENTERPRISE},gw-1,kwh_register,1000000,1,5000,900,,,2025-01-01,\n"
    );
    stage.import("meters", "seven.csv", &meters);
    let answer = replay(server, runner, &body);
    assert_eq!(answer.json(), json!({"items": 1, "values": 1, "left": 0}));
    assert!(heap(server, "unknown_meter").is_none());
}

/// Another enterprise of the park, with a meter.
pub(crate) fn register_other(stage: &Stage) {
    let other = format!(
        "enterprise,name,park,area,industry,scale,established,group,capital_origin\n\
         {OTHER},乙厂,p1,,C39,above,2015-01-01,,\n"
    );
    stage.import("enterprises", "other.csv", &other);
    let meters = format!(
        "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to\n\
         X-01,{OTHER},,kwh_register,1000000,1,5000,900,,,2025-01-01,\n"
    );
    stage.import("meters", "others.csv", &meters);
}

/// Readings that name no meter are taken as those of one of the same enterprise, and say so.
fn a_wrong_meter_number_is_set_right(stage: &Stage, server: &Server, token: &str, own: &str) {
    register_other(stage);
    let at = jiff::Timestamp::now().as_second() - 300;
    let sent = json!({"meter": "E-1", "at": at, "values": {"kwh_register": 41}});
    post(server, token, &sent);
    post(
        server,
        token,
        &json!({"meter": "E-01", "at": at, "values": {"nothing": 1}}),
    );
    let number = heap(server, "unknown_meter").unwrap()["number"].clone();
    let other = heap(server, "unknown_indicator").unwrap()["number"].clone();
    for (number, meter, status) in [
        // Not there, somebody else's, no id, and a heap whose meter is known.
        (&number, "E-99", 404),
        (&number, "X-01", 404),
        (&number, "E 01", 404),
        (&other, "E-01", 400),
    ] {
        let body = json!({"number": number, "meter_as": meter, "reason": "r"});
        let answer = replay(server, own, &body);
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
    }
    assert_eq!(heap(server, "unknown_meter").unwrap()["items"], 1);
    let body = json!({"number": number, "meter_as": "E-01", "reason": "typed wrong"});
    let answer = replay(server, own, &body);
    assert_eq!(answer.json(), json!({"items": 1, "values": 1, "left": 0}));
    assert!(heap(server, "unknown_meter").is_none());
    let day = parkpulse::calendar::Moment::from_unix_ms(at * 1000).to_string();
    let path = "/api/v1/meters/E-01/readings?indicator=kwh_register&day=";
    let found = server.get(&format!("{path}{}", &day[..10])).json();
    let mapped = &found["readings"][0];
    assert_eq!(
        (&mapped["value"], &mapped["flags"]),
        (&json!("41"), &json!(["meter_mapped"])),
        "{found}"
    );
}

fn audit(stage: &Stage) -> Vec<String> {
    let file = stage.data_dir().join("registry.db");
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let file = rusqlite::Connection::open_with_flags(file, flags).unwrap();
    let mut asking = file
        .prepare("SELECT object FROM audit WHERE action = 'quarantine.replay' ORDER BY number")
        .unwrap();
    let rows = asking.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

/// More than are counted: the newest are, and it is said that there may be more.
#[test]
fn a_heap_of_more_than_are_counted_says_so() {
    const COUNTED: i64 = 20_000;
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let now = jiff::Timestamp::now().as_second();
    let send = |from: i64, to: i64| {
        let reading = |at: i64| json!({"meter": "E-07", "at": now - at, "values": {"kw": 1}});
        let readings: Vec<Value> = (from..to).map(reading).collect();
        post(&server, &token, &json!({"readings": readings}));
    };
    (0..COUNTED / 1000)
        .for_each(|batch| send(batch * 1000, (batch + 1) * 1000 - i64::from(batch == 0)));
    let few = heap(&server, "unknown_meter").unwrap();
    assert_eq!(
        (&few["items"], &few["more"]),
        (&json!(COUNTED - 1), &json!(false))
    );
    let csv = server.get("/api/v1/arrival/quarantine.csv");
    assert!(!csv.text().contains("# "), "nothing is left out");
    send(COUNTED, COUNTED + 2);
    let many = heap(&server, "unknown_meter").unwrap();
    assert_eq!(
        (&many["items"], &many["more"]),
        (&json!(COUNTED), &json!(true))
    );
    let csv = server.get("/api/v1/arrival/quarantine.csv");
    let last = csv.text().lines().last().unwrap();
    assert!(last.starts_with("\"# 较早的没有列出"), "{last}");
    server.stop();
}

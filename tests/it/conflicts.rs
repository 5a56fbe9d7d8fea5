//! Two values of one instant: shown side by side, decided by whom they concern, with a reason, and the
//! ledger follows.

use std::time::Duration;

use serde_json::{Value, json};

use crate::ledger_check::program;
use crate::stage::{Answer, ENTERPRISE, Server, Stage, until};

const WITHIN: Duration = Duration::from_mins(1);

fn send(server: &Server, token: &str, at: i64, register: u32) {
    let reading = format!(r#"{{"meter":"E-01","at":{at},"values":{{"kwh_register":{register}}}}}"#);
    let header = format!("Authorization: Bearer {token}");
    let answer = server.send("POST", "/api/v1/readings", &[&header], reading.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn conflicts(server: &Server, who: &str) -> Value {
    let answer = server.get_as("/api/v1/conflicts", &[who]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn decide(server: &Server, who: &str, body: &Value) -> Answer {
    let headers = ["Content-Type: application/json", who];
    let body = body.to_string();
    server.send(
        "POST",
        "/api/v1/conflicts/decide",
        &headers,
        body.as_bytes(),
    )
}

/// What the provisional account says of electricity.
fn used(server: &Server, who: &str) -> Option<String> {
    let address = format!("/api/v1/accounts/{ENTERPRISE}");
    let account = server.get_as(&address, &[who]).json();
    let figures = account["account"]["figures"].as_array()?;
    let one = figures
        .iter()
        .find(|one| one["kind"] == "electricity_kwh")?;
    Some(one["value"].as_str()?.to_owned())
}

#[test]
fn of_two_values_the_one_that_somebody_decided_for_counts() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_RATE__ACCOUNT_PER_SECOND", "10000");
    });
    let own = program(&stage, "own.clerk", "enterprise", ENTERPRISE);
    let bureau = program(&stage, "city.desk", "bureau", "");
    stage.import(
        "parks",
        "more.csv",
        "park,name,district,kind\np2,二号园,高新区,\n",
    );
    let elsewhere = program(&stage, "op.elsewhere", "operator", "p2");
    let at = jiff::Timestamp::now().as_second() / 900 * 900 - 3600;
    for (at, register) in [(at, 100), (at + 900, 110), (at + 900, 130)] {
        send(&server, &token, at, register);
    }
    until(WITHIN, "the first value counts", || {
        (used(&server, &own).as_deref() == Some("10.0000")).then_some(())
    });
    let shown = until(WITHIN, "the conflict", || {
        let answer = conflicts(&server, &own);
        (answer["open"] == 1).then_some(answer)
    });
    let one = &shown["items"][0];
    let values: Vec<_> = one["values"].as_array().unwrap().iter().collect();
    assert_eq!((values.len(), &one["may"]), (2, &json!(true)), "{one}");
    assert_eq!(
        (&values[0]["value"], &values[0]["counts"]),
        (&json!("110"), &json!(true))
    );
    assert_eq!(
        (&values[1]["value"], &values[1]["counts"]),
        (&json!("130"), &json!(false))
    );
    // The bureau looks on; another park's operator finds nothing.
    assert_eq!(conflicts(&server, &bureau)["items"][0]["may"], false);
    assert_eq!(conflicts(&server, &elsewhere)["items"], json!([]));
    let body = json!({"meter": "E-01", "indicator": "kwh_register", "at": one["at"], "chosen": "130", "reason": "补传的是对的", "seen": null});
    for stranger in [&bureau, &elsewhere] {
        assert_eq!(decide(&server, stranger, &body).status, 404);
    }
    let with = |key: &str, value: Value| {
        let mut other = body.clone();
        other[key] = value;
        other
    };
    for wrong in [
        with("chosen", json!("120")),
        with("reason", json!(" ")),
        with("at", json!("x")),
    ] {
        assert_eq!(decide(&server, &own, &wrong).status, 400, "{wrong}");
    }
    let absent = with("at", json!("2026-01-01T00:00:00+08:00"));
    assert_eq!(decide(&server, &own, &absent).status, 404);
    of_those_who_saw_the_same_one_decides(&server, &own, &body);
    until(WITHIN, "the ledger follows", || {
        (used(&server, &own).as_deref() == Some("30.0000")).then_some(())
    });
    it_is_on_record_and_nobody_is_overwritten(&stage, (&server, &own), body);
    server.stop();
}

/// All saw that nothing is decided: the first is heard, the others are told.
fn of_those_who_saw_the_same_one_decides(server: &Server, own: &str, body: &Value) {
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| decide(server, own, body).status))
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let done = statuses.iter().filter(|status| **status == 200).count();
    assert_eq!(done, 1, "{statuses:?}");
    assert!(
        statuses.iter().all(|status| [200, 409].contains(status)),
        "{statuses:?}"
    );
}

/// Readings are kept in another file than the audit log: what cannot be recorded there is not done here.
#[test]
fn what_cannot_be_recorded_is_neither_decided_nor_taken_in() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let own = program(&stage, "own.clerk", "enterprise", ENTERPRISE);
    let at = jiff::Timestamp::now().as_second() / 900 * 900 - 3600;
    for (at, register) in [
        (at, 100),
        (at + 900, 110),
        (at + 900, 130),
        (at + 9 * 3600, 150),
    ] {
        send(&server, &token, at, register);
    }
    let heap = |server: &Server| {
        let arrival = server.get_as("/api/v1/arrival", &[&own]).json();
        let mut heaps = arrival["quarantine"].as_array().unwrap().iter();
        heaps
            .find(|heap| heap["code"] == "time_out_of_range")
            .cloned()
    };
    let aside = until(WITHIN, "what was set aside", || heap(&server));
    until(WITHIN, "the conflict", || {
        (conflicts(&server, &own)["open"] == 1).then_some(())
    });
    server.stop();
    let server = stage.serve_with(|command| {
        command.env("FAILPOINTS", "audit_note=return");
    });
    let shown = until(WITHIN, "the conflict", || {
        let shown = conflicts(&server, &own);
        (shown["open"] == 1).then_some(shown)
    });
    let decision = json!({"meter": "E-01", "indicator": "kwh_register", "at": shown["items"][0]["at"], "chosen": "130", "reason": "r", "seen": null});
    let replay = json!({"number": aside["number"], "shift": true, "reason": "r"});
    for (path, body) in [
        ("/api/v1/conflicts/decide", decision),
        ("/api/v1/arrival/quarantine/replay", replay),
        ("/api/v1/notifications/read", json!({"numbers": [1]})),
    ] {
        let headers = ["Content-Type: application/json", own.as_str()];
        let answer = server.send("POST", path, &headers, body.to_string().as_bytes());
        assert!(answer.status >= 500, "{path}: {}", answer.head);
    }
    let refused = stage.run(&["quarantine", "replay", "--shift", "-8h"]);
    assert_eq!(
        refused.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&refused.stdout)
    );
    let shown = conflicts(&server, &own);
    assert_eq!(
        (&shown["open"], &shown["items"][0]["decision"]),
        (&json!(1), &Value::Null)
    );
    assert_eq!(heap(&server).unwrap()["items"], aside["items"]);
    server.stop();
    what_is_done_by_hand_on_the_machine_is_recorded(&stage);
}

/// Each is a record, written before anything is done.
fn what_is_done_by_hand_on_the_machine_is_recorded(stage: &Stage) {
    stage.ok(&[
        "quarantine",
        "replay",
        "--shift",
        "-9h",
        "--reason",
        "clock",
    ]);
    stage.import("readings", "none.ndjson", "");
    let file = rusqlite::Connection::open(stage.data_dir().join("registry.db")).unwrap();
    let noted = |like: &str| -> i64 {
        let asking =
            "SELECT COUNT(*) FROM audit WHERE action || ' ' || object || ' ' || result LIKE ?1";
        file.query_row(asking, [like], |row| row.get(0)).unwrap()
    };
    assert_eq!(
        noted("quarantine.replay all replay --shift -9h: clock begun"),
        1
    );
    assert_eq!(noted("import readings %none.ndjson begun"), 1);
}

fn it_is_on_record_and_nobody_is_overwritten(
    stage: &Stage,
    (server, own): (&Server, &str),
    mut body: Value,
) {
    let decided = conflicts(server, own);
    let one = &decided["items"][0];
    assert_eq!(
        (&decided["open"], &one["values"][1]["counts"]),
        (&json!(0), &json!(true))
    );
    assert_eq!(one["decision"]["who"], "own.clerk");
    // Who did not see that decision is told; who did may decide again: none of them.
    assert_eq!(decide(server, own, &body).status, 409);
    body["seen"] = one["decision"]["decided_at"].clone();
    body["chosen"] = Value::Null;
    assert_eq!(decide(server, own, &body).status, 200);
    let told = stage.ok(&["audit", "verify"]);
    assert!(!told.is_empty());
    let staff = server.get_as("/api/v1/audit/staff", &[own]).json();
    let mut records = staff["items"].as_array().unwrap().iter();
    let record = records.find(|one| one["action"] == "reading.decide");
    assert!(
        record.unwrap()["object"]
            .as_str()
            .unwrap()
            .contains("E-01 kwh_register")
    );
}

//! The enterprise says of its closed ledger that it is right, or questions it: who may, what is kept,
//! what is refused, what somebody else said meanwhile, and what the audit log says of it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::partial_month::{Months, ledger, served};
use crate::stage::{Answer, ENTERPRISE, Server, Stage, until};

/// The header of a program with the rights of `role`.
pub(crate) fn program(stage: &Stage, account: &str, role: &str, scope: &str) -> String {
    let mut line = vec!["user", "add", account, "--token-days", "1", "--json"];
    line.extend(["--role", role]);
    if !scope.is_empty() {
        line.extend(["--scope", scope]);
    }
    let added: Value = serde_json::from_str(&stage.ok(&line)).unwrap();
    format!("Authorization: Bearer {}", added["token"].as_str().unwrap())
}

fn say(server: &Server, who: &str, body: &Value) -> Answer {
    let path = format!("/api/v1/ledgers/{ENTERPRISE}/checks");
    let headers = ["Content-Type: application/json", who];
    server.send("POST", &path, &headers, body.to_string().as_bytes())
}

fn check(ledger: &Value, kind: &str) -> Value {
    let mut rows = ledger["rows"].as_array().unwrap().iter();
    rows.find(|row| row["kind"] == kind).unwrap()["check"].clone()
}

#[test]
fn an_enterprise_checks_its_closed_ledger() {
    let (stage, months) = (Stage::new(), Months::now());
    let (server, _token) = served(&stage, &months);
    until(Duration::from_mins(1), "the months are closed", || {
        let closed = ledger(&server, months.next);
        let whole = closed["closed"] == true && closed["rows"].as_array()?.len() > 3;
        whole.then_some(())
    });
    let own = program(&stage, "clerk", "enterprise", ENTERPRISE);
    what_is_said_is_kept_and_nothing_over_it(&server, &own, &months);
    what_cannot_be_said_is_refused(&server, &own, &months);
    only_the_enterprise_says_it(&stage, &server, &months);
    the_log_tells_of_it(&stage);
    server.stop();
}

fn what_is_said_is_kept_and_nothing_over_it(server: &Server, own: &str, months: &Months) {
    let shown = ledger(server, months.next);
    let checks = &shown["checks"];
    // Electricity, gas and the coal of both; what follows from them by factors is not asked for.
    assert_eq!(
        (&checks["done"], &checks["of"], &checks["newest"]),
        (&json!(0), &json!(3), &json!(0)),
        "{checks}"
    );
    assert_eq!(checks["may"], false, "an operator looks on");
    let due = checks["due_at"].as_str().unwrap();
    assert!(due.ends_with("-25T17:00:00+08:00"), "{due}");
    let month = months.next.to_string();
    let revision = &shown["revision"];
    let mut said = json!({"month": month, "revision": revision, "seen": 0, "kinds": ["electricity_kwh"], "verdict": "questioned", "note": "比发票少 300 kWh"});
    let answer = say(server, own, &said);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let kept = answer.json();
    assert_eq!(kept["checks"]["done"], 1);
    assert_eq!(kept["checks"]["may"], true);
    let one = check(&kept, "electricity_kwh");
    assert_eq!(
        (&one["verdict"], &one["note"], &one["holds"]),
        (
            &json!("questioned"),
            &json!("比发票少 300 kWh"),
            &json!(true)
        )
    );
    // A second one that had not seen the first: refused, with the time, and the first still stands.
    said["verdict"] = json!("confirmed");
    said["note"] = Value::Null;
    let late = say(server, own, &said);
    assert_eq!(
        (late.status, late.json()["code"].as_str()),
        (409, Some("conflict"))
    );
    assert_eq!(late.json()["params"]["at"], one["at"]);
    assert_eq!(
        check(&ledger(server, months.next), "electricity_kwh")["verdict"],
        "questioned"
    );
    // Who has seen it confirms all rows at once.
    let all = json!({"month": month, "revision": revision, "seen": kept["checks"]["newest"], "verdict": "confirmed"});
    let answer = say(server, own, &all);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let whole = answer.json();
    assert_eq!(
        (&whole["checks"]["done"], &whole["checks"]["of"]),
        (&json!(3), &json!(3))
    );
    for kind in ["electricity_kwh", "natural_gas_m3", "tce_equal"] {
        assert_eq!(check(&whole, kind)["verdict"], "confirmed", "{kind}");
    }
    assert!(check(&whole, "tco2").is_null());
    assert!(check(&ledger(server, months.first), "electricity_kwh").is_null());
}

fn what_cannot_be_said_is_refused(server: &Server, own: &str, months: &Months) {
    let month = months.next.to_string();
    let newest = ledger(server, months.next)["checks"]["newest"].clone();
    let good = json!({"month": month, "revision": 1, "seen": newest, "verdict": "confirmed"});
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let rows = [
        (with("month", json!(months.running.to_string())), 409),
        (with("month", json!("2026-13")), 400),
        (with("revision", json!(99)), 409),
        (with("verdict", json!("well")), 400),
        (with("verdict", json!("questioned")), 400),
        (with("note", json!("a\u{202e}b")), 400),
        (with("note", json!("x".repeat(201))), 400),
        (with("kinds", json!([])), 400),
        (with("kinds", json!(["tco2"])), 400),
        (with("kinds", json!(["tax"])), 400),
        (with("more", json!(1)), 422),
    ];
    for (body, status) in rows {
        let answer = say(server, own, &body);
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
    }
    assert_eq!(
        ledger(server, months.next)["checks"]["newest"],
        newest,
        "nothing was kept"
    );
}

fn only_the_enterprise_says_it(stage: &Stage, server: &Server, months: &Months) {
    let body = json!({"month": months.next.to_string(), "revision": 1, "seen": 99, "verdict": "confirmed"});
    let absent = server.get("/api/v1/parcels/NONE/card").json();
    for (account, role, scope) in [
        ("runner", "operator", "p1"),
        ("office", "bureau", ""),
        ("system", "sys", ""),
    ] {
        let who = program(stage, account, role, scope);
        let answer = say(server, &who, &body);
        assert_eq!(answer.status, 404, "{role}: {}", answer.text());
        assert_eq!(answer.json()["detail"], absent["detail"], "{role}");
    }
    let public = say(server, "X-Nobody: 1", &body);
    assert_eq!(public.status, 404, "{}", public.text());
}

fn the_log_tells_of_it(stage: &Stage) {
    let file = stage.data_dir().join("registry.db");
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    let file = rusqlite::Connection::open_with_flags(file, flags).unwrap();
    let mut asking = file
        .prepare("SELECT object, result FROM audit WHERE action = 'ledger.check' ORDER BY number")
        .unwrap();
    let rows = asking.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    let rows: Vec<(String, String)> = rows.unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert!(rows[0].0.starts_with(ENTERPRISE) && rows[0].0.ends_with(" electricity_kwh"));
    assert_eq!(
        (rows[0].1.as_str(), rows[1].1.as_str()),
        ("questioned", "confirmed")
    );
    // What was refused is there, too.
    let refused: i64 = file
        .query_row(
            "SELECT COUNT(*) FROM audit WHERE action LIKE 'POST %/checks' AND result LIKE 'refused 409%'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(refused, 3);
}

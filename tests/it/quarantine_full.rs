//! A quarantine over its limit (contract.md 2): only code, digest and count are kept, and that is told to
//! people, in figures and on the command line. And a quarantine of more than a page shows: what came last.

use serde_json::{Value, json};

use crate::ledger_check::program;
use crate::notifications::{WITHIN, serve};
use crate::stage::{ENTERPRISE, GATEWAY, Server, Stage, until};

fn post(server: &Server, token: &str, body: &str) -> Value {
    let header = format!("Authorization: Bearer {token}");
    let answer = server.send("POST", "/api/v1/readings", &[&header], body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn a_full_quarantine_is_alarmed_and_listed() {
    let stage = Stage::new();
    let token = stage.register_park();
    let most = ("PARKPULSE_QUARANTINE__MAX_BYTES", "120 B".to_owned());
    let server = serve(&stage, &[most]);
    let own = program(&stage, "own.clerk", "enterprise", ENTERPRISE);
    let reading = r#"{"meter":"X-404","at":"2026-11-22T08:00:00+08:00","values":{"kw":1}}"#;
    let overflows = || {
        let page = server.get_as("/api/v1/notifications", &[&own]).json();
        let items = page["items"].as_array().unwrap().clone();
        let mut items = items.into_iter();
        items.find(|one| one["kind"] == "overflow")
    };
    post(&server, &token, reading);
    let first = server.get("/metrics");
    assert!(
        !first.text().contains("quarantine_cut_items{"),
        "{}",
        first.text()
    );
    let advice = stage.run(&["quarantine", "list"]);
    assert!(advice.stderr.is_empty(), "{advice:?}");
    post(&server, &token, reading);
    let told = until(WITHIN, "the notification", overflows);
    assert_eq!(told["about"], GATEWAY);
    assert_eq!(told["told"]["count"], "1");
    server.says("only code, digest and count are kept");
    let metrics = server.get("/metrics");
    let lines: Vec<&str> = metrics.text().lines().collect();
    for line in [
        "parkpulse_quarantine_cut_items{gateway=\"gw-1\"} 1",
        "parkpulse_quarantine_overflows_total 1",
    ] {
        assert!(lines.contains(&line), "{line}: {lines:#?}");
    }
    let said = |server: bool| {
        let listed = stage.run(&["quarantine", "list"]);
        assert_eq!(listed.status.code(), Some(0));
        let words = String::from_utf8(listed.stderr).unwrap();
        assert!(
            words.contains("gw-1: over quarantine.max_bytes"),
            "{server}: {words}"
        );
        assert!(words.contains("of 1 items"), "{server}: {words}");
        String::from_utf8(listed.stdout).unwrap()
    };
    let with_server = said(true);
    assert_eq!(with_server.lines().count(), 2, "{with_server}");
    server.stop();
    assert_eq!(said(false), with_server);
}

/// The page of what arrived reads so many items of a gateway: the newest of them.
#[test]
fn of_more_items_than_are_read_the_newest_are_shown() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_QUOTA__MESSAGES_PER_SECOND_MAX", "1000000");
    });
    let readings: Vec<Value> = (0..1_000).map(|_| json!({})).collect();
    let many = json!({ "readings": readings }).to_string();
    for _ in 0..20 {
        post(&server, &token, &many);
    }
    let at = crate::pages_park::now().unix_ms();
    let last = json!({"meter": "X-7", "at": at, "values": {"kw": 1}}).to_string();
    post(&server, &token, &last);
    let arrival = server.get("/api/v1/arrival").json();
    let shown = arrival.to_string();
    assert!(shown.contains("X-7"), "{shown}");
    let table = server.get("/api/v1/arrival/quarantine.csv");
    assert_eq!(table.status, 200);
    let rows: Vec<&str> = table.text().lines().collect();
    // Oldest first; the last line says that there are older ones.
    let [.., newest, more] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    assert!(newest.contains("X-7"), "{newest}");
    assert!(more.contains("# "), "{more}");
    server.stop();
}

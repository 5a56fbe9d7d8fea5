//! Trying a gateway: a token that may send test messages and nothing else, what the server then says
//! it saw, and who may give which token (contract.md 6, "users, keys").

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use parkpulse::access::{Principal, Role};
use parkpulse::calendar::{Clock, ClockAt, Moment};
use parkpulse::park::EnterpriseCode;
use parkpulse::store::registry::{Registry, RegistryFault, Settings};

use crate::stage::{ENTERPRISE, GATEWAY, Person, Server, Stage, until};

const WITHIN: Duration = Duration::from_secs(20);

fn noon() -> Moment {
    "2026-11-22T12:00:00+08:00".parse().unwrap()
}

fn clerk_of(code: &EnterpriseCode) -> Principal {
    Principal {
        name: "clerk".into(),
        role: Role::Enterprise(code.clone()),
    }
}

/// A registry with one enterprise, put there by SQL.
async fn registry(directory: &Path, code: &EnterpriseCode) -> Registry {
    let clock: Arc<dyn Clock> = Arc::new(ClockAt::new(noon()));
    let open = || Registry::open(Settings::of(directory.to_owned()), Arc::clone(&clock));
    open().await.unwrap().close().await;
    let file = rusqlite::Connection::open(directory.join("registry.db")).unwrap();
    let sql = "INSERT INTO enterprise VALUES (?1, 0)";
    file.execute(sql, [code.as_str()]).unwrap();
    open().await.unwrap()
}

#[tokio::test]
async fn a_test_token_lives_an_hour_and_no_longer_than_the_gateway_is_let_in() {
    let directory = tempfile::tempdir().unwrap();
    let own: EnterpriseCode = ENTERPRISE.parse().unwrap();
    let registry = registry(directory.path(), &own).await;
    let (local, gateway, other) = (
        Principal::local(),
        "GW-1".parse().unwrap(),
        "GW-2".parse().unwrap(),
    );
    let real = registry.add_gateway(&local, &gateway, &own).await.unwrap();
    registry.add_gateway(&local, &other, &own).await.unwrap();
    let clerk = clerk_of(&own);
    let (token, until) = registry.give_trial_token(&clerk, &gateway).await.unwrap();
    let (token, hour) = (token.reveal().to_owned(), 3_600_000);
    assert_eq!(until, noon().plus_ms(hour));
    let doors = registry.directory();
    let came_in = |gateway: &str, token: &str, at| doors.verify_token(gateway, token, at);
    let admission = came_in("GW-1", &token, noon()).unwrap();
    assert!(admission.is_for_trials());
    assert_eq!(admission.expires_at, Some(until));
    assert!(
        !came_in("GW-1", real.reveal(), noon())
            .unwrap()
            .is_for_trials()
    );
    let longer = token.replacen("test-", "test-f", 1);
    let last = if token.ends_with('0') { '1' } else { '0' };
    let changed = format!("{}{last}", &token[..token.len() - 1]);
    for (gateway, token, at, why) in [
        ("GW-1", token.as_str(), until, "after its hour"),
        (
            "GW-1",
            &token,
            noon().plus_ms(-2_000),
            "before it was given",
        ),
        ("GW-2", &token, noon(), "for another gateway"),
        ("GW-3", &token, noon(), "for nobody"),
        ("GW-1", &longer, noon(), "with a later end"),
        ("GW-1", &changed, noon(), "changed"),
        ("GW-1", "test-", noon(), "cut off"),
        ("GW-1", "test-zz-00", noon(), "nonsense"),
    ] {
        assert!(came_in(gateway, token, at).is_none(), "it counts {why}");
    }
    assert!(came_in("GW-1", &token, until.plus_ms(-1)).is_some());
    assert!(doors.holds(&admission, noon()) && !doors.holds(&admission, until));
    assert!(doors.admit_bearer(&token, noon()).is_none(), "over HTTP");
    // The tokens in use stay as they are; a renewal and a second token are told apart.
    let page = registry.list_gateways(&clerk, None, 10).await.unwrap();
    let first = &page.entries[0];
    assert_eq!(
        (first.tokens, first.token_at, first.old_until),
        (1, Some(noon()), None)
    );
    registry.rotate_gateway(&clerk, &gateway).await.unwrap();
    let page = registry.list_gateways(&clerk, None, 10).await.unwrap();
    let week = noon().plus_ms(7 * 86_400_000);
    assert_eq!(
        (page.entries[0].tokens, page.entries[0].old_until),
        (2, Some(week))
    );
    registry.revoke_gateway(&local, &gateway).await.unwrap();
    assert!(came_in("GW-1", &token, noon()).is_none());
    assert!(
        !doors.holds(&admission, noon()),
        "an open connection must end"
    );
    let stranger = clerk_of(&crate::import::code(7));
    let refused = registry.give_trial_token(&stranger, &gateway).await;
    assert!(matches!(refused, Err(RegistryFault::NoSuchGateway(_))));
}

/// Publishes as the line on the page says; whether the server let it in.
fn publish(server: &Server, token: &str, topic: &str, payload: &str) -> bool {
    let address = server.mqtt.as_deref().unwrap();
    let (host, port) = address.rsplit_once(':').unwrap();
    let client = format!("{GATEWAY}/test");
    let arguments = [
        "-h", host, "-p", port, "-V", "5", "-q", "1", "-i", &client, "-u", GATEWAY, "-P", token,
        "-t", topic, "-m", payload,
    ];
    let output = Command::new("mosquitto_pub").args(arguments).output();
    output.unwrap().status.success()
}

/// What the server saw, once `enough` of it.
fn log(server: &Server, person: &Person, enough: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let path = format!("/api/v1/gateways/{GATEWAY}/log");
    until(WITHIN, "the log of the gateway", || {
        let log = server.get_as(&path, &[&person.cookie]).json();
        let events = log["events"].as_array().unwrap().clone();
        enough(&events).then_some(events)
    })
}

fn of_kind<'a>(events: &'a [Value], kind: &str) -> Vec<&'a Value> {
    let events = events.iter();
    events.filter(|one| one["kind"] == kind).collect()
}

/// Opens the live line and reads until `wanted` stands in it.
fn hears(server: &Server, person: &Person, act: impl FnOnce(), wanted: &str) {
    let mut stream = TcpStream::connect(&server.http).unwrap();
    stream.set_read_timeout(Some(WITHIN)).unwrap();
    let (host, cookie) = (&server.http, &person.cookie);
    let request = format!("GET /api/v1/live HTTP/1.1\r\nHost: {host}\r\n{cookie}\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let (mut text, mut chunk, begun) = (String::new(), [0; 4096], Instant::now());
    let mut act = Some(act);
    while !text.contains(wanted) {
        assert!(begun.elapsed() < WITHIN, "not in time: {text}");
        let count = stream.read(&mut chunk).unwrap();
        assert!(count > 0, "the line ended: {text}");
        text.push_str(&String::from_utf8_lossy(&chunk[..count]));
        if text.contains("event: state")
            && let Some(act) = act.take()
        {
            act();
        }
    }
}

#[test]
fn a_test_token_sends_tests_and_nothing_else_and_its_owner_sees_what_came_of_each() {
    let stage = Stage::new();
    stage.register_park();
    let server = stage.serve();
    let mut clerk = stage.person("clerk.one", "enterprise", ENTERPRISE);
    server.sign_in(&mut clerk);
    let path = format!("/api/v1/credentials/{GATEWAY}/test");
    let given = server.post(&path, &clerk.cookie, &json!({}));
    assert_eq!(given.status, 200, "{}", given.text());
    let token = given.json()["token"].as_str().unwrap().to_owned();
    let topic = |name: &str| format!("parkpulse/v1/{ENTERPRISE}/{GATEWAY}/{name}");
    let now = jiff::Timestamp::now();
    let reading = |meter: &str, at: jiff::Timestamp| {
        format!(r#"{{"meter":"{meter}","at":"{at}","values":{{"kwh_register":123456.78}}}}"#)
    };
    let good = reading("E-01", now);
    hears(
        &server,
        &clerk,
        || assert!(publish(&server, &token, &topic("test"), &good)),
        &format!("event: gateways\nid: 1\ndata: {{\"batch\":1,\"gateways\":[\"{GATEWAY}\"]}}"),
    );
    let events = log(&server, &clerk, |events| !events.is_empty());
    let values = &events[0]["readings"][0]["values"];
    let value = json!([{"indicator": "kwh_register", "unit": "kWh", "value": "123456.78"}]);
    assert_eq!((&events[0]["kind"], values), (&json!("test"), &value));

    let ahead = reading("E-01", now + jiff::SignedDuration::from_hours(8));
    assert!(publish(&server, &token, &topic("test"), &ahead));
    assert!(publish(
        &server,
        &token,
        &topic("test"),
        &reading("E-77", now)
    ));
    publish(&server, &token, &topic("readings"), &good);
    publish(&server, &token, &topic("status"), "online");
    assert!(!publish(&server, "of-nobody", &topic("test"), &good));
    let events = log(&server, &clerk, |events| events.len() >= 6);
    let fault = |code: &str| {
        let tests = of_kind(&events, "test").into_iter();
        let mut faults = tests.flat_map(|one| one["faults"].as_array().unwrap());
        faults.find(|one| one["code"] == code).unwrap().clone()
    };
    let ahead_s = fault("time_out_of_range")["ahead_s"].as_i64().unwrap();
    assert!((28_790..=28_810).contains(&ahead_s), "{ahead_s}");
    assert_eq!(fault("unknown_meter")["meter"], "E-77");
    let refused = of_kind(&events, "refused");
    assert_eq!(refused.len(), 2, "{events:#?}");
    for one in refused {
        assert_eq!(one["faults"][0]["code"], "foreign_topic");
        let detail = one["faults"][0]["detail"].as_str().unwrap();
        assert!(
            detail.contains("only topic of a token for test"),
            "{detail}"
        );
    }
    assert_eq!(of_kind(&events, "stranger")[0]["why"], "credentials");
    let bearer = format!("Authorization: Bearer {token}");
    let posted = server.send("POST", "/api/v1/readings", &[&bearer], good.as_bytes());
    assert_eq!(posted.status, 401);
    let rows = server.get_as("/api/v1/reconcile", &[&clerk.cookie]).json();
    let stored = rows[0]["stored"].as_i64().unwrap() + rows[0]["pending"].as_i64().unwrap();
    assert_eq!(stored, 0, "a test reached the ledger's readings: {rows}");
    assert!(!server.log().contains(&token), "a token in the log");
    server.stop();
}

#[test]
fn who_gives_keys_registers_renews_and_revokes_each_with_one_record() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let mut keeper = stage.person("sec.one", "sec", "");
    let mut auditor = stage.person("aud.one", "aud", "");
    server.sign_in(&mut keeper);
    server.sign_in(&mut auditor);
    let post = |path: &str, body: &Value| server.post(path, &keeper.cookie, body);
    let fresh = json!({"gateway": "gw-2", "enterprise": ENTERPRISE});
    let added = post("/api/v1/credentials", &fresh);
    assert_eq!(added.status, 200, "{}", added.text());
    assert_eq!(added.json()["token"].as_str().unwrap().len(), 64);
    for (body, status) in [
        (fresh, 409),
        (json!({"gateway": "gw 2", "enterprise": ENTERPRISE}), 400),
        (json!({"gateway": "gw-3", "enterprise": "x"}), 400),
        (json!({"gateway": "gw-3"}), 422),
    ] {
        let answer = post("/api/v1/credentials", &body);
        assert_eq!(answer.status, status, "{body}: {}", answer.text());
    }
    let renewed = post(&format!("/api/v1/credentials/{GATEWAY}/rotate"), &json!({}));
    let renewed = renewed.json()["token"].as_str().unwrap().to_owned();
    let list = server
        .get_as("/api/v1/credentials", &[&keeper.cookie])
        .json();
    let one = &list["items"][0];
    assert_eq!(
        (&one["gateway"], &one["tokens"]),
        (&json!(GATEWAY), &json!(2))
    );
    assert!(one["old_until"].is_string(), "{one}");
    let sends = |token: &str| {
        let bearer = format!("Authorization: Bearer {token}");
        let answer = server.send("POST", "/api/v1/readings", &[&bearer], b"{}");
        answer.status == 422
    };
    assert!(sends(&token) && sends(&renewed), "both count for a while");
    let revoked = post(&format!("/api/v1/credentials/{GATEWAY}/revoke"), &json!({}));
    assert_eq!(revoked.status, 204);
    assert!(!sends(&token) && !sends(&renewed));
    let records = server.get_as(
        "/api/v1/audit?action=gateway.&who=sec.one",
        &[&auditor.cookie],
    );
    let records = records.json();
    let mut deeds: Vec<_> = records["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!("{} {} {}", one["action"], one["object"], one["result"]).replace('"', "")
        })
        .collect();
    deeds.reverse();
    let expected = [
        "gateway.add gw-2 done".to_owned(),
        "gateway.add gw-2 refused".to_owned(),
        format!("gateway.rotate {GATEWAY} done"),
        format!("gateway.revoke {GATEWAY} done"),
    ];
    assert_eq!(deeds, expected);
    server.stop();
}

/// A registry that somebody holds on to is no fault of the question: come again, it says.
#[test]
fn where_the_registry_has_no_time_one_is_asked_to_come_again() {
    let stage = Stage::new();
    stage.register_park();
    let mut clerk = stage.person("clerk.one", "enterprise", ENTERPRISE);
    let server = stage.serve();
    server.sign_in(&mut clerk);
    let path = format!("/api/v1/credentials/{GATEWAY}/test");
    let ask = || server.send("POST", &path, &[&clerk.cookie], b"");
    assert_eq!(ask().status, 200);
    let file = rusqlite::Connection::open(stage.data_dir().join("registry.db")).unwrap();
    file.busy_timeout(WITHIN).unwrap();
    file.execute_batch("BEGIN IMMEDIATE").unwrap();
    let crowded = ask();
    file.execute_batch("ROLLBACK").unwrap();
    assert_eq!(crowded.status, 503, "{}", crowded.text());
    assert_eq!(crowded.json()["code"], "unavailable");
    assert_eq!(crowded.header("retry-after"), Some("2"));
    assert_eq!(ask().status, 200);
    server.stop();
}

//! The process: it starts, says where it listens, owns its directory, and stops in order.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::stage::{START_WITHIN, STOP_WITHIN, Server, Stage, until};

#[test]
fn serve_starts_says_where_and_stops_in_order() {
    let stage = Stage::new();
    let mut server = stage.serve();
    assert_eq!(server.get("/livez").status, 200);
    assert!(
        server
            .log()
            .contains(&format!("http     http://{}", server.http))
    );
    let ports = fs::read_to_string(stage.data_dir().join("ports.json")).unwrap();
    let ports: serde_json::Value = serde_json::from_str(&ports).unwrap();
    let names: Vec<&str> = ports
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(names, ["http", "mqtt", "mqtt_tls", "control"]);
    server.signal("TERM");
    assert_eq!(server.ended(STOP_WITHIN), Some(0), "{}", server.log());
}

#[test]
fn an_interrupt_stops_in_order_too() {
    let stage = Stage::new();
    let mut server = stage.serve();
    server.signal("INT");
    assert_eq!(server.ended(STOP_WITHIN), Some(0), "{}", server.log());
}

#[test]
fn clients_who_stay_do_not_hold_up_the_stop() {
    let stage = Stage::new();
    let mut server = stage.serve();
    let mqtt = server.mqtt.clone().unwrap();
    let bearer = server.bearer().unwrap();
    let line = format!("GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n{bearer}\r\n\r\n");
    let begun: [(&str, &[u8]); 4] = [
        (&server.http, b""),
        (&server.http, b"GET /livez HTTP/1.1\r\nHost: loc"),
        (&server.http, line.as_bytes()),
        (&mqtt, b"\x10"),
    ];
    let staying: Vec<TcpStream> = begun
        .iter()
        .map(|(address, bytes)| {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(bytes).unwrap();
            stream
        })
        .collect();
    let mut told = [0; 12];
    (&staying[2]).read_exact(&mut told).unwrap();
    assert_eq!(&told, b"HTTP/1.1 200");
    server.signal("TERM");
    assert_eq!(server.ended(STOP_WITHIN), Some(0), "{}", server.log());
    drop(staying);
}

#[test]
fn a_second_serve_refuses_an_owned_directory_in_words() {
    let stage = Stage::new();
    let server = stage.serve();
    let second = stage.run(&["serve"]);
    assert_eq!(second.status.code(), Some(1));
    let words = String::from_utf8_lossy(&second.stderr).into_owned();
    assert!(words.contains("another parkpulse process owns"), "{words}");
    server.stop();
    stage.serve().stop();
}

#[test]
fn a_killed_server_leaves_a_directory_that_can_be_taken() {
    let stage = Stage::new();
    stage.serve().kill();
    stage.serve().stop();
}

/// Sends one register's reading, which must be acknowledged.
fn reads(server: &Server, token: &str, ago_s: i64) {
    let at = jiff::Timestamp::now().as_second() - ago_s;
    let body = format!(
        r#"{{"readings": [{{"meter": "E-01", "at": {at}, "values": {{"kwh_register": {}}}}}]}}"#,
        10_000 - ago_s
    );
    let bearer = format!("Authorization: Bearer {token}");
    let answer = server.send("POST", "/api/v1/readings", &[&bearer], body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn days_walked(server: &Server) -> u64 {
    let page = server.get("/metrics");
    let mut lines = page.text().lines();
    let count = lines.find_map(|line| line.strip_prefix("parkpulse_ledger_days_walked_total "));
    count.map_or(0, |count| count.parse().unwrap())
}

/// Contract C5: what the ledger owes from before a crash is worked off before `/readyz` answers
/// 200; whoever sends meanwhile is acknowledged, and a stop does not wait.
#[test]
fn readiness_waits_for_the_ledger_and_the_doors_do_not() {
    let stage = Stage::new();
    let token = stage.register_park();
    let slow = |seconds: u32| format!("before_ledger=1*sleep({})", seconds * 1_000);
    let server = stage.serve_with(|command| {
        command.env("FAILPOINTS", slow(600));
    });
    reads(&server, &token, 900);
    reads(&server, &token, 0);
    server.kill();

    let mut server = stage.open_doors(|command| {
        command.env("FAILPOINTS", slow(600));
    });
    assert_eq!(server.get("/livez").status, 200);
    reads(&server, &token, 300);
    let told = server.get("/readyz");
    assert_eq!(told.status, 503, "{}", told.text());
    assert_eq!(told.header("retry-after"), Some("1"));
    assert_eq!(days_walked(&server), 0);
    server.signal("TERM");
    assert_eq!(server.ended(STOP_WITHIN), Some(0), "{}", server.log());

    let server = stage.open_doors(|command| {
        command.env("FAILPOINTS", slow(2));
    });
    server.get_ready(START_WITHIN);
    assert!(days_walked(&server) > 0, "ready, and the ledger is not");
    server.stop();
}

/// Where the ledger stands, as its table says.
fn ledger_at(stage: &Stage) -> Option<i64> {
    let file = rusqlite::Connection::open(stage.data_dir().join("registry.db")).unwrap();
    let query = "SELECT batch FROM follower WHERE name = 'ledger'";
    file.query_row(query, [], |row| row.get(0)).ok()
}

/// Numbers that the ledger passed come again when the readings are older than the registry; whoever
/// opens both notes it before anybody can send.
#[test]
fn readings_that_were_set_back_are_noted_by_whoever_opens_them() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let bearer = format!("Authorization: Bearer {token}");
    let at = crate::pages_park::now().unix_ms();
    let body = format!(r#"{{"meter": "E-01", "at": {at}, "values": {{"kwh_register": 2}}}}"#);
    let answer = server.send("POST", "/api/v1/readings", &[&bearer], body.as_bytes());
    assert_eq!(answer.status, 200, "{answer:?}");
    let within = Duration::from_secs(20);
    until(within, "the ledger", || {
        ledger_at(&stage).filter(|at| *at > 0)
    });
    server.stop();
    for name in ["readings.db", "readings.db-wal", "readings.db-shm"] {
        let _may_be_gone = fs::remove_file(stage.data_dir().join(name));
    }
    stage.ok(&["reconcile"]);
    assert_eq!(ledger_at(&stage), Some(i64::MAX));
    let server = stage.serve();
    until(within, "the ledger where the log is", || {
        ledger_at(&stage).filter(|at| *at < 10)
    });
    server.stop();
}

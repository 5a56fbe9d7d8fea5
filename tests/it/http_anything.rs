//! Whatever a client sends over HTTP: mutated requests, heads and bodies, are answered with 4xx at most
//! or not at all, never with 5xx, within bounded memory, and the others are served as before.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::dice::Dice;
use crate::stage::{Server, Stage, written};

/// Mutated streams unless `TEST_STREAMS` says otherwise.
const STREAMS: u32 = 16_000;
/// Connections at a time.
const LANES: u32 = 16;
/// How long an answer is listened for. What was cut off gets none before the limits of slow clients,
/// which have tests of their own.
const PATIENCE: Duration = Duration::from_millis(60);
/// What the server may grow by meanwhile.
const GROWTH_MAX_KIB: u64 = 48 * 1024;

/// Bytes that matter to a reader of HTTP or of a message.
const TOKENS: &[&[u8]] = &[
    b"\r\n",
    b"\r\n\r\n",
    b": ",
    b"Transfer-Encoding: chunked\r\n",
    b"Content-Length: 99999999999999999999\r\n",
    b"Content-Length: 0\r\n",
    b"Expect: 100-continue\r\n",
    b"ffffffffffffffff\r\n",
    b"%00",
    b"%ff%fe",
    b"..%2f",
    b"?",
    b"&",
    b"[[[[[[[[",
    b"\"",
    b"\\ud800",
    b"1e400",
    b"-",
    b"\xff",
    b"\0",
];

/// Requests to start from, as a gateway and as an operator.
fn requests(server: &Server, token: &str) -> Vec<Vec<u8>> {
    let gateway = format!("Authorization: Bearer {token}");
    let operator = server.bearer().unwrap();
    let at = crate::pages_park::now().unix_ms();
    let body = format!(
        r#"{{"epoch":1,"seq":2,"readings":[{{"meter":"E-01","at":{at},"values":{{"kw":1.5,"kwh_register":7}}}},
            {{"meter":"G-01","at":{at},"values":{{"gas_m3_register":8812.4}},"quality":"uncertain"}}]}}"#
    );
    let json = "Content-Type: application/json";
    let of = |method: &str, path: &str, headers: &[&str], body: &str| {
        written(&server.http, method, path, headers, body.as_bytes())
    };
    let mut all = vec![
        of("POST", "/api/v1/readings", &[json, &gateway], &body),
        of("POST", "/api/v1/readings", &[json, &gateway], &body),
        of(
            "GET",
            "/api/openapi.json",
            &["Accept-Encoding: gzip, br"],
            "",
        ),
        of("GET", "/", &["Accept-Language: en;q=0.5, zh-CN"], ""),
    ];
    let day = &crate::pages_park::now().to_string()[..10];
    for path in [
        format!("/api/v1/meters/E-01/readings?indicator=kw&day={day}"),
        "/api/v1/map?k=kwh_per_mu&p=2026-10&m=q5".to_owned(),
        "/api/v1/gateways?limit=3&cursor=gw-0".to_owned(),
        format!("/api/v1/reconcile?day={day}"),
        format!("/api/v1/consumption?indicator=kwh_register&by=meter&period={day}T08"),
    ] {
        all.push(of("GET", &path, &[&operator, "Accept-Language: en"], ""));
    }
    all
}

/// Sends `bytes` and gives the status of the answer, 0 without one.
fn status_of(address: &str, bytes: &[u8]) -> u16 {
    let mut socket = TcpStream::connect(address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.set_write_timeout(Some(PATIENCE)).unwrap();
    let _may_be_refused = socket.write_all(bytes);
    let mut answer = [0; 32];
    let read = socket.read(&mut answer).unwrap_or(0);
    let line = String::from_utf8_lossy(&answer[..read]).into_owned();
    let status = line.split(' ').nth(1).and_then(|code| code.parse().ok());
    status.unwrap_or(0)
}

fn most_kib(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.unwrap().split_whitespace().nth(1);
    number.unwrap().parse().unwrap()
}

#[test]
fn whatever_comes_no_request_is_answered_with_a_fault_of_ours() {
    let streams = std::env::var("TEST_STREAMS").ok();
    let streams = streams.map_or(STREAMS, |number| number.parse().unwrap());
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        for key in ["RATE__ACCOUNT_PER_SECOND", "RATE__ACCOUNT_AT_ONCE"] {
            command.env(format!("PARKPULSE_{key}"), "1000000");
        }
        for key in ["RATE__NETWORK_PER_SECOND", "RATE__NETWORK_AT_ONCE"] {
            command.env(format!("PARKPULSE_{key}"), "1000000");
        }
        command.env("PARKPULSE_QUOTA__MESSAGES_PER_SECOND_MAX", "1000000");
    });
    let seeds = requests(&server, &token);
    for seed in &seeds {
        let answer = crate::stage::exchange(&server.http, seed);
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(seed));
    }
    let before = most_kib(&server);
    let (answered, refused) = (AtomicU32::new(0), AtomicU32::new(0));
    let lane = |number: u32| {
        let mut dice = Dice(0x9E37_79B9_7F4A_7C15 + u64::from(number));
        for _ in 0..streams / LANES {
            let mut bytes = seeds[dice.roll(seeds.len())].clone();
            dice.mutate(&mut bytes, TOKENS, 3);
            let status = status_of(&server.http, &bytes);
            let shown = String::from_utf8_lossy(&bytes).into_owned();
            assert!(status < 500, "{status} to {shown}");
            let count = match status {
                200..=399 => &answered,
                400..=499 => &refused,
                _ => continue,
            };
            count.fetch_add(1, Ordering::Relaxed);
        }
    };
    let began = Instant::now();
    std::thread::scope(|scope| {
        for number in 0..LANES {
            let lane = &lane;
            scope.spawn(move || lane(number));
        }
    });
    let after = most_kib(&server);
    let counts = (answered.into_inner(), refused.into_inner());
    println!(
        "{counts:?} of {streams} answered, refused in {:?}; {before} KiB became {after} KiB",
        began.elapsed()
    );
    assert!(
        counts.0 > streams / 50 && counts.1 > streams / 50,
        "{counts:?}"
    );
    assert!(
        after < before + GROWTH_MAX_KIB,
        "{before} KiB became {after} KiB"
    );
    for seed in &seeds {
        assert_eq!(crate::stage::exchange(&server.http, seed).status, 200);
    }
    let log = server.log();
    assert!(!log.contains("panicked"), "{log}");
    let table = stage.ok(&["reconcile", "--settle", "--json"]);
    let table: serde_json::Value = serde_json::from_str(&table).unwrap();
    let row = &table[0];
    let count = |fate: &str| row[fate].as_i64().unwrap();
    let fates = ["stored", "duplicate", "conflict", "quarantined", "refused"];
    let sum: i64 = fates.into_iter().map(count).sum();
    assert_eq!(count("received"), sum, "{row}");
    server.stop();
}

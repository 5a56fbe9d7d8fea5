//! What large answers hold that nobody takes: bounded, however many ask.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use tokio::net::TcpSocket;

use crate::stage::{Server, Stage, until};

/// Readings of a meter on one day: as many as one answer holds.
const READINGS: i64 = 8_640;
const ASKERS: usize = 300;
/// What their answers may hold together; all of them are 200 MB.
const UNTAKEN_MIB: u64 = 16;
/// What else 300 connections, those answers that are being made and the readings themselves take.
const BESIDE_MIB: u64 = 96;

/// A day of one meter, and its date.
fn fill(server: &Server, token: &str) -> String {
    let day = jiff::Timestamp::now().as_second().div_euclid(86_400) - 2;
    // Noon in UTC to noon would be two days there: UTC+8 begins 8 hours before.
    let first = day * 86_400 - 8 * 3_600;
    let bearer = format!("Authorization: Bearer {token}");
    let numbers: Vec<i64> = (0..READINGS).collect();
    for some in numbers.chunks(960) {
        let mut body = String::from(r#"{"readings":["#);
        for number in some {
            let comma = if number % 960 == 0 { "" } else { "," };
            let at = first + number * 10;
            write!(
                body,
                r#"{comma}{{"meter":"E-01","at":{at},"values":{{"kw":{number}}}}}"#
            )
            .unwrap();
        }
        body.push_str("]}");
        let answer = server.send("POST", "/api/v1/readings", &[&bearer], body.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let start = jiff::Timestamp::from_second(day * 86_400).unwrap();
    start.to_string().chars().take(10).collect()
}

/// A client that asks and whose kernel takes little before it does.
fn asks(server: &Server, path: &str, bearer: &str) -> TcpStream {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let stream = runtime.block_on(async {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4_096).unwrap();
        let connected = socket.connect(server.http.parse().unwrap()).await;
        connected.unwrap().into_std().unwrap()
    });
    stream.set_nonblocking(false).unwrap();
    let patience = Some(Duration::from_mins(1));
    stream.set_read_timeout(patience).unwrap();
    let asked = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n{bearer}\r\n\r\n");
    (&stream).write_all(asked.as_bytes()).unwrap();
    stream
}

fn status(mut stream: &TcpStream) -> u16 {
    let mut first = [0; 12];
    stream.read_exact(&mut first).unwrap();
    std::str::from_utf8(&first[9..]).unwrap().parse().unwrap()
}

fn memory_mib(server: &Server, name: &str) -> u64 {
    let text = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    let number = line.unwrap().trim().split(' ').next().unwrap();
    number.parse::<u64>().unwrap() / 1024
}

#[test]
fn large_answers_that_nobody_takes_hold_a_bounded_memory() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command
            .env(
                "PARKPULSE_HTTP__UNTAKEN_BYTES_MAX",
                format!("{UNTAKEN_MIB} MiB"),
            )
            .env("PARKPULSE_HTTP__ANSWER_WITHIN", "5 minutes")
            .env("PARKPULSE_RATE__ACCOUNT_AT_ONCE", "100000");
    });
    let date = fill(&server, &token);
    let path = format!("/api/v1/meters/E-01/readings?indicator=kw&day={date}");
    let whole = server.get(&path);
    assert_eq!(whole.status, 200);
    let bytes = whole.body.len();
    assert!(bytes > 400_000, "{bytes}: too short to show anything");
    let bearer = server.bearer().unwrap();
    let before = memory_mib(&server, "VmRSS:");
    let asking: Vec<TcpStream> = (0..ASKERS).map(|_| asks(&server, &path, &bearer)).collect();
    let told: Vec<u16> = asking.iter().map(status).collect();
    let count = |one: u16| told.iter().filter(|status| **status == one).count();
    let most = memory_mib(&server, "VmHWM:");
    println!(
        "{bytes} bytes each; {} given, {} sent away; {before} MiB before, {most} at most",
        count(200),
        count(503)
    );
    assert_eq!(count(200) + count(503), ASKERS, "{told:?}");
    let room = usize::try_from(UNTAKEN_MIB).unwrap() * 1024 * 1024 / bytes;
    // What the kernel took of an answer weighs no more: a few get in beside.
    assert!(
        count(200) >= room / 2 && count(200) <= room * 2,
        "{}",
        count(200)
    );
    assert!(most < before + UNTAKEN_MIB + BESIDE_MIB, "{before} {most}");
    // Whoever is sent away knows when to come again, and finds it when the others are gone.
    let again = server.get(&path);
    assert_eq!(
        (again.status, again.header("retry-after")),
        (503, Some("2"))
    );
    assert_eq!(again.json()["code"], "unavailable");
    drop(asking);
    let whole_again = until(Duration::from_secs(20), "room for an answer", || {
        let answer = server.get(&path);
        (answer.status == 200).then_some(answer)
    });
    assert_eq!(whole_again.body.len(), bytes);
    server.stop();
}

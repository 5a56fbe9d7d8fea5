//! Clients that are slow, by the hundreds, and whoever is not beside them; readers of the live line
//! by the thousand, some of whom take nothing.

use std::fmt::Write;
use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use crate::ledger_check::program;
use crate::replay_heap::{OTHER, register_other};
use crate::stage::{Server, Stage, request, until};

const EACH: usize = 500;
/// The promise of contract.md 7.
const CLOSED_WITHIN: Duration = Duration::from_secs(15);
/// What a good request may take, most of them and each, on a machine that runs other tests as well.
const MOST_WITHIN: Duration = Duration::from_millis(500);
const EACH_WITHIN: Duration = Duration::from_secs(10);

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

/// A connection whose kernel takes little before its reader does.
async fn connected(address: &str) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let address: SocketAddr = address.parse().unwrap();
    let connected = timeout(Duration::from_secs(30), socket.connect(address));
    connected.await.unwrap().unwrap()
}

/// Sends `begun`, then `drop` for ever, one a time, and reads nothing; after how long it was closed.
async fn drip(address: String, begun: Vec<u8>, drop: &'static [u8]) -> Duration {
    let mut stream = connected(&address).await;
    let start = Instant::now();
    if stream.write_all(&begun).await.is_err() {
        return start.elapsed();
    }
    while start.elapsed() < CLOSED_WITHIN * 2 {
        sleep(Duration::from_millis(250)).await;
        // What cannot be written now is written later: nobody reads here, on either side.
        match stream.try_write(drop) {
            Err(cause) if cause.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_closed) => return start.elapsed(),
            Ok(_) => {}
        }
    }
    start.elapsed()
}

/// Clients of one kind: what they begin with, and what they go on with.
type Kind = (&'static str, Vec<u8>, &'static [u8]);

fn kinds(token: &str) -> Vec<Kind> {
    let head = "Host: localhost\r\n";
    let body = format!(
        "POST /api/v1/readings HTTP/1.1\r\n{head}Authorization: Bearer {token}\r\n\
         Content-Length: 100000\r\n\r\n{{"
    );
    let reader = format!("GET /api/openapi.json HTTP/1.1\r\n{head}\r\n").repeat(200);
    vec![
        ("headers", b"GET /livez HTTP/1.1\r\nX-A: ".to_vec(), b"a"),
        ("bodies", body.into_bytes(), b" "),
        ("readers", reader.into_bytes(), b"\r\n"),
    ]
}

/// Asks well until `over`; how long the answers took, the fastest first.
async fn ask_well(server: &Server, over: watch::Receiver<bool>) -> Vec<Duration> {
    let bearer = server.bearer().unwrap();
    let mut took = Vec::new();
    while !*over.borrow() {
        for path in ["/livez", "/api/v1/me", "/api/v1/gateways"] {
            let (address, bearer) = (server.http.clone(), bearer.clone());
            let start = Instant::now();
            let asking = tokio::task::spawn_blocking(move || {
                request(&address, "GET", path, &[&bearer], b"")
            });
            let answer = asking.await.unwrap();
            assert_eq!(answer.status, 200, "{path}: {answer:?} {}", server.log());
            took.push(start.elapsed());
        }
        sleep(Duration::from_millis(100)).await;
    }
    took.sort();
    took
}

#[test]
fn five_hundred_slow_clients_of_each_kind_are_closed_in_time_and_harm_nobody() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command
            .env("PARKPULSE_RATE__NETWORK_AT_ONCE", "1000000")
            .env("PARKPULSE_HTTP__CONNECTIONS_MAX", "2000");
    });
    // Added before it gets slow.
    assert_eq!(server.get("/api/v1/me").status, 200);
    let (over, watching) = watch::channel(false);
    let (closed, took) = runtime().block_on(async {
        let slow = async {
            let mut running = Vec::new();
            for (kind, begun, drop) in kinds(&token) {
                for _ in 0..EACH {
                    let one = drip(server.http.clone(), begun.clone(), drop);
                    running.push((kind, tokio::spawn(one)));
                }
            }
            let mut closed = Vec::new();
            for (kind, one) in running {
                closed.push((kind, one.await.unwrap()));
            }
            over.send_replace(true);
            closed
        };
        tokio::join!(slow, ask_well(&server, watching))
    });
    for kind in ["headers", "bodies", "readers"] {
        let of_kind = closed.iter().filter(|(one, _)| *one == kind);
        let longest = of_kind.clone().map(|(_, took)| *took).max().unwrap();
        println!(
            "{kind}: {} closed, the last after {longest:?}",
            of_kind.count()
        );
        assert!(longest < CLOSED_WITHIN, "{kind}: {longest:?}");
    }
    let (median, slowest) = (took[took.len() / 2], took[took.len() - 1]);
    let asked = took.len();
    println!("{asked} good requests, half within {median:?}, the slowest {slowest:?}");
    assert!(asked > 30, "{asked}");
    assert!(median < MOST_WITHIN, "{median:?}");
    assert!(slowest < EACH_WITHIN, "{slowest:?}");
    server.stop();
}

/// Memory that the process holds, in KiB.
fn resident_kib(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.pid())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.unwrap().trim().split(' ').next().unwrap();
    number.parse().unwrap()
}

const READERS: usize = 1_000;
const STALLED: usize = 100;
const LIVELY: usize = 20;
/// Meters that send at once: so many are told of in one event.
const METERS: usize = 300;
/// Messages of all meters that nobody stalled hears of in time.
const ROUNDS: u32 = 30;

/// A reader of the live line: what it heard so far.
struct Reader {
    stream: TcpStream,
    heard: String,
}

impl Reader {
    async fn join(address: &str, bearer: &str) -> Self {
        let mut stream = connected(address).await;
        let asked = format!("GET /api/v1/live HTTP/1.1\r\nHost: localhost\r\n{bearer}\r\n\r\n");
        stream.write_all(asked.as_bytes()).await.unwrap();
        let mut reader = Self {
            stream,
            heard: String::new(),
        };
        reader.hear("event: state").await;
        reader
    }

    /// Reads until `word` comes; what came before is forgotten.
    async fn hear(&mut self, word: &str) {
        let mut chunk = vec![0; 65_536];
        loop {
            if let Some(at) = self.heard.find(word) {
                self.heard.drain(..at + word.len());
                return;
            }
            let kept = self.heard.len().saturating_sub(word.len());
            self.heard.drain(..self.heard.floor_char_boundary(kept));
            let read = timeout(Duration::from_secs(30), self.stream.read(&mut chunk));
            let count = read
                .await
                .unwrap_or_else(|_| panic!("{word}: not in time"))
                .unwrap();
            assert!(count > 0, "{word}: the line ended");
            self.heard
                .push_str(&String::from_utf8_lossy(&chunk[..count]));
        }
    }
}

impl Reader {
    /// How many beats with readings come until it is over.
    async fn count(mut self, mut over: watch::Receiver<bool>) -> u32 {
        let mut beats = 0;
        loop {
            tokio::select! {
                biased;
                () = self.hear("event: readings") => beats += 1,
                _ = over.changed() => return beats,
            }
        }
    }
}

/// A thousand lines: those that will stall, twenty of operators who read, those of an enterprise that
/// has none of the meters.
fn joined(runtime: &Runtime, server: &Server, other: &str) -> [Vec<Reader>; 3] {
    let bearer = server.bearer().unwrap();
    let mut stalled = runtime.block_on(async {
        let mut all = Vec::new();
        for number in 0..READERS {
            let is_operator = number < STALLED + LIVELY;
            let bearer = if is_operator { &bearer } else { other };
            all.push(Reader::join(&server.http, bearer).await);
        }
        all
    });
    let mut lively = stalled.split_off(STALLED);
    let others = lively.split_off(LIVELY);
    [stalled, lively, others]
}

/// More meters for the small park's gateway.
fn register_meters(stage: &Stage) {
    let mut table = String::from(
        "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,\
         jitter,parent,valid_from,valid_to\n",
    );
    for number in 0..METERS {
        let enterprise = crate::stage::ENTERPRISE;
        writeln!(
            table,
            "X-{number},{enterprise},gw-1,kw,,1,5000,900,,,2025-01-01,"
        )
        .unwrap();
    }
    stage.import("meters", "more.csv", &table);
}

/// One message with a reading of every meter.
fn post_all(server: &Server, token: &str, round: u32) {
    let at = jiff::Timestamp::now().as_second() - 1_000 + i64::from(round);
    let readings: Vec<String> = (0..METERS)
        .map(|number| format!(r#"{{"meter":"X-{number}","at":{at},"values":{{"kw":{round}}}}}"#))
        .collect();
    let body = format!(r#"{{"readings":[{}]}}"#, readings.join(","));
    let bearer = format!("Authorization: Bearer {token}");
    let answer = server.send("POST", "/api/v1/readings", &[&bearer], body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn a_thousand_live_readers_of_whom_a_hundred_stall_take_bounded_memory() {
    let stage = Stage::new();
    let token = stage.register_park();
    register_meters(&stage);
    register_other(&stage);
    let server = stage.serve_with(|command| {
        command
            .env("PARKPULSE_LIVE__STREAMS_MAX", "1100")
            .env("PARKPULSE_LIVE__STREAMS_PER_ACCOUNT_MAX", "1000")
            .env("PARKPULSE_RATE__ACCOUNT_PER_SECOND", "10000")
            .env("PARKPULSE_RATE__ACCOUNT_AT_ONCE", "10000")
            .env("PARKPULSE_LIVE__EVENTS_KEPT", "8")
            .env("PARKPULSE_HTTP__CONNECTIONS_MAX", "1200")
            // The stalled ones are to come back to their lines, not to be cut off.
            .env("PARKPULSE_HTTP__ANSWER_WITHIN", "5 minutes");
    });
    post_all(&server, &token, 0);
    let before = resident_kib(&server);
    let runtime = runtime();
    let other = program(&stage, "other.clerk", "enterprise", OTHER);
    let [mut stalled, lively, others] = joined(&runtime, &server, &other);
    let opened = resident_kib(&server);
    let (over, watching) = watch::channel(false);
    let hearing: Vec<_> = lively
        .into_iter()
        .map(|reader| runtime.spawn(reader.count(watching.clone())))
        .collect();
    for round in 1..=ROUNDS {
        post_all(&server, &token, round);
        runtime.block_on(async { sleep(Duration::from_millis(260)).await });
    }
    let at_last = resident_kib(&server);
    println!(
        "VmRSS: {before} KiB before, {opened} with {READERS} lines, {at_last} after the flood"
    );
    assert!(
        opened - before < 64 * 1024,
        "{READERS} lines take {} KiB",
        opened - before
    );
    let grown = at_last.saturating_sub(opened);
    assert!(
        grown < 64 * 1024,
        "{STALLED} stalled lines take {grown} KiB more"
    );
    // Who read heard all of it; who stalled is told that it missed something, and goes on.
    over.send_replace(true);
    for beats in hearing {
        let beats = runtime.block_on(beats).unwrap();
        assert!(beats >= ROUNDS / 2, "{beats}");
    }
    runtime.block_on(async {
        for reader in &mut stalled {
            reader.hear("event: gap").await;
        }
    });
    post_all(&server, &token, ROUNDS + 1);
    runtime.block_on(async {
        for reader in &mut stalled {
            reader.hear(&format!("\"value\":\"{}\"", ROUNDS + 1)).await;
        }
    });
    drop((stalled, others));
    until(Duration::from_secs(20), "an answer", || {
        (server.get("/livez").status == 200).then_some(())
    });
    server.stop();
}

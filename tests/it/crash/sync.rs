//! C1 and C6 by system calls: kill -9 proves nothing about syncing (store.md), so the calls
//! themselves are read from `strace`.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::publisher::{Gateway, Publisher, Record, Sent};
use super::site::register;
use crate::stage::{START_WITHIN, Server, Stage, parkpulse};

/// What the trace says, in its order.
#[derive(Debug, PartialEq)]
enum Call {
    /// A sync of the log began.
    SyncBegins,
    /// One that began has returned success.
    SyncEnds,
    /// A message with this number was read from a socket.
    Reads(u64),
    /// This many acknowledgements (PUBACK, PUBREC, 2xx) were written to a socket.
    Answers(usize),
}

/// Starts `serve` under strace, every thread followed, file names and whole strings shown.
fn traced(stage: &Stage, trace: &Path, filters: &[&str], failpoints: &str) -> Server {
    let command = under_strace(stage, trace, filters, failpoints);
    Server::start(command, &stage.data_dir(), &stage.path("serve.log"))
}

fn under_strace(stage: &Stage, trace: &Path, filters: &[&str], failpoints: &str) -> Command {
    let inner = parkpulse(&stage.data_dir());
    let mut command = Command::new("strace");
    command
        .args(["-f", "-y", "-s", "70000", "-o"])
        .arg(trace)
        .args(filters);
    // A tracer that is killed lets go of what it traced; the server must not outlive the test.
    command.args(["setpriv", "--pdeathsig", "KILL"]);
    command.arg(inner.get_program()).arg("serve");
    for (key, value) in inner.get_envs() {
        command.env(key, value.unwrap());
    }
    command.env("FAILPOINTS", failpoints);
    command
}

/// The string arguments of a line, unescaped to bytes.
fn bytes_of(line: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut characters = line.bytes().peekable();
    let mut inside = false;
    while let Some(byte) = characters.next() {
        match (inside, byte) {
            (false, b'"') => inside = true,
            (true, b'"') => inside = false,
            (true, b'\\') => match characters.next().unwrap_or(b'\\') {
                b'n' => bytes.push(b'\n'),
                b'r' => bytes.push(b'\r'),
                b't' => bytes.push(b'\t'),
                b'v' => bytes.push(11),
                b'f' => bytes.push(12),
                digit @ b'0'..=b'7' => {
                    let mut number = u32::from(digit - b'0');
                    for _ in 0..2 {
                        let Some(next @ b'0'..=b'7') = characters.peek().copied() else {
                            break;
                        };
                        number = number * 8 + u32::from(next - b'0');
                        characters.next();
                    }
                    bytes.push(u8::try_from(number).unwrap());
                }
                other => bytes.push(other),
            },
            (true, byte) => bytes.push(byte),
            (false, _) => {}
        }
    }
    bytes
}

/// The numbers of the messages in what was read: `"kw":N` marks message N.
fn numbers_in(bytes: &[u8]) -> Vec<u64> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let number = |rest: &str| {
        rest.split(|c: char| !c.is_ascii_digit())
            .next()
            .unwrap()
            .parse()
            .ok()
    };
    text.split("\"kw\":").skip(1).filter_map(number).collect()
}

/// How many acknowledgements a write carries.
fn answers_in(bytes: &[u8]) -> usize {
    if bytes.starts_with(b"HTTP/1.1 2") {
        // `/readyz` answers 2xx as well and promises nothing.
        return usize::from(String::from_utf8_lossy(bytes).contains("\"committed\""));
    }
    let packets = bytes.chunks_exact(4);
    packets
        .filter(|packet| matches!(packet[..2], [0x40 | 0x50, 2]))
        .count()
}

fn calls(trace: &Path) -> Vec<Call> {
    let text = String::from_utf8_lossy(&fs::read(trace).unwrap()).into_owned();
    let mut syncing: BTreeMap<&str, bool> = BTreeMap::new();
    let mut reading: BTreeMap<&str, bool> = BTreeMap::new();
    let mut calls = Vec::new();
    for line in text.lines() {
        let thread = line.split_whitespace().next().unwrap_or_default();
        let rest = line[thread.len()..].trim_start();
        let is_sync = rest.starts_with("fdatasync(") || rest.starts_with("fsync(");
        if is_sync && rest.contains("readings.db") {
            calls.push(Call::SyncBegins);
            syncing.insert(thread, true);
        }
        let of_sync =
            is_sync || rest.starts_with("<... fdatasync") || rest.starts_with("<... fsync");
        if of_sync && rest.ends_with("= 0") && syncing.remove(thread).is_some() {
            calls.push(Call::SyncEnds);
        }
        let is_read = ["read(", "recvfrom(", "readv("]
            .iter()
            .any(|call| rest.starts_with(call));
        if is_read && rest.contains("<unfinished") {
            reading.insert(thread, rest.contains("socket") || rest.contains("TCP"));
        }
        let resumed = rest.starts_with("<... re") && reading.remove(thread) == Some(true);
        if resumed || is_read && (rest.contains("socket") || rest.contains("TCP")) {
            calls.extend(numbers_in(&bytes_of(rest)).into_iter().map(Call::Reads));
        }
        let is_write = ["write(", "sendto(", "writev(", "sendmsg("]
            .iter()
            .any(|call| rest.starts_with(call));
        if is_write && (rest.contains("socket") || rest.contains("TCP")) {
            match answers_in(&bytes_of(rest)) {
                0 => {}
                count => calls.push(Call::Answers(count)),
            }
        }
    }
    calls
}

/// The first acknowledgement that left before a sync which began after its message was read.
/// Messages are acknowledged in the order in which they came.
fn unsynced_answer(calls: &[Call]) -> Option<usize> {
    let mut waiting: Vec<(u64, bool)> = Vec::new();
    let mut begun: Vec<usize> = Vec::new();
    for (index, call) in calls.iter().enumerate() {
        match call {
            Call::Reads(number) => waiting.push((*number, false)),
            Call::SyncBegins => begun.push(waiting.len()),
            Call::SyncEnds => {
                let covered = if begun.is_empty() { 0 } else { begun.remove(0) };
                for (_, synced) in waiting.iter_mut().take(covered) {
                    *synced = true;
                }
            }
            Call::Answers(count) => {
                let answered: Vec<_> = waiting.drain(..(*count).min(waiting.len())).collect();
                if answered.len() < *count || answered.iter().any(|(_, synced)| !synced) {
                    return Some(index);
                }
                for covered in &mut begun {
                    *covered = covered.saturating_sub(*count);
                }
            }
        }
    }
    None
}

fn message(gateway: &Gateway, number: u64) -> Vec<Sent> {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap();
    let at = i64::try_from(now.as_millis()).unwrap() - 86_400_000 + i64::try_from(number).unwrap();
    vec![(
        gateway.meters[0].clone(),
        "kw",
        at,
        f64::from(u32::try_from(number).unwrap()),
    )]
}

fn post(server: &Server, gateway: &Gateway, number: u64) -> u16 {
    let (meter, _, at, _) = &message(gateway, number)[0];
    let body = format!("{{\"meter\":\"{meter}\",\"at\":{at},\"values\":{{\"kw\":{number}}}}}");
    let bearer = format!("Authorization: Bearer {}", gateway.token);
    let headers = ["Content-Type: application/json", &bearer];
    server
        .send("POST", "/api/v1/readings", &headers, body.as_bytes())
        .status
}

/// One QoS 2 message on a connection of its own, up to its PUBREC.
fn publish_exactly_once(server: &Server, gateway: &Gateway, number: u64) {
    let mut socket = TcpStream::connect(server.mqtt.as_ref().unwrap()).unwrap();
    socket
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let text = |text: &str| {
        [
            &u16::try_from(text.len()).unwrap().to_be_bytes(),
            text.as_bytes(),
        ]
        .concat()
    };
    let mut body = vec![0, 4, b'M', b'Q', b'T', b'T', 4, 0b1100_0010, 0, 60];
    let client = format!("{}/twice", gateway.id);
    body.extend([text(&client), text(&gateway.id), text(&gateway.token)].concat());
    socket
        .write_all(&super::publisher::packet(0x10, &body))
        .unwrap();
    let mut answer = [0; 4];
    socket.read_exact(&mut answer).unwrap();
    let mut body = text(&format!(
        "parkpulse/v1/{}/{}/readings",
        gateway.enterprise, gateway.id
    ));
    body.extend([0, 9]);
    body.extend(super::publisher::payload(&message(gateway, number)).as_bytes());
    socket
        .write_all(&super::publisher::packet(0x34, &body))
        .unwrap();
    socket.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [0x50, 2, 0, 9], "a PUBREC");
}

/// Sends messages one by one through all doors, then many at once, and gives the trace.
fn trace_of_a_day(stage: &Stage, gateway: &Gateway, failpoints: &str) -> Vec<Call> {
    let trace = stage.path("trace");
    let filters = [
        "-e",
        "trace=read,readv,recvfrom,write,writev,sendto,sendmsg,fsync,fdatasync",
    ];
    let server = traced(stage, &trace, &filters, failpoints);
    let mut record = Record::default();
    let mut publisher =
        Publisher::connect(server.mqtt.as_ref().unwrap().parse().unwrap(), gateway).unwrap();
    for number in 1..20 {
        publisher.publish(gateway, message(gateway, number), &mut record);
        publisher.drain(&mut record);
    }
    for number in 20..25 {
        assert_eq!(post(&server, gateway, number), 200);
        publish_exactly_once(&server, gateway, 10 + number);
    }
    for number in 100..400 {
        publisher.publish(gateway, message(gateway, number), &mut record);
    }
    publisher.drain(&mut record);
    drop(server);
    calls(&trace)
}

#[test]
fn no_acknowledgement_leaves_before_a_sync_that_began_after_its_message_was_read() {
    let stage = Stage::new();
    let gateway = register(&stage, 1);
    let calls = trace_of_a_day(&stage, &gateway, "");
    let answers: usize = calls
        .iter()
        .map(|call| {
            if let Call::Answers(count) = call {
                *count
            } else {
                0
            }
        })
        .sum();
    assert_eq!(answers, 19 + 10 + 300, "the trace shows every answer");
    if let Some(index) = unsynced_answer(&calls) {
        panic!(
            "an answer without its sync: {:?}",
            &calls[index.saturating_sub(12)..=index]
        );
    }
}

#[test]
fn the_check_sees_a_store_that_does_not_sync() {
    let stage = Stage::new();
    let gateway = register(&stage, 1);
    let calls = trace_of_a_day(&stage, &gateway, "sync_off_unnoticed=return");
    assert!(
        unsynced_answer(&calls).is_some(),
        "synchronous=OFF passed the check"
    );
}

#[test]
fn the_first_failed_sync_ends_all_acknowledgements_and_the_process() {
    for nth in ["3", "8"] {
        let stage = Stage::new();
        let gateway = register(&stage, 1);
        drop(stage.serve());
        let trace = stage.path("trace");
        let inject = format!("inject=fdatasync:error=EIO:when={nth}+");
        let filters = ["-e", "trace=fdatasync", "-e", &inject, "-P"];
        let log = stage.data_dir().join("readings.db-wal");
        let filters = [&filters[..], &[log.to_str().unwrap()]].concat();
        let mut server = traced(&stage, &trace, &filters, "");
        let mut record = Record::default();
        let address = server.mqtt.as_ref().unwrap().parse().unwrap();
        let mut publisher = Publisher::connect(address, &gateway).unwrap();
        for number in 1..50 {
            if !publisher.publish(&gateway, message(&gateway, number), &mut record) {
                break;
            }
            while publisher.unacknowledged() > 0 && publisher.take_acknowledgements(&mut record) {}
            if publisher.unacknowledged() > 0 {
                break;
            }
        }
        assert!(
            publisher.unacknowledged() > 0,
            "a sync failed and all was acknowledged"
        );
        let code = server.ended(START_WITHIN);
        assert!(code != Some(0), "it ended with {code:?}");
        let synced = fs::read_to_string(&trace)
            .unwrap()
            .lines()
            .filter(|line| line.ends_with("= 0"))
            .count();
        let acknowledged = record.acknowledged.iter().filter(|yes| **yes).count();
        assert!(
            acknowledged <= synced,
            "{acknowledged} acknowledged after {synced} syncs"
        );
    }
}

/// After a failed sync and a restart, frames may be in the page cache only: the start writes the log
/// back before it says that it is ready, and a sync of its own that fails is its end.
#[test]
fn a_sync_that_fails_at_start_is_no_start() {
    let stage = Stage::new();
    let gateway = register(&stage, 1);
    let server = stage.serve();
    assert_eq!(post(&server, &gateway, 7), 200);
    // What was committed is in the log alone: nobody wrote it back.
    server.kill();
    let ports = stage.data_dir().join("ports.json");
    let _ = fs::remove_file(&ports);
    for file in ["readings.db-wal", "readings.db"] {
        let path = stage.data_dir().join(file);
        let filters = ["-e", "trace=fdatasync,fsync", "-e"];
        let inject = "inject=fdatasync,fsync:error=EIO:when=1+";
        let filters = [&filters[..], &[inject, "-P", path.to_str().unwrap()]].concat();
        let trace = stage.path("trace");
        let mut command = under_strace(&stage, &trace, &filters, "");
        let log = fs::File::create(stage.path("serve.log")).unwrap();
        command.stdout(log.try_clone().unwrap()).stderr(log);
        let mut child = command.spawn().unwrap();
        let ended = crate::stage::until(START_WITHIN, "the end of the start", || {
            assert!(!ports.exists(), "{file}: its doors are open");
            child.try_wait().unwrap()
        });
        let words = fs::read_to_string(stage.path("serve.log")).unwrap();
        assert!(!ended.success(), "{file}: {words}");
        assert!(words.contains("writing back the log at start"), "{words}");
        let trace = fs::read_to_string(trace).unwrap();
        assert!(trace.contains("(INJECTED)"), "{file}: {trace}");
    }
    stage.serve().stop();
    assert_eq!(super::site::exported(&stage).len(), 1);
}

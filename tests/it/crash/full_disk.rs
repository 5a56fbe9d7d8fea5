//! A disk without space (contract.md 1): acknowledgements stop, pages stay, taking resumes alone,
//! and nothing that was acknowledged is lost.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use super::publisher::{Gateway, Publisher, Record, Sent, payload};
use super::site::{INDICATORS, assert_kept, register};
use crate::stage::{STOP_WITHIN, Server, Stage, until};

/// A small file system of its own, unmounted when dropped. Mounting needs root, as in CI.
struct Mounted(PathBuf);

impl Mounted {
    fn new(path: &Path, size: &str) -> Self {
        fs::create_dir_all(path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
            .arg(path)
            .status()
            .unwrap();
        assert!(
            mounted.success(),
            "a tmpfs could not be mounted: this test needs root"
        );
        Self(path.to_owned())
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

/// A message of 40 readings that compress badly.
fn message(meter: &str, number: i64, begin: i64) -> Vec<Sent> {
    let mut values = Vec::new();
    for reading in 0..40 {
        let at = begin + (number * 40 + reading) * 1000;
        for (offset, indicator) in INDICATORS.iter().enumerate() {
            let noise = f64::from(i32::try_from((at / 1000 * 7919) % 1_000_003).unwrap()).sqrt();
            values.push((
                meter.to_owned(),
                *indicator,
                at,
                noise + [0.0, 1.0, 2.0][offset],
            ));
        }
    }
    values
}

#[test]
fn a_full_disk_stops_acknowledgements_and_nothing_else() {
    let stage = Stage::new();
    let mounted = Mounted::new(&stage.data_dir(), "12m");
    let gateway = register(&stage, 1);
    let ballast = stage.data_dir().join("ballast");
    fs::write(&ballast, vec![1; 6 << 20]).unwrap();
    let server = stage.serve_with(|command| {
        // The floors out of the way: the disk itself is to say no.
        command.env("PARKPULSE_STORE__FREE_FOLD_MIN", "0 B");
        command.env("PARKPULSE_STORE__FREE_TAKE_MIN", "0 B");
        command.env("PARKPULSE_HTTP__COMMIT_WITHIN", "1 s");
    });
    let address = server.mqtt.as_ref().unwrap().parse().unwrap();
    // Whoever looks at the pages later needs a token, which is a change, too.
    assert!(server.bearer().is_some());
    let mut publisher = Publisher::connect(address, &gateway).unwrap();
    let mut record = Record::default();
    let begin = days_ago(20);
    let mut silent_since = Instant::now();
    let mut number = 0;
    while publisher.unacknowledged() < 100 || silent_since.elapsed() < Duration::from_secs(1) {
        if publisher.unacknowledged() < 100 {
            publisher.publish(&gateway, message("M-01", number, begin), &mut record);
            number += 1;
        }
        let before = publisher.unacknowledged();
        assert!(
            publisher.take_acknowledgements(&mut record),
            "the connection must stay"
        );
        if publisher.unacknowledged() < before {
            silent_since = Instant::now();
        }
        assert!(number < 20_000, "the disk never became full");
    }
    assert!(record.acknowledged.iter().filter(|yes| **yes).count() > 10);
    pages_stay(&server, begin);
    assert_come_again(&server, &gateway, &record);
    // A change of the registry may fail now, but it spoils nothing for the time after.
    let add = |account: &str| {
        let role = ["--role", "operator", "--scope", "*", "--token-days", "1"];
        stage.run(&[&["user", "add", account, "--json"][..], &role].concat())
    };
    for account in ["early-1", "early-2", "early-3"] {
        let _may_fail = add(account);
    }
    fs::remove_file(&ballast).unwrap();
    until(Duration::from_secs(20), "taking resumes by itself", || {
        assert!(
            publisher.take_acknowledgements(&mut record),
            "the connection must stay"
        );
        (publisher.unacknowledged() == 0).then_some(())
    });
    let late = add("late");
    let words = String::from_utf8_lossy(&late.stderr);
    assert!(late.status.success(), "no change is taken again: {words}");
    server.stop();
    assert_kept_where_there_is_room(&stage, &record);
    drop(mounted);
}

/// Who only looks sees what there is: pages, the map, a meter's readings.
fn pages_stay(server: &Server, begin: i64) {
    let moment = parkpulse::calendar::Moment::from_unix_ms(begin);
    let day = parkpulse::calendar::Day::of(moment);
    let readings = format!("/api/v1/meters/M-01/readings?indicator=kw&day={day}");
    for path in ["/livez", "/metrics", "/", "/api/v1/map", &readings] {
        let answer = server.get(path);
        assert_eq!(
            answer.status, 200,
            "{path} while the disk is full: {answer:?}"
        );
    }
}

/// Who sends over HTTP is told to come again (contract.md 3); what is sent here was acknowledged
/// already, so that it changes nothing when it is taken in later all the same.
fn assert_come_again(server: &Server, gateway: &Gateway, record: &Record) {
    let known = record.sent.iter().zip(&record.acknowledged);
    let (known, _) = known.into_iter().find(|(_, yes)| **yes).unwrap();
    let bearer = format!("Authorization: Bearer {}", gateway.token);
    let headers = ["Content-Type: application/json", &bearer];
    let body = payload(known);
    let answer = server.send("POST", "/api/v1/readings", &headers, body.as_bytes());
    assert_eq!(answer.status, 503, "{answer:?}");
    let pause: u32 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&pause), "{answer:?}");
    assert_eq!(answer.json()["code"], "unavailable", "{answer:?}");
}

/// Settling needs room, too: the data are looked at where there is some.
fn assert_kept_where_there_is_room(stage: &Stage, record: &Record) {
    let roomy = Stage::new();
    let copied = Command::new("cp")
        .arg("-a")
        .args([stage.data_dir(), roomy.data_dir()])
        .status();
    assert!(copied.unwrap().success());
    assert_kept(&roomy, record);
}

/// Publishes until nothing was acknowledged for a second though messages wait.
fn fill(publisher: &mut Publisher, gateway: &Gateway, begin: i64, record: &mut Record) {
    let mut silent_since = Instant::now();
    while publisher.unacknowledged() < 20 || silent_since.elapsed() < Duration::from_secs(1) {
        if publisher.unacknowledged() < 20 {
            let number = i64::try_from(record.sent.len()).unwrap();
            assert!(number < 2_000, "the heads never became full");
            publisher.publish(gateway, message("M-01", number, begin), record);
        }
        if acknowledged_since(publisher, record) > 0 {
            silent_since = Instant::now();
        }
    }
}

/// How many acknowledgements came within the patience of one read.
fn acknowledged_since(publisher: &mut Publisher, record: &mut Record) -> usize {
    let before = publisher.unacknowledged();
    let alive = publisher.take_acknowledgements(record);
    assert!(alive, "the connection must stay");
    before - publisher.unacknowledged()
}

/// Waits until the server says how short its space is.
fn await_short(server: &Server, wanted: u8) {
    let line = format!("parkpulse_store_space_short {wanted}");
    until(Duration::from_secs(10), &line, || {
        let page = server.get("/metrics").body;
        let page = String::from_utf8_lossy(&page).into_owned();
        page.lines().any(|one| one == line).then_some(())
    });
}

/// Fills the disk until so many thousandths of it are free.
fn leave_free(disk: &Path, ballast: &str, thousandths: u64) {
    let found = rustix::fs::statvfs(disk).unwrap();
    let free = found.f_bavail * found.f_frsize;
    let left = found.f_blocks * found.f_frsize / 1_000 * thousandths;
    let size = usize::try_from(free.checked_sub(left).unwrap()).unwrap();
    fs::write(disk.join(ballast), vec![1; size]).unwrap();
}

/// The floors of a small disk: a tenth of it for folding, a twentieth for taking.
#[test]
fn below_the_floors_folding_then_taking_stop_and_a_stop_waits_for_neither() {
    let stage = Stage::new();
    let disk = stage.data_dir();
    let mounted = Mounted::new(&disk, "96m");
    let gateway = register(&stage, 1);
    let mut server = stage.serve_with(|command| {
        // Three of these messages fill a head.
        command.env("PARKPULSE_STORE__FOLD_MESSAGES", "20");
    });
    let address = server.mqtt.as_ref().unwrap().parse().unwrap();
    let mut publisher = Publisher::connect(address, &gateway).unwrap();
    let mut record = Record::default();
    let begin = days_ago(20);
    let silence = |publisher: &mut Publisher, record: &mut Record| {
        let end = Instant::now() + Duration::from_secs(1);
        while Instant::now() < end {
            assert_eq!(acknowledged_since(publisher, record), 0);
        }
    };
    await_short(&server, 0);
    leave_free(&disk, "ballast", 75);
    await_short(&server, 1);
    fill(&mut publisher, &gateway, begin, &mut record);
    let taken = record.acknowledged.iter().filter(|yes| **yes).count();
    assert!(taken > 0, "without folding the heads still take");
    leave_free(&disk, "more", 25);
    await_short(&server, 2);
    silence(&mut publisher, &mut record);
    fs::remove_file(disk.join("more")).unwrap();
    await_short(&server, 1);
    silence(&mut publisher, &mut record);
    fs::remove_file(disk.join("ballast")).unwrap();
    await_short(&server, 0);
    publisher.drain(&mut record);

    leave_free(&disk, "ballast", 75);
    await_short(&server, 1);
    fill(&mut publisher, &gateway, begin, &mut record);
    server.signal("TERM");
    let code = server.ended(STOP_WITHIN);
    assert_eq!(code, Some(0), "{}", server.log());
    fs::remove_file(disk.join("ballast")).unwrap();
    assert_kept_where_there_is_room(&stage, &record);
    drop(mounted);
}

/// Milliseconds since 1970 so many days ago.
fn days_ago(days: i64) -> i64 {
    crate::pages_park::now().unix_ms() - days * 86_400_000
}

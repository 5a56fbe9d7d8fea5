//! Hundreds of wrong sign-ins at once while readings stream in: readings are acknowledged as before,
//! and whoever works here signs in.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::crash::publisher::{Gateway, Publisher, Record, Sent};
use crate::crash::site::{INDICATORS, assert_kept, register};
use crate::stage::{PASSWORD, Server, Stage, cookie_of, until};

/// Wrong sign-ins at once.
const WRONG: usize = 500;

/// Messages a second, of three values each: what a debug build holds beside 500 hashes on a shared
/// machine of 2 cores. A release build bears 8,000 (`BENCH_ONLY=wrong make bench`).
const RATE: u32 = 250;

/// Not one acknowledgement takes longer, and the stream never falls behind its plan by more.
const ACKNOWLEDGED_WITHIN: Duration = Duration::from_secs(10);

/// Sends by plan until `done`; gives what was sent and the longest wait for an acknowledgement.
fn stream(server: &Server, gateway: &Gateway, done: &AtomicBool) -> (Record, Duration) {
    let address = server.mqtt.as_ref().unwrap().parse().unwrap();
    let mut line = Publisher::connect(address, gateway).unwrap();
    let (mut record, mut open) = (Record::default(), VecDeque::new());
    let (begun, mut longest) = (Instant::now(), Duration::ZERO);
    let first = jiff::Timestamp::now().as_millisecond() - 3_600_000;
    while !done.load(Ordering::SeqCst) || !open.is_empty() {
        let number = u32::try_from(record.sent.len()).unwrap();
        let due = begun + Duration::from_secs(1) * number / RATE;
        if !done.load(Ordering::SeqCst) && Instant::now() >= due {
            longest = longest.max(due.elapsed());
            let at = first + i64::from(number);
            let meter = &gateway.meters[record.sent.len() % gateway.meters.len()];
            let value = |indicator| -> Sent { (meter.clone(), indicator, at, f64::from(number)) };
            let values = INDICATORS.into_iter().map(value).collect();
            open.push_back((record.sent.len(), Instant::now()));
            assert!(line.publish(gateway, values, &mut record));
        }
        assert!(line.take_acknowledgements(&mut record));
        while let Some((index, sent_at)) = open.front() {
            longest = longest.max(sent_at.elapsed());
            if !record.acknowledged[*index] {
                break;
            }
            open.pop_front();
        }
        assert!(longest < ACKNOWLEDGED_WITHIN, "{longest:?}");
    }
    (record, longest)
}

/// How often each status was answered, and that those who were sent away know when to come again.
fn flood(server: &Server) -> BTreeMap<u16, usize> {
    let mut statuses = BTreeMap::new();
    std::thread::scope(|scope| {
        let tries: Vec<_> = (0..WRONG)
            .map(|number| {
                scope.spawn(move || {
                    // Half of them at the account of somebody who works here.
                    let nobody = format!("nobody.{number}");
                    let account = if number % 2 == 0 { "op.one" } else { &nobody };
                    let answer = server.try_password(account, "wrong and long enough");
                    let is_put_off = matches!(answer.status, 429 | 503);
                    assert_eq!(is_put_off, answer.header("retry-after").is_some());
                    answer.status
                })
            })
            .collect();
        for one in tries {
            *statuses.entry(one.join().unwrap()).or_default() += 1;
        }
    });
    statuses
}

/// The nice values of the threads that hash for strangers, seen until `done`.
#[cfg(target_os = "linux")]
fn claims(process: u32, done: &AtomicBool) -> BTreeSet<i64> {
    let mut seen = BTreeSet::new();
    while !done.load(Ordering::SeqCst) {
        // Whoever looks without a pause takes the processor away from what is looked at.
        std::thread::sleep(Duration::from_millis(5));
        let Ok(threads) = std::fs::read_dir(format!("/proc/{process}/task")) else {
            continue;
        };
        for thread in threads.filter_map(Result::ok) {
            // It may have ended meanwhile.
            let stat = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            let Some((_, rest)) = stat.split_once("(hashing) ") else {
                continue;
            };
            seen.extend(
                rest.split(' ')
                    .nth(16)
                    .and_then(|nice| nice.parse::<i64>().ok()),
            );
        }
    }
    seen
}

#[test]
fn a_flood_of_wrong_sign_ins_harms_neither_readings_nor_whoever_works_here() {
    let stage = Stage::new();
    let gateway = register(&stage, 4);
    let mut person = stage.person("op.one", "operator", "P1");
    let mut other = stage.person("two.two", "operator", "P1");
    let server = stage.serve();
    server.sign_in(&mut person);
    let (done, flooded) = (AtomicBool::new(false), AtomicBool::new(false));
    let (record, longest) = std::thread::scope(|scope| {
        let streaming = scope.spawn(|| stream(&server, &gateway, &done));
        let flooding = scope.spawn(|| {
            let statuses = flood(&server);
            flooded.store(true, Ordering::SeqCst);
            statuses
        });
        #[cfg(target_os = "linux")]
        let watching = scope.spawn(|| claims(server.pid(), &flooded));
        // From a browser in which they signed in before, once, in the middle of it.
        let body = json!({"account": "op.one", "password": PASSWORD});
        let begun = Instant::now();
        let right = server.post("/api/v1/sign-in", &person.cookie, &body);
        assert_eq!(right.status, 200, "{}", right.text());
        assert!(begun.elapsed() < Duration::from_secs(5));
        assert!(!flooded.load(Ordering::SeqCst), "it was over before");
        // From a new one, somebody who comes again until there is a place.
        let password = other.password.clone();
        let first = until(Duration::from_mins(1), "a place for a stranger", || {
            let answer = server.try_password("two.two", &password);
            (answer.status == 200).then_some(answer)
        });
        let statuses = flooding.join().unwrap();
        // A thread that has only begun has not stepped back yet.
        #[cfg(target_os = "linux")]
        assert!(watching.join().unwrap().contains(&19));
        let known: Vec<u16> = statuses.keys().copied().collect();
        assert!(
            known.iter().all(|one| [401, 429, 503].contains(one)),
            "{statuses:?}"
        );
        assert_eq!(statuses.values().sum::<usize>(), WRONG);
        assert!(statuses[&401] > 10, "{statuses:?}");
        other.cookie = cookie_of(&first);
        done.store(true, Ordering::SeqCst);
        streaming.join().unwrap()
    });
    assert!(record.acknowledged.iter().all(|yes| *yes));
    assert!(record.sent.len() > 100, "{}", record.sent.len());
    println!(
        "{} messages, the longest wait {longest:?}",
        record.sent.len()
    );
    assert_kept(&stage, &record);
}

//! A second process for what would end or bend the first: it is this test binary again, started by
//! the tests of `store_crash` and `store_disk` with its orders in the environment.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use parkpulse::calendar::ClockAt;
use parkpulse::store::embedded::{Embedded, Settings};
use parkpulse::store::{Append, Conservation, Engine, Space, StoreFault};

use crate::store_rig::*;

/// What the child is to do, and where.
const ORDER: &str = "STORE_CHILD_ORDER";
const FOLDER: &str = "STORE_CHILD_FOLDER";
const PLACE: &str = "STORE_CHILD_PLACE";
const AFTER: &str = "STORE_CHILD_AFTER";

/// This binary again, to carry out `order` in `folder`.
pub(crate) fn child(order: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args([
            "--exact",
            "store_child::carries_out_its_order",
            "--nocapture",
        ])
        .env(ORDER, order)
        .env(FOLDER, folder);
    command
}

/// The child that dies at failpoint `place`, the `after`th time it comes there.
pub(crate) fn dying(folder: &Path, place: &str, after: u32) -> Command {
    let mut command = child("die", folder);
    command.env(PLACE, place).env(AFTER, after.to_string());
    command
}

#[test]
fn carries_out_its_order() {
    // Without an order this is an ordinary test run, which has none to carry out.
    let Ok(order) = std::env::var(ORDER) else {
        return;
    };
    let folder = PathBuf::from(std::env::var(FOLDER).unwrap());
    match order.as_str() {
        "die" => write_until_death(&folder),
        "start" => start(&folder),
        "fill" => fill_the_disk(&folder),
        "grow" => outgrow_the_index_of_the_log(&folder),
        "count" => count_while_it_commits(&folder),
        "sync" => commit_until_refused(&folder),
        other => panic!("no such order: {other}"),
    }
}

/// Folds and compacts often, in small slices.
pub(crate) fn busy() -> Settings {
    Settings {
        head_messages: 16,
        slice_bytes: 1,
        ..settings()
    }
}

/// The file in which the child notes what was acknowledged.
pub(crate) fn acknowledged(folder: &Path) -> PathBuf {
    folder.join("acknowledged")
}

fn write_until_death(folder: &Path) {
    let place = std::env::var(PLACE).unwrap();
    let after: u32 = std::env::var(AFTER).unwrap().parse().unwrap();
    let hits = AtomicU32::new(0);
    fail::cfg_callback(place, move || {
        if hits.fetch_add(1, Ordering::SeqCst) + 1 == after {
            std::process::abort();
        }
    })
    .unwrap();
    let known = fs::read_to_string(acknowledged(folder)).unwrap_or_default();
    let first = known
        .lines()
        .last()
        .map_or(1, |last| last.parse::<u32>().unwrap() + 1);
    let clock = Arc::new(ClockAt::new(morning()));
    let engine = Embedded::open(folder, busy(), clock.clone()).unwrap();
    let mut notes = OpenOptions::new()
        .create(true)
        .append(true)
        .open(acknowledged(folder))
        .unwrap();
    // The last few come again, as after a lost connection.
    for seq in first.saturating_sub(5).max(1)..first + 2_000 {
        let number = f64::from(seq);
        let at = minutes(i64::from(seq) - 60 * 1_440);
        let values = [(1, number), (2, number / 7.0)];
        let taken = counted(1, u64::from(seq), vec![reading(seq % 5, at, &values)]);
        let committed =
            block_on(async { engine.submit(vec![taken]).await.unwrap().synced().await });
        committed.unwrap();
        if seq >= first {
            writeln!(notes, "{seq}").unwrap();
        }
        if seq % 40 == 0 {
            // A day later: what was folded into past months is compacted.
            clock.set(morning().plus_ms(i64::from(seq) * 86_400_000));
            engine.settle().unwrap();
        }
    }
    panic!("lived on");
}

/// Commits until the store refuses, and tells what it says then.
fn commit_until_refused(folder: &Path) {
    let engine = Embedded::open(folder, settings(), Arc::new(ClockAt::new(morning()))).unwrap();
    println!("ready");
    let commit = |minute: i64| {
        let taken = message(vec![reading(1, minutes(minute), &[(1, 1.0)])]);
        block_on(async { engine.submit(vec![taken]).await?.synced().await })
    };
    let refused = (0..1_000).find_map(|minute| commit(minute).err());
    println!("refused: {}", refused.unwrap());
    println!("again: {}", commit(2_000).unwrap_err());
    let failure = engine.failure().borrow().clone();
    println!("failure: {}", failure.unwrap());
}

/// Commits while the test reads, so that the log and its index grow, until the first has more pages
/// than one part of the second tells of.
fn outgrow_the_index_of_the_log(folder: &Path) {
    let engine = Embedded::open(folder, settings(), Arc::new(ClockAt::new(morning()))).unwrap();
    let file = folder.join("readings.db");
    let big = |number: i64| {
        let value = |of: u16| {
            (
                of,
                1.0 / (f64::from(of) + 3.0 + 1e-3 * f64::from(i32::try_from(number).unwrap())),
            )
        };
        let values: Vec<(u16, f64)> = (0..60).map(value).collect();
        let at = |of: i64| minutes(number * 200 + of);
        message((0..200).map(|of| reading(1, at(of), &values)).collect())
    };
    let log = file.with_extension("db-wal");
    let mut number = 0;
    while fs::metadata(&log).unwrap().len() < 5_000 * 4_096 {
        let taken = vec![big(number)];
        let committed = block_on(async { engine.submit(taken).await.unwrap().synced().await });
        committed.unwrap();
        number += 1;
    }
    assert_eq!(engine.health().space, Space::Plenty);
    println!("grown");
}

/// Somebody counts and stands still in the middle of the table; who commits is not kept waiting, and
/// what was folded meanwhile is counted once.
fn count_while_it_commits(folder: &Path) {
    let scenario = fail::FailScenario::setup();
    let engine = Embedded::open(folder, settings(), Arc::new(ClockAt::new(morning()))).unwrap();
    let commit = |minute: i64| {
        let taken = vec![message(vec![reading(1, minutes(minute), &[(1, 1.0)])])];
        block_on(async {
            let synced = async { engine.submit(taken).await.unwrap().synced().await };
            let within = tokio::time::timeout(Duration::from_secs(20), synced).await;
            within.expect("committed while somebody counts").unwrap()
        })
    };
    commit(1);
    let (reached, is_reached) = std::sync::mpsc::channel();
    let (goes_on, may_go_on) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(Some((reached, may_go_on)));
    let stand_still = move || {
        // Only the first to come here is held.
        if let Some((reached, may_go_on)) = held.lock().unwrap().take() {
            reached.send(()).unwrap();
            let _or_for_ever = may_go_on.recv_timeout(Duration::from_mins(1));
        }
    };
    fail::cfg_callback("while_counting", stand_still).unwrap();
    let counted = std::thread::scope(|scope| {
        let counting = scope.spawn(|| {
            let counted = collect(|visit| engine.counts(None, visit));
            counted.iter().map(|(_, _, of)| of.received).sum::<i64>()
        });
        is_reached.recv_timeout(Duration::from_secs(20)).unwrap();
        commit(2);
        engine.settle().unwrap();
        commit(3);
        goes_on.send(()).unwrap();
        counting.join().unwrap()
    });
    assert!((1..=3).contains(&counted), "{counted}");
    let counted = collect(|visit| engine.counts(None, visit));
    assert_eq!(counted.len(), 1);
    assert_eq!(
        (
            counted[0].2.received,
            counted[0].2.stored,
            counted[0].2.pending
        ),
        (3, 2, 1)
    );
    scenario.teardown();
    println!("counted");
}

fn start(folder: &Path) {
    let scenario = fail::FailScenario::setup();
    let opened = Embedded::open(folder, settings(), Arc::new(ClockAt::new(morning())));
    match opened {
        Ok(_store) => println!("started"),
        Err(StoreFault::SelfCheck { setting, found, .. }) => println!("{setting} is {found}"),
        Err(other) => panic!("{other}"),
    }
    scenario.teardown();
}

/// Runs on a small disk of its own: fills it, sees that nothing is acknowledged and that reads go
/// on, makes room, and sees that taking resumes by itself.
fn fill_the_disk(folder: &Path) {
    let engine = Embedded::open(folder, settings(), Arc::new(ClockAt::new(morning()))).unwrap();
    let ballast = folder.join("ballast");
    let mut file = fs::File::create(&ballast).unwrap();
    let piece = vec![7; 65_536];
    while file.write_all(&piece).is_ok() {}
    drop(file);
    let big = |number: i64| {
        let values: Vec<(u16, f64)> = (0..60).map(|of| (of, 1.0 / f64::from(of + 3))).collect();
        let at = |of: i64| minutes(number * 200 + of);
        message((0..200).map(|of| reading(1, at(of), &values)).collect())
    };
    block_on(async {
        let mut taken = 0;
        let waiting = loop {
            let mut commit = Box::pin(engine.submit(vec![big(taken)]).await.unwrap().synced());
            match tokio::time::timeout(Duration::from_secs(1), &mut commit).await {
                Ok(number) => taken = i64::try_from(number.unwrap().get()).unwrap(),
                Err(_waits) => break commit,
            }
        };
        assert_eq!(engine.health().space, Space::TakingStopped);
        assert!(
            engine.failure().borrow().is_none(),
            "a full disk is no failed one"
        );
        let found = collect(|visit| {
            let meter = parkpulse::park::MeterNo::new(1);
            parkpulse::store::Series::all_values(&engine, meter, None, ages(), visit)
        });
        assert_eq!(
            found.len(),
            usize::try_from(taken).unwrap() * 12_000,
            "reads go on"
        );
        fs::remove_file(&ballast).unwrap();
        let resumed = tokio::time::timeout(Duration::from_secs(20), waiting).await;
        let number = resumed.expect("taking resumes by itself").unwrap();
        assert_eq!(
            i64::try_from(number.get()).unwrap(),
            taken + 1,
            "committed once"
        );
    });
    engine.settle().unwrap();
    let mut sums = Vec::new();
    let counted = engine.counts(None, &mut |(_, _, counts)| {
        sums.push(*counts);
        std::ops::ControlFlow::Continue(())
    });
    counted.unwrap();
    assert!(sums.iter().all(parkpulse::store::Counts::balance));
    println!("resumed");
}

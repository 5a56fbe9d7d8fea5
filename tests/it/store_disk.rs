//! The disk under the store: full, damaged, of another time, or with a setting that breaks the
//! promises.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use parkpulse::calendar::ClockAt;
use parkpulse::indicator::IndicatorNo;
use parkpulse::park::MeterNo;
use parkpulse::store::StoreFault;
use parkpulse::store::embedded::Embedded;

use crate::store_child::child;
use crate::store_rig::*;

fn said(mut command: Command) -> String {
    let ended = command.output().unwrap();
    let out = String::from_utf8_lossy(&ended.stdout).into_owned();
    let err = String::from_utf8_lossy(&ended.stderr);
    assert!(ended.status.success(), "{out}\n{err}");
    out
}

/// Large messages fill a head as small ones do, so that its memory is bounded (contract C4): a
/// head for 4 messages has room for 64 values.
#[test]
fn a_head_is_full_of_values_too() {
    let rig = Rig::embedded(parkpulse::store::embedded::Settings {
        head_messages: 4,
        ..settings()
    });
    let values: Vec<(u16, f64)> = (1..9).map(|indicator| (indicator, 1.5)).collect();
    let readings = |count: i64| (0..count).map(|minute| reading(1, minutes(minute), &values));
    rig.commit(vec![message(readings(7).collect())]);
    assert_eq!(rig.engine.health().head_messages, 1, "56 values have room");
    rig.commit(vec![message(readings(8).collect())]);
    crate::stage::until(std::time::Duration::from_secs(10), "a fold", || {
        (rig.engine.health().folds == 1).then_some(())
    });
    assert_eq!(rig.engine.health().head_messages, 0);
}

#[test]
fn a_large_message_takes_the_place_of_several_in_the_queue() {
    let rig = Rig::embedded(parkpulse::store::embedded::Settings {
        queue_messages: 4,
        // The writer waits for company, so that what was handed over stays in the queue.
        gather_for: std::time::Duration::from_secs(20),
        ..settings()
    });
    let values: Vec<(u16, f64)> = (1..9).map(|indicator| (indicator, 1.5)).collect();
    let large = |from: i64| {
        let readings = (from..from + 6).map(|minute| reading(1, minutes(minute), &values));
        vec![message(readings.collect())]
    };
    let submit = |taken| {
        let mut submitting = rig.engine.submit(taken);
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        submitting
            .as_mut()
            .poll(&mut context)
            .map(|place| place.unwrap())
    };
    let _first = submit(large(0));
    assert!(
        matches!(submit(large(6)), std::task::Poll::Pending),
        "3 of 4 places are taken"
    );
    let small = vec![message(vec![reading(1, minutes(60), &values)])];
    assert!(submit(small).is_ready(), "one is left");
}

#[test]
fn a_full_disk_stops_taking_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let inner = child("fill", folder.path());
    let mut command = Command::new("unshare");
    // A mount namespace of its own: the small disk goes with the child.
    command.args(["--mount", "--map-root-user", "sh", "-c"]);
    command.arg("mount -t tmpfs -o size=8m tmpfs \"$0\" && exec \"$@\"");
    command
        .arg(folder.path())
        .arg(inner.get_program())
        .args(inner.get_args());
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap());
    }
    assert!(said(command).contains("resumed"));
}

#[test]
fn the_self_check_notices_a_missing_sync() {
    let start = |failpoints: &str| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = child("start", folder.path());
        command.env("FAILPOINTS", failpoints);
        said(command)
    };
    assert!(start("").contains("started"));
    assert!(start("sync_off=return").contains("synchronous is 0"));
}

/// The child under `strace`, with the `nth` and all later syncs of data failing.
fn with_failing_sync(folder: &Path, nth: u32) -> Command {
    let inner = child("sync", folder);
    // A store that tried again would do so for ever.
    let mut command = Command::new("timeout");
    command.args(["60", "strace", "-f", "-qq", "-e", "trace=fdatasync", "-e"]);
    command.arg(format!("inject=fdatasync:error=EIO:when={nth}+"));
    command.arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap());
    }
    command
}

#[test]
fn the_first_failed_sync_stops_the_store_for_good() {
    let folder = tempfile::tempdir().unwrap();
    let said = said(with_failing_sync(folder.path(), 30));
    assert!(said.contains("ready"), "{said}");
    for sentence in [
        "refused: a sync of the log failed",
        "again: a sync",
        "failure: the disk failed",
    ] {
        assert!(said.contains(sentence), "{said}");
    }
    let kept = open(folder.path()).unwrap();
    let found = collect(|visit| {
        parkpulse::store::Series::all_values(&kept, MeterNo::new(1), None, ages(), visit)
    });
    assert!(!found.is_empty(), "what was acknowledged before is kept");
}

/// A child under `strace` that writes what it did to `trace`.
fn watched(order: &str, folder: &Path, trace: &Path, filters: &[&str]) -> Command {
    let inner = child(order, folder);
    let mut command = Command::new("timeout");
    command.args(["60", "strace", "-f", "-y", "-qq", "-o"]);
    command.arg(trace).args(filters);
    command.arg(inner.get_program()).args(inner.get_args());
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap());
    }
    command
}

/// A file whose name is not on disk is no file after the power went.
#[test]
fn a_new_file_and_its_folder_are_named_on_disk_before_anything_is_taken() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().canonicalize().unwrap().join("data");
    std::fs::create_dir(&folder).unwrap();
    let trace = home.path().join("trace");
    let filters = ["-e", "trace=openat,fsync,fdatasync"];
    assert!(said(watched("start", &folder, &trace, &filters)).contains("started"));
    let trace = std::fs::read_to_string(trace).unwrap();
    let lines: Vec<&str> = trace.lines().collect();
    let made = lines.iter().position(|line| {
        line.contains("/readings.db\"") && line.contains("O_CREAT") && !line.contains("= -1")
    });
    let after = &lines[made.expect("it made its file")..];
    for named in [folder.as_path(), folder.parent().unwrap()] {
        let what = format!("<{}>", named.display());
        let synced = |line: &&str| line.contains("sync(") && line.contains(&what);
        assert!(after.iter().any(synced), "{what}: {trace}");
    }
}

#[test]
fn nobody_who_counts_keeps_a_commit_waiting() {
    let folder = tempfile::tempdir().unwrap();
    assert!(said(child("count", folder.path())).contains("counted"));
}

/// The index of the log is a file of its own that grows: no space for it is no failed disk either.
#[test]
fn an_index_of_the_log_that_cannot_grow_is_a_full_disk() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("data");
    std::fs::create_dir(&folder).unwrap();
    let (trace, index) = (home.path().join("trace"), folder.join("readings.db-shm"));
    // Who reads keeps the log from being written back, and the index from being made anew.
    drop(open(&folder).unwrap());
    let reader = rusqlite::Connection::open(folder.join("readings.db")).unwrap();
    let count = "BEGIN; SELECT count(*) FROM meta";
    reader.execute_batch(count).unwrap();
    let inject = "inject=write,pwrite64:error=ENOSPC:when=1..3";
    let filters = ["-e", "trace=write,pwrite64", "-e", inject, "-P"];
    let filters = [&filters[..], &[index.to_str().unwrap()]].concat();
    let said = said(watched("grow", &folder, &trace, &filters));
    assert!(said.contains("grown"), "{said}");
    let trace = std::fs::read_to_string(trace).unwrap();
    assert_eq!(trace.matches("(INJECTED)").count(), 3, "{trace}");
}

fn open(folder: &Path) -> Result<Embedded, StoreFault> {
    Embedded::open(folder, settings(), Arc::new(ClockAt::new(morning())))
}

/// `wal_checkpoint` succeeds even if somebody keeps it from writing back: its answer says so, and
/// frames may be in the page cache only.
#[test]
fn a_log_that_cannot_be_written_back_is_no_start() {
    let folder = tempfile::tempdir().unwrap();
    drop(open(folder.path()).unwrap());
    let connect = || rusqlite::Connection::open(folder.path().join("readings.db")).unwrap();
    let reader = connect();
    reader.execute_batch("BEGIN").unwrap();
    let _pinned: i64 = reader
        .query_row("SELECT count(*) FROM meta", [], |row| row.get(0))
        .unwrap();
    let insert = "PRAGMA wal_autocheckpoint=0; INSERT INTO meta (k, v) VALUES ('tried', 1)";
    connect().execute_batch(insert).unwrap();
    let refused = open(folder.path()).unwrap_err();
    assert!(
        matches!(&refused, StoreFault::DiskFailed { cause, .. } if cause.contains("somebody else")),
        "{refused:?}"
    );
    drop(reader);
    open(folder.path()).unwrap();
}

#[test]
fn a_file_from_the_future_or_of_others_is_refused_and_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path()).unwrap();
    let file = folder.path().join("readings.db");
    let on_file = |statement: &str| {
        let connection = rusqlite::Connection::open(&file).unwrap();
        connection.execute_batch(statement).unwrap();
    };
    on_file("PRAGMA user_version = 99");
    let refused = open(folder.path()).unwrap_err();
    assert!(
        matches!(refused, StoreFault::FromTheFuture { found: 99, .. }),
        "{refused}"
    );
    on_file("PRAGMA user_version = 1; PRAGMA application_id = 7");
    let refused = open(folder.path()).unwrap_err();
    assert!(matches!(refused, StoreFault::Foreign { .. }), "{refused}");
    on_file("PRAGMA application_id = 1885434475");
    open(folder.path()).unwrap();
}

/// Overwrites the first blob of a table, leaving its key.
fn damage(rig: &Rig, table: &str) {
    let connection = rusqlite::Connection::open(rig.file()).unwrap();
    let rows = connection
        .execute(&format!("UPDATE {table} SET d = x'00112233445566'"), [])
        .unwrap();
    assert!(rows > 0, "{table} has nothing to damage");
}

#[test]
fn damaged_rows_are_put_aside_counted_and_passed_over() {
    for table in ["day", "latest", "batch"] {
        let mut rig = Rig::embedded(settings());
        rig.commit(vec![message(vec![reading(3, minutes(1), &[(1, 1.0)])])]);
        if table != "batch" {
            rig.engine.settle().unwrap();
        }
        damage(&rig, table);
        rig.restart();
        rig.commit(vec![message(vec![reading(3, minutes(2), &[(1, 2.0)])])]);
        let found = brief(&rig.first(3));
        let expected = if table == "latest" { 2 } else { 1 };
        assert_eq!(found.len(), expected, "{table}: the others are there");
        rig.engine.settle().unwrap();
        assert_eq!(rig.engine.health().damaged, 1, "{table}");
        rig.commit(vec![message(vec![reading(3, minutes(3), &[(1, 3.0)])])]);
        rig.engine.settle().unwrap();
        assert_eq!(brief(&rig.first(3)).len(), expected + 1, "{table}");
        let connection = rusqlite::Connection::open(rig.file()).unwrap();
        let query = "SELECT kind, why FROM damaged";
        let aside: (String, String) = connection
            .query_row(query, [], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        assert_eq!(aside, (table.to_owned(), "checksum".to_owned()));
    }
}

#[test]
fn a_snapshot_is_whole_while_commits_go_on() {
    let rig = Rig::embedded(settings());
    let send = |minute: i64| {
        rig.commit(vec![message(vec![reading(
            3,
            minutes(minute),
            &[(1, 1.0)],
        )])]);
    };
    (0..50).for_each(send);
    rig.engine.settle().unwrap();
    (50..60).for_each(send);
    let copies = tempfile::tempdir().unwrap();
    let path = copies.path().join("readings.db");
    std::thread::scope(|scope| {
        let copying = scope.spawn(|| rig.engine.write_snapshot(&path));
        (60..200).for_each(send);
        copying.join().unwrap().unwrap();
    });
    assert!(
        rig.engine.write_snapshot(&path).is_err(),
        "nothing is written over"
    );
    let copy = open(copies.path()).unwrap();
    let found = collect(|visit| {
        let (meter, one) = (MeterNo::new(3), Some(IndicatorNo::new(1)));
        parkpulse::store::Series::first_values(&copy, meter, one, ages(), visit)
    });
    assert!((60..=200).contains(&found.len()), "{}", found.len());
    assert!(
        found
            .windows(2)
            .all(|pair| pair[1].at.ms_since(pair[0].at) == 60_000)
    );
}

//! The front of the audit log goes once it is old enough, and the rest can be verified as before.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use parkpulse::access::Principal;
use parkpulse::calendar::{Clock, ClockAt, Moment};
use parkpulse::store::registry::{AuditVerdict, Registry, Settings, Trimmed};

use crate::stage::{Stage, until};

const DAY_MS: i64 = 86_400_000;

/// Records of a test, one a day: more than two signed heads in the table.
const RECORDS: i64 = 150;

const KEEP_FOR: Duration = Duration::from_hours(50 * 24);

fn day(number: i64) -> Moment {
    let first: Moment = "2020-01-01T12:00:00+08:00".parse().unwrap();
    first.plus_ms(number * DAY_MS)
}

async fn opened(directory: &Path, clock: &Arc<ClockAt>) -> Registry {
    let clock = Arc::clone(clock) as Arc<dyn Clock>;
    let settings = Settings::of(directory.to_owned());
    Registry::open(settings, clock).await.unwrap()
}

/// A log of [`RECORDS`] records; record n is of day n.
async fn written(directory: &Path) -> (Registry, Arc<ClockAt>) {
    written_at(directory, day).await
}

/// As [`written`]; record n is of the moment that `at` says.
async fn written_at(directory: &Path, at: impl Fn(i64) -> Moment) -> (Registry, Arc<ClockAt>) {
    let clock = Arc::new(ClockAt::new(at(0)));
    let registry = opened(directory, &clock).await;
    for number in 1..=RECORDS {
        clock.set(at(number));
        note(&registry, &number.to_string()).await;
    }
    (registry, clock)
}

async fn note(registry: &Registry, object: &str) {
    let local = Principal::local();
    let noted = registry.note_in_log(&local, "test.do", object, "done");
    noted.await.unwrap();
}

/// Trims until there is nothing more.
async fn trimmed(registry: &Registry, keep_for: Duration) -> i64 {
    let mut gone = 0;
    while let Trimmed::Cut(records) = registry.trim_audit(keep_for).await.unwrap() {
        gone += records;
    }
    gone
}

#[tokio::test]
async fn what_is_old_enough_goes_and_the_rest_is_verified_from_there() {
    let directory = tempfile::tempdir().unwrap();
    let (registry, clock) = written(directory.path()).await;
    assert_eq!(trimmed(&registry, Duration::from_hours(151 * 24)).await, 0);
    // Of day 150: records of day 1 to 99 are older than 50 days; that of day 100 is not.
    assert_eq!(trimmed(&registry, KEEP_FOR).await, 99);
    assert_eq!(trimmed(&registry, KEEP_FOR).await, 0);
    let verdict = registry.verify_audit().await.unwrap();
    assert_eq!(verdict.wrong, None);
    assert_eq!((verdict.records, verdict.cut.unwrap().0), (52, 99));
    let log = registry.list_audit(&Principal::local(), None, 1000).await;
    let entries = log.unwrap().entries;
    let newest = (entries[0].action.as_str(), entries[0].object.as_str());
    assert_eq!(newest, ("audit.trim", "1 to 99"));
    assert_eq!(entries.last().unwrap().number, 100);
    registry.close().await;
    // Another process goes on, 850 days later at once: nobody knows whether so much time went by, so
    // nothing goes, not even once something was noted at that time.
    clock.set(day(1000));
    let registry = opened(directory.path(), &clock).await;
    assert_eq!(registry.trim_audit(KEEP_FOR).await.unwrap(), Trimmed::Waits);
    note(&registry, "later").await;
    assert_eq!(registry.trim_audit(KEEP_FOR).await.unwrap(), Trimmed::Waits);
    // With the 30 days that the log sees from then on, 30 more are older than 50; with 60 all of before
    // are. The last record of all stays until there is a later one, and each cut makes one.
    for (number, expected) in [(1030, 30), (1060, 23)] {
        clock.set(day(number));
        assert_eq!(trimmed(&registry, KEEP_FOR).await, expected);
    }
    let verdict = registry.verify_audit().await.unwrap();
    assert_eq!((verdict.wrong, verdict.records), (None, 2));
    assert_eq!(verdict.cut.unwrap(), (152, day(1060).unix_ms()));
}

/// A clock that is set wrong and right again: the log is kept as long as it would have been.
#[tokio::test]
async fn a_clock_that_went_ahead_and_came_back_cuts_nothing_too_early() {
    let directory = tempfile::tempdir().unwrap();
    let (registry, clock) = written(directory.path()).await;
    clock.set(day(9000));
    // By that clock all is old; by the log what was old on day 150.
    assert_eq!(trimmed(&registry, KEEP_FOR).await, 99);
    assert_eq!(registry.trim_audit(KEEP_FOR).await.unwrap(), Trimmed::Waits);
    note(&registry, "in the wrong year").await;
    clock.set(day(160));
    assert_eq!(registry.trim_audit(KEEP_FOR).await.unwrap(), Trimmed::Waits);
    note(&registry, "right again").await;
    clock.set(day(165));
    assert_eq!(trimmed(&registry, KEEP_FOR).await, 5);
    assert_eq!(registry.verify_audit().await.unwrap().wrong, None);
}

/// What is done to the file after 99 records were cut off; the first wrong record.
const TAMPERED: &[(&str, &str, Option<i64>)] = &[
    ("nothing", "", None),
    (
        "one more taken out",
        "DELETE FROM audit WHERE number = 100",
        Some(100),
    ),
    ("the mark taken out", "DELETE FROM audit_cut", Some(1)),
    (
        "the mark moved",
        "DELETE FROM audit WHERE number = 100; UPDATE audit_cut SET number = 100",
        Some(100),
    ),
    (
        "the mark with another hash",
        "UPDATE audit_cut SET hash = (SELECT hash FROM audit WHERE number = 100)",
        Some(99),
    ),
    (
        "a head passed off as a mark",
        "INSERT INTO audit_cut SELECT number, at, hash, at, signature FROM audit_head WHERE number = 128; DELETE FROM audit WHERE number <= 128; DELETE FROM audit_head WHERE number <= 128",
        Some(128),
    ),
    (
        "what is kept changed",
        "UPDATE audit SET object = 'x' WHERE number = 110",
        Some(110),
    ),
];

async fn verified_after(sql: &str) -> AuditVerdict {
    let directory = tempfile::tempdir().unwrap();
    let (registry, clock) = written(directory.path()).await;
    assert_eq!(trimmed(&registry, KEEP_FOR).await, 99);
    registry.close().await;
    let file = rusqlite::Connection::open(directory.path().join("registry.db")).unwrap();
    file.execute_batch(sql).unwrap();
    drop(file);
    let registry = opened(directory.path(), &clock).await;
    registry.verify_audit().await.unwrap()
}

#[tokio::test]
async fn a_front_cut_off_by_somebody_else_is_found() {
    for (what, sql, expected) in TAMPERED {
        let verdict = verified_after(sql).await;
        let wrong = verdict.wrong.as_ref().map(|wrong| wrong.number);
        assert_eq!(wrong, *expected, "{what}: {verdict:?}");
    }
}

#[tokio::test]
async fn a_front_that_does_not_fit_is_evidence_and_stays() {
    let directory = tempfile::tempdir().unwrap();
    let (registry, _clock) = written(directory.path()).await;
    let file = rusqlite::Connection::open(directory.path().join("registry.db")).unwrap();
    file.execute_batch("UPDATE audit SET who = 'x' WHERE number = 7")
        .unwrap();
    drop(file);
    let outcome = registry.trim_audit(KEEP_FOR).await.unwrap();
    assert_eq!(outcome, Trimmed::Broken(7));
    let log = registry.list_audit(&Principal::local(), None, 1000).await;
    assert_eq!(log.unwrap().entries.len(), 150);
}

#[test]
fn a_server_cuts_off_what_is_older_than_it_is_told_to_keep() {
    let stage = Stage::new();
    std::fs::create_dir(stage.data_dir()).unwrap();
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().unwrap();
    runtime.block_on(async {
        // One every three days, the last one five days ago.
        let now = Moment::from_unix_ms(jiff::Timestamp::now().as_millisecond());
        let at = |number: i64| now.plus_ms((3 * number - 455) * DAY_MS);
        let (registry, _clock) = written_at(&stage.data_dir(), at).await;
        registry.close().await;
    });
    let _server = stage.serve_with(|command| {
        command.env("PARKPULSE_AUDIT__KEEP_FOR", "200 days");
    });
    let verdict = until(Duration::from_secs(20), "the cut", || {
        let printed = stage.ok(&["audit", "verify", "--json"]);
        let printed: serde_json::Value = serde_json::from_str(&printed).unwrap();
        printed["cut_record"].is_i64().then_some(printed)
    });
    assert_eq!(verdict["wrong_record"], serde_json::Value::Null);
    let cut = verdict["cut_record"].as_i64().unwrap();
    assert!((80..=85).contains(&cut), "{verdict}");
}

//! The audit log: a chain with signed heads in which every change is found.

use std::path::Path;
use std::sync::Arc;

use parkpulse::access::Principal;
use parkpulse::calendar::{Clock, ClockAt, Moment};
use parkpulse::store::registry::{AuditFilter, AuditVerdict, Errand, Registry, Settings};

/// Records of a test: more than two signed heads in the table.
const RECORDS: i64 = 150;

fn noon() -> Moment {
    "2026-11-22T12:00:00+08:00".parse().unwrap()
}

async fn opened(directory: &Path) -> Registry {
    let clock = Arc::new(ClockAt::new(noon())) as Arc<dyn Clock>;
    Registry::open(Settings::of(directory.to_owned()), clock)
        .await
        .unwrap()
}

/// A log of [`RECORDS`] records.
async fn written(directory: &Path) {
    let registry = opened(directory).await;
    let local = Principal::local();
    for number in 0..RECORDS {
        let errand = Errand::new("10.0.0.7", format!("r-{number}"));
        let object = format!("object {number}");
        let log = registry.on(&errand);
        let noted = log.note_in_log(&local, "test.do", &object, "done");
        assert!(!errand.is_written());
        noted.await.unwrap();
        assert!(errand.is_written());
    }
    let verdict = registry.verify_audit().await.unwrap();
    assert_eq!((verdict.records, verdict.wrong), (RECORDS, None));
    assert_eq!(verdict.signed.unwrap().0, RECORDS);
    registry.close().await;
}

/// Changes the file behind the registry's back.
fn tamper(directory: &Path, sql: &str) {
    let file = rusqlite::Connection::open(directory.join("registry.db")).unwrap();
    file.execute_batch(sql).unwrap();
}

async fn verified(directory: &Path) -> AuditVerdict {
    let registry = opened(directory).await;
    let verdict = registry.verify_audit().await.unwrap();
    registry.close().await;
    verdict
}

/// What is done to the file, and the first wrong record.
const TAMPERED: &[(&str, &str, Option<i64>)] = &[
    ("nothing", "", None),
    (
        "another object",
        "UPDATE audit SET object = 'x' WHERE number = 40",
        Some(40),
    ),
    (
        "another time",
        "UPDATE audit SET at = at + 1 WHERE number = 1",
        Some(1),
    ),
    (
        "another address",
        "UPDATE audit SET via = '10.0.0.8' WHERE number = 150",
        Some(150),
    ),
    (
        "moved letters",
        "UPDATE audit SET who = 'loca', role = 'l' || role WHERE number = 9",
        Some(9),
    ),
    (
        "one taken out",
        "DELETE FROM audit WHERE number = 77",
        Some(77),
    ),
    (
        "one taken out, numbers closed",
        "DELETE FROM audit WHERE number = 77; UPDATE audit SET number = -number WHERE number > 77; UPDATE audit SET number = -number - 1 WHERE number < 0",
        Some(77),
    ),
    (
        "two exchanged",
        "UPDATE audit SET number = 0 WHERE number = 20; UPDATE audit SET number = 20 WHERE number = 21; UPDATE audit SET number = 21 WHERE number = 0",
        Some(20),
    ),
    (
        "the last cut off",
        "DELETE FROM audit WHERE number = 150",
        Some(150),
    ),
    (
        "the end cut off with its heads",
        "DELETE FROM audit WHERE number > 60; DELETE FROM audit_head",
        Some(61),
    ),
    (
        "all cut off",
        "DELETE FROM audit; DELETE FROM audit_head",
        Some(1),
    ),
    (
        "a head taken out",
        "DELETE FROM audit_head WHERE number = 64",
        Some(64),
    ),
    (
        "a head changed",
        "UPDATE audit_head SET at = at + 1 WHERE number = 128",
        Some(128),
    ),
    (
        "one put in",
        "INSERT INTO audit SELECT 151, at, who, role, action, object, result, via, request, hash FROM audit WHERE number = 150",
        Some(151),
    ),
];

#[tokio::test]
async fn every_change_behind_our_back_is_found_and_placed() {
    for (what, sql, expected) in TAMPERED {
        let directory = tempfile::tempdir().unwrap();
        written(directory.path()).await;
        tamper(directory.path(), sql);
        let verdict = verified(directory.path()).await;
        let wrong = verdict.wrong.as_ref().map(|wrong| wrong.number);
        assert_eq!(wrong, *expected, "{what}: {verdict:?}");
        // It stays found, whatever is added later.
        let registry = opened(directory.path()).await;
        let local = Principal::local();
        for _ in 0..100 {
            let noted = registry.note_in_log(&local, "test.later", "", "done");
            noted.await.unwrap();
        }
        let later = registry.verify_audit().await.unwrap();
        assert_eq!(
            later.wrong.is_some(),
            expected.is_some(),
            "{what}: {later:?}"
        );
        registry.close().await;
    }
}

#[tokio::test]
async fn a_log_that_was_written_anew_without_the_key_is_found() {
    let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    written(ours.path()).await;
    // Somebody else's platform writes a whole log of the same length: every hash fits.
    written(theirs.path()).await;
    let database = |directory: &Path| directory.join("registry.db");
    std::fs::copy(database(theirs.path()), database(ours.path())).unwrap();
    for leftover in ["registry.db-wal", "registry.db-shm"] {
        let _ = std::fs::remove_file(ours.path().join(leftover));
    }
    let verdict = verified(ours.path()).await;
    assert_eq!(verdict.wrong.unwrap().number, 64);
}

#[tokio::test]
async fn a_missing_head_is_a_record_and_a_foreign_one_is_found() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path()).await;
    let head = directory.path().join("audit.head");
    let kept = std::fs::read_to_string(&head).unwrap();
    std::fs::remove_file(&head).unwrap();
    let registry = opened(directory.path()).await;
    let log = registry.list_audit(&Principal::local(), None, 1).await;
    assert_eq!(log.unwrap().entries[0].action, "audit.begin");
    registry.close().await;
    std::fs::write(&head, kept.replace("0 ", "1 ")).unwrap();
    let verdict = verified(directory.path()).await;
    assert!(verdict.wrong.is_some());
}

#[tokio::test]
async fn the_log_is_found_by_account_action_object_and_time() {
    let directory = tempfile::tempdir().unwrap();
    written(directory.path()).await;
    let registry = opened(directory.path()).await;
    let find = async |filter: AuditFilter| {
        let local = Principal::local();
        let page = registry.find_audit(&local, &filter, None, 1000).await;
        page.unwrap().entries.len()
    };
    for (filter, count) in filters() {
        assert_eq!(find(filter.clone()).await, count, "{filter:?}");
    }
}

/// What is asked for, and how many there are.
fn filters() -> Vec<(AuditFilter, usize)> {
    let with = |set: fn(&mut AuditFilter, String), text: &str| {
        let mut filter = AuditFilter::default();
        set(&mut filter, text.to_owned());
        filter
    };
    let between = |from: Option<i64>, to: Option<i64>| AuditFilter {
        from: from.map(|ms| noon().plus_ms(ms)),
        to: to.map(|ms| noon().plus_ms(ms)),
        ..AuditFilter::default()
    };
    vec![
        (AuditFilter::default(), 150),
        (with(|all, text| all.who = Some(text), "local"), 150),
        (with(|all, text| all.who = Some(text), "loca_"), 0),
        (with(|all, text| all.action = Some(text), "test."), 150),
        (with(|all, text| all.action = Some(text), "%"), 0),
        (with(|all, text| all.object = Some(text), "object 7"), 1),
        (between(Some(1), None), 0),
        (between(None, Some(0)), 0),
        (between(Some(0), Some(1)), 150),
    ]
}

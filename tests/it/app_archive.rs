//! Backup and restore: everything comes back, from a serving platform, and nothing is written over.

use std::fs;

use crate::stage::{Server, Stage};

fn post(server: &Server, token: &str, kw: u32) {
    let at = jiff::Timestamp::now().as_millisecond() + i64::from(kw);
    let body = format!(r#"{{"meter": "E-01", "at": {at}, "values": {{"kw": {kw}}}}}"#);
    let header = format!("Authorization: Bearer {token}");
    let answer = server.send("POST", "/api/v1/readings", &[&header], body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn what_was_acknowledged_survives_a_kill_and_a_backup() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    for kw in 0..20 {
        post(&server, &token, kw);
    }
    let kept = stage.ok(&["export", "readings"]);
    assert_eq!(kept.lines().count(), 20, "{kept}");
    let first: serde_json::Value = serde_json::from_str(kept.lines().next().unwrap()).unwrap();
    let keys: Vec<&str> = first
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected = "gateway epoch seq meter indicator at value quality received_at revision flags";
    assert_eq!(keys.join(" "), expected);
    server.kill();
    let server = stage.serve();
    assert_eq!(stage.ok(&["export", "readings"]), kept);

    let archive = stage.path("backup.tar.zst");
    let archive = archive.to_str().unwrap();
    stage.ok(&["backup", archive]);
    let again = stage.run(&["backup", archive]);
    assert_eq!(again.status.code(), Some(1), "a backup is not written over");
    let refused = stage.run(&["restore", archive]);
    assert_eq!(refused.status.code(), Some(1));
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("another parkpulse process owns"), "{words}");
    server.stop();

    let refused = stage.run(&["restore", archive]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("holds data already"), "{words}");
    // Nor where the readings alone are gone: the registry there may be newer than the backup's.
    for leftover in ["readings.db", "readings.db-wal", "readings.db-shm"] {
        let _not_there = fs::remove_file(stage.data_dir().join(leftover));
    }
    let refused = stage.run(&["restore", archive]);
    let words = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(words.contains("holds data already"), "{words}");
    let other = Stage::new();
    other.ok(&["restore", archive]);
    assert_eq!(other.ok(&["export", "readings"]), kept);
    let server = other.serve();
    post(&server, &token, 20);
    server.stop();
}

#[test]
fn a_changed_or_cut_backup_is_refused_and_leaves_nothing() {
    let stage = Stage::new();
    stage.register_park();
    let archive = stage.path("backup.tar.zst");
    stage.ok(&["backup", archive.to_str().unwrap()]);
    let whole = fs::read(&archive).unwrap();
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    // Whole as zstd and tar, but one byte of the content is another.
    let mut tar = zstd::decode_all(whole.as_slice()).unwrap();
    let page = tar
        .windows(15)
        .position(|bytes| bytes == b"SQLite format 3");
    tar[page.unwrap() + 4000] ^= 1;
    let repacked = zstd::encode_all(tar.as_slice(), 1).unwrap();
    let rows: [(&str, &[u8]); 5] = [
        ("repacked", &repacked),
        ("cut", &whole[..whole.len() / 2]),
        ("changed", &changed),
        ("empty", b""),
        ("foreign", b"not a backup at all"),
    ];
    for (what, bytes) in rows {
        let other = Stage::new();
        let path = other.path("broken");
        fs::write(&path, bytes).unwrap();
        let refused = other.run(&["restore", path.to_str().unwrap()]);
        assert_eq!(refused.status.code(), Some(1), "{what}");
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(words.contains("is not a whole backup"), "{what}: {words}");
        assert!(!other.data_dir().join("readings.db").exists(), "{what}");
    }
}

/// A kill in the middle leaves a second copy of everything, keys included.
#[test]
fn what_a_killed_backup_left_is_gone_with_the_next_owner() {
    let stage = Stage::new();
    stage.ok(&["reconcile"]);
    let left = stage.data_dir().join(".copies-Ab12Cd");
    fs::create_dir(&left).unwrap();
    fs::write(left.join("token.key"), "secret").unwrap();
    stage.ok(&["reconcile"]);
    assert!(!left.exists());
    let archive = stage.path("kept.tar");
    stage.ok(&["backup", archive.to_str().unwrap()]);
    let names = fs::read_dir(stage.data_dir()).unwrap();
    let names = names.map(|one| one.unwrap().file_name().into_string().unwrap());
    let left: Vec<_> = names.filter(|name| name.starts_with(".copies")).collect();
    assert_eq!(left, Vec::<String>::new());
}

/// A stolen archive with sealed keys signs nobody in; with its passphrase it is as whole as another.
#[test]
fn the_keys_of_a_backup_are_sealed_under_a_passphrase() {
    let stage = Stage::new();
    let token = stage.register_park();
    let phrase = |name: &str, text: &str| {
        let path = stage.path(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let right = phrase("right", "planted passphrase of a backup\nanother line\n");
    let wrong = phrase("wrong", "another passphrase of a backup\n");
    let short = phrase("short", "planted\n");
    let (open, sealed) = (stage.path("open.tar.zst"), stage.path("sealed.tar.zst"));
    let (open, sealed) = (open.to_str().unwrap(), sealed.to_str().unwrap());
    let keys =
        ["token.key", "audit.key"].map(|name| fs::read(stage.data_dir().join(name)).unwrap());
    let holds = |archive: &str| {
        let tar = zstd::decode_all(fs::read(archive).unwrap().as_slice()).unwrap();
        let has = |needle: &[u8]| tar.windows(needle.len()).any(|bytes| bytes == needle);
        (keys.iter().all(|key| has(key)), has(b"planted passphrase"))
    };
    let warned = stage.run(&["backup", open]);
    let words = String::from_utf8_lossy(&warned.stderr).into_owned();
    assert!(words.contains("in the clear"), "{words}");
    // What is looked for is there where it is not sealed.
    assert_eq!(holds(open), (true, false));
    // Through the owner, who is handed the passphrase by whoever asks.
    let server = stage.serve();
    let refused = stage.run(&["backup", sealed, "--passphrase-file", &short]);
    assert_eq!(refused.status.code(), Some(1));
    let made = stage.run(&["backup", sealed, "--passphrase-file", &right]);
    let words = String::from_utf8_lossy(&made.stderr).into_owned();
    assert!(
        made.status.success() && !words.contains("in the clear"),
        "{words}"
    );
    assert!(!server.log().contains("planted passphrase"));
    server.stop();
    assert_eq!(holds(sealed), (false, false));
    let other = Stage::new();
    for (more, expected) in [
        (&[][..], "--passphrase-file"),
        (&["--passphrase-file", &wrong][..], "does not open"),
    ] {
        let refused = other.run(&[&["restore", sealed], more].concat());
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert_eq!(refused.status.code(), Some(1), "{words}");
        assert!(words.contains(expected), "{words}");
        assert!(!other.data_dir().join("token.key").exists());
    }
    other.ok(&["restore", sealed, "--passphrase-file", &right]);
    let server = other.serve();
    post(&server, &token, 20);
    server.stop();
}

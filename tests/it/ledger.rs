//! The metering rules of contract.md 9: every case of the shared file, by the room and by the
//! command.

use std::fs;

use parkpulse::ledger::close_file;
use serde_json::Value;

use crate::stage::Stage;

const CASES: &str = include_str!("../data/ledger-cases.json");

#[test]
fn every_shared_case_is_equal() {
    let cases: Vec<Value> = serde_json::from_str(CASES).unwrap();
    let printed: Vec<Value> = serde_json::from_str(&close_file(CASES).unwrap()).unwrap();
    assert_eq!(cases.len(), 42);
    assert_eq!(printed.len(), cases.len());
    for (case, printed) in cases.iter().zip(&printed) {
        assert_eq!(printed["name"], case["name"]);
        let shown = serde_json::to_string(&printed["result"]).unwrap();
        let expected = serde_json::to_string(&case["expected"]).unwrap();
        assert_eq!(shown, expected, "{}", case["name"]);
    }
}

#[test]
fn the_command_prints_what_the_room_says() {
    let stage = Stage::new();
    let file = stage.path("cases.json");
    fs::write(&file, CASES).unwrap();
    let done = stage.run(&["ledger", file.to_str().unwrap()]);
    assert_eq!(done.status.code(), Some(0));
    let printed = String::from_utf8(done.stdout).unwrap();
    assert_eq!(printed, format!("{}\n", close_file(CASES).unwrap()));
    assert!(done.stderr.is_empty());
}

#[test]
fn the_command_refuses_in_words() {
    let stage = Stage::new();
    let file = stage.path("case.json");
    let run = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        let done = stage.run(&["ledger", file.to_str().unwrap()]);
        assert!(done.stdout.is_empty());
        let words = String::from_utf8(done.stderr).unwrap();
        (done.status.code(), words)
    };
    for (bytes, words) in [
        (b"{}".as_slice(), "period: must be there (missing_field)"),
        (b"\xff", "is not UTF-8 (bad_encoding)"),
        (&vec![b' '; 20 * 1024 * 1024 + 1], "(too_large)"),
    ] {
        let (code, said) = run(bytes);
        assert_eq!(code, Some(1));
        assert!(said.contains(words) && said.contains("case.json"), "{said}");
    }
    let gone = stage.run(&["ledger", "no-such-file.json"]);
    assert_eq!(gone.status.code(), Some(1));
    assert_eq!(stage.run(&["ledger"]).status.code(), Some(2));
}

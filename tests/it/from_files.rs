//! Commands that work from files alone, on the built binary: `rate` and `ledger`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data")
        .join(name)
}

fn parkpulse(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_parkpulse"))
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn rate_prints_the_shared_result() {
    let output = parkpulse(&["rate", data("facts-and-scheme-a.json").to_str().unwrap()]);
    let expected = std::fs::read_to_string(data("expected-a.json")).unwrap();
    assert_eq!(
        String::from_utf8(output.stdout).unwrap().trim_end(),
        expected.trim_end()
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn ledger_prints_the_shared_results() {
    let path = data("ledger-cases.json");
    let output = parkpulse(&["ledger", path.to_str().unwrap()]);
    let printed: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    let cases: Vec<Value> = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(printed.len(), cases.len());
    for (printed, case) in printed.iter().zip(&cases) {
        assert_eq!(printed["name"], case["name"]);
        assert_eq!(
            printed["result"].to_string(),
            case["expected"].to_string(),
            "{}",
            case["name"]
        );
    }
}

#[test]
fn what_cannot_be_read_ends_with_1_and_wrong_usage_with_2() {
    let directory = tempfile::tempdir().unwrap();
    let no_json = directory.path().join("no.json");
    std::fs::write(&no_json, "{").unwrap();
    let no_json = no_json.to_str().unwrap();
    let table: &[(&[&str], i32, &str)] = &[
        (&["rate", "absent.json"], 1, "absent.json cannot be read"),
        (&["rate", no_json], 1, "nothing was rated"),
        (&["rate"], 2, "FACTS.json"),
        (&["ledger", no_json], 1, "no.json"),
        (&["ledger", "a", "b"], 2, "unexpected argument"),
    ];
    for (arguments, code, words) in table {
        let output = parkpulse(arguments);
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?} printed a result");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(
            said.contains(words),
            "{arguments:?}: `{words}` is not in `{said}`"
        );
    }
}

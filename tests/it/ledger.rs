//! The metering rules of contract.md 9: every case of the shared file, to the byte.

use parkpulse::ledger::close_file;
use serde_json::Value;

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

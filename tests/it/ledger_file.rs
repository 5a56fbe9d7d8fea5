//! The ledger's case file: what is refused, where and with which code; what is read leniently.

use super::ledger_case::{Small, at};
use parkpulse::ledger::close_file;
use serde_json::{Value, json};

fn refusal(text: &str) -> String {
    let refused = close_file(text).expect_err(text);
    format!("{} {}", refused.path, refused.code)
}

fn ordinary() -> Value {
    serde_json::from_str(&Small::of("0=10 1=40").text()).unwrap()
}

/// The ordinary case with the value at `pointer` replaced.
fn with(pointer: &str, value: Value) -> String {
    let mut case = ordinary();
    let (parent, field) = pointer.rsplit_once('/').unwrap();
    match case.pointer_mut(parent).unwrap() {
        Value::Array(list) => list.insert(field.parse().unwrap(), value),
        object => object[field] = value,
    }
    case.to_string()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn what_is_refused_names_its_place_and_code() {
    let reading = |field: &str| format!("/readings/1/{field}");
    let meter = |field: &str| format!("/meters/0/{field}");
    let rows = [
        // Contract.md 9, rule 1.
        (with("/period/to", at("0").into()), "period bad_time"),
        (with("/period/to", at("-1").into()), "period bad_time"),
        (
            with(
                &meter("multiplier/1"),
                json!({"from": "2024-12-31T16:00:00Z", "value": "1"}),
            ),
            "meters[0] duplicate_key",
        ),
        (
            with(&meter("multiplier/0/value"), "0".into()),
            "meters[0] bad_number",
        ),
        (
            with(&meter("multiplier/0/value"), json!(-1)),
            "meters[0] bad_number",
        ),
        (
            with("/meters/1", ordinary()["meters"][0].clone()),
            "meters[1].meter duplicate_key",
        ),
        (
            with(&reading("meter"), "E-02".into()),
            "readings[1].meter unknown_meter",
        ),
        (
            Small::of("0=1").changes("1=5/6 1=5/7").text(),
            "meters[0] duplicate_key",
        ),
        (
            Small::of("0=1").changes("1=5/6 1=5/?").text(),
            "meters[0] duplicate_key",
        ),
        (
            with("/changes/0", json!({"meter": "E-09", "at": at("1")})),
            "changes[0].meter unknown_meter",
        ),
        // Terms that are no register's.
        (
            with(&meter("register_size"), "0".into()),
            "meters[0] bad_number",
        ),
        (with(&meter("interval_s"), json!(0)), "meters[0] bad_number"),
        (
            with(&meter("interval_s"), json!(0.0001)),
            "meters[0].interval_s bad_number",
        ),
        (
            with(&meter("max_per_hour"), "-1".into()),
            "meters[0] bad_number",
        ),
        (
            with(&meter("jitter"), "-0.1".into()),
            "meters[0] bad_number",
        ),
        (
            with(&meter("resolution"), "-0.1".into()),
            "meters[0] bad_number",
        ),
        (with(&meter("update_s"), json!(-1)), "meters[0] bad_number"),
        // Fields.
        (with("/perod", json!(1)), "perod unknown_field"),
        (
            with("/period/until", json!(1)),
            "period.until unknown_field",
        ),
        (
            with(&meter("size"), json!(1)),
            "meters[0].size unknown_field",
        ),
        (
            with(&meter("multiplier/0/to"), json!(1)),
            "meters[0].multiplier[0].to unknown_field",
        ),
        (
            with(&reading("unit"), json!(1)),
            "readings[1].unit unknown_field",
        ),
        (
            with(&meter("jitter"), json!(true)),
            "meters[0].jitter bad_type",
        ),
        (
            with(&meter("register_size"), Value::Null),
            "meters[0].register_size missing_field",
        ),
        (
            with(&reading("value"), Value::Null),
            "readings[1].value missing_field",
        ),
        (
            with(&reading("value"), json!(true)),
            "readings[1].value bad_type",
        ),
        (
            with(&reading("value"), json!([1])),
            "readings[1].value bad_type",
        ),
        (
            with(&reading("quality"), "fine".into()),
            "readings[1].quality bad_type",
        ),
        (with("/step", "month".into()), "step bad_type"),
        (with("/readings", json!({})), "readings bad_type"),
        (with("/period", json!([])), "period bad_type"),
        (
            with(&meter("meter"), "电表".into()),
            "meters[0].meter bad_type",
        ),
        // Numbers and times.
        (
            with(&reading("value"), "".into()),
            "readings[1].value bad_number",
        ),
        (
            with(&reading("value"), "12 ".into()),
            "readings[1].value bad_number",
        ),
        (
            with(&reading("value"), "0x1F".into()),
            "readings[1].value bad_number",
        ),
        (
            with(&reading("value"), "NaN".into()),
            "readings[1].value bad_number",
        ),
        (
            with(&reading("value"), "inf".into()),
            "readings[1].value bad_number",
        ),
        (
            with(&reading("value"), "1e400".into()),
            "readings[1].value bad_number",
        ),
        (
            with(&reading("value"), "1e999999999".into()),
            "readings[1].value bad_number",
        ),
        (
            with(&meter("jitter"), "1e-999999999".into()),
            "meters[0].jitter bad_number",
        ),
        (
            with(&meter("jitter"), "9".repeat(401).into()),
            "meters[0].jitter bad_number",
        ),
        (
            with(&reading("at"), "2025-02-30T00:00:00+08:00".into()),
            "readings[1].at bad_time",
        ),
        (
            with(&reading("at"), "2025-03-01T24:30:00+08:00".into()),
            "readings[1].at bad_time",
        ),
        (
            with(&reading("at"), "yesterday".into()),
            "readings[1].at bad_time",
        ),
        // A bound on what one case may ask for.
        (
            with("/period/to", "9000-01-01T00:00:00+08:00".into()),
            "the case too_many",
        ),
    ];
    for (text, expected) in rows {
        assert_eq!(refusal(&text), expected, "{text}");
    }
}

#[test]
fn what_is_no_case_is_refused() {
    let rows = [
        ("", "the file bad_encoding"),
        ("{", "the file bad_encoding"),
        ("\u{feff}{}", "the file bad_encoding"),
        ("{} {}", "the file bad_encoding"),
        ("{\"period\": NaN}", "the file bad_encoding"),
        ("3", "the case bad_type"),
        ("null", "the case bad_type"),
        ("{}", "period missing_field"),
        ("[{}]", "[0].period missing_field"),
        ("[3]", "[0] bad_type"),
        ("{\"step\": 1, \"step\": 2}", "the case duplicate_key"),
    ];
    for (text, expected) in rows {
        assert_eq!(refusal(text), expected, "{text}");
    }
    assert!(close_file(&"[".repeat(100_000)).is_err());
    assert!(close_file(&format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))).is_err());
}

#[test]
fn a_refusal_is_a_sentence() {
    let refused = close_file(&with("/meters/0/multiplier/0/value", "0".into())).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "meters[0]: the multiplier from 2025-01-01T00:00:00+08:00 must be above 0 (bad_number); \
         nothing was computed: mend the file"
    );
}

#[test]
fn texts_and_numbers_say_the_same() {
    let expected = Small::of("0=10 1=40").answer();
    let same = [
        ("/meters/0/register_size", json!(1000)),
        ("/meters/0/max_per_hour", json!(1e2)),
        ("/meters/0/interval_s", json!("3600.000")),
        ("/meters/0/update_s", Value::Null),
        ("/meters/0/resolution", json!("0.00")),
        ("/meters/0/multiplier/0/value", json!(1.0)),
        ("/meters/0/multiplier/0/from", json!("2024-12-31T16:00:00Z")),
        ("/readings/1/value", json!(40)),
        ("/readings/1/value", json!("+4.0E1")),
        ("/readings/1/quality", Value::Null),
        ("/readings/1/at", json!("2025-02-28T17:00:00.0009Z")),
        ("/readings/1/at", json!("2025-03-01T01:00:00")),
        ("/step", json!("hour")),
        ("/name", json!({"any": "thing"})),
        ("/why", json!(1)),
        ("/expected", json!("not looked at")),
    ];
    for (pointer, value) in same {
        let text = with(pointer, value);
        let case = serde_json::from_str(&text).unwrap();
        assert_eq!(Small { case }.answer(), expected, "{text}");
    }
}

#[test]
fn a_list_of_cases_is_answered_by_name() {
    let mut named = ordinary();
    named["name"] = "one".into();
    let list = json!([named, ordinary()]).to_string();
    let answers: Value = serde_json::from_str(&close_file(&list).unwrap()).unwrap();
    let alone: Value = serde_json::from_str(&close_file(&ordinary().to_string()).unwrap()).unwrap();
    assert_eq!(
        answers,
        json!([{"name": "one", "result": alone}, {"name": null, "result": alone}])
    );
    assert_eq!(close_file("[]").unwrap(), "[]");
}

#[test]
fn meters_are_printed_by_id_with_indent_one() {
    let mut case = ordinary();
    case["period"]["to"] = at("1").into();
    let mut second = case["meters"][0].clone();
    second["meter"] = "A-01".into();
    case["meters"].as_array_mut().unwrap().push(second);
    let expected = r#"[
 {
  "meter": "A-01",
  "used": null,
  "known_share": "0.0000",
  "conflicts": 0,
  "flags": {},
  "steps": [
   {
    "from": "2025-03-01T00:00:00+08:00",
    "used": null,
    "state": "missing"
   }
  ]
 },
 {
  "meter": "E-01",
  "used": "30.0000",
  "known_share": "1.0000",
  "conflicts": 0,
  "flags": {},
  "steps": [
   {
    "from": "2025-03-01T00:00:00+08:00",
    "used": "30.0000",
    "state": "measured"
   }
  ]
 }
]"#;
    assert_eq!(close_file(&case.to_string()).unwrap(), expected);
}

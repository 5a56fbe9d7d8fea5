//! A register that rose by more than it can count, and one that was exchanged: what somebody says of it
//! by a page counts at once, under a name, and nobody else's word does.

use std::time::Duration;

use parkpulse::ledger::{Account, Readings, Register};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::ledger_check::program;
use crate::ledger_ground::{HOUR_MS, after_begin, arrival, hours, plain_terms};
use crate::stage::{Answer, ENTERPRISE, Server, Stage, until};

const WITHIN: Duration = Duration::from_mins(1);
const QUARTER_MS: i64 = 900_000;

/// What a register counted over ten hours of quarter-hourly readings, in hundredths of a unit.
fn used(register: &Register, readings: &[(i64, i64)]) -> String {
    let arrivals = readings.iter();
    let arrivals = arrivals.map(|(quarter, hundredths)| arrival(quarter * QUARTER_MS, *hundredths));
    let readings = Readings::in_order(arrivals, []);
    let account = Account::close(register, &readings, hours(0, 10), HOUR_MS).unwrap();
    let flags = account.flags.iter();
    let flags: Vec<String> = flags
        .map(|(flag, times)| format!("{} {times}", flag.as_str()))
        .collect();
    let used = account
        .used
        .map_or_else(|| "-".to_owned(), |used| used.rounded(2));
    format!("{used}; {}", flags.join(", "))
}

/// At most 100 an hour, 25 a quarter. Readings in hundredths at quarters; which of them are confirmed.
#[test]
fn a_confirmed_rise_counts_whatever_it_is() {
    let register = |confirmed: &[i64]| {
        let instants = confirmed.iter().map(|one| after_begin(one * QUARTER_MS));
        Register::new(plain_terms()).unwrap().confirming(instants)
    };
    let rose = [(0, 1000), (1, 1500), (2, 21_500), (3, 22_000), (4, 22_500)];
    // 5 before and 5 + 5 after; the 200 between are unknown.
    assert_eq!(used(&register(&[]), &rose), "15.00; suspect 1");
    // 5 + 200 + 5 + 5.
    assert_eq!(used(&register(&[2]), &rose), "215.00; ");
    // Another reading's confirmation says nothing of this one.
    assert_eq!(used(&register(&[1, 4]), &rose), "15.00; suspect 1");
    // A fall is no rise: 10 to 3 stays a reset, 5 + 2 are known.
    let fell = [(0, 500), (1, 1000), (2, 300), (3, 500), (4, 500)];
    assert_eq!(used(&register(&[2]), &fell), used(&register(&[]), &fell));
}

proptest! {
    /// To confirm what nobody doubts changes nothing.
    #[test]
    fn what_is_plausible_needs_no_word(rises in prop::collection::vec(0_i64..2500, 2..30), at in 0_i64..30) {
        let mut register = 0;
        let readings: Vec<(i64, i64)> = (0..).zip(rises).map(|(quarter, rise)| {
            register += rise;
            (quarter, register)
        }).collect();
        let plain = Register::new(plain_terms()).unwrap();
        let confirming = plain.clone().confirming([after_begin(at * QUARTER_MS)]);
        prop_assert_eq!(used(&plain, &readings), used(&confirming, &readings));
    }
}

fn send(server: &Server, token: &str, at: i64, register: u32) {
    let reading = format!(r#"{{"meter":"E-01","at":{at},"values":{{"kwh_register":{register}}}}}"#);
    let header = format!("Authorization: Bearer {token}");
    let answer = server.send("POST", "/api/v1/readings", &[&header], reading.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

fn get(server: &Server, who: &str, path: &str) -> Value {
    let answer = server.get_as(path, &[who]);
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    answer.json()
}

fn post(server: &Server, who: &str, path: &str, body: &Value) -> Answer {
    let headers = ["Content-Type: application/json", who];
    server.send("POST", path, &headers, body.to_string().as_bytes())
}

/// What the provisional account says of electricity.
fn electricity(server: &Server, who: &str) -> Option<String> {
    let account = get(server, who, &format!("/api/v1/accounts/{ENTERPRISE}"));
    let figures = account["account"]["figures"].as_array()?;
    let mut figures = figures.iter();
    let one = figures.find(|one| one["kind"] == "electricity_kwh")?;
    Some(one["value"].as_str()?.to_owned())
}

/// How often the own log has that deed.
fn noted(server: &Server, who: &str, action: &str) -> usize {
    let staff = get(server, who, "/api/v1/audit/staff");
    let records = staff["items"].as_array().unwrap().iter();
    records.filter(|one| one["action"] == action).count()
}

/// An hour ago on the quarter, in seconds.
fn an_hour_ago() -> i64 {
    jiff::Timestamp::now().as_second() / 900 * 900 - 3600
}

fn decide(server: &Server, who: &str, body: &Value) -> u16 {
    post(server, who, "/api/v1/suspects/decide", body).status
}

/// Waits until electricity comes to this.
fn comes_to(server: &Server, who: &str, value: &str) {
    until(WITHIN, value, || {
        (electricity(server, who).as_deref() == Some(value)).then_some(())
    });
}

/// Confirmed, it counts; who did not see that is told; rejected, it is unknown as before.
fn it_counts_until_it_is_rejected(server: &Server, own: &str, mut body: Value) {
    let path = "/api/v1/suspects";
    assert_eq!(decide(server, own, &body), 200);
    // 10 + 4890 + 10.
    comes_to(server, own, "4910.0000");
    let decided = get(server, own, path);
    let decision = &decided["items"][0]["decision"];
    assert_eq!(
        (&decided["open"], &decision["verdict"]),
        (&json!(0), &json!("confirmed"))
    );
    assert_eq!(decision["who"], "own.clerk");
    assert_eq!(noted(server, own, "suspect.decide"), 1);
    // Whoever did not see that is told; whoever did may reject it again, and it is unknown as before.
    assert_eq!(decide(server, own, &body), 409);
    body["seen"] = decision["decided_at"].clone();
    body["verdict"] = json!("rejected");
    assert_eq!(decide(server, own, &body), 200);
    comes_to(server, own, "20.0000");
    let rejected = get(server, own, path);
    assert_eq!(
        (
            &rejected["open"],
            &rejected["items"][0]["decision"]["verdict"]
        ),
        (&json!(0), &json!("rejected"))
    );
}

#[test]
fn a_rise_counts_once_somebody_confirms_it() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_RATE__ACCOUNT_PER_SECOND", "10000");
    });
    let own = program(&stage, "own.clerk", "enterprise", ENTERPRISE);
    let bureau = program(&stage, "city.desk", "bureau", "");
    let park = "park,name,district,kind\np2,二号园,高新区,\n";
    stage.import("parks", "more.csv", park);
    let elsewhere = program(&stage, "op.elsewhere", "operator", "p2");
    let at = an_hour_ago();
    // At most 5000 an hour, 1250 a quarter: 4890 are suspect, 10 before and 10 after are not.
    for (quarter, register) in (0..).zip([100, 110, 5000, 5010]) {
        send(&server, &token, at + quarter * 900, register);
    }
    comes_to(&server, &own, "20.0000");
    let path = "/api/v1/suspects";
    let shown = until(WITHIN, "the suspect span", || {
        let answer = get(&server, &own, path);
        (answer["open"] == 1).then_some(answer)
    });
    let one = &shown["items"][0];
    let facts = ["before", "after", "amount", "at_most"].map(|key| one[key].as_str().unwrap());
    assert_eq!(facts, ["110.0000", "5000.0000", "4890.0000", "1250.0000"]);
    assert_eq!(get(&server, &bureau, path)["items"][0]["may"], false);
    assert_eq!(get(&server, &elsewhere, path)["items"], json!([]));
    let quality = get(&server, &own, "/api/v1/quality");
    let mut items = quality["items"].as_array().unwrap().iter();
    let register = items.find(|one| one["meter"] == "E-01").unwrap();
    assert_eq!(
        (&register["flags"], &register["by_days"]),
        (&json!({"suspect": 1}), &json!("20.0000"))
    );
    let body = json!({"meter": "E-01", "indicator": "kwh_register", "at": one["at"], "verdict": "confirmed", "reason": "试车，用量属实", "seen": null});
    for stranger in [&bureau, &elsewhere] {
        assert_eq!(decide(&server, stranger, &body), 404);
    }
    for (key, wrong, status) in [
        ("verdict", json!("maybe"), 400),
        ("reason", json!(" "), 400),
        ("at", json!("x"), 400),
        ("at", json!("2026-01-01T00:00:00+08:00"), 404),
        ("meter", json!("E-99"), 404),
    ] {
        let mut other = body.clone();
        other[key] = wrong;
        assert_eq!(decide(&server, &own, &other), status, "{other}");
    }
    it_counts_until_it_is_rejected(&server, &own, body);
    server.stop();
}

#[test]
fn a_replacement_is_tried_and_then_counts() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_RATE__ACCOUNT_PER_SECOND", "10000");
    });
    let own = program(&stage, "own.clerk", "enterprise", ENTERPRISE);
    let bureau = program(&stage, "city.desk", "bureau", "");
    let at = an_hour_ago();
    // 100 to 110; the new meter was set to 7 and shows 9, then 19: without a word a reset.
    for (quarter, register) in (0..).zip([100, 110, 9, 19]) {
        send(&server, &token, at + quarter * 900, register);
    }
    // 10 before and 10 after.
    comes_to(&server, &own, "20.0000");
    let path = "/api/v1/meters/E-01/replacements";
    let known = get(&server, &own, path);
    assert_eq!(
        (&known["items"], &known["registers"]),
        (&json!([]), &json!(["kwh_register"]))
    );
    assert_eq!(get(&server, &bureau, path)["may"], false);
    let exchanged = jiff::Timestamp::from_second(at + 1200).unwrap();
    let tried =
        format!("{path}/try?indicator=kwh_register&at={exchanged}&old_final=115&new_initial=7");
    let answer = get(&server, &own, &tried);
    // 10, then 115 - 110 + 9 - 7 = 7, then 10.
    assert_eq!(
        (&answer["now"]["used"], &answer["then"]["used"]),
        (&json!("20.0000"), &json!("27.0000"))
    );
    assert_eq!(
        (&answer["now"]["flags"], &answer["then"]["flags"]),
        (&json!({"reset": 1}), &json!({"replaced": 1}))
    );
    assert_eq!(server.get_as(&tried, &[&bureau]).status, 404);
    assert_eq!(
        get(&server, &own, path)["items"],
        json!([]),
        "nothing is kept"
    );
    let body = json!({"indicator": "kwh_register", "at": exchanged.to_string(), "old_final": "115", "new_initial": "7", "reason": "到期轮换"});
    for (key, wrong) in [
        ("at", json!("2099-01-01T00:00:00+08:00")),
        ("old_final", json!("-1")),
        ("new_initial", json!("1000000")),
        ("reason", json!("")),
        ("indicator", json!("kw")),
    ] {
        let mut other = body.clone();
        other[key] = wrong;
        assert_eq!(post(&server, &own, path, &other).status, 400, "{other}");
    }
    assert_eq!(post(&server, &bureau, path, &body).status, 404);
    let kept = post(&server, &own, path, &body);
    assert_eq!(kept.status, 200, "{}", kept.text());
    assert_eq!(kept.json()["items"][0]["reason"], "到期轮换");
    comes_to(&server, &own, "27.0000");
    assert_eq!(noted(&server, &own, "meter.replace"), 1);
    server.stop();
}

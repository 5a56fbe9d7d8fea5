//! The tables of numbers, times, names and JSON of contract.md 2 and 7 through the doors: what a payload
//! becomes (`intake` shows that row by row) is what the store is handed and what the sender is answered,
//! over MQTT and over HTTP.

use std::collections::BTreeMap;

use parkpulse::calendar::Moment;
use parkpulse::ingest::Settings;
use parkpulse::reading::Taken;

use crate::intake::with_value;
use crate::intake_ground::{Ground, enterprise, summary};
use crate::intake_rows::{MESSAGES, NUMBERS, TIMES, long_rows};
use crate::mqtt_ground::{self, Came, PATIENCE};
use crate::mqtt_script::{Player, packet};
use crate::stage::{Server, Stage};

/// The largest message that the doors read (contract.md 2).
const MESSAGE_MAX: usize = 256 * 1024;

/// Every payload of the tables.
fn payloads() -> Vec<Vec<u8>> {
    let messages = MESSAGES.iter().map(|(payload, _)| payload.to_vec());
    let numbers = NUMBERS
        .iter()
        .map(|(code, written, _)| with_value(code, written).into_bytes());
    let times = TIMES.iter().map(|(written, _)| {
        format!(r#"{{"meter":"E-01","at":{written},"values":{{"kw":1}}}}"#).into_bytes()
    });
    let long = long_rows().into_iter().map(|(payload, _)| payload);
    messages.chain(numbers).chain(times).chain(long).collect()
}

fn shown(payload: &[u8]) -> String {
    let text = String::from_utf8_lossy(payload).into_owned();
    text.chars().take(160).collect()
}

/// What is kept and set aside, as far as it does not depend on who sent it.
fn brief(taken: &Taken) -> String {
    format!(
        "{:?} {:?} {:?} {:?}",
        taken.epoch, taken.seq, taken.readings, taken.set_aside
    )
}

#[test]
fn every_row_comes_through_mqtt_as_it_is_and_is_answered_by_what_it_became() {
    let settings = Settings {
        messages_per_second_max: 1_000_000,
        ..Settings::default()
    };
    let directory = tempfile::tempdir().unwrap();
    let ground = mqtt_ground::Ground::in_directory(directory, settings, &["GW-1"], None);
    ground.store.listen();
    let intake = Ground::new();
    let dial = |ground: &mqtt_ground::Ground| ground.plug();
    let mut wrong = Vec::new();
    for version in [3, 5] {
        let mut plug = ground.plug();
        plug.send(&Player::new(&ground, "GW-1", version, &dial).bytes("connect"));
        assert!(matches!(plug.next(PATIENCE), Came::Packet(_)));
        for payload in payloads().iter().filter(|one| one.len() <= MESSAGE_MAX) {
            let topic = format!("{}readings", ground.prefix("GW-1"));
            let mut body = u16::try_from(topic.len()).unwrap().to_be_bytes().to_vec();
            body.extend(topic.as_bytes());
            body.extend([0, 7]);
            body.extend((version == 5).then_some(0));
            body.extend(payload);
            plug.send(&packet(0x32, &body));
            let expected = intake.take(payload);
            let code = match plug.next(PATIENCE) {
                Came::Packet(puback) if puback[..2] == [0x40, 2] => 0,
                Came::Packet(puback) if puback[0] == 0x40 => puback[4],
                other => panic!("{}: {other:?}", shown(payload)),
            };
            let unreadable = expected.unreadable().is_some() && version == 5;
            let handed = ground.store.heard();
            let same = handed.len() == 1 && brief(&handed[0]) == brief(&expected);
            if !same || code != if unreadable { 0x99 } else { 0 } {
                let handed: Vec<String> = handed.iter().map(summary).collect();
                wrong.push(format!(
                    "{}\n    {} became {handed:?}, answered {code:#x}",
                    shown(payload),
                    summary(&expected)
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

const METERS: &str = "\
meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to
E-01,CODE,,kwh_register,1000000,1,5000,900,,,2020-01-01,
E-01,CODE,,kw,,1,5000,900,,,2020-01-01,
G-02,CODE,,gas_m3_register,1000000,1,500,900,,,2020-01-01,
S-03,CODE,,smoke,,1,5000,900,,,2020-01-01,
S-03,CODE,,combustible_lel,,1,5000,900,,,2020-01-01,
S-03,CODE,,temperature_c,,1,5000,900,,,2020-01-01,
E-04,CODE,,kwh_register,1000000,1,5000,900,,,2020-01-01,2026-11-21
X-09,OTHER,,kwh_register,1000000,1,5000,900,,,2020-01-01,
";

/// Registers what `intake`'s tables speak of, and gives the gateway's token.
fn register(stage: &Stage) -> String {
    let (own, other) = (
        enterprise("91320583MADEM0001"),
        enterprise("91320583MADEM0002"),
    );
    let head = "enterprise,name,park,area,industry,scale,established,group,capital_origin";
    let row = |code: &str, name: &str| format!("{code},{name},p1,,C39,above,2015-01-01,,");
    let (own, other) = (own.as_str(), other.as_str());
    let enterprises = format!("{head}\n{}\n{}\n", row(own, "甲厂"), row(other, "乙厂"));
    stage.import(
        "parks",
        "parks.csv",
        "park,name,district,kind\np1,一号园,高新区,\n",
    );
    stage.import("enterprises", "enterprises.csv", &enterprises);
    let meters = METERS.replace("CODE", own).replace("OTHER", other);
    stage.import("meters", "meters.csv", &meters);
    let line = [
        "gateway",
        "add",
        "--enterprise",
        own,
        "--gateway",
        "GW-1",
        "--json",
    ];
    let printed: serde_json::Value = serde_json::from_str(&stage.ok(&line)).unwrap();
    printed["token"].as_str().unwrap().to_owned()
}

/// Status, code of a refusal or `committed/received` and the parts set aside.
fn answered(server: &Server, token: &str, payload: &[u8]) -> String {
    let bearer = format!("Authorization: Bearer {token}");
    let headers = ["Content-Type: application/json", &bearer];
    let answer = server.send("POST", "/api/v1/readings", &headers, payload);
    let body = answer.json();
    if answer.status != 200 {
        return format!("{} {}", answer.status, body["code"].as_str().unwrap());
    }
    let mut parts = BTreeMap::<String, u32>::new();
    for part in body["quarantined"].as_array().unwrap() {
        let name = format!("{}:{}", part["index"], part["code"].as_str().unwrap());
        *parts.entry(name).or_default() += 1;
    }
    format!("200 {}/{} {parts:?}", body["committed"], body["received"])
}

fn expected_answer(taken: &Taken) -> String {
    if let Some(whole) = taken.unreadable() {
        let code = whole.code.as_str();
        return format!("{} {code}", if code == "too_large" { 413 } else { 422 });
    }
    let mut parts = BTreeMap::<String, u32>::new();
    for part in &taken.set_aside {
        let name = format!("{}:{}", part.index.unwrap(), part.code);
        *parts.entry(name).or_default() += 1;
    }
    format!(
        "200 {}/{} {parts:?}",
        taken.values_kept(),
        taken.values_received()
    )
}

#[test]
fn every_row_comes_through_http_and_is_answered_by_what_it_became() {
    let stage = Stage::new();
    let token = register(&stage);
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_QUOTA__MESSAGES_PER_SECOND_MAX", "1000000");
    });
    let intake = Ground::new();
    let mut wrong = Vec::new();
    // A file ends a meter at midnight; the tables' one ends in the morning after it.
    let of_that_morning = |payload: &[u8]| shown(payload).contains(r#""E-04","at":1795220104"#);
    for payload in payloads() {
        if of_that_morning(&payload) {
            continue;
        }
        // By the clock of now, as the server has it.
        let now: Moment = crate::pages_park::now();
        let expected = expected_answer(&intake.take_at(&payload, now));
        let found = answered(&server, &token, &payload);
        if found != expected {
            wrong.push(format!(
                "{}\n    expected {expected}, found {found}",
                shown(&payload)
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let table = stage.ok(&["reconcile", "--settle", "--json"]);
    let table: serde_json::Value = serde_json::from_str(&table).unwrap();
    let count = |fate: &str| table[0][fate].as_i64().unwrap();
    let readable = count("stored") + count("duplicate") + count("conflict");
    assert!(count("quarantined") > 100 && readable > 50, "{table}");
    server.stop();
}

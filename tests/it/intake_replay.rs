//! `quarantine`: what was not taken is listed with its reason, shown with its bytes, and taken in
//! after a repair; every value adds up before, in between and after (contract C2).

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::Value;

use crate::stage::{ENTERPRISE, Server, Stage, parkpulse};

/// Seconds since 1970.
fn now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

fn post(server: &Server, token: &str, body: &str) -> Value {
    let header = format!("Authorization: Bearer {token}");
    let answer = server.send("POST", "/api/v1/readings", &[&header], body.as_bytes());
    assert!([200, 422].contains(&answer.status), "{}", answer.status);
    serde_json::from_str(answer.text()).unwrap_or_default()
}

fn json(stage: &Stage, arguments: &[&str]) -> Value {
    let output = stage.run(arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|_| {
        panic!(
            "{arguments:?}: {text}{}",
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

/// Stored, quarantined and received values of the one gateway; they add up.
fn counts(stage: &Stage) -> [i64; 3] {
    let rows = json(stage, &["reconcile", "--settle", "--json"]);
    assert_eq!(rows[0]["balanced"], true, "{rows}");
    ["stored", "quarantined", "received"].map(|name| rows[0][name].as_i64().unwrap())
}

fn list(stage: &Stage, more: &[&str]) -> Vec<(u64, String, u64)> {
    let mut arguments = vec!["quarantine", "list", "--json"];
    arguments.extend(more);
    let items = json(stage, &arguments);
    let item = |item: &Value| {
        let code = item["code"].as_str().unwrap().to_owned();
        (
            item["number"].as_u64().unwrap(),
            code,
            item["values"].as_u64().unwrap(),
        )
    };
    items.as_array().unwrap().iter().map(item).collect()
}

const HEADER: &str = "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to\n";

#[test]
fn what_was_set_aside_is_taken_in_after_the_repair_and_every_value_adds_up() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let at = now() - 60;
    post(
        &server,
        &token,
        &format!(
            r#"{{"epoch":1,"seq":1,"readings":[
            {{"meter":"E-01","at":{at},"values":{{"kw":1,"kwh_register":2}}}},
            {{"meter":"W-07","at":{at},"values":{{"water_m3_register":3}}}},
            {{"meter":"E-01","at":{at},"values":{{"kw":"x","foo":1}}}}]}}"#
        ),
    );
    assert_eq!(counts(&stage), [2, 3, 5]);
    let codes: Vec<(String, u64)> = list(&stage, &[])
        .into_iter()
        .map(|(_, code, values)| (code, values))
        .collect();
    assert_eq!(
        codes,
        [
            ("unknown_meter".into(), 1),
            ("bad_type".into(), 1),
            ("unknown_indicator".into(), 1)
        ]
    );

    // Before the repair nothing can be taken: exit 1, nothing moves.
    let early = stage.run(&["quarantine", "replay"]);
    assert_eq!(early.status.code(), Some(1), "{early:?}");
    assert_eq!(counts(&stage), [2, 3, 5]);

    let row = format!(
        "{HEADER}W-07,{ENTERPRISE},gw-1,water_m3_register,1000000,1,50,900,,,2025-01-01,\n"
    );
    stage.import("meters", "water.csv", &row);
    let tried = json(&stage, &["quarantine", "replay", "--dry-run", "--json"]);
    assert_eq!(
        (&tried["items_taken"], &tried["values_kept"]),
        (&1.into(), &1.into())
    );
    assert_eq!(counts(&stage), [2, 3, 5]);

    let run = json(
        &stage,
        &[
            "quarantine",
            "replay",
            "--code",
            "unknown_meter",
            "--reason",
            "meter registered",
            "--json",
        ],
    );
    assert_eq!(
        (&run["items_taken"], &run["items_left"]),
        (&1.into(), &0.into()),
        "{run}"
    );
    assert_eq!(counts(&stage), [3, 2, 5]);
    let exported = stage.ok(&["export", "readings", "--meter", "W-07"]);
    let line: Value = serde_json::from_str(exported.trim()).unwrap();
    assert_eq!(
        (&line["value"], &line["seq"], &line["flags"]),
        (&Value::from(3.0), &1.into(), &Value::Array(vec![]))
    );

    is_noted_and_not_taken_twice(&stage);
    assert_eq!(counts(&stage), [3, 2, 5]);
    server.stop();
    // Without a server the same commands say the same.
    assert_eq!(counts(&stage), [3, 2, 5]);
    assert_eq!(list(&stage, &[]).len(), 2);
}

/// The item that was taken in is listed with who and why, and cannot be taken again.
fn is_noted_and_not_taken_twice(stage: &Stage) {
    let all = json(stage, &["quarantine", "list", "--all", "--json"]);
    let item = all
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["code"] == "unknown_meter")
        .unwrap();
    assert_eq!(item["replayed"]["who"], "local");
    assert_eq!(item["replayed"]["how"], "replay: meter registered");
    let number = item["number"].to_string();
    let again = json(stage, &["quarantine", "replay", &number, "--json"]);
    assert_eq!(again["items"][0]["became"], "taken_before");
}

#[test]
fn a_wrong_clock_and_a_wrong_name_are_mended_by_hand_and_flagged() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let at = now() - 60;
    let ahead = at + 8 * 3600;
    post(
        &server,
        &token,
        &format!(r#"{{"meter":"E-1","at":{ahead},"values":{{"kw":5}},"quality":"uncertain"}}"#),
    );
    assert_eq!(list(&stage, &[])[0].1, "time_out_of_range");
    let shown = json(&stage, &["quarantine", "show", "1", "--json"]);
    assert_eq!(
        shown["raw"],
        format!(r#"{{"meter":"E-1","at":{ahead},"values":{{"kw":5}},"quality":"uncertain"}}"#)
    );
    // The time alone does not mend it.
    assert_eq!(
        stage
            .run(&["quarantine", "replay", "--shift", "-8h"])
            .status
            .code(),
        Some(1)
    );
    stage.ok(&[
        "quarantine",
        "replay",
        "--shift",
        "-8h",
        "--meter-as",
        "E-01",
    ]);
    assert_eq!(counts(&stage), [1, 0, 1]);
    let line: Value = serde_json::from_str(stage.ok(&["export", "readings"]).trim()).unwrap();
    assert_eq!(
        line["flags"],
        serde_json::json!(["time_shifted", "meter_mapped"])
    );
    assert_eq!(
        (&line["meter"], &line["quality"]),
        (&"E-01".into(), &"uncertain".into())
    );
    let listed = json(&stage, &["quarantine", "list", "--all", "--json"]);
    assert_eq!(
        listed[0]["replayed"]["how"],
        "replay --shift -8h --meter-as E-01"
    );
    server.stop();
}

#[test]
fn a_message_that_was_none_counts_one_and_becomes_what_it_holds() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    post(&server, &token, "{\"meter\":");
    // Too many readings for the limit of then; the limit is raised afterwards.
    let at = now() - 5000;
    let readings: Vec<String> = (0..1002)
        .map(|n| {
            format!(
                r#"{{"meter":"E-01","at":{},"values":{{"kw":{n}}}}}"#,
                at + n
            )
        })
        .collect();
    post(
        &server,
        &token,
        &format!(r#"{{"readings":[{}]}}"#, readings.join(",")),
    );
    let codes: Vec<String> = list(&stage, &[])
        .into_iter()
        .map(|(_, code, _)| code)
        .collect();
    assert_eq!(codes, ["bad_encoding", "too_many"]);
    assert_eq!(counts(&stage), [0, 2, 2]);
    let shown = stage.ok(&["quarantine", "show", "1"]);
    assert!(shown.contains(r#"{\"meter\":"#), "{shown}");
    server.stop();
    let raised = parkpulse(&stage.data_dir())
        .args(["quarantine", "replay", "--code", "too_many"])
        .env("PARKPULSE_INTAKE__READINGS_MAX", "2000")
        .output()
        .unwrap();
    assert!(raised.status.success(), "{raised:?}");
    assert_eq!(counts(&stage), [1002, 1, 1003]);
}

#[test]
fn half_a_message_is_refused_in_words_and_not_taken_in() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_QUARANTINE__ITEM_BYTES_MAX", "1 KiB");
    });
    // What is kept of it, the first 1 KiB, reads like a whole message: the fault is behind it.
    let whole = format!(
        r#"{{"meter":"E-01","at":{},"values":{{"kw":1}}}}"#,
        now() - 60
    );
    post(&server, &token, &format!("{whole:<1500}x"));
    let [(number, code, _)] = &list(&stage, &[])[..] else {
        panic!("one item was expected")
    };
    assert_eq!(code, "bad_encoding");
    let refused = stage.run(&["quarantine", "replay", &number.to_string()]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let said = String::from_utf8(refused.stdout).unwrap();
    assert!(said.contains("only the first part"), "{said}");
    assert!(said.contains("send it again"), "{said}");
    let run = json(&stage, &["quarantine", "replay", "--json"]);
    assert_eq!(run["items"][0]["became"], "cut", "{run}");
    assert_eq!(counts(&stage), [0, 1, 1]);
    server.stop();
}

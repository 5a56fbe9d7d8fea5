//! The simulator and the demonstration as people start them: two processes and real MQTT.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::stage::{STOP_WITHIN, Server, Stage, parkpulse, until};

/// Starts `demo` with a day of history.
fn demo(stage: &Stage, more: &[&str]) -> Server {
    let mut command = parkpulse(&stage.data_dir());
    command
        .args(["demo", "--scale", "park", "--days", "1"])
        .args(more);
    Server::start(command, &stage.data_dir(), &stage.path("demo.log"))
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// Values received per gateway, after everything was folded; all of them add up.
fn received(stage: &Stage) -> BTreeMap<String, i64> {
    let rows: Value =
        serde_json::from_str(&stage.ok(&["reconcile", "--settle", "--json"])).unwrap();
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| {
        assert_eq!(row["balanced"], true, "{row}");
        (
            row["gateway"].as_str().unwrap().to_owned(),
            row["received"].as_i64().unwrap(),
        )
    })
    .collect()
}

/// Which message a line of the run's ledger is about.
fn name(line: &Value) -> (String, u64) {
    (
        line["gateway"].as_str().unwrap().to_owned(),
        line["seq"].as_u64().unwrap(),
    )
}

/// Meter, indicator and time of every value that is kept.
fn kept(stage: &Stage) -> BTreeSet<(String, String, String)> {
    let exported = stage.ok(&["export", "readings"]);
    let values = exported.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let text = |field: &str| line[field].as_str().unwrap().to_owned();
        (text("meter"), text("indicator"), text("at"))
    });
    values.collect()
}

/// What a good payload brought: meter, indicator and time of each value.
fn values(payload: &str) -> Option<BTreeSet<(String, String, String)>> {
    let message: Value = serde_json::from_str(payload).ok()?;
    let mut values = BTreeSet::new();
    for reading in message["readings"].as_array()? {
        for indicator in reading["values"].as_object()?.keys() {
            let text = |field: &str| reading[field].as_str().map(str::to_owned);
            values.insert((text("meter")?, indicator.clone(), text("at")?));
        }
    }
    Some(values)
}

#[test]
fn everything_the_simulator_was_told_is_safe_is_there_and_every_value_adds_up() {
    let stage = Stage::new();
    let server = demo(&stage, &["--no-simulator"]);
    let before = received(&stage);
    let ledger = stage.path("ledger.ndjson");
    let url = format!("mqtt://{}", server.mqtt.as_deref().unwrap());
    let run = stage.ok(&[
        "simulate",
        "--url",
        &url,
        "--first",
        "12",
        "--for",
        "6s",
        "--every",
        "200ms",
        "--json",
        "--faults",
        "late,duplicate,conflict,outage,rollover,replacement,bad",
        "--ledger",
        ledger.to_str().unwrap(),
    ]);
    let run: Value = serde_json::from_str(&run).unwrap();
    assert_eq!(
        (&run["gateways"], &run["connections"], &run["gave_up"]),
        (&12.into(), &12.into(), &0.into())
    );
    let answered = run["acknowledged"].as_i64().unwrap() + run["refused"].as_i64().unwrap();
    assert_eq!(run["sent"], answered, "{run}");
    assert!(answered > 200, "{run}");
    assert!(
        run["refused"].as_i64().unwrap() > 0,
        "no payload was cut off: {run}"
    );
    assert!(run["refusals"].as_i64().unwrap() > 0, "{run}");

    let lines = lines(&ledger);
    let name = |line: &Value| {
        (
            line["gateway"].as_str().unwrap().to_owned(),
            line["seq"].as_u64().unwrap(),
        )
    };
    let of = |event: &str| {
        lines
            .iter()
            .filter(|line| line["event"] == event)
            .collect::<Vec<_>>()
    };
    let acknowledged: BTreeSet<_> = of("acknowledged").into_iter().map(name).collect();
    let kept = kept(&stage);
    let mut looked_at = 0;
    for sent in of("sent") {
        assert!(acknowledged.contains(&name(sent)));
        let payload = sent["payload"].as_str().unwrap();
        let strange = ["nobody", "no_such", "NaN", ":1},"]
            .iter()
            .any(|word| payload.contains(word));
        let Some(values) = values(payload).filter(|_| !strange) else {
            continue;
        };
        assert!(values.is_subset(&kept), "{payload}");
        looked_at += values.len();
    }
    assert!(looked_at > 1000, "{looked_at} values");

    let after = received(&stage);
    let grown: Vec<_> = after
        .iter()
        .filter(|(gateway, count)| before[*gateway] < **count)
        .collect();
    assert_eq!(grown.len(), 12);
    server.stop();
}

/// Gateway and number of every message with such an event.
fn numbers(lines: &[Value], event: &str) -> BTreeSet<(String, u64)> {
    let such = lines.iter().filter(|line| line["event"] == event);
    such.map(name).collect()
}

/// Every gateway's numbers are 1, 2, 3 and so on.
fn assert_counted_up(numbers: &BTreeSet<(String, u64)>) {
    let mut seqs: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (gateway, seq) in numbers {
        seqs.entry(gateway).or_default().push(*seq);
    }
    for (gateway, seqs) in seqs {
        let counted: Vec<u64> = (1..).take(seqs.len()).collect();
        assert_eq!(seqs, counted, "{gateway}");
    }
}

#[test]
fn a_run_outlives_the_platform_and_loses_nothing() {
    let stage = Stage::new();
    let server = demo(&stage, &["--no-simulator"]);
    let address = server.mqtt.clone().unwrap();
    let ledger = stage.path("ledger.ndjson");
    let url = format!("mqtt://{address}");
    let mut command = parkpulse(&stage.data_dir());
    command.args([
        "simulate", "--url", &url, "--first", "5", "--for", "60s", "--every", "100ms", "--json",
    ]);
    let run = command
        .arg("--ledger")
        .arg(&ledger)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let count = |event: &str| {
        let text = fs::read_to_string(&ledger).unwrap_or_default();
        text.lines().filter(|line| line.contains(event)).count()
    };
    let [sent, acknowledged] = ["\"event\":\"sent\"", "\"event\":\"acknowledged\""];
    until(Duration::from_secs(20), "acknowledgements", || {
        (count(acknowledged) > 50).then_some(())
    });
    // A platform that is stopped takes messages and acknowledges none: they are on the way when
    // it is killed.
    server.signal("STOP");
    until(Duration::from_secs(20), "messages on the way", || {
        (count(sent) > count(acknowledged) + 20).then_some(())
    });
    server.kill();
    let mut again = parkpulse(&stage.data_dir());
    again
        .args(["demo", "--no-simulator"])
        .env("PARKPULSE_MQTT__LISTEN", &address);
    let server = Server::start(again, &stage.data_dir(), &stage.path("again.log"));
    let before = count(acknowledged);
    until(Duration::from_secs(40), "acknowledgements", || {
        (count(acknowledged) > before + 100).then_some(())
    });
    let asked = Command::new("kill").arg(run.id().to_string()).status();
    assert!(asked.unwrap().success());
    let output = run.wait_with_output().unwrap();
    let run: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(run["connections"].as_i64().unwrap() >= 10, "{run}");
    assert_eq!((&run["dropped"], &run["gave_up"]), (&0.into(), &0.into()));

    // Every message that was measured was acknowledged in the end, and all of it is there.
    let lines = lines(&ledger);
    assert_eq!(numbers(&lines, "sent"), numbers(&lines, "acknowledged"));
    assert_counted_up(&numbers(&lines, "sent"));
    let kept = kept(&stage);
    for line in &lines {
        if let Some(values) = line["payload"].as_str().and_then(values) {
            assert!(values.is_subset(&kept), "{line}");
        }
    }
    received(&stage);
    server.stop();
}

#[test]
fn a_gateway_with_a_wrong_token_gives_up_and_says_so() {
    let stage = Stage::new();
    let server = demo(&stage, &["--no-simulator"]);
    let text = fs::read_to_string(stage.data_dir().join("demo-gateways.json")).unwrap();
    let mut fleet: Value = serde_json::from_str(&text).unwrap();
    fleet["gateways"][0]["token"] = "not its token".into();
    let wrong = stage.path("wrong.json");
    fs::write(&wrong, fleet.to_string()).unwrap();
    let url = format!("mqtt://{}", server.mqtt.as_deref().unwrap());
    let output = stage.run(&[
        "simulate",
        "--url",
        &url,
        "--first",
        "1",
        "--for",
        "60s",
        "--gateways",
        wrong.to_str().unwrap(),
    ]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 gave up"));
    server.stop();
}

/// The processes whose parent is `parent`.
fn children(parent: u32) -> Vec<u32> {
    let all = fs::read_dir("/proc")
        .unwrap()
        .filter_map(|entry| entry.unwrap().file_name().to_str()?.parse().ok());
    all.filter(|pid: &u32| {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        // After the name in brackets: state, then the parent.
        let after = stat.rsplit(')').next().unwrap_or_default();
        after.split_whitespace().nth(1) == Some(&parent.to_string())
    })
    .collect()
}

#[test]
fn a_demo_lives_from_a_simulator_that_ends_with_it() {
    let stage = Stage::new();
    let server = demo(&stage, &["--every", "300ms"]);
    let tokens = fs::metadata(stage.data_dir().join("demo-gateways.json")).unwrap();
    assert_eq!(tokens.permissions().mode() & 0o777, 0o600);
    let before: i64 = received(&stage).values().sum();
    until(Duration::from_secs(20), "live readings", || {
        (received(&stage).values().sum::<i64>() > before + 200).then_some(())
    });
    let [simulator] = children(server.pid())[..] else {
        panic!("one child was expected")
    };
    server.stop();
    until(STOP_WITHIN, "the end of the simulator", || {
        (!Path::new(&format!("/proc/{simulator}")).exists()).then_some(())
    });
}

#[test]
fn a_simulator_that_dies_is_started_again() {
    let stage = Stage::new();
    let server = demo(&stage, &["--every", "300ms"]);
    let [first] = children(server.pid())[..] else {
        panic!("one child was expected")
    };
    let killed = Command::new("kill")
        .args(["-KILL", &first.to_string()])
        .status();
    assert!(killed.unwrap().success());
    let second = until(Duration::from_secs(10), "another simulator", || {
        let [second] = children(server.pid())[..] else {
            return None;
        };
        (second != first).then_some(second)
    });
    server.says("starting it again");
    let before: i64 = received(&stage).values().sum();
    until(Duration::from_secs(20), "live readings", || {
        (received(&stage).values().sum::<i64>() > before + 100).then_some(())
    });
    server.stop();
    assert!(!Path::new(&format!("/proc/{second}")).exists());
}

#[test]
fn a_killed_demo_takes_its_simulator_along_and_goes_on_where_it_was() {
    let stage = Stage::new();
    let server = demo(&stage, &["--every", "300ms"]);
    let [simulator] = children(server.pid())[..] else {
        panic!("one child was expected")
    };
    server.kill();
    until(STOP_WITHIN, "the end of the simulator", || {
        let stat = fs::read_to_string(format!("/proc/{simulator}/stat")).unwrap_or_default();
        (stat.is_empty() || stat.contains(") Z ")).then_some(())
    });
    let again = demo(&stage, &["--no-simulator"]);
    assert!(!again.log().contains("registering"), "{}", again.log());
    again.stop();
}

#[test]
fn a_demo_touches_no_directory_that_it_did_not_lay() {
    let stage = Stage::new();
    stage.ok(&["gateway", "list"]);
    let output = stage.run(&["demo", "--days", "1"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no demo laid"));
}

#[test]
fn an_encrypted_line_needs_the_certificate_that_the_platform_shows() {
    let stage = Stage::new();
    let (certificate, key) = (stage.path("cert.pem"), stage.path("key.pem"));
    let made = rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    fs::write(&certificate, made.cert.pem()).unwrap();
    fs::write(&key, made.signing_key.serialize_pem()).unwrap();
    let mut command = parkpulse(&stage.data_dir());
    command
        .args(["demo", "--scale", "park", "--days", "1", "--no-simulator"])
        .env("PARKPULSE_MQTT__TLS_CERTIFICATE", &certificate)
        .env("PARKPULSE_MQTT__TLS_KEY", &key);
    let server = Server::start(command, &stage.data_dir(), &stage.path("demo.log"));
    let url = format!("mqtts://{}", server.mqtt_tls.as_deref().unwrap());
    let line = [
        "simulate", "--url", &url, "--first", "2", "--for", "3s", "--every", "200ms", "--json",
    ];
    let without = stage.run(&line);
    assert_eq!(without.status.code(), Some(2), "{without:?}");
    let mut trusting = line.to_vec();
    trusting.extend(["--ca", certificate.to_str().unwrap()]);
    let run: Value = serde_json::from_str(&stage.ok(&trusting)).unwrap();
    assert!(run["acknowledged"].as_i64().unwrap() > 10, "{run}");
    server.stop();
}

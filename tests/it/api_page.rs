//! The examples of the API document, run in its order against a real demo, and the page that shows
//! them, in Chromium: `dashboards/web/tests/browser/api.test.mjs`.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use crate::pages_browser::run_node;
use crate::pages_rights::{cookie, text};
use crate::stage::{Server, Stage, parkpulse, written};

const ENTERPRISE: &str = "91320583DEM000001N";

/// What the document says of an operation that is asked here.
struct Sample {
    operation: String,
    verb: String,
    media: String,
    order: u64,
    role: String,
    address: String,
    body: String,
    status: u64,
}

/// The times that an example is written with, at UTC+8.
fn filled(text: &str) -> String {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(8));
    let today = jiff::Timestamp::now().to_zoned(zone).date();
    text.replace("{day}", &today.to_string())
        .replace("{month}", &today.strftime("%Y-%m").to_string())
        .replace("{year}", &(today.year() - 1).to_string())
}

fn samples(document: &Value) -> Vec<Sample> {
    let mut found = Vec::new();
    let mut without = BTreeSet::new();
    for (_, item) in document["paths"].as_object().unwrap() {
        for (verb, described) in item.as_object().unwrap() {
            let example = &described["x-example"];
            let operation = text(&described["operationId"]);
            if example.is_null() {
                without.insert(operation);
                continue;
            }
            let content = described["requestBody"]["content"].as_object();
            let media = content.and_then(|content| content.keys().next().cloned());
            found.push(Sample {
                operation,
                verb: verb.to_uppercase(),
                media: media.unwrap_or_else(|| "application/json".into()),
                order: example["order"].as_u64().unwrap(),
                role: text(&example["as"]),
                address: filled(example["address"].as_str().unwrap()),
                body: filled(example["body"].as_str().unwrap_or_default()),
                status: example["status"].as_u64().unwrap(),
            });
        }
    }
    let none = BTreeSet::<String>::new();
    assert_eq!(
        without, none,
        "without an example: src/http/document/examples.rs"
    );
    found.sort_by_key(|sample| sample.order);
    found
}

/// The headers of everybody who asks.
fn askers(stage: &Stage, server: &Server) -> BTreeMap<&'static str, String> {
    let fleet = std::fs::read_to_string(stage.data_dir().join("demo-gateways.json")).unwrap();
    let fleet: Value = serde_json::from_str(&fleet).unwrap();
    let mut gateways = fleet["gateways"].as_array().unwrap().iter();
    let gateway = gateways.find(|one| one["gateway"] == "GW-001").unwrap();
    let mut person = stage.person("zhou.min", "bureau", "");
    server.sign_in(&mut person);
    let mut askers = BTreeMap::from([
        ("public", String::new()),
        ("person", person.cookie),
        (
            "gateway",
            format!("Authorization: Bearer {}", text(&gateway["token"])),
        ),
        (
            "enterprise",
            cookie(
                server,
                &json!({"role": "enterprise", "enterprise": ENTERPRISE}),
            ),
        ),
        (
            "operator",
            cookie(server, &json!({"role": "operator", "park": "WJ"})),
        ),
    ]);
    for role in ["bureau", "sys", "sec", "aud"] {
        askers.insert(role, cookie(server, &json!({ "role": role })));
    }
    askers
}

/// The status line of an answer that may never end.
fn first_line(server: &Server, bytes: &[u8]) -> String {
    let mut stream = TcpStream::connect(&server.http).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream.write_all(bytes).unwrap();
    let mut line = Vec::new();
    let mut byte = [0];
    while !line.ends_with(b"\r\n") && stream.read(&mut byte).unwrap() == 1 {
        line.push(byte[0]);
    }
    String::from_utf8(line).unwrap()
}

/// The status that comes.
fn ask(server: &Server, sample: &Sample, asker: &str) -> (u64, String) {
    let origin = format!("Origin: http://{}", server.http);
    let media = format!("Content-Type: {}", sample.media);
    let mut headers = vec![];
    if sample.verb == "POST" {
        headers.extend([
            media.as_str(),
            origin.as_str(),
            "Sec-Fetch-Site: same-origin",
        ]);
    }
    if !asker.is_empty() {
        headers.push(asker);
    }
    let endless = ["/api/v1/live", "/mqtt"].contains(&sample.address.as_str());
    if endless {
        let mut bytes = written(&server.http, "GET", &sample.address, &headers, b"");
        if sample.address == "/mqtt" {
            let upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                           Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: mqtt";
            let head = String::from_utf8(bytes).unwrap();
            bytes = head.replace("Connection: close", upgrade).into_bytes();
        }
        let line = first_line(server, &bytes);
        let status = line.split(' ').nth(1).unwrap().parse().unwrap();
        return (status, line);
    }
    let body = sample.body.as_bytes();
    let answer = server.send(&sample.verb, &sample.address, &headers, body);
    let told = String::from_utf8_lossy(&answer.body);
    (u64::from(answer.status), told.chars().take(300).collect())
}

/// The number of the newest record in the audit log, and what was done.
fn newest_record(log: &rusqlite::Connection) -> (i64, String) {
    let asking = "SELECT number, action FROM audit ORDER BY number DESC LIMIT 1";
    log.query_row(asking, [], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
}

fn every_example_runs(stage: &Stage, server: &Server, document: &Value) {
    let askers = askers(stage, server);
    let samples = samples(document);
    assert!(samples.len() > 70, "the examples were not found");
    let mut wrong = Vec::new();
    let log = stage.data_dir().join("registry.db");
    let log = rusqlite::Connection::open(log).unwrap();
    for sample in &samples {
        let before = newest_record(&log).0;
        let (status, told) = ask(server, sample, &askers[sample.role.as_str()]);
        let (after, action) = newest_record(&log);
        let is_tried = ["import", "change_outlines"].contains(&sample.operation.as_str());
        let is_done = (200..300).contains(&status) && !is_tried;
        if sample.verb == "POST" && sample.role != "gateway" {
            // One record each, and of what was done its own word; the file and the outlines are only tried here.
            if after != before + 1 || is_done && action.starts_with("POST ") {
                wrong.push(format!(
                    "{}: {} records, {action}",
                    sample.operation,
                    after - before
                ));
            }
        }
        if status != sample.status {
            wrong.push(format!(
                "{} as {}: {} {} is {}, not {status}: {told}",
                sample.operation, sample.role, sample.verb, sample.address, sample.status
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every operation and parameter is called something in words.
fn everything_has_its_words(document: &Value) {
    let words = parkpulse::text::sentences(parkpulse::text::Language::Chinese);
    let known: BTreeSet<&str> = words.iter().map(|(key, _)| *key).collect();
    let mut missing = BTreeSet::new();
    let mut need = |key: String| {
        if !known.contains(key.as_str()) {
            missing.insert(key);
        }
    };
    for (_, item) in document["paths"].as_object().unwrap() {
        for (_, described) in item.as_object().unwrap() {
            need(format!("api_operation.{}", text(&described["operationId"])));
            let right = text(&described["x-right"]);
            let matter = right.split(' ').next().unwrap();
            if matter != "own" {
                need(format!("api_right.{matter}"));
            }
            for parameter in described["parameters"].as_array().into_iter().flatten() {
                let name = text(&parameter["name"]).to_lowercase().replace('-', "_");
                need(format!("api_parameter.{name}"));
            }
        }
    }
    assert_eq!(missing, BTreeSet::new(), "config/text");
}

#[test]
fn every_example_of_the_document_runs_and_the_page_shows_them() {
    let stage = Stage::new();
    let mut command = parkpulse(&stage.data_dir());
    command.args(["demo", "--scale", "park", "--days", "2", "--no-simulator"]);
    let server = Server::start(command, &stage.data_dir(), &stage.path("demo.log"));
    let document = server.get("/api/openapi.json").json();
    everything_has_its_words(&document);
    every_example_runs(&stage, &server, &document);
    let world = json!({"url": format!("http://{}", server.http), "enterprise": ENTERPRISE});
    run_node(
        "tests/browser/api.test.mjs",
        &[("PARKPULSE_WORLD", world.to_string())],
    );
    server.stop();
}

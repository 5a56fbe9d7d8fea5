//! The lists an operator looks at, over HTTP: gateways, quarantine, conservation, the document.

use std::collections::BTreeSet;

use parkpulse::http::{Kind, Operation, Verb, operations};
use serde_json::Value;

use crate::stage::{ENTERPRISE, GATEWAY, Server, Stage};

fn post(server: &Server, token: &str, body: &str) {
    let header = format!("Authorization: Bearer {token}");
    let answer = server.send("POST", "/api/v1/readings", &[&header], body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// A server whose gateway sent one good reading and three of unknown meters.
fn served(stage: &Stage) -> Server {
    let token = stage.register_park();
    let server = stage.serve();
    let at = jiff::Timestamp::now().as_second();
    let unknown = |meter: &str| format!(r#"{{"meter":"{meter}","at":{at},"values":{{"kw":1}}}}"#);
    let good = unknown("E-01");
    let message = format!(
        r#"{{"epoch":7,"seq":1,"readings":[{good},{}]}}"#,
        unknown("X-1")
    );
    post(&server, &token, &message);
    for meter in ["X-2", "X-3"] {
        post(&server, &token, &unknown(meter));
    }
    server
}

#[test]
fn gateways_are_listed_with_how_far_they_are_safe() {
    let stage = Stage::new();
    let server = served(&stage);
    let page = server.get("/api/v1/gateways").json();
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(page["items"][0]["gateway"], GATEWAY);
    assert_eq!(page["items"][0]["enterprise"], ENTERPRISE);
    assert_eq!(page["items"][0]["receipt"]["durable_seq"], 1);
    assert_eq!(page["next"], Value::Null);
    let after = server.get("/api/v1/gateways?cursor=gw-1").json();
    assert_eq!(after["items"], serde_json::json!([]));
    server.stop();
}

#[test]
fn quarantine_is_listed_page_by_page_without_a_gap() {
    let stage = Stage::new();
    let server = served(&stage);
    let mut numbers = Vec::new();
    let mut cursor = String::new();
    for _ in 0..4 {
        let page = server
            .get(&format!("/api/v1/quarantine?limit=1{cursor}"))
            .json();
        let item = &page["items"][0];
        assert_eq!(item["code"], "unknown_meter");
        assert_eq!(item["gateway"], GATEWAY);
        numbers.push(item["number"].as_u64().unwrap());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(numbers.len(), 3, "{numbers:?}");
    assert!(
        numbers.is_sorted_by(|left, right| left < right),
        "{numbers:?}"
    );
    let filtered = server
        .get("/api/v1/quarantine?gateway=gw-1&code=bad_type")
        .json();
    assert_eq!(filtered["items"], serde_json::json!([]));
    server.stop();
}

#[test]
fn conservation_is_the_same_over_http_and_on_the_command_line() {
    let stage = Stage::new();
    let server = served(&stage);
    let table = server.get("/api/v1/reconcile").json();
    let printed: Value = serde_json::from_str(&stage.ok(&["reconcile", "--json"])).unwrap();
    assert_eq!(table, printed);
    assert_eq!(table[0]["received"], 4);
    assert_eq!(table[0]["quarantined"], 3);
    let day = &crate::pages_park::now().to_string()[..10];
    let kept = server.get(&format!("/api/v1/reconcile.csv?day={day}"));
    assert_eq!(kept.status, 200, "{kept:?}");
    assert_eq!(kept.header("content-type"), Some("text/csv; charset=utf-8"));
    let lines: Vec<&str> = kept.text().trim_start_matches('\u{feff}').lines().collect();
    assert!(lines[0].starts_with("gateway,day,received,stored,duplicate,conflict,quarantined,"));
    let row = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(lines.len(), 2, "{lines:?}");
    assert_eq!(row(lines[1])[..3], ["gw-1", day, "4"]);
    assert_eq!(row(lines[1])[6], "3");
    assert_eq!(row(lines[1])[10], "true");
    // Without a day every day has its row.
    let all = server.get("/api/v1/reconcile.csv");
    let all: Vec<&str> = all.text().lines().skip(1).collect();
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(row(all[0])[..11], row(lines[1])[..11]);
    let page = server.get("/metrics");
    let line = "parkpulse_gateway_values{gateway=\"gw-1\",fate=\"received\"} 4";
    assert!(page.text().contains(line), "{}", page.text());
    server.stop();
}

#[test]
fn nonsense_in_a_query_is_the_clients_fault() {
    let stage = Stage::new();
    let server = served(&stage);
    let rows = [
        ("/api/v1/gateways?limit=0", 400),
        ("/api/v1/gateways?limit=1001", 400),
        ("/api/v1/gateways?limit=x", 400),
        ("/api/v1/gateways?colour=red", 400),
        ("/api/v1/quarantine?cursor=-1", 400),
        ("/api/v1/quarantine?code=nonsense", 400),
        ("/api/v1/quarantine?gateway=none", 404),
        ("/api/v1/quarantine?replayed=maybe", 400),
        ("/api/v1/reconcile?day=2026-02-30", 400),
        ("/api/v1/reconcile?day=%ff", 400),
    ];
    for (path, status) in rows {
        let answer = server.get(path);
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        assert_eq!(
            answer.header("content-type"),
            Some("application/problem+json")
        );
    }
    server.stop();
}

/// Method and address of everything in the document.
fn documented(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().unwrap().iter();
    paths
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| (method.to_uppercase(), path.clone()))
        })
        .collect()
}

/// Every `$ref` below `value`.
fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields {
                match field.as_str().filter(|_| name == "$ref") {
                    Some(target) => found.push(target),
                    None => references(field, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn every_operation_is_in_the_document_and_nothing_else() {
    let stage = Stage::new();
    let server = stage.serve();
    let document = server.get("/api/openapi.json").json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    let verb = |operation: &Operation| match operation.verb {
        Verb::Get => "GET".to_owned(),
        Verb::Post => "POST".to_owned(),
    };
    let (api, pages): (Vec<_>, Vec<_>) = operations()
        .into_iter()
        .partition(|operation| operation.kind == Kind::Api);
    let listed: BTreeSet<_> = api
        .iter()
        .map(|operation| (verb(operation), operation.path.to_owned()))
        .collect();
    assert_eq!(documented(&document), listed);
    assert!(listed.len() >= 19, "{listed:?}");
    assert!(pages.iter().all(|page| !page.path.starts_with("/api/")));
    // What the router says of each address is what the list says: another method is refused with
    // those that there are.
    for path in api.iter().chain(&pages).map(|operation| operation.path) {
        let answer = server.send("DELETE", &path.replace(['{', '}', '*'], ""), &[], b"");
        assert_eq!(answer.status, 405, "{path}");
        let allowed: BTreeSet<_> = answer.header("allow").unwrap().split(',').collect();
        let here = api.iter().chain(&pages).filter(|one| one.path == path);
        let here: BTreeSet<_> = here.map(verb).collect();
        let here = here.iter().map(String::as_str);
        let head = allowed.contains("GET").then_some("HEAD");
        assert_eq!(allowed, here.chain(head).collect(), "{path}");
    }
    server.stop();
}

#[test]
fn every_operation_is_described_whole() {
    let stage = Stage::new();
    let server = stage.serve();
    let document = server.get("/api/openapi.json").json();
    let mut ids = BTreeSet::new();
    for (method, path) in documented(&document) {
        let described = &document["paths"][&path][method.to_lowercase()];
        assert!(described["summary"].is_string(), "{method} {path}");
        assert!(described["x-right"].is_string(), "{method} {path}");
        let problem = "/responses/default/content/application~1problem+json/schema/$ref";
        assert!(described.pointer(problem).is_some(), "{method} {path}");
        let content = described.pointer("/responses/200/content");
        // Done, or elsewhere, or something else than HTTP from here on.
        let is_silent = ["204", "303", "101"].iter().any(|status| {
            let answer = format!("/responses/{status}");
            described.pointer(&answer).is_some()
        });
        assert!(
            content.is_some() != is_silent,
            "{method} {path} answers nothing"
        );
        let id = described["operationId"].as_str().unwrap();
        assert!(ids.insert(id.to_owned()), "{id} stands twice");
    }
    let mut targets = Vec::new();
    references(&document, &mut targets);
    for target in &targets {
        let found = document.pointer(target.strip_prefix('#').unwrap());
        assert!(found.is_some(), "{target} is nowhere");
    }
    let property = |schema: &str, field: &str| {
        let found = format!("/components/schemas/{schema}/properties/{field}");
        assert!(document.pointer(&found).is_some(), "{found}");
    };
    for (schema, field) in [
        ("Batch", "readings"),
        ("Reading", "values"),
        ("GatewayPage", "next"),
        ("Gateway", "receipt"),
        ("QuarantinedItem", "digest"),
        ("Map", "cells"),
        ("MapCell", "rank"),
        ("Periods", "periods"),
        ("Card", "meters"),
        ("CardMeter", "latest"),
        ("Arrival", "meters"),
        ("ArrivalMeter", "strip"),
        ("MeterReadings", "readings"),
        ("Problem", "request_id"),
    ] {
        property(schema, field);
    }
    server.stop();
}

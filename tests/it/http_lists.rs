//! The lists an operator looks at, over HTTP: gateways, quarantine, conservation, the document.

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

#[test]
fn the_document_describes_what_is_there() {
    let stage = Stage::new();
    let server = stage.serve();
    let document = server.get("/api/openapi.json").json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3."));
    let paths = document["paths"].as_object().unwrap();
    assert!(paths.contains_key("/api/v1/readings"), "{paths:?}");
    for (path, methods) in paths {
        for method in methods.as_object().unwrap().keys() {
            let status = server.send(&method.to_uppercase(), path, &[], b"").status;
            assert!(![404, 405].contains(&status), "{method} {path}: {status}");
        }
    }
    server.stop();
}

//! What needs an operator: values beyond the limits of their indicator, and values in conflict.

use serde_json::{Value, json};

use crate::stage::{ENTERPRISE, GATEWAY, Server, Stage, until};

fn send(server: &Server, token: &str, body: &str) -> u16 {
    let bearer = format!("Authorization: Bearer {token}");
    let answer = server.send("POST", "/api/v1/readings", &[&bearer], body.as_bytes());
    answer.status
}

fn today(server: &Server) -> Value {
    let answer = server.get("/api/v1/today");
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

#[test]
fn values_beyond_limits_and_in_conflict_are_told_with_what_they_are_beside() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let empty = today(&server);
    assert_eq!(
        (&empty["beyond"], &empty["conflicts"]),
        (&json!([]), &json!([]))
    );
    let at = jiff::Timestamp::now().as_second();
    let one = |at: i64, values: &str| format!(r#"{{"meter":"E-01","at":{at},"values":{values}}}"#);
    // Below 0 a register cannot be; the other value of the same reading is taken.
    let body = one(at - 60, r#"{"kwh_register":-5.5,"kw":12}"#);
    assert_eq!(send(&server, &token, &body), 200);
    assert_eq!(
        send(&server, &token, &one(at, r#"{"kwh_register":-7}"#)),
        200
    );
    // Set aside for another reason, it is no value beyond anything.
    assert_eq!(send(&server, &token, &one(at, r#"{"nothing":1}"#)), 200);
    for value in ["100", "101"] {
        let body = one(at - 900, &format!(r#"{{"kwh_register":{value}}}"#));
        assert_eq!(send(&server, &token, &body), 200);
    }
    stage.ok(&["reconcile", "--settle"]);
    let found = until(std::time::Duration::from_secs(20), "the conflict", || {
        let found = today(&server);
        (found["conflicts"] != json!([])).then_some(found)
    });
    let beyond = found["beyond"].as_array().unwrap();
    assert_eq!(beyond.len(), 1, "{found}");
    let expected = json!({
        "enterprise": ENTERPRISE, "name": "甲厂", "gateway": GATEWAY, "meter": "E-01",
        "indicator": "kwh_register", "unit": "kWh", "side": "below", "limit": "0", "values": 2,
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(beyond[0][key], *value, "{key}");
    }
    assert_eq!(beyond[0]["value"], "-7", "the newest");
    let conflict = &found["conflicts"][0];
    assert_eq!(
        (&conflict["gateway"], &conflict["values"]),
        (&json!(GATEWAY), &json!(1))
    );
    let example = &conflict["examples"][0];
    assert_eq!(
        (&example["first"], &example["other"]),
        (&json!("100"), &json!("101"))
    );
    assert_eq!(
        server.get("/api/v1/today?park=p1").json()["beyond"],
        found["beyond"]
    );
    server.stop();
}

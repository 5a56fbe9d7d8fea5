//! The page of notifications on a demo whose gateways fell silent, with a webhook that nobody answers, in
//! Chromium: `dashboards/web/tests/browser/notifications.test.mjs`.

use serde_json::{Value, json};

use crate::pages_browser::run_node;
use crate::pages_rights::text;
use crate::stage::{Server, Stage, parkpulse};

/// Has the gateway send a register twice, of one instant.
pub(crate) fn two_values_of_one_instant(stage: &Stage, server: &Server, gateway: &str) {
    let fleet = std::fs::read_to_string(stage.data_dir().join("demo-gateways.json")).unwrap();
    let fleet: Value = serde_json::from_str(&fleet).unwrap();
    let mut gateways = fleet["gateways"].as_array().unwrap().iter();
    let one = gateways.find(|one| one["gateway"] == gateway).unwrap();
    let meter = text(&one["meters"][0]["meter"]);
    let indicator = text(&one["meters"][0]["channels"][0]["indicator"]);
    let at = jiff::Timestamp::now().as_second();
    let header = format!("Authorization: Bearer {}", text(&one["token"]));
    for value in ["1000.25", "1002.5"] {
        let reading =
            format!(r#"{{"meter":"{meter}","at":{at},"values":{{"{indicator}":{value}}}}}"#);
        let answer = server.send("POST", "/api/v1/readings", &[&header], reading.as_bytes());
        assert_eq!(answer.json()["quarantined"], json!([]), "{}", answer.text());
    }
}

#[test]
fn notifications_are_found_read_and_followed_and_what_was_given_up_is_sent_again() {
    let stage = Stage::new();
    let secret = stage.path("hook.secret");
    std::fs::write(&secret, "a secret of thirty-two letters or more").unwrap();
    let mut command = parkpulse(&stage.data_dir());
    command.args(["demo", "--scale", "park", "--days", "2", "--no-simulator"]);
    command
        .env("PARKPULSE_NOTIFY__LOOK_EVERY", "500 ms")
        .env("PARKPULSE_NOTIFY__SILENT_AFTER", "1 s")
        .env("PARKPULSE_NOTIFY__TRIES_MAX", "1")
        .env(
            "PARKPULSE_WEBHOOK__TO",
            "sys https://127.0.0.1:1/hook,bureau https://127.0.0.1:1/hook",
        )
        .env("PARKPULSE_WEBHOOK__SECRET_FILE", &secret);
    let server = Server::start(command, &stage.data_dir(), &stage.path("demo.log"));
    let gateways = server.get("/api/v1/gateways?limit=1").json();
    let gateway = &gateways["items"][0];
    two_values_of_one_instant(&stage, &server, &text(&gateway["gateway"]));
    let world = json!({
        "url": format!("http://{}", server.http),
        "park": "WJ",
        "gateway": text(&gateway["gateway"]),
        "enterprise": text(&gateway["enterprise"]),
    });
    let world = [("PARKPULSE_WORLD", world.to_string())];
    run_node("tests/browser/notifications.test.mjs", &world);
    server.stop();
}

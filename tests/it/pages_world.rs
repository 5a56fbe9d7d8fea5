//! The daily tasks by keyboard alone, and every page for every role at both widths, on one demo as
//! people start it, in Chromium: `keyboard.test.mjs` and `matrix.test.mjs` below `dashboards/web/tests/browser`.

use std::time::Duration;

use parkpulse::calendar::Month;
use serde_json::{Value, json};

use crate::notification_pages::two_values_of_one_instant;
use crate::pages_browser::run_node;
use crate::pages_park::now;
use crate::pages_rights::text;
use crate::stage::{Server, Stage, parkpulse, until};

/// The newest closed month whole, whatever the day of the month.
const DAYS: &str = "70";

/// Sends one message as the gateway of that name, whatever comes of it.
fn send(server: &Server, gateway: &Value, body: &Value) {
    let header = format!("Authorization: Bearer {}", text(&gateway["token"]));
    let answer = server.send(
        "POST",
        "/api/v1/readings",
        &[&header],
        body.to_string().as_bytes(),
    );
    assert_eq!(answer.status, 200, "{}", answer.text());
}

#[test]
fn the_daily_tasks_by_keyboard_alone_and_every_page_for_every_role() {
    let stage = Stage::new();
    let mut command = parkpulse(&stage.data_dir());
    command.args(["demo", "--scale", "park", "--days", DAYS, "--no-simulator"]);
    let (data_dir, log) = (stage.data_dir(), stage.path("demo.log"));
    let server = Server::start_within(Duration::from_mins(4), command, &data_dir, &log);
    let fleet = std::fs::read_to_string(data_dir.join("demo-gateways.json")).unwrap();
    let fleet: Value = serde_json::from_str(&fleet).unwrap();
    let gateways = server.get("/api/v1/gateways?limit=1").json();
    let name = text(&gateways["items"][0]["gateway"]);
    let mut senders = fleet["gateways"].as_array().unwrap().iter();
    let sender = senders.find(|one| one["gateway"] == name.as_str()).unwrap();
    let meter = &sender["meters"][0]["meter"];
    // Something for every page: two values of one instant, one beyond its limit, and one of the future.
    two_values_of_one_instant(&stage, &server, &name);
    let at = jiff::Timestamp::now().as_second();
    let of = |at: i64, kwh: f64| json!({"meter": meter, "at": at, "values": {"kwh_register": kwh}});
    send(&server, sender, &of(at - 1, -12.5));
    send(&server, sender, &of(at + 9 * 3600, 5.0));
    let month = Month::of(now().plus_ms(-3 * 86_400_000))
        .previous()
        .to_string();
    until(
        Duration::from_mins(4),
        "the newest month that is due",
        || {
            let accounts = server.get(&format!("/api/v1/accounts?limit=1&period={month}"));
            (accounts.json()["closed"] == true).then_some(())
        },
    );
    let year = until(Duration::from_mins(4), "a rated year", || {
        let rated = server.get("/api/v1/ratings").json();
        rated["items"][0]["year"].as_str().map(str::to_owned)
    });
    let enterprise = text(&gateways["items"][0]["enterprise"]);
    let choices = server.get("/api/v1/session").json();
    let world = json!({
        "url": format!("http://{}", server.http),
        "park": text(&choices["parks"][0]["park"]),
        "enterprise": enterprise,
        "meter": meter,
        "gateway": name,
        "month": month,
        "year": year,
    });
    let world = [("PARKPULSE_WORLD", world.to_string())];
    run_node("tests/browser/keyboard.test.mjs", &world);
    run_node("tests/browser/matrix.test.mjs", &world);
    server.stop();
}

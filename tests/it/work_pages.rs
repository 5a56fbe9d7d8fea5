//! The pages of those who work with the park every day, on a demo, in Chromium:
//! `dashboards/web/tests/browser/work.test.mjs`.

use serde_json::{Value, json};

use crate::pages_browser::run_node;
use crate::pages_rights::{cookie, text};
use crate::stage::{Server, Stage, parkpulse};

/// Page, and the roles that find it: enterprise, operator, kiosk, bureau, sys, sec, aud.
const PAGES: [(&str, [bool; 7]); 9] = [
    ("/today", [false, true, true, true, false, false, false]),
    ("/duty", [false, true, true, true, false, false, false]),
    ("/gateways", [false, true, true, true, false, false, false]),
    (
        "/gateways/GW/test",
        [false, true, true, true, false, false, false],
    ),
    (
        "/my/gateways",
        [true, false, false, false, false, false, false],
    ),
    (
        "/my/gateways/GW/test",
        [true, false, false, false, false, false, false],
    ),
    ("/import", [false, false, false, true, false, false, false]),
    (
        "/sec/credentials",
        [false, false, false, false, false, true, false],
    ),
    ("/sys", [false, false, false, false, true, false, false]),
];

const METERS: &str = "\
meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,jitter,parent,valid_from,valid_to
T-SILENT,CODE,GATEWAY,water_m3_register,1000000,1,500,900,,,2025-01-01,
";

#[test]
fn today_duty_wizard_and_import_are_as_their_users_find_them() {
    let stage = Stage::new();
    let mut command = parkpulse(&stage.data_dir());
    command.args(["demo", "--scale", "park", "--days", "2", "--no-simulator"]);
    let server = Server::start(command, &stage.data_dir(), &stage.path("demo.log"));
    let fleet = std::fs::read_to_string(stage.data_dir().join("demo-gateways.json")).unwrap();
    let fleet: Value = serde_json::from_str(&fleet).unwrap();
    let choices = server.get("/api/v1/session").json();
    let park = text(&choices["parks"][0]["park"]);
    let gateways = server.get("/api/v1/gateways?limit=1000").json();
    let gateway = &gateways["items"][0];
    let enterprise = text(&gateway["enterprise"]);
    // One meter that was never heard of: silent from the first minute.
    let silent = METERS
        .replace("CODE", &enterprise)
        .replace("GATEWAY", &text(&gateway["gateway"]));
    stage.import("meters", "silent.csv", &silent);
    every_page_is_there_for_its_roles_alone(&server, &park, &enterprise);
    let own = fleet["gateways"].as_array().unwrap().iter();
    let own = own.clone().find(|one| one["gateway"] == gateway["gateway"]);
    let world = json!({
        "url": format!("http://{}", server.http),
        "mqtt": server.mqtt,
        "park": park,
        "enterprise": enterprise,
        "gateway": gateway["gateway"],
        "token": own.unwrap()["token"],
    });
    let world = [("PARKPULSE_WORLD", world.to_string())];
    run_node("tests/browser/work.test.mjs", &world);
    server.stop();
}

fn every_page_is_there_for_its_roles_alone(server: &Server, park: &str, enterprise: &str) {
    let roles = [
        json!({"role": "enterprise", "enterprise": enterprise}),
        json!({"role": "operator", "park": park}),
        json!({"role": "kiosk", "park": park}),
        json!({"role": "bureau"}),
        json!({"role": "sys"}),
        json!({"role": "sec"}),
        json!({"role": "aud"}),
    ];
    for (place, role) in roles.iter().enumerate() {
        let cookie = cookie(server, role);
        for (path, found) in PAGES {
            let answer = server.get_as(path, &[&cookie, "Accept: text/html"]);
            let expected = if found[place] { 200 } else { 404 };
            assert_eq!(answer.status, expected, "{role} {path}");
        }
    }
}

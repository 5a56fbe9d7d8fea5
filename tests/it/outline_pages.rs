//! Outlines changed on the map, on a demo, in Chromium: `dashboards/web/tests/browser/outlines.test.mjs`.

use serde_json::json;

use crate::pages_browser::run_node;
use crate::pages_rights::text;
use crate::stage::{Server, Stage, parkpulse};

#[test]
fn outlines_are_changed_by_hand_and_by_keyboard() {
    let stage = Stage::new();
    let mut command = parkpulse(&stage.data_dir());
    command.args(["demo", "--scale", "park", "--days", "2", "--no-simulator"]);
    let server = Server::start(command, &stage.data_dir(), &stage.path("demo.log"));
    let choices = server.get("/api/v1/session").json();
    let park = text(&choices["parks"][0]["park"]);
    let world = json!({"url": format!("http://{}", server.http), "park": park});
    let world = [("PARKPULSE_WORLD", world.to_string())];
    run_node("tests/browser/outlines.test.mjs", &world);
    server.stop();
}

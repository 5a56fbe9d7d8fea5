//! The map page on a demo as people start it, in Chromium: `dashboards/web/tests/browser/demo.test.mjs`.

use crate::pages_browser::run_node;
use crate::stage::{Server, Stage, parkpulse};

/// A short history: the pages show the running month, or the one before on its first days.
const DAYS: &str = "2";
/// Often enough that a page hears of every meter while somebody looks.
const EVERY: &str = "2s";

#[test]
fn a_demo_shows_coloured_parcels_cards_and_live_values() {
    let stage = Stage::new();
    let mut command = parkpulse(&stage.data_dir());
    command.args(["demo", "--scale", "park", "--days", DAYS, "--every", EVERY]);
    let server = Server::start(command, &stage.data_dir(), &stage.path("demo.log"));
    run_node(
        "tests/browser/demo.test.mjs",
        &[("PARKPULSE_URL", format!("http://{}", server.http))],
    );
    server.stop();
}

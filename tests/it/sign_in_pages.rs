//! The pages of signing in, on the real server, in Chromium.

use crate::pages_browser::run_node;
use crate::stage::Stage;

#[test]
fn the_first_person_and_the_auditor_sign_in_by_keyboard() {
    let stage = Stage::new();
    let server = stage.serve();
    let log = server.log();
    let code = log.lines().find_map(|line| line.strip_prefix("setup "));
    run_node(
        "tests/browser/sign-in.test.mjs",
        &[
            ("PARKPULSE_URL", format!("http://{}", server.http)),
            ("PARKPULSE_SETUP", code.unwrap().trim().to_owned()),
        ],
    );
}

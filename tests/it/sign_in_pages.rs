//! The pages of signing in, of the three administrators and of the audit log, on the real server, in
//! Chromium.

use crate::pages_browser::run_node;
use crate::sign_in_office::office;
use crate::stage::{PASSWORD, Stage};

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

#[test]
fn one_administrator_asks_another_confirms_and_a_clerk_sees_the_log() {
    let mut office = office();
    let mut sys = office.stage.person("sys.one", "sys", "");
    office.server.sign_in(&mut sys);
    run_node(
        "tests/browser/proposals.test.mjs",
        &[
            ("PARKPULSE_URL", format!("http://{}", office.server.http)),
            ("PARKPULSE_SEC", office.sec.recovery.pop().unwrap()),
            ("PARKPULSE_SYS", sys.recovery.pop().unwrap()),
            ("PARKPULSE_PASSWORD", PASSWORD.to_owned()),
        ],
    );
}

#[test]
fn the_sign_in_page_offers_the_identity_server_and_says_when_it_is_not_there() {
    let stage = Stage::new();
    stage.person("op.one", "operator", "*");
    let server = stage.serve_with(|command| {
        command
            .env("PARKPULSE_IDENTITY__ISSUER", "http://127.0.0.1:9")
            .env("PARKPULSE_IDENTITY__CLIENT_ID", "parkpulse")
            .env(
                "PARKPULSE_IDENTITY__REDIRECT",
                "http://127.0.0.1:8080/api/v1/sign-in/identity/back",
            );
    });
    run_node(
        "tests/browser/identity.test.mjs",
        &[("PARKPULSE_URL", format!("http://{}", server.http))],
    );
}

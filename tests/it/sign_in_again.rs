//! What gives or takes keys and offices asks for the second factor once more, and goes on once it was shown.

use std::time::Duration;

use serde_json::{Value, json};

use crate::pages_browser::run_node;
use crate::sign_in_office::{log, office, status_and_code};
use crate::stage::{ENTERPRISE, GATEWAY, PASSWORD, Person, Stage, until};

/// Address and body of every deed that asks for it.
fn deeds() -> Vec<(&'static str, Value)> {
    let office = json!({"role": "operator", "scope": "p1"});
    let person = json!({"account": "new.one", "name": "新", "role": "operator", "scope": "p1"});
    let token = json!({"label": "x", "scope": "read", "days": 1, "password": PASSWORD});
    let gateway = json!({"gateway": "gw-9", "enterprise": ENTERPRISE});
    vec![
        ("/api/v1/credentials", gateway),
        ("/api/v1/credentials/gw-9/rotate", json!({})),
        ("/api/v1/credentials/gw-9/revoke", json!({})),
        ("/api/v1/people", person),
        ("/api/v1/people/new.one/offices/end", office.clone()),
        ("/api/v1/people/new.one/offices", office),
        ("/api/v1/people/new.one/reset", json!({})),
        ("/api/v1/people/new.one/end", json!({})),
        ("/api/v1/proposals/1/confirm", json!({})),
        ("/api/v1/me/tokens", token),
    ]
}

/// The second factor of everybody was shown `minutes` earlier than it was.
fn long_ago(stage: &Stage, minutes: i64) {
    let file = rusqlite::Connection::open(stage.data_dir().join("registry.db")).unwrap();
    file.busy_timeout(Duration::from_secs(10)).unwrap();
    let aged = "UPDATE person_session SET factor_shown_at = factor_shown_at - $1 * 60000";
    assert!(file.execute(aged, [minutes]).unwrap() > 0);
}

#[test]
fn a_session_that_was_left_open_does_nothing_weighty_until_the_factor_is_shown_again() {
    let office = office();
    // The stage lets people be fresh for 12 hours.
    long_ago(&office.stage, 12 * 60);
    let server = &office.server;
    let mut sec = office.sec.clone();
    for (path, body) in deeds() {
        let before = log(server, &office.aud).len();
        let refused = server.post(path, &sec.cookie, &body);
        let told = status_and_code(&refused);
        assert_eq!(told, (403, "second_factor_needed".into()), "{path}");
        let records = log(server, &office.aud);
        assert_eq!(records.len() - before, 1, "{path}");
        assert_eq!(records[0]["result"], "refused 403 second_factor_needed");
        // Whoever may not do it is told nothing of it.
        if !path.contains("/me/") {
            let nobody = server.post(path, &office.aud.cookie, &body).status;
            let expected = if path.contains("proposals") { 403 } else { 404 };
            assert_eq!(nobody, expected, "{path}");
        }
    }
    let show = |who: &Person, code: &str| {
        let body = json!({ "code": code });
        server.post("/api/v1/me/factor/show", &who.cookie, &body)
    };
    let wrong = show(&sec, "000000");
    assert_eq!(status_and_code(&wrong), (401, "sign_in_refused".into()));
    let code = sec.recovery.pop().unwrap();
    assert_eq!(show(&sec, &code).status, 204);
    let newest = &log(server, &office.aud)[0];
    assert_eq!(newest["action"], "factor.show");
    assert_eq!(show(&sec, &code).status, 401, "each code counts once");
    for (path, body) in deeds() {
        let done = server.post(path, &sec.cookie, &body);
        let expected: &[u16] = if path.contains("proposals") {
            &[404]
        } else {
            &[200, 204]
        };
        assert!(expected.contains(&done.status), "{path}: {}", done.text());
    }
    // After a while it is asked for again.
    long_ago(&office.stage, 12 * 60);
    let again = server.post("/api/v1/credentials/gw-9/rotate", &sec.cookie, &json!({}));
    assert_eq!(again.status, 403);
    // Five wrong codes end the session: whoever has no telephone is not its owner.
    for _ in 0..5 {
        assert_ne!(show(&sec, "000000").status, 204);
    }
    until(Duration::from_secs(5), "the end", || {
        let me = server.get_as("/api/v1/me", &[&sec.cookie]).json();
        (me["role"] == "public").then_some(())
    });
    // A clerk without a second factor has none to show.
    let path = format!("/api/v1/credentials/{GATEWAY}/rotate");
    let clerk = &office.clerk;
    assert_eq!(server.post(&path, &clerk.cookie, &json!({})).status, 200);
}

#[test]
fn the_page_asks_for_it_in_one_dialog_and_goes_on() {
    let mut office = office();
    long_ago(&office.stage, 12 * 60);
    let sec = &mut office.sec;
    run_node(
        "tests/browser/again.test.mjs",
        &[
            ("PARKPULSE_URL", format!("http://{}", office.server.http)),
            ("PARKPULSE_COOKIE", sec.cookie.clone()),
            ("PARKPULSE_CODE", sec.recovery.pop().unwrap()),
            ("PARKPULSE_GATEWAY", GATEWAY.to_owned()),
        ],
    );
}

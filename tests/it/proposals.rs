//! Nobody of the three administrators becomes, makes or unmakes another one alone.

use serde_json::{Value, json};

use crate::sign_in_office::{Office, log, me, office, status_and_code};
use crate::stage::{ENTERPRISE, PASSWORD, Person, Server, cookie_of};

/// What waits, as somebody sees it.
fn waiting(server: &Server, who: &Person) -> Vec<Value> {
    let page = server.get_as("/api/v1/proposals", &[&who.cookie]);
    assert_eq!(page.status, 200, "{}", page.text());
    page.json()["items"].as_array().unwrap().clone()
}

/// Confirms or refuses a proposal; the answer.
fn decide(server: &Server, who: &Person, number: &Value, how: &str) -> crate::stage::Answer {
    let path = format!("/api/v1/proposals/{number}/{how}");
    server.post(&path, &who.cookie, &json!({}))
}

/// The office with a signed-in system administrator.
fn full_office() -> (Office, Person) {
    let office = office();
    let mut sys = office.stage.person("sys.one", "sys", "");
    office.server.sign_in(&mut sys);
    (office, sys)
}

#[test]
fn a_reset_of_the_auditor_is_done_once_another_administrator_confirms_it() {
    let (office, sys) = full_office();
    let (server, sec, aud) = (&office.server, &office.sec, &office.aud);
    let path = "/api/v1/people/aud.one/reset";
    let asked = server.post(path, &sec.cookie, &json!({}));
    assert_eq!(asked.status, 202, "{}", asked.text());
    assert!(!asked.text().contains("password"), "{}", asked.text());
    let number = asked.json()["number"].clone();
    // Nothing has happened yet, and it is asked for once.
    assert_eq!(me(server, &aud.cookie)["role"], "aud");
    assert_eq!(server.post(path, &sec.cookie, &json!({})).status, 409);
    for who in [sec, aud, &sys] {
        let seen = waiting(server, who);
        assert_eq!(seen.len(), 1);
        let told = (
            &seen[0]["action"],
            &seen[0]["account"],
            &seen[0]["asked_by"],
        );
        let expected = (&json!("person.reset"), &json!("aud.one"), &json!("sec.one"));
        assert_eq!(told, expected);
    }
    for who in [&office.operator, &office.clerk] {
        let page = server.get_as("/api/v1/proposals", &[&who.cookie]);
        assert_eq!(page.status, 404);
        assert_eq!(decide(server, who, &number, "confirm").status, 404);
    }
    // Neither whoever asked nor whom it is about.
    for who in [sec, aud] {
        let refused = decide(server, who, &number, "confirm");
        assert_eq!(status_and_code(&refused), (409, "conflict".into()));
    }
    assert_eq!(me(server, &aud.cookie)["role"], "aud");
    let before = log(server, aud).len();
    let done = decide(server, &sys, &number, "confirm");
    assert_eq!(done.status, 200, "{}", done.text());
    let password = done.json()["password"].as_str().unwrap().to_owned();
    assert_eq!(me(server, &aud.cookie)["role"], "public", "it was reset");
    let again = server.try_password("aud.one", &password);
    assert_eq!(again.json()["next"], "password");
    assert!(waiting(server, sec).is_empty());
    assert_eq!(decide(server, &sys, &number, "confirm").status, 404);
    let mut fresh = Person {
        password,
        ..aud.clone()
    };
    let body = json!({"password": "Nebel fiel 12 mal ein"});
    let chosen = server.post("/api/v1/sign-in/password", &cookie_of(&again), &body);
    fresh.cookie = cookie_of(&chosen);
    server.enrol(&mut fresh, &json!({}));
    let records = log(server, &fresh);
    let told = |record: &Value| {
        let text = |field: &str| record[field].as_str().unwrap().to_owned();
        (text("who"), text("action"), text("object"), text("result"))
    };
    let resets: Vec<_> = records
        .iter()
        .filter(|one| one["action"] == "person.reset")
        .map(told)
        .collect();
    let row = |who: &str, object: &str, result: &str| {
        let action = "person.reset".to_owned();
        (who.to_owned(), action, object.to_owned(), result.to_owned())
    };
    let confirmed = "aud.one, asked for by sec.one";
    let expected = [
        row("sys.one", confirmed, "done"),
        row("sec.one", "aud.one", "refused"),
        row("sec.one", "aud.one", "asked for"),
    ];
    assert_eq!(resets, expected);
    assert!(records.len() > before);
}

/// Address, body: every way to become, make or unmake one of the three.
fn moves() -> Vec<(&'static str, &'static str, Value)> {
    let office = |role: &str| json!({ "role": role });
    let person = |role: &str| json!({"account": format!("new.{role}"), "name": "新", "role": role});
    vec![
        ("person.reset", "/api/v1/people/aud.one/reset", json!({})),
        ("person.reset", "/api/v1/people/sys.one/reset", json!({})),
        ("person.end", "/api/v1/people/aud.one/end", json!({})),
        ("person.end", "/api/v1/people/sys.one/end", json!({})),
        (
            "grant.end",
            "/api/v1/people/aud.one/offices/end",
            office("aud"),
        ),
        ("person.add", "/api/v1/people", person("aud")),
        ("person.add", "/api/v1/people", person("sys")),
        ("person.add", "/api/v1/people", person("sec")),
        (
            "grant.add",
            "/api/v1/people/free.one/offices",
            office("aud"),
        ),
        (
            "grant.add",
            "/api/v1/people/free.one/offices",
            office("sys"),
        ),
        // Who sees the tax of everybody is not made by one person, who would know the password.
        (
            "person.add",
            "/api/v1/people",
            json!({"account": "new.one", "name": "新", "role": "bureau"}),
        ),
        ("person.reset", "/api/v1/people/desk.one/reset", json!({})),
        (
            "grant.add",
            "/api/v1/people/free.one/offices",
            office("bureau"),
        ),
    ]
}

#[test]
fn every_way_to_another_administrator_waits_and_no_other_way_does() {
    let (office, sys) = full_office();
    let (server, sec, aud) = (&office.server, &office.sec, &office.aud);
    // Somebody without any office, whose password the security administrator may know.
    office.stage.person("free.one", "bureau", "");
    office.stage.person("desk.one", "bureau", "");
    let body = json!({"role": "bureau"});
    let freed = server.post("/api/v1/people/free.one/offices/end", &sec.cookie, &body);
    assert_eq!(freed.status, 204);
    for (action, path, body) in moves() {
        let before = log(server, aud).len();
        let asked = server.post(path, &sec.cookie, &body);
        assert_eq!(asked.status, 202, "{path} {body}: {}", asked.text());
        assert_eq!(asked.json()["action"], action, "{path}");
        let records = log(server, aud);
        assert_eq!(records.len() - before, 1, "{path}");
        let told = (&records[0]["action"], &records[0]["result"]);
        assert_eq!(told, (&json!(action), &json!("asked for")), "{path}");
        // Whoever asked may think better of it.
        let taken = decide(server, sec, &asked.json()["number"], "refuse");
        assert_eq!(taken.status, 204);
    }
    for who in [aud, &sys] {
        assert_ne!(
            me(server, &who.cookie)["role"],
            "public",
            "nothing was done"
        );
    }
    // What cannot be is refused at once, as before.
    for (path, body, status) in [
        (
            "/api/v1/people/aud.one/offices",
            json!({"role": "sys"}),
            409,
        ),
        (
            "/api/v1/people/nobody.x/offices",
            json!({"role": "sys"}),
            404,
        ),
        (
            "/api/v1/people",
            json!({"account": "aud.one", "name": "x", "role": "sec"}),
            409,
        ),
    ] {
        let refused = server.post(path, &sec.cookie, &body);
        assert_eq!(refused.status, status, "{path}: {}", refused.text());
    }
    // Nobody else waits for anybody.
    for (path, body, status) in [
        ("/api/v1/people/op.one/reset", json!({}), 200),
        (
            "/api/v1/people/clerk.one/offices/end",
            json!({"role": "enterprise", "scope": ENTERPRISE}),
            204,
        ),
        (
            "/api/v1/people",
            json!({"account": "new.one", "name": "新", "role": "operator", "scope": "p1"}),
            200,
        ),
        // What is taken from the bureau is taken at once.
        ("/api/v1/people/desk.one/end", json!({}), 204),
    ] {
        let done = server.post(path, &sec.cookie, &body);
        assert_eq!(done.status, status, "{path}: {}", done.text());
    }
    assert!(waiting(server, sec).is_empty());
}

#[test]
fn a_proposal_of_whoever_is_no_longer_there_does_nothing_and_nobody_vetoes_their_own_end() {
    let (office, sys) = full_office();
    let (server, sec, aud) = (&office.server, &office.sec, &office.aud);
    let mut second = office.stage.person("sec.two", "sec", "");
    server.sign_in(&mut second);
    let ask = |who: &Person, path: &str| {
        let asked = server.post(path, &who.cookie, &json!({}));
        assert_eq!(asked.status, 202, "{}", asked.text());
        asked.json()["number"].clone()
    };
    let about_aud = ask(sec, "/api/v1/people/aud.one/end");
    // Whom it takes something from waits for what another one says.
    let veto = decide(server, aud, &about_aud, "refuse");
    assert_eq!(status_and_code(&veto), (409, "conflict".into()));
    assert_eq!(waiting(server, aud).len(), 1);
    assert_eq!(decide(server, &sys, &about_aud, "refuse").status, 204);
    assert_eq!(decide(server, &sys, &about_aud, "confirm").status, 404);
    // The second one asks, and is ended by the first with the auditor's word.
    let of_second = ask(&second, "/api/v1/people/aud.one/reset");
    let about_second = ask(sec, "/api/v1/people/sec.two/end");
    assert_eq!(decide(server, aud, &about_second, "confirm").status, 200);
    assert_eq!(me(server, &second.cookie)["role"], "public");
    assert_eq!(decide(server, &sys, &of_second, "confirm").status, 404);
    assert_eq!(me(server, &aud.cookie)["role"], "aud");
    let refused = server.try_password("sec.two", PASSWORD);
    assert_eq!(refused.status, 401);
}

#[test]
fn the_first_administrator_goes_alone_and_the_second_is_asked_from_then_on() {
    let stage = crate::stage::Stage::new();
    let mut sec = stage.person("sec.one", "sec", "");
    let server = stage.serve();
    server.sign_in(&mut sec);
    let add = |account: &str, role: &str| {
        let body = json!({"account": account, "name": account, "role": role});
        server.post("/api/v1/people", &sec.cookie, &body)
    };
    let first = add("sys.one", "sys");
    assert_eq!(first.status, 200, "{}", first.text());
    let mut sys = Person {
        account: "sys.one".into(),
        password: first.json()["password"].as_str().unwrap().into(),
        ..sec.clone()
    };
    // Nobody is there who could confirm: neither of two confirms what the one asks of the other.
    let reset = server.post("/api/v1/people/sys.one/reset", &sec.cookie, &json!({}));
    assert_eq!(reset.status, 200, "{}", reset.text());
    sys.password = reset.json()["password"].as_str().unwrap().into();
    let second = add("aud.one", "aud");
    assert_eq!(second.status, 202, "{}", second.text());
    server.sign_in(&mut sys);
    let done = decide(&server, &sys, &second.json()["number"], "confirm");
    assert_eq!(done.json()["account"], "aud.one");
    let mut aud = Person {
        account: "aud.one".into(),
        password: done.json()["password"].as_str().unwrap().into(),
        ..sec.clone()
    };
    server.sign_in(&mut aud);
    assert_eq!(me(&server, &aud.cookie)["role"], "aud");
}

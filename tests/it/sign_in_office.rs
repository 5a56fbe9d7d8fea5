//! People who signed in: rights that end at once, tokens of programs, and one record of the audit log
//! for everything that they do.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use parkpulse::http::{Operation, Right, Verb, operations};
use serde_json::{Value, json};

use crate::stage::{
    Answer, ENTERPRISE, PASSWORD, Person, Server, Stage, cookie_of, until, written,
};

pub(crate) fn status_and_code(answer: &Answer) -> (u16, String) {
    let code = answer.json()["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (answer.status, code)
}

/// Who the browser is.
pub(crate) fn me(server: &Server, cookie: &str) -> Value {
    let headers: Vec<&str> = [cookie].into_iter().filter(|one| !one.is_empty()).collect();
    server.get_as("/api/v1/me", &headers).json()
}

/// Records of the log, newest first.
pub(crate) fn log(server: &Server, auditor: &Person) -> Vec<Value> {
    let page = server.get_as("/api/v1/audit?limit=1000", &[&auditor.cookie]);
    assert_eq!(page.status, 200, "{}", page.text());
    page.json()["items"].as_array().unwrap().clone()
}

/// The setup code that a first start printed.
pub(crate) fn printed_code(server: &Server) -> String {
    let log = server.log();
    let line = log.lines().find_map(|line| line.strip_prefix("setup "));
    line.unwrap_or_else(|| panic!("{log}")).trim().to_owned()
}

/// A served park with one of each administrator, an operator and a clerk, all signed in.
pub(crate) struct Office {
    pub(crate) stage: Stage,
    pub(crate) server: Server,
    pub(crate) sec: Person,
    pub(crate) aud: Person,
    pub(crate) operator: Person,
    pub(crate) clerk: Person,
}

pub(crate) fn office() -> Office {
    let stage = Stage::new();
    stage.register_park();
    let mut sec = stage.person("sec.one", "sec", "");
    let mut aud = stage.person("aud.one", "aud", "");
    let mut operator = stage.person("op.one", "operator", "p1");
    let mut clerk = stage.person("clerk.one", "enterprise", ENTERPRISE);
    let server = stage.serve();
    for person in [&mut sec, &mut aud, &mut operator, &mut clerk] {
        server.sign_in(person);
    }
    Office {
        stage,
        server,
        sec,
        aud,
        operator,
        clerk,
    }
}

#[test]
fn rights_that_end_end_at_once() {
    let office = office();
    let (server, sec) = (&office.server, &office.sec);
    let clerk = |path: &str| server.get_as(path, &[&office.clerk.cookie]).status;
    assert_eq!(
        clerk(&format!("/api/v1/arrival?enterprise={ENTERPRISE}")),
        200
    );
    let path = "/api/v1/people/clerk.one/offices/end";
    let body = json!({"role": "enterprise", "scope": ENTERPRISE});
    // Whoever may not is told that nothing is there.
    for other in [&office.operator, &office.aud, &office.clerk] {
        assert_eq!(server.post(path, &other.cookie, &body).status, 404);
    }
    assert_eq!(server.post(path, &sec.cookie, &body).status, 204);
    assert_eq!(
        clerk(&format!("/api/v1/arrival?enterprise={ENTERPRISE}")),
        404
    );
    assert_eq!(me(server, &office.clerk.cookie)["role"], "public");
    let refused = server.try_password("clerk.one", PASSWORD);
    assert_eq!(refused.status, 401, "without an office nobody comes in");
    // Nobody appoints themselves, nor somebody to two of the three.
    let own = server.post(
        "/api/v1/people/sec.one/offices",
        &sec.cookie,
        &json!({"role": "bureau"}),
    );
    assert_eq!(own.status, 404);
    let two = server.post(
        "/api/v1/people/aud.one/offices",
        &sec.cookie,
        &json!({"role": "sys"}),
    );
    assert_eq!(status_and_code(&two), (409, "conflict".into()));
    // What ends before it begins is no office.
    for path in ["/api/v1/people/op.one/offices", "/api/v1/people"] {
        let past = json!({"role": "operator", "scope": "*", "until": "2020-01-01T00:00:00+08:00"});
        let mut body = past.as_object().unwrap().clone();
        if path == "/api/v1/people" {
            body.insert("account".into(), json!("new.one"));
            body.insert("name".into(), json!("新"));
        }
        let refused = server.post(path, &sec.cookie, &Value::Object(body));
        assert_eq!(status_and_code(&refused), (400, "bad_request".into()));
    }
    let ended = server.post("/api/v1/people/op.one/end", &sec.cookie, &json!({}));
    assert_eq!(ended.status, 204);
    assert_eq!(me(server, &office.operator.cookie)["role"], "public");
    let people = server.get_as("/api/v1/people", &[&sec.cookie]).json();
    let people = people["items"].as_array().unwrap();
    assert_eq!(people.len(), 4, "nobody is deleted");
    // A reset gives a password and takes the factor.
    let mut second = office.stage.person("op.two", "operator", "p1");
    server.sign_in(&mut second);
    let reset = server.post("/api/v1/people/op.two/reset", &sec.cookie, &json!({}));
    let password = reset.json()["password"].as_str().unwrap().to_owned();
    assert_eq!(me(server, &second.cookie)["role"], "public");
    let again = server.try_password("op.two", &password);
    assert_eq!(again.json()["next"], "password");
    let body = json!({ "password": PASSWORD });
    let former = server.post("/api/v1/sign-in/password", &cookie_of(&again), &body);
    assert_eq!(former.json()["params"]["why"], "used");
}

/// A duty screen takes nothing away: no program is given to it, and one that its account had before
/// counts no longer (contract.md 6).
#[test]
fn a_duty_screen_has_no_program() {
    let office = office();
    let server = &office.server;
    let line = [
        "user",
        "add",
        "wall.one",
        "--role",
        "kiosk",
        "--scope",
        "p1",
        "--token-days",
        "1",
    ];
    let refused = office.stage.run(&line);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert_eq!(refused.status.code(), Some(2), "{said}");
    assert!(said.contains("a duty screen takes nothing away"), "{said}");
    let header = crate::ledger_check::program(&office.stage, "prog.one", "operator", "p1");
    assert_eq!(server.get_as("/api/v1/today", &[&header]).status, 200);
    // As an older version would have left it: here no office is changed without its tokens' end.
    let file = rusqlite::Connection::open(office.stage.data_dir().join("registry.db")).unwrap();
    let changed = file.execute(
        "UPDATE person_grant SET role = 'kiosk' WHERE scope = 'p1' AND role = 'operator'",
        [],
    );
    assert!(changed.unwrap() > 0);
    let answer = server.get_as("/api/v1/today", &[&header]);
    assert_eq!(answer.status, 401, "{}", answer.text());
}

#[test]
fn a_token_may_what_its_owner_may_and_no_more() {
    let office = office();
    let server = &office.server;
    let add = |scope: &str, days: u16| {
        let body = json!({"label": "BI", "scope": scope, "days": days, "password": PASSWORD});
        server.post("/api/v1/me/tokens", &office.sec.cookie, &body)
    };
    assert_eq!(add("read", 0).status, 400);
    assert_eq!(add("read", 367).status, 400);
    assert_eq!(add("all", 1).status, 422);
    // A browser that somebody left open gives no token.
    for (password, status) in [("not this one", 401), ("", 401)] {
        let body = json!({"label": "BI", "scope": "read", "days": 1, "password": password});
        let refused = server.post("/api/v1/me/tokens", &office.sec.cookie, &body);
        assert_eq!(refused.status, status, "{}", refused.text());
    }
    let (read, write) = (add("read", 1).json(), add("write", 1).json());
    let bearer =
        |token: &Value| format!("Authorization: Bearer {}", token["token"].as_str().unwrap());
    let (read_header, write_header) = (bearer(&read), bearer(&write));
    let ask = |header: &str, method: &str, path: &str| server.send(method, path, &[header], b"");
    assert_eq!(ask(&read_header, "GET", "/api/v1/people").status, 200);
    let refused = ask(&read_header, "POST", "/api/v1/people/op.one/end");
    assert_eq!(status_and_code(&refused), (403, "read_only".into()));
    // Credentials of one's own are not for programs, nor what the owner may not see.
    for path in ["/api/v1/me/tokens", "/api/v1/audit"] {
        assert_eq!(ask(&write_header, "GET", path).status, 404, "{path}");
    }
    assert_eq!(
        ask(&write_header, "POST", "/api/v1/people/op.one/end").status,
        204
    );
    let number = read["number"].as_i64().unwrap();
    let revoke = format!("/api/v1/me/tokens/{number}/revoke");
    let foreign = server.post(&revoke, &office.aud.cookie, &json!({}));
    assert_eq!(foreign.status, 404);
    let revoked = server.post(&revoke, &office.sec.cookie, &json!({}));
    assert_eq!(revoked.status, 204);
    let gone = ask(&read_header, "GET", "/api/v1/people");
    assert_eq!(status_and_code(&gone), (401, "unauthorized".into()));
    for nonsense in ["Bearer ppt_0", "Bearer", "Basic YTpi", "Bearer x y"] {
        let header = format!("Authorization: {nonsense}");
        assert_eq!(ask(&header, "GET", "/api/v1/me").status, 401, "{nonsense}");
    }
    let listed = server
        .get_as("/api/v1/me/tokens", &[&office.sec.cookie])
        .json();
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
}

/// A path with something in each of its braces.
fn filled(path: &str) -> String {
    path.replace("{account}", "nobody.x")
        .replace("{number}", "1")
}

#[test]
fn every_unsafe_operation_is_one_record_whoever_asks() {
    let office = office();
    let server = &office.server;
    let is_unsafe = |one: &Operation| one.verb != Verb::Get && one.right != Right::Gateway;
    let operations: Vec<Operation> = operations().into_iter().filter(is_unsafe).collect();
    assert!(operations.len() >= 15, "{}", operations.len());
    // Nothing is changed by these bodies, and some are not even read.
    let askers = [
        ("public", ""),
        ("clerk", office.clerk.cookie.as_str()),
        ("sec", office.sec.cookie.as_str()),
    ];
    for operation in &operations {
        if operation.path == "/api/v1/sign-out" {
            continue;
        }
        for (who, cookie) in askers {
            let before = log(server, &office.aud);
            let path = filled(operation.path);
            let answer = server.post(&path, cookie, &json!({"nonsense": 1}));
            let after = log(server, &office.aud);
            let fresh = after.len() - before.len();
            let why = format!("{} {who}: {}", operation.path, answer.head);
            assert_eq!(fresh, 1, "{why}");
            let record = &after[0];
            assert_eq!(record["via"], "127.0.0.1", "{why}");
            let id = answer.header("x-request-id").unwrap();
            assert_eq!(record["request_id"], id, "{why}");
        }
    }
    what_is_done_is_recorded_with_whom(&office);
    let verdict = server
        .get_as("/api/v1/audit/verify", &[&office.aud.cookie])
        .json();
    assert_eq!(verdict["wrong"], Value::Null);
    let printed = office.stage.ok(&["audit", "verify", "--json"]);
    let printed: Value = serde_json::from_str(&printed).unwrap();
    assert_eq!(printed["wrong_record"], Value::Null);
    for other in [&office.operator, &office.clerk] {
        let refused = server.get_as("/api/v1/audit", &[&other.cookie]);
        assert_eq!(refused.status, 404);
    }
}

/// Each is done once by the security administrator, who signs out at the end.
fn what_is_done_is_recorded_with_whom(office: &Office) {
    let server = &office.server;
    let mut cookie = office.sec.cookie.clone();
    let own: &[(&str, &str, Value)] = &[
        (
            "password.change",
            "/api/v1/me/password",
            json!({"present": PASSWORD, "password": "Schnee fiel 48 mal"}),
        ),
        (
            "factor.begin",
            "/api/v1/me/factor",
            json!({"password": "Schnee fiel 48 mal"}),
        ),
    ];
    for (action, path, body) in own {
        let before = log(server, &office.aud).len();
        let answer = server.post(path, &cookie, body);
        assert!(answer.status < 300, "{path}: {}", answer.text());
        if answer.status == 204 {
            assert_eq!(me(server, &cookie)["role"], "public", "it was renewed");
            cookie = cookie_of(&answer);
        }
        let after = log(server, &office.aud);
        assert_eq!(after.len() - before, 1, "{path}");
        let record = (&after[0]["action"], &after[0]["via"]);
        assert_eq!(record, (&json!(action), &json!("127.0.0.1")));
    }
    // A new session, in which the second factor was not shown yet.
    let code = office.sec.recovery.last().unwrap();
    let right: &[(&str, &str, Value)] = &[
        (
            "factor.show",
            "/api/v1/me/factor/show",
            json!({ "code": code }),
        ),
        (
            "person.add",
            "/api/v1/people",
            json!({"account": "new.one", "name": "新", "role": "operator", "scope": "p1"}),
        ),
        (
            "grant.add",
            "/api/v1/people/op.one/offices",
            json!({"role": "operator", "scope": "*"}),
        ),
        (
            "grant.end",
            "/api/v1/people/op.one/offices/end",
            json!({"role": "operator", "scope": "*"}),
        ),
        ("person.reset", "/api/v1/people/op.one/reset", json!({})),
        ("person.end", "/api/v1/people/op.one/end", json!({})),
        (
            "token.add",
            "/api/v1/me/tokens",
            json!({"label": "x", "scope": "read", "days": 1, "password": "Schnee fiel 48 mal"}),
        ),
        ("session.end", "/api/v1/sign-out", json!({})),
    ];
    for (action, path, body) in right {
        let before = log(server, &office.aud).len();
        let answer = server.post(path, &cookie, body);
        assert!(answer.status < 300, "{path}: {}", answer.text());
        let after = log(server, &office.aud);
        assert_eq!(after.len() - before, 1, "{path}");
        let told = (&after[0]["who"], &after[0]["action"], &after[0]["result"]);
        assert_eq!(told, (&json!("sec.one"), &json!(action), &json!("done")));
    }
}

#[test]
fn what_was_asked_for_is_done_and_recorded_though_nobody_waits_for_the_answer() {
    let office = office();
    let server = &office.server;
    let origin = format!("Origin: http://{}", server.http);
    let headers = [
        "Content-Type: application/json",
        "Sec-Fetch-Site: same-origin",
        // The server says when it begins: what hangs up before that was never asked for.
        "Expect: 100-continue",
        origin.as_str(),
        office.sec.cookie.as_str(),
    ];
    for number in 0..5 {
        // A first password is hashed, which takes a while.
        let body = json!({"account": format!("new.{number}"), "name": "新", "role": "operator", "scope": "p1"});
        let body = body.to_string();
        let asked = written(
            &server.http,
            "POST",
            "/api/v1/people",
            &headers,
            body.as_bytes(),
        );
        let (head, body) = asked.split_at(asked.len() - body.len());
        let mut stream = TcpStream::connect(&server.http).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream.write_all(head).unwrap();
        let mut begins = [0; 25];
        stream.read_exact(&mut begins).unwrap();
        assert_eq!(&begins, b"HTTP/1.1 100 Continue\r\n\r\n");
        stream.write_all(body).unwrap();
        drop(stream);
        until(Duration::from_secs(20), "a record", || {
            let page = server.get_as("/api/v1/audit?limit=1000", &[&office.aud.cookie]);
            // Who asks too often hears that, and asks again.
            let records = (page.status == 200).then(|| page.json()["items"].clone())?;
            let records = records.as_array().unwrap().iter();
            let object = json!(format!("new.{number} as operator p1"));
            let added =
                records.filter(|one| one["action"] == "person.add" && one["object"] == object);
            (added.count() == 1).then_some(())
        });
    }
}

#[test]
fn what_cannot_be_recorded_is_not_done() {
    let stage = Stage::new();
    stage.register_park();
    let mut sec = stage.person("sec.one", "sec", "");
    let mut aud = stage.person("aud.one", "aud", "");
    stage.person("op.one", "operator", "p1");
    let server = stage.serve();
    for person in [&mut sec, &mut aud] {
        server.sign_in(person);
    }
    server.stop();
    let server = stage.serve_with(|command| {
        command.env("FAILPOINTS", "audit_note=return");
    });
    for path in [
        "/api/v1/people/op.one/end",
        "/api/v1/people/nobody.x/end",
        "/api/v1/people/aud.one/reset",
        "/api/v1/sign-out",
    ] {
        let answer = server.post(path, &sec.cookie, &json!({}));
        assert!(answer.status >= 500, "{path}: {}", answer.head);
    }
    let table = server.get_as("/api/v1/audit.csv", &[&aud.cookie]);
    assert_eq!(status_and_code(&table), (503, "unavailable".into()));
    let waiting = server.get_as("/api/v1/proposals", &[&sec.cookie]).json();
    assert_eq!(waiting["items"], json!([]));
    let people = server.get_as("/api/v1/people", &[&sec.cookie]).json();
    let ended: Vec<&Value> = people["items"].as_array().unwrap().iter().collect();
    assert!(
        ended.iter().all(|one| one["ended_at"].is_null()),
        "{ended:?}"
    );
}

//! Signing in over HTTP, and what must not be possible at the door.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use parkpulse::http::{Operation, Right, Verb, operations};
use serde_json::{Value, json};

use crate::stage::{Answer, ENTERPRISE, PASSWORD, Person, Server, Stage, cookie_of};

fn status_and_code(answer: &Answer) -> (u16, String) {
    let code = answer.json()["code"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    (answer.status, code)
}

/// Who the browser is.
fn me(server: &Server, cookie: &str) -> Value {
    let headers: Vec<&str> = [cookie].into_iter().filter(|one| !one.is_empty()).collect();
    server.get_as("/api/v1/me", &headers).json()
}

/// Records of the log, newest first.
fn log(server: &Server, auditor: &Person) -> Vec<Value> {
    let page = server.get_as("/api/v1/audit?limit=1000", &[&auditor.cookie]);
    assert_eq!(page.status, 200, "{}", page.text());
    page.json()["items"].as_array().unwrap().clone()
}

/// The setup code that a first start printed.
fn printed_code(server: &Server) -> String {
    let log = server.log();
    let line = log.lines().find_map(|line| line.strip_prefix("setup "));
    line.unwrap_or_else(|| panic!("{log}")).trim().to_owned()
}

/// A served park with one of each administrator, an operator and a clerk, all signed in.
struct Office {
    stage: Stage,
    server: Server,
    sec: Person,
    aud: Person,
    operator: Person,
    clerk: Person,
}

fn office() -> Office {
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
fn the_first_start_prints_a_code_that_makes_the_first_person_once() {
    let stage = Stage::new();
    let server = stage.serve();
    let code = printed_code(&server);
    assert_eq!(server.get_as("/api/v1/sign-in", &[]).json()["setup"], true);
    // There is no account before.
    for (account, password) in [("admin", "admin"), ("root", ""), ("sec", "sec")] {
        let answer = server.try_password(account, password);
        assert_eq!(status_and_code(&answer), (401, "sign_in_refused".into()));
    }
    let setup = |code: &str, password: &str| {
        let body =
            json!({"code": code, "account": "first", "name": "第一人", "password": password});
        server.post("/api/v1/sign-in/setup", "", &body)
    };
    assert_eq!(setup("AAAA-BBBB", PASSWORD).status, 401);
    let weak = setup(&code, "Passw0rd2027!");
    assert_eq!(status_and_code(&weak), (422, "weak_password".into()));
    assert_eq!(weak.json()["params"]["why"], "common");
    let answer = setup(&code, PASSWORD);
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["next"], "enrol");
    let mut first = Person {
        account: "first".into(),
        password: PASSWORD.into(),
        secret: Vec::new(),
        recovery: Vec::new(),
        cookie: cookie_of(&answer),
    };
    // Without the second factor one is nobody yet.
    assert_eq!(me(&server, &first.cookie)["role"], "public");
    assert_eq!(
        server.get_as("/api/v1/people", &[&first.cookie]).status,
        404
    );
    server.enrol(&mut first, &json!({}));
    assert_eq!(me(&server, &first.cookie)["role"], "sec");
    assert_eq!(setup(&code, PASSWORD).status, 401, "a code counts once");
    assert_eq!(server.get_as("/api/v1/sign-in", &[]).json()["setup"], false);
    server.stop();
    let again = stage.serve();
    assert!(!again.log().contains("setup "), "{}", again.log());
}

#[test]
fn one_signs_in_step_by_step_and_no_cookie_outlives_its_step() {
    let stage = Stage::new();
    stage.register_park();
    let mut person = stage.person("op.one", "operator", "p1");
    let server = stage.serve();
    let given = person.password.clone();
    server.sign_in(&mut person);
    let shown = me(&server, &person.cookie);
    assert_eq!(
        (&shown["role"], &shown["name"]),
        (&json!("operator"), &json!("op.one"))
    );
    // The password that was given is worth nothing any more.
    assert_eq!(server.try_password("op.one", &given).status, 401);
    // Capitals make nobody else; the first step says that a code comes next.
    let first = server.try_password("OP.One", PASSWORD);
    assert_eq!(first.json()["next"], "code");
    let line = first.header("set-cookie").unwrap();
    for part in [
        "__Host-parkpulse=",
        "; Path=/",
        "; Secure",
        "; HttpOnly",
        "; SameSite=Strict",
    ] {
        assert!(line.contains(part), "{line}");
    }
    let half = cookie_of(&first);
    assert_eq!(me(&server, &half)["role"], "public");
    // The code that enrolled is used; a recovery code counts once.
    let step = |cookie: &str, code: &str| {
        server.post("/api/v1/sign-in/code", cookie, &json!({ "code": code }))
    };
    let now = jiff::Timestamp::now().as_millisecond();
    let now = parkpulse::calendar::Moment::from_unix_ms(now);
    let before = parkpulse::access::totp::step_at(now) - 2;
    for old in [before, before - 20] {
        let code = parkpulse::access::totp::code(&person.secret, old, 6);
        assert_eq!(step(&half, &code).status, 401);
    }
    let recovery = person.recovery.pop().unwrap();
    let second = step(&half, &recovery);
    assert_eq!(
        (second.status, &second.json()["next"]),
        (200, &json!("done"))
    );
    let whole = cookie_of(&second);
    assert_eq!(me(&server, &whole)["role"], "operator");
    // The half-way cookie was replaced, and an invented one is none.
    assert_eq!(step(&half, &recovery).status, 401);
    assert_eq!(me(&server, &half)["role"], "public");
    let invented = format!("Cookie: __Host-parkpulse={}", "0".repeat(64));
    assert_eq!(me(&server, &invented)["role"], "public");
    // A cookie brought along from before does not become the session.
    let fixed = server.post(
        "/api/v1/sign-in",
        &invented,
        &json!({"account": "op.one", "password": PASSWORD}),
    );
    assert!(!cookie_of(&fixed).contains(&"0".repeat(64)));
    // Five wrong codes end the sign-in, and lock.
    let fresh = cookie_of(&server.try_password("op.one", PASSWORD));
    let wrong: Vec<u16> = (0..6).map(|_| step(&fresh, "12345").status).collect();
    assert_eq!(wrong[5], 401, "the half-way session is gone: {wrong:?}");
    let locked = server.try_password("op.one", PASSWORD);
    assert_eq!(status_and_code(&locked), (429, "too_many_attempts".into()));
    // Signed out is out.
    let out = server.post("/api/v1/sign-out", &whole, &json!({}));
    assert_eq!(out.status, 204);
    assert_eq!(me(&server, &whole)["role"], "public");
}

#[test]
fn an_account_that_is_not_there_answers_and_costs_as_a_wrong_password() {
    let stage = Stage::new();
    let mut known = Vec::new();
    for number in 0..8 {
        known.push(
            stage
                .person(&format!("known.{number}"), "bureau", "")
                .account,
        );
    }
    let server = stage.serve();
    let mut times: [Vec<Duration>; 2] = Default::default();
    for (number, known) in known.iter().enumerate() {
        let unknown = format!("nobody.{number}");
        let mut answers = Vec::new();
        for (index, account) in [known.as_str(), &unknown].into_iter().enumerate() {
            let start = Instant::now();
            let answer = server.try_password(account, "wrong and long enough");
            times[index].push(start.elapsed());
            assert!(answer.header("set-cookie").is_none());
            let mut body = answer.json();
            body["request_id"] = Value::Null;
            answers.push((answer.status, body));
        }
        assert_eq!(answers[0].0, 401);
        assert_eq!(answers[0], answers[1]);
    }
    let median = |times: &mut Vec<Duration>| {
        times.sort();
        times[times.len() / 2]
    };
    let [mut known, mut unknown] = times;
    let (known, unknown) = (median(&mut known), median(&mut unknown));
    // Without the hash an answer is some twenty times faster.
    assert!(
        unknown * 3 > known && known * 3 > unknown,
        "{known:?} {unknown:?}"
    );
    // Names that are none look the same.
    for account in [
        "",
        "x",
        "名字",
        "a b",
        "' OR 1=1 --",
        &"a".repeat(200),
        "line\nbreak",
    ] {
        assert_eq!(
            server.try_password(account, "wrong").status,
            401,
            "{account}"
        );
    }
    assert!(!server.log().contains("OR 1=1"), "{}", server.log());
}

#[test]
fn wrong_attempts_lock_one_account_and_nobody_else() {
    let stage = Stage::new();
    let one = stage.person("one.one", "bureau", "");
    let mut two = stage.person("two.two", "bureau", "");
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_SIGN_IN__LOCKED_FOR", "3 s");
    });
    for account in ["one.one", "not.there"] {
        let tries = (0..7).map(|_| server.try_password(account, "wrong").status);
        let tries: Vec<u16> = tries.collect();
        assert_eq!(tries, [401, 401, 401, 401, 401, 429, 429], "{account}");
    }
    let right = server.try_password("one.one", &one.password);
    assert_eq!(right.status, 429);
    let wait: u64 = right.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3).contains(&wait), "{wait}");
    server.sign_in(&mut two);
    crate::stage::until(Duration::from_secs(10), "the end of the lock", || {
        (server.try_password("one.one", &one.password).status == 200).then_some(())
    });
    // A browser in which somebody signed in before is not locked out by strangers.
    for _ in 0..7 {
        server.try_password("two.two", "wrong");
    }
    let body = json!({"account": "two.two", "password": PASSWORD});
    assert_eq!(server.post("/api/v1/sign-in", "", &body).status, 429);
    let known = server.post("/api/v1/sign-in", &two.cookie, &body);
    assert_eq!(known.status, 200, "{}", known.text());
}

#[test]
fn many_attempts_at_once_are_few_hashes_and_one_right_sign_in_comes_through() {
    let stage = Stage::new();
    let mut person = stage.person("op.one", "operator", "*");
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_SIGN_IN__HASHES_WAITING_MAX", "8");
    });
    let statuses: BTreeSet<u16> = std::thread::scope(|scope| {
        let server = &server;
        let tries: Vec<_> = (0..100)
            .map(|number| {
                scope.spawn(move || {
                    let account = format!("nobody.{number}");
                    let answer = server.try_password(&account, "wrong and long");
                    if answer.status == 503 {
                        assert!(answer.header("retry-after").is_some());
                    }
                    answer.status
                })
            })
            .collect();
        tries.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses, BTreeSet::from([401, 503]));
    server.sign_in(&mut person);
    assert_eq!(server.get("/readyz").status, 200);
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
    let ended = server.post("/api/v1/people/op.one/end", &sec.cookie, &json!({}));
    assert_eq!(ended.status, 204);
    assert_eq!(me(server, &office.operator.cookie)["role"], "public");
    let people = server.get_as("/api/v1/people", &[&sec.cookie]).json();
    let people = people["items"].as_array().unwrap();
    assert_eq!(people.len(), 4, "nobody is deleted");
    // A reset gives a password and takes the factor.
    let reset = server.post("/api/v1/people/aud.one/reset", &sec.cookie, &json!({}));
    let password = reset.json()["password"].as_str().unwrap().to_owned();
    assert_eq!(me(server, &office.aud.cookie)["role"], "public");
    let again = server.try_password("aud.one", &password);
    assert_eq!(again.json()["next"], "password");
    let body = json!({ "password": PASSWORD });
    let former = server.post("/api/v1/sign-in/password", &cookie_of(&again), &body);
    assert_eq!(former.json()["params"]["why"], "used");
}

#[test]
fn what_another_site_makes_a_browser_send_is_refused() {
    let office = office();
    let server = &office.server;
    let path = "/api/v1/people/op.one/end";
    let host = format!("Origin: http://{}", server.http);
    let rows: &[(&str, &[&str], u16)] = &[
        ("another origin", &["Origin: https://evil.example"], 403),
        ("no origin that can be told", &["Origin: null"], 403),
        (
            "a name that begins alike",
            &["Origin: http://127.0.0.1.evil.example"],
            403,
        ),
        ("another port", &["Origin: http://127.0.0.1:1"], 403),
        ("from another site", &["Sec-Fetch-Site: cross-site"], 403),
        ("from a sister site", &["Sec-Fetch-Site: same-site"], 403),
        ("our own", &[&host, "Sec-Fetch-Site: same-origin"], 204),
    ];
    for (what, headers, status) in rows {
        let headers = [headers, &[office.sec.cookie.as_str()][..]].concat();
        let answer = server.send("POST", path, &headers, b"");
        assert_eq!(answer.status, *status, "{what}: {}", answer.text());
    }
    let form = server.send(
        "POST",
        "/api/v1/sign-in",
        &["Content-Type: text/plain"],
        br#"{"account":"a","password":"b"}"#,
    );
    assert_eq!(form.status, 415);
}

#[test]
fn a_token_may_what_its_owner_may_and_no_more() {
    let office = office();
    let server = &office.server;
    let add = |scope: &str, days: u16| {
        let body = json!({"label": "BI", "scope": scope, "days": days});
        server.post("/api/v1/me/tokens", &office.sec.cookie, &body)
    };
    assert_eq!(add("read", 0).status, 400);
    assert_eq!(add("read", 367).status, 400);
    assert_eq!(add("all", 1).status, 422);
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
    let right: &[(&str, &str, Value)] = &[
        (
            "person.add",
            "/api/v1/people",
            json!({"account": "new.one", "name": "新", "role": "bureau"}),
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
            json!({"label": "x", "scope": "read", "days": 1}),
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
fn what_cannot_be_recorded_is_not_done() {
    let stage = Stage::new();
    stage.register_park();
    let mut sec = stage.person("sec.one", "sec", "");
    stage.person("op.one", "operator", "p1");
    let server = stage.serve();
    server.sign_in(&mut sec);
    server.stop();
    let server = stage.serve_with(|command| {
        command.env("FAILPOINTS", "audit_note=return");
    });
    for path in [
        "/api/v1/people/op.one/end",
        "/api/v1/people/nobody.x/end",
        "/api/v1/sign-out",
    ] {
        let answer = server.post(path, &sec.cookie, &json!({}));
        assert!(answer.status >= 500, "{path}: {}", answer.head);
    }
    let people = server.get_as("/api/v1/people", &[&sec.cookie]).json();
    let ended: Vec<&Value> = people["items"].as_array().unwrap().iter().collect();
    assert!(
        ended.iter().all(|one| one["ended_at"].is_null()),
        "{ended:?}"
    );
}

#[test]
fn planted_secrets_are_found_nowhere() {
    let office = office();
    let (server, mut sec) = (&office.server, office.sec.clone());
    let body = json!({"label": "x", "scope": "read", "days": 1});
    let token = server.post("/api/v1/me/tokens", &sec.cookie, &body).json();
    let added = json!({"account": "new.one", "name": "新", "role": "bureau"});
    let given = server.post("/api/v1/people", &sec.cookie, &added).json();
    let wrong = "Planted:wrong-8812";
    let refused = server.try_password("sec.one", wrong);
    // A password in the field of the account, a token where none belongs.
    let field = server.try_password("planted-as-account", wrong);
    let query = format!("/api/v1/people?cursor={}", token["token"].as_str().unwrap());
    server.get_as(&query, &[&sec.cookie]);
    let archive = office.stage.path("backup.tar.zst");
    office.stage.ok(&["backup", archive.to_str().unwrap()]);
    let archive = zstd::stream::decode_all(std::fs::File::open(archive).unwrap()).unwrap();
    let session = sec.cookie.split_once('=').unwrap().1;
    let session = session.split(';').next().unwrap().to_owned();
    let mut planted = vec![
        PASSWORD.to_owned(),
        wrong.to_owned(),
        session,
        parkpulse::access::totp::base32(&sec.secret),
        token["token"].as_str().unwrap().to_owned(),
        given["password"].as_str().unwrap().to_owned(),
        "planted-as-account".to_owned(),
    ];
    planted.append(&mut sec.recovery);
    let records = log(server, &office.aud);
    let places: Vec<(&str, Vec<u8>)> = vec![
        ("log", server.log().into_bytes()),
        ("metrics", server.get("/metrics").body),
        ("errors", [refused.body, field.body].concat()),
        (
            "config show",
            office.stage.ok(&["config", "show"]).into_bytes(),
        ),
        ("audit log", format!("{records:?}").into_bytes()),
        ("backup", archive),
    ];
    for (place, bytes) in &places {
        assert!(!bytes.is_empty(), "{place}");
        for secret in &planted {
            let secret = secret.as_bytes();
            let is_there = bytes.windows(secret.len()).any(|part| part == secret);
            assert!(!is_there, "{} in {place}", String::from_utf8_lossy(secret));
        }
    }
}

//! Signing in over HTTP, and what must not be possible at the door.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::sign_in_office::{me, office, printed_code, status_and_code};
use crate::stage::{PASSWORD, Person, Stage, cookie_of};

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

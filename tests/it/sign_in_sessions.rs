//! Sessions of browsers: what a page asks by itself is no use of one, where somebody is signed in is seen
//! and ended; who works for the same; and whether the platform is sound, for whoever runs it.

use serde_json::{Value, json};

use crate::pages_browser::run_node;
use crate::sign_in_office::{Office, log, me, office};
use crate::stage::{PASSWORD, Person, Server};

/// Half of a page's header: it says so of itself.
const AUTOMATIC: &str = "X-Automatic: 1";
const MINUTE_MS: i64 = 60_000;

/// The registry's file, as whoever may open the data directory.
fn registry(office: &Office) -> rusqlite::Connection {
    let file = office.stage.data_dir().join("registry.db");
    rusqlite::Connection::open(file).unwrap()
}

/// Lets the sessions of `account` have been used last so many minutes ago: the clock of the server moves on.
fn lie_for(office: &Office, account: &str, minutes: i64) {
    let file = registry(office);
    file.busy_timeout(std::time::Duration::from_secs(10))
        .unwrap();
    let at = jiff::Timestamp::now().as_millisecond() - minutes * MINUTE_MS;
    let sql = "UPDATE person_session SET used_at = ?1, begun_at = ?1 - 1000
               WHERE person = (SELECT number FROM person WHERE account = ?2)";
    assert!(file.execute(sql, rusqlite::params![at, account]).unwrap() > 0);
}

/// For how many minutes a session of `account` was not used.
fn idle_minutes(office: &Office, account: &str) -> i64 {
    let sql = "SELECT MAX(used_at) FROM person_session s JOIN person p ON p.number = s.person
               WHERE p.account = ?1";
    let used: i64 = registry(office)
        .query_row(sql, [account], |row| row.get(0))
        .unwrap();
    (jiff::Timestamp::now().as_millisecond() - used) / MINUTE_MS
}

#[test]
fn what_a_page_asks_by_itself_is_no_use_of_a_session() {
    let office = office();
    let mut kiosk = office.stage.person("wall.one", "kiosk", "p1");
    office.server.sign_in(&mut kiosk);
    let ask = |person: &Person, more: &[&str]| {
        let headers = [&[person.cookie.as_str()], more].concat();
        office
            .server
            .get_as("/api/v1/notifications?limit=1", &headers)
            .status
    };
    let op = &office.operator;
    lie_for(&office, "op.one", 29);
    assert_eq!(ask(op, &[AUTOMATIC]), 200, "it is still there");
    assert_eq!(idle_minutes(&office, "op.one"), 29, "a look was a use");
    assert_eq!(ask(op, &[]), 200);
    assert_eq!(idle_minutes(&office, "op.one"), 0, "a use was none");
    // Who does something is there, whatever the page says.
    lie_for(&office, "op.one", 29);
    let body = json!({"numbers": []});
    let origin = format!("Origin: http://{}", office.server.http);
    let headers = [
        op.cookie.as_str(),
        AUTOMATIC,
        "Content-Type: application/json",
        &origin,
    ];
    let done = office.server.send(
        "POST",
        "/api/v1/notifications/read",
        &headers,
        body.to_string().as_bytes(),
    );
    assert!(done.status < 500, "{}", done.text());
    assert_eq!(idle_minutes(&office, "op.one"), 0, "a deed was no use");
    // A wall has no hands: its looking is its use.
    lie_for(&office, "wall.one", 29);
    assert_eq!(ask(&kiosk, &[AUTOMATIC]), 200);
    assert_eq!(idle_minutes(&office, "wall.one"), 0, "a wall went dark");
    // After half an hour it is over, for both.
    for (person, account) in [(op, "op.one"), (&kiosk, "wall.one")] {
        lie_for(&office, account, 31);
        assert_eq!(ask(person, &[AUTOMATIC]), 404, "{account}");
        assert_eq!(me(&office.server, &person.cookie)["role"], "public");
    }
    assert_eq!(me(&office.server, &office.clerk.cookie)["idle_minutes"], 30);
}

fn sessions(server: &Server, who: &Person, path: &str) -> Vec<Value> {
    let answer = server.get_as(path, &[&who.cookie]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()["items"].as_array().unwrap().clone()
}

#[test]
fn where_one_is_signed_in_is_seen_and_ended() {
    let office = office();
    let server = &office.server;
    let here = &office.clerk;
    let mut there = here.clone();
    server.sign_in(&mut there);
    let own = sessions(server, here, "/api/v1/me/sessions");
    assert_eq!(own.len(), 2, "{own:?}");
    assert!(own.iter().all(|one| one["account"] == "clerk.one"));
    let marks: Vec<&Value> = own.iter().filter(|one| one["here"] == false).collect();
    assert_eq!(marks.len(), 1);
    let token = here.cookie.rsplit('=').next().unwrap();
    assert!(
        !json!(own).to_string().contains(token),
        "a session was told"
    );
    // Another's is not there, nor is one that nobody has; neither is a deed.
    let before = log(server, &office.aud).len();
    let foreign = &sessions(server, &office.operator, "/api/v1/me/sessions")[0]["session"];
    for mark in [foreign, &json!("0000000000000000")] {
        let ended = server.post(
            "/api/v1/me/sessions/end",
            &here.cookie,
            &json!({"session": mark}),
        );
        assert_eq!(ended.status, 404);
    }
    assert_eq!(me(server, &office.operator.cookie)["role"], "operator");
    let other = json!({"session": marks[0]["session"]});
    assert_eq!(
        server
            .post("/api/v1/me/sessions/end", &here.cookie, &other)
            .status,
        204
    );
    assert_eq!(me(server, &there.cookie)["role"], "public");
    assert_eq!(me(server, &here.cookie)["role"], "enterprise");
    let said = log(server, &office.aud);
    let told: Vec<&Value> = said[..said.len() - before].iter().collect();
    let ended: Vec<_> = told.iter().filter(|one| one["result"] == "done").collect();
    assert_eq!(ended.len(), 1, "{told:?}");
    assert_eq!(
        (&ended[0]["action"], &ended[0]["object"]),
        (&json!("session.end"), &json!("clerk.one"))
    );
    // All others at once.
    server.sign_in(&mut there);
    assert_eq!(
        server
            .post("/api/v1/me/sessions/end", &here.cookie, &json!({}))
            .status,
        204
    );
    assert_eq!(me(server, &there.cookie)["role"], "public");
    assert_eq!(me(server, &here.cookie)["role"], "enterprise");
}

#[test]
fn whoever_gives_keys_sees_and_ends_the_sessions_of_all() {
    let office = office();
    let (server, here) = (&office.server, &office.clerk);
    // Whoever gives keys sees and ends those of all, one or every one; nobody else does.
    let all = sessions(server, &office.sec, "/api/v1/sessions");
    assert_eq!(all.len(), 4, "{all:?}");
    for who in [&office.operator, &office.clerk, &office.aud] {
        assert_eq!(
            server.get_as("/api/v1/sessions", &[&who.cookie]).status,
            404
        );
        let path = "/api/v1/people/sec.one/sessions/end";
        assert_eq!(server.post(path, &who.cookie, &json!({})).status, 404);
    }
    let operators = all.iter().find(|one| one["account"] == "op.one").unwrap();
    let one = json!({"session": operators["session"]});
    // Of another account the mark is none.
    let path = |account: &str| format!("/api/v1/people/{account}/sessions/end");
    assert_eq!(
        server
            .post(&path("clerk.one"), &office.sec.cookie, &one)
            .status,
        404
    );
    assert_eq!(
        server
            .post(&path("op.one"), &office.sec.cookie, &one)
            .status,
        204
    );
    assert_eq!(me(server, &office.operator.cookie)["role"], "public");
    assert_eq!(
        server
            .post(&path("clerk.one"), &office.sec.cookie, &json!({}))
            .status,
        204
    );
    assert_eq!(me(server, &here.cookie)["role"], "public");
}

#[test]
fn colleagues_are_those_of_ones_own_parks_or_of_the_bureau() {
    let office = office();
    let stage = &office.stage;
    stage.import(
        "parks",
        "more.csv",
        "park,name,district,kind\nq9,别的园,高新区,\n",
    );
    for (account, role, scope) in [
        ("op.two", "operator", "p1"),
        ("op.all", "operator", "*"),
        ("wall.one", "kiosk", "p1"),
        ("op.far", "operator", "q9"),
        ("wall.far", "kiosk", "q9"),
        ("op.gone", "operator", "p1"),
        ("city.one", "bureau", ""),
    ] {
        stage.person(account, role, scope);
    }
    let gone = office
        .server
        .post("/api/v1/people/op.gone/end", &office.sec.cookie, &json!({}));
    assert_eq!(gone.status, 204);
    let mut far = stage.person("op.far.two", "operator", "q9");
    let mut bureau = stage.person("city.two", "bureau", "");
    for person in [&mut far, &mut bureau] {
        office.server.sign_in(person);
    }
    let staff = |who: &Person| -> Vec<String> {
        let answer = office.server.get_as("/api/v1/staff", &[&who.cookie]);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let items = answer.json()["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|one| one["account"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        staff(&office.operator),
        ["op.all", "op.one", "op.two", "wall.one"]
    );
    assert_eq!(staff(&far), ["op.all", "op.far", "op.far.two", "wall.far"]);
    assert_eq!(staff(&bureau), ["city.one", "city.two"]);
    for who in [&office.clerk, &office.sec, &office.aud] {
        assert_eq!(
            office.server.get_as("/api/v1/staff", &[&who.cookie]).status,
            404
        );
    }
}

#[test]
fn a_page_left_alone_is_signed_out_and_comes_back_with_its_form() {
    let office = office();
    // The test says by a file whose half hour is over.
    let (signal, done) = (office.stage.path("lie-for"), office.stage.path("done"));
    let world = json!({
        "url": format!("http://{}", office.server.http),
        "signal": &signal,
        "password": PASSWORD,
        "sec": office.sec.recovery,
    });
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.exists() {
                if let Ok(account) = std::fs::read_to_string(&signal)
                    && !account.is_empty()
                {
                    lie_for(&office, &account, 31);
                    std::fs::remove_file(&signal).unwrap();
                }
                std::thread::sleep(std::time::Duration::from_millis(50));
            }
        });
        let run = std::panic::catch_unwind(|| {
            let world = [("PARKPULSE_WORLD", world.to_string())];
            run_node("tests/browser/sessions.test.mjs", &world);
        });
        std::fs::write(&done, "").unwrap();
        if let Err(failed) = run {
            std::panic::resume_unwind(failed);
        }
    });
}

fn part<'a>(health: &'a Value, name: &str) -> &'a Value {
    let parts = health["parts"].as_array().unwrap();
    parts.iter().find(|one| one["part"] == name).unwrap()
}

#[test]
fn whoever_runs_the_platform_sees_whether_it_is_sound() {
    let stage = crate::stage::Stage::new();
    let token = stage.register_park();
    let mut sys = stage.person("sys.one", "sys", "");
    let secret = stage.path("hook.secret");
    std::fs::write(&secret, "planted: the secret of the webhook").unwrap();
    let server = stage.serve_with(|command| {
        let to = "sys https://hook:planted-password@127.0.0.1:1/in?key=planted-key";
        command
            .env("PARKPULSE_WEBHOOK__TO", to)
            .env("PARKPULSE_WEBHOOK__SECRET_FILE", &secret)
            .env("PARKPULSE_NOTIFY__SITE", "https://park.example");
    });
    server.sign_in(&mut sys);
    let health = || server.get_as("/api/v1/health", &[&sys.cookie]).json();
    let first = health();
    let names: Vec<&str> = first["parts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["part"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "accepting",
            "store",
            "log",
            "quarantine",
            "jobs",
            "backup",
            "deliveries"
        ]
    );
    assert_eq!(part(&first, "accepting")["state"], "taking");
    assert_eq!(part(&first, "backup")["state"], "never");
    assert_eq!(part(&first, "backup")["at"], Value::Null);
    let settings = first["settings"].as_array().unwrap();
    let setting = |key: &str| settings.iter().find(|one| one["key"] == key).unwrap();
    assert_eq!(setting("notify.site")["differs"], true);
    assert_eq!(setting("notify.site")["origin"], "environment");
    assert_eq!(setting("log.format")["differs"], false);
    assert!(
        !first.to_string().contains("planted"),
        "{}",
        setting("webhook.to")
    );
    assert!(
        setting("webhook.to")["value"]
            .as_str()
            .unwrap()
            .contains("127.0.0.1:1/in")
    );
    // A backup that came to its end is known, and since when: from then on, and no further back.
    let since = part(&first, "backup")["since"].clone();
    assert_eq!(health()["parts"][5]["since"], since);
    stage.ok(&["backup", stage.path("one.backup").to_str().unwrap()]);
    let then = health();
    assert_eq!(part(&then, "backup")["state"], "recent");
    assert!(part(&then, "backup")["at"].is_string());
    assert_ne!(part(&then, "backup")["since"], since);
    // What is set aside is counted, by gateway, and not told.
    assert_eq!(part(&then, "quarantine")["state"], "empty");
    let header = format!("Authorization: Bearer {token}");
    let body = br#"{"meter":"planted-meter","at":1,"values":{"kw":1}}"#;
    let sent = server.send("POST", "/api/v1/readings", &[&header], body);
    assert_eq!(sent.status, 200, "{}", sent.text());
    let last = health();
    assert_eq!(part(&last, "quarantine")["state"], "some", "{last}");
    assert_eq!(last["quarantine"][0]["gateway"], "gw-1");
    assert!(!last.to_string().contains("planted-meter"));
}

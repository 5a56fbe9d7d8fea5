//! Who sees what on the pages (contract.md 6): every operation of theirs, asked by every role for
//! what is its own, another's, and nobody's. And the click that makes a browser a role.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::accounts_api::PURPOSE;
use crate::rights_things::main_meter;
use crate::stage::{Answer, Server, Stage, parkpulse};

/// A city of three parks with a day behind it.
pub(crate) struct City {
    pub(crate) stage: Stage,
    pub(crate) server: Server,
    pub(crate) here: String,
    pub(crate) elsewhere: String,
    /// An enterprise here, with its only parcel and its gateway.
    pub(crate) own: String,
    pub(crate) parcel: String,
    gateway: String,
    meter: String,
    /// Another one here.
    pub(crate) other: String,
}

/// Starts a demo city; its clock is the machine's.
pub(crate) fn city(days: &str) -> City {
    let stage = Stage::new();
    let mut command = parkpulse(&stage.data_dir());
    // Every role tries every door, all from one network.
    command.env("PARKPULSE_SIGN_IN__WRONG_MAX", "50");
    // Who signed in at the beginning gives keys at the end, on a slow machine too.
    command.env("PARKPULSE_SIGN_IN__FACTOR_FRESH_FOR", "2 hours");
    command.args(["demo", "--scale", "city", "--days", days, "--no-simulator"]);
    let (data_dir, log) = (stage.data_dir(), stage.path("demo.log"));
    let server = Server::start_within(Duration::from_mins(4), command, &data_dir, &log);
    let choices = server.get("/api/v1/session").json();
    let here = text(&choices["parks"][0]["park"]);
    let elsewhere = text(&choices["parks"][1]["park"]);
    let map = server.get(&format!("/api/v1/map?park={here}")).json();
    let alone = |cell: &&Value| {
        cell["enterprises"]
            .as_array()
            .is_some_and(|all| all.len() == 1)
    };
    let mut cells = map["cells"].as_array().unwrap().iter().filter(alone);
    let (first, second) = (cells.next().unwrap(), cells.next_back().unwrap());
    let own = text(&first["enterprises"][0]["enterprise"]);
    let other = text(&second["enterprises"][0]["enterprise"]);
    assert_ne!(own, other);
    let gateways = server.get("/api/v1/gateways?limit=1000").json();
    let mut gateways = gateways["items"].as_array().unwrap().iter();
    let gateway = gateways
        .find(|one| one["enterprise"] == own.as_str())
        .unwrap();
    City {
        parcel: text(&first["parcel"]),
        gateway: text(&gateway["gateway"]),
        meter: text(&main_meter(&server, &own)["meter"]),
        here,
        elsewhere,
        own,
        other,
        server,
        stage,
    }
}

/// All of it on one city, which takes a while to lay.
#[test]
fn every_role_sees_its_own_and_one_click_makes_a_browser_a_role() {
    let city = city("1");
    every_role_finds_what_the_table_grants_and_no_more(&city);
    a_card_that_is_not_theirs_names_nobody_and_no_number(&city);
    lists_hold_own_rows_only(&city);
    crate::consumption_api::everybody_finds_their_own(&city);
    a_page_that_is_not_theirs_is_not_there(&city);
    one_is_who_one_chose_and_the_cookie_is_strict(&city);
    a_choice_from_elsewhere_or_of_nobody_is_refused(&city);
}

pub(crate) fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value}"))
        .to_owned()
}

/// Sends a choice as our own page does.
fn choose(server: &Server, choice: &Value, more: &[&str]) -> Answer {
    let headers = [&["Content-Type: application/json"], more].concat();
    let body = choice.to_string();
    server.send("POST", "/api/v1/session", &headers, body.as_bytes())
}

/// The cookie of a browser that chose.
pub(crate) fn cookie(server: &Server, choice: &Value) -> String {
    let answer = choose(server, choice, &[]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    let line = answer.header("set-cookie").unwrap();
    format!("Cookie: {}", line.split(';').next().unwrap())
}

/// What a role is to find at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Finds {
    /// 404, in the same words as what does not exist.
    Nothing,
    /// It.
    It,
    /// The thing, without what is not theirs to see.
    Cut,
}
use Finds::{Cut as C, It as Y, Nothing as N};

impl City {
    /// Public, own enterprise, another one here, operator here, operator elsewhere, bureau, and
    /// whoever chose nothing: the local operator of all parks.
    pub(crate) fn roles(&self) -> [(&'static str, Option<Value>); 7] {
        let operator = |park: &str| Some(json!({"role": "operator", "park": park}));
        let enterprise = |code: &str| Some(json!({"role": "enterprise", "enterprise": code}));
        [
            ("public", Some(json!({"role": "public"}))),
            ("own", enterprise(&self.own)),
            ("other", enterprise(&self.other)),
            ("here", operator(&self.here)),
            ("elsewhere", operator(&self.elsewhere)),
            ("bureau", Some(json!({"role": "bureau"}))),
            ("local", None),
        ]
    }

    /// Has a gateway send a reading of a meter that nobody registered: it is set aside.
    pub(crate) fn set_something_aside(&self, gateway: &str) {
        let fleet = self.stage.data_dir().join("demo-gateways.json");
        let fleet: Value = serde_json::from_str(&std::fs::read_to_string(fleet).unwrap()).unwrap();
        let mut gateways = fleet["gateways"].as_array().unwrap().iter();
        let own = gateways.find(|one| one["gateway"] == gateway);
        let header = format!("Authorization: Bearer {}", text(&own.unwrap()["token"]));
        let at = jiff::Timestamp::now().as_second();
        let body = format!(r#"{{"meter":"of-nobody","at":{at},"values":{{"kw":1}}}}"#);
        let path = "/api/v1/readings";
        let answer = self.server.send("POST", path, &[&header], body.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
    }

    fn filled(&self, path: &str) -> String {
        path.replace("{here}", &self.here)
            .replace("{own}", &self.own)
            .replace("{parcel}", &self.parcel)
            .replace("{gateway}", &self.gateway)
            .replace("{meter}", &self.meter)
    }
}

/// Address, and what is found there by public, own, other, here, elsewhere, bureau, local.
#[rustfmt::skip]
const TABLE: &[(&str, [Finds; 7])] = &[
    //                                           pub own oth her els bur loc
    ("/api/v1/me",                              [Y,  Y,  Y,  Y,  Y,  Y,  Y]),
    ("/api/v1/parcels",                         [Y,  Y,  Y,  Y,  Y,  Y,  Y]),
    ("/api/v1/parcels?park={here}",             [Y,  Y,  Y,  Y,  Y,  Y,  Y]),
    ("/api/v1/parcels?park=NONE",               [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/backdrop?park={here}",            [Y,  Y,  Y,  Y,  Y,  Y,  Y]),
    ("/api/v1/backdrop?park=NONE",              [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/map",                             [N,  C,  C,  Y,  Y,  Y,  Y]),
    ("/api/v1/map?park={here}",                 [N,  C,  C,  Y,  N,  Y,  Y]),
    ("/api/v1/map?park=NONE",                   [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/map.csv?park={here}",             [N,  C,  C,  Y,  N,  Y,  Y]),
    ("/api/v1/map.geojson?park={here}",         [N,  C,  C,  Y,  N,  Y,  Y]),
    ("/api/v1/map.svg?park={here}",             [N,  C,  C,  Y,  N,  Y,  Y]),
    ("/api/v1/periods?park={here}",             [N,  Y,  Y,  Y,  N,  Y,  Y]),
    ("/api/v1/periods?park=NONE",               [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/parcels/{parcel}/card",           [N,  Y,  C,  Y,  N,  Y,  Y]),
    ("/api/v1/parcels/NONE/card",               [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/quarantine?gateway={gateway}",    [N,  Y,  N,  Y,  N,  Y,  Y]),
    ("/api/v1/quarantine?gateway=NONE",         [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/accounts/{own}",                  [N,  Y,  N,  Y,  N,  Y,  Y]),
    ("/api/v1/accounts/91320583MA1N0X0X1M",     [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/ledgers/{own}",                   [N,  Y,  N,  Y,  N,  Y,  Y]),
    ("/api/v1/ledgers/{own}/table.csv",         [N,  Y,  N,  Y,  N,  Y,  Y]),
    ("/api/v1/ledgers/91320583MA1N0X0X1M",      [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/arrival/quarantine.csv",          [N,  C,  C,  Y,  Y,  Y,  Y]),
    ("/api/v1/arrival/quarantine.csv?enterprise={own}", [N, Y, N, Y, N, Y, Y]),
    ("/api/v1/quarantine/999999999",            [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/ratings/1999",                    [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/sources/tce_equal:{own}:1999-01:1", [N, N, N, N, N, N, N]),
    ("/api/v1/arrival",                         [N,  C,  C,  Y,  Y,  Y,  Y]),
    ("/api/v1/arrival.csv",                     [N,  C,  C,  Y,  Y,  Y,  Y]),
    ("/api/v1/arrival?park={here}",             [N,  C,  C,  Y,  N,  Y,  Y]),
    ("/api/v1/arrival?park=NONE",               [N,  N,  N,  N,  N,  N,  N]),
    ("/api/v1/arrival?enterprise={own}",        [N,  Y,  N,  Y,  N,  Y,  Y]),
    ("/api/v1/meters/{meter}/readings?indicator=kwh_register", [N, Y, N, Y, N, Y, Y]),
    ("/api/v1/meters/NONE/readings?indicator=kwh_register",    [N, N, N, N, N, N, N]),
];

fn every_role_finds_what_the_table_grants_and_no_more(city: &City) {
    let absent = city.server.get("/api/v1/parcels/NONE/card").json();
    for (index, (role, choice)) in city.roles().into_iter().enumerate() {
        let cookie = choice.map(|choice| cookie(&city.server, &choice));
        let headers = cookie
            .iter()
            .map(String::as_str)
            .chain([PURPOSE])
            .collect::<Vec<_>>();
        for (path, finds) in TABLE {
            let path = city.filled(path);
            let answer = city.server.send("GET", &path, &headers, b"");
            let why = format!("{role} {path}: {} {}", answer.status, answer.text());
            let expected = if finds[index] == N { 404 } else { 200 };
            assert_eq!(answer.status, expected, "{why}");
            match finds[index] {
                N => says_as_much_as(&absent, &answer.json(), &why),
                C => assert!(!answer.text().contains(foreign(city, role)), "{why}"),
                Y => {}
            }
        }
    }
}

/// A code that must not be in an answer that is cut for `role`.
fn foreign<'a>(city: &'a City, role: &str) -> &'a str {
    if role == "own" {
        &city.other
    } else {
        &city.own
    }
}

/// Nothing in a 404 tells "not yours" from "not there".
fn says_as_much_as(absent: &Value, found: &Value, why: &str) {
    for field in ["type", "title", "status", "code", "params", "detail"] {
        assert_eq!(found[field], absent[field], "{field}: {why}");
    }
}

fn a_card_that_is_not_theirs_names_nobody_and_no_number(city: &City) {
    let path = city.filled("/api/v1/parcels/{parcel}/card");
    let other = cookie(
        &city.server,
        &json!({"role": "enterprise", "enterprise": city.other}),
    );
    let card = city.server.send("GET", &path, &[&other], b"").json();
    assert_eq!(card["state"], "hidden");
    for empty in ["enterprises", "meters"] {
        assert_eq!(card[empty], json!([]), "{card}");
    }
    for none in [
        "value",
        "numerator",
        "denominator",
        "rank",
        "change",
        "completeness",
    ] {
        assert_eq!(card[none], Value::Null, "{none}: {card}");
    }
}

fn lists_hold_own_rows_only(city: &City) {
    city.set_something_aside(&city.gateway);
    // To the public there are no such lists (`rights_table`).
    for (role, choice) in city.roles().into_iter().filter(|one| one.0 != "public") {
        let cookie = choice.map(|choice| cookie(&city.server, &choice));
        let headers: Vec<&str> = cookie.iter().map(String::as_str).collect();
        let list = |path: &str| city.server.send("GET", path, &headers, b"").json();
        let gateways = list("/api/v1/gateways?limit=1000");
        let gateways = gateways["items"].as_array().unwrap();
        let own = |one: &&Value| one["enterprise"] == city.own.as_str();
        let (mine, all) = (gateways.iter().filter(own).count(), gateways.len());
        let rows = list("/api/v1/reconcile").as_array().unwrap().len();
        assert_eq!(rows, all, "{role}");
        let aside = list("/api/v1/quarantine?limit=1000");
        let aside = aside["items"].as_array().unwrap().iter();
        let aside = aside.filter(|item| item["gateway"] == city.gateway.as_str());
        let is_told = !matches!(role, "other" | "elsewhere");
        assert_eq!(aside.count(), usize::from(is_told), "{role}: quarantine");
        match role {
            "own" => assert_eq!((mine, all), (1, 1)),
            "other" => assert_eq!((mine, all), (0, 1)),
            "elsewhere" => assert!(mine == 0 && all > 1, "{mine} {all}"),
            _ => assert!(mine == 1 && all > 10, "{role} {mine} {all}"),
        }
    }
}

fn one_is_who_one_chose_and_the_cookie_is_strict(city: &City) {
    let answer = choose(
        &city.server,
        &json!({"role": "operator", "park": city.here}),
        &[],
    );
    let line = answer.header("set-cookie").unwrap().to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Path=/"] {
        assert!(line.contains(part), "{line}");
    }
    let me = answer.json();
    assert_eq!(me["role"], "operator");
    assert_eq!(me["demo"], true);
    assert_eq!(me["parks"].as_array().unwrap().len(), 1);
    assert_eq!(me["parks"][0]["park"], city.here.as_str());

    // The next choice of the same browser ends the one before.
    let before = format!("Cookie: {}", line.split(';').next().unwrap());
    let after = choose(&city.server, &json!({"role": "bureau"}), &[&before]);
    assert_eq!(after.json()["parks"].as_array().unwrap().len(), 3);
    let me = |header: &str| city.server.send("GET", "/api/v1/me", &[header], b"").json();
    assert_eq!(me(&before)["name"], "local");
    let strange = format!("Cookie: parkpulse={}", "0".repeat(64));
    assert_eq!(me(&strange)["name"], "local");
    let twice = format!("{before}; parkpulse=x");
    assert_eq!(me(&twice)["name"], "local");
}

/// Opens the live line and hears its first event.
fn line(server: &Server, headers: &[&str]) -> TcpStream {
    let mut line = TcpStream::connect(&server.http).unwrap();
    line.set_read_timeout(Some(WITHIN)).unwrap();
    let host = &server.http;
    let request = format!(
        "GET /api/v1/live HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{}\r\n",
        headers
            .iter()
            .flat_map(|header| [*header, "\r\n"])
            .collect::<String>()
    );
    line.write_all(request.as_bytes()).unwrap();
    let (mut heard, mut chunk) = (String::new(), [0; 4096]);
    while !heard.contains("event: state") {
        let count = line.read(&mut chunk).unwrap();
        assert!(count > 0, "no line: {heard}");
        heard.push_str(&String::from_utf8_lossy(&chunk[..count]));
    }
    line
}

/// Whether the line ends before its next sign of life is due.
fn ends(mut line: TcpStream) -> bool {
    let (begun, mut chunk) = (Instant::now(), [0; 4096]);
    loop {
        let read = line.read(&mut chunk);
        if matches!(read, Ok(0)) {
            return true;
        }
        if read.is_err() || begun.elapsed() > WITHIN {
            return false;
        }
    }
}

/// Less than a line is ever silent.
const WITHIN: Duration = Duration::from_secs(4);

#[test]
fn the_live_line_of_who_one_was_ends() {
    let city = city("1");
    let bureau = json!({"role": "bureau"});
    let own = json!({"role": "enterprise", "enterprise": city.own});
    let (first, other) = (cookie(&city.server, &bureau), cookie(&city.server, &bureau));
    let (before, bystander) = (line(&city.server, &[&first]), line(&city.server, &[&other]));
    choose(&city.server, &own, &[&first]);
    assert!(ends(before), "the bureau's line goes on for an enterprise");
    assert!(!ends(bystander), "somebody else's line was cut");
    // A browser that never chose has no cookie yet: its line ends with any choice.
    let nobody = line(&city.server, &[]);
    choose(&city.server, &own, &[]);
    assert!(ends(nobody), "the line of whoever was here first goes on");
}

#[expect(clippy::too_many_lines, reason = "a table of cases")]
fn a_choice_from_elsewhere_or_of_nobody_is_refused(city: &City) {
    let own = json!({"role": "enterprise", "enterprise": city.own});
    let rows: &[(&str, Value, &[&str], u16, &str)] = &[
        (
            "another site",
            own.clone(),
            &["Origin: http://example.org"],
            403,
            "foreign_origin",
        ),
        (
            "no page",
            own.clone(),
            &["Sec-Fetch-Site: cross-site"],
            403,
            "foreign_origin",
        ),
        (
            "no such park",
            json!({"role": "operator", "park": "NONE"}),
            &[],
            404,
            "not_found",
        ),
        (
            "no code",
            json!({"role": "enterprise", "enterprise": "x"}),
            &[],
            404,
            "not_found",
        ),
        (
            "no such role",
            json!({"role": "machine"}),
            &[],
            422,
            "bad_type",
        ),
        (
            "a field too many",
            json!({"role": "bureau", "park": "x"}),
            &[],
            422,
            "unknown_field",
        ),
        (
            "a field too few",
            json!({"role": "operator"}),
            &[],
            422,
            "missing_field",
        ),
        ("no role", json!({}), &[], 422, "missing_field"),
        ("no object", json!([1]), &[], 422, "bad_type"),
    ];
    for (what, choice, headers, status, code) in rows {
        let answer = choose(&city.server, choice, headers);
        let why = format!("{what}: {}", answer.text());
        assert_eq!(
            (answer.status, &answer.json()["code"]),
            (*status, &json!(code)),
            "{why}"
        );
        assert!(answer.header("set-cookie").is_none(), "{what}");
    }
    let form = city.server.send(
        "POST",
        "/api/v1/session",
        &["Content-Type: text/plain"],
        b"{}",
    );
    assert_eq!(form.status, 415);
    let long = json!({"role": "operator", "park": "x".repeat(2_000)});
    assert_eq!(choose(&city.server, &long, &[]).status, 413);
}

/// Page, and who finds it: public, own, other, here, elsewhere, bureau, local.
const PAGES: &[(&str, [bool; 7])] = &[
    ("/", [true; 7]),
    ("/map", [false, true, true, true, true, true, true]),
    ("/arrival", [false, false, false, true, true, true, true]),
    ("/my", [false, true, true, false, false, false, false]),
    (
        "/my/quarantine",
        [false, true, true, false, false, false, false],
    ),
    (
        "/my/ledger/2026-10",
        [false, true, true, false, false, false, false],
    ),
    ("/rating/2025", [true; 7]),
    ("/me/log", [false, true, true, true, true, true, true]),
    ("/aud/log", [false; 7]),
    (
        "/src/tce_equal:x:2026-10:1",
        [false, true, true, true, true, true, true],
    ),
    ("/nowhere", [false; 7]),
];

fn a_page_that_is_not_theirs_is_not_there(city: &City) {
    for (index, (role, choice)) in city.roles().into_iter().enumerate() {
        let cookie = choice.map(|choice| cookie(&city.server, &choice));
        let mut headers: Vec<&str> = cookie.iter().map(String::as_str).collect();
        headers.push("Accept: text/html");
        for (path, found) in PAGES {
            let answer = city.server.send("GET", path, &headers, b"");
            let expected = if found[index] { 200 } else { 404 };
            assert_eq!(answer.status, expected, "{role} {path}");
        }
    }
}

#[test]
fn without_a_demo_there_are_no_roles_to_choose() {
    let stage = Stage::new();
    let server = stage.serve();
    assert_eq!(server.get("/api/v1/session").status, 404);
    assert_eq!(choose(&server, &json!({"role": "bureau"}), &[]).status, 404);
    let me = server.get_as("/api/v1/me", &[]).json();
    let told = json!([me["role"], me["demo"], me["name"]]);
    assert_eq!(told, json!(["public", false, "public"]));
}

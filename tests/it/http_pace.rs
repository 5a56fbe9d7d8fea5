//! How much one may ask: rates by account and by network, turns for what is big; and what need not
//! be sent again, or whole.

use std::collections::BTreeSet;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::Duration;

use parkpulse::http::{Pace, Payer, Rate, Rates, Right, Verb, operations};
use tokio::time::Instant;

use crate::stage::{Answer, PASSWORD, Server, Stage};

#[test]
fn a_bucket_fills_by_the_second_and_the_table_is_bounded() {
    let rate = |per_second, at_once| Rate {
        per_second,
        at_once,
    };
    let pace = Pace::new(Rates {
        account: rate(2, 3),
        network: rate(1, 1),
    });
    let (start, own) = (Instant::now(), Payer::Account("own".to_owned()));
    let at = |ms| start + Duration::from_millis(ms);
    // When it is asked, and what is said.
    let rows = [
        (0, Ok(())),
        (0, Ok(())),
        (0, Ok(())),
        (0, Err(1)),
        (400, Err(1)),
        (500, Ok(())),
        (500, Err(1)),
        (60_000, Ok(())),
        (60_000, Ok(())),
        (60_000, Ok(())),
        (60_000, Err(1)),
    ];
    for (ms, said) in rows {
        assert_eq!(pace.spend(own.clone(), at(ms)), said, "{ms}");
    }
    for number in 0..Pace::BUCKETS_MAX + 10 {
        let network = Payer::Network(number.to_string());
        assert_eq!(pace.spend(network, at(60_000)), Ok(()));
    }
    assert_eq!(pace.buckets(), Pace::BUCKETS_MAX);
    // Full buckets are as good as none.
    assert_eq!(pace.spend(own, at(120_000)), Ok(()));
    assert_eq!(pace.buckets(), 1);
}

/// A bucket of three that practically never fills, for each; the network's of `network`.
fn slow(stage: &Stage, network: &str) -> Server {
    stage.serve_with(|command| {
        command
            .env("PARKPULSE_RATE__ACCOUNT_PER_SECOND", "1")
            .env("PARKPULSE_RATE__ACCOUNT_AT_ONCE", "40")
            .env("PARKPULSE_RATE__NETWORK_PER_SECOND", "1")
            .env("PARKPULSE_RATE__NETWORK_AT_ONCE", network)
            .env("PARKPULSE_HTTP__TRUSTED_PROXIES", "127.0.0.1");
    })
}

/// Asks until it is refused; how often it was not.
fn until_refused(server: &Server, path: &str, headers: &[&str]) -> (usize, Answer) {
    for asked in 0..200 {
        let answer = server.get_as(path, headers);
        if answer.status == 429 {
            return (asked, answer);
        }
    }
    panic!("{path} {headers:?}: never refused");
}

#[test]
fn one_account_or_network_that_asks_too_often_hears_429_and_harms_nobody_else() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = slow(&stage, "30");
    let bearer = server.bearer().unwrap();
    let from = |network: &str| format!("X-Forwarded-Proto: https\r\nX-Forwarded-For: {network}");
    let (home, away) = (from("203.0.113.9"), from("198.51.100.7"));
    let (asked, refused) = until_refused(&server, "/api/v1/me", &[&bearer, &home]);
    assert!((40..80).contains(&asked), "{asked}");
    assert_eq!(
        refused.header("content-type"),
        Some("application/problem+json")
    );
    assert_eq!(refused.json()["code"], "too_many_requests");
    let pause: u32 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=2).contains(&pause), "{pause}");
    // Another way in is the same account; nobody else is held up.
    let again = server.get_as("/api/v1/me", &[&bearer, &away]);
    assert_eq!(again.status, 429);
    assert_eq!(server.get_as("/api/v1/me", &[&home]).status, 200);
    // Who is nobody, or shows what is no token, pays as a network.
    let wrong = "Authorization: Bearer 00";
    let (asked, _) = until_refused(&server, "/api/v1/gateways", &[wrong, &home]);
    assert!((20..60).contains(&asked), "{asked}");
    for path in ["/", "/api/v1/me", "/assets/x.js", "/nowhere"] {
        assert_eq!(server.get_as(path, &[&home]).status, 429, "{path}");
        assert_ne!(server.get_as(path, &[&away]).status, 429, "{path}");
    }
    // Signing in asks for no credential, so none spares the network.
    for nonsense in [wrong, "Cookie: __Host-parkpulse=00"] {
        let (asked, _) = until_refused(&server, "/api/v1/sign-in", &[nonsense, &home]);
        assert!(asked < 10, "{nonsense}: {asked}");
        let other = server.get_as("/api/v1/sign-in", &[nonsense, &away]);
        assert_eq!(other.status, 200, "{nonsense}");
    }
    // Whoever watches over us is always told, and a gateway has its own quota.
    assert_eq!(server.get_as("/livez", &[&home]).status, 200);
    let gateway = format!("Authorization: Bearer {token}");
    for _ in 0..60 {
        let sent = server.send("POST", "/api/v1/readings", &[&gateway, &home], b"{");
        assert_eq!(sent.status, 422, "{}", sent.text());
    }
    server.stop();
}

#[test]
fn every_big_answer_is_made_in_turn() {
    let exports = [".svg", ".png", ".csv", ".geojson", ".xlsx", ".pdf"];
    let is_export = |path: &str| exports.iter().any(|end| path.ends_with(end));
    for operation in operations() {
        let is_api = operation.path.starts_with("/api/");
        let must_be = is_api && is_export(operation.path);
        assert!(operation.is_big || !must_be, "{}", operation.path);
    }
    let big: BTreeSet<_> = operations()
        .into_iter()
        .filter(|one| one.is_big)
        .map(|one| one.path)
        .collect();
    for path in ["/api/v1/map", "/api/v1/parcels", "/api/v1/backdrop"] {
        assert!(big.contains(path), "{path}");
    }
}

#[test]
fn more_than_may_wait_for_a_big_answer_hear_when_to_come_again() {
    let stage = Stage::new();
    stage.register_park();
    let server = stage.serve_with(|command| {
        command
            .env("PARKPULSE_HTTP__BIG_AT_ONCE", "1")
            .env("PARKPULSE_HTTP__BIG_WAITING_MAX", "1");
    });
    let bearer = server.bearer().unwrap();
    // Each breaks is another picture, so that none is kept from before.
    let ask = |number: usize| {
        let path = format!("/api/v1/map.png?m=f:1,2,{}", number + 3);
        server.get_as(&path, &[&bearer])
    };
    assert_eq!(ask(0).status, 200);
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let asking: Vec<_> = (1..25).map(|one| scope.spawn(move || ask(one))).collect();
        asking.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let told = |status| answers.iter().filter(|one| one.status == status).count();
    assert!(
        told(200) >= 2 && told(503) >= 1,
        "{} {}",
        told(200),
        told(503)
    );
    assert_eq!(told(200) + told(503), answers.len());
    for refused in answers.iter().filter(|one| one.status == 503) {
        assert_eq!(refused.header("retry-after"), Some("2"));
        assert_eq!(refused.json()["code"], "unavailable");
    }
    assert_eq!(ask(30).status, 200);
    server.stop();
}

/// Every one of `paths` says what it is, and is not sent again to whoever has it.
pub(crate) fn are_not_sent_again(server: &Server, paths: &[&str]) {
    let bearer = server.bearer().unwrap();
    for path in paths {
        let first = server.get_as(path, &[&bearer]);
        assert_eq!(first.status, 200, "{path}: {}", first.head);
        let kept = Some("private, no-cache");
        assert_eq!(first.header("cache-control"), kept, "{path}");
        let tag = first.header("etag");
        let tag = tag.unwrap_or_else(|| panic!("{path}: {}", first.head));
        let strong = tag.trim_start_matches("W/");
        let weak = format!("W/{strong}");
        let listed = format!("\"other\", {strong}");
        for known in [tag, weak.as_str(), listed.as_str(), "*"] {
            let again = server.get_as(path, &[&bearer, &format!("If-None-Match: {known}")]);
            assert_eq!(again.status, 304, "{path} {known}");
            assert!(again.body.is_empty(), "{path} {known}");
            let same = again.header("etag").map(|one| one.trim_start_matches("W/"));
            assert_eq!(same, Some(strong), "{path} {known}");
            assert_eq!(again.header("cache-control"), kept, "{path} {known}");
        }
        let other = server.get_as(path, &[&bearer, "If-None-Match: \"other\""]);
        assert_eq!((other.status, &other.body), (200, &first.body), "{path}");
        // What one may see decides, not what the browser had: the public sees no map.
        let nobody = server.get_as(path, &[&format!("If-None-Match: {tag}")]);
        assert!(nobody.status == 404 || !path.contains("map"), "{path}");
    }
}

#[test]
fn outlines_are_not_sent_again_to_whoever_has_them() {
    let stage = Stage::new();
    stage.register_park();
    let server = stage.serve();
    let paths = [
        "/api/v1/parcels",
        "/api/v1/parcels?form=compact",
        "/api/v1/backdrop",
    ];
    are_not_sent_again(&server, &paths);
    server.stop();
}

/// The bytes that were compressed.
fn unpacked(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write;
    let mut child = Command::new("gzip")
        .arg("-dc")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, owned) = (child.stdin.take().unwrap(), bytes.to_vec());
    let writing = std::thread::spawn(move || stdin.write_all(&owned));
    let mut text = Vec::new();
    child.stdout.take().unwrap().read_to_end(&mut text).unwrap();
    writing.join().unwrap().unwrap();
    assert!(child.wait().unwrap().success());
    text
}

#[test]
fn texts_are_compressed_for_whoever_takes_it_and_nothing_that_may_hold_a_secret() {
    let stage = Stage::new();
    stage.register_park();
    let server = stage.serve();
    let bearer = server.bearer().unwrap();
    let takes = "Accept-Encoding: br, gzip;q=0.8";
    for path in ["/api/openapi.json", "/api/v1/map.svg"] {
        let plain = server.get_as(path, &[&bearer]);
        let packed = server.get_as(path, &[&bearer, takes]);
        assert_eq!(plain.header("content-encoding"), None, "{path}");
        assert_eq!(packed.header("content-encoding"), Some("gzip"), "{path}");
        assert!(
            packed.header("vary").unwrap().contains("accept-encoding"),
            "{path}"
        );
        let (few, all) = (packed.body.len(), plain.body.len());
        // Outlines of letters are digits, which pack less well than words do.
        assert!(few * 3 < all * 2, "{path}: {few} of {all}");
        let (whole, sent) = (unpacked(&packed.body), &plain.body);
        // A map of the running month says the second at which it was asked for.
        assert!(whole == *sent || path.contains("map"), "{path}");
        assert_eq!(whole.get(..20), sent.get(..20), "{path}");
        let tag = packed.header("etag");
        assert!(
            tag.is_none_or(|tag| tag.starts_with("W/")),
            "{path} {tag:?}"
        );
        let refused = server.get_as(path, &[&bearer, "Accept-Encoding: gzip;q=0"]);
        assert_eq!(refused.header("content-encoding"), None, "{path}");
    }
    let png = server.get_as("/api/v1/map.png", &[&bearer, takes]);
    assert_eq!((png.status, png.header("content-encoding")), (200, None));
    // Own tokens fill more than what is worth it.
    let mut person = stage.person("op.one", "operator", "p1");
    server.sign_in(&mut person);
    for number in 0..12 {
        let name = format!("program number {number} of somebody with a long name");
        let body =
            serde_json::json!({"label": name, "days": 9, "scope": "read", "password": PASSWORD});
        let answer = server.post("/api/v1/me/tokens", &person.cookie, &body);
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    for operation in operations() {
        let is_own = matches!(operation.right, Right::Own | Right::Everybody);
        let is_listed = !operation.path.contains('{') && operation.verb == Verb::Get;
        if !(is_own && is_listed && operation.path.starts_with("/api/v1/")) {
            continue;
        }
        let answer = server.get_as(operation.path, &[&person.cookie, takes]);
        assert_eq!(
            answer.header("content-encoding"),
            None,
            "{}",
            operation.path
        );
        if operation.path == "/api/v1/me/tokens" {
            assert!(answer.body.len() > 1_024, "too short to show anything");
        }
    }
    server.stop();
}

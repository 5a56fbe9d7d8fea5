//! The guarding headers, each against every kind of answer there is; and who may send what changes
//! something from where.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::stage::{Answer, Server, Stage};

const PAGE: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self'; \
    manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const PICTURE: &str = "default-src 'none'; style-src 'self'; frame-ancestors 'none'; sandbox";

/// What every answer says.
const ALWAYS: [(&str, &str); 6] = [
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=()",
    ),
];

/// A kind of answer: verb, address, more headers, status, policy, and what may keep it.
type Kind = (
    &'static str,
    &'static str,
    &'static [&'static str],
    u16,
    &'static str,
    &'static str,
);

const ACCEPT: &str = "Accept: text/html";

const KINDS: &[Kind] = &[
    ("GET", "/livez", &[], 200, PAGE, "no-store"),
    ("HEAD", "/livez", &[], 200, PAGE, "no-store"),
    ("GET", "/metrics", &[], 200, PAGE, "no-store"),
    ("GET", "/api/openapi.json", &[], 200, PAGE, "no-store"),
    ("GET", "/login", &[], 200, PAGE, ""),
    ("GET", "/nowhere", &[ACCEPT], 404, PAGE, ""),
    ("GET", "/nowhere", &[], 404, PAGE, "no-store"),
    ("GET", "/api/v1/nowhere", &[ACCEPT], 404, PAGE, "no-store"),
    ("GET", "/api/v1/me", &[], 200, PAGE, "no-store"),
    ("GET", "/api/v1/gateways", &[], 200, PAGE, "no-store"),
    ("GET", "/api/v1/gateways?x=1", &[], 400, PAGE, "no-store"),
    ("GET", "/api/v1/map", &[], 200, PAGE, ""),
    ("GET", "/api/v1/map.svg", &[], 200, PICTURE, ""),
    ("GET", "/api/v1/map.png", &[], 200, PAGE, ""),
    ("GET", "/api/v1/map.csv", &[], 200, PAGE, ""),
    ("GET", "/api/v1/map.geojson", &[], 200, PAGE, ""),
    ("GET", "/api/v1/parcels", &[], 200, PAGE, ""),
    ("GET", "/api/v1/live", &[], 200, PAGE, "no-cache"),
    ("DELETE", "/api/v1/map", &[], 405, PAGE, "no-store"),
    (
        "GET",
        "/livez",
        &["Host: evil.example"],
        421,
        PAGE,
        "no-store",
    ),
    ("POST", "/api/v1/readings", &[], 401, PAGE, "no-store"),
    ("POST", "/api/v1/sign-in", &[], 415, PAGE, "no-store"),
    (
        "POST",
        "/api/v1/sign-in",
        &["Origin: http://evil.example"],
        403,
        PAGE,
        "no-store",
    ),
];

/// The head of an answer, whose body may never end.
fn head_of(server: &Server, kind: &Kind) -> Answer {
    let (verb, path, more, ..) = kind;
    let bearer = server.bearer().unwrap();
    let mut text = format!("{verb} {path} HTTP/1.1\r\nConnection: close\r\n");
    let is_read = path.starts_with("/api/v1/") && *verb != "POST";
    let own = (!more.iter().any(|line| line.starts_with("Host:"))).then_some("Host: localhost");
    let bearer = is_read.then_some(bearer.as_str());
    for line in more.iter().copied().chain(own).chain(bearer) {
        text.push_str(line);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    let mut stream = TcpStream::connect(&server.http).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream.write_all(text.as_bytes()).unwrap();
    let mut got = Vec::new();
    let mut byte = [0];
    while !got.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap_or(0) == 1 {
        got.push(byte[0]);
    }
    let head = String::from_utf8(got).unwrap();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    Answer {
        status: status.unwrap_or(0),
        head,
        body: Vec::new(),
    }
}

#[test]
fn every_kind_of_answer_carries_every_guarding_header() {
    let stage = Stage::new();
    stage.register_park();
    let server = stage.serve();
    for kind in KINDS {
        let (verb, path, more, status, policy, keep) = kind;
        let answer = head_of(&server, kind);
        let told = format!("{verb} {path} {more:?}\n{}", answer.head);
        assert_eq!(answer.status, *status, "{told}");
        assert_eq!(
            answer.header("content-security-policy"),
            Some(*policy),
            "{told}"
        );
        for (name, value) in ALWAYS {
            assert_eq!(answer.header(name), Some(value), "{name} {told}");
        }
        let times = |name: &str| answer.head.to_lowercase().matches(name).count();
        for name in [
            "content-security-policy:",
            "cache-control:",
            "x-request-id:",
        ] {
            assert_eq!(times(name), 1, "{name} {told}");
        }
        let kept = answer.header("cache-control").unwrap();
        assert!(keep.is_empty() || kept == *keep, "{told}");
        assert!(
            !kept.contains("public") || path.starts_with("/assets/"),
            "{told}"
        );
        // Nothing came under TLS.
        assert_eq!(answer.header("strict-transport-security"), None, "{told}");
    }
    server.stop();
}

#[test]
fn every_unsafe_operation_of_people_hears_our_own_pages_alone() {
    use parkpulse::http::{Right, Verb, operations};
    let stage = Stage::new();
    let server = stage.serve();
    let foreign = [
        "Origin: http://evil.example",
        "Origin: https://evil.example",
        "Origin: null",
        "Origin: http://127.0.0.1:1",
        "Sec-Fetch-Site: cross-site",
        "Sec-Fetch-Site: same-site",
        "Sec-Fetch-Site: nonsense",
    ];
    let unsafe_ones: Vec<_> = operations()
        .into_iter()
        .filter(|one| one.verb != Verb::Get && one.right != Right::Gateway)
        .collect();
    assert!(unsafe_ones.len() > 10);
    for operation in unsafe_ones {
        let path = operation.path.replace(['{', '}'], "");
        for header in foreign {
            let answer = server.send("POST", &path, &[header], b"{}");
            let refused = answer.status == 403 && answer.json()["code"] == "foreign_origin";
            assert!(refused, "{path} {header}: {}", answer.text());
        }
        let twice = format!("Origin: http://{}", server.http);
        let answer = server.send(
            "POST",
            &path,
            &[&twice, "Origin: http://evil.example"],
            b"{}",
        );
        assert_eq!(answer.status, 403, "{path}: {}", answer.text());
        let own = server.send(
            "POST",
            &path,
            &[&twice, "Sec-Fetch-Site: same-origin"],
            b"{}",
        );
        assert_ne!(own.status, 403, "{path}: {}", own.text());
    }
    server.stop();
}

/// A base map of tiles: what the configuration says, and what the pages are told.
#[test]
fn pictures_come_from_the_host_of_the_base_map_and_only_where_one_is_named() {
    let stage = Stage::new();
    stage.register_park();
    let server = stage.serve();
    let bare = server.get("/api/v1/backdrop");
    assert_eq!(bare.header("content-security-policy"), Some(PAGE));
    assert!(bare.json()["base"].is_null());
    server.stop();
    let named = [
        ("KIND", "wmts"),
        (
            "URL",
            "https://map.example:8443/w?LAYER=vec&TILEMATRIX={TileMatrix}&TILEROW={TileRow}&TILECOL={TileCol}&tk=k",
        ),
        ("ATTRIBUTION", "示例测绘"),
        ("APPROVAL", "GS(2024)0000号"),
        ("SYSTEM", "GCJ-02"),
        ("ZOOM_MAX", "17"),
    ];
    let variables = named.map(|(key, value)| (format!("PARKPULSE_BASE_MAP__{key}"), value));
    let server = stage.serve_with(|command| {
        command.envs(variables.iter().map(|(key, value)| (key, value)));
    });
    let told = server.get("/api/v1/backdrop");
    let wider = PAGE.replace("blob:;", "blob: https://map.example:8443;");
    assert_ne!(wider, PAGE);
    assert_eq!(told.header("content-security-policy"), Some(&*wider));
    let expected = serde_json::json!({
        "kind": "tiles",
        "url": "https://map.example:8443/w?LAYER=vec&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk=k",
        "attribution": "示例测绘",
        "approval": "GS(2024)0000号",
        "system": "GCJ-02",
        "zoom_min": 1,
        "zoom_max": 17,
        "corners": null,
    });
    assert_eq!(told.json()["base"], expected);
    // Whoever did not sign in sees no map, and no key of one.
    let stranger = server.send("GET", "/api/v1/backdrop", &[], b"");
    assert_eq!(stranger.status, 200);
    assert!(stranger.json()["base"].is_null());
    // A picture opened by itself reaches nothing, then as before.
    let picture = server.get("/api/v1/map.svg");
    assert_eq!(picture.header("content-security-policy"), Some(PICTURE));
    server.stop();
}

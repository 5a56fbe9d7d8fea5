//! Who may come from where: TLS of our own with certificates that change while it serves, and
//! proxies whose word is taken, or is not.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::mqtt_tls::Authority;
use crate::stage::{Answer, START_WITHIN, Server, Stage, exchange_over, parkpulse, until, written};

/// A server that speaks TLS with the files of `authority`.
fn served(stage: &Stage, authority: &Authority) -> Server {
    let mut command = parkpulse(&stage.data_dir());
    command
        .arg("serve")
        .env(
            "PARKPULSE_HTTP__TLS_CERTIFICATE",
            authority.file("server.pem"),
        )
        .env("PARKPULSE_HTTP__TLS_KEY", authority.file("server.key"))
        .env("PARKPULSE_TLS__LOOK_EVERY", "100 ms");
    Server::begin(
        START_WITHIN,
        command,
        &stage.data_dir(),
        &stage.path("serve.log"),
    )
}

/// Asks over TLS, trusting `authority` alone; status 0 if it does not come to that.
fn ask(server: &Server, authority: &Authority, verb: &str, path: &str, more: &[&str]) -> Answer {
    let stream = authority.connect(server.http.as_str(), None).unwrap();
    let within = Some(Duration::from_secs(20));
    stream.sock.set_read_timeout(within).unwrap();
    let body: &[u8] = if verb == "POST" { b"{}" } else { b"" };
    exchange_over(stream, &written("localhost", verb, path, more, body))
}

#[test]
fn it_speaks_tls_alone_and_takes_a_renewed_certificate_while_it_serves() {
    let (stage, old, new) = (Stage::new(), Authority::new(), Authority::new());
    let server = served(&stage, &old);
    server.says(&format!("https://{}", server.http));
    let status = |authority| ask(&server, authority, "GET", "/livez", &[]).status;
    let answer = ask(&server, &old, "GET", "/livez", &[]);
    assert_eq!(answer.status, 200);
    let kept = answer.header("strict-transport-security");
    assert_eq!(kept, Some("max-age=31536000"));
    assert_eq!(status(&new), 0, "a certificate of somebody else");
    assert_eq!(server.send("GET", "/livez", &[], b"").status, 0, "readable");
    let metrics = |name: &str| {
        let page = ask(&server, &old, "GET", "/metrics", &[]);
        page.text().contains(name)
    };
    new.renew(&old, &["server.key"]);
    until(Duration::from_secs(20), "the fault is told", || {
        metrics("parkpulse_certificates_unusable_total 1").then_some(())
    });
    assert_eq!(status(&old), 200, "half a renewal changes nothing");
    new.renew(&old, &["server.pem"]);
    until(Duration::from_secs(20), "the new certificate", || {
        (status(&new) == 200).then_some(())
    });
    assert_eq!(status(&old), 0);
    server.stop();
}

#[test]
fn under_tls_a_page_that_came_without_it_may_send_nothing() {
    let (stage, authority) = (Stage::new(), Authority::new());
    let server = served(&stage, &authority);
    let rows = [
        ("Origin: https://localhost", 422),
        ("Origin: http://localhost", 403),
        ("Origin: https://localhost.evil.example", 403),
        ("Origin: null", 403),
        ("Sec-Fetch-Site: same-origin", 422),
        ("Sec-Fetch-Site: same-site", 403),
        ("Sec-Fetch-Site: cross-site", 403),
    ];
    for (header, status) in rows {
        let kind = "Content-Type: application/json";
        let answer = ask(
            &server,
            &authority,
            "POST",
            "/api/v1/sign-in",
            &[kind, header],
        );
        assert_eq!(answer.status, status, "{header}: {}", answer.text());
    }
    server.stop();
}

#[test]
fn a_handshake_that_never_ends_is_cut_and_holds_no_place() {
    use std::io::{Read, Write};
    let (stage, authority) = (Stage::new(), Authority::new());
    let mut command = parkpulse(&stage.data_dir());
    command
        .arg("serve")
        .env(
            "PARKPULSE_HTTP__TLS_CERTIFICATE",
            authority.file("server.pem"),
        )
        .env("PARKPULSE_HTTP__TLS_KEY", authority.file("server.key"))
        .env("PARKPULSE_HTTP__HEADERS_WITHIN", "300 ms")
        .env("PARKPULSE_HTTP__CONNECTIONS_MAX", "1");
    let server = Server::begin(
        START_WITHIN,
        command,
        &stage.data_dir(),
        &stage.path("serve.log"),
    );
    let mut silent = std::net::TcpStream::connect(&server.http).unwrap();
    silent.write_all(&[0x16, 3, 1]).unwrap();
    silent
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let mut said = Vec::new();
    let _ = silent.read_to_end(&mut said);
    assert_eq!(ask(&server, &authority, "GET", "/livez", &[]).status, 200);
    server.stop();
}

#[test]
fn a_handshake_and_the_headers_after_it_end_in_time_together() {
    use std::io::Write;
    let (stage, authority) = (Stage::new(), Authority::new());
    let mut command = parkpulse(&stage.data_dir());
    command
        .arg("serve")
        .env(
            "PARKPULSE_HTTP__TLS_CERTIFICATE",
            authority.file("server.pem"),
        )
        .env("PARKPULSE_HTTP__TLS_KEY", authority.file("server.key"))
        .env("PARKPULSE_HTTP__HEADERS_WITHIN", "8 s");
    let server = Server::begin(
        START_WITHIN,
        command,
        &stage.data_dir(),
        &stage.path("serve.log"),
    );
    let (begun, mut slow) = (
        Instant::now(),
        authority.connect(server.http.as_str(), None).unwrap(),
    );
    // It shakes hands late, and then says one letter after the other.
    std::thread::sleep(Duration::from_secs(5));
    slow.write_all(b"GET /livez HTTP/1.1\r\nX-A: ").unwrap();
    let closed = until(Duration::from_secs(30), "its end", || {
        std::thread::sleep(Duration::from_millis(50));
        let sent = slow.write_all(b"a").and_then(|()| slow.flush());
        sent.is_err().then(|| begun.elapsed())
    });
    // Each by itself would leave it 13 s.
    let (least, most) = (Duration::from_secs(7), Duration::from_secs(12));
    assert!((least..most).contains(&closed), "{closed:?}");
    // Whoever asked in time keeps the line for more.
    let stream = authority.connect(server.http.as_str(), None).unwrap();
    let answer = exchange_over(stream, &written("localhost", "GET", "/livez", &[], b""));
    assert_eq!(answer.status, 200);
    server.stop();
}

/// Trusted networks, headers of the request, the status, and who is written down as having asked.
type Row = (&'static str, &'static [&'static str], u16, &'static str);

/// Every request comes from 127.0.0.1.
const WAYS: &[Row] = &[
    ("", &[], 401, "127.0.0.1"),
    // Nobody is believed who is not named.
    ("", &["X-Forwarded-For: 203.0.113.9"], 401, "127.0.0.1"),
    (
        "10.0.0.0/8",
        &["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"],
        401,
        "127.0.0.1",
    ),
    // A proxy that is named is believed, for the way as for the address.
    (
        "127.0.0.1",
        &["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: https"],
        401,
        "203.0.113.9",
    ),
    ("127.0.0.1", &["X-Forwarded-For: 203.0.113.9"], 403, ""),
    (
        "127.0.0.1",
        &["X-Forwarded-For: 203.0.113.9", "X-Forwarded-Proto: http"],
        403,
        "",
    ),
    (
        "127.0.0.1",
        &[
            "X-Forwarded-For: 203.0.113.9",
            "X-Forwarded-Proto: https",
            "X-Forwarded-Proto: http",
        ],
        403,
        "",
    ),
    // This machine itself, and through its proxy.
    ("127.0.0.1", &[], 401, "127.0.0.1"),
    ("127.0.0.1", &["X-Forwarded-For: ::1"], 401, "::1"),
    // What a client wrote in front of what the proxy wrote counts for nothing.
    (
        "127.0.0.1",
        &["X-Forwarded-For: 127.0.0.1, 203.0.113.9"],
        403,
        "",
    ),
    (
        "127.0.0.1",
        &[
            "X-Forwarded-For: 198.51.100.7, 203.0.113.9",
            "X-Forwarded-Proto: https",
        ],
        401,
        "203.0.113.9",
    ),
    // A second proxy is passed over only if it is trusted, too.
    (
        "127.0.0.0/8, 203.0.113.0/24",
        &[
            "X-Forwarded-For: 198.51.100.7, 203.0.113.9:4711",
            "X-Forwarded-Proto: HTTPS",
        ],
        401,
        "198.51.100.7",
    ),
    (
        "127.0.0.0/8",
        &[
            "X-Forwarded-For: 198.51.100.7",
            "X-Forwarded-For: [2001:db8::1]:443",
            "X-Forwarded-Proto: https",
        ],
        401,
        "2001:db8::1",
    ),
    // Nonsense is nobody: the proxy itself asks.
    (
        "127.0.0.1",
        &["X-Forwarded-For: unknown", "X-Forwarded-Proto: https"],
        401,
        "127.0.0.1",
    ),
];

/// From where the newest refused sign-in came, as the audit log has it.
fn newest_address(server: &Server, cookie: &str) -> Value {
    let page = server.get_as("/api/v1/audit?limit=20", &[cookie]).json();
    let items = page["items"].as_array().unwrap();
    let mut attempts = items.iter();
    let newest =
        attempts.find(|item| item["action"] == "session.begin" && item["result"] == "refused");
    newest.unwrap_or_else(|| panic!("{page}"))["via"].clone()
}

#[test]
fn only_a_named_proxy_is_believed_who_asks_and_by_which_way() {
    let mut networks: Vec<&str> = WAYS.iter().map(|row| row.0).collect();
    networks.dedup();
    let stage = Stage::new();
    let mut auditor = stage.person("aud.one", "aud", "");
    let mut asked = 0;
    for group in WAYS.chunk_by(|one, next| one.0 == next.0) {
        let server = stage.serve_with(|command| {
            command.env("PARKPULSE_HTTP__TRUSTED_PROXIES", group[0].0);
        });
        server.sign_in(&mut auditor);
        for (networks, headers, status, address) in group {
            asked += 1;
            // Another account each time, so that none is locked.
            let body = format!(r#"{{"account":"no.body{asked}","password":"x"}}"#);
            let kind = "Content-Type: application/json";
            let all: Vec<&str> = headers.iter().copied().chain([kind]).collect();
            let answer = server.send("POST", "/api/v1/sign-in", &all, body.as_bytes());
            let told = format!("{networks} {headers:?}: {}", answer.text());
            assert_eq!(answer.status, *status, "{told}");
            let is_sealed = headers
                .iter()
                .any(|one| one.to_lowercase().ends_with(": https"));
            let is_believed = is_sealed && networks.starts_with("127") && *status != 403;
            let kept = answer.header("strict-transport-security");
            assert_eq!(kept.is_some(), is_believed, "{told}");
            if *status == 403 {
                assert_eq!(answer.json()["code"], "tls_required", "{told}");
            } else {
                assert_eq!(newest_address(&server, &auditor.cookie), *address, "{told}");
            }
        }
        server.stop();
    }
    assert_eq!(asked, WAYS.len());
}

#[test]
fn whoever_watches_over_us_needs_no_tls() {
    let stage = Stage::new();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_HTTP__TRUSTED_PROXIES", "127.0.0.1");
    });
    let passed_on = "X-Forwarded-For: 203.0.113.9";
    for (path, status) in [
        ("/livez", 200),
        ("/readyz", 200),
        ("/metrics", 403),
        ("/", 403),
    ] {
        let answer = server.get_as(path, &[passed_on]);
        assert_eq!(answer.status, status, "{path}");
    }
    server.stop();
}

/// A proxy that does not say for whom it asks is nobody at this machine; what gateways sent is told
/// to those alone who are.
#[test]
fn what_comes_through_a_proxy_is_of_the_network() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_HTTP__TRUSTED_PROXIES", "127.0.0.1");
        command.env("PARKPULSE_HTTP__HOSTS", "park.example");
    });
    let bearer = format!("Authorization: Bearer {token}");
    let headers = ["Content-Type: application/json", bearer.as_str()];
    let body = br#"{"meter":"E-01","at":1,"values":{"kw":1}}"#;
    let sent = server.send("POST", "/api/v1/readings", &headers, body);
    assert_eq!(sent.status, 200, "{}", sent.text());
    let ask = |path: &str, host: &str, more: &str| {
        let asked =
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{more}\r\n");
        crate::stage::exchange(&server.http, asked.as_bytes())
    };
    let mute = ask("/api/v1/me", "park.example", "");
    assert_eq!(
        (mute.status, &mute.json()["code"]),
        (403, &serde_json::json!("tls_required"))
    );
    assert_eq!(ask("/api/v1/me", &server.http, "").status, 200);
    let near = ask("/metrics", &server.http, "");
    assert!(near.text().contains("gateway=\"gw-1\""), "{}", near.text());
    let from_afar = "X-Forwarded-For: 203.0.113.9\r\nX-Forwarded-Proto: https\r\n";
    let far = ask("/metrics", "park.example", from_afar);
    assert_eq!(far.status, 200);
    let text = far.text();
    assert!(
        !text.contains("gw-1") && !text.contains("gateway="),
        "{text}"
    );
    assert!(
        text.lines()
            .any(|line| line == "parkpulse_gateway_values{fate=\"received\"} 1"),
        "{text}"
    );
    server.stop();
}

#[test]
fn a_demo_that_somebody_may_reach_gives_no_roles_away() {
    let stage = Stage::new();
    let mut command = parkpulse(&stage.data_dir());
    command
        .args(["demo", "--days", "1", "--no-simulator"])
        .env("PARKPULSE_HTTP__TRUSTED_PROXIES", "10.1.0.5");
    let server = Server::start(command, &stage.data_dir(), &stage.path("demo.log"));
    let role = serde_json::json!({"role": "bureau"});
    assert_eq!(server.post("/api/v1/session", "", &role).status, 404);
    assert_eq!(server.get_as("/api/v1/me", &[]).json()["role"], "public");
    assert_eq!(server.get_as("/api/v1/map", &[]).status, 404);
    // One signs in there as anywhere.
    server.says("setup ");
    server.stop();
}

//! The HTTP door: the error envelope, hostile requests, slow clients, metrics.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::stage::{Server, Stage, exchange};

/// The fields of every problem (contract.md 3), in order.
const FIELDS: [&str; 7] = [
    "type",
    "title",
    "status",
    "code",
    "params",
    "detail",
    "request_id",
];

#[test]
fn every_error_is_a_problem_in_the_language_asked_for() {
    let stage = Stage::new();
    let server = stage.serve();
    let rows = [
        ("GET", "/nowhere", "", 404, "not_found", "未找到"),
        (
            "GET",
            "/nowhere",
            "en-GB,zh;q=0.2",
            404,
            "not_found",
            "Not found",
        ),
        (
            "GET",
            "/nowhere",
            "fr, zh;q=0.5, en;q=0.4",
            404,
            "not_found",
            "未找到",
        ),
        ("GET", "/nowhere", "en, zh", 404, "not_found", "Not found"),
        (
            "DELETE",
            "/livez",
            "en",
            405,
            "method_not_allowed",
            "Method not allowed",
        ),
        (
            "OPTIONS",
            "/metrics",
            "en",
            405,
            "method_not_allowed",
            "Method not allowed",
        ),
    ];
    for (method, path, language, status, code, title) in rows {
        let header = format!("Accept-Language: {language}");
        let answer = server.send(method, path, &[&header], b"");
        assert_eq!(answer.status, status, "{method} {path}");
        let kind = answer.header("content-type");
        assert_eq!(kind, Some("application/problem+json"), "{method} {path}");
        let problem = answer.json();
        let fields: Vec<&str> = problem
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        assert_eq!(fields, FIELDS);
        assert_eq!(problem["code"], code);
        assert_eq!(problem["title"], title);
        assert_eq!(problem["status"], status);
        assert_eq!(
            answer.header("x-request-id"),
            problem["request_id"].as_str()
        );
        assert_eq!(answer.header("allow").is_some(), status == 405);
    }
    server.stop();
}

#[test]
fn every_answer_carries_the_guarding_headers() {
    let stage = Stage::new();
    let server = stage.serve();
    for path in ["/livez", "/nowhere", "/metrics"] {
        let answer = server.get(path);
        let policy = answer.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("cross-origin-opener-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{path}");
        }
    }
    server.stop();
}

#[test]
fn only_our_own_host_names_are_answered() {
    let stage = Stage::new();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_HTTP__HOSTS", "park.example, other.example");
    });
    let rows = [
        ("localhost", 200),
        ("LOCALHOST:80", 200),
        ("127.0.0.1:9", 200),
        ("[::1]:9", 200),
        ("[::1]", 200),
        ("park.example", 200),
        ("other.example:8080", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example", 421),
        ("localhost:x", 421),
        ("", 421),
    ];
    for (host, status) in rows {
        let answer = server.send("GET", "/livez", &[&format!("Host: {host}")], b"");
        assert_eq!(answer.status, status, "Host: {host}");
    }
    let none = exchange(
        &server.http,
        b"GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n",
    );
    assert_eq!(none.status, 400);
    let two = server.send(
        "GET",
        "/livez",
        &["Host: localhost", "Host: localhost"],
        b"",
    );
    assert_eq!(two.status, 400);
    server.stop();
}

#[test]
fn hostile_requests_get_4xx_and_harm_nobody() {
    let stage = Stage::new();
    let server = stage.serve();
    let long = format!("/{}", "a".repeat(60_000));
    let paths = [
        "/../../etc/passwd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/api/v1/%00",
        "/api/v1/%ff%fe",
        "/api/v1/%c0%af",
        "/api/v1/a%2Fb",
        "//livez",
        "/livez/",
        "/api/v1/readings/1",
        "/%",
        "/api/v1/gateways/'%20OR%201=1--",
        "*",
        "http://evil.example/",
        long.as_str(),
    ];
    for path in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "TRACE", "BREW"] {
            let status = server.send(method, path, &[], b"").status;
            let shown: String = path.chars().take(40).collect();
            assert!((400..500).contains(&status), "{method} {shown}: {status}");
        }
    }
    let raw: [&[u8]; 8] = [
        b"\r\n\r\n\r\n\r\nGARBAGE\r\n\r\n",
        b"GET /livez HTTP/9.9\r\nHost: localhost\r\n\r\n",
        b"GET /livez\0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /livez HTTP/1.1\r\nHost: localhost\r\nBad Header: x\r\n\r\n",
        b"POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"POST /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ];
    for bytes in raw {
        let status = exchange(&server.http, bytes).status;
        let shown = String::from_utf8_lossy(bytes).into_owned();
        assert!(
            status == 0 || (400..500).contains(&status),
            "{shown}: {status}"
        );
    }
    assert_eq!(server.get("/livez").status, 200);
    server.stop();
}

/// Connects, sends `bytes`, then stands still; gives the time after which the server hung up, and
/// what it said.
fn stand_still(server: &Server, bytes: &[u8]) -> (Duration, String) {
    let mut stream = TcpStream::connect(&server.http).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream.write_all(bytes).unwrap();
    let start = Instant::now();
    let mut sink = Vec::new();
    let _ = stream.read_to_end(&mut sink);
    (start.elapsed(), String::from_utf8_lossy(&sink).into_owned())
}

#[test]
fn clients_who_stand_still_are_cut_off() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_HTTP__HEADERS_WITHIN", "1 s");
        command.env("PARKPULSE_HTTP__BODY_WITHIN", "1 s");
    });
    let body = format!(
        "POST /api/v1/readings HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Length: 10\r\n\r\n{{\"a"
    );
    let rows: [(&[u8], &str); 3] = [
        (b"", ""),
        (b"GET /livez HTTP/1.1\r\nHost: localh", ""),
        (body.as_bytes(), "HTTP/1.1 408"),
    ];
    std::thread::scope(|scope| {
        for (bytes, expected) in rows {
            let server = &server;
            scope.spawn(move || {
                let (took, answer) = stand_still(server, bytes);
                let shown = String::from_utf8_lossy(bytes).into_owned();
                assert!(took < Duration::from_secs(5), "{shown}: {took:?}");
                assert!(answer.starts_with(expected), "{shown}: {answer}");
            });
        }
    });
    server.stop();
}

#[test]
fn a_client_who_takes_no_answers_is_cut_off() {
    let stage = Stage::new();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_HTTP__ANSWER_WITHIN", "1 s");
    });
    let mut stream = TcpStream::connect(&server.http).unwrap();
    stream
        .set_write_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let requests = b"GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1_000);
    let start = Instant::now();
    // It asks and asks and reads nothing, until the server hangs up on it.
    while let Ok(()) = stream.write_all(&requests) {
        assert!(start.elapsed() < Duration::from_secs(20), "never cut off");
    }
    assert!(
        start.elapsed() < Duration::from_secs(9),
        "{:?}",
        start.elapsed()
    );
    assert_eq!(server.get("/livez").status, 200);
    server.stop();
}

#[test]
fn metrics_are_in_the_text_format() {
    let stage = Stage::new();
    let server = stage.serve();
    let page = server.get("/metrics");
    assert_eq!(page.status, 200);
    let kind = page.header("content-type").unwrap();
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    for family in [
        "parkpulse_store_commit_seconds_count",
        "parkpulse_store_queue_messages",
        "parkpulse_store_log_batches",
    ] {
        assert!(page.text().contains(family), "{family}");
    }
    for line in page.text().lines() {
        if line.starts_with('#') {
            assert!(
                line.starts_with("# HELP ") || line.starts_with("# TYPE "),
                "{line}"
            );
            continue;
        }
        let (series, value) = line.rsplit_once(' ').unwrap();
        assert!(series.starts_with("parkpulse_"), "{line}");
        assert!(value.parse::<f64>().is_ok(), "{line}");
    }
    server.stop();
}

//! `POST /api/v1/readings`: the JSON tables of contract.md 2 and 7 over HTTP, acknowledged after
//! the commit, counted exactly.

use crate::stage::{Answer, GATEWAY, Server, Stage};

/// A reading of the small park whose time is the present minute.
fn now() -> String {
    let now = jiff::Timestamp::now().as_second();
    now.to_string()
}

fn post(server: &Server, token: &str, body: &[u8]) -> Answer {
    let header = format!("Authorization: Bearer {token}");
    server.send("POST", "/api/v1/readings", &[&header], body)
}

#[test]
fn a_message_is_answered_with_what_became_of_it() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let at = now();
    let body = format!(
        r#"{{"epoch": 1, "seq": 1, "readings": [
            {{"meter": "E-01", "at": {at}, "values": {{"kwh_register": 10.5, "kw": 2}}}},
            {{"meter": "X-99", "at": {at}, "values": {{"kwh_register": 1}}}},
            {{"meter": "G-01", "at": {at}, "values": {{"gas_m3_register": "7"}}}}]}}"#
    );
    let answer = post(&server, &token, body.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let shown = answer.json();
    assert_eq!(shown["received"], 4);
    assert_eq!(shown["committed"], 2);
    let set_aside: Vec<_> = shown["quarantined"].as_array().unwrap().iter().collect();
    let codes: Vec<_> = set_aside
        .iter()
        .map(|part| (&part["index"], &part["code"]))
        .collect();
    assert_eq!(
        format!("{codes:?}"),
        "[(Number(1), String(\"unknown_meter\")), (Number(2), String(\"bad_type\"))]"
    );
    let again = post(&server, &token, body.as_bytes());
    assert_eq!(again.status, 200, "a repetition does no harm");
    let table: serde_json::Value =
        serde_json::from_str(&stage.ok(&["reconcile", "--settle", "--json"])).unwrap();
    let row = &table[0];
    assert_eq!(row["gateway"], GATEWAY);
    for (fate, count) in [
        ("received", 8),
        ("stored", 2),
        ("duplicate", 2),
        ("conflict", 0),
        ("quarantined", 4),
        ("pending", 0),
    ] {
        assert_eq!(row[fate], count, "{fate}: {row}");
    }
    server.stop();
}

#[test]
fn what_cannot_be_taken_apart_is_refused_with_its_code() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let long = format!(r#"{{"meter": "{}"}}"#, "x".repeat(300_000));
    let rows: &[(&[u8], u16, &str)] = &[
        (b"", 422, "bad_encoding"),
        (b"{", 422, "bad_encoding"),
        (b"\xef\xbb\xbf{}", 422, "bad_encoding"),
        (b"\xff\xfe{\x00}\x00", 422, "bad_encoding"),
        (b"{} {}", 422, "bad_encoding"),
        (br#"{"readings": [], "readings": []}"#, 422, "duplicate_key"),
        (br#"{"readings": 3}"#, 422, "bad_type"),
        (br#"{"readings": [], "colour": 1}"#, 422, "unknown_field"),
        (br#"{"seq": 1}"#, 422, "missing_field"),
        (deep.as_bytes(), 422, "too_deep"),
        (long.as_bytes(), 413, "too_large"),
    ];
    for (body, status, code) in rows {
        let answer = post(&server, &token, body);
        let shown: String = String::from_utf8_lossy(body).chars().take(40).collect();
        assert_eq!(answer.status, *status, "{shown}: {}", answer.text());
        let problem = answer.json();
        assert_eq!(problem["code"], *code, "{shown}: {problem}");
    }
    let table: serde_json::Value =
        serde_json::from_str(&stage.ok(&["reconcile", "--json"])).unwrap();
    assert_eq!(table[0]["quarantined"], rows.len());
    server.stop();
}

#[test]
fn only_a_gateway_with_its_token_comes_in() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve();
    let upper = token.to_uppercase();
    let cut = &token[..63];
    let headers: &[&[String]] = &[
        &[],
        &["Authorization: Bearer".to_owned()],
        &["Authorization: Bearer ".to_owned()],
        &[format!("Authorization: Bearer {cut}")],
        &[format!("Authorization: Bearer {upper}")],
        &[format!("Authorization: Basic {token}")],
        &[format!("Authorization: {token}")],
        &[
            format!("Authorization: Bearer {token}"),
            format!("Authorization: Bearer {token}"),
        ],
        &["Authorization: Bearer \u{fffd}".to_owned()],
    ];
    for lines in headers {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let answer = server.send("POST", "/api/v1/readings", &lines, b"{}");
        assert_eq!(answer.status, 401, "{lines:?}");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
        assert_eq!(answer.json()["code"], "unauthorized");
    }
    assert_eq!(post(&server, &token, b"{}").status, 422);
    stage.ok(&["gateway", "revoke", "--gateway", GATEWAY]);
    assert_eq!(
        post(&server, &token, b"{}").status,
        401,
        "revoked while serving"
    );
    assert!(!server.log().contains(&token), "a token in the log");
    server.stop();
}

#[test]
fn above_its_quota_a_gateway_is_told_when_to_come_again() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_QUOTA__VALUES_PER_DAY_MAX", "3");
    });
    let body = |kw: u32| {
        let at = now();
        format!(r#"{{"meter": "E-01", "at": {at}, "values": {{"kw": {kw}, "kwh_register": 1}}}}"#)
    };
    assert_eq!(post(&server, &token, body(1).as_bytes()).status, 200);
    let refused = post(&server, &token, body(2).as_bytes());
    assert_eq!(refused.status, 429, "{}", refused.text());
    assert_eq!(refused.json()["code"], "quota_exceeded");
    assert!(
        refused
            .header("retry-after")
            .unwrap()
            .parse::<u32>()
            .unwrap()
            > 0
    );
    server.stop();
}

#[test]
fn a_body_beyond_the_limit_is_told_so_and_counted_with_its_gateway() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_HTTP__BODY_BYTES_MAX", "300 KiB");
    });
    for times in 1..=2 {
        let answer = post(&server, &token, &vec![b' '; 2 << 20]);
        assert_eq!(answer.status, 413, "{}", answer.head);
        assert_eq!(answer.json()["code"], "too_large");
        let table: serde_json::Value =
            serde_json::from_str(&stage.ok(&["reconcile", "--settle", "--json"])).unwrap();
        let row = &table[0];
        assert_eq!(
            (&row["received"], &row["refused"]),
            (&times.into(), &times.into()),
            "{row}"
        );
    }
    // Whoever is not known is not counted.
    let strange = post(&server, &"0".repeat(64), &vec![b' '; 2 << 20]);
    assert!(matches!(strange.status, 0 | 401), "{}", strange.head);
    let table: serde_json::Value =
        serde_json::from_str(&stage.ok(&["reconcile", "--json"])).unwrap();
    assert_eq!(table.as_array().unwrap().len(), 1);
    assert_eq!(table[0]["received"], 2);
    server.stop();
}

#[test]
fn what_is_refused_for_the_rate_is_not_charged_to_it() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = stage.serve_with(|command| {
        command.env("PARKPULSE_QUOTA__MESSAGES_PER_SECOND_MAX", "2");
    });
    let mut refused = 0;
    for _ in 0..60 {
        let answer = post(&server, &token, b"{}");
        if answer.status == 429 {
            refused += 1;
            let pause = answer.header("retry-after").unwrap();
            assert!(
                pause.parse::<u32>().unwrap() <= 2,
                "{pause} s after {refused}"
            );
        }
    }
    assert!(refused > 20, "{refused}");
    server.stop();
}

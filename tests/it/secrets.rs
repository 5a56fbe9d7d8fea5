//! Planted secrets, looked for wherever something of the platform can be read.

use serde_json::json;

use crate::sign_in_office::{log, office};
use crate::stage::PASSWORD;

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

//! Planted secrets, looked for wherever something of the platform can be read: its log at its most
//! talkative, metrics, errors, the configuration as shown, the API document, the audit log, the
//! registry, and a backup, which holds hashes and sealed secrets only.

use std::collections::BTreeMap;

use serde_json::json;

use parkpulse::access::totp;

use crate::crash::publisher::{Gateway, Publisher, Record};
use crate::mqtt_tls::Authority;
use crate::sign_in_office::{log, printed_code};
use crate::stage::{ENTERPRISE, GATEWAY, PASSWORD, Person, Server, Stage, cookie_of};

/// What a wrong guess typed.
const WRONG: &str = "Planted:wrong-8812";

/// The one secret that the first start prints, where the log of a test is.
const PRINTED: &str = "the setup code";

/// Secrets by name, each as the bytes to look for.
type Planted = BTreeMap<String, Vec<u8>>;

fn plant(planted: &mut Planted, name: &str, secret: impl AsRef<[u8]>) {
    assert!(secret.as_ref().len() > 7, "{name}");
    planted.insert(name.to_owned(), secret.as_ref().to_vec());
}

/// A person's secrets in every form in which they could be written.
fn plant_person(planted: &mut Planted, person: &Person) {
    let name = |what: &str| format!("{what} of {}", person.account);
    plant(planted, &name("the seed"), &person.secret);
    plant(
        planted,
        &name("the seed as typed"),
        totp::base32(&person.secret),
    );
    plant(
        planted,
        &name("the seed in hex"),
        hex::encode(&person.secret),
    );
    for (number, code) in person.recovery.iter().enumerate() {
        plant(planted, &name(&format!("recovery code {number}")), code);
        let plain = code.replace('-', "");
        plant(
            planted,
            &name(&format!("recovery code {number} plain")),
            plain,
        );
    }
    let session = person.cookie.split_once('=').unwrap().1;
    let session = session.split(';').next().unwrap();
    plant(planted, &name("the session"), session);
}

/// A server with TLS, set up by the printed code, with people, a gateway and a program.
fn office(planted: &mut Planted) -> (Stage, Server, Person) {
    let authority = Authority::new();
    let stage = Stage::new();
    let key = std::fs::read_to_string(authority.file("server.key")).unwrap();
    let certificate = stage.path("server.pem");
    std::fs::copy(authority.file("server.pem"), &certificate).unwrap();
    std::fs::write(stage.path("server.key"), &key).unwrap();
    let body: String = key.lines().filter(|line| !line.contains("---")).collect();
    plant(planted, "the key of TLS", &body[20..80]);
    let server = stage.serve_with(|command| {
        command
            .env("PARKPULSE_MQTT__TLS_CERTIFICATE", &certificate)
            .env("PARKPULSE_MQTT__TLS_KEY", stage.path("server.key"))
            .env("PARKPULSE_LOG__LEVEL", "trace");
    });
    let code = printed_code(&server);
    plant(planted, PRINTED, &code);
    plant(planted, "the setup code plain", code.replace('-', ""));
    let body = json!({"code": code, "account": "sec.one", "name": "第一人", "password": PASSWORD});
    let first = server.post("/api/v1/sign-in/setup", "", &body);
    let mut sec = Person {
        account: "sec.one".into(),
        password: PASSWORD.into(),
        secret: Vec::new(),
        recovery: Vec::new(),
        cookie: cookie_of(&first),
    };
    server.enrol(&mut sec, &json!({}));
    plant_person(planted, &sec);
    plant(planted, "the password", PASSWORD);
    (stage, server, sec)
}

/// A gateway that comes with its token by MQTT and HTTP, and with a wrong one.
fn let_a_gateway_come(planted: &mut Planted, stage: &Stage, server: &Server) {
    let token = stage.register_park();
    let gateway = Gateway {
        enterprise: ENTERPRISE.to_owned(),
        id: GATEWAY.to_owned(),
        token: token.clone(),
        meters: vec!["E-01".to_owned()],
    };
    let address = server.mqtt.as_ref().unwrap().parse().unwrap();
    let mut line = Publisher::connect(address, &gateway).unwrap();
    let mut record = Record::default();
    let at = jiff::Timestamp::now().as_millisecond();
    assert!(line.publish(&gateway, vec![("E-01".into(), "kw", at, 1.0)], &mut record));
    line.drain(&mut record);
    let header = format!("Authorization: Bearer {token}");
    let answer = server.send("POST", "/api/v1/readings", &[&header], b"{\"x\":1}");
    assert_eq!(answer.status, 422);
    let wrong = "Authorization: Bearer planted0000wrong0000token";
    let refused = server.send("POST", "/api/v1/readings", &[wrong], b"{}");
    assert_eq!(refused.status, 401);
    plant(planted, "the token of a gateway", token);
    plant(planted, "a wrong token", "planted0000wrong0000token");
}

/// Everything that can be read of a running platform and its backup.
fn places(stage: &Stage, server: &Server, sec: &Person, aud: &Person) -> Vec<(String, Vec<u8>)> {
    let mut places: Vec<(String, Vec<u8>)> = Vec::new();
    let mut put = |name: &str, bytes: Vec<u8>| {
        assert!(!bytes.is_empty(), "{name}");
        places.push((name.to_owned(), bytes));
    };
    for path in ["/metrics", "/api/openapi.json", "/readyz"] {
        put(path, server.get(path).body);
    }
    for (who, path) in [
        (sec, "/api/v1/people"),
        (sec, "/api/v1/me/tokens"),
        (sec, "/api/v1/proposals"),
        (aud, "/api/v1/audit?limit=1000"),
        (aud, "/api/v1/audit.csv"),
    ] {
        put(path, server.get_as(path, &[&who.cookie]).body);
    }
    put("audit log", format!("{:?}", log(server, aud)).into_bytes());
    for line in [
        &["config", "show"][..],
        &["config", "show", "--json"],
        &["quarantine", "list", "--json"],
        &["reconcile", "--json"],
        &["audit", "verify", "--json"],
    ] {
        put(&line.join(" "), stage.ok(line).into_bytes());
    }
    let archive = stage.path("backup.tar.zst");
    stage.ok(&["backup", archive.to_str().unwrap()]);
    let archive = zstd::stream::decode_all(std::fs::File::open(archive).unwrap()).unwrap();
    put("backup", archive);
    for file in [
        "registry.db",
        "registry.db-wal",
        "readings.db",
        "ports.json",
    ] {
        let bytes = std::fs::read(stage.data_dir().join(file));
        put(file, bytes.unwrap_or_else(|_none| vec![0]));
    }
    put("log", server.log().into_bytes());
    places
}

#[test]
fn planted_secrets_are_found_nowhere() {
    let mut planted = Planted::new();
    let (stage, server, mut sec) = office(&mut planted);
    let_a_gateway_come(&mut planted, &stage, &server);
    let added = json!({"account": "aud.one", "name": "审计", "role": "aud"});
    let given = server.post("/api/v1/people", &sec.cookie, &added).json();
    let mut aud = Person {
        account: "aud.one".into(),
        password: given["password"].as_str().unwrap().into(),
        ..sec.clone()
    };
    plant(&mut planted, "a password that was given", &aud.password);
    server.sign_in(&mut aud);
    plant_person(&mut planted, &aud);
    let body = json!({"label": "x", "scope": "read", "days": 1, "password": sec.password});
    let token = server.post("/api/v1/me/tokens", &sec.cookie, &body).json();
    let token = token["token"].as_str().unwrap().to_owned();
    plant(&mut planted, "the token of a program", &token);
    // A password in the field of the account, a token and a session where none belongs.
    let mut errors = Vec::new();
    let session = sec.cookie.split_once('=').unwrap().1;
    let session = session.split(';').next().unwrap().to_owned();
    for answer in [
        server.try_password("sec.one", WRONG),
        server.try_password("planted-as-account", WRONG),
        server.get_as(&format!("/api/v1/people?cursor={token}"), &[&sec.cookie]),
        server.get_as(&format!("/api/v1/audit?cursor={token}"), &[&aud.cookie]),
        server.get_as(&format!("/api/v1/sources/{session}"), &[&sec.cookie]),
        server.get_as(
            "/api/v1/me",
            &["Authorization: Bearer ppt_planted-nonsense"],
        ),
        server.post(
            "/api/v1/me/password",
            &sec.cookie,
            &json!({"present": WRONG, "password": "Planted:new-8813"}),
        ),
        server.post(
            "/api/v1/me/password",
            &sec.cookie,
            &json!({"present": PASSWORD, "password": "Planted"}),
        ),
        server.post(
            "/api/v1/sign-in/setup",
            "",
            &json!({"code": "PLAN-TEDC-ODE1", "account": "x.y", "name": "x", "password": WRONG}),
        ),
    ] {
        errors.extend(answer.head.into_bytes());
        errors.extend(answer.body);
    }
    for (name, text) in [
        ("a wrong password", WRONG),
        ("a password as account", "planted-as-account"),
        ("a wrong token of a program", "ppt_planted-nonsense"),
        ("a new password", "Planted:new-8813"),
        ("a wrong setup code", "PLAN-TEDC-ODE1"),
    ] {
        plant(&mut planted, name, text);
    }
    // What an answer of a right step shows once is not an error; the address that one asked for is in none.
    let mut all = places(&stage, &server, &sec, &aud);
    all.push(("errors".to_owned(), errors));
    let found: Vec<String> = all
        .iter()
        .flat_map(|(place, bytes)| planted.iter().map(move |secret| (place, bytes, secret)))
        .filter(|(place, _, (name, _))| (place.as_str(), name.as_str()) != ("log", PRINTED))
        .filter(|(_, bytes, (_, secret))| holds(bytes, secret))
        .map(|(place, _, (name, _))| format!("{name} in {place}"))
        .collect();
    assert!(found.is_empty(), "{found:#?}");
    // The search itself finds what is there.
    assert!(all.iter().any(|(_, bytes)| holds(bytes, b"sec.one")));
    sec.cookie.clear();
}

fn holds(bytes: &[u8], secret: &[u8]) -> bool {
    bytes.windows(secret.len()).any(|part| part == secret)
}

//! What people are told: whose it is, read and unread; and how it leaves this machine: signed calls and
//! mails, again after a failure, given up after so many, sent again by hand, through a restart.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::import::code;
use crate::ledger_check::program;
use crate::stage::{ENTERPRISE, GATEWAY, Server, Stage, until};

pub(crate) const SECRET: &str = "a planted secret of thirty-two letters or more";
pub(crate) const WITHIN: Duration = Duration::from_mins(1);

/// A call as it came.
#[derive(Clone, Debug)]
struct Call {
    headers: BTreeMap<String, String>,
    body: String,
}

impl Call {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    fn is_signed_with(&self, secret: &str) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(self.headers["x-parkpulse-timestamp"].as_bytes());
        mac.update(b".");
        mac.update(self.body.as_bytes());
        let signature = self.headers["x-parkpulse-signature"].strip_prefix("v1=");
        let signature = hex::decode(signature.unwrap()).unwrap();
        mac.verify_slice(&signature).is_ok()
    }
}

/// Somebody who is called: answers with the next of `statuses`, then with 200.
struct Called {
    address: String,
    statuses: Arc<Mutex<Vec<u16>>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Called {
    fn on(listener: TcpListener) -> Self {
        let address = format!("http://{}/hook", listener.local_addr().unwrap());
        let (statuses, calls) = (Arc::<Mutex<Vec<u16>>>::default(), Arc::default());
        let (next, heard) = (Arc::clone(&statuses), Arc::clone(&calls));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut next = next.lock().unwrap();
                let status = if next.is_empty() { 200 } else { next.remove(0) };
                drop(next);
                take(&stream.unwrap(), status, &heard);
            }
        });
        Self {
            address,
            statuses,
            calls,
        }
    }

    fn new() -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap())
    }

    fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    fn answer(&self, statuses: &[u16]) {
        *self.statuses.lock().unwrap() = statuses.to_vec();
    }
}

fn take(mut stream: &TcpStream, status: u16, heard: &Mutex<Vec<Call>>) {
    let mut reader = BufReader::new(stream);
    let mut headers = BTreeMap::new();
    let mut line = String::new();
    while reader.read_line(&mut line).unwrap_or(0) > 2 {
        if let Some((name, value)) = line.split_once(':') {
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        line.clear();
    }
    let length = headers
        .get("content-length")
        .map_or(0, |text| text.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let body = String::from_utf8(body).unwrap();
    heard.lock().unwrap().push(Call { headers, body });
    let _gone = write!(
        stream,
        "HTTP/1.1 {status} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
}

/// Serves with quick looks and tries, and `more` in the environment.
pub(crate) fn serve(stage: &Stage, more: &[(&str, String)]) -> Server {
    let secret = stage.path("hook.secret");
    std::fs::write(&secret, format!("{SECRET}\n")).unwrap();
    stage.serve_with(|command| {
        command
            .env("PARKPULSE_NOTIFY__LOOK_EVERY", "100 ms")
            .env("PARKPULSE_NOTIFY__RETRY_FIRST", "50 ms")
            .env("PARKPULSE_NOTIFY__TRIES_MAX", "3")
            .env("PARKPULSE_WEBHOOK__SECRET_FILE", &secret)
            .env("PARKPULSE_WEBHOOK__PRIVATE_ADDRESSES", "allowed")
            .envs(more.iter().map(|(key, value)| (*key, value)));
    })
}

/// Has the gateway send what is set aside with a code: one notification a code and day.
pub(crate) fn set_aside(server: &Server, token: &str, code: &str) {
    let reading = match code {
        "unknown_meter" => {
            r#"{"meter":"X-404","at":"2026-11-22T08:00:00+08:00","values":{"kw":1}}"#
        }
        "unknown_indicator" => {
            r#"{"meter":"E-01","at":"2026-11-22T08:00:00+08:00","values":{"no_such":1}}"#
        }
        "bad_time" => r#"{"meter":"E-01","at":"2026-02-30T08:00:00+08:00","values":{"kw":1}}"#,
        _ => panic!("{code}"),
    };
    let header = format!("Authorization: Bearer {token}");
    let answer = server.send("POST", "/api/v1/readings", &[&header], reading.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(answer.json()["quarantined"][0]["code"], code);
}

fn notifications(server: &Server, who: &str) -> Value {
    let answer = server.get_as("/api/v1/notifications", &[who]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn codes(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap().iter();
    items
        .map(|one| one["told"]["code"].as_str().unwrap_or_default().to_owned())
        .collect()
}

pub(crate) fn deliveries(server: &Server, who: &str, state: &str) -> Value {
    let answer = server.get_as(&format!("/api/v1/deliveries?state={state}"), &[who]);
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

fn post(server: &Server, who: &str, path: &str, body: &Value) -> u16 {
    let headers = ["Content-Type: application/json", who];
    server
        .send("POST", path, &headers, body.to_string().as_bytes())
        .status
}

/// The system administrator, signed in.
pub(crate) fn sys(stage: &Stage, server: &Server) -> String {
    let mut sys = stage.person("sys.one", "sys", "");
    server.sign_in(&mut sys);
    sys.cookie
}

#[test]
fn each_finds_ones_own_notifications_and_nothing_leaves_where_nothing_is_configured() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = serve(&stage, &[]);
    let own = program(&stage, "own.clerk", "enterprise", ENTERPRISE);
    let other_code = code(77).to_string();
    stage.import(
        "parks",
        "more.csv",
        "park,name,district,kind\np2,二号园,高新区,\n",
    );
    let other = format!(
        "enterprise,name,park,area,industry,scale,established,group,capital_origin\n{other_code},乙厂,p2,,C39,above,2015-01-01,,\n"
    );
    stage.import("enterprises", "other.csv", &other);
    let stranger = program(&stage, "other.clerk", "enterprise", &other_code);
    let here = program(&stage, "op.here", "operator", "p1");
    let elsewhere = program(&stage, "op.elsewhere", "operator", "p2");
    set_aside(&server, &token, "unknown_meter");
    let page = until(WITHIN, "the notification", || {
        let page = notifications(&server, &own);
        (page["unread"] == 1).then_some(page)
    });
    let one = &page["items"][0];
    assert_eq!(
        (&one["kind"], &one["about"]),
        (&json!("aside"), &json!(GATEWAY))
    );
    assert_eq!(
        (&one["enterprise"], &one["read"]),
        (&json!(ENTERPRISE), &json!(false))
    );
    assert_eq!(codes(&notifications(&server, &here)), ["unknown_meter"]);
    for who in [&stranger, &elsewhere] {
        let page = notifications(&server, who);
        assert_eq!((&page["items"], &page["unread"]), (&json!([]), &json!(0)));
    }
    // The same again is no news.
    set_aside(&server, &token, "unknown_meter");
    set_aside(&server, &token, "bad_time");
    until(WITHIN, "the second notification", || {
        (codes(&notifications(&server, &own)) == ["bad_time", "unknown_meter"]).then_some(())
    });
    // Read is what one read oneself; what is another's is passed over.
    let number = &one["number"];
    let read = json!({ "numbers": [number] });
    assert_eq!(
        post(&server, &stranger, "/api/v1/notifications/read", &read),
        204
    );
    assert_eq!(notifications(&server, &own)["unread"], 2);
    assert_eq!(
        post(&server, &own, "/api/v1/notifications/read", &read),
        204
    );
    let unread = server
        .get_as("/api/v1/notifications?unread=true", &[&own])
        .json();
    assert_eq!(codes(&unread), ["bad_time"]);
    assert_eq!(notifications(&server, &here)["unread"], 2);
    let all = json!({ "up_to": 1_000 });
    assert_eq!(post(&server, &own, "/api/v1/notifications/read", &all), 204);
    assert_eq!(notifications(&server, &own)["unread"], 0);
    let sys = sys(&stage, &server);
    assert_eq!(deliveries(&server, &sys, "waiting")["counts"], json!({}));
    server.stop();
}

#[test]
fn a_gateway_that_falls_silent_is_told_of_until_it_speaks_again() {
    let stage = Stage::new();
    let token = stage.register_park();
    let server = serve(&stage, &[("PARKPULSE_NOTIFY__SILENT_AFTER", "2 s".into())]);
    let own = program(&stage, "own.clerk", "enterprise", ENTERPRISE);
    let speak = || {
        let at = jiff::Timestamp::now().as_second();
        let reading = format!(r#"{{"meter":"E-01","at":{at},"values":{{"kw":1}}}}"#);
        let header = format!("Authorization: Bearer {token}");
        let answer = server.send("POST", "/api/v1/readings", &[&header], reading.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    speak();
    let silent = |wanted: bool| {
        until(WITHIN, "the gateway's state", || {
            let page = notifications(&server, &own);
            let one = &page["items"][0];
            let is_told = one["kind"] == "gateway_silent" && one["ended_at"].is_null();
            (is_told == wanted && !page["items"].as_array()?.is_empty()).then_some(())
        });
    };
    silent(true);
    speak();
    silent(false);
    server.stop();
}

#[test]
fn calls_are_signed_come_again_are_given_up_and_sent_again_through_a_restart() {
    let stage = Stage::new();
    let token = stage.register_park();
    let called = Called::new();
    let foreign = Called::new();
    let more = [(
        "PARKPULSE_WEBHOOK__TO",
        format!(
            "enterprise {ENTERPRISE} {},operator p2 {}",
            called.address, foreign.address
        ),
    )];
    let server = serve(&stage, &more);
    let admin = sys(&stage, &server);
    // Two failures of the server at the other end, then it takes it: the same call three times.
    called.answer(&[503, 500]);
    set_aside(&server, &token, "unknown_meter");
    until(WITHIN, "the call", || {
        (deliveries(&server, &admin, "sent")["counts"]["sent"] == 1).then_some(())
    });
    let calls = called.calls();
    assert_eq!(calls.len(), 3);
    for call in &calls {
        assert!(call.is_signed_with(SECRET), "{call:?}");
        assert!(!call.is_signed_with("another secret of thirty-two letters"));
        assert_eq!(
            call.headers["x-parkpulse-delivery"],
            calls[0].headers["x-parkpulse-delivery"]
        );
        assert_eq!(call.json()["told"]["code"], "unknown_meter");
        assert!(
            call.json()["text"]["zh-CN"]
                .as_str()
                .unwrap()
                .contains(GATEWAY)
        );
    }
    it_is_given_up_and_sent_again(&stage, (&server, &admin, &token), &called);
    // One that is refused as such is not tried again.
    called.answer(&[410]);
    set_aside(&server, &token, "unknown_indicator");
    until(WITHIN, "it is refused", || {
        (deliveries(&server, &admin, "dead")["counts"]["dead"] == 1).then_some(())
    });
    assert_eq!(called.calls().len(), 8);
    assert_eq!(foreign.calls().len(), 0, "another park's operator was told");
    let log = server.log();
    assert!(
        !log.contains(SECRET) && !log.contains(&called.address),
        "{log}"
    );
    server.stop();
}

fn it_is_given_up_and_sent_again(
    stage: &Stage,
    (server, admin, token): (&Server, &str, &str),
    called: &Called,
) {
    // It fails for good: given up after three, with why, until somebody sends it again.
    called.answer(&[500; 3]);
    set_aside(server, token, "bad_time");
    let dead = until(WITHIN, "it is given up", || {
        let page = deliveries(server, admin, "dead");
        page["items"].get(0).cloned()
    });
    assert_eq!(
        (&dead["tries"], &dead["channel"]),
        (&json!(3), &json!("webhook"))
    );
    assert!(dead["fault"].as_str().unwrap().contains("500"), "{dead}");
    // What it tells is not the administrator's to see; that something was given up is.
    assert!(!dead.to_string().contains("bad_time"));
    until(WITHIN, "the administrator is told", || {
        let page = notifications(server, admin);
        (page["items"][0]["kind"] == "delivery_dead").then_some(())
    });
    let address = format!("/api/v1/deliveries/{}/again", dead["number"]);
    let clerk = program(stage, "own.clerk", "enterprise", ENTERPRISE);
    assert_eq!(post(server, &clerk, &address, &json!({})), 404);
    assert_eq!(server.post(&address, admin, &json!({})).status, 204);
    until(WITHIN, "it arrives", || {
        (called.calls().len() == 7).then_some(())
    });
}

#[test]
fn what_waits_survives_a_restart_is_bounded_and_goes_to_no_private_address_unasked() {
    let stage = Stage::new();
    let token = stage.register_park();
    // Nobody listens there yet.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let place = listener.local_addr().unwrap();
    drop(listener);
    let to = format!("bureau http://{place}/hook");
    let slow = |to: String| {
        [
            ("PARKPULSE_WEBHOOK__TO", to),
            ("PARKPULSE_NOTIFY__TRIES_MAX", "1000".to_owned()),
            ("PARKPULSE_NOTIFY__WAITING_MAX", "1".to_owned()),
        ]
    };
    let server = serve(&stage, &slow(to.clone()));
    let admin = sys(&stage, &server);
    set_aside(&server, &token, "unknown_meter");
    until(WITHIN, "one that waits", || {
        let page = deliveries(&server, &admin, "waiting");
        (page["items"][0]["tries"].as_u64()? > 0).then_some(())
    });
    // The queue is full: the next one lies dead, and is not lost.
    set_aside(&server, &token, "bad_time");
    let dead = until(WITHIN, "the one too many", || {
        deliveries(&server, &admin, "dead")["items"].get(0).cloned()
    });
    assert_eq!(dead["fault"], "queue_full");
    server.stop();
    // By default no private address is called, not even for what waits already.
    let secret = stage.path("hook.secret");
    let server = stage.serve_with(|command| {
        command
            .envs(slow(to.clone()))
            .env("PARKPULSE_NOTIFY__RETRY_FIRST", "50 ms")
            .env("PARKPULSE_WEBHOOK__SECRET_FILE", &secret);
    });
    let called = Called::on(TcpListener::bind(place).unwrap());
    let mut admin = stage.person("sys.two", "sys", "");
    server.sign_in(&mut admin);
    until(WITHIN, "it is refused", || {
        let page = deliveries(&server, &admin.cookie, "waiting");
        page["items"][0]["fault"]
            .as_str()?
            .contains("private")
            .then_some(())
    });
    assert_eq!(called.calls().len(), 0);
    server.stop();
    // Allowed, after a restart: what waited arrives.
    let server = serve(&stage, &slow(to));
    until(WITHIN, "it arrives", || {
        (!called.calls().is_empty()).then_some(())
    });
    assert!(called.calls()[0].is_signed_with(SECRET));
    server.stop();
}

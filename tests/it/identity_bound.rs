//! Who somebody is at the identity server is bound to one account, once: names change and are given away
//! there. And an identity server that is slow holds up nobody who does not wait for it.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::identity::{REFUSED, by_liar, real_for, served, to};
use crate::identity_liar::{CLIENT, Liar};
use crate::pages_browser::run_node;
use crate::sign_in_office::{log, me};
use crate::stage::{ENTERPRISE, Stage, cookie_of, until};

#[test]
fn a_reset_frees_the_account_and_what_nobody_came_for_is_not_taken_by_name() {
    let liar = Liar::start();
    let (ground, server) = served(&liar.issuer, |_| {});
    let mut sec = ground.person("sec.one", "sec", "");
    server.sign_in(&mut sec);
    ground.person("clerk.one", "enterprise", ENTERPRISE);
    ground.person("clerk.two", "enterprise", ENTERPRISE);
    let as_sub = |sub: &'static str, name: &str| {
        by_liar(&server, &liar, name, |says| says.claims["sub"] = json!(sub))
    };
    assert_eq!(to(&as_sub("42", "clerk.one")), "/login");
    // The name was given to somebody else there; and the first one never becomes a second account.
    assert_eq!(to(&as_sub("43", "clerk.one")), REFUSED);
    let renamed = as_sub("42", "clerk.two");
    assert_eq!(me(&server, &cookie_of(&renamed))["name"], "clerk.one");
    // Whoever gives keys undoes it; then it is bound anew.
    let reset = server.post("/api/v1/people/clerk.one/reset", &sec.cookie, &json!({}));
    assert_eq!(reset.status, 200, "{}", reset.text());
    assert_eq!(to(&as_sub("43", "clerk.one")), "/login");
    assert_eq!(to(&as_sub("42", "clerk.one")), REFUSED);
    // An ended account is nobody's, by whatever way.
    let ended = server.post("/api/v1/people/clerk.one/end", &sec.cookie, &json!({}));
    assert_eq!(ended.status, 204);
    assert_eq!(to(&as_sub("43", "clerk.one")), REFUSED);
    // It stands across a restart: in the file, not in the process.
    assert_eq!(to(&as_sub("44", "clerk.two")), "/login");
    // Whoever chose a password here is somebody: the name alone is not, and there is no second factor to
    // tell them apart. Whoever gives keys says that they are the same, by a reset.
    let mut own = ground.person("own.one", "enterprise", ENTERPRISE);
    server.sign_in(&mut own);
    assert_eq!(to(&as_sub("46", "own.one")), REFUSED);
    assert!(server.log().contains("identity_has_password"));
    let reset = server.post("/api/v1/people/own.one/reset", &sec.cookie, &json!({}));
    assert_eq!(reset.status, 200, "{}", reset.text());
    assert_eq!(to(&as_sub("46", "own.one")), "/login");
    // A password that was given eight days ago and never come for binds nobody.
    ground.person("late.one", "enterprise", ENTERPRISE);
    let file = rusqlite::Connection::open(ground.data_dir().join("registry.db")).unwrap();
    file.busy_timeout(Duration::from_secs(10)).unwrap();
    let aged = "UPDATE person_password SET set_at = set_at - 8 * 86400000
                WHERE person = (SELECT number FROM person WHERE account = 'late.one')";
    assert_eq!(file.execute(aged, []).unwrap(), 1);
    assert_eq!(to(&as_sub("45", "late.one")), REFUSED);
}

/// A server that takes calls and says nothing.
fn silent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let kept: Vec<_> = listener.incoming().collect();
        drop(kept);
    });
    address
}

#[test]
fn many_who_are_sent_to_a_silent_server_do_not_wait_one_behind_the_other() {
    let (_stage, server) = served(&silent(), |_| {});
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..12 {
            scope.spawn(|| {
                let gone = server.get_as("/api/v1/sign-in/identity", &[]);
                assert_eq!(to(&gone), "/login?identity=unreachable");
            });
        }
    });
    // One waits for at most a turn and an answer, 5 s each; one behind the other took a minute.
    assert!(
        begun.elapsed() < Duration::from_secs(25),
        "{:?}",
        begun.elapsed()
    );
    assert!(
        server.log().contains("identity_unreachable"),
        "{}",
        server.log()
    );
}

/// An address that is known before the server behind it is: it passes on what comes.
struct Front {
    address: String,
    listener: TcpListener,
}

impl Front {
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        Self { address, listener }
    }

    /// From now on; it ends with the process.
    fn pass_on(self, to: String) {
        std::thread::spawn(move || {
            for near in self.listener.incoming() {
                let (near, Ok(far)) = (near.unwrap(), TcpStream::connect(&to)) else {
                    return;
                };
                for (from, into) in [(&near, &far), (&far, &near)] {
                    let (from, into) = (from.try_clone().unwrap(), into.try_clone().unwrap());
                    std::thread::spawn(move || carry(from, into));
                }
            }
        });
    }
}

fn carry(mut from: TcpStream, mut into: TcpStream) {
    let mut chunk = [0; 16_384];
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        if into.write_all(&chunk[..count]).is_err() {
            break;
        }
    }
    let _ = into.shutdown(std::net::Shutdown::Write);
}

#[test]
fn people_sign_in_with_a_real_identity_server_in_chromium() {
    let (aside, front) = (Stage::new(), Front::open());
    let redirect = format!("{}/api/v1/sign-in/identity/back", front.address);
    let provider = real_for(&aside, "0", 0, &redirect);
    let secret = aside.path("client-secret");
    std::fs::write(&secret, "planted client secret").unwrap();
    let (ground, server) = served(&provider.issuer, |command| {
        command
            .env("PARKPULSE_IDENTITY__CLIENT_SECRET_FILE", &secret)
            .env("PARKPULSE_IDENTITY__CLIENT_ID", CLIENT)
            .env("PARKPULSE_IDENTITY__REDIRECT", &redirect);
    });
    let mut aud = ground.person("aud.one", "aud", "");
    server.sign_in(&mut aud);
    ground.person("clerk.one", "enterprise", ENTERPRISE);
    let mut operator = ground.person("op.one", "operator", "p1");
    server.sign_in(&mut operator);
    let here = front.address.clone();
    front.pass_on(server.http.clone());
    run_node(
        "tests/browser/identity-real.test.mjs",
        &[
            ("PARKPULSE_URL", here),
            ("PARKPULSE_CODE", operator.recovery.pop().unwrap()),
        ],
    );
    let bound = until(Duration::from_secs(5), "the records", || {
        let records = log(&server, &aud);
        let bound = records
            .iter()
            .filter(|one| one["action"] == "identity.bind");
        (bound.count() == 2).then_some(2)
    });
    assert_eq!(bound, 2);
}

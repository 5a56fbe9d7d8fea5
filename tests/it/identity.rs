//! Signing in with an identity server: a real one (`oidc-provider` of npm, certified by the `OpenID`
//! foundation), and one that lies in every way that matters.

use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::identity_liar::{CLIENT, Liar, Says};
use crate::sign_in_office::{log, me};
use crate::stage::{Answer, ENTERPRISE, Person, Server, Stage, cookie_of, request, until};

const BACK: &str = "/api/v1/sign-in/identity/back";
pub(crate) const REFUSED: &str = "/login?identity=refused";

/// A served park with people; `more` says where the identity server is.
pub(crate) fn served(issuer: &str, more: impl FnOnce(&mut Command)) -> (Stage, Server) {
    let stage = Stage::new();
    stage.register_park();
    let server = stage.serve_with(|command| {
        command
            .env("PARKPULSE_IDENTITY__ISSUER", issuer)
            .env("PARKPULSE_IDENTITY__CLIENT_ID", CLIENT)
            // Where a proxy would be: the test carries the answer back by hand.
            .env("PARKPULSE_IDENTITY__REDIRECT", REDIRECT);
        more(command);
    });
    (stage, server)
}

/// Registered at the real server.
const REDIRECT: &str = "https://park.example/api/v1/sign-in/identity/back";

/// A browser that was sent out: its cookie, and where it was sent.
fn sent(server: &Server) -> (String, String) {
    let gone = server.get_as("/api/v1/sign-in/identity", &[]);
    assert_eq!(gone.status, 303, "{}", gone.head);
    let line = gone.header("set-cookie").unwrap();
    for part in [
        "__Host-parkpulse-out=",
        "; Secure",
        "; HttpOnly",
        "; SameSite=Lax",
        "; Max-Age=600",
    ] {
        assert!(line.contains(part), "{line}");
    }
    (
        cookie_of(&gone),
        gone.header("location").unwrap().to_owned(),
    )
}

/// A parameter of an address.
fn parameter(address: &str, name: &str) -> String {
    let query = address.split_once('?').unwrap().1;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(one, _)| *one == name).unwrap().1.to_owned()
}

/// Comes back with what the identity server gave along.
fn back(server: &Server, cookie: &str, state: &str, code: &str) -> Answer {
    let path = format!("{BACK}?code={code}&state={state}");
    server.get_as(&path, &[cookie, "Sec-Fetch-Site: cross-site"])
}

pub(crate) fn to(answer: &Answer) -> &str {
    assert_eq!(answer.status, 303, "{}", answer.head);
    answer.header("location").unwrap()
}

/// Signs in by the liar, who says what `change` makes of a right token.
pub(crate) fn by_liar(
    server: &Server,
    liar: &Liar,
    account: &str,
    change: impl FnOnce(&mut Says),
) -> Answer {
    let (cookie, address) = sent(server);
    liar.say(account, &parameter(&address, "nonce"), change);
    back(server, &cookie, &parameter(&address, "state"), "any")
}

type Lie = (&'static str, fn(&mut Says), bool);

/// What it says, and whether it proves anything.
const LIES: &[Lie] = &[
    ("nothing but the truth", |_| {}, true),
    (
        "clocks half a minute apart",
        |says| add(says, "iat", 30),
        true,
    ),
    (
        "over for half a minute",
        |says| add(says, "exp", -330),
        true,
    ),
    (
        "audiences, made for us",
        |says| {
            says.claims["aud"] = json!(["other", CLIENT]);
            says.claims["azp"] = json!(CLIENT);
        },
        true,
    ),
    ("no kid", |says| says.head = json!({"alg": "ES256"}), true),
    (
        "another issuer",
        |says| says.claims["iss"] = json!("https://evil.example"),
        false,
    ),
    (
        "for somebody else",
        |says| says.claims["aud"] = json!("other"),
        false,
    ),
    (
        "audiences, made for another",
        |says| {
            says.claims["aud"] = json!(["other", CLIENT]);
            says.claims["azp"] = json!("other");
        },
        false,
    ),
    (
        "audiences, made for nobody says whom",
        |says| says.claims["aud"] = json!(["other", CLIENT]),
        false,
    ),
    ("over for two minutes", |says| add(says, "exp", -420), false),
    (
        "from two minutes ahead",
        |says| add(says, "iat", 120),
        false,
    ),
    (
        "not before two minutes",
        |says| {
            let at = says.claims["iat"].as_i64().unwrap() + 120;
            says.claims["nbf"] = json!(at);
        },
        false,
    ),
    (
        "another nonce",
        |says| says.claims["nonce"] = json!("x"),
        false,
    ),
    ("no nonce", |says| says.claims["nonce"] = Value::Null, false),
    ("no end", |says| says.claims["exp"] = Value::Null, false),
    (
        "signed by another key",
        |says| says.signed_by_published = false,
        false,
    ),
    (
        "signed by nobody",
        |says| says.head = json!({"alg": "none"}),
        false,
    ),
    (
        "signed with a secret",
        |says| says.head = json!({"alg": "HS256", "kid": "one"}),
        false,
    ),
    (
        "a key that is not published",
        |says| says.head = json!({"alg": "ES256", "kid": "two"}),
        false,
    ),
    (
        "another kind of key",
        |says| says.head = json!({"alg": "RS256", "kid": "one"}),
        false,
    ),
    ("no name", |says| named(says, &Value::Null), false),
    ("a number as name", |says| named(says, &json!(7)), false),
    (
        "a name that nobody can have",
        |says| named(says, &json!("' OR 1=1")),
        false,
    ),
    (
        "somebody who is not here",
        |says| named(says, &json!("nobody.x")),
        false,
    ),
    (
        "an administrator",
        |says| named(says, &json!("sec.one")),
        false,
    ),
    (
        "whose account has ended",
        |says| named(says, &json!("gone.one")),
        false,
    ),
    (
        "who was named otherwise since",
        |says| says.claims["preferred_username"] = json!("nobody.x"),
        true,
    ),
    (
        "who has no name any more",
        |says| says.claims["preferred_username"] = Value::Null,
        true,
    ),
    (
        "the name of an account that is somebody else's",
        |says| named(says, &json!("clerk.one")),
        false,
    ),
    ("no sub", |says| says.claims["sub"] = Value::Null, false),
    (
        "a number as sub",
        |says| says.claims["sub"] = json!(42),
        false,
    ),
    ("an empty sub", |says| says.claims["sub"] = json!(""), false),
    (
        "a sub that is too long",
        |says| says.claims["sub"] = json!("4".repeat(256)),
        false,
    ),
    (
        "a code that it does not take",
        |says| says.status = 400,
        false,
    ),
];

/// Somebody whom nobody here was ever bound to, by this name.
fn named(says: &mut Says, name: &Value) {
    says.claims["sub"] = json!("77");
    says.claims["preferred_username"] = name.clone();
}

fn add(says: &mut Says, claim: &str, seconds: i64) {
    let at = says.claims[claim].as_i64().unwrap();
    says.claims[claim] = json!(at + seconds);
}

#[test]
fn only_a_token_that_proves_it_signs_somebody_in_who_is_here_already() {
    let liar = Liar::start();
    let (ground, server) = served(&liar.issuer, |_| {});
    let mut sec = ground.person("sec.one", "sec", "");
    let mut aud = ground.person("aud.one", "aud", "");
    for person in [&mut sec, &mut aud] {
        server.sign_in(person);
    }
    ground.person("clerk.one", "enterprise", ENTERPRISE);
    ground.person("gone.one", "enterprise", ENTERPRISE);
    let ended = server.post("/api/v1/people/gone.one/end", &sec.cookie, &json!({}));
    assert_eq!(ended.status, 204);
    let people = || server.get_as("/api/v1/people", &[&sec.cookie]).json()["items"].clone();
    let before = people().as_array().unwrap().len();
    // The first time binds, on the record.
    by_liar(&server, &liar, "clerk.one", |_| {});
    let bound = &log(&server, &aud)[0];
    assert_eq!(
        (&bound["action"], &bound["result"]),
        (&json!("identity.bind"), &json!("done"))
    );
    let told = bound["object"].as_str().unwrap();
    assert_eq!(told, format!("clerk.one is 42 at {}", liar.issuer));
    for (what, lie, proves) in LIES {
        let records = log(&server, &aud).len();
        let answer = by_liar(&server, &liar, "clerk.one", lie);
        let expected = if *proves { "/login" } else { REFUSED };
        assert_eq!(to(&answer), expected, "{what}: {}", server.log());
        let who = me(&server, &cookie_of(&answer));
        let role = if *proves { "enterprise" } else { "public" };
        assert_eq!(who["role"], role, "{what}");
        let fresh = log(&server, &aud);
        assert_eq!(fresh.len() - records, 1, "{what}");
        let result = if *proves { "done" } else { "refused" };
        let told = (&fresh[0]["action"], &fresh[0]["result"]);
        assert_eq!(told, (&json!("session.begin"), &json!(result)), "{what}");
    }
    assert_eq!(
        people().as_array().unwrap().len(),
        before,
        "nobody was made"
    );
    // A browser that did not go, one that went for another, and a second time.
    let (cookie, address) = sent(&server);
    let (state, nonce) = (parameter(&address, "state"), parameter(&address, "nonce"));
    liar.say("clerk.one", &nonce, |_| {});
    let (other, _address) = sent(&server);
    for (what, browser, state) in [
        ("no cookie", "X: y", state.as_str()),
        ("no such state", &cookie, "x"),
        ("somebody else's", &other, &state),
        ("used by that attempt", &cookie, &state),
    ] {
        assert_eq!(to(&back(&server, browser, state, "any")), REFUSED, "{what}");
    }
    let given_up = server.get_as(&format!("{BACK}?error=access_denied&state=x"), &[&other]);
    assert_eq!(to(&given_up), REFUSED);
    // It says that it is another one: nobody is sent there once we ask again.
    let again = server.get_as("/api/v1/sign-in", &[]).json();
    assert_eq!(again["identity"], true);
}

#[test]
fn a_server_that_is_another_one_or_not_there_gets_nobody() {
    let liar = Liar::start();
    liar.say("clerk.one", "x", |says| {
        says.discovery_issuer = "https://evil.example".into();
    });
    let (_stage, server) = served(&liar.issuer, |_| {});
    let gone = server.get_as("/api/v1/sign-in/identity", &[]);
    assert_eq!(to(&gone), "/login?identity=unreachable");
    let (_stage, server) = served("http://127.0.0.1:9", |_| {});
    let gone = server.get_as("/api/v1/sign-in/identity", &[]);
    assert_eq!(to(&gone), "/login?identity=unreachable");
}

/// The real server, as a process; killed when dropped.
pub(crate) struct Real {
    child: Child,
    pub(crate) issuer: String,
}

impl Drop for Real {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts it: on `port` (0: a free one), its clock `ahead_s` seconds before ours.
fn real(stage: &Stage, port: &str, ahead_s: i64) -> Real {
    real_for(stage, port, ahead_s, REDIRECT)
}

/// As [`real`], sending people back to `redirect`.
pub(crate) fn real_for(stage: &Stage, port: &str, ahead_s: i64, redirect: &str) -> Real {
    let web = concat!(env!("CARGO_MANIFEST_DIR"), "/dashboards/web");
    let module = std::path::Path::new(web).join("node_modules/oidc-provider");
    assert!(
        module.exists(),
        "run `make pages` first: {}",
        module.display()
    );
    let told = stage.path("issuer");
    let _ = std::fs::remove_file(&told);
    let child = Command::new("node")
        .arg("tests/identity/provider.mjs")
        .current_dir(web)
        .env("PORT", port)
        .env("AHEAD_S", ahead_s.to_string())
        .env("CLIENT", CLIENT)
        .env("SECRET", "planted client secret")
        .env("REDIRECT", redirect)
        .env("TOLD", &told)
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let issuer = until(Duration::from_secs(30), "the identity server", || {
        std::fs::read_to_string(&told)
            .ok()
            .filter(|text| !text.is_empty())
    });
    Real { child, issuer }
}

/// A browser at the real server: signs `account` in there and hands back what it sends along.
fn at_real(real: &Real, address: &str, account: &str) -> String {
    let host = real.issuer.strip_prefix("http://").unwrap();
    let mut cookies: Vec<(String, String)> = Vec::new();
    let (mut path, mut body) = (address.strip_prefix(&real.issuer).unwrap().to_owned(), None);
    for _ in 0..20 {
        let line = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let line = format!("Cookie: {}", line.collect::<Vec<_>>().join("; "));
        let kind = "Content-Type: application/x-www-form-urlencoded";
        let sent: Option<String> = body.take();
        let method = if sent.is_some() { "POST" } else { "GET" };
        let bytes = sent.unwrap_or_default().into_bytes();
        let answer = request(host, method, &path, &[&line, kind], &bytes);
        for line in answer.head.lines().filter_map(|line| line.split_once(": ")) {
            if line.0.eq_ignore_ascii_case("set-cookie") {
                let pair = line.1.split(';').next().unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                cookies.retain(|(known, _)| known != name);
                cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        if let Some(next) = answer.header("location") {
            if next.starts_with(REDIRECT) {
                return next.to_owned();
            }
            next.strip_prefix(&real.issuer)
                .unwrap_or(next)
                .clone_into(&mut path);
            continue;
        }
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        let page = answer.text();
        let is_login = page.contains("name=\"login\"");
        body = Some(if is_login {
            format!("prompt=login&login={account}&password=x")
        } else {
            "prompt=consent".to_owned()
        });
    }
    panic!("it goes round in circles: {path}");
}

/// Through the whole way with the real server.
fn by_real(server: &Server, real: &Real, account: &str) -> Answer {
    let (cookie, address) = sent(server);
    let returned = at_real(real, &address, account);
    let (state, code) = (parameter(&returned, "state"), parameter(&returned, "code"));
    back(server, &cookie, &state, &code)
}

#[test]
fn a_real_identity_server_signs_people_in_with_our_second_factor_and_changed_keys() {
    let aside = Stage::new();
    let provider = real(&aside, "0", 0);
    let secret = aside.path("client-secret");
    std::fs::write(&secret, "planted client secret\n").unwrap();
    let (ground, server) = served(&provider.issuer, |command| {
        command.env("PARKPULSE_IDENTITY__CLIENT_SECRET_FILE", &secret);
    });
    ground.person("clerk.one", "enterprise", ENTERPRISE);
    ground.person("sys.one", "sys", "");
    let mut operator = ground.person("op.one", "operator", "p1");
    server.sign_in(&mut operator);
    let clerk = by_real(&server, &provider, "clerk.one");
    assert_eq!(to(&clerk), "/login", "{}", server.log());
    assert_eq!(me(&server, &cookie_of(&clerk))["role"], "enterprise");
    let progress = server
        .get_as("/api/v1/sign-in", &[&cookie_of(&clerk)])
        .json();
    assert_eq!(progress["next"], "done");
    // Who has a second factor here shows it here.
    let half = by_real(&server, &provider, "op.one");
    assert_eq!(me(&server, &cookie_of(&half))["role"], "public");
    let mut person = Person {
        cookie: cookie_of(&half),
        ..operator.clone()
    };
    let code = json!({"code": person.recovery.pop().unwrap()});
    let whole = server.post("/api/v1/sign-in/code", &person.cookie, &code);
    assert_eq!(whole.json()["next"], "done", "{}", whole.text());
    assert_eq!(me(&server, &cookie_of(&whole))["role"], "operator");
    for nobody in ["sys.one", "nobody.x"] {
        assert_eq!(
            to(&by_real(&server, &provider, nobody)),
            REFUSED,
            "{nobody}"
        );
    }
    // Without the secret of PKCE, or with a code that was used, it gives nothing.
    let (cookie, address) = sent(&server);
    let challenge = parameter(&address, "code_challenge");
    let other = address.replace(&challenge, &"A".repeat(43));
    let returned = at_real(&provider, &other, "clerk.one");
    let (state, code) = (parameter(&returned, "state"), parameter(&returned, "code"));
    assert_eq!(to(&back(&server, &cookie, &state, &code)), REFUSED);
    // It starts again with other keys; then with a clock that is wrong.
    let port = provider.issuer.rsplit(':').next().unwrap().to_owned();
    drop(provider);
    for (ahead_s, expected) in [
        (0, "/login"),
        (40, "/login"),
        (150, REFUSED),
        (-7200, REFUSED),
    ] {
        let provider = real(&aside, &port, ahead_s);
        let answer = by_real(&server, &provider, "clerk.one");
        assert_eq!(to(&answer), expected, "{ahead_s}: {}", server.log());
    }
    assert!(!server.log().contains("planted client secret"));
    let shown = ground.ok(&["config", "show", "--json"]);
    assert!(!shown.contains("planted client secret"), "{shown}");
}

//! People at the door: signing in over HTTP in all steps, as a browser does.

use parkpulse::access::totp;
use serde_json::{Value, json};

use super::{Answer, Server, Stage};

/// A password that both profiles take.
pub(crate) const PASSWORD: &str = "Regen fällt 47 mal";

/// Somebody with what they know and have.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) account: String,
    pub(crate) password: String,
    /// The secret of the second factor; empty without one.
    pub(crate) secret: Vec<u8>,
    pub(crate) recovery: Vec<String>,
    /// The header with the browser's cookies.
    pub(crate) cookie: String,
}

impl Server {
    /// Sends JSON as our own pages do.
    pub(crate) fn post(&self, path: &str, cookie: &str, body: &Value) -> Answer {
        let origin = format!("Origin: http://{}", self.http);
        let mut headers = vec![
            "Content-Type: application/json",
            "Sec-Fetch-Site: same-origin",
            origin.as_str(),
        ];
        if !cookie.is_empty() {
            headers.push(cookie);
        }
        self.send("POST", path, &headers, body.to_string().as_bytes())
    }

    /// The first step of a sign-in, from a browser without cookies.
    pub(crate) fn try_password(&self, account: &str, password: &str) -> Answer {
        let body = json!({"account": account, "password": password});
        self.post("/api/v1/sign-in", "", &body)
    }

    /// Signs in with all steps; panics where one fails. `person` gets the new cookie.
    pub(crate) fn sign_in(&self, person: &mut Person) {
        let answer = self.try_password(&person.account, &person.password);
        assert_eq!(answer.status, 200, "{}", answer.text());
        person.cookie = cookie_of(&answer);
        let mut next = answer.json()["next"].clone();
        if next == "code" {
            let code = person.recovery.pop().unwrap();
            next =
                self.step(person, "/api/v1/sign-in/code", &json!({ "code": code }))["next"].clone();
        }
        if next == "password" {
            let fresh = PASSWORD.to_owned();
            let body = json!({ "password": fresh });
            next = self.step(person, "/api/v1/sign-in/password", &body)["next"].clone();
            person.password = fresh;
        }
        if next == "enrol" {
            self.enrol(person, &json!({}));
            next = "done".into();
        }
        assert_eq!(next, "done");
    }

    /// Begins and confirms a second factor.
    pub(crate) fn enrol(&self, person: &mut Person, body: &Value) {
        let answer = self.post("/api/v1/me/factor", &person.cookie, body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        person.secret = unbase32(answer.json()["secret"].as_str().unwrap());
        let now = jiff::Timestamp::now().as_millisecond();
        let step = totp::step_at(parkpulse::calendar::Moment::from_unix_ms(now));
        let body = json!({"code": totp::code(&person.secret, step, 6)});
        let codes = self.step(person, "/api/v1/me/factor/confirm", &body)["recovery_codes"].clone();
        let codes = codes.as_array().unwrap().iter();
        person.recovery = codes.map(|code| code.as_str().unwrap().into()).collect();
    }

    /// A step that must go well; the new cookie is the person's.
    fn step(&self, person: &mut Person, path: &str, body: &Value) -> Value {
        let answer = self.post(path, &person.cookie, body);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        person.cookie = cookie_of(&answer);
        answer.json()
    }
}

impl Stage {
    /// Adds somebody by the ordinary command, with the password that was printed.
    pub(crate) fn person(&self, account: &str, role: &str, scope: &str) -> Person {
        let line = [
            "user", "add", account, "--role", role, "--scope", scope, "--json",
        ];
        let printed: Value = serde_json::from_str(&self.ok(&line)).unwrap();
        Person {
            account: account.into(),
            password: printed["password"].as_str().unwrap().into(),
            secret: Vec::new(),
            recovery: Vec::new(),
            cookie: String::new(),
        }
    }
}

/// The header `Cookie` with all that an answer set.
pub(crate) fn cookie_of(answer: &Answer) -> String {
    let lines = answer.head.lines().filter_map(|line| {
        let (name, value) = line.split_once(':')?;
        let is_cookie = name.eq_ignore_ascii_case("set-cookie");
        is_cookie.then(|| value.trim().split(';').next().unwrap().to_owned())
    });
    format!("Cookie: {}", lines.collect::<Vec<_>>().join("; "))
}

/// The bytes of a text in base 32.
pub(crate) fn unbase32(text: &str) -> Vec<u8> {
    let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in text.chars() {
        held = (held << 5) | u32::try_from(letters.find(letter).unwrap()).unwrap();
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).unwrap());
            held &= (1 << bits) - 1;
        }
    }
    bytes
}

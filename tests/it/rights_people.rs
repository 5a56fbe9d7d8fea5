//! The rows of the table of rights that are about people and their keys: signing in, one's own
//! account, everybody's accounts, the audit log. And somebody of every role to ask them with.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::pages_rights::City;
use crate::rights_table::ROLES;
use crate::stage::Person;

/// As the rows of `rights_table`, with the body that is sent. `{self}` is the asker's account;
/// `{here.…}` somebody who works in the own park, `{there.…}` in another one, each for one row.
pub(crate) type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static str,
    &'static str,
);

const SIGN_IN: &str = r#"{"account":"nobody.{self}","password":"not this one"}"#;
const CODE: &str = r#"{"code":"000000"}"#;
const PASSWORD: &str = r#"{"password":"not this one"}"#;
const SETUP: &str = r#"{"code":"AAAA","account":"first","name":"x","password":"x"}"#;
const OWN: &str = r#"{"present":"not this one","password":"x"}"#;
const TOKEN: &str = r#"{"label":"x","scope":"read","days":1,"password":"Regen fällt 47 mal"}"#;
const NEW: &str = r#"{"account":"new.one","name":"新","role":"operator","scope":"*"}"#;
/// A revision that there is not, which says that it was looked at.
const CHECK: &str = r#"{"month":"2026-09","revision":999,"seen":0,"verdict":"confirmed"}"#;
const REPLAY: &str = r#"{"number":999999999,"reason":"x"}"#;
const OWN_REPLAY: &str = r#"{"number":{own.number},"reason":"x"}"#;
const OTHER_REPLAY: &str = r#"{"number":{other.number},"reason":"x"}"#;
const FOREIGN_REPLAY: &str = r#"{"number":{foreign.number},"reason":"x"}"#;
const OTHERS: &str = "{}";
const NO_SESSION: &str = r#"{"session":"0000000000000000"}"#;
const HERE: &str = r#"{"role":"operator","scope":"{here}"}"#;
const THERE: &str = r#"{"role":"operator","scope":"{there}"}"#;

#[rustfmt::skip]
pub(crate) const TABLE: &[Row] = &[
    //                                                                               pub own oth her els kio bur sys sec aud loc
    ("GET /api/v1/sign-in",           "-", "/api/v1/sign-in",          "",           "Y Y Y Y Y Y Y Y Y Y Y"),
    ("POST /api/v1/sign-in",          "-", "/api/v1/sign-in",          SIGN_IN,      "u u u u u u u u u u u"),
    ("POST /api/v1/sign-in/code",     "-", "/api/v1/sign-in/code",     CODE,         "u u u u u u u u u u u"),
    ("POST /api/v1/sign-in/password", "-", "/api/v1/sign-in/password", PASSWORD,     "u u u u u u u u u u u"),
    ("POST /api/v1/sign-in/setup",    "-", "/api/v1/sign-in/setup",    SETUP,        "u u u u u u u u u u u"),

    // There is no identity server here.
    ("GET /api/v1/sign-in/identity",      "-", "/api/v1/sign-in/identity",      "", "n n n n n n n n n n n"),
    ("GET /api/v1/sign-in/identity/back", "-", "/api/v1/sign-in/identity/back", "", "n n n n n n n n n n n"),

    // One's own; the password that is sent is not the right one, which says that it was looked at.
    ("POST /api/v1/me/password",       "-", "/api/v1/me/password",       OWN,        "n u u u u u u u u u n"),
    ("POST /api/v1/me/factor",         "-", "/api/v1/me/factor",         PASSWORD,   "u u u u u u u u u u u"),
    ("POST /api/v1/me/factor/confirm", "-", "/api/v1/me/factor/confirm", CODE,       "u u u u u u u u u u u"),
    ("POST /api/v1/me/factor/show",    "-", "/api/v1/me/factor/show",    CODE,       "n u u u u u u u u u n"),
    ("GET /api/v1/me/tokens",          "-", "/api/v1/me/tokens",         "",         "n Y Y Y Y Y Y Y Y Y n"),
    ("POST /api/v1/me/tokens",         "-", "/api/v1/me/tokens",         TOKEN,      "n Y Y Y Y n Y Y Y Y n"),
    ("POST /api/v1/me/tokens/{number}/revoke", "own number",       "/api/v1/me/tokens/{self.token}/revoke",    "", "n Y Y Y Y n Y Y Y Y n"),
    ("POST /api/v1/me/tokens/{number}/revoke", "other number",     "/api/v1/me/tokens/{number.here.x}/revoke", "", "n n n n n n n n n n n"),
    ("POST /api/v1/me/tokens/{number}/revoke", "foreign number",   "/api/v1/me/tokens/{number.there.x}/revoke","", "n n n n n n n n n n n"),
    ("POST /api/v1/me/tokens/{number}/revoke", "deleted number",   "/api/v1/me/tokens/{self.ended}/revoke",    "", "n n n n n n n n n n n"),
    ("POST /api/v1/me/tokens/{number}/revoke", "absent number",    "/api/v1/me/tokens/999999/revoke",          "", "n n n n n n n n n n n"),
    ("POST /api/v1/me/tokens/{number}/revoke", "malformed number", "/api/v1/me/tokens/x/revoke",               "", "n n n n n n n n n n n"),

    ("GET /api/v1/people",  "-", "/api/v1/people", "",  "n n n n n n n n Y n n"),
    ("GET /api/v1/staff",    "-", "/api/v1/staff",    "",  "n n n Y Y Y Y n n n Y"),
    ("GET /api/v1/sessions", "-", "/api/v1/sessions", "",  "n n n n n n n n Y n n"),
    ("GET /api/v1/rights",   "-", "/api/v1/rights",   "",  "n n n n n n n n Y n n"),
    ("GET /api/v1/health",   "-", "/api/v1/health",   "",  "n n n n n n n Y n n n"),
    ("GET /api/v1/me/sessions",      "-", "/api/v1/me/sessions",     "",     "n Y Y Y Y Y Y Y Y Y n"),
    ("POST /api/v1/me/sessions/end", "-", "/api/v1/me/sessions/end", OTHERS, "n Y Y Y Y Y Y Y Y Y n"),
    ("POST /api/v1/people/{account}/sessions/end", "own account",       "/api/v1/people/{self}/sessions/end",       NO_SESSION, "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/sessions/end", "other account",     "/api/v1/people/{here.s}/sessions/end",     OTHERS,     "n n n n n n n n Y n n"),
    ("POST /api/v1/people/{account}/sessions/end", "foreign account",   "/api/v1/people/{there.s}/sessions/end",    OTHERS,     "n n n n n n n n Y n n"),
    ("POST /api/v1/people/{account}/sessions/end", "deleted account",   "/api/v1/people/{here.ended}/sessions/end", OTHERS,     "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/sessions/end", "absent account",    "/api/v1/people/nobody.x/sessions/end",     OTHERS,     "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/sessions/end", "malformed account", "/api/v1/people/%20/sessions/end",          OTHERS,     "n n n n n n n n n n n"),
    ("POST /api/v1/people", "-", "/api/v1/people", NEW, "n n n n n n n n Y n n"),
    ("POST /api/v1/people/{account}/end", "own account",       "/api/v1/people/{self}/end",      "", "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/end", "other account",     "/api/v1/people/{here.e}/end",    "", "n n n n n n n n Y n n"),
    ("POST /api/v1/people/{account}/end", "foreign account",   "/api/v1/people/{there.e}/end",   "", "n n n n n n n n Y n n"),
    ("POST /api/v1/people/{account}/end", "deleted account",   "/api/v1/people/{here.ended}/end","", "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/end", "absent account",    "/api/v1/people/nobody.x/end",    "", "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/end", "malformed account", "/api/v1/people/%20/end",         "", "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/reset", "own account",       "/api/v1/people/{self}/reset",      "", "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/reset", "other account",     "/api/v1/people/{here.r}/reset",    "", "n n n n n n n n Y n n"),
    ("POST /api/v1/people/{account}/reset", "foreign account",   "/api/v1/people/{there.r}/reset",   "", "n n n n n n n n Y n n"),
    ("POST /api/v1/people/{account}/reset", "deleted account",   "/api/v1/people/{here.ended}/reset","", "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/reset", "absent account",    "/api/v1/people/nobody.x/reset",    "", "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/reset", "malformed account", "/api/v1/people/%20/reset",         "", "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/offices", "own account",       "/api/v1/people/{self}/offices",      THERE, "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/offices", "other account",     "/api/v1/people/{here.o}/offices",    THERE, "n n n n n n n n Y n n"),
    ("POST /api/v1/people/{account}/offices", "foreign account",   "/api/v1/people/{there.o}/offices",   HERE,  "n n n n n n n n Y n n"),
    ("POST /api/v1/people/{account}/offices", "deleted account",   "/api/v1/people/{here.ended}/offices",THERE, "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/offices", "absent account",    "/api/v1/people/nobody.x/offices",    THERE, "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/offices", "malformed account", "/api/v1/people/%20/offices",         THERE, "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/offices/end", "own account",       "/api/v1/people/{self}/offices/end",      HERE,  "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/offices/end", "other account",     "/api/v1/people/{here.f}/offices/end",    HERE,  "n n n n n n n n Y n n"),
    ("POST /api/v1/people/{account}/offices/end", "foreign account",   "/api/v1/people/{there.f}/offices/end",   THERE, "n n n n n n n n Y n n"),
    ("POST /api/v1/people/{account}/offices/end", "deleted account",   "/api/v1/people/{here.ended}/offices/end",HERE,  "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/offices/end", "absent account",    "/api/v1/people/nobody.x/offices/end",    HERE,  "n n n n n n n n n n n"),
    ("POST /api/v1/people/{account}/offices/end", "malformed account", "/api/v1/people/%20/offices/end",         HERE,  "n n n n n n n n n n n"),

    // What waits was asked for by `sec.self`, or by another for each of the three.
    ("GET /api/v1/proposals", "-", "/api/v1/proposals", "", "n n n n n n n Y Y Y n"),
    ("POST /api/v1/proposals/{number}/confirm", "own number",       "/api/v1/proposals/{self.asked}/confirm",   "", "n n n n n n n n x n n"),
    ("POST /api/v1/proposals/{number}/confirm", "other number",     "/api/v1/proposals/{asked.confirm}/confirm","", "n n n n n n n Y Y Y n"),
    ("POST /api/v1/proposals/{number}/confirm", "deleted number",   "/api/v1/proposals/{asked.closed}/confirm", "", "n n n n n n n n n n n"),
    ("POST /api/v1/proposals/{number}/confirm", "absent number",    "/api/v1/proposals/999999/confirm",         "", "n n n n n n n n n n n"),
    ("POST /api/v1/proposals/{number}/confirm", "malformed number", "/api/v1/proposals/x/confirm",              "", "n n n n n n n n n n n"),
    ("POST /api/v1/proposals/{number}/refuse",  "own number",       "/api/v1/proposals/{self.asked}/refuse",    "", "n n n n n n n n Y n n"),
    ("POST /api/v1/proposals/{number}/refuse",  "other number",     "/api/v1/proposals/{asked.refuse}/refuse",  "", "n n n n n n n Y Y Y n"),
    ("POST /api/v1/proposals/{number}/refuse",  "deleted number",   "/api/v1/proposals/{asked.closed}/refuse",  "", "n n n n n n n n n n n"),
    ("POST /api/v1/proposals/{number}/refuse",  "absent number",    "/api/v1/proposals/999999/refuse",          "", "n n n n n n n n n n n"),
    ("POST /api/v1/proposals/{number}/refuse",  "malformed number", "/api/v1/proposals/x/refuse",               "", "n n n n n n n n n n n"),

    ("GET /api/v1/audit",        "-", "/api/v1/audit",        "", "n n n n n n n n n Y n"),
    ("GET /api/v1/audit.csv",    "-", "/api/v1/audit.csv",    "", "n n n n n n n n n Y n"),
    ("GET /api/v1/audit/staff",  "-", "/api/v1/audit/staff",  "", "n Y Y Y Y Y Y n n Y Y"),
    ("GET /api/v1/audit/looks",  "-", "/api/v1/audit/looks",  "", "n Y Y n n n n n n n n"),
    ("GET /api/v1/audit/verify", "-", "/api/v1/audit/verify", "", "n n n n n n n n n Y n"),

    // What an enterprise says of its ledger, and what is taken in again (`ledger_check`, `replay_heap`).
    ("POST /api/v1/ledgers/{enterprise}/checks", "own enterprise",       "/api/v1/ledgers/{own}/checks",     CHECK, "n x n n n n n n n n n"),
    ("POST /api/v1/ledgers/{enterprise}/checks", "other enterprise",     "/api/v1/ledgers/{other}/checks",   CHECK, "n n x n n n n n n n n"),
    ("POST /api/v1/ledgers/{enterprise}/checks", "foreign enterprise",   "/api/v1/ledgers/{foreign}/checks", CHECK, "n n n n n n n n n n n"),
    ("POST /api/v1/ledgers/{enterprise}/checks", "absent enterprise",    "/api/v1/ledgers/{absent}/checks",  CHECK, "n n n n n n n n n n n"),
    ("POST /api/v1/ledgers/{enterprise}/checks", "malformed enterprise", "/api/v1/ledgers/x/checks",         CHECK, "n n n n n n n n n n n"),
    // Nothing of it can be taken in: it stays for whoever asks next.
    ("POST /api/v1/arrival/quarantine/replay",   "-", "/api/v1/arrival/quarantine/replay", OWN_REPLAY,     "n Y n Y n n n n n n Y"),
    ("POST /api/v1/arrival/quarantine/replay",   "-", "/api/v1/arrival/quarantine/replay", OTHER_REPLAY,   "n n Y Y n n n n n n Y"),
    ("POST /api/v1/arrival/quarantine/replay",   "-", "/api/v1/arrival/quarantine/replay", FOREIGN_REPLAY, "n n n n Y n n n n n Y"),
    ("POST /api/v1/arrival/quarantine/replay",   "-", "/api/v1/arrival/quarantine/replay", REPLAY,         "n n n n n n n n n n n"),

    // The last of all: it ends the session that the cells before were asked with.
    ("POST /api/v1/sign-out", "-", "/api/v1/sign-out", "", "Y Y Y Y Y Y Y Y Y Y Y"),
];

/// Those who sign in besides: an enterprise of the other park, an operator of both (`rights_ways`).
const MORE: [&str; 2] = ["far", "both"];

/// Somebody of every role who signed in, and those whom the rows are about.
pub(crate) struct Cast {
    people: BTreeMap<&'static str, Person>,
    /// By role: the numbers of a token that counts and of one that was revoked.
    tokens: BTreeMap<&'static str, [i64; 2]>,
    words: BTreeMap<String, String>,
}

impl Cast {
    /// Adds everybody; `words` name the enterprises and parks.
    pub(crate) fn of(city: &City, words: &BTreeMap<String, String>) -> Self {
        let mut cast = Self {
            people: BTreeMap::new(),
            tokens: BTreeMap::new(),
            words: BTreeMap::new(),
        };
        for role in ROLES.into_iter().chain(MORE) {
            let (office, scope) = match role {
                "public" | "local" => continue,
                "own" | "other" => ("enterprise", words[role].as_str()),
                "far" => ("enterprise", words["foreign"].as_str()),
                "here" | "both" => ("operator", city.here.as_str()),
                "elsewhere" => ("operator", city.elsewhere.as_str()),
                "kiosk" => ("kiosk", city.here.as_str()),
                same => (same, ""),
            };
            let mut person = city.stage.person(&format!("{role}.self"), office, scope);
            if role == "both" {
                let body = json!({"role": "operator", "scope": city.elsewhere});
                let path = "/api/v1/people/both.self/offices";
                let given = city.server.post(path, cast.cookie("sec"), &body);
                assert_eq!(given.status, 204, "{}", given.text());
            }
            city.server.sign_in(&mut person);
            if role == "kiosk" {
                // It takes nothing away, and has no programs.
                cast.people.insert(role, person);
                continue;
            }
            let add = || {
                let body = serde_json::from_str(TOKEN).unwrap();
                let added = city.server.post("/api/v1/me/tokens", &person.cookie, &body);
                added.json()["number"].as_i64().unwrap()
            };
            let numbers = [add(), add()];
            let revoke = format!("/api/v1/me/tokens/{}/revoke", numbers[1]);
            let revoked = city.server.post(&revoke, &person.cookie, &json!({}));
            assert_eq!(revoked.status, 204, "{role}");
            cast.tokens.insert(role, numbers);
            cast.people.insert(role, person);
        }
        cast.add_those_who_are_spoken_of(city);
        cast.ask_for_what_waits(city);
        cast
    }

    /// One account for each `{here.…}` and `{there.…}`, with a token and no password.
    fn add_those_who_are_spoken_of(&mut self, city: &City) {
        let addresses = TABLE.iter().flat_map(|row| row.2.split('{').skip(1));
        let words = addresses.map(|part| part.split('}').next().unwrap());
        let words = words.map(|word| word.trim_start_matches("number."));
        let named = words.filter(|word| word.starts_with("here.") || word.starts_with("there."));
        for word in named.collect::<BTreeSet<_>>() {
            let is_here = word.starts_with("here.");
            let park = if is_here { &city.here } else { &city.elsewhere };
            let line = ["user", "add", word, "--role", "operator", "--scope", park];
            city.stage
                .ok(&[&line[..], &["--token-days", "1", "--json"]].concat());
            self.words.insert(word.to_owned(), word.to_owned());
            let number = token_of(city, word).to_string();
            self.words.insert(format!("number.{word}"), number);
        }
        let end = "/api/v1/people/here.ended/end";
        let ended = city.server.post(end, self.cookie("sec"), &json!({}));
        assert_eq!(ended.status, 204, "{}", ended.text());
    }

    /// A proposal of `sec.self`, one that is decided, and those that each of the three may decide.
    fn ask_for_what_waits(&mut self, city: &City) {
        let mut second = city.stage.person("sec.two", "sec", "");
        city.server.sign_in(&mut second);
        let ask = |cookie: &str, account: &str| {
            let line = ["user", "add", account, "--role", "sys", "--token-days", "1"];
            city.stage.ok(&[&line[..], &["--json"]].concat());
            let path = format!("/api/v1/people/{account}/end");
            let asked = city.server.post(&path, cookie, &json!({}));
            assert_eq!(asked.status, 202, "{}", asked.text());
            asked.json()["number"].to_string()
        };
        let own = ask(self.cookie("sec"), "asked.own");
        let closed = ask(&second.cookie, "asked.closed");
        let path = format!("/api/v1/proposals/{closed}/refuse");
        let refused = city.server.post(&path, &second.cookie, &json!({}));
        assert_eq!(refused.status, 204);
        self.words.insert("asked.closed".to_owned(), closed);
        for role in ROLES.into_iter().chain(MORE) {
            let is_one = matches!(role, "sys" | "sec" | "aud");
            let mut word = |name: &str, number: String| {
                self.words.insert(format!("{role} {name}"), number);
            };
            let mine = if role == "sec" { &own } else { "999998" };
            word("self.asked", mine.to_owned());
            for how in ["confirm", "refuse"] {
                let number = if is_one {
                    ask(&second.cookie, &format!("{how}.{role}"))
                } else {
                    own.clone()
                };
                word(&format!("asked.{how}"), number);
            }
        }
    }

    /// The header of somebody's session.
    pub(crate) fn cookie(&self, role: &str) -> &str {
        &self.people[role].cookie
    }

    /// `text` with the words for `role` in it.
    pub(crate) fn filled(&self, role: &str, text: &str) -> String {
        let [token, ended] = self.tokens.get(role).copied().unwrap_or([1, 1]);
        let mut text = text
            .replace("{self}", &format!("{role}.self"))
            .replace("{self.token}", &token.to_string())
            .replace("{self.ended}", &ended.to_string());
        for (name, word) in &self.words {
            // A word for one role alone stands behind its name.
            let own = name
                .strip_prefix(role)
                .and_then(|rest| rest.strip_prefix(' '));
            text = text.replace(&format!("{{{}}}", own.unwrap_or(name)), word);
        }
        text
    }
}

/// The number of the one token of an account, which no answer tells to others.
fn token_of(city: &City, account: &str) -> i64 {
    let file = city.stage.data_dir().join("registry.db");
    let file = rusqlite::Connection::open(file).unwrap();
    let sql = "SELECT t.number FROM person_token t JOIN person p ON p.number = t.person
               WHERE p.account = ?1";
    file.query_row(sql, [account], |row| row.get(0)).unwrap()
}

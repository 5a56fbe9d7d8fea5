//! Whose things the table of rights is asked for: one of everything of three enterprises of a city.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

use crate::import::code;
use crate::pages_rights::{City, text};
use crate::stage::Server;

/// Things of three enterprises: own, in the same park, in another park.
pub(crate) struct Things {
    pub(crate) words: BTreeMap<String, String>,
    /// The header of a gateway that may send.
    pub(crate) bearer: String,
}

impl Things {
    pub(crate) fn of(city: &City, year: &str) -> Self {
        let mut words = BTreeMap::from([
            ("here".to_owned(), city.here.clone()),
            ("there".to_owned(), city.elsewhere.clone()),
            ("absent".to_owned(), code(77).to_string()),
            ("year".to_owned(), year.to_owned()),
        ]);
        let gateways = city.server.get("/api/v1/gateways?limit=1000").json();
        for (whose, park) in [
            ("own", &city.here),
            ("other", &city.here),
            ("foreign", &city.elsewhere),
        ] {
            let map = city.server.get(&format!("/api/v1/map?park={park}")).json();
            let known = [("own", &city.own), ("other", &city.other)];
            let known = known.into_iter().find(|(one, _)| *one == whose);
            let mut cells = map["cells"].as_array().unwrap().iter();
            let cell = cells.find(|cell| {
                let all = cell["enterprises"].as_array().unwrap();
                let is_it = |one: &Value| known.is_none_or(|(_, code)| one == code.as_str());
                all.len() == 1 && is_it(&all[0]["enterprise"])
            });
            let cell = cell.unwrap();
            let enterprise = text(&cell["enterprises"][0]["enterprise"]);
            let mut gateways = gateways["items"].as_array().unwrap().iter();
            let gateway = gateways.find(|one| one["enterprise"] == enterprise.as_str());
            let address = format!("/api/v1/arrival?enterprise={enterprise}");
            let arrival = city.server.get(&address).json();
            let mut meters = arrival["meters"].as_array().unwrap().iter();
            let meter = meters
                .find(|one| one["indicator"] == "kwh_register")
                .unwrap();
            words.insert(format!("{whose}.parcel"), text(&cell["parcel"]));
            words.insert(
                format!("{whose}.gateway"),
                text(&gateway.unwrap()["gateway"]),
            );
            words.insert(format!("{whose}.meter"), text(&meter["meter"]));
            let gateway = &words[&format!("{whose}.gateway")];
            words.insert(format!("{whose}.number"), set_aside(city, gateway));
            words.insert(whose.to_owned(), enterprise);
        }
        let bearer = bearer_of(city, &bystander(city, &words));
        let mut things = Self { words, bearer };
        things.add_meters(city);
        things.add_what_ended(city);
        things.add_deliveries(city);
        things
    }

    /// For each of the three a meter of which two values came for one moment: a conflict; and one that
    /// was taken away.
    fn add_meters(&mut self, city: &City) {
        let mut table = String::from(HEAD);
        for whose in ["own", "other", "foreign"] {
            let (firm, gateway) = (&self.words[whose], &self.words[&format!("{whose}.gateway")]);
            let line = format!("{firm},{gateway},kw,,1,5000,900,,,2025-01-01");
            writeln!(table, "late-{whose},{line},").unwrap();
            writeln!(table, "past-{whose},{line},2025-06-01").unwrap();
        }
        city.stage.import("meters", "late.csv", &table);
        let at = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second() - 1_000).unwrap();
        self.words.insert("late.at".to_owned(), at.to_string());
        for whose in ["own", "other", "foreign"] {
            let (late, past) = (format!("late-{whose}"), format!("past-{whose}"));
            let gateway = self.words[&format!("{whose}.gateway")].clone();
            for value in [1, 2] {
                let at = at.as_second();
                let reading =
                    format!(r#"{{"meter":"{late}","at":{at},"values":{{"kw":{value}}}}}"#);
                send(city, &bearer_of(city, &gateway), &reading);
            }
            self.words.insert(format!("{whose}.late"), late);
            self.words.insert(format!("{whose}.past"), past);
        }
    }

    /// A gateway that was revoked, and a reading that was taken out of quarantine.
    fn add_what_ended(&mut self, city: &City) {
        let ended = "gw-that-ended";
        let own = self.words["own"].as_str();
        let add = ["gateway", "add", "--enterprise", own, "--gateway", ended];
        city.stage.ok(&add);
        city.stage.ok(&["gateway", "revoke", "--gateway", ended]);
        let gateway = self.words["own.gateway"].clone();
        let at = jiff::Timestamp::now().as_second();
        let reading = format!(r#"{{"meter":"came-later","at":{at},"values":{{"kw":1}}}}"#);
        send(city, &bearer_of(city, &gateway), &reading);
        let number = newest_aside(city, &gateway);
        let line = format!("{HEAD}came-later,{own},{gateway},kw,,1,5000,900,,,2025-01-01,\n");
        city.stage.import("meters", "later.csv", &line);
        let body = json!({"number": number.parse::<u64>().unwrap(), "reason": "x"});
        let path = "/api/v1/arrival/quarantine/replay";
        let taken = city.server.post(path, "", &body);
        assert_eq!(taken.status, 200, "{}", taken.text());
        assert!(taken.json()["items"].as_u64() > Some(0), "{}", taken.text());
        self.words.insert("own.ended".to_owned(), ended.to_owned());
        self.words.insert("own.taken".to_owned(), number);
    }

    /// A delivery that was given up and one that was sent, as a mail server would have left them.
    fn add_deliveries(&mut self, city: &City) {
        let file = city.stage.data_dir().join("registry.db");
        let file = rusqlite::Connection::open(file).unwrap();
        file.busy_timeout(Duration::from_secs(30)).unwrap();
        let told =
            "INSERT INTO notification (key, kind, matter, enterprise, park, about, told, begun_at)
                      VALUES ('of-the-table', 'ledger_revised', 'config', '', '', '', '{}', ?1)";
        let now = jiff::Timestamp::now().as_millisecond();
        file.execute(told, [now]).unwrap();
        let notification = file.last_insert_rowid();
        for (word, state) in [("given_up", "dead"), ("sent", "sent")] {
            let delivery =
                "INSERT INTO delivery (notification, channel, address, state, tries, next_at,
                                                  fault, made_at, closed_at)
                            VALUES (?1, 'mail', 'a@b.example', ?2, 9, ?3, '', ?3, ?3)";
            file.execute(delivery, (notification, state, now)).unwrap();
            let number = file.last_insert_rowid().to_string();
            self.words.insert(word.to_owned(), number);
        }
    }

    pub(crate) fn filled(&self, address: &str) -> String {
        let mut address = address.to_owned();
        for (name, word) in &self.words {
            address = address.replace(&format!("{{{name}}}"), word);
        }
        address
    }

    /// A code that must not stand in what is cut for `role`.
    pub(crate) fn foreign(&self, role: &str) -> &str {
        match role {
            "own" => &self.words["other"],
            "elsewhere" | "other" | "far" => &self.words["own"],
            _ => &self.words["foreign"],
        }
    }
}

const HEAD: &str = "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,\
                    interval_s,jitter,parent,valid_from,valid_to\n";

fn fleet(city: &City) -> Value {
    let fleet = city.stage.data_dir().join("demo-gateways.json");
    serde_json::from_str(&std::fs::read_to_string(fleet).unwrap()).unwrap()
}

/// A gateway that no row revokes.
fn bystander(city: &City, words: &BTreeMap<String, String>) -> String {
    let fleet = fleet(city);
    let mut gateways = fleet["gateways"].as_array().unwrap().iter();
    let is_named = |one: &Value| words.values().any(|word| one["gateway"] == word.as_str());
    text(&gateways.find(|one| !is_named(one)).unwrap()["gateway"])
}

/// The header of a gateway of the made-up city.
fn bearer_of(city: &City, gateway: &str) -> String {
    let fleet = fleet(city);
    let mut gateways = fleet["gateways"].as_array().unwrap().iter();
    let own = gateways.find(|one| one["gateway"] == gateway).unwrap();
    format!("Authorization: Bearer {}", text(&own["token"]))
}

fn send(city: &City, bearer: &str, reading: &str) {
    let path = "/api/v1/readings";
    let answer = city
        .server
        .send("POST", path, &[bearer], reading.as_bytes());
    assert_eq!(answer.status, 200, "{}", answer.text());
}

/// Has a gateway send a reading of a meter that nobody registered; the number it lies aside under.
fn set_aside(city: &City, gateway: &str) -> String {
    city.set_something_aside(gateway);
    newest_aside(city, gateway)
}

fn newest_aside(city: &City, gateway: &str) -> String {
    let address = format!("/api/v1/quarantine?gateway={gateway}&limit=1000");
    let list = city.server.get(&address).json();
    let item = list["items"].as_array().unwrap().last().unwrap().clone();
    item["number"].as_u64().unwrap().to_string()
}

/// A meter of `own` that counts electricity.
pub(crate) fn main_meter(server: &Server, own: &str) -> Value {
    let arrival = server
        .get(&format!("/api/v1/arrival?enterprise={own}"))
        .json();
    let mut meters = arrival["meters"].as_array().unwrap().iter();
    meters
        .find(|one| one["indicator"] == "kwh_register")
        .unwrap()
        .clone()
}

//! Whose things the table of rights is asked for: one of everything of three enterprises of a city.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::import::code;
use crate::pages_rights::{City, text};

/// Things of three enterprises: own, in the same park, in another park.
pub(crate) struct Things {
    pub(crate) words: BTreeMap<String, String>,
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
        Self { words }
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
            "elsewhere" | "other" => &self.words["own"],
            _ => &self.words["foreign"],
        }
    }
}

/// Has a gateway send a reading of a meter that nobody registered; the number it lies aside under.
fn set_aside(city: &City, gateway: &str) -> String {
    city.set_something_aside(gateway);
    let address = format!("/api/v1/quarantine?gateway={gateway}&limit=1000");
    let list = city.server.get(&address).json();
    let item = list["items"].as_array().unwrap().last().unwrap().clone();
    item["number"].as_u64().unwrap().to_string()
}

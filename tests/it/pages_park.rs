//! The made-up park under a running server, for the tests of what is shown: registered by the
//! ordinary commands, its electricity read every twelve hours and posted through the ordinary door.

use std::collections::{BTreeMap, BTreeSet};

use parkpulse::calendar::{Day, Moment, Month};
use parkpulse::demo::{self, City, Course, Reader, Scale};

use crate::stage::{Server, Stage, until};

/// Between two readings. The park itself reads every quarter of an hour; this is enough to see.
const INTERVAL_S: i64 = 12 * 3600;
const INTERVAL_COLUMN: &str = ",900,,";
/// Readings in one message.
const MESSAGE: usize = 500;

/// A park that is served.
pub(crate) struct ShownPark {
    /// Its directory lives as long as this does.
    pub(crate) stage: Stage,
    pub(crate) server: Server,
    pub(crate) city: City,
    /// By gateway.
    pub(crate) tokens: BTreeMap<String, String>,
}

/// What time it is now.
pub(crate) fn now() -> Moment {
    Moment::from_unix_ms(jiff::Timestamp::now().as_millisecond())
}

impl ShownPark {
    /// Registers the park and posts its history up to now; ready when the ledger holds it.
    pub(crate) fn open() -> Self {
        let today = Day::of(now());
        let city = City::new(1, Scale::PARK, today);
        let stage = Stage::new();
        let tokens = register(&stage, &city);
        let server = stage.serve();
        let park = Self {
            stage,
            server,
            city,
            tokens,
        };
        park.post_history();
        park.wait_for_ledger();
        park
    }

    fn post_history(&self) {
        let until = now();
        for gateway in self.city.gateways() {
            let mut readings = Vec::new();
            for meter in &gateway.meters {
                let mut readers: Vec<_> = meter
                    .channels
                    .iter()
                    .filter(|channel| channel.indicator.starts_with("kw"))
                    .map(|channel| (channel.indicator, Reader::new(channel.course)))
                    .collect();
                // The newest enterprises are metered later than the others.
                let registered = meter.channels.iter().filter_map(|one| match one.course {
                    Course::Register(register) => Some(register.since),
                    Course::State(_) => None,
                });
                let begin = self.city.since().start();
                let mut at = registered.min().map_or(begin, |since| since.max(begin));
                while at <= until && !readers.is_empty() {
                    let values = readers
                        .iter_mut()
                        .map(|(indicator, reader)| (*indicator, reader.read(at)))
                        .collect::<Vec<_>>();
                    readings.push(demo::reading(&meter.id, at, values, None));
                    at = at.plus_ms(INTERVAL_S * 1000);
                }
            }
            for part in readings.chunks(MESSAGE) {
                let body = format!("{{\"readings\":[{}]}}", part.join(","));
                let answer = self.post(&gateway.id, &body);
                assert_eq!(
                    answer["quarantined"],
                    serde_json::json!([]),
                    "{}",
                    gateway.id
                );
            }
        }
    }

    /// Sends one message as a gateway and expects it to be taken.
    pub(crate) fn post(&self, gateway: &str, body: &str) -> serde_json::Value {
        let header = format!("Authorization: Bearer {}", self.tokens[gateway]);
        let answer = self
            .server
            .send("POST", "/api/v1/readings", &[&header], body.as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    /// The answer of an address, as JSON.
    pub(crate) fn json(&self, path: &str) -> serde_json::Value {
        let answer = self.server.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    /// The enterprises that are metered from after `month` on.
    fn newer_than(&self, month: Month) -> BTreeSet<String> {
        let end = month.next().first_day().start();
        let newer = self.city.gateways().iter().filter(|gateway| {
            let channels = gateway.meters.iter().flat_map(|meter| &meter.channels);
            let since = channels.filter_map(|one| match one.course {
                Course::Register(register) => Some(register.since),
                Course::State(_) => None,
            });
            since.min().is_some_and(|since| since >= end)
        });
        newer.map(|gateway| gateway.enterprise.clone()).collect()
    }

    /// Until the ledger holds everything: every parcel is complete on which somebody stands who
    /// was metered then.
    fn wait_for_ledger(&self) {
        let within = std::time::Duration::from_mins(5);
        // Months are closed one after the other: the newest that is due comes last.
        let last = Month::of(now().plus_ms(-3 * 86_400_000)).previous();
        let newer = self.newer_than(last);
        until(within, "a complete closed month", || {
            let map = self.json(&format!("/api/v1/map?p={last}"));
            let cells = map["cells"].as_array()?;
            let is_complete = |cell: &serde_json::Value| {
                let share = cell["completeness"].as_str().unwrap_or("0");
                let mut standing = cell["enterprises"].as_array().into_iter().flatten();
                let is_newer =
                    standing.all(|one| newer.contains(one["enterprise"].as_str().unwrap()));
                cell["state"] == "not_counted" || is_newer || share.parse::<f64>().unwrap() > 99.0
            };
            (map["closed"] == true && cells.iter().all(is_complete)).then_some(())
        });
    }
}

fn register(stage: &Stage, city: &City) -> BTreeMap<String, String> {
    let mut tokens = BTreeMap::new();
    for file in city.files() {
        if file.kind == "meters" {
            tokens = city
                .gateways()
                .iter()
                .map(|gateway| (gateway.id.clone(), add(stage, gateway)))
                .collect();
        }
        let name = if file.kind == "parcels" {
            "parcels.geojson".to_owned()
        } else {
            format!("{}.csv", file.kind)
        };
        let slower = format!(",{INTERVAL_S},,");
        let text = file.text.replace(INTERVAL_COLUMN, &slower);
        let path = stage.path(&name);
        std::fs::write(&path, text).unwrap();
        let path = path.to_str().unwrap();
        let line = ["import", file.kind, path, "--crs", "EPSG:4326"];
        let words = if file.kind == "parcels" {
            &line[..]
        } else {
            &line[..3]
        };
        stage.ok(words);
    }
    tokens
}

fn add(stage: &Stage, gateway: &demo::Gateway) -> String {
    let line = [
        "gateway",
        "add",
        "--enterprise",
        &gateway.enterprise,
        "--gateway",
        &gateway.id,
        "--json",
    ];
    let printed: serde_json::Value = serde_json::from_str(&stage.ok(&line)).unwrap();
    printed["token"].as_str().unwrap().to_owned()
}

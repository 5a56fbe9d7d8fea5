//! A rated year: from statements and land of the made-up city to grades, with a digest that is the
//! same whatever the order, the threads and the time zone, and that anyone can recompute.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use parkpulse::access::Principal;
use parkpulse::calendar::{Clock, Day, Year};
use parkpulse::demo::{City, Dice, Scale};
use parkpulse::indicator;
use parkpulse::jobs::import::Kind;
use parkpulse::jobs::{BookKeeper, Provisional, assess};
use parkpulse::ledger::factor;
use parkpulse::ledger::precedence::Precedence;
use parkpulse::rating;
use parkpulse::store::registry::{Assessed, AssessedFilter, Assessment, Order};
use parkpulse::vitals::Vitals;

use crate::import::Town;

const SMALL: Scale = Scale {
    parks: 2,
    parcels: 40,
    enterprises: 30,
    meters: 30,
    days: 2,
};
const TODAY: i32 = 20_779; // 2026-11-22

/// A town with a small made-up city, its files' rows in the order that `seed` shuffles, and the
/// keeper of its book.
pub(crate) struct Office {
    pub(crate) town: Town,
    book: BookKeeper,
}

impl Office {
    pub(crate) async fn open(seed: Option<u64>, set: &[&str], schemes: &[&str]) -> Self {
        let as_it_is = |kind: &str, text: String| match seed {
            Some(seed) if kind != "parcels" => shuffled(&text, seed),
            _ => text,
        };
        Self::open_with(as_it_is, set, schemes).await
    }

    /// With the files of the city changed on the way, by kind.
    pub(crate) async fn open_with(
        change: impl Fn(&str, String) -> String,
        set: &[&str],
        schemes: &[&str],
    ) -> Self {
        let town = Town::empty().await;
        let city = City::new(1, SMALL, Day::from_number(TODAY));
        for file in city.files() {
            if matches!(file.kind, "meters" | "replacements") {
                continue;
            }
            let kind: Kind = file.kind.parse().unwrap();
            let text = change(file.kind, file.text);
            town.takes(kind, &text).await;
        }
        let set: Vec<factor::SetFactor> = set.iter().map(|text| text.parse().unwrap()).collect();
        let book = BookKeeper {
            registry: town.registry.clone(),
            catalogue: Arc::new(indicator::built_in().unwrap()),
            factors: Arc::new(factor::shipped(&set).unwrap()),
            precedence: Precedence::shipped().unwrap(),
            rating: Arc::new(assess::Settings {
                schemes: schemes.iter().map(|text| text.parse().unwrap()).collect(),
                tax: vec!["tax_net_inbound".into(), "tax_exempt_credit".into()],
                known_percent: 90,
            }),
            clock: Arc::clone(&town.clock) as Arc<dyn Clock>,
            vitals: Arc::new(Vitals::default()),
            close_after: Duration::from_hours(72),
            settling: Arc::default(),
            provisional: Provisional::default(),
        };
        Self { town, book }
    }

    pub(crate) async fn rated(&self, year: i16) -> Option<Assessment> {
        self.book.pass().await.unwrap();
        let all = self.town.registry.list_assessments(Year::new(year)).await;
        all.unwrap().pop()
    }

    pub(crate) async fn assessed(&self, one: &Assessment) -> Vec<Assessed> {
        let filter = AssessedFilter {
            order: Order::Place,
            ..AssessedFilter::all()
        };
        let who = Principal::local();
        let page = self
            .town
            .registry
            .list_assessed(&who, one, filter, None, 1000)
            .await;
        page.unwrap().entries
    }
}

/// The rows of a CSV text in another order.
fn shuffled(text: &str, seed: u64) -> String {
    let dice = Dice::new(seed);
    let mut lines = text.lines();
    let header = lines.next().unwrap();
    let mut rows: Vec<(u64, &str)> = (0..)
        .zip(lines)
        .map(|(place, row)| (dice.below(place, 1 << 40), row))
        .collect();
    rows.sort_unstable();
    let rows: Vec<&str> = rows.into_iter().map(|(_, row)| row).collect();
    format!("{header}\n{}\n", rows.join("\n"))
}

pub(crate) const EQUAL: &[&str] = &["0.3000 演示"];
pub(crate) const SCHEME: &[&str] = &["KS-DEMO-A"];

#[tokio::test]
async fn a_year_is_rated_from_what_was_stated_and_kept_with_its_digest() {
    let office = Office::open(None, EQUAL, SCHEME).await;
    let one = office.rated(2025).await.unwrap();
    assert_eq!((one.revision, one.scheme.as_str()), (1, "KS-DEMO-A"));
    let printed = rating::rate_text(&one.facts, Some(("kept", &one.scheme_text))).unwrap();
    assert_eq!(one.digest, hex::encode(Sha256::digest(printed.as_bytes())));
    let assessed = office.assessed(&one).await;
    let grades: BTreeSet<&str> = assessed.iter().map(|one| one.grade.as_str()).collect();
    assert!(
        grades.is_superset(&BTreeSet::from(["A", "B", "C"])),
        "{grades:?}"
    );
    // Every body is the unit as the command prints it.
    let array: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let units = array[0]["units"].as_array().unwrap();
    for entry in &assessed {
        let body: serde_json::Value = serde_json::from_str(&entry.body).unwrap();
        assert!(units.contains(&body), "{}", entry.body);
        let members = body["members"].as_array().unwrap();
        assert!(members.iter().any(|one| one == entry.enterprise.as_str()));
        assert_eq!(body["grade"], entry.grade.as_str());
    }
    let facts: serde_json::Value = serde_json::from_str(&one.facts).unwrap();
    let facts = facts["enterprises"].as_array().unwrap();
    assert_eq!(facts.len(), assessed.len());
    assert!(
        facts
            .iter()
            .any(|one| one["energy"]["electricity_kwh"].is_string())
    );
    assert!(
        facts
            .iter()
            .any(|one| one["pollutants_t"]["cod"].is_string())
    );
    // Nothing new: no new revision. A correction: the next one, and the first stands.
    assert_eq!(office.rated(2025).await.unwrap().revision, 1);
    let who = &assessed[0].enterprise;
    let text = format!(
        "enterprise,period,indicator,value,unit,source\n{who},2025,tax_net_inbound,12,万元,税务部门\n"
    );
    office.town.takes(Kind::Statements, &text).await;
    let two = office.rated(2025).await.unwrap();
    assert_eq!(two.revision, 2);
    assert_ne!(two.digest, one.digest);
    let registry = &office.town.registry;
    let all = registry.list_assessments(Year::new(2025)).await.unwrap();
    assert_eq!(all[0], one);
}

/// `sales`, `employees`, `rd` and `tax` of a facts file are what was stated under the indicators' names.
#[tokio::test]
async fn facts_say_what_was_stated_under_the_names_of_rate() {
    let office = Office::open(None, EQUAL, SCHEME).await;
    let one = office.rated(2025).await.unwrap();
    let facts: serde_json::Value = serde_json::from_str(&one.facts).unwrap();
    let city = City::new(1, SMALL, Day::from_number(TODAY));
    let files = city.files();
    let statements = files.iter().find(|file| file.kind == "statements").unwrap();
    let mut stated = BTreeMap::<(String, String), Decimal>::new();
    let mut reader = csv::Reader::from_reader(statements.text.as_bytes());
    for row in reader.records().map(Result::unwrap) {
        if &row[1] == "2025" {
            let key = (row[0].to_owned(), row[2].to_owned());
            stated.insert(key, row[3].parse().unwrap());
        }
    }
    let mut compared = BTreeMap::<&str, u32>::new();
    for enterprise in facts["enterprises"].as_array().unwrap() {
        let who = enterprise["id"].as_str().unwrap();
        for (name, indicators) in [
            ("sales", &["invoiced_sales"][..]),
            ("employees", &["staff_average"]),
            ("rd", &["rd_expense"]),
            // As the office's tax formula says.
            ("tax", &["tax_net_inbound", "tax_exempt_credit"]),
        ] {
            let parts = indicators
                .iter()
                .map(|one| stated.get(&(who.to_owned(), (*one).to_owned())));
            let Some(sum) = parts.sum::<Option<Decimal>>() else {
                continue;
            };
            let said: Decimal = enterprise[name].as_str().unwrap().parse().unwrap();
            assert_eq!(said, sum, "{who} {name}");
            *compared.entry(name).or_default() += 1;
        }
    }
    assert!(
        compared.len() == 4 && compared.values().all(|count| *count > 5),
        "{compared:?}"
    );
}

#[tokio::test]
async fn a_year_without_scheme_factor_or_statements_is_not_rated() {
    for (set, schemes, year) in [
        (EQUAL, &[][..], 2025),
        (EQUAL, &["2024=KS-DEMO-A"][..], 2025),
        (&[][..], SCHEME, 2025),
        (EQUAL, SCHEME, 2023),
        // The year still runs.
        (EQUAL, SCHEME, 2026),
    ] {
        let office = Office::open(None, set, schemes).await;
        assert!(
            office.rated(year).await.is_none(),
            "{set:?} {schemes:?} {year}"
        );
    }
}

/// The digests of both years under a runtime of so many threads.
fn digests(seed: Option<u64>, threads: usize) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let office = Office::open(seed, EQUAL, &["2024=HUAIAN-2024", "KS-DEMO-A"]).await;
        let mut digests = Vec::new();
        for year in [2024, 2025] {
            digests.push(office.rated(year).await.unwrap().digest);
        }
        digests
    })
}

#[test]
fn the_digest_is_equal_over_shuffled_input_and_threads() {
    let expected = digests(None, 1);
    for (seed, threads) in [(Some(7), 1), (Some(11), 2), (Some(13), 8), (None, 8)] {
        assert_eq!(digests(seed, threads), expected, "{seed:?} {threads}");
    }
}

#[tokio::test]
async fn the_digest_is_what_the_command_prints_in_any_time_zone() {
    let office = Office::open(None, EQUAL, SCHEME).await;
    let one = office.rated(2025).await.unwrap();
    let directory = tempfile::tempdir().unwrap();
    let facts = directory.path().join("facts.json");
    std::fs::write(&facts, &one.facts).unwrap();
    for zone in [
        "Asia/Shanghai",
        "UTC",
        "Pacific/Kiritimati",
        "America/Los_Angeles",
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_parkpulse"))
            .arg("rate")
            .arg(&facts)
            .args(["--scheme", &one.scheme])
            .env("TZ", zone)
            .output()
            .unwrap();
        assert!(output.status.success(), "{zone}");
        assert_eq!(
            hex::encode(Sha256::digest(&output.stdout)),
            one.digest,
            "{zone}"
        );
    }
}

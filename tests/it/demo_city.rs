//! The whole city: what is counted in it, what its statements say of whom, and a history in which
//! weekends, holidays, seasons, shifts and planted faults can be found again.

use std::collections::{BTreeMap, BTreeSet};

use parkpulse::calendar::{Day, Month};
use parkpulse::demo::{City, Course, Load, Pattern, Reader, Scale, Shown};
use parkpulse::indicator;
use parkpulse::park::EnterpriseCode;
use rust_decimal::Decimal;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::stage::{Server, Stage, parkpulse};

const TODAY: i32 = 20_779; // 2026-11-22

fn city(seed: u64) -> City {
    City::new(seed, Scale::CITY, Day::from_number(TODAY))
}

type Row = BTreeMap<String, String>;

fn rows(city: &City, kind: &str) -> Vec<Row> {
    let files = city.files();
    let file = files.iter().find(|file| file.kind == kind).unwrap();
    let mut reader = csv::Reader::from_reader(file.text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

fn number(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// The statements by enterprise and year.
fn stated(city: &City) -> BTreeMap<(String, String), BTreeMap<String, Decimal>> {
    let mut stated: BTreeMap<_, BTreeMap<String, Decimal>> = BTreeMap::new();
    let rows = rows(city, "statements");
    for row in rows.into_iter().filter(|row| row["period"].len() == 4) {
        let whose = (row["enterprise"].clone(), row["period"].clone());
        let figures = stated.entry(whose).or_default();
        let twice = figures.insert(row["indicator"].clone(), number(&row["value"]));
        assert!(twice.is_none(), "{row:?}");
    }
    stated
}

#[test]
fn a_city_has_what_was_ordered() {
    let city = city(1);
    let count = |kind: &str| rows(&city, kind).len();
    assert_eq!(
        [count("parks"), count("areas"), count("enterprises")],
        [3, 6, 150]
    );
    let meters: BTreeSet<String> = rows(&city, "meters")
        .iter()
        .map(|row| row["meter"].clone())
        .collect();
    assert_eq!(meters.len(), 400);
    let kinds: BTreeSet<String> = rows(&city, "land")
        .iter()
        .map(|row| row["kind"].clone())
        .collect();
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    assert_eq!(kinds, ["leased_floor", "leased_in", "leased_out", "owned"]);
    let enterprises = rows(&city, "enterprises");
    let industries: BTreeSet<_> = enterprises.iter().map(|row| &row["industry"]).collect();
    assert!(industries.len() >= 12, "{industries:?}");
    for row in &enterprises {
        let code: EnterpriseCode = row["enterprise"].parse().unwrap();
        assert_eq!(&code.as_str()[8..11], "DEM", "marked as made up");
    }
    let mut groups: BTreeMap<&str, usize> = BTreeMap::new();
    for row in enterprises.iter().filter(|row| !row["group"].is_empty()) {
        *groups.entry(&row["group"]).or_default() += 1;
    }
    assert_eq!(groups.into_values().collect::<Vec<_>>(), [2, 2, 2]);
    for park in rows(&city, "parks") {
        assert!(park["name"].contains("演示"), "marked as a demonstration");
    }
}

#[test]
fn statements_are_of_two_years_in_the_catalogues_units_and_fit_each_other() {
    let city = city(1);
    let catalogue = indicator::built_in().unwrap();
    for row in rows(&city, "statements") {
        let indicator = catalogue.find(&row["indicator"]).unwrap();
        assert_eq!(indicator.unit, row["unit"], "{row:?}");
    }
    let stated = stated(&city);
    let years: BTreeSet<&str> = stated.keys().map(|(_, year)| year.as_str()).collect();
    assert_eq!(years.into_iter().collect::<Vec<_>>(), ["2024", "2025"]);
    let periods = rows(&city, "statements");
    let months: BTreeSet<&str> = periods
        .iter()
        .map(|row| row["period"].as_str())
        .filter(|period| period.len() == 7)
        .collect();
    assert_eq!(months.len(), 11);
    assert!(months.contains("2025-12") && months.contains("2026-10"));
    for (whose, figures) in &stated {
        let (sales, output) = (figures["invoiced_sales"], figures["output_value"]);
        let off = (output - sales).abs() / sales;
        assert!(
            off < Decimal::new(8, 2),
            "{whose:?}: {sales} sold, {output} made"
        );
        if let Some(added) = figures.get("value_added") {
            assert!(*added < sales / Decimal::TWO, "{whose:?}");
            let a_head = added / figures["staff_average"];
            assert!(
                a_head > Decimal::new(5, 0) && a_head < Decimal::new(80, 0),
                "{whose:?}: {a_head}"
            );
        }
    }
}

#[test]
fn every_reason_of_a_rating_has_somebody_to_show_it_on() {
    let city = city(1);
    let stated = stated(&city);
    let of = |code: &str, year: &str| stated.get(&(code.to_owned(), year.to_owned()));
    let enterprises = rows(&city, "enterprises");
    let mut mu: BTreeMap<String, Decimal> = BTreeMap::new();
    for row in rows(&city, "land") {
        let m2 = match row["kind"].as_str() {
            "leased_out" => -number(&row["m2"]),
            "leased_floor" => number(&row["floor_m2"]) / number(&row["far"]),
            _ => number(&row["m2"]),
        };
        *mu.entry(row["enterprise"].clone()).or_default() += m2 * Decimal::new(15, 4);
    }
    let (mut unstated, mut negative, mut stated_facts, mut per_mu) =
        (0, 0, BTreeSet::new(), Vec::new());
    for row in &enterprises {
        let code = &row["enterprise"];
        let Some(figures) = of(code, "2025") else {
            unstated += 1;
            continue;
        };
        let tax = figures["tax_net_inbound"];
        negative += usize::from(tax < Decimal::ZERO);
        per_mu.push(tax / mu[code]);
        stated_facts.extend(figures.keys().cloned());
    }
    assert_eq!((unstated, negative), (6, 6));
    for fact in [
        "electricity_stated",
        "steam_stated",
        "pollutant_cod",
        "rd_expense",
    ] {
        assert!(stated_facts.contains(fact), "nobody has {fact}");
    }
    let new = enterprises
        .iter()
        .filter(|row| row["established"].as_str() > "2024-01-01");
    assert!((6..=12).contains(&new.count()));
    assert_eq!(
        enterprises
            .iter()
            .filter(|row| row["industry"] == "D44")
            .count(),
        3
    );
    // The borders of the demonstration's scheme part them: below 9 at most C, below 15 at most B.
    per_mu.sort();
    let below = |border: i64| {
        let border = Decimal::new(border, 0);
        per_mu.iter().filter(|value| **value < border).count() * 100 / per_mu.len()
    };
    assert!((8..=35).contains(&below(9)), "{}% below 9", below(9));
    assert!((25..=60).contains(&below(15)), "{}% below 15", below(15));
    assert!(
        (10..=45).contains(&(100 - below(25))),
        "{}% below 25",
        below(25)
    );
}

fn day(text: &str) -> Day {
    let (month, day) = text.rsplit_once('-').unwrap();
    let first = month.parse::<Month>().unwrap().first_day();
    Day::from_number(first.number() + day.parse::<i32>().unwrap() - 1)
}

fn used(load: Load, day: Day) -> u64 {
    let first = day.start().unix_ms() / 900_000;
    (first..first + 96)
        .map(|slot| load.milli_in_slot(slot))
        .sum()
}

/// The load of the first main meter that works in `pattern`.
fn load(city: &City, pattern: Pattern) -> Load {
    let registers = city
        .gateways()
        .iter()
        .map(|gateway| &gateway.meters[0].channels[0].course);
    let mut loads = registers.filter_map(|course| match course {
        Course::Register(register) => Some(register.load),
        Course::State(_) => None,
    });
    loads.find(|load| load.pattern == pattern).unwrap()
}

#[test]
fn the_year_has_weekends_holidays_seasons_and_shifts() {
    let city = city(1);
    let (shifts, office) = (
        load(&city, Pattern::TwoShifts),
        load(&city, Pattern::DayShift),
    );
    let working = day("2026-03-11");
    // Saturday, Sunday, Spring Festival and National Day.
    for rest in ["2026-03-14", "2026-03-15", "2026-02-17", "2026-10-02"] {
        assert!(
            used(shifts, day(rest)) * 100 < used(shifts, working) * 97,
            "{rest}"
        );
        assert!(
            used(office, day(rest)) * 2 < used(office, working),
            "{rest}"
        );
    }
    let august: u64 = (5..26)
        .map(|date| used(shifts, day(&format!("2026-08-{date:02}"))))
        .sum();
    let april: u64 = (5..26)
        .map(|date| used(shifts, day(&format!("2026-04-{date:02}"))))
        .sum();
    assert!(
        august * 100 > april * 110,
        "{august} in August, {april} in April"
    );
    let hour =
        |load: Load, hour: i64| load.milli_in_slot(working.start().unix_ms() / 900_000 + hour * 4);
    assert!(hour(office, 10) > 5 * hour(office, 3));
    assert!(hour(shifts, 19) > 2 * hour(shifts, 3));
    let round_the_clock = load(&city, Pattern::Continuous);
    assert!(hour(round_the_clock, 3) * 10 > hour(round_the_clock, 10) * 8);
}

/// A reader that goes on from day to day shows what one shows that is asked only once.
#[test]
fn a_reader_counts_what_the_curve_says_and_a_bill_is_a_little_off() {
    let city = city(1);
    let gateway = &city.gateways()[1];
    let Course::Register(register) = gateway.meters[0].channels[0].course else {
        panic!("no register")
    };
    let (from, days) = (city.since(), 20);
    let mut reader = Reader::new(gateway.meters[0].channels[0].course);
    let Shown::Hundredths(start) = reader.read(from.start()) else {
        panic!("no register")
    };
    let mut at = from.start();
    for _ in 0..days * 96 {
        at = at.plus_ms(900_000);
        reader.read(at);
    }
    let Shown::Hundredths(end) = reader.read(at) else {
        panic!("no register")
    };
    let milli: u64 = (0..days)
        .map(|day| used(register.load, Day::from_number(from.number() + day)))
        .sum();
    let steps = milli / (u64::from(register.multiplier) * 10);
    assert_eq!((end + 100_000_000 - start) % 100_000_000, steps);
}

fn digest(city: &City, days: i64) -> String {
    let mut hash = Sha256::new();
    for file in city.files() {
        hash.update(file.kind);
        hash.update(file.text);
    }
    let until = city.since().start().plus_ms(days * 86_400_000);
    for sent in city.history(until) {
        hash.update(sent.gateway);
        hash.update(sent.received_at.to_string());
        hash.update(sent.payload);
    }
    hex::encode(hash.finalize())
}

#[test]
fn a_seed_gives_one_city_and_one_history() {
    assert_eq!(digest(&city(7), 1), digest(&city(7), 1));
    assert_ne!(digest(&city(7), 0), digest(&city(8), 0));
}

/// Who is silent for days, whose meters begin late, and the swapped and the wrapping registers.
#[test]
fn the_planted_gaps_are_where_they_were_planted() {
    let city = city(1);
    let replaced: BTreeSet<String> = rows(&city, "replacements")
        .iter()
        .map(|row| row["meter"].clone())
        .collect();
    assert_eq!(replaced.len(), 3);
    let meters = rows(&city, "meters");
    let late: BTreeSet<&str> = meters
        .iter()
        .filter(|row| row["valid_from"].as_str() > "2026-01-01")
        .map(|row| row["gateway"].as_str())
        .collect();
    assert_eq!(late.len(), 3);
    // A day in the long outage of some, and the day before it.
    let few = City::new(
        1,
        Scale {
            days: 46,
            ..Scale::CITY
        },
        Day::from_number(TODAY),
    );
    let mut spoke: BTreeMap<i64, BTreeSet<String>> = BTreeMap::new();
    for sent in few.history(few.since().start().plus_ms(5 * 86_400_000)) {
        let day = (sent.received_at.unix_ms() - few.since().start().unix_ms()) / 86_400_000;
        spoke
            .entry(day)
            .or_default()
            .insert(sent.gateway.to_owned());
    }
    let silent: Vec<&String> = spoke[&1].difference(&spoke[&4]).collect();
    assert_eq!(
        silent,
        ["GW-017", "GW-042", "GW-067", "GW-092", "GW-117", "GW-142"]
    );
}

/// Laid by the ordinary ways in and asked by the ordinary commands.
#[test]
fn a_laid_city_has_late_contradicting_and_repeated_values_and_every_value_is_accounted_for() {
    let stage = Stage::new();
    let mut command = parkpulse(&stage.data_dir());
    command.args(["demo", "--days", "1", "--no-simulator"]);
    let server = Server::start(command, &stage.data_dir(), &stage.path("demo.log"));
    for word in ["第 1/", "已完成 0%", "历史数据已全部落盘"] {
        assert!(
            server.log().contains(word),
            "{word} is not in {}",
            server.log()
        );
    }
    let rows: Value =
        serde_json::from_str(&stage.ok(&["reconcile", "--settle", "--json"])).unwrap();
    let rows = rows.as_array().unwrap();
    assert!(rows.iter().all(|row| row["balanced"] == true));
    // Meters of the newest enterprises have counted for weeks, so that all gateways spoke.
    assert_eq!(rows.len(), 150);
    let sum = |count: &str| {
        rows.iter()
            .map(|row| row[count].as_i64().unwrap())
            .sum::<i64>()
    };
    assert!(sum("stored") > 60_000, "{}", sum("stored"));
    for count in ["conflict", "duplicate"] {
        assert!(sum(count) > 0, "no {count}");
    }
    let exported = stage.ok(&["export", "readings"]);
    let late = exported.lines().filter(|line| line.contains("\"late\""));
    assert!(late.count() > 20);
    server.stop();
}

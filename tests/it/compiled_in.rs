//! Everything under `config/` that is "a file and no Rust": each file is compiled in and loads, and
//! what people set about factors and schemes is checked.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use parkpulse::calendar::{Day, Holidays, Year};
use parkpulse::heatmap::Palette;
use parkpulse::indicator;
use parkpulse::jobs::assess;
use parkpulse::ledger::factor::{self, Counts, Factors, Measure, SetFactor};
use parkpulse::ledger::precedence::Precedence;
use parkpulse::ledger::tariff;
use parkpulse::rating::scheme;
use parkpulse::units::Exact;

fn folder(name: &str) -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("config")
        .join(name);
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension == "toml")
        })
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

fn set(texts: &[&str]) -> Vec<SetFactor> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[test]
fn every_file_of_every_folder_is_compiled_in_and_loads() {
    let schemes = folder("schemes");
    let shipped: Vec<_> = scheme::shipped()
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    assert!(shipped.len() >= 3);
    assert_eq!(shipped, schemes);
    let mut ids = BTreeSet::new();
    for (name, text) in &schemes {
        let scheme = scheme::read_scheme(name, text).unwrap();
        assert!(scheme.note.is_some(), "{name}: says nothing of its source");
        assert!(ids.insert(scheme.id.clone()), "{name}: its id stands twice");
        assert_eq!(scheme::named(&scheme.id).unwrap().1, text);
    }
    assert_eq!(Palette::shipped().unwrap().len(), folder("palettes").len());
    let catalogue = indicator::built_in().unwrap();
    let entries: usize = folder("indicators")
        .iter()
        .map(|(_, text)| text.matches("[[indicator]]").count())
        .sum();
    assert_eq!(catalogue.iter().count(), entries);
    let factors = factor::shipped(&[]).unwrap();
    let files = folder("factors");
    let pairs: Vec<_> = files
        .iter()
        .map(|(n, t)| (n.as_str(), t.as_str()))
        .collect();
    assert_eq!(factor::read(&pairs, &[]).unwrap(), factors);
    for carrier in factors.carriers() {
        let indicator = carrier.indicator.as_deref();
        assert!(
            indicator.is_none_or(|code| catalogue.find(code).is_some()),
            "{}",
            carrier.code
        );
        let stated = carrier.stated.as_deref();
        assert!(
            stated.is_none_or(|code| catalogue.find(code).is_some()),
            "{}",
            carrier.code
        );
    }
}

fn pairs(files: &[(String, String)]) -> Vec<(&str, &str)> {
    let pairs = files.iter();
    pairs.map(|(name, text)| (&**name, &**text)).collect()
}

#[test]
fn plans_prices_and_holidays_are_compiled_in_and_load() {
    let (plans, prices) = (folder("tariffs"), folder("prices"));
    let (plans, prices) = (pairs(&plans), pairs(&prices));
    let shipped = Holidays::shipped().unwrap();
    assert_eq!(
        Holidays::read(&pairs(&folder("holidays"))).unwrap(),
        shipped
    );
    let read = tariff::read((&plans, &prices), ("jiangsu", "demo"), shipped).unwrap();
    assert_eq!(read, tariff::shipped("jiangsu", "demo").unwrap());
}

fn per_unit(factors: &Factors, carrier: &str, measure: Measure, on: &str) -> Option<String> {
    let found = factors.find(carrier, measure, day(on))?;
    Some(found.written.clone())
}

#[test]
fn factors_are_dated_and_electricity_has_no_equal_value_of_its_own() {
    let bare = factor::shipped(&[]).unwrap();
    let rows: &[(&str, Measure, &str, Option<&str>)] = &[
        (
            "electricity_kwh",
            Measure::Equivalent,
            "2026-10-01",
            Some("0.1229"),
        ),
        ("electricity_kwh", Measure::Equivalent, "2021-03-31", None),
        ("electricity_kwh", Measure::Equal, "2026-10-01", None),
        (
            "electricity_kwh",
            Measure::Carbon,
            "2022-12-31",
            Some("0.5366"),
        ),
        (
            "electricity_kwh",
            Measure::Carbon,
            "2023-01-01",
            Some("0.5306"),
        ),
        (
            "natural_gas_m3",
            Measure::Equal,
            "2026-10-01",
            Some("1.3300"),
        ),
        (
            "natural_gas_m3",
            Measure::Equivalent,
            "2026-10-01",
            Some("1.3300"),
        ),
        (
            "water_m3",
            Measure::Equivalent,
            "2026-10-01",
            Some("0.2571"),
        ),
        ("water_m3", Measure::Carbon, "2026-10-01", None),
    ];
    for (carrier, measure, on, expected) in rows {
        let found = per_unit(&bare, carrier, *measure, on);
        assert_eq!(found.as_deref(), *expected, "{carrier} {measure:?} {on}");
    }
    assert!(!bare.has_equal_electricity());
    let given = factor::shipped(&set(&["0.3000 演示", "2025=0.3050 市工信局"])).unwrap();
    for (on, expected) in [
        ("2024-12-31", "0.3000"),
        ("2025-01-01", "0.3050"),
        ("2025-12-31", "0.3050"),
        ("2026-01-01", "0.3000"),
    ] {
        for carrier in ["electricity_kwh", "electricity_fed_kwh"] {
            let found = per_unit(&given, carrier, Measure::Equal, on);
            assert_eq!(found.as_deref(), Some(expected), "{carrier} {on}");
        }
    }
    let water = given.carriers().iter().find(|one| one.code == "water_m3");
    assert_eq!(water.unwrap().counts, Counts::Medium);
    let gas = given.find("natural_gas_m3", Measure::Carbon, day("2026-01-01"));
    assert_eq!(gas.unwrap().per_unit, Exact::decimal("2.162").unwrap());
}

#[test]
fn factors_that_cannot_be_are_refused_by_name() {
    let carrier = "[[carrier]]\ncode=\"g\"\nindicator=\"gas_m3_register\"\nzh=\"气\"\nen=\"gas\"\nunit=\"m³\"\ncounts=\"plus\"\nlower=\"0.5\"\nupper=\"2.5\"\n";
    let coal = |carrier: &str, kgce: &str, from: &str, source: &str| {
        format!(
            "[[coal]]\ncarrier=\"{carrier}\"\nbasis=\"both\"\nkgce=\"{kgce}\"\nfrom=\"{from}\"\nsource=\"{source}\"\n"
        )
    };
    let good = coal("g", "1.33", "2021-01-01", "s");
    let rows = [
        (coal("g", "0.3300", "2021-01-01", "s"), "cannot be"),
        (coal("x", "1.33", "2021-01-01", "s"), "no such carrier"),
        (coal("g", "1,33", "2021-01-01", "s"), "1,33"),
        (coal("g", "1.33", "2021-02-30", "s"), "2021-02-30"),
        (coal("g", "1.33", "2021-01-01", " "), "source"),
        (
            format!("{good}{}", coal("g", "1.3", "2022-01-01", "s")),
            "two factors",
        ),
        ("[[coal]]\nwrong=1\n".to_owned(), "wrong"),
    ];
    for (text, words) in rows {
        let text = format!("{carrier}{text}");
        let refused = factor::read(&[("x.toml", &text)], &[]).unwrap_err();
        let said = refused.to_string();
        assert!(
            said.contains(words) && said.contains("x.toml"),
            "{words}: {said}"
        );
    }
    for text in ["0.3000", "2025=", "2025=zero s", "=0.3 s", "2025=0.3"] {
        assert!(text.parse::<SetFactor>().is_err(), "{text}");
    }
    let lost_leading_digit = factor::shipped(&set(&["2025=3.05 s"]));
    assert!(lost_leading_digit.is_err());
    let twice = factor::shipped(&set(&["2025=0.305 s", "2025=0.306 t"]));
    assert!(twice.is_err());
}

#[test]
fn a_year_has_the_scheme_that_was_set_for_it() {
    let settings = assess::Settings {
        schemes: ["2024=HUAIAN-2024", "KS-DEMO-A"]
            .map(|text| text.parse().unwrap())
            .to_vec(),
        ..assess::Settings::default()
    };
    assert_eq!(settings.scheme_of(Year::new(2024)), Some("HUAIAN-2024"));
    assert_eq!(settings.scheme_of(Year::new(2025)), Some("KS-DEMO-A"));
    for text in ["", "2025=", "25=X", "abcd=X"] {
        assert!(text.parse::<assess::SchemeChoice>().is_err(), "{text}");
    }
}

/// The built binary, in the crate's own folder.
fn parkpulse(arguments: &[&str], environment: &[(&str, &str)]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_parkpulse"))
        .args(arguments)
        .envs(environment.iter().copied())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn rate_takes_a_scheme_by_id_by_file_name_and_by_file() {
    let facts = "tests/data/facts-and-scheme-a.json";
    let file = "config/schemes/ks-demo-2024.toml";
    let (code, by_file, said) = parkpulse(&["rate", facts, "--scheme", file], &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(by_file.contains("\"scheme\": \"KS-DEMO-A\""));
    for id in ["KS-DEMO-A", "ks-demo-a", "ks-demo-2024"] {
        let (code, printed, said) = parkpulse(&["rate", facts, "--scheme", id], &[]);
        assert_eq!(code, Some(0), "{id}: {said}");
        assert_eq!(printed, by_file, "{id}");
    }
    let (code, _, said) = parkpulse(&["rate", facts, "--scheme", "KS-DEMO-Z"], &[]);
    assert_eq!(code, Some(1));
    for words in ["KS-DEMO-Z", "HUAIAN-2024", "KS-DEMO-A"] {
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn what_is_set_about_rating_is_checked_by_key() {
    for (name, value, words) in [
        ("PARKPULSE_RATING__SCHEME", "2025=NOBODY", "rating.scheme"),
        (
            "PARKPULSE_RATING__KNOWN_PERCENT",
            "101",
            "rating.known_percent",
        ),
        (
            "PARKPULSE_FACTORS__ELECTRICITY_EQUAL",
            "2025=30 s",
            "factors.electricity_equal",
        ),
        (
            "PARKPULSE_FACTORS__ELECTRICITY_EQUAL",
            "0.3",
            "factors.electricity_equal",
        ),
    ] {
        let (code, _, said) = parkpulse(&["config", "check"], &[(name, value)]);
        assert_ne!(code, Some(0), "{name}={value}");
        assert!(said.contains(words), "{name}={value}: {said}");
    }
    let set = [("PARKPULSE_FACTORS__ELECTRICITY_EQUAL", "2025=0.3050 bureau")];
    assert_eq!(parkpulse(&["config", "check"], &set).0, Some(0));
}

/// Source against source for an indicator: the left one counts.
#[test]
fn the_department_of_a_figure_goes_before_the_others_and_these_before_the_enterprise() {
    let rules = Precedence::shipped().unwrap();
    let rows = [
        ("tax_net_inbound", "税务", "统计"),
        ("tax_net_inbound", "税务局", "企业申报"),
        ("output_value", "统计", "税务"),
        ("output_value", "税务", "工信"),
        ("output_value", "工信", "企业"),
        ("pollutant_cod", "生态环境", "企业申报"),
        ("diesel_stated", "商务", "自报"),
    ];
    for (indicator, wins, loses) in rows {
        let (one, other) = (rules.rank(indicator, wins), rules.rank(indicator, loses));
        assert!(one < other, "{indicator}: {wins} {one}, {loses} {other}");
    }
    assert_eq!(
        rules.rank("diesel_stated", "商务"),
        rules.rank("diesel_stated", "交通")
    );
    let catalogue = indicator::built_in().unwrap();
    for (_, text) in folder("precedence") {
        let file: toml::Table = text.parse().unwrap();
        for rule in file["rule"].as_array().unwrap() {
            for code in rule["indicators"].as_array().unwrap() {
                let code = code.as_str().unwrap();
                assert!(catalogue.find(code).is_some(), "{code} is no indicator");
            }
        }
    }
    let twice = "source = \"x\"\ndeclared = []\n[[rule]]\nindicators = [\"a\", \"a\"]\nfirst = []\nwhy = \"x\"\n";
    let refused = Precedence::default().read("x.toml", twice).unwrap_err();
    assert!(refused.to_string().contains("a has two rules"), "{refused}");
}

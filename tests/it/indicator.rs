//! The catalogue: every file loads, and the names that the contract fixes are there.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use parkpulse::indicator::{Catalogue, Kind, built_in, read};

/// The indicators of `contract.md` 2, by kind.
const FIXED: &[(Kind, &str)] = &[
    (
        Kind::Register,
        "kwh_register kwh_made_register kwh_fed_register gas_m3_register steam_t_register heat_gj_register water_m3_register",
    ),
    (
        Kind::State,
        "kw gas_m3_per_h temperature_c pressure_mpa level_m combustible_lel h2s_mg_m3 co_mg_m3 nh3_mg_m3 oxygen_vol hydrant_mpa residual_ma cable_temperature_c",
    ),
    (Kind::Switch, "smoke"),
    (
        Kind::Amount,
        "output_value invoiced_sales revenue value_added tax_net_inbound tax_exempt_credit tax_refund tax_other staff_average rd_expense investment",
    ),
];

#[test]
fn every_file_of_the_folder_is_compiled_in_and_loads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("config/indicators");
    let mut from_folder = Catalogue::default();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        read(&mut from_folder, &name, &fs::read_to_string(&path).unwrap()).unwrap();
    }
    let codes = |catalogue: &Catalogue| -> BTreeSet<String> {
        catalogue
            .iter()
            .map(|indicator| indicator.code.clone())
            .collect()
    };
    assert_eq!(codes(&from_folder), codes(&built_in().unwrap()));
}

#[test]
fn the_names_that_the_contract_fixes_are_there() {
    let catalogue = built_in().unwrap();
    for (kind, codes) in FIXED {
        for code in codes.split(' ') {
            let indicator = catalogue.find(code).unwrap_or_else(|| panic!("no {code}"));
            assert_eq!(indicator.kind, *kind, "{code}");
        }
    }
}

/// The safety metrics of `domain.md` 4.1 that a gateway sends, beyond the names of the contract.
const SAFETY: &[(Kind, &str)] = &[
    (
        Kind::State,
        "no2_mg_m3 cl2_mg_m3 so2_mg_m3 c6h6_mg_m3 hf_mg_m3 hcn_mg_m3 hcl_mg_m3 phosgene_mg_m3 methanol_mg_m3 toluene_mg_m3 flow_m3_per_h level_percent fault_arc_per_s battery_percent",
    ),
    (Kind::Switch, "heat_detector detector_fault"),
];

#[test]
fn the_safety_metrics_of_the_trade_are_there() {
    let catalogue = built_in().unwrap();
    for (kind, codes) in SAFETY {
        for code in codes.split(' ') {
            let indicator = catalogue.find(code).unwrap_or_else(|| panic!("no {code}"));
            assert_eq!(indicator.kind, *kind, "{code}");
        }
    }
}

#[test]
fn limits_are_sane_and_every_indicator_is_described() {
    for indicator in built_in().unwrap().iter() {
        let code = &indicator.code;
        assert!(indicator.limit_lower < indicator.limit_upper, "{code}");
        assert!(indicator.limit_upper <= 9_007_199_254_740_992.0, "{code}");
        assert!(indicator.limit_lower >= -9_007_199_254_740_992.0, "{code}");
        let register_from_zero = indicator.kind != Kind::Register || indicator.limit_lower == 0.0;
        assert!(register_from_zero, "{code}: a register counts from 0");
        let words = [&indicator.name_zh, &indicator.name_en, &indicator.source];
        assert!(words.iter().all(|word| !word.trim().is_empty()), "{code}");
        assert!(
            code.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'),
            "{code}"
        );
        assert!(
            indicator.unit.is_empty() == (indicator.kind == Kind::Switch),
            "{code}"
        );
    }
}

#[test]
fn a_number_or_code_is_never_given_twice() {
    let entry = |number: u16, code: &str| {
        format!(
            "[[indicator]]\nnumber = {number}\ncode = \"{code}\"\nzh = \"x\"\nen = \"x\"\nunit = \"x\"\nkind = \"state\"\nlower = 0.0\nupper = 1.0\nsource = \"x\"\n"
        )
    };
    for (second, taken) in [
        (entry(1000, "b"), true),
        (entry(1001, "a"), true),
        (entry(1001, "b"), false),
    ] {
        let mut catalogue = Catalogue::default();
        read(&mut catalogue, "own.toml", &entry(1000, "a")).unwrap();
        assert_eq!(read(&mut catalogue, "own.toml", &second).is_err(), taken);
    }
}

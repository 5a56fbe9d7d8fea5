//! A facts file of many made-up enterprises with a scheme of ten indicators, for `parkpulse rate`:
//! the same count gives the same file. Used by `make bench` and by the tests.

use std::fmt::Write as _;

/// The ten indicators, with weights that sum to 100, their baseline, and what a missing value scores.
const TERMS: [(&str, &str, &str, &str); 10] = [
    ("tax_per_mu", "30", "20", "zero"),
    ("sales_per_mu", "15", "400", "zero"),
    ("va_per_mu", "10", "100", "zero"),
    ("tax_per_tce", "10", "0.5", "zero"),
    ("va_per_tce", "5", "2.5", "zero"),
    ("tax_per_pollutant", "5", "500", "group_mean"),
    ("va_per_pollutant", "5", "2000", "group_mean"),
    ("tax_per_kwh", "5", "2.0", "penalty:3"),
    ("labour_productivity", "10", "30", "full"),
    ("rd_ratio", "5", "3.0", "zero"),
];

/// How many enterprises the file has whose result has a fixed digest.
pub(crate) const DIGESTED: u64 = 400;

/// The file for `count` enterprises in two scale groups and a few parks.
pub(crate) fn facts(count: u64) -> String {
    let mut terms = String::new();
    for (code, weight, baseline, missing) in TERMS {
        let comma = if terms.is_empty() { "" } else { "," };
        write!(
            terms,
            r#"{comma}{{"code":"{code}","weight":"{weight}","baseline":"{baseline}","missing":"{missing}"}}"#
        )
        .unwrap();
    }
    let mut enterprises = String::new();
    for number in 0..count {
        // Numbers that look drawn and are the same each time.
        let drawn = |purpose: u64, below: u64| {
            let mixed = (number + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ purpose;
            (mixed.wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 20) % below
        };
        let comma = if number == 0 { "" } else { "," };
        let scale = if drawn(1, 3) == 0 { "below" } else { "above" };
        let (tax, sales) = (drawn(2, 300_000), drawn(3, 6_000_000));
        let pollutants = if drawn(4, 5) == 0 {
            "null".to_owned()
        } else {
            format!(r#"{{"cod":"{}.{:02}"}}"#, drawn(5, 40), drawn(6, 100))
        };
        write!(
            enterprises,
            r#"{comma}{{"id":"E{number:05}","park":"P{:02}","scale":"{scale}","industry":"C39","established":"2009-04-01","land":[{{"kind":"owned","m2":"{}"}}],"tax":"{}.{:02}","sales":"{}.{:02}","revenue":"{}","value_added":"{}.5","rd":"{}","employees":"{}","energy":{{"electricity_kwh":"{}","natural_gas_m3":"{}.25"}},"pollutants_t":{pollutants}}}"#,
            drawn(7, 20),
            2_000 + drawn(8, 60_000),
            tax / 100,
            tax % 100,
            sales / 100,
            sales % 100,
            1 + drawn(9, 60_000),
            drawn(10, 15_000),
            drawn(11, 2_000),
            5 + drawn(12, 600),
            1_000 + drawn(13, 9_000_000),
            drawn(14, 900_000),
        )
        .unwrap();
    }
    format!(
        r#"{{"as_of":"2025-12-31","energy_factors_kgce":{{"electricity_kwh":{{"equal":"0.3000","equivalent":"0.1229"}},"natural_gas_m3":{{"equal":"1.3300","equivalent":"1.3300"}}}},"schemes":[{{"id":"MANY","method":"ratio","baseline_mode":"fixed","electricity_basis":"equal","cap_ratio":"1.5","round":2,"groups":{{"above":[{terms}],"below":[{terms}]}},"grade_shares":[["A","0.20"],["B","0.60"],["C","0.95"],["D","1.00"]]}}],"enterprises":[{enterprises}]}}"#
    )
}

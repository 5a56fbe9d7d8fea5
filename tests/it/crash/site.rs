//! A small registered site to publish to: one enterprise, one gateway, its meters.

use std::collections::BTreeMap;
use std::fs;

use parkpulse::park::EnterpriseCode;
use serde_json::Value;

use super::publisher::{Gateway, Record};
use crate::stage::Stage;

/// The indicators every meter has; one message carries a value of each.
pub(crate) const INDICATORS: [&str; 3] = ["kwh_register", "kw", "temperature_c"];

/// Registers one enterprise with `meters` meters and a gateway, by the ordinary commands.
pub(crate) fn register(stage: &Stage, meters: usize) -> Gateway {
    let body = "91320583MA1KRX001";
    let code = format!("{body}{}", EnterpriseCode::check_character(body).unwrap());
    let import = |kind: &str, text: &str| {
        let file = stage.path(&format!("{kind}.csv"));
        fs::write(&file, text).unwrap();
        stage.ok(&["import", kind, file.to_str().unwrap()]);
    };
    import("parks", "park,name,district,kind\nP1,试验园,开发区,\n");
    import(
        "enterprises",
        &format!(
            "enterprise,name,park,area,industry,scale,established,group,capital_origin\n\
             {code},试验企业,P1,,C39,above,2010-01-01,,\n"
        ),
    );
    let ids: Vec<String> = (1..=meters)
        .map(|number| format!("M-{number:02}"))
        .collect();
    let mut rows = String::from(
        "meter,enterprise,gateway,indicator,register_size,multiplier,max_per_hour,interval_s,\
         jitter,parent,valid_from,valid_to\n",
    );
    for (meter, indicator) in ids
        .iter()
        .flat_map(|meter| INDICATORS.map(|one| (meter, one)))
    {
        let size = if indicator.ends_with("_register") {
            "1000000000000"
        } else {
            ""
        };
        let row = format!("{meter},{code},,{indicator},{size},1,1000000000,900,,,2020-01-01,\n");
        rows.push_str(&row);
    }
    import("meters", &rows);
    let printed = stage.ok(&[
        "gateway",
        "add",
        "--enterprise",
        &code,
        "--gateway",
        "GW-1",
        "--json",
    ]);
    let printed: Value = serde_json::from_str(&printed).unwrap();
    Gateway {
        enterprise: code,
        id: "GW-1".to_owned(),
        token: printed["token"].as_str().unwrap().to_owned(),
        meters: ids,
    }
}

/// What `export readings` gives back: every value by meter, indicator and milliseconds; a key that
/// stands twice fails.
pub(crate) fn exported(stage: &Stage) -> BTreeMap<(String, String, i64), f64> {
    let printed = stage.ok(&[
        "export",
        "readings",
        "--from",
        "2020-01-01",
        "--to",
        "2099-01-01",
        "--json",
    ]);
    let mut values = BTreeMap::new();
    for line in printed.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let text = |field: &str| row[field].as_str().unwrap().to_owned();
        let at: parkpulse::calendar::Moment = text("at").parse().unwrap();
        let key = (text("meter"), text("indicator"), at.unix_ms());
        assert_eq!(row["revision"], 1, "{line}");
        // Read from its text: serde_json's own doubles may be off in the last bit.
        let number = line
            .split("\"value\":")
            .nth(1)
            .unwrap()
            .split([',', '}'])
            .next()
            .unwrap();
        let before = values.insert(key, number.parse().unwrap());
        assert_eq!(before, None, "stands twice: {line}");
    }
    values
}

/// Everything acknowledged is there, nothing was invented, and every count adds up.
pub(crate) fn assert_kept(stage: &Stage, record: &Record) {
    let kept = exported(stage);
    let key = |(meter, indicator, at, _): &(String, &str, i64, f64)| {
        (meter.clone(), (*indicator).to_owned(), *at)
    };
    let lost: Vec<_> = record
        .acknowledged_values()
        .filter(|sent| kept.get(&key(sent)) != Some(&sent.3))
        .collect();
    let counts = stage.ok(&["reconcile", "--settle", "--json"]);
    assert!(
        lost.is_empty(),
        "{} acknowledged values are lost, from {:?} to {:?}; {} are kept; {counts}",
        lost.len(),
        lost[0],
        lost[lost.len() - 1],
        kept.len()
    );
    let sent: BTreeMap<_, f64> = record.all_values().map(|one| (key(one), one.3)).collect();
    let invented: Vec<_> = kept
        .iter()
        .filter(|(key, value)| sent.get(*key) != Some(value))
        .collect();
    assert!(
        invented.is_empty(),
        "{} values were never sent, as {:?}",
        invented.len(),
        invented[0]
    );
    let counts: Value = serde_json::from_str(&counts).unwrap();
    let stored = sum_of(&counts, "stored");
    assert_eq!(stored, kept.len() as u64, "{counts}");
    assert_eq!(sum_of(&counts, "pending"), 0, "{counts}");
    let parts = [
        "stored",
        "duplicate",
        "conflict",
        "quarantined",
        "refused",
        "pending",
    ];
    let parts: u64 = parts.iter().map(|part| sum_of(&counts, part)).sum();
    assert_eq!(sum_of(&counts, "received"), parts, "{counts}");
}

/// All numbers of this name in a document, added.
fn sum_of(document: &Value, name: &str) -> u64 {
    match document {
        Value::Object(fields) => fields
            .iter()
            .map(|(key, value)| {
                if key == name {
                    value.as_u64().unwrap_or(0)
                } else {
                    sum_of(value, name)
                }
            })
            .sum(),
        Value::Array(items) => items.iter().map(|item| sum_of(item, name)).sum(),
        _ => 0,
    }
}

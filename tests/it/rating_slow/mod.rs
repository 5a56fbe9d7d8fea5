//! A slow second implementation of contract.md 10, on rationals, agrees with the engine on random
//! parks to the last character, refusals included.

pub(crate) mod arithmetic;
mod chance;
pub(crate) mod rules;
mod unit;

use proptest::prelude::*;
use serde_json::Value;

use parkpulse::rating::rate_text;

use chance::Chance;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn two_ways_to_rate_agree(seed in any::<u64>()) {
        let file = Chance::new(seed).park();
        let engine = rate_text(&file.to_string(), None);
        let slow = rules::rate(&file);
        match (engine, slow) {
            (Ok(printed), Ok(expected)) => {
                let printed: Value = serde_json::from_str(&printed).unwrap();
                prop_assert_eq!(&printed[0], &expected, "{}", file);
            }
            (Err(_), Err(_)) => {}
            (engine, slow) => {
                prop_assert!(false, "{:?} {:?} {}", engine.map(|_| ()), slow.map(|_| ()), file);
            }
        }
    }
}

/// The random parks reach everything that the schemes can say.
#[test]
fn chance_reaches_every_rule() {
    let mut seen = String::new();
    let mut refused = 0;
    for seed in 0..300 {
        match rules::rate(&Chance::new(seed).park()) {
            Ok(rated) => seen.push_str(&rated.to_string()),
            Err(_) => refused += 1,
        }
    }
    for word in [
        "exempt:new_enterprise",
        "exempt:utility",
        "exempt:no_land",
        "veto:",
        "event:",
        "threshold:",
        "\"rank_share\"",
        "\"thresholds\"",
        "\"imputed\":[\"",
        "\"grade\":\"A\"",
        "\"grade\":\"D\"",
        "\"baselines\":{}",
        "\"below\":{",
        "\"tax_per_kwh\":\"",
        "\"rd_ratio\":\"",
        "\"members\":[\"E01\",\"E0",
    ] {
        assert!(seen.contains(word), "{word}");
    }
    assert!(refused > 3, "{refused}");
}

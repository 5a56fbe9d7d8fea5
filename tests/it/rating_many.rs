//! The file that `make bench` rates: the engine and the slow second implementation agree on it, and
//! ranks run from 1 to the size of each group.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha256};

use parkpulse::rating::rate_text;

use crate::bench_smallest::bench::year_facts;
use crate::rating_slow::rules;

/// What every build must make of the file: `make bench` asks the release build for the same.
const DIGEST: &str = include_str!("../data/rated-digest.txt");

#[test]
fn this_build_gives_the_digest_that_every_build_gives() {
    let printed = rate_text(&year_facts::facts(year_facts::DIGESTED), None).unwrap();
    let digest = hex::encode(Sha256::digest(printed.as_bytes()));
    assert_eq!(digest, DIGEST.trim());
}

#[test]
fn what_the_bench_rates_is_rated_right() {
    let text = year_facts::facts(400);
    let printed: Value = serde_json::from_str(&rate_text(&text, None).unwrap()).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(printed[0], rules::rate(&file).unwrap());
    let units = printed[0]["units"].as_array().unwrap();
    assert_eq!(units.len(), 400);
    let mut ranks: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for unit in units {
        assert_eq!(unit["indicators"].as_object().unwrap().len(), 10);
        let of_group = ranks.entry(unit["scale"].as_str().unwrap()).or_default();
        of_group.push(unit["rank"].as_u64().unwrap());
    }
    for (scale, mut ranks) in ranks {
        ranks.sort_unstable();
        let n = u64::try_from(ranks.len()).unwrap();
        assert!(n > 50 && ranks.into_iter().eq(1..=n), "{scale}");
    }
}

//! The parts of `make bench` that any build does within seconds, run on the smallest extent: the
//! benchmark cannot rot unseen. What it measured here says nothing about speed. The lints compile
//! the other parts.

use std::path::Path;

use serde_json::Value;

#[path = "../bench/main.rs"]
pub(crate) mod bench;

#[test]
fn the_smallest_parts_of_the_bench_measure_something() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-smallest");
    bench::smallest(&folder);
    let file = folder.with_extension("json");
    let text = std::fs::read_to_string(&file).unwrap();
    let measured: Value = serde_json::from_str(&text).unwrap();
    let figures = measured["figures"].as_array().unwrap();
    let value = |name: &str| {
        let named = |one: &&Value| one["figure"].as_str().is_some_and(|of| of.contains(name));
        let figure = figures.iter().find(named);
        figure.unwrap_or_else(|| panic!("no figure {name}: {text}"))["value"]
            .as_f64()
            .unwrap()
    };
    for name in [
        "bytes a value in month blocks",
        "month of one indicator over 20 devices",
        "memory of an idle session, of 40",
        "40 sessions come back at once",
    ] {
        assert!(value(name) > 0.0, "{name}: {text}");
    }
    assert_eq!(measured["quick"], true);
    std::fs::remove_file(file).unwrap();
}

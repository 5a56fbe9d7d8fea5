//! `parkpulse map` on the built binary: files in, a picture and a report out.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

use crate::heatmap_park::geojson;

fn map(folder: &Path, arguments: &[&str]) -> Output {
    fs::write(folder.join("p.geojson"), geojson(15)).unwrap();
    let rows: Vec<String> = (1..=15).map(|row| format!("P-{row},{row}.5")).collect();
    let values = format!("parcel,value\n{}\n", rows.join("\n"));
    fs::write(folder.join("v.csv"), values).unwrap();
    Command::new(env!("CARGO_BIN_EXE_parkpulse"))
        .current_dir(folder)
        .args(["map", "--parcels", "p.geojson", "--values", "v.csv"])
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn a_map_is_painted_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let all = [
        "--out",
        "m.png",
        "--method",
        "equal",
        "--classes",
        "4",
        "--title",
        "望津智造园",
        "--unit",
        "kWh/亩",
        "--period",
        "2026年10月",
        "--as-of",
        "2026-11-22T09:45:00+08:00",
        "--palette",
        "ylorbr",
        "--size",
        "800x600",
        "--crs",
        "EPSG:4490",
        "--json",
    ];
    let output = map(folder.path(), &all);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        report["breaks"],
        serde_json::json!(["1.5", "5", "8.5", "12", "15.5"])
    );
    assert_eq!(report["counts"], serde_json::json!([4, 3, 4, 4]));
    assert!(
        fs::read(folder.path().join("m.png"))
            .unwrap()
            .starts_with(b"\x89PNG")
    );

    let output = map(folder.path(), &["--out", "m.svg", "--breaks", "-1,5,20"]);
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "m.svg\n");
    assert!(
        fs::read(folder.path().join("m.svg"))
            .unwrap()
            .starts_with(b"<svg")
    );
}

#[test]
fn wrong_usage_ends_with_2_and_faulty_files_with_1() {
    let folder = tempfile::tempdir().unwrap();
    let table: &[(&[&str], i32, &str)] = &[
        (&["--out", "m.gif"], 2, ".png, .svg, .pdf or .geojson"),
        (&["--out", "m.png", "--classes", "10"], 2, "1 to 9"),
        (
            &["--out", "m.png", "--method", "median"],
            2,
            "quantile, equal, jenks, fixed or diverging",
        ),
        (
            &["--out", "m.png", "--method", "fixed"],
            2,
            "needs --breaks",
        ),
        (&["--out", "m.png", "--breaks", "3,2"], 2, "rising"),
        (&["--out", "m.png", "--size", "10x10"], 2, "1600x1200"),
        (&["--out", "m.png", "--crs", "EPSG:3857"], 2, "EPSG:4549"),
        (&["--out", "m.png", "--as-of", "yesterday"], 2, "RFC 3339"),
        (&["--out", "m.png", "--palette", "rainbow"], 1, "YlGnBu"),
        (
            &["--out", "m.png", "--crs", "EPSG:4549"],
            1,
            "feature 1, parcel P-1: out_of_range",
        ),
        (&["--out", "absent/m.png"], 1, "was not written"),
    ];
    for (arguments, code, words) in table {
        let output = map(folder.path(), arguments);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(*code), "{arguments:?}: {said}");
        assert!(
            said.contains(words),
            "{arguments:?}: `{words}` is not in `{said}`"
        );
        assert!(output.stdout.is_empty() && !folder.path().join("m.png").exists());
    }
}

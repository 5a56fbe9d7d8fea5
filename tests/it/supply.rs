//! What comes into the build: licences, banned crates and sources, as `deny.toml` says.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Whether an SPDX expression can be met with the allowed licences: one side of an `OR`, both of
/// an `AND`; the old `/` counts as `OR`.
fn is_allowed(expression: &str, allowed: &BTreeSet<String>) -> bool {
    let expression = expression.trim().replace('/', " OR ");
    if let Some(sides) = split_outside(&expression, " OR ") {
        return sides.iter().any(|side| is_allowed(side, allowed));
    }
    if let Some(sides) = split_outside(&expression, " AND ") {
        return sides.iter().all(|side| is_allowed(side, allowed));
    }
    match expression
        .strip_prefix('(')
        .and_then(|rest| rest.strip_suffix(')'))
    {
        Some(inner) => is_allowed(inner, allowed),
        None => allowed.contains(expression.trim()),
    }
}

/// The parts between `word`s that stand outside parentheses; `None` if there is no such word.
fn split_outside(expression: &str, word: &str) -> Option<Vec<String>> {
    let mut parts = vec![String::new()];
    for piece in expression.split_inclusive(word) {
        let last = parts.last_mut()?;
        last.push_str(piece);
        if last.matches('(').count() == last.matches(')').count() && last.ends_with(word) {
            last.truncate(last.len() - word.len());
            parts.push(String::new());
        }
    }
    (parts.len() > 1).then_some(parts)
}

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

#[test]
fn only_allowed_licences_crates_and_sources_come_into_the_build() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("deny.toml");
    let deny: toml::Value = toml::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let texts = |value: &toml::Value| -> BTreeSet<String> {
        value
            .as_array()
            .unwrap()
            .iter()
            .map(|text| text.as_str().unwrap().to_owned())
            .collect()
    };
    let allowed = texts(&deny["licenses"]["allow"]);
    let banned: BTreeSet<&str> = deny["bans"]["deny"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["crate"].as_str().unwrap())
        .collect();
    let packages = packages();
    assert!(packages.len() > 100, "the dependencies were not found");
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or("none");
        assert!(is_allowed(licence, &allowed), "{name} is under `{licence}`");
        assert!(!banned.contains(name), "{name} is banned by deny.toml");
        let source = package["source"].as_str();
        assert!(
            source.is_none_or(|source| source.starts_with("registry+")),
            "{name} comes from {source:?}"
        );
    }
}

#[test]
fn licence_expressions_are_read_as_spdx_means_them() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "ISC".to_owned()]);
    let table = [
        ("MIT", true),
        ("GPL-3.0", false),
        ("GPL-3.0 OR MIT", true),
        ("GPL-3.0/MIT", true),
        ("MIT AND GPL-3.0", false),
        ("MIT AND (GPL-3.0 OR ISC)", true),
        ("(GPL-3.0 OR AGPL-3.0) AND MIT", false),
        ("none", false),
    ];
    for (expression, expected) in table {
        assert_eq!(is_allowed(expression, &allowed), expected, "{expression}");
    }
}

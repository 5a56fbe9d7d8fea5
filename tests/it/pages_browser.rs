//! The tests of the pages that run in node and in Chromium (`dashboards/web/tests`).

use std::path::Path;
use std::process::{Command, Stdio};

const WEB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/dashboards/web");

/// Runs a file of node tests with this environment; panics with what it printed if one fails.
/// Without node or the pages' packages, which `make pages` installs, it fails in CI and says so
/// elsewhere.
pub(crate) fn run_node(file: &str, environment: &[(&str, String)]) {
    if !Path::new(WEB).join("node_modules/playwright-core").exists() {
        assert!(std::env::var_os("CI").is_none(), "run `make pages` first");
        println!("SKIPPED: {file}: `make pages` installs what it needs");
        return;
    }
    let output = Command::new("node")
        // A test that fails leaves its server listening; the process ends all the same, and in a bound.
        .args(["--test", "--test-force-exit", "--test-timeout=900000"])
        .args(["--test-reporter=spec", file])
        .current_dir(WEB)
        .envs(environment.iter().map(|(key, value)| (key, value)))
        .stdin(Stdio::null())
        .output()
        .expect("node runs");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{file}\n{text}");
    assert!(!text.contains("tests 0"), "{file} holds no test:\n{text}");
    println!("{text}");
}

#[test]
fn the_parts_that_only_calculate() {
    run_node("tests/unit/pure.test.mjs", &[]);
}

#[test]
fn every_check_of_the_pages_sees_its_planted_fault() {
    run_node("tests/browser/planted.test.mjs", &[]);
}

#[test]
fn every_state_says_its_exact_words() {
    run_node("tests/browser/states.test.mjs", &[]);
}

#[test]
fn ten_thousand_parcels_stand_within_two_seconds() {
    run_node("tests/browser/large.test.mjs", &[]);
}

#[test]
fn hand_and_keyboard_do_what_they_should() {
    run_node("tests/browser/map.test.mjs", &[]);
}

#[test]
fn a_surface_is_a_layer_that_says_what_it_is_not_for() {
    run_node("tests/browser/surface.test.mjs", &[]);
}

#[test]
fn land_state_and_values_beyond_limits_are_categories_with_letters() {
    run_node("tests/browser/categories.test.mjs", &[]);
}

#[test]
fn a_base_map_is_asked_for_by_whoever_switches_it_on_and_lies_where_it_should() {
    run_node("tests/browser/base-map.test.mjs", &[]);
}

#[test]
fn two_periods_stand_side_by_side_with_one_legend() {
    run_node("tests/browser/side.test.mjs", &[]);
}

#[test]
fn home_rating_sources_and_roles_are_as_their_users_find_them() {
    run_node("tests/browser/pages.test.mjs", &[]);
}

#[test]
fn home_arrival_rating_and_sources_stand_in_every_state_at_both_widths() {
    run_node("tests/browser/home.test.mjs", &[]);
}

#[test]
fn seven_tabs_share_one_line_and_a_page_still_loads() {
    run_node("tests/browser/tabs.test.mjs", &[]);
}

#[test]
fn a_ledger_is_checked_and_nobody_is_overwritten() {
    run_node("tests/browser/check.test.mjs", &[]);
}

#[test]
fn statements_stand_side_by_side_and_land_is_told_line_by_line() {
    run_node("tests/browser/books.test.mjs", &[]);
}

#[test]
fn meters_stand_against_those_below_them() {
    run_node("tests/browser/quality.test.mjs", &[]);
}

#[test]
fn the_bureau_says_what_for_before_it_looks() {
    run_node("tests/browser/purpose.test.mjs", &[]);
}

//! A year of 10,000 enterprises by ten indicators, rated again by the command: from start to end of
//! the process, reading and printing included; and the same in this process.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use parkpulse::rating::rate_text;
use sha2::{Digest, Sha256};

use super::figure::{Goal, Report};
use super::year_facts::{DIGESTED, facts};

const ENTERPRISES: u64 = 10_000;
const TIMES: usize = 5;

/// What every build must make of the file; the tests ask a debug build for the same.
const DIGEST: &str = include_str!("../data/rated-digest.txt");

/// This build rates as every other one does.
fn rates_alike(folder: &Path) {
    let path = folder.join("digested.json");
    std::fs::write(&path, facts(DIGESTED)).unwrap();
    let rated = Command::new(env!("CARGO_BIN_EXE_parkpulse"))
        .arg("rate")
        .arg(&path)
        .output()
        .unwrap();
    let digest = hex::encode(Sha256::digest(&rated.stdout));
    assert_eq!(digest, DIGEST.trim(), "this build rates otherwise");
}

pub(crate) fn measure(folder: &Path, report: &mut Report) {
    rates_alike(folder);
    let text = facts(ENTERPRISES);
    let path = folder.join("facts.json");
    std::fs::write(&path, &text).unwrap();
    let (mut command, mut here) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..TIMES {
        let began = Instant::now();
        let ended = Command::new(env!("CARGO_BIN_EXE_parkpulse"))
            .arg("rate")
            .arg(&path)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        command = command.min(began.elapsed().as_secs_f64() * 1e3);
        assert!(ended.success());
        let began = Instant::now();
        let printed = rate_text(&text, None).unwrap();
        here = here.min(began.elapsed().as_secs_f64() * 1e3);
        assert!(printed.len() > 1_000_000);
    }
    let what = format!("rating {ENTERPRISES} enterprises x 10 indicators");
    report.figure(
        &format!("{what}, the command"),
        command,
        "ms",
        Goal::AtMost(300.0),
    );
    report.figure("the same in one process", here, "ms", Goal::None);
}

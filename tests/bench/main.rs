//! `make bench`: what the built server costs and keeps, measured from outside.
//!
//! The server is a release build in a process of its own; what it costs is read from that process
//! alone, so the senders here cost it nothing. The data directory lies below `target/`, on a disk
//! whose own sync times are printed first. A missed goal is said and is no failure;
//! what is lost, or who is locked out, is (`wrong`).
//! `BENCH_QUICK=1` runs everything short: the figures then say that it works, not how fast.
//! `BENCH_ONLY=sweep,log` runs these parts alone, `BENCH_SERVER=FILE` another build of the server.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measurement ends by panicking, prints, and divides counts"
)]
#![allow(
    missing_docs,
    dead_code,
    reason = "nobody uses a bench program's names; a test runs its smallest parts alone"
)]

mod against;
mod city;
mod consumer;
mod curve;
mod disk;
mod figure;
mod first_map;
mod flood;
mod ground;
mod idle;
mod kept;
mod log;
mod paced;
mod picture;
mod rerating;
mod sender;
mod server;
mod shelf;
mod sweep;
mod wrong;
pub(crate) mod year_facts;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use figure::{Goal, Report};
use ground::Ground;
use server::Server;

/// How long and how much.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// A flood, after its warm-up.
    pub(crate) flood: Duration,
    /// A paced run, after its warm-up.
    pub(crate) paced: Duration,
    /// Sessions that only stay open.
    pub(crate) idle_sessions: usize,
    /// Bytes of log for the long start.
    pub(crate) log_bytes: u64,
    /// Devices of the month whose bytes are counted.
    pub(crate) kept_devices: u32,
    /// Devices of the month that is read.
    pub(crate) swept_devices: u32,
    /// Rounds of 2,000 messages in the comparison.
    pub(crate) compared_rounds: u16,
}

const WHOLE: Extent = Extent {
    flood: Duration::from_secs(10),
    paced: Duration::from_secs(15),
    idle_sessions: 10_000,
    log_bytes: 1 << 30,
    kept_devices: 320,
    swept_devices: 10_000,
    compared_rounds: 400,
};

/// So small that a test can run it; it says nothing about speed.
const SMALLEST: Extent = Extent {
    flood: Duration::ZERO,
    paced: Duration::ZERO,
    idle_sessions: 40,
    log_bytes: 0,
    kept_devices: 2,
    swept_devices: 20,
    compared_rounds: 0,
};

const QUICK: Extent = Extent {
    flood: Duration::from_secs(2),
    paced: Duration::from_secs(2),
    idle_sessions: 200,
    log_bytes: 32 << 20,
    kept_devices: 32,
    swept_devices: 320,
    compared_rounds: 5,
};

/// Runs the parts asked for.
pub(crate) fn main() {
    if consumer::is_it() {
        return;
    }
    let quick = std::env::var_os("BENCH_QUICK").is_some();
    let only = std::env::var("BENCH_ONLY").unwrap_or_default();
    let extent = if quick { QUICK } else { WHOLE };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench");
    fresh(&folder);
    let mut report = Report::new(quick);
    disk::measure(&folder, &mut report);
    let wanted = |part: &str| only.is_empty() || only.split(',').any(|one| one == part);
    if wanted("picture") {
        picture::measure(&mut report);
    }
    if wanted("rating") {
        rerating::measure(&folder, &mut report);
    }
    alone(&folder, &extent, &wanted, &mut report);
    if wanted("map") {
        first_map::measure(&folder, &mut report);
    }
    if wanted("city") {
        city::measure(&folder, quick.then_some(7), &mut report);
    }
    if wanted("against") {
        against::measure(&folder, &extent, &mut report);
    }
    if ["paced", "wrong", "flood", "single", "start", "log"]
        .iter()
        .any(|part| wanted(part))
    {
        served(&folder, &extent, &wanted, &mut report);
    }
    report.table();
    report.write(&folder.with_extension("json"));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Runs the parts that are done within seconds by any build, so that a test sees them work.
pub(crate) fn smallest(folder: &Path) {
    fresh(folder);
    let mut report = Report::new(true);
    disk::measure(folder, &mut report);
    alone(folder, &SMALLEST, &|_part| true, &mut report);
    report.table();
    report.write(&folder.with_extension("json"));
    std::fs::remove_dir_all(folder).unwrap();
}

fn fresh(folder: &Path) {
    if folder.exists() {
        std::fs::remove_dir_all(folder).unwrap();
    }
    std::fs::create_dir_all(folder).unwrap();
}

/// The store alone, and sessions that say nothing.
fn alone(folder: &Path, extent: &Extent, wanted: &dyn Fn(&str) -> bool, report: &mut Report) {
    if wanted("kept") {
        kept::measure(folder, extent, report);
    }
    if wanted("sweep") {
        sweep::measure(folder, extent, report);
    }
    if wanted("idle") {
        idle::measure(folder, extent, report);
    }
}

/// Everything that needs the server.
fn served(folder: &Path, extent: &Extent, wanted: &dyn Fn(&str) -> bool, report: &mut Report) {
    let ground = Ground::lay(folder);
    let mut server = Server::start(&ground);
    if wanted("paced") {
        paced::measure(&server, &ground, extent, 1_000, report);
        paced::measure(&server, &ground, extent, 8_000, report);
    }
    if wanted("wrong") {
        wrong::measure(&server, &ground, extent, report);
    }
    if wanted("flood") {
        flood::measure(&server, &ground, extent, flood::Kind::Nine, report);
    }
    if wanted("start") {
        server = start_after_kill(server, &ground, report);
    }
    if wanted("single") {
        flood::measure(&server, &ground, extent, flood::Kind::One, report);
    }
    report.memory("after all of it", &server);
    server.stop();
    if wanted("log") {
        log::measure(&ground, extent, report);
    }
}

fn start_after_kill(server: Server, ground: &Ground, report: &mut Report) -> Server {
    let pending = server.metric("store_head_messages");
    server.kill();
    let began = Instant::now();
    let server = Server::start(ground);
    let ms = began.elapsed().as_secs_f64() * 1e3;
    report.figure(
        &format!("start after kill -9, {pending} messages not folded"),
        ms,
        "ms",
        Goal::None,
    );
    server
}

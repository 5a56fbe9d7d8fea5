//! `make bench`: what the built server costs and keeps, measured from outside.
//!
//! The server is a release build in a process of its own; what it costs is read from that process
//! alone, so the senders here cost it nothing. The data directory lies below `target/`, on a disk
//! whose own sync times are printed first. A missed goal is said and is no failure.
//! `BENCH_QUICK=1` runs everything short: the figures then say that it works, not how fast.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_precision_loss,
    reason = "a measurement ends by panicking, prints, and divides counts"
)]
#![allow(missing_docs, reason = "nobody uses a bench program's names")]

mod curve;
mod disk;
mod figure;
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
mod year_facts;

use std::path::PathBuf;
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
    /// Connections that only stay open.
    pub(crate) idle_connections: usize,
    /// Bytes of log for the long start.
    pub(crate) log_bytes: u64,
    /// Devices of the month whose bytes are counted.
    pub(crate) kept_devices: u32,
    /// Devices of the month that is read.
    pub(crate) swept_devices: u32,
}

const WHOLE: Extent = Extent {
    flood: Duration::from_secs(10),
    paced: Duration::from_secs(15),
    idle_connections: 2_000,
    log_bytes: 1 << 30,
    kept_devices: 320,
    swept_devices: 10_000,
};

const QUICK: Extent = Extent {
    flood: Duration::from_secs(2),
    paced: Duration::from_secs(2),
    idle_connections: 200,
    log_bytes: 32 << 20,
    kept_devices: 32,
    swept_devices: 320,
};

fn main() {
    let quick = std::env::var_os("BENCH_QUICK").is_some();
    let only = std::env::var("BENCH_ONLY").unwrap_or_default();
    let extent = if quick { QUICK } else { WHOLE };
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bench");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    let mut report = Report::new(quick);
    disk::measure(&folder, &mut report);
    let wanted = |part: &str| only.is_empty() || only.split(',').any(|one| one == part);
    if wanted("picture") {
        picture::measure(&mut report);
    }
    if wanted("rating") {
        rerating::measure(&folder, &mut report);
    }
    if wanted("kept") {
        kept::measure(&folder, &extent, &mut report);
    }
    if wanted("sweep") {
        sweep::measure(&folder, &extent, &mut report);
    }
    if ["idle", "paced", "flood", "single", "start", "log"]
        .iter()
        .any(|part| wanted(part))
    {
        served(&folder, &extent, &wanted, &mut report);
    }
    report.write(&folder.with_extension("json"));
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Everything that needs the server.
fn served(
    folder: &std::path::Path,
    extent: &Extent,
    wanted: &dyn Fn(&str) -> bool,
    report: &mut Report,
) {
    let ground = Ground::lay(folder);
    let mut server = Server::start(&ground);
    if wanted("idle") {
        idle::measure(&server, &ground, extent, report);
    }
    if wanted("paced") {
        paced::measure(&server, &ground, extent, 1_000, report);
        paced::measure(&server, &ground, extent, 8_000, report);
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

//! What the disk itself can do: the time of one write of 4 KiB and its sync.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::Instant;

use super::figure::{Goal, Report, quantile};

const SYNCS: usize = 400;

pub(crate) fn measure(folder: &Path, report: &mut Report) {
    let path = folder.join("sync");
    let mut file = File::create(&path).unwrap();
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let began = Instant::now();
        file.write_all(&[0x55; 4096]).unwrap();
        file.sync_data().unwrap();
        times.push(began.elapsed().as_secs_f64() * 1e3);
    }
    std::fs::remove_file(path).unwrap();
    times.sort_by(f64::total_cmp);
    report.figure(
        "disk: write 4 KiB and fdatasync, p50",
        quantile(&times, 500),
        "ms",
        Goal::None,
    );
    report.sync_p99_ms = quantile(&times, 990);
    report.figure(
        "disk: write 4 KiB and fdatasync, p99",
        report.sync_p99_ms,
        "ms",
        Goal::None,
    );
}

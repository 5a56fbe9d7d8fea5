//! The engine's figures under the names that `/metrics` gives them.

use std::ops::ControlFlow;
use std::time::Duration;

use crate::jobs::{GatewayCounts, reconcile};
use crate::park::Roster;
use crate::store::{Counts, Engine, Health, Overflow, Space, StoreFault};
use crate::vitals::Exposition;

/// Everything the engine says of itself.
pub(super) fn health(health: &Health, page: &mut Exposition) {
    levels(health, page);
    totals(health, page);
    commits(health, page);
}

fn levels(health: &Health, page: &mut Exposition) {
    let levels = [
        (
            "store_queue_messages",
            "Messages waiting for the writer.",
            health.queue_messages,
        ),
        (
            "store_queue_limit_messages",
            "Messages that may wait.",
            health.queue_limit,
        ),
        (
            "store_pending_values",
            "Values committed, not yet folded.",
            health.pending_values,
        ),
        (
            "store_head_messages",
            "Messages in the heads.",
            health.head_messages,
        ),
        (
            "store_log_batches",
            "Batches in the log.",
            health.log_batches,
        ),
        (
            "store_log_batches_unfolded",
            "Batches not yet folded.",
            health.log_batches_unfolded,
        ),
        (
            "store_wal_bytes",
            "Size of the write-ahead log.",
            health.wal_bytes,
        ),
        (
            "store_file_bytes",
            "Size of the main file.",
            health.file_bytes,
        ),
        (
            "store_space_short",
            "0 enough, 1 folding stopped, 2 taking stopped.",
            short(health.space),
        ),
    ];
    for (name, help, level) in levels {
        page.family(name, help, "gauge");
        page.sample(name, &[], level);
    }
}

fn totals(health: &Health, page: &mut Exposition) {
    let counts = [
        ("store_folds_total", "Folds since start.", health.folds),
        (
            "store_blocks_compacted_total",
            "Month blocks written since start.",
            health.blocks_compacted,
        ),
        (
            "store_damaged_total",
            "Damaged rows and chunks put aside.",
            health.damaged,
        ),
        (
            "store_values_read_total",
            "Values visited by reads since start.",
            health.values_read,
        ),
    ];
    for (name, help, count) in counts {
        page.family(name, help, "counter");
        page.sample(name, &[], count);
    }
}

const fn short(space: Space) -> u64 {
    match space {
        Space::Plenty => 0,
        Space::FoldingStopped => 1,
        Space::TakingStopped => 2,
    }
}

/// Commit latency as a histogram: the buckets end at 1, 2, 4 .. 2^15 ms, the last one is beyond.
fn commits(health: &Health, page: &mut Exposition) {
    let name = "store_commit_seconds";
    page.family(
        name,
        "From the first message of a batch to its sync.",
        "histogram",
    );
    let bucket = format!("{name}_bucket");
    let mut up_to = 0;
    let mut bound = Duration::from_millis(1);
    let ends = health.commits_by_ms.split_last();
    for count in ends.map_or(&[][..], |(_beyond, bounded)| bounded) {
        up_to += count;
        page.sample(&bucket, &[("le", &bound.as_secs_f64().to_string())], up_to);
        bound *= 2;
    }
    let total = Duration::from_micros(health.commit_us_total).as_secs_f64();
    page.sample(&bucket, &[("le", "+Inf")], health.commits);
    page.sample(&format!("{name}_sum"), &[], total);
    page.sample(&format!("{name}_count"), &[], health.commits);
}

/// What became of every value, per gateway or in all (contract C2). The series are bounded by the
/// registry.
pub(super) fn conservation(
    engine: &dyn Engine,
    roster: &Roster,
    by_gateway: bool,
    page: &mut Exposition,
) -> Result<(), StoreFault> {
    let rows = reconcile(engine, roster, None)?;
    let name = "gateway_values";
    let help = "Values by gateway and fate; received is the sum of the others but unpromised.";
    page.family(name, help, "gauge");
    if !by_gateway {
        let mut all = Counts::default();
        for row in &rows {
            all.add(&row.counts);
        }
        fates(&all, |fate, count| {
            page.sample(name, &[("fate", fate)], count);
        });
        return Ok(());
    }
    for GatewayCounts {
        gateway, counts, ..
    } in &rows
    {
        fates(counts, |fate, count| {
            let labels = [("gateway", gateway.as_str()), ("fate", fate)];
            page.sample(name, &labels, count);
        });
    }
    Ok(())
}

fn fates(counts: &Counts, mut tell: impl FnMut(&'static str, i64)) {
    for (fate, count) in [
        ("received", counts.received),
        ("stored", counts.stored),
        ("duplicate", counts.duplicate),
        ("conflict", counts.conflict),
        ("quarantined", counts.quarantined),
        ("refused", counts.refused),
        ("pending", counts.pending),
        ("unpromised", counts.unpromised),
    ] {
        tell(fate, count);
    }
}

/// Of which gateways not all of the quarantine is kept (contract.md 2).
pub(super) fn overflows(
    engine: &dyn Engine,
    roster: &Roster,
    page: &mut Exposition,
) -> Result<(), StoreFault> {
    let mut found = Vec::new();
    engine.overflows(&mut |overflow| {
        found.push(*overflow);
        ControlFlow::Continue(())
    })?;
    let kept: Reading = (
        "quarantine_kept_bytes",
        "Bytes kept of quarantines over their limit.",
        |one| one.bytes_kept,
    );
    let cut: Reading = (
        "quarantine_cut_items",
        "Items of which only code, digest and count are kept.",
        |one| one.items_cut,
    );
    for (name, help, level) in [kept, cut] {
        page.family(name, help, "gauge");
        for one in &found {
            let known = roster.gateway_numbered(one.gateway);
            let gateway =
                known.map_or_else(|| format!("#{}", one.gateway.get()), |g| g.id.to_string());
            page.sample(name, &[("gateway", &gateway)], level(one));
        }
    }
    Ok(())
}

/// A figure of an overflow: name, help, and which.
type Reading = (&'static str, &'static str, fn(&Overflow) -> u64);

//! `reconcile`: what became of every value that was received (contract C2).

use clap::Args;

use crate::calendar::Day;
use crate::http::{ReconcileRow, reconcile_file};
use crate::jobs::{GatewayCounts, reconcile, reconcile_days};

use super::{Context, Failure, Out, Outcome, Verdict};

/// Per gateway, counted in values: received = stored + duplicate + conflict + quarantined +
/// refused + pending.
#[derive(Debug, Args)]
pub(super) struct Reconcile {
    /// Only what was received on this day, as 2026-11-22
    #[arg(long, value_name = "DAY")]
    day: Option<Day>,
    /// Fold first, so that nothing is pending
    #[arg(long)]
    settle: bool,
    /// Day by day as CSV on stdout, with the instant of counting: a report to keep
    /// (`parkpulse reconcile --csv > report.csv`), as pages give it
    #[arg(long)]
    csv: bool,
}

impl Reconcile {
    pub(super) fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let engine = &context.parts.engine;
        if self.settle {
            engine.settle()?;
        }
        let roster = context.parts.registry.directory().current();
        let rows = reconcile(&**engine, &roster, self.day)?;
        if self.csv {
            let days = reconcile_days(&**engine, &roster, self.day)?;
            out.bytes(&reconcile_file(&days, context.parts.clock.now())?)?;
        } else if out.is_json() {
            let rows: Vec<_> = rows.iter().map(ReconcileRow::of).collect();
            out.json(&rows)?;
        } else {
            table(&rows, out)?;
        }
        Ok(verdict(&rows, out))
    }
}

/// Says which gateways do not add up.
fn verdict(rows: &[GatewayCounts], out: &mut Out) -> Verdict {
    let mut verdict = Verdict::Done;
    for row in rows.iter().filter(|row| !row.counts.balance()) {
        verdict = Verdict::Finding;
        out.say(format_args!(
            "{}: {} received do not equal the sum of what became of them",
            row.gateway, row.counts.received
        ));
    }
    verdict
}

fn table(rows: &[GatewayCounts], out: &mut Out) -> Result<(), Failure> {
    let wide = rows.iter().map(|row| row.gateway.len()).max();
    let wide = wide.unwrap_or(0).max("gateway".len());
    out.line(format_args!(
        "{:wide$} {:>12} {:>12} {:>10} {:>10} {:>12} {:>8} {:>8}",
        "gateway",
        "received",
        "stored",
        "duplicate",
        "conflict",
        "quarantined",
        "refused",
        "pending"
    ))?;
    for GatewayCounts {
        gateway, counts, ..
    } in rows
    {
        out.line(format_args!(
            "{gateway:wide$} {:>12} {:>12} {:>10} {:>10} {:>12} {:>8} {:>8}",
            counts.received,
            counts.stored,
            counts.duplicate,
            counts.conflict,
            counts.quarantined,
            counts.refused,
            counts.pending
        ))?;
    }
    Ok(())
}

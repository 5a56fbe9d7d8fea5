//! `reconcile`: what became of every value that was received (contract C2).

mod wire;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use clap::Args;

use crate::calendar::Day;
use crate::park::GatewayNo;
use crate::store::Counts;

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
}

impl Reconcile {
    pub(super) async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let engine = &context.parts.engine;
        if self.settle {
            engine.settle()?;
        }
        let mut counts: BTreeMap<GatewayNo, Counts> = BTreeMap::new();
        engine.counts(self.day, &mut |(_, gateway, of_day)| {
            counts.entry(*gateway).or_default().add(of_day);
            ControlFlow::Continue(())
        })?;
        let roster = context.parts.registry.directory().current();
        let named = counts.into_iter().map(|(number, counts)| {
            let gateway = roster.gateway_numbered(number);
            let name = gateway.map_or_else(|| format!("#{}", number.get()), |g| g.id.to_string());
            (name, counts)
        });
        let mut named: Vec<(String, Counts)> = named.collect();
        named.sort_by(|left, right| left.0.cmp(&right.0));
        if out.is_json() {
            let rows: Vec<_> = named.iter().map(wire::Row::of).collect();
            out.json(&rows)?;
        } else {
            table(&named, out)?;
        }
        verdict(&named, out)
    }
}

/// Says which gateways do not add up.
fn verdict(named: &[(String, Counts)], out: &mut Out) -> Outcome {
    let mut verdict = Verdict::Done;
    for (gateway, counts) in named.iter().filter(|(_, counts)| !counts.balance()) {
        verdict = Verdict::Finding;
        out.say(format_args!(
            "{gateway}: {} received do not equal the sum of what became of them",
            counts.received
        ));
    }
    Ok(verdict)
}

fn table(named: &[(String, Counts)], out: &mut Out) -> Result<(), Failure> {
    let wide = named.iter().map(|(name, _)| name.len()).max();
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
    for (name, counts) in named {
        out.line(format_args!(
            "{name:wide$} {:>12} {:>12} {:>10} {:>10} {:>12} {:>8} {:>8}",
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

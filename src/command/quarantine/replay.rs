//! `quarantine replay`: the same bytes through the same intake, with what a person changes.

use std::fmt::Write;

use clap::Args;

use crate::command::{Context, Failure, Out, Outcome, Verdict};
use crate::intake::Amendment;
use crate::jobs::replay::{Became, Desk, Order, replay_all, replay_items};
use crate::park::MeterId;
use crate::store::{QuarantineNo, Quarantined};

use super::{Chosen, wire};

/// Without numbers, every item that was not taken in yet.
#[derive(Debug, Args)]
pub(in crate::command) struct Replay {
    /// Only these items
    #[arg(value_name = "NUMBER")]
    numbers: Vec<u64>,
    #[command(flatten)]
    chosen: Chosen,
    /// Move every time by this much, as -8h, 30m or -90s: flag `time_shifted`
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, value_parser = shift)]
    shift: Option<Shift>,
    /// Take the readings as those of this meter: flag `meter_mapped`
    #[arg(long, value_name = "ID")]
    meter_as: Option<MeterId>,
    /// Why, kept with each item
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
    /// Only say what would be taken
    #[arg(long)]
    dry_run: bool,
}

/// A shift and how it was written.
#[derive(Clone, Debug)]
struct Shift {
    ms: i64,
    written: String,
}

/// A signed time with its unit, not 0 and at most 400 days.
fn shift(text: &str) -> Result<Shift, String> {
    let refused = || "write it as -8h, +30m, 90s or 1d, at most 400 days".to_owned();
    let (sign, size) = match text.strip_prefix('-') {
        Some(size) => (-1, size),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let digits = size
        .find(|c: char| !c.is_ascii_digit())
        .ok_or_else(refused)?;
    let (count, unit) = size.split_at(digits);
    let unit_ms: i64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return Err(refused()),
    };
    let count: i64 = count.parse().map_err(|_cause| refused())?;
    let ms = count.checked_mul(unit_ms).ok_or_else(refused)?;
    if ms == 0 || ms > 400 * 86_400_000 {
        return Err(refused());
    }
    Ok(Shift {
        ms: sign * ms,
        written: text.to_owned(),
    })
}

/// What became of all items.
#[derive(Debug, Default)]
struct Totals {
    items_taken: u64,
    items_left: u64,
    kept: u64,
    set_aside: u64,
}

impl Replay {
    pub(super) async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        if !self.numbers.is_empty() && (self.chosen.gateway.is_some() || self.chosen.code.is_some())
        {
            return Err(Failure::usage(
                "name items by number, or by --gateway and --code",
            ));
        }
        if !self.dry_run {
            // First: without a record nothing is taken in.
            let registry = &context.parts.registry;
            let object = self.object();
            registry
                .note_in_log(&context.principal, "quarantine.replay", &object, "begun")
                .await?;
        }
        self.replay(out, context)
    }

    /// What is to be taken in and how, for the log.
    fn object(&self) -> String {
        let gateway = self.chosen.gateway.as_ref();
        let named = gateway.map(ToString::to_string);
        let what = match self.numbers.as_slice() {
            [] => named.unwrap_or_else(|| "all".to_owned()),
            [one] => format!("item {one}"),
            [first, ..] => format!("{} items from {first}", self.numbers.len()),
        };
        format!("{what} {}", self.how())
    }

    fn replay(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let parts = context.parts;
        let roster = parts.registry.directory().current();
        let desk = Desk {
            quarantine: &*parts.engine,
            roster: &roster,
            catalogue: &parts.catalogue,
            limits: &parts.settings.limits,
            clock: &*parts.clock,
        };
        let (mut told, mut rows) = (Ok(()), Vec::new());
        let (mut totals, json) = (Totals::default(), out.is_json());
        let mut tell = |item: &Quarantined, became: Became| {
            totals.add(&became);
            if json {
                rows.push(wire::Outcome::of(item, &became));
            } else if told.is_ok() {
                told = say(item, &became, out);
            }
        };
        let order = self.order(context);
        if self.numbers.is_empty() {
            replay_all(&desk, &self.chosen.filter(context)?, &order, &mut tell)?;
        } else {
            let items: Vec<_> = self
                .numbers
                .iter()
                .copied()
                .map(QuarantineNo::new)
                .collect();
            replay_items(&desk, &items, &order, &mut tell)?;
        }
        told?;
        self.sum_up(&totals, rows, out)
    }

    fn how(&self) -> String {
        let mut how = String::from("replay");
        if let Some(shift) = &self.shift {
            // Writing to a string cannot fail.
            let _written = write!(how, " --shift {}", shift.written);
        }
        if let Some(meter) = &self.meter_as {
            let _written = write!(how, " --meter-as {meter}");
        }
        if let Some(reason) = &self.reason {
            let _written = write!(how, ": {reason}");
        }
        how
    }

    fn order(&self, context: &Context<'_>) -> Order {
        Order {
            amendment: Amendment {
                shift_ms: self.shift.as_ref().map_or(0, |shift| shift.ms),
                meter_as: self.meter_as.clone(),
            },
            who: context.principal.name.clone(),
            how: self.how(),
            dry_run: self.dry_run,
        }
    }

    fn sum_up(&self, totals: &Totals, rows: Vec<wire::Outcome>, out: &mut Out) -> Outcome {
        if out.is_json() {
            out.json(&wire::Summary {
                items_taken: totals.items_taken,
                items_left: totals.items_left,
                values_kept: totals.kept,
                values_set_aside: totals.set_aside,
                dry_run: self.dry_run,
                items: rows,
            })?;
        } else {
            let done = if self.dry_run {
                "would be taken"
            } else {
                "taken"
            };
            out.line(format_args!(
                "{} items {done} with {} values, {} values set aside again; {} items left",
                totals.items_taken, totals.kept, totals.set_aside, totals.items_left
            ))?;
        }
        Ok(if totals.items_left == 0 && totals.set_aside == 0 {
            Verdict::Done
        } else {
            Verdict::Finding
        })
    }
}

impl Totals {
    fn add(&mut self, became: &Became) {
        match became {
            Became::Taken { kept, set_aside } => {
                self.items_taken += 1;
                self.kept += kept;
                self.set_aside += set_aside;
            }
            Became::Refused { .. } | Became::NotKept | Became::Cut => self.items_left += 1,
            Became::Before => {}
        }
    }
}

fn say(item: &Quarantined, became: &Became, out: &mut Out) -> Result<(), Failure> {
    let number = item.number.get();
    match became {
        Became::Taken { kept, set_aside: 0 } => out.line(format_args!("{number}  {kept} values")),
        Became::Taken { kept, set_aside } => out.line(format_args!(
            "{number}  {kept} values, {set_aside} set aside again"
        )),
        Became::Refused { code, detail } => out.line(format_args!("{number}  {code}: {detail}")),
        Became::NotKept => out.line(format_args!("{number}  its bytes were not kept")),
        Became::Cut => out.line(format_args!(
            "{number}  only the first part of its bytes was kept (quarantine.item_bytes_max), and half \
             a message is never taken in; let the gateway send it again, in smaller messages"
        )),
        Became::Before => out.line(format_args!("{number}  was taken in before")),
    }
}

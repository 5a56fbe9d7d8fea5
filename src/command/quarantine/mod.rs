//! `quarantine list / show / replay`: what was not taken, why, and taking it in after a repair.

mod replay;
mod wire;

use std::ops::ControlFlow;

use clap::{Args, Subcommand};

use crate::park::{GatewayId, GatewayNo};
use crate::reading::Code;
use crate::store::{QuarantineFilter, QuarantineNo, Quarantined};
use crate::text::{Language, find_sentence};

use super::{Context, Failure, Out, Outcome, Verdict};

/// What to do with the items.
#[derive(Debug, Subcommand)]
pub(super) enum Quarantine {
    /// What was not taken, and why
    List(List),
    /// One item with its bytes
    Show(Show),
    /// Take items in after a repair; exit 1 if any of them still cannot be taken
    Replay(replay::Replay),
}

/// Which items.
#[derive(Debug, Args)]
pub(super) struct Chosen {
    /// Only of this gateway
    #[arg(long, value_name = "ID")]
    gateway: Option<GatewayId>,
    /// Only with this code, as `unknown_meter`
    #[arg(long, value_name = "CODE")]
    code: Option<Code>,
}

impl Chosen {
    fn filter(&self, context: &Context<'_>) -> Result<QuarantineFilter, Failure> {
        let roster = context.parts.registry.directory().current();
        let gateway = self.gateway.as_ref().map(|id| {
            let known = roster.find_gateway(id.as_str());
            known.ok_or_else(|| Failure::failed(format!("there is no gateway {id}")))
        });
        Ok(QuarantineFilter {
            gateway: gateway.transpose()?.map(|gateway| gateway.number),
            code: self.code,
            ..QuarantineFilter::default()
        })
    }
}

/// Which items to list.
#[derive(Debug, Args)]
pub(super) struct List {
    #[command(flatten)]
    chosen: Chosen,
    /// Those that were taken in since, too
    #[arg(long)]
    all: bool,
    /// Only after the item with this number
    #[arg(long, value_name = "NUMBER")]
    after: Option<u64>,
    /// At most this many
    #[arg(long, value_name = "N", default_value_t = 1000)]
    limit: usize,
}

/// Which item to show.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// Its number, as `quarantine list` tells it
    #[arg(value_name = "NUMBER")]
    number: u64,
}

impl Quarantine {
    pub(super) async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        match self {
            Self::List(list) => list.run(out, context),
            Self::Show(show) => show.run(out, context),
            Self::Replay(replay) => replay.run(out, context).await,
        }
    }
}

impl List {
    fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let filter = QuarantineFilter {
            replayed: (!self.all).then_some(false),
            after: self.after.map(QuarantineNo::new),
            limit: self.limit,
            ..self.chosen.filter(context)?
        };
        let mut items = Vec::new();
        context.parts.engine.quarantined(&filter, &mut |item| {
            items.push(item.clone());
            ControlFlow::Continue(())
        })?;
        if out.is_json() {
            let rows: Vec<_> = items
                .iter()
                .map(|item| wire::Item::of(item, context))
                .collect();
            out.json(&rows)?;
        } else {
            for item in &items {
                tell(item, out, context)?;
            }
        }
        say_overflows(filter.gateway, out, context)?;
        Ok(Verdict::Done)
    }
}

/// Says of which gateways not everything is kept.
fn say_overflows(
    of: Option<GatewayNo>,
    out: &mut Out,
    context: &Context<'_>,
) -> Result<(), Failure> {
    let mut found = Vec::new();
    context.parts.engine.overflows(&mut |overflow| {
        found.push(*overflow);
        ControlFlow::Continue(())
    })?;
    found.retain(|one| of.is_none_or(|of| of == one.gateway));
    let roster = context.parts.registry.directory().current();
    for one in found {
        let known = roster.gateway_numbered(one.gateway);
        let gateway = known.map_or_else(|| format!("#{}", one.gateway.get()), |g| g.id.to_string());
        out.say(format_args!(
            "{gateway}: over quarantine.max_bytes with {} bytes; of {} items only code, digest and \
             count are kept",
            one.bytes_kept, one.items_cut
        ));
    }
    Ok(())
}

/// One line an item: number, when, who, how much, why.
fn tell(item: &Quarantined, out: &mut Out, context: &Context<'_>) -> Result<(), Failure> {
    let place = item
        .index
        .map_or_else(|| "message".to_owned(), |index| format!("reading {index}"));
    let since = item
        .replayed
        .as_ref()
        .map_or_else(String::new, |note| format!("  taken in by {}", note.who));
    out.line(format_args!(
        "{}  {}  {}  {place}  {} values  {}: {}{since}",
        item.number.get(),
        item.received_at,
        wire::gateway_name(item, context),
        item.values,
        item.code,
        item.detail
    ))
}

impl Show {
    fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let number = QuarantineNo::new(self.number);
        let item = context.parts.engine.quarantined_item(number)?;
        let raw = context.parts.engine.quarantined_raw(number)?;
        if out.is_json() {
            out.json(&wire::Shown::of(&item, raw.as_deref(), context))?;
            return Ok(Verdict::Done);
        }
        tell(&item, out, context)?;
        let advice = format!("advice.{}", item.code);
        for language in Language::ALL {
            out.line(find_sentence(language, &advice).unwrap_or_default())?;
        }
        if let Some(note) = &item.replayed {
            out.line(format_args!(
                "taken in by {} at {}: {}",
                note.who, note.replayed_at, note.how
            ))?;
        }
        match raw {
            // Escaped, so that nothing in it commands the terminal.
            Some(raw) => out.line(raw.escape_ascii())?,
            None => out.line("its bytes were not kept: over quarantine.max_bytes")?,
        }
        Ok(Verdict::Done)
    }
}

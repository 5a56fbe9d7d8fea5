//! `imports list`, `imports report`, `imports undo`: files that were taken, and taking one back.

use clap::{Args, Subcommand};

use crate::jobs::import::wire::ImportedWire;
use crate::store::registry::{Imported, Mode, PAGE_LIMIT, Undo};
use crate::text::Language;

use super::{Context, Failure, Out, Outcome, Verdict};

/// What to do with files that were taken.
#[derive(Debug, Subcommand)]
pub(super) enum Imports {
    /// The files, the newest first
    List(List),
    /// All that is known of one
    Report(Numbered),
    /// Take one back, while nothing was built on it; exit 1 if something was
    Undo(Taking),
}

/// How many.
#[derive(Debug, Args)]
pub(super) struct List {
    /// At most so many
    #[arg(long, default_value_t = 50, value_name = "COUNT")]
    limit: u32,
}

/// Which one.
#[derive(Debug, Args)]
pub(super) struct Numbered {
    /// Its number, as `imports list` shows it
    #[arg(value_name = "NUMBER")]
    number: i64,
}

/// Which one, and whether in earnest.
#[derive(Debug, Args)]
pub(super) struct Taking {
    #[command(flatten)]
    of: Numbered,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

impl Imports {
    pub(super) async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        match self {
            Self::List(list) => list.run(out, context).await,
            Self::Report(which) => which.report(out, context).await,
            Self::Undo(taking) => taking.run(out, context).await,
        }
    }
}

impl List {
    async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let registry = &context.parts.registry;
        let limit = self.limit.min(PAGE_LIMIT);
        let page = registry.list_imports(&context.principal, None, limit);
        let all = page.await?.entries;
        if out.is_json() {
            let all: Vec<_> = all.iter().map(ImportedWire::of).collect();
            out.json(&all)?;
            return Ok(Verdict::Done);
        }
        for one in &all {
            out.line(line(one))?;
        }
        Ok(Verdict::Done)
    }
}

/// One import in a line.
fn line(one: &Imported) -> String {
    let what = one.undoes.map_or_else(
        || one.file.clone(),
        |number| format!("takes back import {number}"),
    );
    let state = one
        .undone_by
        .map_or_else(String::new, |by| format!(", taken back by import {by}"));
    format!(
        "{}  {}  {}  {}  {what}: {} added, {} changed, {} ended, {} unchanged{state}",
        one.number, one.at, one.who, one.kind, one.added, one.changed, one.ended, one.unchanged
    )
}

impl Numbered {
    async fn report(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let registry = &context.parts.registry;
        let found = registry
            .find_import(&context.principal, self.number)
            .await?;
        let found = found.ok_or_else(|| self.missing())?;
        if out.is_json() {
            out.json(&ImportedWire::of(&found))?;
            return Ok(Verdict::Done);
        }
        out.line(line(&found))?;
        out.line(format_args!(
            "{} rows, {}, SHA-256 {}",
            found.rows, found.form, found.digest
        ))?;
        for note in found.notes_in(Language::English) {
            out.line(format_args!("note: {note}"))?;
        }
        Ok(Verdict::Done)
    }

    fn missing(&self) -> Failure {
        Failure::failed(format!(
            "there is no import {}; `imports list` shows them",
            self.number
        ))
    }
}

impl Taking {
    async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let mode = if self.dry_run {
            Mode::DryRun
        } else {
            Mode::Apply
        };
        let (registry, who) = (&context.parts.registry, &context.principal);
        let number = self.of.number;
        let close_after = context.parts.settings.ledger_close_after;
        match registry.undo_import(who, number, close_after, mode).await? {
            Undo::NotThere => Err(self.of.missing()),
            Undo::Refused(why) => {
                out.say(format_args!("import {number} was not taken back: {why}"));
                Ok(Verdict::Finding)
            }
            Undo::Done(undone) => {
                let done = match mode {
                    Mode::Apply => "was taken back",
                    Mode::DryRun => "would be taken back",
                };
                out.line(format_args!(
                    "import {number} {done} by import {}: {} rows count no longer, {} count again",
                    undone.number, undone.removed, undone.restored
                ))?;
                Ok(Verdict::Done)
            }
        }
    }
}

//! `rate`: rates enterprises from files, without a server (contract.md 10).

use std::path::PathBuf;

use clap::Args;

use crate::rating;

use super::input::read_text;
use super::{Failure, Out, Outcome, Verdict};

/// What to rate, and by which scheme.
#[derive(Debug, Args)]
pub(super) struct Rate {
    /// The facts of a year, JSON
    #[arg(value_name = "FACTS.json")]
    facts: PathBuf,
    /// A scheme file (TOML or JSON) instead of the schemes that stand in the facts
    #[arg(long, value_name = "FILE")]
    scheme: Option<PathBuf>,
}

pub(super) fn run(rate: &Rate, out: &mut Out) -> Outcome {
    let facts = read_text(&rate.facts)?;
    let scheme = match &rate.scheme {
        Some(path) => Some((path.display().to_string(), read_text(path)?)),
        None => None,
    };
    let scheme = scheme
        .as_ref()
        .map(|(name, text)| (name.as_str(), text.as_str()));
    let printed = rating::rate_text(&facts, scheme)
        .map_err(|refused| Failure::failed(format!("{}: {refused}", rate.facts.display())))?;
    out.bytes(printed.as_bytes())?;
    Ok(Verdict::Done)
}

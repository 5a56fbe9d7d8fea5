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
    /// A scheme file (TOML or JSON), or the id of a scheme that stands in the facts or is compiled in,
    /// instead of all that stand in the facts
    #[arg(long, value_name = "FILE_OR_ID")]
    scheme: Option<PathBuf>,
}

pub(super) fn run(rate: &Rate, out: &mut Out) -> Outcome {
    let facts = read_text(&rate.facts)?;
    let printed = match &rate.scheme {
        None => rating::rate_text(&facts, None),
        Some(file) if file.exists() => {
            let text = read_text(file)?;
            rating::rate_text(&facts, Some((&file.display().to_string(), &text)))
        }
        Some(id) => rating::rate_text_by(&facts, &id.display().to_string()),
    };
    let printed = printed
        .map_err(|refused| Failure::failed(format!("{}: {refused}", rate.facts.display())))?;
    out.bytes(printed.as_bytes())?;
    Ok(Verdict::Done)
}

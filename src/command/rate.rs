//! `rate`: rates enterprises from files, without a server (contract.md 10).

use std::path::{Path, PathBuf};

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
    /// A scheme file (TOML or JSON), or the id of a scheme that is compiled in, instead of the
    /// schemes that stand in the facts
    #[arg(long, value_name = "FILE_OR_ID")]
    scheme: Option<PathBuf>,
}

pub(super) fn run(rate: &Rate, out: &mut Out) -> Outcome {
    let facts = read_text(&rate.facts)?;
    let scheme = match &rate.scheme {
        Some(asked) => Some(find_scheme(asked)?),
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

/// Name and text of a scheme: a file if there is one of that name, else one that is compiled in.
fn find_scheme(asked: &Path) -> Result<(String, String), Failure> {
    let words = asked.display().to_string();
    if asked.exists() {
        return Ok((words, read_text(asked)?));
    }
    let (name, text) = rating::scheme::named(&words)
        .map_err(|refused| Failure::failed(format!("--scheme {refused}")))?;
    Ok((name.to_owned(), text.to_owned()))
}

//! `ledger`: closes a period from a file, without a server (contract.md 9).

use std::path::PathBuf;

use clap::Args;

use crate::ledger;

use super::input::text_of;
use super::{Failure, Out, Outcome, Verdict};

/// What to close.
#[derive(Debug, Args)]
pub(super) struct Ledger {
    /// One case, or an array of cases, JSON
    #[arg(value_name = "CASE.json")]
    case: PathBuf,
}

pub(super) fn run(command: &Ledger, out: &mut Out) -> Outcome {
    let text = text_of(&command.case)?;
    let printed = ledger::close_file(&text)
        .map_err(|refused| Failure::failed(format!("{}: {refused}", command.case.display())))?;
    out.bytes(printed.as_bytes())?;
    Ok(Verdict::Done)
}

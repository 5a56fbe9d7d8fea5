//! `ledger CASE.json`: closes a period from a file, without a server (contract.md 5 and 9).

use std::path::PathBuf;

use clap::Args;

use crate::ledger::close_file;

use super::input::read_text;
use super::{Failure, Out, Outcome, Verdict};

/// Which case to close.
#[derive(Debug, Args)]
pub(super) struct Ledger {
    /// A case: period, meters, changes, readings; or a list of cases, answered with their names
    #[arg(value_name = "CASE.json")]
    case: PathBuf,
}

pub(super) fn run(arguments: &Ledger, out: &mut Out) -> Outcome {
    let text = read_text(&arguments.case)?;
    let name = arguments.case.display();
    let closed = close_file(&text).map_err(|fault| Failure::failed(format!("{name}: {fault}")))?;
    out.line(closed)?;
    Ok(Verdict::Done)
}

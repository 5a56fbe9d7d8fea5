//! `template KIND`: the empty file of a kind, with notes (contract.md 5).

use clap::Args;

use crate::http::template_workbook;
use crate::jobs::import::{Kind, template};
use crate::text::Language;

use super::{Failure, Out, Outcome, Verdict};

/// Which file.
#[derive(Debug, Args)]
pub(super) struct Template {
    /// parks, areas, enterprises, parcels, land, meters, replacements, statements, conduct or readings
    #[arg(value_name = "KIND")]
    kind: Kind,
    /// As a workbook instead of CSV: `parkpulse template land --xlsx > land.xlsx`
    #[arg(long)]
    xlsx: bool,
}

pub(super) fn run(arguments: &Template, out: &mut Out) -> Outcome {
    let kind = arguments.kind;
    if arguments.xlsx {
        let book = template_workbook(kind, Language::English);
        let none = || Failure::usage(format!("{kind} are no table: leave --xlsx out"));
        out.bytes(&book.ok_or_else(none)?)?;
        return Ok(Verdict::Done);
    }
    out.bytes(template(kind, Language::English).as_bytes())?;
    if kind == Kind::Readings {
        out.say("readings have no empty file: NDJSON as `export readings` writes it");
    }
    Ok(Verdict::Done)
}

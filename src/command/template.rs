//! `template KIND`: the empty file of a kind, with notes (contract.md 5).

use clap::Args;

use crate::jobs::import::{Kind, template};
use crate::text::Language;

use super::{Out, Outcome, Verdict};

/// Which file.
#[derive(Debug, Args)]
pub(super) struct Template {
    /// parks, areas, enterprises, parcels, land, meters, replacements, statements, conduct or readings
    #[arg(value_name = "KIND")]
    kind: Kind,
}

pub(super) fn run(arguments: &Template, out: &mut Out) -> Outcome {
    out.bytes(template(arguments.kind, Language::English).as_bytes())?;
    if arguments.kind == Kind::Readings {
        out.say("readings have no empty file: NDJSON as `export readings` writes it");
    }
    Ok(Verdict::Done)
}

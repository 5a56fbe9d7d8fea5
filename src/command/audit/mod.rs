//! `audit verify`: whether the audit log is as it was written; names the first wrong place.

mod wire;

use clap::Subcommand;

use crate::calendar::Moment;

use super::{Context, Out, Outcome, Verdict};

/// What to do with the audit log.
#[derive(Debug, Subcommand)]
pub(super) enum Audit {
    /// Recompute every record's hash and compare it with the signed heads
    Verify,
}

impl Audit {
    pub(super) async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let Self::Verify = self;
        let verdict = context.parts.registry.verify_audit().await?;
        if out.is_json() {
            out.json(&wire::Verified::of(&verdict))?;
        } else {
            out.line(format_args!("records     {}", verdict.records))?;
            if let Some((number, at_ms)) = verdict.cut {
                let at = Moment::from_unix_ms(at_ms);
                out.line(format_args!("cut off     up to {number} at {at}"))?;
            }
            if let Some((number, at_ms)) = verdict.signed {
                let at = Moment::from_unix_ms(at_ms);
                out.line(format_args!("signed      up to {number} at {at}"))?;
            }
            out.line(format_args!("public key  {}", verdict.public_key))?;
        }
        match &verdict.wrong {
            None => Ok(Verdict::Done),
            Some(wrong) => {
                out.say(format_args!(
                    "record {}: {}; all before it are as they were written",
                    wrong.number, wrong.what
                ));
                Ok(Verdict::Finding)
            }
        }
    }
}

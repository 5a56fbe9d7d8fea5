//! `export readings`: every kept value with its provenance, as NDJSON (contract.md 5).

mod rows;
mod wire;

use clap::{Args, Subcommand};

use crate::calendar::{Day, Moment, Period};
use crate::park::{MeterId, MeterNo};

use super::{Context, Failure, Out, Outcome, Verdict};

/// What to export.
#[derive(Debug, Subcommand)]
pub(super) enum Export {
    /// Readings as NDJSON: one line a value, by meter and time
    Readings(Readings),
}

/// Which readings.
#[derive(Debug, Args)]
pub(super) struct Readings {
    /// Measured at or after this, as 2026-11-22 or 2026-11-22T08:15:00+08:00
    #[arg(long, value_name = "TIME", value_parser = instant)]
    from: Option<Moment>,
    /// Measured before this
    #[arg(long, value_name = "TIME", value_parser = instant)]
    to: Option<Moment>,
    /// Only of this meter
    #[arg(long, value_name = "ID")]
    meter: Option<MeterId>,
}

/// A day (its beginning) or an instant.
fn instant(text: &str) -> Result<Moment, String> {
    let day = text.parse::<Day>().map(Day::start);
    day.or_else(|_not_a_day| text.parse::<Moment>())
        .map_err(|fault| fault.to_string())
}

impl Export {
    pub(super) async fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let Self::Readings(readings) = self;
        let period = readings.period()?;
        for (meter, name) in readings.meters(context)? {
            rows::write(meter, &name, period, out, context)?;
        }
        Ok(Verdict::Done)
    }
}

impl Readings {
    fn period(&self) -> Result<Period, Failure> {
        let from = self.from.unwrap_or(Moment::from_unix_ms(i64::MIN));
        let to = self.to.unwrap_or(Moment::from_unix_ms(i64::MAX));
        Period::new(from, to).ok_or_else(|| Failure::usage("--from must lie before --to"))
    }

    /// The meters asked for, with their ids, by id.
    fn meters(&self, context: &Context<'_>) -> Result<Vec<(MeterNo, String)>, Failure> {
        let roster = context.parts.registry.directory().current();
        if let Some(id) = &self.meter {
            let meter = roster.find_meter(id.as_str());
            let meter = meter.ok_or_else(|| Failure::failed(format!("there is no meter {id}")))?;
            return Ok(vec![(meter.number, id.to_string())]);
        }
        let mut meters = Vec::new();
        context.parts.engine.meters(&mut |number| {
            let known = roster.meter_numbered(*number);
            let name = known.map_or_else(|| format!("#{}", number.get()), |m| m.id.to_string());
            meters.push((*number, name));
            std::ops::ControlFlow::Continue(())
        })?;
        meters.sort_by(|left, right| left.1.cmp(&right.1));
        Ok(meters)
    }
}

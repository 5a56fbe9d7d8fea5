//! `export readings`: every kept value with its provenance, as NDJSON (contract.md 5).

mod rows;
mod wire;

use std::ops::ControlFlow;

use clap::{Args, Subcommand};

use crate::calendar::{Day, Moment, Period};
use crate::park::{Meter, MeterId, MeterNo, Roster};

use super::{Context, Failure, Out, Outcome, Verdict};

/// 2000-01-01 at UTC+8: no installation is older.
const BEFORE_ALL: Moment = Moment::from_unix_ms(946_656_000_000);
const DAY_MS: i64 = 86_400_000;

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
    pub(super) fn run(&self, out: &mut Out, context: &Context<'_>) -> Outcome {
        let Self::Readings(readings) = self;
        let asked = readings.period()?;
        let roster = context.parts.registry.directory().current();
        for (number, name) in readings.meters(&roster, context)? {
            let known = roster.meter_numbered(number);
            if let Some(period) = within_its_life(asked, known, context.parts.clock.now()) {
                rows::write(number, &name, period, out, context)?;
            }
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
    fn meters(
        &self,
        roster: &Roster,
        context: &Context<'_>,
    ) -> Result<Vec<(MeterNo, String)>, Failure> {
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
            ControlFlow::Continue(())
        })?;
        meters.sort_by(|left, right| left.1.cmp(&right.1));
        Ok(meters)
    }
}

/// Cuts what was asked to the time in which the meter can have readings, for the store looks at
/// every month of a period: from its registration to a day after now.
fn within_its_life(asked: Period, meter: Option<&Meter>, now: Moment) -> Option<Period> {
    let channels = meter.map_or(&[][..], |meter| &meter.channels);
    let born = channels.iter().map(|channel| channel.valid_from).min();
    let born = born.unwrap_or(BEFORE_ALL).max(BEFORE_ALL);
    let from = asked.from().max(born);
    Period::new(from, asked.to().min(now.plus_ms(DAY_MS)))
}

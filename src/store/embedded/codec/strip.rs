//! One indicator of one meter over a month, its columns side by side: what a sweep over all meters
//! reads. The room of one meter is used again for the next, and a row is put together only as it is
//! handed out. Knows no disk and nothing of what lies beside the month block.

use std::ops::ControlFlow;

use crate::calendar::{Moment, Month, Period};
use crate::indicator::IndicatorNo;
use crate::park::MeterNo;

use crate::store::Row;

use super::Broken;
use super::chunk::{Origin, Provenance, received_s, refill_times};
use super::column::refill_values;
use super::latest::row_of;
use super::month::Unpacked;

/// The columns of one meter: as many values as times, by time.
#[derive(Debug, Default)]
pub struct Strip {
    at: Vec<Moment>,
    whole_seconds: bool,
    values: Vec<f64>,
    provenance: Provenance,
    sources: Sources,
}

/// Where the rows came from.
#[derive(Debug, Default)]
enum Sources {
    /// Nothing was read.
    #[default]
    None,
    /// From one gateway, of one kind, of one counter: number and time of receipt differ.
    Common(Origin),
    /// Each row has its own.
    Each(Vec<Origin>),
}

impl Strip {
    /// Reads times and provenance of a meter, from the block's column of rows; `false` if the block
    /// has none of it.
    ///
    /// # Errors
    /// [`Broken`] if the bytes do not hold what they announce.
    pub fn read_rows(
        &mut self,
        rows: &Unpacked,
        meter: MeterNo,
        month: Month,
    ) -> Result<bool, Broken> {
        self.sources = Sources::None;
        let Some((count, mut section)) = rows.find(meter)? else {
            return Ok(false);
        };
        let start = month.period().from();
        self.whole_seconds = refill_times(&mut self.at, &mut section, count, start)?;
        self.provenance.refill(&mut section, count)?;
        self.sources = if let Some(common) = self.provenance.common() {
            Sources::Common(common)
        } else {
            let origins = self.provenance.origins(&self.at);
            Sources::Each(origins.ok_or(Broken("provenance"))?)
        };
        Ok(true)
    }

    /// Reads the values of the same meter, from the block's column of an indicator; `false` if the
    /// meter has none of it.
    ///
    /// # Errors
    /// [`Broken`] if the bytes do not hold what they announce.
    pub fn read_values(&mut self, values: &Unpacked, meter: MeterNo) -> Result<bool, Broken> {
        match values.find(meter)? {
            None => Ok(false),
            Some((count, mut section)) if count == self.at.len() => {
                refill_values(&mut self.values, &mut section, count)?;
                Ok(true)
            }
            Some(_) => Err(Broken("rows")),
        }
    }

    /// Hands out the rows of `period` by time, as they stand: of rows at the same time only one has
    /// a value of an indicator. `count` is raised by the values handed out.
    pub fn visit(
        &mut self,
        meter: MeterNo,
        indicator: IndicatorNo,
        period: Period,
        count: &mut u64,
        visit: &mut dyn FnMut(&Row) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let first = self.at.partition_point(|at| *at < period.from());
        let end = self.at.partition_point(|at| *at < period.to());
        let rows = first..end;
        let at = self.at.get(rows.clone()).unwrap_or_default();
        let values = self.values.get(rows.clone()).unwrap_or_default();
        let shown = at.iter().zip(values);
        match &self.sources {
            Sources::None => {}
            Sources::Each(origins) => {
                let origins = origins.get(rows).unwrap_or_default();
                let present = shown.zip(origins).filter(|((_, one), _)| !one.is_nan());
                for ((at, number), origin) in present {
                    *count += 1;
                    visit(&row_of(meter, indicator, *at, *number, origin, 1))?;
                }
            }
            Sources::Common(common) => {
                let (seqs, delays) = self.provenance.own(self.at.len());
                let seqs = seqs.get(rows.clone()).unwrap_or_default();
                let delays = delays.get(rows).unwrap_or_default();
                let mut row = row_of(meter, indicator, period.from(), 0.0, common, 1);
                let present = shown.zip(seqs.iter().zip(delays));
                for ((at, number), (seq, delay)) in present.filter(|((_, one), _)| !one.is_nan()) {
                    row.at = *at;
                    row.number = *number;
                    row.seq = common.seq.map(|_| seq.cast_unsigned());
                    row.received_at = if self.whole_seconds {
                        at.plus_ms(delay.saturating_mul(1_000))
                    } else {
                        Moment::from_unix_ms(received_s(*at, *delay).saturating_mul(1_000))
                    };
                    *count += 1;
                    visit(&row)?;
                }
            }
        }
        ControlFlow::Continue(())
    }
}

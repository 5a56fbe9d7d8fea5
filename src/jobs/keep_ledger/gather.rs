//! What the next batches brought of each register.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::calendar::{Day, Moment, Period};
use crate::indicator::IndicatorNo;
use crate::ledger::Sent;
use crate::store::registry::SeriesKey;
use crate::store::{BatchNo, Brought, Engine, StoreFault, failpoint};

use super::{LedgerFault, LedgerKeeper};

/// Batches and values that a round takes at most (a batch is never split): some tens of megabytes.
const BATCHES_MAX: usize = 4_096;
const VALUES_MAX: usize = 1_200_000;

/// What is new of a register.
#[derive(Debug, Default)]
pub(super) struct News {
    /// Values, by time, of one instant as they came.
    pub(super) arrived: Vec<Sent>,
    /// Days whose readings have to be looked at again from an instant on, whatever came.
    again: BTreeMap<Day, Moment>,
    /// Whether a value came that is older than the one before it.
    out_of_order: bool,
}

/// The registers of which something is new.
pub(super) type Touched = BTreeMap<SeriesKey, News>;

/// What a round has to take in.
#[derive(Debug)]
pub(super) struct Gathered {
    /// The last batch it covers.
    pub(super) last: BatchNo,
    /// What is new in it.
    pub(super) touched: Touched,
}

impl News {
    /// Days to look at again from their begin on.
    fn whole(days: impl IntoIterator<Item = Day>) -> Self {
        Self {
            arrived: Vec::new(),
            again: days.into_iter().map(|day| (day, day.start())).collect(),
            out_of_order: false,
        }
    }

    /// Whether nothing is new but values that came: no decision, nothing that was lost.
    pub(super) fn has_values_alone(&self) -> bool {
        self.again.is_empty()
    }

    /// Adds the days that are touched to `days`, each with the first instant that is.
    pub(super) fn add_days(self, days: &mut BTreeMap<Day, Moment>) {
        let arrived = self.arrived.iter().map(|arrived| arrived.at);
        for at in self.again.into_values().chain(arrived) {
            touch(days, at);
        }
    }

    fn take(&mut self, brought: &Brought) {
        let at = brought.at;
        match brought.value {
            Some((number, quality)) => {
                self.out_of_order |= self.arrived.last().is_some_and(|before| at < before.at);
                self.arrived.push(Sent {
                    at,
                    number,
                    quality,
                });
            }
            None => touch(&mut self.again, at),
        }
    }
}

fn touch(days: &mut BTreeMap<Day, Moment>, at: Moment) {
    let first = days.entry(Day::of(at)).or_insert(at);
    *first = at.min(*first);
}

impl LedgerKeeper {
    /// What came after `cursor`; `None` if nothing did.
    pub(super) async fn gather(&self, cursor: BatchNo) -> Result<Option<Gathered>, LedgerFault> {
        let newest = *self.engine.watch().borrow();
        let registers = self.registers();
        let engine = Arc::clone(&self.engine);
        if newest == cursor {
            return Ok(None);
        }
        if newest > cursor && !self.has_gap(cursor).await? {
            let brought = move || {
                failpoint("before_ledger");
                // Not beyond what was told: of a newer batch not everything can be read yet.
                let told = newest.get().saturating_sub(cursor.get());
                let limit = usize::try_from(told).map_or(BATCHES_MAX, |told| told.min(BATCHES_MAX));
                brought(engine.as_ref(), cursor, limit, &registers)
            };
            return Ok(Some(spawn_blocking(brought).await??));
        }
        // Batches are gone that were never seen, or a backup brought back an older log.
        let touched = self.touched_anew().await?;
        Ok(Some(Gathered {
            last: newest,
            touched,
        }))
    }

    /// Every day of every register that has readings, or had some when it was walked.
    async fn touched_anew(&self) -> Result<Touched, LedgerFault> {
        let mut touched = Touched::new();
        for (key, series) in self.registry.list_series().await? {
            let mut days = self.days_read(key, series.expectation.valid_from()).await?;
            days.extend(self.registry.list_days(key).await?);
            touched.insert(key, News::whole(days));
        }
        Ok(touched)
    }

    /// The days of a register that have readings.
    pub(super) async fn days_read(
        &self,
        series: SeriesKey,
        from: Moment,
    ) -> Result<BTreeSet<Day>, LedgerFault> {
        let engine = Arc::clone(&self.engine);
        Ok(spawn_blocking(move || days_read(engine.as_ref(), series, from)).await??)
    }

    async fn has_gap(&self, cursor: BatchNo) -> Result<bool, LedgerFault> {
        let engine = Arc::clone(&self.engine);
        let oldest = spawn_blocking(move || engine.oldest()).await??;
        Ok(oldest.is_none_or(|oldest| oldest.get() > cursor.get().saturating_add(1)))
    }
}

/// What is new of one register, and at which place the one lies that came after it.
#[derive(Debug)]
struct OneRegister {
    series: SeriesKey,
    news: News,
    followed_by: usize,
}

/// Registers in the making. They come in the same order round after round, so that the one which
/// followed the last time is tried before it is looked for.
#[derive(Debug, Default)]
struct Gathering {
    places: BTreeMap<SeriesKey, usize>,
    registers: Vec<OneRegister>,
    last: usize,
}

impl Gathering {
    fn take(&mut self, series: SeriesKey, brought: &Brought) {
        let followed = self.registers.get(self.last).map(|last| last.followed_by);
        let expected = followed.and_then(|place| self.registers.get(place));
        let place = match (followed, expected) {
            (Some(place), Some(one)) if one.series == series => place,
            _ => self.find(series),
        };
        if followed != Some(place)
            && let Some(last) = self.registers.get_mut(self.last)
        {
            last.followed_by = place;
        }
        if let Some(register) = self.registers.get_mut(place) {
            register.news.take(brought);
        }
        self.last = place;
    }

    fn find(&mut self, series: SeriesKey) -> usize {
        *self.places.entry(series).or_insert_with(|| {
            self.registers.push(OneRegister {
                series,
                news: News::default(),
                followed_by: 0,
            });
            self.registers.len() - 1
        })
    }

    fn done(self) -> Touched {
        let done = self.registers.into_iter().map(|register| {
            let mut news = register.news;
            if news.out_of_order {
                // Stable: of one instant the first to come stays first.
                news.arrived.sort_by_key(|arrived| arrived.at);
            }
            (register.series, news)
        });
        done.collect()
    }
}

fn brought(
    engine: &dyn Engine,
    cursor: BatchNo,
    limit: usize,
    registers: &BTreeSet<IndicatorNo>,
) -> Result<Gathered, StoreFault> {
    let mut gathering = Gathering::default();
    let mut count = 0;
    let last = engine.values_after(cursor, limit, registers, &mut |brought| {
        let series = SeriesKey {
            meter: brought.meter,
            indicator: brought.indicator,
        };
        gathering.take(series, brought);
        count += 1;
        if count < VALUES_MAX {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    })?;
    let touched = gathering.done();
    Ok(Gathered { last, touched })
}

fn days_read(
    engine: &dyn Engine,
    series: SeriesKey,
    from: Moment,
) -> Result<BTreeSet<Day>, StoreFault> {
    let SeriesKey { meter, indicator } = series;
    let mut newest = None;
    engine.latest_of(meter, &mut |row| {
        if row.indicator == indicator {
            newest = Some(row.at);
        }
        ControlFlow::Continue(())
    })?;
    let mut days = BTreeSet::new();
    let Some(ever) = newest.and_then(|newest| Period::new(from, newest.plus_ms(1))) else {
        return Ok(days);
    };
    engine.first_values(meter, Some(indicator), ever, &mut |row| {
        days.insert(Day::of(row.at));
        ControlFlow::Continue(())
    })?;
    Ok(days)
}

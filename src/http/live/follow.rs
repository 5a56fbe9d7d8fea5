//! Follows the log and tells the ring what is new: one follower for all readers.
//!
//! Many batches become one beat, so that the cost depends on time and not on traffic; a beat that
//! would be too large says only that there was too much.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::indicator::{Catalogue, IndicatorNo};
use crate::park::{MeterNo, Roster};
use crate::store::registry::Directory;
use crate::store::{BatchNo, Engine, Row, StoreFault};

use super::Live;
use super::ring::{Beat, News};

/// Between two beats: screens.md 11 wants no more than some a second, the issue at most 2 s.
const BEAT_EVERY: Duration = Duration::from_millis(250);
/// Batches looked at for one beat.
const BATCHES_MAX: usize = 1024;
/// Meters told of in one beat.
const METERS_MAX: usize = 500;

/// What the follower works with.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Readings and their log.
    pub engine: Arc<dyn Engine>,
    /// Who is registered.
    pub directory: Directory,
    /// What can be measured.
    pub catalogue: Arc<Catalogue>,
}

/// Tells `live` what is committed until `stop`; then every reader's line ends.
pub async fn follow(live: Arc<Live>, sources: Sources, stop: CancellationToken) {
    let mut newest = sources.engine.watch();
    let begin = newest.borrow_and_update().get();
    live.begin(begin, sources.newest_at().await);
    let mut told = begin;
    while let Some(Ok(())) = stop.run_until_cancelled(newest.changed()).await {
        if stop
            .run_until_cancelled(tokio::time::sleep(BEAT_EVERY))
            .await
            .is_none()
        {
            break;
        }
        let until = newest.borrow_and_update().get();
        let beat = sources.clone().beat(told, until).await;
        told = beat.number;
        live.tell(beat);
    }
    live.end();
}

impl Sources {
    /// The newest instant of all series, to begin with.
    async fn newest_at(&self) -> Option<crate::calendar::Moment> {
        let engine = Arc::clone(&self.engine);
        let found = tokio::task::spawn_blocking(move || {
            let mut newest = None;
            let read = engine.latest(&mut |row| {
                newest = newest.max(Some(row.at));
                ControlFlow::Continue(())
            });
            read.map(|()| newest)
        });
        found.await.ok().and_then(Result::ok).flatten()
    }

    /// The beat of the batches after `told` up to `until`. What cannot be read is told as partly.
    async fn beat(self, told: u64, until: u64) -> Beat {
        let partly = Beat {
            after: told,
            number: until,
            news: Vec::new(),
            partly: true,
        };
        let read = tokio::task::spawn_blocking(move || self.read(told, until)).await;
        match read {
            Ok(Ok(Some(news))) => Beat {
                news,
                partly: false,
                ..partly
            },
            _ => partly,
        }
    }

    /// The newest values that the batches brought; `None` if that is too much to tell.
    fn read(&self, told: u64, until: u64) -> Result<Option<Vec<News>>, StoreFault> {
        let after = BatchNo::new(told);
        let oldest = self.engine.oldest()?.map_or(until, BatchNo::get);
        if oldest > told.saturating_add(1) {
            return Ok(None);
        }
        let mut touched: BTreeMap<MeterNo, BTreeSet<IndicatorNo>> = BTreeMap::new();
        let mut seen = told;
        self.engine
            .batches_after(after, BATCHES_MAX, &mut |batch| {
                if batch.number.get() > until || touched.len() > METERS_MAX {
                    return ControlFlow::Break(());
                }
                seen = batch.number.get();
                for one in &batch.meters {
                    touched
                        .entry(one.meter)
                        .or_default()
                        .extend(&one.indicators);
                }
                ControlFlow::Continue(())
            })?;
        if seen < until || touched.len() > METERS_MAX {
            return Ok(None);
        }
        let roster = self.directory.current();
        let mut news = Vec::new();
        for (meter, indicators) in touched {
            self.engine.latest_of(meter, &mut |row| {
                if indicators.contains(&row.indicator) {
                    news.extend(self.news(row, &roster));
                }
                ControlFlow::Continue(())
            })?;
        }
        Ok(Some(news))
    }

    fn news(&self, row: &Row, roster: &Roster) -> Option<News> {
        let meter = roster.meter_numbered(row.meter)?;
        let indicator = self.catalogue.numbered(row.indicator)?;
        Some(News {
            enterprise: meter.enterprise.clone(),
            meter: meter.id.clone(),
            indicator: indicator.code.clone(),
            unit: indicator.unit.clone(),
            at: row.at,
            received_at: row.received_at,
            number: row.number,
        })
    }
}

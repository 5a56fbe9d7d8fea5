//! Follows the log and tells the ring what is new: one follower for all readers.
//!
//! Many batches become one beat, so that the cost depends on time and not on traffic; a beat that
//! would be too large says only that there was too much.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::access::Principal;
use crate::calendar::Clock;
use crate::indicator::{Catalogue, IndicatorNo};
use crate::park::{EnterpriseCode, GatewayNo, MeterNo, ParkId, Roster};
use crate::store::registry::{PAGE_LIMIT, Registry, RegistryFault};
use crate::store::{BatchNo, Engine, Row, StoreFault};

use super::Live;
use super::reach::Reach;
use super::ring::{Beat, News, Stir};

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
    /// Who is registered, and where.
    pub registry: Registry,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What can be measured.
    pub catalogue: Arc<Catalogue>,
}

/// Tells `live` what is committed until `stop`; then every reader's line ends.
pub async fn follow(live: Arc<Live>, sources: Sources, stop: CancellationToken) {
    let mut newest = sources.engine.watch();
    let begin = newest.borrow_and_update().get();
    let mut registered = Registered::default();
    sources.refresh(&mut registered).await;
    live.begin(begin, sources.reach(registered.clone()).await);
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
        sources.refresh(&mut registered).await;
        let beat = sources.clone().beat(told, until, registered.clone()).await;
        told = beat.number;
        live.tell(beat);
    }
    live.end();
}

/// What some batches brought.
struct Told {
    news: Vec<News>,
    stirs: Vec<Stir>,
}

/// Whose meters there are and where these are registered, as of one committed change.
#[derive(Clone, Debug, Default)]
struct Registered {
    roster: Arc<Roster>,
    parks: Arc<BTreeMap<EnterpriseCode, ParkId>>,
}

impl Sources {
    /// Takes the registry anew if anything in it has changed. Without it nobody but those who may
    /// see everything, and the enterprise itself, hears of a meter.
    async fn refresh(&self, registered: &mut Registered) {
        let roster = self.registry.directory().current();
        if Arc::ptr_eq(&roster, &registered.roster) {
            return;
        }
        match self.parks().await {
            Ok(parks) => {
                registered.roster = roster;
                registered.parks = Arc::new(parks);
            }
            Err(fault) => tracing::warn!(%fault, "live line: parks are not known; it asks again"),
        }
    }

    async fn parks(&self) -> Result<BTreeMap<EnterpriseCode, ParkId>, RegistryFault> {
        let (all, now) = (Principal::local(), self.clock.now());
        let mut parks = BTreeMap::new();
        let mut after: Option<String> = None;
        loop {
            let page =
                self.registry
                    .list_enterprises(&all, now, None, after.as_deref(), PAGE_LIMIT);
            let page = page.await?;
            parks.extend(page.entries.into_iter().map(|one| (one.code, one.park)));
            after = page.next;
            if after.is_none() {
                return Ok(parks);
            }
        }
    }

    /// How far all series reach, to begin with. What cannot be read is heard of with its next value.
    async fn reach(&self, registered: Registered) -> Reach {
        let sources = self.clone();
        let found = tokio::task::spawn_blocking(move || {
            let mut reach = Reach::default();
            let read = sources.engine.latest(&mut |row| {
                if let Some(news) = sources.news(row, &registered) {
                    reach.hear(&news);
                }
                ControlFlow::Continue(())
            });
            read.map(|()| reach)
        });
        let found = found.await.ok().and_then(Result::ok);
        found.unwrap_or_default()
    }

    /// The beat of the batches after `told` up to `until`. What cannot be read is told as partly.
    async fn beat(self, told: u64, until: u64, registered: Registered) -> Beat {
        let partly = Beat {
            after: told,
            number: until,
            news: Vec::new(),
            stirs: Vec::new(),
            partly: true,
        };
        let read = tokio::task::spawn_blocking(move || self.read(told, until, &registered)).await;
        match read {
            Ok(Ok(Some(Told { news, stirs }))) => Beat {
                news,
                stirs,
                partly: false,
                ..partly
            },
            _ => partly,
        }
    }

    /// The newest values that the batches brought; `None` if that is too much to tell.
    fn read(
        &self,
        told: u64,
        until: u64,
        registered: &Registered,
    ) -> Result<Option<Told>, StoreFault> {
        let after = BatchNo::new(told);
        let oldest = self.engine.oldest()?.map_or(until, BatchNo::get);
        if oldest > told.saturating_add(1) {
            return Ok(None);
        }
        let mut touched: BTreeMap<MeterNo, BTreeSet<IndicatorNo>> = BTreeMap::new();
        let mut stirred: BTreeSet<GatewayNo> = BTreeSet::new();
        let mut seen = told;
        self.engine
            .batches_after(after, BATCHES_MAX, &mut |batch| {
                let told = touched.len().max(stirred.len());
                if batch.number.get() > until || told > METERS_MAX {
                    return ControlFlow::Break(());
                }
                seen = batch.number.get();
                let aside = batch.gateways.iter().filter(|one| one.quarantined > 0);
                stirred.extend(aside.map(|one| one.gateway));
                stirred.extend(&batch.trials);
                for one in &batch.meters {
                    touched
                        .entry(one.meter)
                        .or_default()
                        .extend(&one.indicators);
                }
                ControlFlow::Continue(())
            })?;
        if seen < until || touched.len().max(stirred.len()) > METERS_MAX {
            return Ok(None);
        }
        let stirs = stirred.into_iter();
        let stirs = stirs.filter_map(|gateway| stir(gateway, registered));
        let mut news = Vec::new();
        for (meter, indicators) in touched {
            self.engine.latest_of(meter, &mut |row| {
                if indicators.contains(&row.indicator) {
                    news.extend(self.news(row, registered));
                }
                ControlFlow::Continue(())
            })?;
        }
        let stirs = stirs.collect();
        Ok(Some(Told { news, stirs }))
    }

    fn news(&self, row: &Row, registered: &Registered) -> Option<News> {
        let meter = registered.roster.meter_numbered(row.meter)?;
        let indicator = self.catalogue.numbered(row.indicator)?;
        Some(News {
            enterprise: meter.enterprise.clone(),
            park: registered.parks.get(&meter.enterprise).cloned(),
            meter: meter.id.clone(),
            indicator: indicator.code.clone(),
            unit: indicator.unit.clone(),
            at: row.at,
            received_at: row.received_at,
            number: row.number,
        })
    }
}

fn stir(gateway: GatewayNo, registered: &Registered) -> Option<Stir> {
    let gateway = registered.roster.gateway_numbered(gateway)?;
    Some(Stir {
        enterprise: gateway.enterprise.clone(),
        park: registered.parks.get(&gateway.enterprise).cloned(),
        gateway: gateway.id.clone(),
    })
}

//! What accounts are made of, gathered.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::access::Principal;
use crate::calendar::{Day, Moment, Month, Period};
use crate::ledger::factor::Factors;
use crate::ledger::holder::{Metered, Stated};
use crate::park::{Enterprise, EnterpriseCode, LandHolding};
use crate::store::registry::{HoldingFilter, PAGE_LIMIT, RegistryFault, SeriesKey};

use super::BookKeeper;

/// What is registered besides the enterprises themselves, which are asked for as of each period.
#[derive(Debug, Default)]
pub(super) struct Registered {
    pub(super) stated: BTreeMap<EnterpriseCode, Vec<Stated>>,
    pub(super) holdings: BTreeMap<EnterpriseCode, Vec<LandHolding>>,
    /// A digest of all that goes into accounts besides the ledger.
    pub(super) mark: String,
}

/// A text that is another one whenever a pass may find something to do.
pub(super) async fn mark(keeper: &BookKeeper) -> Result<String, RegistryFault> {
    let material = keeper.registry.material_mark().await?;
    let conduct = keeper.registry.conduct_mark().await?;
    let months = keeper.registry.list_closed_months().await?;
    let today = Day::of(keeper.clock.now());
    Ok(format!("{material} {conduct} {months:?} {today}"))
}

impl Registered {
    pub(super) async fn gather(keeper: &BookKeeper) -> Result<Self, RegistryFault> {
        let registry = &keeper.registry;
        let mark = registry.material_mark().await?;
        let mut found = Self {
            mark: digest(&[
                &mark,
                &factors(&keeper.factors),
                &keeper.rating.tax.join(" "),
            ]),
            ..Self::default()
        };
        found.holdings = holdings(keeper).await?;
        for row in registry.all_stated().await? {
            let Some(indicator) = keeper.catalogue.numbered(row.indicator) else {
                continue;
            };
            let own = found.stated.entry(row.enterprise).or_default();
            own.push(Stated {
                indicator: indicator.code.clone(),
                period: row.period,
                value: row.value,
                source: row.source,
                recorded_at: row.recorded_at,
            });
        }
        Ok(found)
    }

    pub(super) fn stated_of(&self, code: &EnterpriseCode) -> &[Stated] {
        self.stated.get(code).map_or(&[], Vec::as_slice)
    }

    pub(super) fn holdings_of(&self, code: &EnterpriseCode) -> &[LandHolding] {
        self.holdings.get(code).map_or(&[], Vec::as_slice)
    }
}

/// All enterprises by code as they were registered at the last instant of `period`, or as they are
/// now while it runs: what is registered after a period's end moves nobody in it.
pub(in crate::jobs) async fn enterprises_of(
    keeper: &BookKeeper,
    period: Period,
) -> Result<Vec<Enterprise>, RegistryFault> {
    let all = Principal::local();
    let at: Moment = keeper.clock.now().min(period.to().plus_ms(-1));
    let (mut found, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = keeper
            .registry
            .list_enterprises(&all, at, None, after.as_deref(), PAGE_LIMIT)
            .await?;
        found.extend(page.entries);
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// All holdings of land, by whose they are.
pub(in crate::jobs) async fn holdings(
    keeper: &BookKeeper,
) -> Result<BTreeMap<EnterpriseCode, Vec<LandHolding>>, RegistryFault> {
    let (all, filter) = (Principal::local(), HoldingFilter::default());
    let mut found: BTreeMap<EnterpriseCode, Vec<LandHolding>> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = keeper
            .registry
            .list_holdings(&all, filter, after, PAGE_LIMIT)
            .await?;
        for holding in page.entries {
            let own = found.entry(holding.enterprise.clone());
            own.or_default().push(holding);
        }
        after = page.next;
        if after.is_none() {
            return Ok(found);
        }
    }
}

/// SHA-256 of texts, in hex.
pub(in crate::jobs) fn digest(texts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text);
        hash.update([0]);
    }
    hex::encode(hash.finalize())
}

/// Factors as one text.
fn factors(factors: &Factors) -> String {
    format!("{factors:?}")
}

/// What each enterprise's meters came to in a month as closed in `revision`. A meter below another
/// one of the same enterprise is in that one's figure already and is left out.
pub(super) async fn metered(
    keeper: &BookKeeper,
    month: Month,
    revision: u32,
) -> Result<BTreeMap<EnterpriseCode, Vec<Metered>>, RegistryFault> {
    let entries = keeper.registry.closed_entries(month, revision).await?;
    let revisions = keeper.registry.closed_revisions(month, revision).await?;
    let series = keeper.registry.list_series().await?;
    let begun = keeper.registry.list_begun().await?;
    let roster = keeper.registry.directory().current();
    let mut metered: BTreeMap<EnterpriseCode, Vec<Metered>> = BTreeMap::new();
    for (key, entry) in &entries {
        // Only a meter above that measures the same has it in its own figure.
        let above = series.get(key).and_then(|one| one.parent);
        let above = above.map(|meter| SeriesKey { meter, ..*key });
        let above = above.and_then(|above| entries.get(&above));
        let above = above.filter(|above| !above.is_retired());
        if above.is_some_and(|above| above.enterprise == entry.enterprise) || entry.is_retired() {
            continue;
        }
        let indicator = keeper.catalogue.numbered(key.indicator);
        let meter = roster.meter_numbered(key.meter);
        let (Some(indicator), Some(meter)) = (indicator, meter) else {
            continue;
        };
        let own = metered.entry(entry.enterprise.clone()).or_default();
        own.push(Metered {
            meter: meter.id.to_string(),
            indicator: indicator.code.clone(),
            used: entry.used.clone(),
            known_share: entry.known_share.clone(),
            flags: entry.flags.clone(),
            revision: revisions.get(key).copied().unwrap_or(revision),
            begun: Metered::begun_inside(begun.get(key).copied(), month),
        });
    }
    for own in metered.values_mut() {
        own.sort_by(|a, b| (&a.indicator, &a.meter).cmp(&(&b.indicator, &b.meter)));
    }
    Ok(metered)
}

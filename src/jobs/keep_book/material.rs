//! What accounts are made of, gathered.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::access::Principal;
use crate::calendar::{Day, Moment, Month, Period};
use crate::jobs::add_up;
use crate::ledger::factor::Factors;
use crate::ledger::holder::{Metered, Stated};
use crate::park::{Enterprise, EnterpriseCode, Ladder, LandHolding, MeterId};
use crate::store::registry::{HoldingFilter, PAGE_LIMIT, RegistryFault, SeriesKey};

use super::BookKeeper;

/// By which rules accounts are made. Another text, and every closed period is made again: those in
/// which nothing differs keep their revision.
const RULES: &str = "3: fuels and what is sold on as stated count, what of solar was used is shown";

/// What is registered besides the enterprises themselves, which are asked for as of each period.
#[derive(Debug, Default)]
pub(super) struct Registered {
    pub(super) stated: BTreeMap<EnterpriseCode, Vec<Stated>>,
    pub(super) holdings: BTreeMap<EnterpriseCode, Vec<LandHolding>>,
    /// Which meter stands above which.
    pub(super) ladder: Ladder,
    /// A digest of all that goes into accounts besides the ledger and the order of the meters.
    pub(super) mark: String,
}

/// A text that is another one whenever a pass may find something to do.
pub(super) async fn mark(keeper: &BookKeeper) -> Result<String, RegistryFault> {
    let material = keeper.registry.material_mark().await?;
    let conduct = keeper.registry.conduct_mark().await?;
    let meters = keeper.registry.meters_mark().await?;
    let months = keeper.registry.list_closed_months().await?;
    let today = Day::of(keeper.clock.now());
    Ok(format!("{material} {conduct} {meters} {months:?} {today}"))
}

impl Registered {
    pub(super) async fn gather(keeper: &BookKeeper) -> Result<Self, RegistryFault> {
        let registry = &keeper.registry;
        let mark = registry.material_mark().await?;
        let mut found = Self {
            mark: digest(&[
                RULES,
                &mark,
                &factors(&keeper.factors),
                &keeper.rating.tax.join(" "),
                &keeper.precedence.mark(),
            ]),
            ..Self::default()
        };
        found.holdings = holdings(keeper).await?;
        found.ladder = add_up::ladder(registry).await?;
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
        // Stable: sources of one rank stay in the order in which they were registered.
        for own in found.stated.values_mut() {
            own.sort_by_key(|one| keeper.precedence.rank(&one.indicator, &one.source));
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
/// one of the same enterprise is in that one's figure already and is left out; below one of another
/// enterprise it is taken away there.
pub(super) async fn metered(
    keeper: &BookKeeper,
    (month, revision): (Month, u32),
    ladder: &Ladder,
) -> Result<BTreeMap<EnterpriseCode, Vec<Metered>>, RegistryFault> {
    let mut entries = keeper.registry.closed_entries(month, revision).await?;
    entries.retain(|_, entry| !entry.is_retired());
    let revisions = keeper.registry.closed_revisions(month, revision).await?;
    let begun = keeper.registry.list_begun().await?;
    let roster = keeper.registry.directory().current();
    let at = month.period().to().plus_ms(-1);
    let mut metered: BTreeMap<EnterpriseCode, Vec<Metered>> = BTreeMap::new();
    for (key, entry) in &entries {
        let indicator = keeper.catalogue.numbered(key.indicator);
        let meter = roster.meter_numbered(key.meter);
        let (Some(indicator), Some(meter)) = (indicator, meter) else {
            continue;
        };
        // Only a meter above that measures the same has it in its own figure.
        let closed = |above: &MeterId| {
            let meter = roster.find_meter(above.as_str())?.number;
            entries.get(&SeriesKey { meter, ..*key })
        };
        let above = ladder.next_above(&meter.id, key.indicator, at, |one| closed(one).is_some());
        let above = above.and_then(closed).map(|above| &above.enterprise);
        if above == Some(&entry.enterprise) {
            continue;
        }
        let one = Metered {
            meter: meter.id.to_string(),
            indicator: indicator.code.clone(),
            used: entry.used.clone(),
            known_share: entry.known_share.clone(),
            flags: entry.flags.clone(),
            revision: revisions.get(key).copied().unwrap_or(revision),
            begun: Metered::begun_inside(begun.get(key).copied(), month),
            minus: false,
        };
        if let Some(above) = above {
            let sold_on = Metered {
                minus: true,
                ..one.clone()
            };
            metered.entry(above.clone()).or_default().push(sold_on);
        }
        let own = metered.entry(entry.enterprise.clone()).or_default();
        own.push(one);
    }
    for own in metered.values_mut() {
        own.sort_by(|a, b| (&a.indicator, &a.meter).cmp(&(&b.indicator, &b.meter)));
    }
    Ok(metered)
}

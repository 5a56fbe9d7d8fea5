//! Adds up what meters used: by enterprise, by park; parcels follow from
//! [`crate::ledger::on_parcels`].
//!
//! A meter below another one of the same enterprise is in that one's figure already and is left
//! out of the sums; below one of another enterprise it is what that one sells on, and taken away
//! there (domain.md 3.1). Every question takes a principal; whoever may not see a meter's series gets
//! sums without it (contract.md 6), so public sums are asked for by whoever may see all.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::Principal;
use crate::calendar::{Moment, Period};
use crate::indicator::IndicatorNo;
use crate::ledger::Rollup;
use crate::park::{EnterpriseCode, Ladder, MeterId, MeterNo, ParkId};
use crate::store::registry::{Close, PAGE_LIMIT, Registry, RegistryFault};

/// What one meter came to over a period.
#[derive(Clone, Debug)]
pub struct MeterFigure {
    /// Its number on disk.
    pub number: MeterNo,
    /// Which meter.
    pub meter: MeterId,
    /// Whose.
    pub enterprise: EnterpriseCode,
    /// Where the enterprise is registered now.
    pub park: ParkId,
    /// The nearest meter above it that counts the same, and so has its consumption in its own.
    pub parent: Option<MeterNo>,
    /// What it came to.
    pub rollup: Rollup,
}

/// Which meter stands above which, as registered.
///
/// # Errors
/// The registry failed.
pub async fn ladder(registry: &Registry) -> Result<Ladder, RegistryFault> {
    let (all, mut rows, mut after) = (Principal::local(), Vec::new(), None);
    loop {
        let page = registry.list_meter_rows(&all, None, after, PAGE_LIMIT);
        let page = page.await?;
        rows.extend(page.entries);
        after = page.next;
        if after.is_none() {
            return Ok(Ladder::of(&rows));
        }
    }
}

/// What each meter that counts `indicator` came to over `period` (borders on whole hours), by
/// number. What is to come after `as_of` is not missing.
///
/// # Errors
/// The registry failed.
pub async fn meters(
    (registry, ladder): (&Registry, &Ladder),
    who: &Principal,
    indicator: IndicatorNo,
    period: Period,
    as_of: Moment,
) -> Result<Vec<MeterFigure>, RegistryFault> {
    let mut figures = Vec::new();
    let mut live = BTreeSet::new();
    registry
        .visit_sheets(who, indicator, None, period, |one| {
            let expectation = &one.series.expectation;
            if expectation.is_due(period) {
                live.insert(one.key.meter);
            }
            figures.push(MeterFigure {
                number: one.key.meter,
                rollup: Rollup::of_meter(&one.sheet, expectation, period, as_of),
                meter: one.meter,
                enterprise: one.enterprise,
                park: one.park,
                parent: None,
            });
        })
        .await?;
    find_parents(&mut figures, ladder, (indicator, period), |one| {
        live.contains(&one.number)
    });
    Ok(figures)
}

/// What each meter that counts one of `indicators` came to in a closed month, as that closing says
/// it: later readings change nothing of it until the month is closed again. In the order of
/// `indicators`.
///
/// # Errors
/// The registry failed, or a row is damaged.
pub async fn closed_meters(
    (registry, ladder): (&Registry, &Ladder),
    who: &Principal,
    indicators: &[IndicatorNo],
    close: &Close,
) -> Result<Vec<Vec<MeterFigure>>, RegistryFault> {
    let period = close.month.period();
    let entries = registry.closed_entries(close.month, close.revision).await?;
    let mut all = Vec::new();
    for indicator in indicators {
        let mut figures = Vec::new();
        let is_closed = entries.keys().any(|key| key.indicator == *indicator);
        let registers = if is_closed {
            registry.list_registers(who, *indicator, None).await?
        } else {
            Vec::new()
        };
        for one in registers {
            let entry = entries.get(&one.key).filter(|entry| !entry.is_retired());
            let Some(entry) = entry else {
                continue;
            };
            let expectation = &one.series.expectation;
            figures.push(MeterFigure {
                number: one.key.meter,
                rollup: Rollup::of_closed(&entry.account()?, expectation, period),
                meter: one.meter,
                enterprise: entry.enterprise.clone(),
                park: one.park,
                parent: None,
            });
        }
        find_parents(&mut figures, ladder, (*indicator, period), |_| true);
        all.push(figures);
    }
    Ok(all)
}

/// Finds the nearest meter above each that is among these and `counts`, as it was when `period`
/// ended.
fn find_parents(
    figures: &mut [MeterFigure],
    ladder: &Ladder,
    (indicator, period): (IndicatorNo, Period),
    counts: impl Fn(&MeterFigure) -> bool,
) {
    let live = figures.iter().filter(|one| counts(one));
    let live: BTreeMap<MeterId, MeterNo> =
        live.map(|one| (one.meter.clone(), one.number)).collect();
    let at = period.to().plus_ms(-1);
    for figure in figures {
        let is_live = |meter: &MeterId| live.contains_key(meter);
        let above = ladder.next_above(&figure.meter, indicator, at, is_live);
        figure.parent = above.and_then(|above| live.get(above).copied());
    }
}

/// What a meter adds to somebody's sum, or takes away from it.
#[derive(Clone, Copy, Debug)]
pub struct Counted<'a> {
    /// Whose sum: the owner of the meter, or of the one above it, from which it is taken away.
    pub owner: &'a MeterFigure,
    /// The meter.
    pub figure: &'a MeterFigure,
    /// Whether it is taken away.
    pub minus: bool,
}

/// What counts into the sums, of meters that are below each other.
#[must_use]
pub fn counted(figures: &[MeterFigure]) -> Vec<Counted<'_>> {
    let by_number: BTreeMap<MeterNo, &MeterFigure> =
        figures.iter().map(|one| (one.number, one)).collect();
    let mut counted = Vec::new();
    for figure in figures {
        let above = figure.parent.and_then(|parent| by_number.get(&parent));
        if above.is_some_and(|above| above.enterprise == figure.enterprise) {
            continue;
        }
        counted.push(Counted {
            owner: figure,
            figure,
            minus: false,
        });
        counted.extend(above.map(|owner| Counted {
            owner,
            figure,
            minus: true,
        }));
    }
    counted
}

/// The sum of each enterprise.
#[must_use]
pub fn by_enterprise(figures: &[MeterFigure]) -> BTreeMap<EnterpriseCode, Rollup> {
    sums(figures, |owner| owner.enterprise.clone())
}

/// The sum of each park: of its enterprises.
#[must_use]
pub fn by_park(figures: &[MeterFigure]) -> BTreeMap<ParkId, Rollup> {
    sums(figures, |owner| owner.park.clone())
}

fn sums<K: Ord>(figures: &[MeterFigure], key: impl Fn(&MeterFigure) -> K) -> BTreeMap<K, Rollup> {
    let mut sums: BTreeMap<K, Rollup> = BTreeMap::new();
    for one in counted(figures) {
        let sum = sums.entry(key(one.owner)).or_default();
        if one.minus {
            sum.take_away(&one.figure.rollup);
        } else {
            sum.add(&one.figure.rollup);
        }
    }
    sums
}

//! Adds up what meters used: by enterprise, by park; parcels follow from
//! [`crate::ledger::on_parcels`].
//!
//! A meter below another one of the same enterprise is in that one's figure already and is left
//! out of the sums. Every question takes a principal; whoever may not see a meter's series gets
//! sums without it (contract.md 6), so public sums are asked for by whoever may see all.

use std::collections::BTreeMap;

use crate::access::Principal;
use crate::calendar::{Moment, Period};
use crate::indicator::IndicatorNo;
use crate::ledger::Rollup;
use crate::park::{EnterpriseCode, MeterId, MeterNo, ParkId};
use crate::store::registry::{Close, Registry, RegistryFault};

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
    /// The meter above it, whose consumption includes its own.
    pub parent: Option<MeterNo>,
    /// What it came to.
    pub rollup: Rollup,
}

/// What each meter that counts `indicator` came to over `period` (borders on whole hours), by
/// number. What is to come after `as_of` is not missing.
///
/// # Errors
/// The registry failed.
pub async fn meters(
    registry: &Registry,
    who: &Principal,
    indicator: IndicatorNo,
    period: Period,
    as_of: Moment,
) -> Result<Vec<MeterFigure>, RegistryFault> {
    let mut figures = Vec::new();
    registry
        .visit_sheets(who, indicator, None, period, |one| {
            let expectation = &one.series.expectation;
            figures.push(MeterFigure {
                number: one.key.meter,
                rollup: Rollup::of_meter(&one.sheet, expectation, period, as_of),
                meter: one.meter,
                enterprise: one.enterprise,
                park: one.park,
                parent: one.series.parent,
            });
        })
        .await?;
    Ok(figures)
}

/// What each meter that counts one of `indicators` came to in a closed month, as that closing says
/// it: later readings change nothing of it until the month is closed again. In the order of
/// `indicators`.
///
/// # Errors
/// The registry failed, or a row is damaged.
pub async fn closed_meters(
    registry: &Registry,
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
                parent: one.series.parent,
            });
        }
        all.push(figures);
    }
    Ok(all)
}

/// The sum of each enterprise.
#[must_use]
pub fn by_enterprise(figures: &[MeterFigure]) -> BTreeMap<EnterpriseCode, Rollup> {
    let mut sums: BTreeMap<EnterpriseCode, Rollup> = BTreeMap::new();
    for figure in topmost(figures) {
        let sum = sums.entry(figure.enterprise.clone()).or_default();
        sum.add(&figure.rollup);
    }
    sums
}

/// The sum of each park: of its enterprises.
#[must_use]
pub fn by_park(figures: &[MeterFigure]) -> BTreeMap<ParkId, Rollup> {
    let mut sums: BTreeMap<ParkId, Rollup> = BTreeMap::new();
    for figure in topmost(figures) {
        let sum = sums.entry(figure.park.clone()).or_default();
        sum.add(&figure.rollup);
    }
    sums
}

/// The meters that are below no other meter of the same enterprise.
pub fn topmost(figures: &[MeterFigure]) -> impl Iterator<Item = &MeterFigure> {
    let owners = figures.iter().map(|one| (one.number, &one.enterprise));
    let owners: BTreeMap<MeterNo, &EnterpriseCode> = owners.collect();
    figures.iter().filter(move |figure| {
        let above = figure.parent.and_then(|parent| owners.get(&parent));
        above.is_none_or(|owner| **owner != figure.enterprise)
    })
}

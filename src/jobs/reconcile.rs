//! `reconcile`: what became of every value, per gateway (contract C2).

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::calendar::Day;
use crate::park::{GatewayNo, Roster};
use crate::store::{Conservation, Counts, StoreFault};

/// The counts of one gateway.
#[derive(Clone, Debug)]
pub struct GatewayCounts {
    /// Its number on disk.
    pub number: GatewayNo,
    /// Its id; `#` and the number if the registry does not know it.
    pub gateway: String,
    /// What became of its values.
    pub counts: Counts,
}

/// What was received on `day`, or ever, by gateway id. Blocks on the store.
///
/// # Errors
/// Reading failed.
pub fn reconcile(
    store: &(impl Conservation + ?Sized),
    roster: &Roster,
    day: Option<Day>,
) -> Result<Vec<GatewayCounts>, StoreFault> {
    let mut sums: BTreeMap<GatewayNo, Counts> = BTreeMap::new();
    if day.is_some() {
        store.counts(day, &mut |(_, gateway, of_day)| {
            sums.entry(*gateway).or_default().add(of_day);
            ControlFlow::Continue(())
        })?;
    } else {
        store.totals(&mut |(gateway, counts)| {
            sums.insert(*gateway, *counts);
            ControlFlow::Continue(())
        })?;
    }
    let mut named: Vec<_> = sums
        .into_iter()
        .map(|(number, counts)| GatewayCounts::of(roster, number, counts))
        .collect();
    named.sort_by(|left, right| left.gateway.cmp(&right.gateway));
    Ok(named)
}

/// What was received day by day, by gateway id and day; of one day alone if one is named. Blocks on
/// the store.
///
/// # Errors
/// Reading failed.
pub fn reconcile_days(
    store: &(impl Conservation + ?Sized),
    roster: &Roster,
    only: Option<Day>,
) -> Result<Vec<(Day, GatewayCounts)>, StoreFault> {
    let mut sums: BTreeMap<(GatewayNo, Day), Counts> = BTreeMap::new();
    store.counts(only, &mut |(day, gateway, of_day)| {
        sums.entry((*gateway, *day)).or_default().add(of_day);
        ControlFlow::Continue(())
    })?;
    let mut named: Vec<_> = sums
        .into_iter()
        .map(|((number, day), counts)| (day, GatewayCounts::of(roster, number, counts)))
        .collect();
    named.sort_by(|(a_day, a), (b_day, b)| (&a.gateway, a_day).cmp(&(&b.gateway, b_day)));
    Ok(named)
}

impl GatewayCounts {
    fn of(roster: &Roster, number: GatewayNo, counts: Counts) -> Self {
        let known = roster.gateway_numbered(number);
        let gateway = known.map_or_else(|| format!("#{}", number.get()), |g| g.id.to_string());
        Self {
            number,
            gateway,
            counts,
        }
    }
}

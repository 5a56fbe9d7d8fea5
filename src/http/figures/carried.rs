//! What the meters of a carrier, or of all that count into 综合能耗, came to in a month, over the
//! parcels that are shown. Whoever has land elsewhere too is here with the part that lies here.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::Principal;
use crate::calendar::{Moment, Month};
use crate::http::Desk;
use crate::indicator::IndicatorNo;
use crate::jobs::add_up::{self, MeterFigure};
use crate::ledger::factor::{Counts, Measure};
use crate::ledger::{Rollup, on_parcels};
use crate::park::{EnterpriseCode, ParcelId};
use crate::store::registry::{Close, RegistryFault};
use crate::units::Exact;

use super::ground::Part;
use super::{Figure, Ground, State};

/// What each meter came to that counts one of `indicators`, by this closing or as the ledger stands
/// without one; in the order of `indicators`.
pub(super) async fn meters(
    (desk, ground): (&Desk, &Ground),
    indicators: &[IndicatorNo],
    (month, close): (Month, Option<&Close>),
    now: Moment,
) -> Result<Vec<Vec<MeterFigure>>, RegistryFault> {
    let (registry, all) = ((&desk.registry, &ground.ladder), Principal::local());
    if let Some(close) = close {
        return add_up::closed_meters(registry, &all, indicators, close).await;
    }
    let mut found = Vec::new();
    for indicator in indicators {
        found.push(add_up::meters(registry, &all, *indicator, month.period(), now).await?);
    }
    Ok(found)
}

/// What the meters of one carrier came to.
#[derive(Debug)]
pub(super) struct Carried {
    pub(super) parcels: BTreeMap<ParcelId, Rollup>,
    /// What each enterprise used, park by park.
    pub(super) parts: Vec<Part>,
    /// Those of whom an amount is known.
    known: BTreeSet<EnterpriseCode>,
    /// All of it.
    pub(super) park: Rollup,
}

impl Carried {
    pub(super) fn of(ground: &Ground, meters: &[MeterFigure]) -> Self {
        let mut enterprises = add_up::by_enterprise(meters);
        enterprises.retain(|code, _| ground.enterprises.contains_key(code));
        let mut park = Rollup::default();
        let mut parts = Vec::new();
        let mut known = BTreeSet::new();
        for (code, used) in &enterprises {
            park.add_part(used, &ground.share_of(code));
            if let Some(used) = used.used() {
                parts.extend(ground.parts_of(code, used, None));
                known.insert(code.clone());
            }
        }
        Self {
            parcels: on_parcels(&enterprises, &ground.standings, &ground.land),
            parts,
            known,
            park,
        }
    }

    /// What was used on `parcel`, and the land in m² of those there of whom it is known: a ratio of
    /// sums is over those who have both.
    pub(super) fn over_land(&self, ground: &Ground, parcel: &ParcelId) -> Option<(&Exact, Exact)> {
        let used = self.parcels.get(parcel).and_then(Rollup::used)?;
        let here = ground.standing_on(parcel).iter();
        let land = here.filter(|one| self.known.contains(&one.enterprise));
        Some((used, land.map(|one| &one.land_m2).sum()))
    }
}

/// All carriers that count into 综合能耗: how complete what was metered of them is.
#[derive(Debug)]
pub(super) struct Energy(Vec<Carried>);

impl Energy {
    /// By this closing of the month, or as the ledger stands without one.
    pub(super) async fn load(
        desk: &Desk,
        ground: &Ground,
        (month, close): (Month, Option<&Close>),
        now: Moment,
    ) -> Result<Self, RegistryFault> {
        let factors = &desk.book.factors;
        let carriers = factors.carriers().iter();
        let counted = carriers.filter(|one| factors.counts(one, Measure::Equal) != Counts::No);
        let metered = counted.filter_map(|carrier| carrier.indicator.as_deref());
        let known = metered.filter_map(|code| desk.catalogue.find(code));
        let indicators: Vec<IndicatorNo> = known.map(|indicator| indicator.number).collect();
        let found = meters((desk, ground), &indicators, (month, close), now).await?;
        let carried = found.iter().map(|meters| Carried::of(ground, meters));
        Ok(Self(carried.collect()))
    }

    /// 完整率 of the park: that of the carrier of which least came. A mean over carriers would hide
    /// the one that is silent behind the one that is read most often.
    pub(super) fn completeness(&self) -> Option<Exact> {
        self.0
            .iter()
            .filter_map(|one| one.park.completeness())
            .min()
    }

    /// Says of each cell that has a value how complete the readings behind it are.
    pub(super) fn complete(&self, ground: &Ground, cells: &mut [Figure]) {
        for (parcel, cell) in ground.parcels.iter().zip(cells) {
            if cell.state == State::Value {
                let here = self.0.iter().filter_map(|one| one.parcels.get(&parcel.id));
                cell.completeness = here.filter_map(Rollup::completeness).min();
            }
        }
    }

    /// Meter hours of the month without a known amount, rounded; `None` if nothing is known.
    pub(super) fn missing_hours(&self) -> Option<String> {
        let is_known = self.0.iter().any(|one| one.park.used().is_some());
        let missing: Exact = self.0.iter().map(|one| one.park.missing_hours()).sum();
        is_known.then(|| missing.rounded(0))
    }
}

//! What is registered of the park that is shown.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{Action, Matter, Object, Principal, scope};
use crate::calendar::{Moment, Period};
use crate::http::{Desk, Problem};
use crate::park::{Enterprise, EnterpriseCode, LandHolding, MeterRow, Parcel, ParcelId, Park};
use crate::park::{Standing, standings};
use crate::store::registry::{HoldingFilter, PAGE_LIMIT, Page, RegistryFault};

use super::unavailable;

/// A park with all that stands in it, at one instant. Of everything, not only of what an asker may
/// see: [`super::Figures`] is cut to that.
#[derive(Debug)]
pub(in crate::http) struct Ground {
    /// The park.
    pub(in crate::http) park: Park,
    /// Its parcels, by id.
    pub(in crate::http) parcels: Vec<Parcel>,
    /// Who stands on each of them.
    pub(in crate::http) standings: BTreeMap<ParcelId, Vec<Standing>>,
    /// The enterprises that stand there.
    pub(in crate::http) enterprises: BTreeMap<EnterpriseCode, Enterprise>,
    /// The rows of their meters that run at that instant.
    pub(in crate::http) meters: Vec<MeterRow>,
}

impl Ground {
    /// The first park that `who` may see totals of, as it was at `at`.
    ///
    /// # Errors
    /// 404 if there is none; 503 if the registry does not answer.
    pub(in crate::http) async fn load(
        desk: &Desk,
        who: &Principal,
        at: Moment,
    ) -> Result<Self, Problem> {
        let park = Self::park(desk, who, at).await?;
        Self::of(desk, park, at).await.map_err(unavailable)
    }

    /// That park alone.
    ///
    /// # Errors
    /// As [`Ground::load`].
    pub(in crate::http) async fn park(
        desk: &Desk,
        who: &Principal,
        at: Moment,
    ) -> Result<Park, Problem> {
        let seen = scope(who, Action::Read, Matter::ParkTotals);
        let parks = desk.registry.list_parks(who, at, None, PAGE_LIMIT).await;
        let parks = parks.map_err(unavailable)?.entries;
        let found = parks.into_iter().find(|park| {
            seen.holds(&Object {
                matter: Matter::ParkTotals,
                enterprise: None,
                park: Some(&park.id),
            })
        });
        found.ok_or_else(Problem::not_found)
    }

    async fn of(desk: &Desk, park: Park, at: Moment) -> Result<Self, RegistryFault> {
        let (registry, all) = (&desk.registry, &Principal::local());
        let mut parcels = Vec::new();
        let mut after: Option<String> = None;
        while let Some(next) = take(
            &mut parcels,
            registry
                .list_parcels(all, at, Some(&park.id), after.as_deref(), PAGE_LIMIT)
                .await?,
        ) {
            after = Some(next);
        }
        let standings = standings(&holdings(desk, &park, at).await?, at);
        let mut found = Vec::new();
        let mut after: Option<String> = None;
        while let Some(next) = take(
            &mut found,
            registry
                .list_enterprises(all, at, None, after.as_deref(), PAGE_LIMIT)
                .await?,
        ) {
            after = Some(next);
        }
        let standing = standings.values().flatten();
        let here: BTreeSet<_> = standing.map(|one| one.enterprise.clone()).collect();
        let enterprises = found
            .into_iter()
            .filter(|one| here.contains(&one.code))
            .map(|one| (one.code.clone(), one))
            .collect();
        let mut meters = Vec::new();
        let mut after = None;
        while let Some(next) = take(
            &mut meters,
            registry
                .list_meter_rows(all, None, after, PAGE_LIMIT)
                .await?,
        ) {
            after = Some(next);
        }
        meters.retain(|row| row.validity.holds(at) && here.contains(&row.enterprise));
        Ok(Self {
            park,
            parcels,
            standings,
            enterprises,
            meters,
        })
    }

    /// Who stands on `parcel`; nobody on one that is not here.
    pub(in crate::http) fn standing_on(&self, parcel: &ParcelId) -> &[Standing] {
        self.standings.get(parcel).map_or(&[], Vec::as_slice)
    }
}

/// Adds a page; the cursor of the next one.
fn take<T, C>(entries: &mut Vec<T>, page: Page<T, C>) -> Option<C> {
    entries.extend(page.entries);
    page.next
}

/// The holdings on the park's parcels that run at `at`.
async fn holdings(desk: &Desk, park: &Park, at: Moment) -> Result<Vec<LandHolding>, RegistryFault> {
    let filter = HoldingFilter {
        park: Some(&park.id),
        during: Period::new(at, at.plus_ms(1)),
        ..HoldingFilter::default()
    };
    let mut holdings = Vec::new();
    let mut after = None;
    loop {
        let page = desk
            .registry
            .list_holdings(&Principal::local(), filter, after, PAGE_LIMIT)
            .await?;
        after = take(&mut holdings, page);
        if after.is_none() {
            return Ok(holdings);
        }
    }
}

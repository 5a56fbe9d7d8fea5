//! What is registered of the parks that are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::access::{Action, Matter, Principal, Scope, scope};
use crate::calendar::{Moment, Period};
use crate::http::{Desk, Problem};
use crate::park::{Enterprise, EnterpriseCode, LandHolding, MeterRow, Parcel, ParcelId, Park};
use crate::park::{Name, ParkId, Standing, standings};
use crate::store::registry::{HoldingFilter, PAGE_LIMIT, Page, RegistryFault};

use super::unavailable;

/// Parks with all that stands in them, at one instant. Of everything, not only of what an asker
/// may see: [`super::Figures`] is cut to that.
#[derive(Debug)]
pub(in crate::http) struct Ground {
    /// The parks that are shown, by id; never none.
    pub(in crate::http) parks: Vec<Park>,
    /// What they are called together.
    pub(in crate::http) name: Name,
    /// Their parcels, park by park, by id.
    pub(in crate::http) parcels: Vec<Parcel>,
    /// Who stands on each of them.
    pub(in crate::http) standings: BTreeMap<ParcelId, Vec<Standing>>,
    /// The enterprises that stand there.
    pub(in crate::http) enterprises: BTreeMap<EnterpriseCode, Enterprise>,
    /// The rows of their meters that run at that instant.
    pub(in crate::http) meters: Vec<MeterRow>,
}

impl Ground {
    /// The park that is asked for, or all parks whose map `who` may see, as they were at `at`.
    ///
    /// # Errors
    /// 404 if there is none; 503 if the registry does not answer.
    pub(in crate::http) async fn load(
        desk: &Desk,
        who: &Principal,
        asked: Option<&ParkId>,
        at: Moment,
    ) -> Result<Self, Problem> {
        let mut parks = Self::parks(desk, who, at).await?;
        parks.retain(|park| asked.is_none_or(|asked| *asked == park.id));
        let together = parks.iter().map(|park| park.name.as_str());
        let together = together.collect::<Vec<_>>().join("、");
        let first = parks.first().ok_or_else(Problem::not_found)?;
        let name = Name::from_str(&together).unwrap_or_else(|_too_long| first.name.clone());
        Self::of(desk, parks, name, at).await.map_err(unavailable)
    }

    /// The parks in which `who` may see cells of the map (contract.md 6): an enterprise that of
    /// its own cell, an operator the own ones, the bureau all, by id.
    ///
    /// # Errors
    /// 503 if the registry does not answer.
    pub(in crate::http) async fn parks(
        desk: &Desk,
        who: &Principal,
        at: Moment,
    ) -> Result<Vec<Park>, Problem> {
        let seen = scope(who, Action::Read, Matter::HeatCell);
        if seen == Scope::Nothing {
            return Ok(Vec::new());
        }
        let parks = desk.registry.list_parks(who, at, None, PAGE_LIMIT).await;
        let mut parks = parks.map_err(unavailable)?.entries;
        let home = match &seen {
            Scope::Enterprise(own) => {
                let own = desk.registry.find_enterprise(who, own, at).await;
                own.map_err(unavailable)?.map(|own| own.park)
            }
            _ => None,
        };
        parks.retain(|park| match &seen {
            Scope::Everything => true,
            Scope::Parks(own) => own.contains(&park.id),
            Scope::Enterprise(_) => home.as_ref() == Some(&park.id),
            Scope::Nothing => false,
        });
        Ok(parks)
    }

    async fn of(
        desk: &Desk,
        parks: Vec<Park>,
        name: Name,
        at: Moment,
    ) -> Result<Self, RegistryFault> {
        let (registry, all) = (&desk.registry, &Principal::local());
        let (mut parcels, mut held) = (Vec::new(), Vec::new());
        for park in &parks {
            let mut after: Option<String> = None;
            while let Some(next) = take(
                &mut parcels,
                registry
                    .list_parcels(all, at, Some(&park.id), after.as_deref(), PAGE_LIMIT)
                    .await?,
            ) {
                after = Some(next);
            }
            held.extend(holdings(desk, park, at).await?);
        }
        let standings = standings(&held, at);
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
            parks,
            name,
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

//! What is registered of the parks that are shown.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::access::{Action, Matter, Principal, Scope, scope};
use crate::calendar::{Moment, Period};
use crate::http::{Desk, Problem};
use crate::park::{
    Enterprise, EnterpriseCode, Ladder, LandHolding, MeterId, MeterRow, Parcel, ParcelId, Park,
};
use crate::park::{Name, ParkId, Standing, land_of, standings};
use crate::store::registry::{HoldingFilter, PAGE_LIMIT, Page, RegistryFault};
use crate::units::Exact;

use super::unavailable;

/// What an enterprise adds to a sum in one park.
#[derive(Clone, Debug)]
pub(in crate::http) struct Part {
    /// Where its land lies.
    pub(super) park: ParkId,
    /// Whose it is.
    pub(super) enterprise: EnterpriseCode,
    /// How much.
    pub(super) amount: Exact,
    /// Over how much: its land there in m², or so much of what it is divided by.
    pub(super) below: Exact,
}

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
    /// All land of each enterprise in m², that in parks which are not shown too: what it has is
    /// spread over all of it.
    pub(in crate::http) land: BTreeMap<EnterpriseCode, Exact>,
    /// The enterprises that stand there.
    pub(in crate::http) enterprises: BTreeMap<EnterpriseCode, Enterprise>,
    /// The rows of their meters that run at that instant.
    pub(in crate::http) meters: Vec<MeterRow>,
    /// The rows of meters that run then below those, of enterprises that do not stand here: what
    /// they count is sold on to them.
    pub(in crate::http) below: Vec<MeterRow>,
    /// Which meter stands above which, of all that were ever registered.
    pub(in crate::http) ladder: Ladder,
    /// The land of each in each park that is shown, in m².
    here: BTreeMap<EnterpriseCode, BTreeMap<ParkId, Exact>>,
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
        let mut parcels = Vec::new();
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
        }
        let mut standings = standings(&holdings(desk, at).await?, at);
        let land = land_of(&standings);
        let shown: BTreeSet<&ParcelId> = parcels.iter().map(|parcel| &parcel.id).collect();
        standings.retain(|parcel, _| shown.contains(parcel));
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
        let ladder = Ladder::of(&meters);
        meters.retain(|row| row.validity.holds(at));
        let (meters, others): (Vec<_>, Vec<_>) = meters
            .into_iter()
            .partition(|row| here.contains(&row.enterprise));
        let below = below(&meters, others, (&ladder, at));
        Ok(Self {
            parks,
            name,
            here: by_park(&parcels, &standings),
            parcels,
            standings,
            land,
            enterprises,
            meters,
            below,
            ladder,
        })
    }

    /// Of what an enterprise has, and of what that is divided by (its land if `below` is nothing),
    /// the part that lies in each park that is shown: by its land there over all its land.
    pub(super) fn parts_of(
        &self,
        enterprise: &EnterpriseCode,
        amount: &Exact,
        below: Option<&Exact>,
    ) -> Vec<Part> {
        let here = self.here.get(enterprise).into_iter().flatten();
        let whole = self.land.get(enterprise);
        let part = |(park, land): (&ParkId, &Exact)| {
            let share = land.over(whole?)?;
            Some(Part {
                park: park.clone(),
                enterprise: enterprise.clone(),
                amount: amount * &share,
                below: below.map_or_else(|| land.clone(), |below| below * &share),
            })
        };
        here.filter_map(part).collect()
    }

    /// Which part of all its land an enterprise has here, 0 to 1.
    pub(super) fn share_of(&self, enterprise: &EnterpriseCode) -> Exact {
        let parts = self.parts_of(enterprise, &Exact::whole(1), None);
        parts.iter().map(|part| &part.amount).sum()
    }

    /// Who stands on `parcel`; nobody on one that is not here.
    pub(in crate::http) fn standing_on(&self, parcel: &ParcelId) -> &[Standing] {
        self.standings.get(parcel).map_or(&[], Vec::as_slice)
    }
}

/// Those of `others` above which one of `meters` stands at `at`.
fn below(
    meters: &[MeterRow],
    mut others: Vec<MeterRow>,
    (ladder, at): (&Ladder, Moment),
) -> Vec<MeterRow> {
    let own: BTreeSet<&MeterId> = meters.iter().map(|row| &row.meter).collect();
    others.retain(|row| {
        let above = ladder.next_above(&row.meter, row.indicator, at, |one| own.contains(one));
        above.is_some()
    });
    others
}

/// The land of each enterprise in each park.
fn by_park(
    parcels: &[Parcel],
    standings: &BTreeMap<ParcelId, Vec<Standing>>,
) -> BTreeMap<EnterpriseCode, BTreeMap<ParkId, Exact>> {
    let mut here: BTreeMap<EnterpriseCode, BTreeMap<ParkId, Exact>> = BTreeMap::new();
    for parcel in parcels {
        for one in standings.get(&parcel.id).into_iter().flatten() {
            let own = here.entry(one.enterprise.clone()).or_default();
            let land = own.entry(parcel.park.clone());
            *land.or_insert_with(Exact::zero) += &one.land_m2;
        }
    }
    here
}

/// Adds a page; the cursor of the next one.
fn take<T, C>(entries: &mut Vec<T>, page: Page<T, C>) -> Option<C> {
    entries.extend(page.entries);
    page.next
}

/// The holdings that run at `at`, of everybody on all parcels.
async fn holdings(desk: &Desk, at: Moment) -> Result<Vec<LandHolding>, RegistryFault> {
    let filter = HoldingFilter {
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

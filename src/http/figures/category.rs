//! Layers that are no numbers: what the land is, and whether values beyond the limits of their
//! indicator lie there. Of now; the second is counted as the page of such values counts it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::access::Principal;
use crate::calendar::Moment;
use crate::heatmap::Category;
use crate::http::today::beyond;
use crate::http::{Desk, Problem, off_thread};
use crate::park::{EnterpriseCode, Name, Parcel, ParkId};

use super::{Arrivals, Figure, Figures, Freshness, Ground, Layer, State};

/// How often values beyond limits came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::http) struct Times {
    /// Since the page of them looks back, and not replayed.
    pub(in crate::http) open: u64,
    /// Of these, received within 24 hours.
    pub(in crate::http) day: u64,
}

/// What the land is: as registered, beside who stands there.
pub(super) async fn land(
    desk: &Desk,
    who: &Principal,
    park: Option<&ParkId>,
    now: Moment,
) -> Result<Figures, Problem> {
    let ground = Ground::load(desk, who, park, now).await?;
    let arrivals = Arrivals::load(desk, &ground, now).await?;
    let cells = ground.parcels.iter().map(|parcel| {
        let is_held = !ground.standing_on(&parcel.id).is_empty();
        let state = parcel.state.as_ref().map(Name::as_str);
        Figure::in_category(Category::of_land(state, is_held))
    });
    let cells = cells.collect();
    Figures::of_now(Layer::LandState, ground, cells, arrivals, now)
}

/// Where values beyond limits lie. A meter belongs to an enterprise, not to a parcel: of one with
/// several parcels each says the same.
pub(super) async fn limits(
    desk: &Desk,
    who: &Principal,
    park: Option<&ParkId>,
    now: Moment,
) -> Result<Figures, Problem> {
    let ground = Ground::load(desk, who, park, now).await?;
    let arrivals = Arrivals::load(desk, &ground, now).await?;
    let times = times(desk, &ground, now).await?;
    let cells = ground
        .parcels
        .iter()
        .map(|parcel| cell(&ground, &arrivals, &times, parcel))
        .collect();
    Figures::of_now(Layer::BeyondLimits, ground, cells, arrivals, now)
}

/// By enterprise.
async fn times(
    desk: &Desk,
    ground: &Ground,
    now: Moment,
) -> Result<BTreeMap<EnterpriseCode, Times>, Problem> {
    let roster = desk.registry.directory().current();
    let gateways: Vec<_> = roster
        .gateways()
        .filter(|gateway| ground.enterprises.contains_key(&gateway.enterprise))
        .cloned()
        .collect();
    let (engine, catalogue) = (Arc::clone(&desk.engine), Arc::clone(&desk.catalogue));
    let found = off_thread(move || beyond::find(&*engine, &catalogue, &gateways, now)).await?;
    let mut times: BTreeMap<EnterpriseCode, Times> = BTreeMap::new();
    for one in found {
        let own = times.entry(one.enterprise).or_default();
        own.open += one.values;
        own.day += one.values_day;
    }
    Ok(times)
}

/// A parcel whose meters are all silent and that has none is not said to be within limits.
fn cell(
    ground: &Ground,
    arrivals: &Arrivals,
    times: &BTreeMap<EnterpriseCode, Times>,
    parcel: &Parcel,
) -> Figure {
    let here = ground.standing_on(&parcel.id);
    if here.is_empty() {
        return Figure::of(State::NotCounted);
    }
    let mut sum = Times::default();
    for own in here.iter().filter_map(|one| times.get(&one.enterprise)) {
        sum.open += own.open;
        sum.day += own.day;
    }
    let mut meters = arrivals.on(ground, &parcel.id);
    let comes = meters.any(|one| matches!(one.freshness, Freshness::OnTime | Freshness::Late));
    let category = match sum {
        Times { day: 1.., .. } => Some(Category::BeyondNow),
        Times { open: 1.., .. } => Some(Category::BeyondBefore),
        _ => comes.then_some(Category::Within),
    };
    Figure {
        times: category.map(|_| sum),
        ..Figure::in_category(category)
    }
}

impl Figure {
    /// A parcel in a category; in none: nothing is known of it.
    fn in_category(category: Option<Category>) -> Self {
        let state = category.map_or(State::NoData, |_known| State::Value);
        Self {
            category,
            ..Self::of(state)
        }
    }
}

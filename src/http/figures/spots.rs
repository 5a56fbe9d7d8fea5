//! What a surface is made of: the amount of each parcel at a place inside it, park by park, and which
//! parks may show one.

use std::collections::{BTreeMap, BTreeSet};

use geo::{Coord, InteriorPoint, LineString, MultiPolygon, Polygon, unary_union};
use rust_decimal::Decimal;

use crate::access::may_disclose;
use crate::heatmap::Site;
use crate::park::backdrop::{Kind, Thing};
use crate::park::{EnterpriseCode, Parcel, ParcelId, ParkId};
use crate::units::Exact;

use super::{Figure, Figures, Layer, State};

/// The amount of one parcel.
#[derive(Clone, Debug)]
pub(in crate::http) struct Spot {
    /// Whose parcel.
    pub(in crate::http) parcel: ParcelId,
    /// A place inside it, degrees.
    pub(in crate::http) at: Coord<f64>,
    /// How much, as it is shown.
    pub(in crate::http) amount: Decimal,
}

/// What surfaces are made of.
#[derive(Clone, Debug, Default)]
pub(in crate::http) struct Spots {
    /// Every parcel with an amount, of the parks that are shown.
    pub(in crate::http) all: Vec<Spot>,
    /// The same by park, with its land.
    pub(in crate::http) sites: Vec<Site>,
    /// Parks of which none is shown, for it would tell of single enterprises.
    pub(in crate::http) withheld: Vec<ParkId>,
}

impl Layer {
    /// Whether what it divides by land may be spread over the land: amounts of a place. A ratio or a
    /// grade is never interpolated (domain.md 5.4).
    pub(in crate::http) const fn has_surface(self) -> bool {
        matches!(self, Self::Load | Self::KwhPerMu)
    }
}

impl Figures {
    /// What a surface is made of. `None` to whoever does not see the value of every cell: the places
    /// are known to all, so each amount could be worked out of the surface again.
    ///
    /// A picture leaves the house without those who may see its cells; so a park has a surface only
    /// where the sum of its amounts tells of nobody (contract.md 6).
    /// Of some parcels alone, those that `keeps`, the same must hold of whoever stands there, and of the
    /// others, which one is from the whole.
    pub(in crate::http) fn spots(
        &self,
        backdrop: &[Thing],
        keeps: &dyn Fn(&Parcel, &Figure) -> bool,
    ) -> Option<Spots> {
        let is_seen = |state| !matches!(state, State::Hidden | State::Band);
        if !self.cells.iter().all(|cell| is_seen(cell.state)) {
            return None;
        }
        let mut found = Spots::default();
        for park in &self.ground.parks {
            let [kept, left] = self.amounts_in(&park.id, keeps);
            if !may_disclose(&kept) || !(left.is_empty() || may_disclose(&left)) {
                found.withheld.push(park.id.clone());
                continue;
            }
            let own = || self.each().filter(|(parcel, _)| parcel.park == park.id);
            let spots: Vec<Spot> = own()
                .filter(|(parcel, figure)| keeps(parcel, figure))
                .filter_map(|(parcel, figure)| {
                    let ratio = figure.ratio.filter(|_| figure.state == State::Value)?;
                    let at = parcel.outline.polygons().interior_point()?;
                    Some(Spot {
                        parcel: parcel.id.clone(),
                        at: at.into(),
                        amount: ratio.numerator,
                    })
                })
                .collect();
            let outlines = own().map(|(parcel, _)| parcel.outline.polygons());
            found.sites.push(Site {
                amounts: spots.iter().map(|spot| (spot.at, spot.amount)).collect(),
                land: limit(&park.id, backdrop).unwrap_or_else(|| unary_union(outlines)),
            });
            found.all.extend(spots);
        }
        Some(found)
    }

    /// What each enterprise adds in a park: of those on parcels that are kept, and of those on others.
    /// Whoever stands on both kinds counts in both.
    fn amounts_in(
        &self,
        park: &ParkId,
        keeps: &dyn Fn(&Parcel, &Figure) -> bool,
    ) -> [Vec<Exact>; 2] {
        let mut amounts: BTreeMap<&EnterpriseCode, Exact> = BTreeMap::new();
        for part in self.parts.iter().filter(|part| part.park == *park) {
            let own = amounts.entry(&part.enterprise);
            *own.or_insert_with(Exact::zero) += &part.amount;
        }
        [true, false].map(|wanted| {
            let here = self
                .each()
                .filter(|(parcel, figure)| parcel.park == *park && keeps(parcel, figure) == wanted);
            let here: BTreeSet<&EnterpriseCode> = here
                .flat_map(|(parcel, _)| self.ground.standing_on(&parcel.id))
                .map(|one| &one.enterprise)
                .collect();
            let own = amounts.iter().filter(|(code, _)| here.contains(*code));
            own.map(|(_, amount)| amount.clone()).collect()
        })
    }
}

/// The land inside the park's limit, where the installation has a drawing of it.
fn limit(park: &ParkId, backdrop: &[Thing]) -> Option<MultiPolygon<f64>> {
    let own = backdrop.iter().filter(|thing| thing.park == *park);
    let limits = own.filter(|thing| thing.kind == Kind::Limit);
    let polygons: Vec<Polygon<f64>> = limits
        .filter_map(|thing| {
            let mut rings = thing.lines.iter().cloned().map(LineString::new);
            Some(Polygon::new(rings.next()?, rings.collect()))
        })
        .collect();
    (!polygons.is_empty()).then(|| MultiPolygon::new(polygons))
}

//! Land holdings, and the land they make up (contract.md 10 rule 1, domain.md 2.8).
//!
//! Sums are exact: floor area over a plot ratio need not end as a decimal.

use std::collections::BTreeMap;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::calendar::Moment;
use crate::calendar::Period;
use crate::units::Exact;
use crate::units::Mu;

use super::{EnterpriseCode, Name, ParcelId, Validity};

/// How an enterprise holds land.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LandKind {
    /// By certificate.
    Owned,
    /// Used without a certificate.
    Occupied,
    /// Leased from somebody.
    LeasedIn,
    /// Leased to somebody: counts there, not here.
    LeasedOut,
    /// A floor leased from somebody: counts with its floor area over the plot ratio.
    LeasedFloor,
}

/// A text that is no kind of holding.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a kind of holding: owned, occupied, leased_in, leased_out, leased_floor")]
pub struct NotALandKind {
    /// What was written.
    pub text: String,
}

impl LandKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [
        Self::Owned,
        Self::Occupied,
        Self::LeasedIn,
        Self::LeasedOut,
        Self::LeasedFloor,
    ];

    /// As the files write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owned => "owned",
            Self::Occupied => "occupied",
            Self::LeasedIn => "leased_in",
            Self::LeasedOut => "leased_out",
            Self::LeasedFloor => "leased_floor",
        }
    }
}

impl FromStr for LandKind {
    type Err = NotALandKind;

    fn from_str(text: &str) -> Result<Self, NotALandKind> {
        let known = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        known.ok_or_else(|| NotALandKind {
            text: text.to_owned(),
        })
    }
}

/// How much land a holding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Ground, in m².
    Ground {
        /// At least 0.
        m2: Decimal,
    },
    /// A floor: its m² over the plot ratio of its parcel.
    Floor {
        /// At least 0.
        floor_m2: Decimal,
        /// Floor area ratio (容积率), above 0.
        far: Decimal,
    },
}

/// Why numbers are no extent of land.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExtentRefused {
    /// Below 0 m².
    #[error("{m2} m² of land cannot be: it must not be negative")]
    BelowZero {
        /// The number.
        m2: Decimal,
    },
    /// A plot ratio that is not above 0.
    #[error("a plot ratio of {far} cannot be: it must be above 0")]
    PlotRatio {
        /// The number.
        far: Decimal,
    },
}

impl Extent {
    /// Ground of `m2` square metres.
    ///
    /// # Errors
    /// Below 0.
    pub fn ground(m2: Decimal) -> Result<Self, ExtentRefused> {
        if m2 < Decimal::ZERO {
            return Err(ExtentRefused::BelowZero { m2 });
        }
        Ok(Self::Ground { m2 })
    }

    /// A floor of `floor_m2` square metres under the plot ratio `far`.
    ///
    /// # Errors
    /// A floor below 0, a plot ratio not above 0.
    pub fn floor(floor_m2: Decimal, far: Decimal) -> Result<Self, ExtentRefused> {
        if floor_m2 < Decimal::ZERO {
            return Err(ExtentRefused::BelowZero { m2: floor_m2 });
        }
        if far <= Decimal::ZERO {
            return Err(ExtentRefused::PlotRatio { far });
        }
        Ok(Self::Floor { floor_m2, far })
    }

    /// The land it counts as, in m².
    #[must_use]
    pub fn land_m2(self) -> Exact {
        match self {
            Self::Ground { m2 } => exact(m2),
            Self::Floor { floor_m2, far } => exact(floor_m2)
                .over(&exact(far))
                .unwrap_or_else(Exact::zero),
        }
    }
}

/// That an enterprise holds land on a parcel, and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LandHolding {
    /// Who.
    pub enterprise: EnterpriseCode,
    /// Where.
    pub parcel: ParcelId,
    /// How.
    pub kind: LandKind,
    /// How much.
    pub extent: Extent,
    /// From or to whom it is leased: a social credit code, or a name of somebody outside.
    pub counterparty: Option<Name>,
    /// From when until when.
    pub validity: Validity,
}

impl LandHolding {
    /// The land it adds to its holder, in m²: below 0 where it is leased to somebody else.
    #[must_use]
    pub fn land_m2(&self) -> Exact {
        let land = self.extent.land_m2();
        match self.kind {
            LandKind::LeasedOut => &Exact::zero() - &land,
            _ => land,
        }
    }
}

/// Land that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more land is leased out than held, or it is too large to count; correct the holdings")]
pub struct LandImpossible;

/// An exact area as mu: x 0.0015, exact to 10 places.
///
/// # Errors
/// Below 0, or past the range of a decimal.
pub fn mu_of(m2: &Exact) -> Result<Mu, LandImpossible> {
    let m2 = Decimal::from_str(&m2.rounded(10)).map_err(|_cause| LandImpossible)?;
    Mu::from_square_metres(m2).map_err(|_cause| LandImpossible)
}

/// The land of one holder at `at`: owned + occupied + leased in + floor / plot ratio - leased out,
/// in m². The holdings are the holder's.
#[must_use]
pub fn land_m2<'a>(holdings: impl IntoIterator<Item = &'a LandHolding>, at: Moment) -> Exact {
    holdings
        .into_iter()
        .filter(|holding| holding.validity.holds(at))
        .map(LandHolding::land_m2)
        .sum()
}

/// The land of one holder over `period`, weighted by how long each holding ran (domain.md 2.8).
#[must_use]
pub fn land_m2_over<'a>(
    holdings: impl IntoIterator<Item = &'a LandHolding>,
    period: Period,
) -> Exact {
    let whole_ms = period.to().ms_since(period.from());
    holdings
        .into_iter()
        .map(|holding| {
            let part_ms = holding.validity.ms_within(period);
            holding.land_m2().share(part_ms, whole_ms)
        })
        .sum()
}

/// That an enterprise stands on a parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who.
    pub enterprise: EnterpriseCode,
    /// With how much land of the parcel, in m², above 0.
    pub land_m2: Exact,
    /// Which part of all land that is held on the parcel, above 0 and at most 1.
    pub share: Exact,
}

/// Who stands on each parcel at `at`, by enterprise. Whoever leased all of it out does not.
#[must_use]
pub fn standings<'a>(
    holdings: impl IntoIterator<Item = &'a LandHolding>,
    at: Moment,
) -> BTreeMap<ParcelId, Vec<Standing>> {
    let mut held: BTreeMap<&ParcelId, BTreeMap<&EnterpriseCode, Exact>> = BTreeMap::new();
    for holding in holdings {
        if holding.validity.holds(at) {
            let parcel = held.entry(&holding.parcel).or_default();
            let land = parcel
                .entry(&holding.enterprise)
                .or_insert_with(Exact::zero);
            *land += &holding.land_m2();
        }
    }
    held.into_iter()
        .map(|(parcel, by_enterprise)| (parcel.clone(), shares(by_enterprise)))
        .filter(|(_, standings)| !standings.is_empty())
        .collect()
}

/// All land that each enterprise stands on, over all parcels, in m².
#[must_use]
pub fn land_of(standings: &BTreeMap<ParcelId, Vec<Standing>>) -> BTreeMap<EnterpriseCode, Exact> {
    let mut land: BTreeMap<EnterpriseCode, Exact> = BTreeMap::new();
    for one in standings.values().flatten() {
        let own = land.entry(one.enterprise.clone());
        *own.or_insert_with(Exact::zero) += &one.land_m2;
    }
    land
}

fn shares(by_enterprise: BTreeMap<&EnterpriseCode, Exact>) -> Vec<Standing> {
    let there: Vec<_> = by_enterprise
        .into_iter()
        .filter(|(_, land)| land.is_positive())
        .collect();
    let whole: Exact = there.iter().map(|(_, land)| land).sum();
    there
        .into_iter()
        .filter_map(|(enterprise, land_m2)| {
            Some(Standing {
                enterprise: enterprise.clone(),
                share: land_m2.over(&whole)?,
                land_m2,
            })
        })
        .collect()
}

fn exact(number: Decimal) -> Exact {
    // A decimal always writes itself as one.
    Exact::decimal(&number.to_string()).unwrap_or_else(|_| Exact::zero())
}

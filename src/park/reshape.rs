//! What a change of outlines does to the land that is held there: every square metre of a parcel
//! that is cut or put together goes to one of the new ones, and none is made or lost.
//!
//! Knows no registry and no geometry: it is handed the holdings that count.

use std::collections::BTreeMap;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::calendar::Moment;
use crate::units::Mu;

use super::{EnterpriseCode, Extent, LandHolding, LandKind, Name, Parcel, ParcelId, Validity};

/// Places of a square metre in a share that we suggest.
const SUGGESTED_PLACES: u32 = 2;

/// A change of outlines, worked out: all of it holds from one instant on.
#[derive(Clone, Debug, PartialEq)]
pub struct Reshape {
    /// From when on.
    pub from: Moment,
    /// Parcels as they are from then on.
    pub parcels: Vec<Parcel>,
    /// Parcels that are no more.
    pub ended: Vec<ParcelId>,
    /// Holdings that end or begin with it.
    pub land: Vec<LandHolding>,
}

/// A holding that counts, under the number of its row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptHolding {
    /// Of the row.
    pub number: i64,
    /// What it says.
    pub holding: LandHolding,
}

/// So much of a holding on one parcel: m² of ground, or of floor.
pub type Share = (ParcelId, Decimal);

/// Why land cannot move with its parcel.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LandNotMoved {
    /// It begins on that day or later.
    #[error("{enterprise} holds land on parcel {parcel} only from {from} on; choose a later day")]
    Later {
        /// Who.
        enterprise: EnterpriseCode,
        /// Where.
        parcel: ParcelId,
        /// Since when.
        from: Moment,
    },
    /// Nobody said how it is shared out.
    #[error(
        "{enterprise} holds {amount} m² on parcel {parcel}; say how much of it lies on each piece"
    )]
    NotShared {
        /// Who.
        enterprise: EnterpriseCode,
        /// Where.
        parcel: ParcelId,
        /// How much.
        amount: Decimal,
    },
    /// Shares that are not the whole.
    #[error(
        "{enterprise} holds {amount} m² on parcel {parcel}, the shares come to {shared} m²; make them equal"
    )]
    SharesOff {
        /// Who.
        enterprise: EnterpriseCode,
        /// Where.
        parcel: ParcelId,
        /// How much.
        amount: Decimal,
        /// How much was shared out.
        shared: Decimal,
    },
    /// Shares of what is not held here, on what is no piece, or below 0.
    #[error(
        "a share of holding {number} cannot be; take the holdings and the pieces of the answer before"
    )]
    NoSuchShare {
        /// The number that was given.
        number: i64,
    },
    /// Two holdings that become one, with unequal ends or plot ratios.
    #[error(
        "{enterprise} holds land on several of the parcels with different ends or plot ratios; make them equal first"
    )]
    Unequal {
        /// Who.
        enterprise: EnterpriseCode,
    },
    /// What is undone was changed by hand since.
    #[error("the land on parcel {parcel} was changed since; undo by hand")]
    ChangedSince {
        /// Where.
        parcel: ParcelId,
    },
}

impl LandNotMoved {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Later { .. } => "land_begins_later",
            Self::NotShared { .. } => "land_not_shared",
            Self::SharesOff { .. } => "land_shares_off",
            Self::NoSuchShare { .. } => "land_no_such_share",
            Self::Unequal { .. } => "land_unequal",
            Self::ChangedSince { .. } => "land_changed_since",
        }
    }
}

impl Extent {
    /// Its m²: of ground, or of floor.
    #[must_use]
    pub const fn amount(self) -> Decimal {
        match self {
            Self::Ground { m2 } => m2,
            Self::Floor { floor_m2, .. } => floor_m2,
        }
    }

    /// The same with another number of m².
    const fn with_amount(self, amount: Decimal) -> Self {
        match self {
            Self::Ground { .. } => Self::Ground { m2: amount },
            Self::Floor { far, .. } => Self::Floor {
                floor_m2: amount,
                far,
            },
        }
    }

    /// The sum of two of one sort.
    fn joined(self, other: Self) -> Option<Self> {
        let sum = self.amount().checked_add(other.amount())?;
        let joined = self.with_amount(sum);
        (joined == other.with_amount(sum)).then_some(joined)
    }
}

/// Those of `kept` that run at `at`.
pub fn running(kept: &[KeptHolding], at: Moment) -> impl Iterator<Item = &KeptHolding> {
    kept.iter()
        .filter(move |one| one.holding.validity.holds(at))
}

/// How a holding of a cut parcel would be shared out by the areas of the pieces, to the
/// centimetre; what rounding leaves goes to the last one.
#[must_use]
pub fn suggested(holding: &LandHolding, pieces: &[(ParcelId, Mu)]) -> Vec<Share> {
    let whole: Decimal = pieces.iter().map(|(_, area)| area.get()).sum();
    let mut rest = holding.extent.amount();
    let mut shares = Vec::with_capacity(pieces.len());
    for (place, (parcel, area)) in pieces.iter().enumerate() {
        let part = holding
            .extent
            .amount()
            .checked_mul(area.get())
            .and_then(|product| product.checked_div(whole))
            .unwrap_or_default()
            .round_dp_with_strategy(SUGGESTED_PLACES, RoundingStrategy::ToZero);
        let part = if place + 1 == pieces.len() {
            rest
        } else {
            part
        };
        rest -= part;
        shares.push((parcel.clone(), part));
    }
    shares
}

/// The rows by which the land of a cut parcel goes to its `pieces` at `at`.
///
/// # Errors
/// A holding that is not shared out exactly, or begins later.
pub fn divided(
    kept: &[KeptHolding],
    at: Moment,
    pieces: &[ParcelId],
    shares: &BTreeMap<i64, Vec<Share>>,
) -> Result<Vec<LandHolding>, LandNotMoved> {
    let stranger = shares
        .keys()
        .find(|number| !running(kept, at).any(|one| one.number == **number));
    if let Some(number) = stranger {
        return Err(LandNotMoved::NoSuchShare { number: *number });
    }
    for one in running(kept, at) {
        let LandHolding {
            enterprise, parcel, ..
        } = &one.holding;
        let amount = one.holding.extent.amount();
        let given = shares
            .get(&one.number)
            .ok_or_else(|| LandNotMoved::NotShared {
                enterprise: enterprise.clone(),
                parcel: parcel.clone(),
                amount,
            })?;
        let is_none = |(parcel, part): &Share| !pieces.contains(parcel) || *part < Decimal::ZERO;
        if given.iter().any(is_none) {
            let number = one.number;
            return Err(LandNotMoved::NoSuchShare { number });
        }
        let sum = given
            .iter()
            .try_fold(Decimal::ZERO, |sum, (_, part)| sum.checked_add(*part));
        if sum != Some(amount) {
            return Err(LandNotMoved::SharesOff {
                enterprise: enterprise.clone(),
                parcel: parcel.clone(),
                amount,
                shared: sum.unwrap_or(Decimal::MAX),
            });
        }
    }
    moved(kept, at, |one| {
        shares.get(&one.number).cloned().unwrap_or_default()
    })
}

/// The rows by which the land of several parcels goes to the one they become at `at`.
///
/// # Errors
/// Holdings that cannot be added, or begin later.
pub fn gathered_on(
    kept: &[KeptHolding],
    at: Moment,
    into: &ParcelId,
) -> Result<Vec<LandHolding>, LandNotMoved> {
    moved(kept, at, |one| {
        vec![(into.clone(), one.holding.extent.amount())]
    })
}

/// By what two rows are about the same holding.
type Series = (EnterpriseCode, ParcelId, LandKind, Option<Name>);

fn series(holding: &LandHolding, parcel: &ParcelId) -> Series {
    (
        holding.enterprise.clone(),
        parcel.clone(),
        holding.kind,
        holding.counterparty.clone(),
    )
}

fn moved(
    kept: &[KeptHolding],
    at: Moment,
    goes: impl Fn(&KeptHolding) -> Vec<Share>,
) -> Result<Vec<LandHolding>, LandNotMoved> {
    let later = kept.iter().find(|one| one.holding.validity.from() > at);
    if let Some(LandHolding {
        enterprise,
        parcel,
        validity,
        ..
    }) = later.map(|one| &one.holding)
    {
        return Err(LandNotMoved::Later {
            enterprise: enterprise.clone(),
            parcel: parcel.clone(),
            from: validity.from(),
        });
    }
    let mut wanted: BTreeMap<Series, (Extent, Option<Moment>)> = BTreeMap::new();
    for one in running(kept, at) {
        let (extent, to) = (one.holding.extent, one.holding.validity.to());
        for (parcel, part) in goes(one) {
            if part.is_zero() {
                continue;
            }
            let part = extent.with_amount(part);
            let key = series(&one.holding, &parcel);
            let sum = match wanted.get(&key) {
                None => Some(part),
                Some((there, until)) if *until == to => there.joined(part),
                Some(_) => None,
            };
            let sum = sum.ok_or_else(|| LandNotMoved::Unequal {
                enterprise: one.holding.enterprise.clone(),
            })?;
            wanted.insert(key, (sum, to));
        }
    }
    rows(running(kept, at), at, wanted)
}

/// The rows that end and begin at `at` so that `wanted` runs from then on; what runs so already
/// is left alone.
fn rows<'a>(
    running: impl Iterator<Item = &'a KeptHolding>,
    at: Moment,
    mut wanted: BTreeMap<Series, (Extent, Option<Moment>)>,
) -> Result<Vec<LandHolding>, LandNotMoved> {
    let mut rows = Vec::new();
    for one in running {
        let holding = &one.holding;
        let key = series(holding, &holding.parcel);
        if wanted.get(&key) == Some(&(holding.extent, holding.validity.to())) {
            wanted.remove(&key);
            continue;
        }
        let ended = Validity::new(holding.validity.from(), Some(at));
        let validity = ended.ok_or_else(|| LandNotMoved::Later {
            enterprise: holding.enterprise.clone(),
            parcel: holding.parcel.clone(),
            from: holding.validity.from(),
        })?;
        rows.push(LandHolding {
            validity,
            ..holding.clone()
        });
    }
    for ((enterprise, parcel, kind, counterparty), (extent, to)) in wanted {
        // What runs at `at` ends after it.
        let Some(validity) = Validity::new(at, to) else {
            continue;
        };
        rows.push(LandHolding {
            enterprise,
            parcel,
            kind,
            extent,
            counterparty,
            validity,
        });
    }
    Ok(rows)
}

/// The rows by which the land that moved at `then` goes back at `at`.
///
/// # Errors
/// Land that is not held any more as it was then, or that something else moved on that instant.
pub fn returned(
    kept: &[KeptHolding],
    then: Moment,
    at: Moment,
) -> Result<Vec<LandHolding>, LandNotMoved> {
    let before: Vec<&KeptHolding> = running(kept, then.plus_ms(-1)).collect();
    let after: Vec<&KeptHolding> = running(kept, then).collect();
    let now: Vec<&KeptHolding> = running(kept, at).collect();
    let what = |all: &[&KeptHolding]| -> BTreeMap<Series, Extent> {
        let each = all.iter().map(|one| &one.holding);
        each.map(|holding| (series(holding, &holding.parcel), holding.extent))
            .collect()
    };
    let is_later = |one: &&KeptHolding| one.holding.validity.from() > at;
    let is_same = what(&after) == what(&now) && sums(&before) == sums(&after);
    if !is_same || kept.iter().any(|one| is_later(&one)) {
        let touched = now.first().or_else(|| before.first());
        let Some(parcel) = touched.map(|one| one.holding.parcel.clone()) else {
            return Ok(Vec::new());
        };
        return Err(LandNotMoved::ChangedSince { parcel });
    }
    let ends: BTreeMap<Holder, Option<Moment>> = now
        .iter()
        .map(|one| (holder(&one.holding), one.holding.validity.to()))
        .collect();
    let own = |holding: &LandHolding| {
        let mut same = now.iter().map(|one| &one.holding);
        same.find(|one| series(one, &one.parcel) == series(holding, &holding.parcel))
            .map(|one| one.validity.to())
    };
    let wanted = before.iter().map(|one| {
        let holding = &one.holding;
        let to = own(holding).or_else(|| ends.get(&holder(holding)).copied());
        let end = to.flatten();
        (series(holding, &holding.parcel), (holding.extent, end))
    });
    rows(now.iter().copied(), at, wanted.collect())
}

/// Whose land it is and of which sort, wherever it lies.
type Holder = (EnterpriseCode, LandKind, Option<Name>, Option<Decimal>);

fn holder(holding: &LandHolding) -> Holder {
    let far = match holding.extent {
        Extent::Ground { .. } => None,
        Extent::Floor { far, .. } => Some(far),
    };
    let counterparty = holding.counterparty.clone();
    (holding.enterprise.clone(), holding.kind, counterparty, far)
}

/// How much land of each sort each one has.
fn sums(all: &[&KeptHolding]) -> BTreeMap<Holder, Decimal> {
    let mut sums: BTreeMap<Holder, Decimal> = BTreeMap::new();
    for one in all {
        *sums.entry(holder(&one.holding)).or_default() += one.holding.extent.amount();
    }
    sums
}

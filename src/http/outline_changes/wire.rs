//! Changes of outlines as JSON: what is asked for, what it comes to, and those that were made.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::park::outline::{Outline, Rings};
use crate::park::reshape::{KeptHolding, Share};
use crate::park::{LandKind, Parcel};
use crate::store::registry::{OutlineChange, Page as Found};
use crate::units::Mu;

/// Which changes are asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// Which park; all whose land the asker may see if not given.
    pub(super) park: Option<String>,
    /// 1 to 1000, 100 if not given.
    pub(super) limit: Option<u32>,
    /// `next` of the page before.
    pub(super) cursor: Option<i64>,
}

/// What is to be done to outlines.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = OutlineAct)]
pub(super) enum Act {
    /// Draws the outline of `parcel`, a new one in `park` or one that there is.
    Draw,
    /// Cuts `parcel` along `line`; the pieces are called `into`.
    Split,
    /// Makes one parcel, `parcel`, of `parcels` that touch each other.
    Merge,
    /// Takes the change `undoes` back, from now on.
    Undo,
}

/// A change of outlines. Coordinates are degrees, CGCS2000 or WGS 84, longitude first.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOutlineChange)]
pub(in crate::http) struct NewChange {
    /// `draw`, `split`, `merge` or `undo`.
    pub(super) act: Act,
    /// The parcel that is drawn or cut, or that several become.
    #[serde(default)]
    pub(super) parcel: Option<String>,
    /// Where a new one lies.
    #[serde(default)]
    pub(super) park: Option<String>,
    /// Land of the certificate of what is drawn; what is known if not given.
    #[serde(default)]
    pub(super) declared_mu: Option<String>,
    /// What is drawn: polygons, their rings (the outer one first), corners; the last one is the first.
    #[serde(default)]
    #[schema(value_type = Vec<Vec<Vec<(f64, f64)>>>)]
    pub(super) outline: Rings,
    /// Along what is cut; it begins and ends outside of the parcel.
    #[serde(default)]
    #[schema(value_type = Vec<(f64, f64)>)]
    pub(super) line: Vec<[f64; 2]>,
    /// What the pieces of a cut are called, from west to east as the answer lists them.
    #[serde(default)]
    pub(super) into: Vec<String>,
    /// Which ones become one.
    #[serde(default)]
    pub(super) parcels: Vec<String>,
    /// How much of each holding of a cut parcel lies on which piece.
    #[serde(default)]
    pub(super) shares: Vec<AskedShare>,
    /// Which change is taken back.
    #[serde(default)]
    pub(super) undoes: Option<i64>,
    /// From which day on it holds, today if not given; of `undo` always from now on.
    #[serde(default)]
    pub(super) from: Option<String>,
    /// Why: 1 to 200 characters.
    pub(super) reason: String,
    /// `digest` of the answer in which this very change was tried; without it nothing is changed.
    #[serde(default)]
    pub(super) confirm: Option<String>,
}

/// So much of a holding on one piece.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewLandShare)]
pub(super) struct AskedShare {
    /// `holding` of the answer before.
    pub(super) holding: i64,
    /// The piece.
    pub(super) parcel: String,
    /// m² of ground, or of floor.
    pub(super) m2: String,
}

/// What a change of outlines came to, or would.
#[derive(Serialize, ToSchema)]
#[schema(as = OutlineOutcome)]
pub(in crate::http) struct Outcome {
    /// Whether it was made now; of one that is only tried never.
    pub(super) taken: bool,
    /// Whether nothing speaks against making it.
    pub(super) good: bool,
    /// `confirm` of the request that makes it.
    pub(super) digest: String,
    /// The number of the change that was made.
    pub(super) number: Option<i64>,
    /// From when on it holds.
    pub(super) from: String,
    /// Parcels that it changes or ends, as they are.
    pub(super) before: Vec<ShownParcel>,
    /// Parcels that there are after it.
    pub(super) after: Vec<ShownParcel>,
    /// The pieces of a cut, from west to east, whether named or not.
    pub(super) pieces: Vec<ShownPiece>,
    /// Holdings of a cut parcel, each with how it is shared out, or might be by area.
    pub(super) land: Vec<ShownHolding>,
    /// How many rows of holdings end or begin with it.
    pub(super) land_rows: usize,
    /// What speaks against it.
    pub(super) faults: Vec<ShownFault>,
    /// What somebody should look at, though it would be made.
    pub(super) notes: Vec<String>,
}

/// A parcel with its outline.
#[derive(Serialize, ToSchema)]
#[schema(as = OutlineParcel)]
pub(super) struct ShownParcel {
    parcel: String,
    mu: String,
    m2: String,
    /// Land of the certificate; null where none is known.
    declared_mu: Option<String>,
    parts: usize,
    holes: usize,
    #[schema(value_type = Vec<Vec<Vec<(f64, f64)>>>)]
    outline: Rings,
}

/// A piece of a cut parcel.
#[derive(Serialize, ToSchema)]
#[schema(as = OutlinePiece)]
pub(super) struct ShownPiece {
    mu: String,
    m2: String,
    #[schema(value_type = Vec<Vec<Vec<(f64, f64)>>>)]
    outline: Rings,
}

/// A holding of a cut parcel.
#[derive(Serialize, ToSchema)]
#[schema(as = OutlineHolding)]
pub(super) struct ShownHolding {
    holding: i64,
    enterprise: String,
    /// `owned`, `occupied`, `leased_in`, `leased_out` or `leased_floor`.
    kind: &'static str,
    /// m² of ground; of floor where it is a leased floor.
    m2: String,
    counterparty: Option<String>,
    /// Whether the shares are those that were asked for; else they are by area.
    given: bool,
    shares: Vec<ShownShare>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OutlineShare)]
struct ShownShare {
    parcel: String,
    m2: String,
}

/// One thing that speaks against a change.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = OutlineFault)]
pub(super) struct ShownFault {
    /// Stable, as `self_crossing` or `overlap`.
    pub(super) code: &'static str,
    pub(super) parcel: Option<String>,
    /// What a sentence in another language needs.
    pub(super) params: BTreeMap<&'static str, String>,
    /// What is wrong and what to do, in English.
    pub(super) what: String,
}

/// `GET /api/v1/parcels/changes`.
#[derive(Serialize, ToSchema)]
#[schema(as = OutlineChanges)]
pub(in crate::http) struct Page {
    items: Vec<ShownChange>,
    /// `cursor` of the next page; null on the last one.
    next: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = OutlineChange)]
struct ShownChange {
    number: i64,
    at: String,
    who: String,
    /// `draw`, `split`, `merge` or `undo`.
    act: &'static str,
    park: String,
    valid_from: String,
    reason: String,
    before: Vec<String>,
    after: Vec<String>,
    mu_before: String,
    mu_after: String,
    undoes: Option<i64>,
    undone_by: Option<i64>,
}

impl Page {
    pub(super) fn of(found: &Found<OutlineChange, i64>) -> Self {
        let shown = |one: &OutlineChange| ShownChange {
            number: one.number,
            at: one.at.to_string(),
            who: one.who.clone(),
            act: one.act.as_str(),
            park: one.park.to_string(),
            valid_from: one.valid_from.to_string(),
            reason: one.reason.clone(),
            before: one.before.iter().map(ToString::to_string).collect(),
            after: one.after.iter().map(ToString::to_string).collect(),
            mu_before: mu(one.mu_before),
            mu_after: mu(one.mu_after),
            undoes: one.undoes,
            undone_by: one.undone_by,
        };
        Self {
            items: found.entries.iter().map(shown).collect(),
            next: found.next,
        }
    }
}

impl ShownParcel {
    pub(super) fn of(parcel: &Parcel) -> Self {
        let polygons = parcel.outline.polygons();
        Self {
            parcel: parcel.id.to_string(),
            mu: mu(parcel.outline.area()),
            m2: square_metres(parcel.outline.area()),
            declared_mu: parcel
                .declared
                .map(|declared| declared.get().normalize().to_string()),
            parts: polygons.iter().count(),
            holes: polygons.iter().map(|one| one.interiors().len()).sum(),
            outline: rings(&parcel.outline),
        }
    }
}

impl ShownPiece {
    pub(super) fn of(outline: &Outline) -> Self {
        Self {
            mu: mu(outline.area()),
            m2: square_metres(outline.area()),
            outline: rings(outline),
        }
    }
}

impl ShownHolding {
    pub(super) fn of(kept: &KeptHolding, given: bool, shares: &[Share]) -> Self {
        let holding = &kept.holding;
        let kind: LandKind = holding.kind;
        Self {
            holding: kept.number,
            enterprise: holding.enterprise.to_string(),
            kind: kind.as_str(),
            m2: holding.extent.amount().normalize().to_string(),
            counterparty: holding.counterparty.as_ref().map(ToString::to_string),
            given,
            shares: shares
                .iter()
                .map(|(parcel, m2)| ShownShare {
                    parcel: parcel.to_string(),
                    m2: m2.normalize().to_string(),
                })
                .collect(),
        }
    }
}

fn mu(area: Mu) -> String {
    area.get().round_dp(4).to_string()
}

fn square_metres(area: Mu) -> String {
    let m2 = area.get() / rust_decimal::Decimal::new(15, 4);
    m2.round_dp(1).to_string()
}

fn rings(outline: &Outline) -> Rings {
    let polygons = outline.polygons().iter();
    polygons
        .map(|polygon| {
            let rings = std::iter::once(polygon.exterior()).chain(polygon.interiors());
            rings
                .map(|ring| ring.coords().map(|at| [at.x, at.y]).collect())
                .collect()
        })
        .collect()
}

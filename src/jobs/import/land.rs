//! Files of land holdings: which numbers belong to which kind.

use rust_decimal::Decimal;

use crate::park::{EnterpriseCode, Extent, LandHolding, LandKind, Name, ParcelId, Validity};

use super::Rows;
use super::cells::{Cells, above_zero, each, not_negative};
use super::fault::Faults;
use super::kind::Kind;

pub(super) fn land(bytes: &[u8]) -> Result<Rows<LandHolding>, Faults> {
    each(Kind::Land, bytes, |cells| {
        let enterprise: Option<EnterpriseCode> = cells.needed("enterprise");
        let parcel: Option<ParcelId> = cells.needed("parcel");
        let kind: Option<LandKind> = cells.needed("kind");
        let extent = kind.and_then(|kind| extent(cells, kind));
        let counterparty: Option<Option<Name>> = cells.maybe("counterparty");
        let validity: Option<Validity> = cells.validity();
        let holding = LandHolding {
            enterprise: enterprise?,
            parcel: parcel?,
            kind: kind?,
            extent: extent?,
            counterparty: counterparty?,
            validity: validity?,
        };
        let other = holding.counterparty.as_ref().map(Name::as_str);
        if other == Some(holding.enterprise.as_str()) {
            cells.fault("counterparty", "is a lease with itself");
            return None;
        }
        Some(holding)
    })
}

fn extent(cells: &mut Cells<'_>, kind: LandKind) -> Option<Extent> {
    let is_floor = kind == LandKind::LeasedFloor;
    let m2 = number(cells, "m2", !is_floor, kind, not_negative);
    let floor_m2 = number(cells, "floor_m2", is_floor, kind, not_negative);
    let far = number(cells, "far", is_floor, kind, above_zero);
    let extent = if is_floor {
        Extent::floor(floor_m2?, far?)
    } else {
        Extent::ground(m2?)
    };
    extent.ok()
}

/// A number that belongs to `kind` and must be there, or does not and must not.
fn number(
    cells: &mut Cells<'_>,
    column: &'static str,
    belongs: bool,
    kind: LandKind,
    read: fn(&str) -> Result<Decimal, String>,
) -> Option<Decimal> {
    if belongs {
        return cells.needed_by(column, read);
    }
    if !cells.text(column).is_empty() {
        let what = format!("does not belong to {}: leave it empty", kind.as_str());
        cells.fault(column, what);
    }
    None
}

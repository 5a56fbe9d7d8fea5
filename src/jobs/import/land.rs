//! Files of land holdings: which numbers belong to which kind.

use rust_decimal::Decimal;

use crate::park::{Extent, LandHolding, LandKind, Name};
use crate::text::{Said, said};

use super::Rows;
use super::cells::{Cells, Told, above_zero, each, not_negative};
use super::fault::Faults;
use super::given::Open;
use super::kind::Kind;

pub(super) fn land(file: &mut Open<'_>) -> Result<Rows<LandHolding>, Faults> {
    each(Kind::Land, file, |cells| {
        let (enterprise, parcel) = (cells.needed("enterprise"), cells.needed("parcel"));
        let kind = cells.needed("kind");
        let extent = kind.and_then(|kind| Ok((kind, extent(cells, kind)?)));
        let counterparty = cells.maybe("counterparty");
        let validity = cells.validity();
        let (kind, extent) = extent?;
        let holding = LandHolding {
            enterprise: enterprise?,
            parcel: parcel?,
            kind,
            extent,
            counterparty: counterparty?,
            validity: validity?,
        };
        let other = holding.counterparty.as_ref().map(Name::as_str);
        if other == Some(holding.enterprise.as_str()) {
            return Err(cells.fault("counterparty", said!("import_fault.lease_with_itself")));
        }
        Ok(holding)
    })
}

fn extent(cells: &mut Cells<'_>, kind: LandKind) -> Result<Extent, Told> {
    let is_floor = kind == LandKind::LeasedFloor;
    let m2 = number(cells, "m2", !is_floor, kind, not_negative);
    let floor_m2 = number(cells, "floor_m2", is_floor, kind, not_negative);
    let far = number(cells, "far", is_floor, kind, above_zero);
    let extent = if is_floor {
        Extent::floor(floor_m2?, far?)
    } else {
        Extent::ground(m2?)
    };
    // Both columns were read within the bounds of an extent.
    extent.map_err(|_refused| Told)
}

/// A number that belongs to `kind` and must be there, or does not and must not.
fn number(
    cells: &mut Cells<'_>,
    column: &'static str,
    belongs: bool,
    kind: LandKind,
    read: fn(&str) -> Result<Decimal, Said>,
) -> Result<Decimal, Told> {
    if belongs {
        return cells.needed_by(column, read);
    }
    if !cells.text(column).is_empty() {
        let what = said!("import_fault.not_of_kind", kind = kind.as_str());
        cells.fault(column, what);
    }
    Err(Told)
}

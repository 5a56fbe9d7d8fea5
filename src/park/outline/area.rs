//! Geodesic areas in mu, and how far a declared area may be off.

use geo::GeodesicArea;
use geo::MultiPolygon;
use rust_decimal::Decimal;
use rust_decimal::prelude::FromPrimitive;

use crate::park::outline::fault::What;
use crate::units::Mu;

/// How far the outline's area may be from the declared one: 5 % of the declared (contract.md 7).
const TOLERANCE: Decimal = Decimal::from_parts(5, 0, 0, false, 2);

/// Digits of a square metre that are kept: more than any survey gives.
const SQUARE_METRE_PLACES: u32 = 4;

/// The area of polygons in degrees, holes taken out, whichever way their rings run.
///
/// Karney's geodesic area on WGS 84; on CGCS2000 it is the same to eleven digits, for the
/// flattenings differ by 2e-11. `None` if there is none.
pub(super) fn area(polygons: &MultiPolygon<f64>) -> Option<Mu> {
    let square_metres: f64 = polygons
        .iter()
        .map(GeodesicArea::geodesic_area_unsigned)
        .sum();
    let exact = Decimal::from_f64(square_metres)?.round_dp(SQUARE_METRE_PLACES);
    Mu::from_square_metres(exact)
        .ok()
        .filter(|mu| !mu.get().is_zero())
}

/// The fault of an outline whose area is not the declared one.
pub(super) fn mismatch(outline: Mu, declared: Mu) -> Option<What> {
    let allowed = declared.get().checked_mul(TOLERANCE)?;
    let off = (outline.get().checked_sub(declared.get())?).abs();
    (off > allowed).then_some(What::AreaOff { outline, declared })
}

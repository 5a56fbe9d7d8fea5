//! Land holdings.

use std::collections::BTreeMap;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::calendar::Moment;
use crate::park::{Extent, LandHolding, LandKind, ParcelId, mu_of};
use crate::store::registry::RegistryFault;
use crate::text::{Said, said};
use crate::units::Exact;

use super::cell::{Cell, Column};
use super::dated::{Dated, Timeline};
use super::record::Table;
use super::{Laying, known};

pub(super) const TIMELINE: Timeline = Timeline {
    table: &Table {
        name: "land_holding",
        key: &[
            Column::Text("enterprise"),
            Column::Text("parcel"),
            Column::Text("kind"),
            Column::Text("counterparty"),
            Column::Whole("valid_from"),
        ],
        rest: &[
            Column::Text("m2"),
            Column::Text("floor_m2"),
            Column::Text("far"),
            Column::Whole("valid_to"),
        ],
        beside: &[],
    },
};

fn dated(holding: &LandHolding) -> Dated {
    let (m2, floor_m2, far) = match holding.extent {
        Extent::Ground { m2 } => (Some(m2), None, None),
        Extent::Floor { floor_m2, far } => (None, Some(floor_m2), Some(far)),
    };
    Dated {
        series: vec![
            Cell::text(&holding.enterprise),
            Cell::text(&holding.parcel),
            Cell::text(holding.kind.as_str()),
            // Empty text, not nothing: nothing is unequal to itself in an index.
            Cell::Text(
                holding
                    .counterparty
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string),
            ),
        ],
        rest: vec![
            Cell::decimal_or_empty(m2),
            Cell::decimal_or_empty(floor_m2),
            Cell::decimal_or_empty(far),
        ],
        validity: holding.validity,
    }
}

pub(super) async fn lay(
    laying: &mut Laying<'_>,
    holdings: &[LandHolding],
) -> Result<(), RegistryFault> {
    let enterprises = known::enterprises(laying.rows).await?;
    let parcels = known::parcels(laying.rows).await?;
    for (index, holding) in holdings.iter().enumerate() {
        if !enterprises.contains_key(holding.enterprise.as_str()) {
            let what = no_such_enterprise(&holding.enterprise);
            laying.laid.object(index, "enterprise", what);
        }
        if !parcels.contains_key(holding.parcel.as_str()) {
            let what = said!("import_fault.parcel_unknown", parcel = holding.parcel);
            laying.laid.object(index, "parcel", what);
        }
    }
    if laying.laid.objections.is_empty() {
        remark_on_overfull(laying, holdings, &parcels);
        TIMELINE
            .lay(laying, holdings.iter().map(dated).collect())
            .await?;
    }
    Ok(())
}

/// Words for an enterprise that nobody registered.
pub(super) fn no_such_enterprise(code: &crate::park::EnterpriseCode) -> Said {
    said!("import_fault.enterprise_unknown", enterprise = code)
}

/// Says where the file has more land owned or occupied on a parcel than the parcel is large
/// (domain.md 2.8). No objection: certificates and outlines differ, and both stay as they are.
fn remark_on_overfull(laying: &mut Laying<'_>, holdings: &[LandHolding], parcels: &known::Known) {
    let mut sums: BTreeMap<&ParcelId, (usize, Exact)> = BTreeMap::new();
    let now: Moment = laying.now;
    for (index, holding) in holdings.iter().enumerate() {
        let is_ground = matches!(holding.kind, LandKind::Owned | LandKind::Occupied);
        if is_ground && holding.validity.holds(now) {
            let (last, sum) = sums
                .entry(&holding.parcel)
                .or_insert((index, Exact::zero()));
            *last = index;
            *sum += &holding.land_m2();
        }
    }
    for (parcel, (last, sum)) in sums {
        let area = parcels
            .get(parcel.as_str())
            .and_then(|mu| Decimal::from_str(mu).ok());
        let (Some(area), Ok(held)) = (area, mu_of(&sum)) else {
            continue;
        };
        // 5 %, as between outline and certificate (contract.md 7).
        let tolerated = area * Decimal::new(105, 2);
        if held.get() > tolerated {
            let what = said!(
                "import_fault.overfull",
                held = format_args!("{held:.2}"),
                parcel = parcel,
                area = format_args!("{area:.2}"),
            );
            laying.laid.remark(last, "m2", what);
        }
    }
}

//! Parcels with their outlines.

use crate::park::Parcel;
use crate::store::registry::RegistryFault;
use crate::store::registry::record::outline_text;

use super::cell::{Cell, Column};
use super::fact::Fact;
use super::places::{check_area, no_such_park};
use super::{Laying, fact, known};

impl Fact for Parcel {
    const TABLE: &'static str = "parcel";
    const COLUMNS: &'static [Column] = &[
        Column::Text("park"),
        Column::Text("area"),
        Column::Text("area_mu"),
        Column::Text("declared_mu"),
        Column::Text("plot_ratio"),
        Column::Text("state"),
        Column::Text("outline"),
    ];

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.park),
            Cell::text_or_empty(self.area.as_ref()),
            Cell::decimal(self.outline.area().get()),
            Cell::decimal_or_empty(self.declared.map(crate::units::Mu::get)),
            Cell::decimal_or_empty(self.plot_ratio),
            Cell::text_or_empty(self.state.as_ref()),
            Cell::text(outline_text(&self.outline)),
        ]
    }
}

pub(super) async fn lay(laying: &mut Laying<'_>, parcels: &[Parcel]) -> Result<(), RegistryFault> {
    check_places(laying, parcels).await?;
    if laying.laid.objections.is_empty() {
        fact::lay(laying, parcels).await?;
    }
    Ok(())
}

/// Objects to parks and areas that are not registered.
pub(super) async fn check_places(
    laying: &mut Laying<'_>,
    parcels: &[Parcel],
) -> Result<(), RegistryFault> {
    let parks = known::parks(laying.rows).await?;
    let areas = known::areas(laying.rows).await?;
    for (index, parcel) in parcels.iter().enumerate() {
        if !parks.contains_key(parcel.park.as_str()) {
            laying
                .laid
                .object(index, "park", no_such_park(&parcel.park));
        }
        check_area(laying, &areas, index, parcel.area.as_ref(), &parcel.park);
    }
    Ok(())
}

//! Parks and areas.

use crate::park::{Area, Park};
use crate::store::registry::RegistryFault;
use crate::text::{Said, said};

use super::cell::{Cell, Column};
use super::fact::Fact;
use super::{Laying, fact, known};

impl Fact for Park {
    const TABLE: &'static str = "park";
    const COLUMNS: &'static [Column] = &[
        Column::Text("name"),
        Column::Text("district"),
        Column::Text("kind"),
    ];

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.name),
            Cell::text(&self.district),
            Cell::text_or_empty(self.kind.as_ref()),
        ]
    }
}

impl Fact for Area {
    const TABLE: &'static str = "area";
    const COLUMNS: &'static [Column] = &[Column::Text("park"), Column::Text("name")];

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn cells(&self) -> Vec<Cell> {
        vec![Cell::text(&self.park), Cell::text(&self.name)]
    }
}

pub(super) async fn lay_parks(
    laying: &mut Laying<'_>,
    parks: &[Park],
) -> Result<(), RegistryFault> {
    fact::lay(laying, parks).await
}

pub(super) async fn lay_areas(
    laying: &mut Laying<'_>,
    areas: &[Area],
) -> Result<(), RegistryFault> {
    let parks = known::parks(laying.rows).await?;
    for (index, area) in areas.iter().enumerate() {
        if !parks.contains_key(area.park.as_str()) {
            laying.laid.object(index, "park", no_such_park(&area.park));
        }
    }
    if laying.laid.objections.is_empty() {
        fact::lay(laying, areas).await?;
    }
    Ok(())
}

/// Words for a park that nobody registered.
pub(super) fn no_such_park(park: &crate::park::ParkId) -> Said {
    said!("import_fault.park_unknown", park = park)
}

/// Objects to an area that is not registered or is part of another park.
pub(super) fn check_area(
    laying: &mut Laying<'_>,
    areas: &known::Known,
    index: usize,
    area: Option<&crate::park::AreaId>,
    park: &crate::park::ParkId,
) {
    let Some(area) = area else { return };
    match areas.get(area.as_str()) {
        Some(own) if own == park.as_str() => {}
        Some(other) => {
            let what = said!(
                "import_fault.area_of_other",
                area = area,
                other = other,
                park = park
            );
            laying.laid.object(index, "area", what);
        }
        None => {
            let what = said!("import_fault.area_unknown", area = area);
            laying.laid.object(index, "area", what);
        }
    }
}

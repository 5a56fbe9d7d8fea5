//! Enterprises.

use std::collections::BTreeSet;

use crate::park::Enterprise;
use crate::store::registry::RegistryFault;
use crate::text::said;

use super::cell::{Cell, Column};
use super::fact::Fact;
use super::places::{check_area, no_such_park};
use super::{Laying, fact, known};

impl Fact for Enterprise {
    const TABLE: &'static str = "enterprise";
    const COLUMNS: &'static [Column] = &[
        Column::Text("name"),
        Column::Text("park"),
        Column::Text("area"),
        Column::Text("industry"),
        Column::Text("scale"),
        Column::Text("established_on"),
        Column::Text("group_id"),
        Column::Text("capital_origin"),
    ];

    fn key(&self) -> &str {
        self.code.as_str()
    }

    fn cells(&self) -> Vec<Cell> {
        vec![
            Cell::text(&self.name),
            Cell::text(&self.park),
            Cell::text_or_empty(self.area.as_ref()),
            Cell::text(&self.industry),
            Cell::text(self.scale.as_str()),
            Cell::text(self.established_on),
            Cell::text_or_empty(self.group.as_ref()),
            Cell::text_or_empty(self.capital_origin.as_ref()),
        ]
    }
}

pub(super) async fn lay(
    laying: &mut Laying<'_>,
    enterprises: &[Enterprise],
) -> Result<(), RegistryFault> {
    let parks = known::parks(laying.rows).await?;
    let areas = known::areas(laying.rows).await?;
    let known = known::enterprises(laying.rows).await?;
    let new: BTreeSet<&str> = enterprises.iter().map(|one| one.code.as_str()).collect();
    for (index, enterprise) in enterprises.iter().enumerate() {
        if !parks.contains_key(enterprise.park.as_str()) {
            let what = no_such_park(&enterprise.park);
            laying.laid.object(index, "park", what);
        }
        check_area(
            laying,
            &areas,
            index,
            enterprise.area.as_ref(),
            &enterprise.park,
        );
        // A group named like a member could not be told from it (contract.md 10 rule 1).
        if let Some(group) = &enterprise.group
            && (new.contains(group.as_str()) || known.contains_key(group.as_str()))
        {
            let what = said!("import_fault.group_is_code", group = group);
            laying.laid.object(index, "group", what);
        }
    }
    if laying.laid.objections.is_empty() {
        fact::lay(laying, enterprises).await?;
    }
    Ok(())
}

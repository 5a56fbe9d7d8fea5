//! Honours and events.

use crate::park::Conduct;
use crate::store::registry::RegistryFault;

use super::cell::{Cell, Column};
use super::dated::{Dated, Timeline};
use super::land::no_such_enterprise;
use super::record::Table;
use super::{Laying, known};

pub(super) const TIMELINE: Timeline = Timeline {
    table: &Table {
        name: "conduct",
        key: &[
            Column::Text("enterprise"),
            Column::Text("kind"),
            Column::Text("code"),
            Column::Text("document"),
            Column::Whole("valid_from"),
        ],
        rest: &[Column::Text("source"), Column::Whole("valid_to")],
        beside: &[],
    },
};

fn dated(one: &Conduct) -> Dated {
    Dated {
        series: vec![
            Cell::text(&one.enterprise),
            Cell::text(one.kind.as_str()),
            Cell::text(&one.code),
            // Empty text, not nothing: nothing is unequal to itself in an index.
            Cell::Text(
                one.document
                    .as_ref()
                    .map_or_else(String::new, ToString::to_string),
            ),
        ],
        rest: vec![Cell::text(&one.source)],
        validity: one.validity,
    }
}

pub(super) async fn lay(laying: &mut Laying<'_>, all: &[Conduct]) -> Result<(), RegistryFault> {
    let enterprises = known::enterprises(laying.rows).await?;
    for (index, one) in all.iter().enumerate() {
        if !enterprises.contains_key(one.enterprise.as_str()) {
            let what = no_such_enterprise(&one.enterprise);
            laying.laid.object(index, "enterprise", what);
        }
    }
    if laying.laid.objections.is_empty() {
        TIMELINE
            .lay(laying, all.iter().map(dated).collect())
            .await?;
    }
    Ok(())
}

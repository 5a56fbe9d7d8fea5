//! Stated figures.

use std::collections::BTreeMap;

use crate::park::Statement;
use crate::store::registry::RegistryFault;

use super::cell::{Cell, Column};
use super::land::no_such_enterprise;
use super::record::{Record, Table};
use super::{Laying, known};

pub(super) const TABLE: Table = Table {
    name: "statement",
    key: &[
        Column::Text("enterprise"),
        Column::Text("period"),
        Column::Whole("indicator"),
        Column::Text("source"),
    ],
    rest: &[Column::Text("value")],
};

pub(super) async fn lay(
    laying: &mut Laying<'_>,
    statements: &[Statement],
) -> Result<(), RegistryFault> {
    let enterprises = known::enterprises(laying.rows).await?;
    let mut seen = BTreeMap::new();
    for (index, one) in statements.iter().enumerate() {
        if !enterprises.contains_key(one.enterprise.as_str()) {
            let what = no_such_enterprise(&one.enterprise);
            laying.laid.object(index, "enterprise", what);
        }
        // Borrowed, for a file has up to 200,000 of them.
        let key = (
            one.enterprise.as_str(),
            one.period,
            one.indicator,
            one.source.as_str(),
        );
        if let Some(other) = seen.insert(key, index) {
            laying.laid.object_to_twin(index, "indicator", other);
        }
    }
    drop(seen);
    if laying.laid.objections.is_empty() {
        let held = TABLE.held(laying).await?;
        for one in statements {
            TABLE.put(laying, &held, record(one)).await?;
        }
    }
    Ok(())
}

fn record(one: &Statement) -> Record {
    Record {
        key: vec![
            Cell::text(&one.enterprise),
            Cell::text(one.period),
            Cell::Whole(i64::from(one.indicator.get())),
            Cell::text(&one.source),
        ],
        rest: vec![Cell::decimal(one.value)],
    }
}

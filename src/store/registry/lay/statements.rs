//! Stated figures.

use std::collections::BTreeMap;

use crate::park::Statement;
use crate::store::registry::RegistryFault;

use super::cell::{Cell, Column};
use super::land::no_such_enterprise;
use super::record::{Record, Table};
use super::{Laying, known};

const TABLE: Table = Table {
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
    let held = TABLE.held(laying).await?;
    let mut seen = BTreeMap::new();
    let mut records = Vec::with_capacity(statements.len());
    for (index, one) in statements.iter().enumerate() {
        if !enterprises.contains_key(one.enterprise.as_str()) {
            let what = no_such_enterprise(&one.enterprise);
            laying.laid.object(index, "enterprise", what);
        }
        let key = vec![
            Cell::text(&one.enterprise),
            Cell::text(one.period),
            Cell::Whole(i64::from(one.indicator.get())),
            Cell::text(&one.source),
        ];
        if let Some(other) = seen.insert(key.clone(), index) {
            laying.laid.object_to_twin(index, "indicator", other);
        }
        records.push(Record {
            key,
            rest: vec![Cell::decimal(one.value)],
        });
    }
    if laying.laid.objections.is_empty() {
        for record in records {
            TABLE.put(laying, &held, record).await?;
        }
    }
    Ok(())
}

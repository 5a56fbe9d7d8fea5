//! Stated figures.

use std::collections::BTreeMap;

use crate::park::Statement;
use crate::store::registry::RegistryFault;
use crate::text::said;

use super::cell::{Cell, Column};
use super::land::no_such_enterprise;
use super::record::{Record, Table};
use super::told::{Asks, Told};
use super::{Laying, known};

/// What is asked of a correction, as it is told.
const REASON: &str = "reason";

pub(super) const TABLE: Table = Table {
    name: "statement",
    key: &[
        Column::Text("enterprise"),
        Column::Text("period"),
        Column::Whole("indicator"),
        Column::Text("source"),
    ],
    rest: &[Column::Text("value")],
    beside: &[
        Column::Text("who"),
        Column::Whole("file_row"),
        Column::Text("reason"),
    ],
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
        let told = laying.told;
        for (index, one) in statements.iter().enumerate() {
            let corrected = laying.laid.changed;
            let record = record(one, &told, index);
            TABLE.put(laying, &held, record).await?;
            if laying.laid.changed > corrected && corrected == 0 && told.reason.is_empty() {
                unexplained(laying, index);
            }
        }
    }
    Ok(())
}

/// A correction without a reason: of a file that is only tried it is noted, else it is asked for.
fn unexplained(laying: &mut Laying<'_>, index: usize) {
    let what = said!("import_fault.unexplained");
    match laying.told.asks {
        Asks::Nothing => {}
        Asks::Note => laying.laid.remark(index, REASON, what),
        Asks::Reason => laying.laid.object(index, REASON, what),
    }
}

fn record(one: &Statement, told: &Told<'_>, index: usize) -> Record {
    Record {
        key: vec![
            Cell::text(&one.enterprise),
            Cell::text(one.period),
            Cell::Whole(i64::from(one.indicator.get())),
            Cell::text(&one.source),
        ],
        rest: vec![Cell::decimal(one.value)],
        beside: vec![
            Cell::text(told.who),
            Cell::whole_or_empty(told.line(index)),
            Cell::text(told.reason),
        ],
    }
}

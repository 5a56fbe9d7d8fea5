//! Replacements of registers.

use crate::park::Replacement;
use crate::store::registry::RegistryFault;
use crate::text::said;

use super::cell::{Cell, Column};
use super::record::{Record, Table};
use super::{Laying, known};

pub(super) const TABLE: Table = Table {
    name: "replacement",
    key: &[
        Column::Whole("meter"),
        Column::Whole("indicator"),
        Column::Whole("at"),
    ],
    rest: &[
        Column::Text("old_final"),
        Column::Text("new_initial"),
        Column::Text("reason"),
    ],
    beside: &[],
};

pub(super) async fn lay(
    laying: &mut Laying<'_>,
    replacements: &[Replacement],
) -> Result<(), RegistryFault> {
    let meters = known::meters(laying.rows).await?;
    let held = TABLE.held(laying).await?;
    let measured = measured(laying).await?;
    let mut seen = std::collections::BTreeMap::new();
    let mut records = Vec::with_capacity(replacements.len());
    for (index, one) in replacements.iter().enumerate() {
        let Some(meter) = meters.get(one.meter.as_str()) else {
            let what = said!("import_fault.meter_unknown", meter = one.meter);
            laying.laid.object(index, "meter", what);
            continue;
        };
        let indicator = i64::from(one.indicator.get());
        if !measured.contains(&(meter.number, indicator)) {
            let what = said!("import_fault.meter_not_of", meter = one.meter);
            laying.laid.object(index, "indicator", what);
        }
        let key = vec![
            Cell::Whole(meter.number),
            Cell::Whole(indicator),
            Cell::Whole(one.at.unix_ms()),
        ];
        if let Some(other) = seen.insert(key.clone(), index) {
            laying.laid.object_to_twin(index, "at", other);
        }
        records.push(Record {
            key,
            rest: vec![
                Cell::decimal_or_empty(one.old_final),
                Cell::decimal_or_empty(one.new_initial),
                Cell::text(&one.reason),
            ],
            beside: Vec::new(),
        });
    }
    if laying.laid.objections.is_empty() {
        for record in records {
            TABLE.put(laying, &held, record).await?;
        }
    }
    Ok(())
}

/// Which meter is or was registered for which indicator.
async fn measured(
    laying: &mut Laying<'_>,
) -> Result<std::collections::BTreeSet<(i64, i64)>, RegistryFault> {
    use sqlx::Row;
    let sql = "SELECT DISTINCT meter, indicator FROM meter_row WHERE superseded_at IS NULL";
    let rows = sqlx::query(sql).fetch_all(&mut *laying.rows).await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

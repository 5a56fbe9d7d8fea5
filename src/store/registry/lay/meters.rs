//! Meters: numbers given once, rows that follow each other.

use std::collections::BTreeMap;

use crate::park::{Ladder, MeterId, MeterRow};
use crate::store::registry::RegistryFault;
use crate::text::said;

use super::cell::{Cell, Column};
use super::dated::{Dated, Timeline};
use super::known::{Known, KnownMeter};
use super::land::no_such_enterprise;
use super::record::Table;
use super::{Laying, known};

const TIMELINE: Timeline = Timeline {
    table: &Table {
        name: "meter_row",
        key: &[
            Column::Whole("meter"),
            Column::Whole("indicator"),
            Column::Whole("valid_from"),
        ],
        rest: &[
            Column::Text("gateway"),
            Column::Text("register_size"),
            Column::Text("multiplier"),
            Column::Text("max_per_hour"),
            Column::Whole("interval_s"),
            Column::Text("jitter"),
            Column::Whole("update_s"),
            Column::Text("resolution"),
            Column::Whole("parent"),
            Column::Text("name"),
            Column::Text("place"),
            Column::Whole("valid_to"),
        ],
        beside: &[],
    },
};

/// Number and enterprise of each meter, those of the file included.
type Meters = BTreeMap<String, KnownMeter>;

pub(super) async fn lay(
    laying: &mut Laying<'_>,
    meter_rows: &[MeterRow],
) -> Result<(), RegistryFault> {
    let enterprises = known::enterprises(laying.rows).await?;
    let gateways = known::gateways(laying.rows).await?;
    let mut meters = known::meters(laying.rows).await?;
    let new = number_new(laying, &mut meters, meter_rows)?;
    for (index, row) in meter_rows.iter().enumerate() {
        if !enterprises.contains_key(row.enterprise.as_str()) {
            let what = no_such_enterprise(&row.enterprise);
            laying.laid.object(index, "enterprise", what);
        }
        check_owner(laying, &meters, index, row);
        check_gateway(laying, &gateways, index, row);
        if let Some(parent) = &row.parent
            && !meters.contains_key(parent.as_str())
        {
            let what = said!("import_fault.parent_unknown", parent = parent);
            laying.laid.object(index, "parent", what);
        }
    }
    if !laying.laid.objections.is_empty() {
        return Ok(());
    }
    for meter in new {
        register(laying, &meters, meter).await?;
    }
    let entries = meter_rows.iter().map(|row| dated(row, &meters)).collect();
    TIMELINE.lay(laying, entries).await?;
    check_rings(laying, meter_rows).await
}

/// Numbers the meters that are not registered, after the last number given, and returns them.
fn number_new<'a>(
    laying: &mut Laying<'_>,
    meters: &mut Meters,
    meter_rows: &'a [MeterRow],
) -> Result<Vec<&'a MeterId>, RegistryFault> {
    let mut last = meters.values().map(|meter| meter.number).max().unwrap_or(0);
    let mut new = Vec::new();
    for row in meter_rows {
        if meters.contains_key(row.meter.as_str()) {
            continue;
        }
        last += 1;
        if last > i64::from(u32::MAX) {
            laying.laid.objections.clear();
            return Err(RegistryFault::NumbersUsedUp("meters"));
        }
        new.push(&row.meter);
        let meter = KnownMeter {
            number: last,
            enterprise: row.enterprise.to_string(),
        };
        meters.insert(row.meter.to_string(), meter);
    }
    Ok(new)
}

/// A meter stays with its enterprise: readings under its number are that enterprise's for ever.
fn check_owner(laying: &mut Laying<'_>, meters: &Meters, index: usize, row: &MeterRow) {
    if let Some(known) = meters.get(row.meter.as_str())
        && known.enterprise != row.enterprise.as_str()
    {
        let (meter, owner) = (&row.meter, &known.enterprise);
        let what = said!("import_fault.meter_of_other", meter = meter, owner = owner);
        laying.laid.object(index, "enterprise", what);
    }
}

fn check_gateway(laying: &mut Laying<'_>, gateways: &Known, index: usize, row: &MeterRow) {
    let Some(gateway) = &row.gateway else { return };
    match gateways.get(gateway.as_str()) {
        Some(owner) if owner == row.enterprise.as_str() => {}
        Some(owner) => {
            let what = said!(
                "import_fault.gateway_of_other",
                gateway = gateway,
                owner = owner
            );
            laying.laid.object(index, "gateway", what);
        }
        None => {
            let what = said!("import_fault.gateway_not_yet", gateway = gateway);
            laying.laid.remark(index, "gateway", what);
        }
    }
}

/// Objects to each row by which its meter stands above itself, now that the rows are laid among those
/// of earlier files.
async fn check_rings(
    laying: &mut Laying<'_>,
    meter_rows: &[MeterRow],
) -> Result<(), RegistryFault> {
    if meter_rows.iter().all(|row| row.parent.is_none()) {
        return Ok(());
    }
    let ladder = Ladder::of_rungs(known::rungs(laying.rows).await?);
    for (index, row) in meter_rows.iter().enumerate() {
        let from = row.validity.from();
        let ring = row.parent.as_ref();
        let ring = ring.and_then(|_| ladder.ring(&row.meter, row.indicator, from));
        if let Some(since) = ring {
            let what = said!("import_fault.ring", meter = row.meter, since = since);
            laying.laid.object(index, "parent", what);
        }
    }
    Ok(())
}

async fn register(
    laying: &mut Laying<'_>,
    meters: &Meters,
    id: &MeterId,
) -> Result<(), RegistryFault> {
    let Some(meter) = meters.get(id.as_str()) else {
        return Ok(());
    };
    sqlx::query(
        "INSERT INTO meter (number, meter, enterprise, registered_at) VALUES ($1, $2, $3, $4)",
    )
    .bind(meter.number)
    .bind(id.as_str())
    .bind(&meter.enterprise)
    .bind(laying.now.unix_ms())
    .execute(&mut *laying.rows)
    .await?;
    Ok(())
}

fn dated(row: &MeterRow, meters: &Meters) -> Dated {
    let number = |id: &MeterId| meters.get(id.as_str()).map(|meter| meter.number);
    Dated {
        series: vec![
            Cell::whole_or_empty(number(&row.meter)),
            Cell::Whole(i64::from(row.indicator.get())),
        ],
        rest: vec![
            Cell::text_or_empty(row.gateway.as_ref()),
            Cell::decimal_or_empty(row.register_size),
            Cell::decimal(row.multiplier),
            Cell::decimal_or_empty(row.max_per_hour),
            Cell::Whole(i64::from(row.interval_s)),
            Cell::decimal(row.jitter),
            Cell::whole_or_empty(row.update_s.map(i64::from)),
            Cell::decimal(row.resolution),
            Cell::whole_or_empty(row.parent.as_ref().and_then(number)),
            Cell::text_or_empty(row.name.as_ref()),
            Cell::text_or_empty(row.place.as_ref()),
        ],
        validity: row.validity,
    }
}

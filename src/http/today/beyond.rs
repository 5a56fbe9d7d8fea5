//! Values beyond the limits of their indicator, as they lie aside: one row a meter and indicator,
//! with the newest value and how many there were.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use serde_json::Value;

use crate::calendar::{Moment, Period};
use crate::indicator::{Catalogue, IndicatorNo};
use crate::park::{EnterpriseCode, Gateway, GatewayId};
use crate::reading::Code;
use crate::store::{Engine, QuarantineFilter, QuarantineNo, StoreFault};

/// How far back one looks.
const BACK_MS: i64 = 7 * DAY_MS;
const DAY_MS: i64 = 86_400_000;
/// Items read of one gateway.
const ITEMS_MAX: usize = 1_000;
/// The longest id of a meter that is shown.
const ID_SHOWN: usize = 64;

/// One meter's values of one indicator.
#[derive(Clone, Debug)]
pub(in crate::http) struct Beyond {
    pub(in crate::http) enterprise: EnterpriseCode,
    pub(in crate::http) gateway: GatewayId,
    /// As it was written.
    pub(in crate::http) meter: String,
    pub(in crate::http) indicator: IndicatorNo,
    /// The newest, as it was written.
    pub(in crate::http) value: String,
    /// Whether the newest is above the upper limit, and not below the lower one.
    pub(in crate::http) is_above: bool,
    pub(in crate::http) first_at: Moment,
    pub(in crate::http) newest_at: Moment,
    /// The item that the newest lies under.
    pub(in crate::http) newest: QuarantineNo,
    pub(in crate::http) values: u64,
    /// Of these, received within 24 hours.
    pub(in crate::http) values_day: u64,
}

/// From when on one looks.
pub(super) const fn from(now: Moment) -> Moment {
    now.plus_ms(-BACK_MS)
}

/// What came from `gateways` since [`from`], the newest first.
pub(in crate::http) fn find(
    engine: &dyn Engine,
    catalogue: &Catalogue,
    gateways: &[Gateway],
    now: Moment,
) -> Result<Vec<Beyond>, StoreFault> {
    let mut found = BTreeMap::new();
    for gateway in gateways {
        of_gateway(engine, catalogue, gateway, now, &mut found)?;
    }
    let mut all: Vec<Beyond> = found.into_values().collect();
    all.sort_by(|a, b| {
        let newest = b.newest_at.cmp(&a.newest_at);
        newest.then_with(|| a.meter.cmp(&b.meter))
    });
    Ok(all)
}

fn of_gateway(
    engine: &dyn Engine,
    catalogue: &Catalogue,
    gateway: &Gateway,
    now: Moment,
    found: &mut BTreeMap<(String, IndicatorNo), Beyond>,
) -> Result<(), StoreFault> {
    let filter = QuarantineFilter {
        gateway: Some(gateway.number),
        code: Some(Code::Implausible),
        replayed: Some(false),
        received: Period::new(from(now), now.plus_ms(1)),
        limit: ITEMS_MAX,
        ..QuarantineFilter::default()
    };
    let mut items = Vec::new();
    engine.quarantined(&filter, &mut |item| {
        items.push((item.number, item.received_at, item.kept));
        ControlFlow::Continue(())
    })?;
    for (number, received_at, kept) in items {
        let raw = if kept {
            engine.quarantined_raw(number)?
        } else {
            None
        };
        let Some(reading) = raw.and_then(|raw| serde_json::from_slice::<Value>(&raw).ok()) else {
            continue;
        };
        for (indicator, value, is_above, meter) in beyond(&reading, catalogue) {
            let one = found.entry((meter.clone(), indicator));
            let one = one.or_insert_with(|| Beyond {
                enterprise: gateway.enterprise.clone(),
                gateway: gateway.id.clone(),
                meter,
                indicator,
                value: String::new(),
                is_above,
                first_at: received_at,
                newest_at: received_at,
                newest: number,
                values: 0,
                values_day: 0,
            });
            one.values += 1;
            one.values_day += u64::from(now.ms_since(received_at) <= DAY_MS);
            one.first_at = one.first_at.min(received_at);
            if received_at >= one.newest_at {
                one.newest_at = received_at;
                one.newest = number;
                one.value = value;
                one.is_above = is_above;
            }
        }
    }
    Ok(())
}

/// The values of a reading that lie beyond, with the side and the meter.
fn beyond(reading: &Value, catalogue: &Catalogue) -> Vec<(IndicatorNo, String, bool, String)> {
    let meter = reading.get("meter").and_then(Value::as_str);
    let values = reading.get("values").and_then(Value::as_object);
    let (Some(meter), Some(values)) = (meter, values) else {
        return Vec::new();
    };
    let meter: String = meter.chars().take(ID_SHOWN).collect();
    let one = |(code, value): (&String, &Value)| {
        let indicator = catalogue.find(code)?;
        let number = value.as_f64()?;
        let is_beyond = !indicator.is_plausible(number);
        is_beyond.then(|| {
            let is_above = number > indicator.limit_upper;
            (indicator.number, value.to_string(), is_above, meter.clone())
        })
    };
    values.iter().filter_map(one).collect()
}

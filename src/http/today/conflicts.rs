//! Values of yesterday and today that contradict one that counts already, by gateway.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::calendar::{Day, Moment, Period};
use crate::indicator::IndicatorNo;
use crate::park::{EnterpriseCode, Gateway, GatewayId, GatewayNo, MeterId, Roster};
use crate::store::{Engine, Row, StoreFault};

/// Examples of one gateway.
const EXAMPLES_MAX: usize = 5;

/// The conflicts of one gateway.
#[derive(Clone, Debug)]
pub(super) struct Conflict {
    pub(super) gateway: GatewayId,
    pub(super) enterprise: EnterpriseCode,
    /// Values that came yesterday and today.
    pub(super) values: i64,
    pub(super) examples: Vec<Example>,
}

/// Two values of one key.
#[derive(Clone, Debug)]
pub(super) struct Example {
    pub(super) meter: MeterId,
    pub(super) indicator: IndicatorNo,
    pub(super) at: Moment,
    /// The one that counts.
    pub(super) first: f64,
    pub(super) other: f64,
    pub(super) received_at: Moment,
}

/// The gateways among `gateways` with conflicts that came yesterday or today, most first.
pub(super) fn find(
    engine: &dyn Engine,
    roster: &Roster,
    gateways: &[Gateway],
    now: Moment,
) -> Result<Vec<Conflict>, StoreFault> {
    let today = Day::of(now);
    let yesterday = Day::from_number(today.number().saturating_sub(1));
    let mut counts: BTreeMap<GatewayNo, i64> = BTreeMap::new();
    for day in [yesterday, today] {
        engine.counts(Some(day), &mut |(_, gateway, counted)| {
            if counted.conflict > 0 {
                *counts.entry(*gateway).or_default() += counted.conflict;
            }
            ControlFlow::Continue(())
        })?;
    }
    let mut found = Vec::new();
    for gateway in gateways {
        let Some(values) = counts.get(&gateway.number) else {
            continue;
        };
        let span = Period::new(yesterday.start(), now.plus_ms(1));
        found.push(Conflict {
            gateway: gateway.id.clone(),
            enterprise: gateway.enterprise.clone(),
            values: *values,
            examples: span.map_or(Ok(Vec::new()), |span| {
                examples(engine, roster, gateway, span)
            })?,
        });
    }
    found.sort_by(|a, b| {
        let most = b.values.cmp(&a.values);
        most.then_with(|| a.gateway.cmp(&b.gateway))
    });
    Ok(found)
}

/// Some of them, of what was measured in `span`.
fn examples(
    engine: &dyn Engine,
    roster: &Roster,
    gateway: &Gateway,
    span: Period,
) -> Result<Vec<Example>, StoreFault> {
    let mut found: Vec<Example> = Vec::new();
    let own = roster
        .meters()
        .filter(|meter| meter.enterprise == gateway.enterprise);
    for meter in own {
        let mut first: Option<Row> = None;
        engine.all_values(meter.number, None, span, &mut |row| {
            let counted = first.filter(|one| one.at == row.at && one.indicator == row.indicator);
            if row.revision == 1 {
                first = Some(*row);
            } else if let Some(one) = counted
                && row.revision > 1
                && row.gateway == gateway.number
            {
                found.push(Example {
                    meter: meter.id.clone(),
                    indicator: row.indicator,
                    at: row.at,
                    first: one.number,
                    other: row.number,
                    received_at: row.received_at,
                });
            }
            if found.len() < EXAMPLES_MAX {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        if found.len() >= EXAMPLES_MAX {
            break;
        }
    }
    Ok(found)
}

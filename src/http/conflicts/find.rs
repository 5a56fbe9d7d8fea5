//! The values of a key that differ, with what was decided about them.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::calendar::{Day, Moment, Period};
use crate::indicator::IndicatorNo;
use crate::park::{EnterpriseCode, Gateway, GatewayNo, MeterId, MeterNo, Roster};
use crate::store::{Decision, Engine, Row, StoreFault};

/// Conflicts of one answer; the newest are shown.
const CONFLICTS_MAX: usize = 200;

/// Where conflicts are looked for.
pub(super) struct Ground {
    pub(super) gateways: Vec<Gateway>,
    pub(super) now: Moment,
    /// Days back, today counted.
    pub(super) days: u32,
}

/// One key with more than one value.
#[derive(Clone, Debug)]
pub(super) struct Conflict {
    pub(super) indicator: IndicatorNo,
    pub(super) at: Moment,
    /// In the order they came.
    pub(super) values: Vec<Row>,
    /// The last decision.
    pub(super) decided: Option<Decision>,
}

/// A conflict with whose it is.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) enterprise: EnterpriseCode,
    pub(super) meter: MeterId,
    pub(super) conflict: Conflict,
}

/// The conflicts measured in the days of `ground`: undecided ones first, each the newest first.
pub(super) fn find(
    engine: &dyn Engine,
    roster: &Roster,
    ground: &Ground,
) -> Result<Vec<Found>, StoreFault> {
    let today = Day::of(ground.now);
    let first = Day::from_number(
        today
            .number()
            .saturating_sub(i32::try_from(ground.days).unwrap_or(0) - 1),
    );
    let Some(period) = Period::new(first.start(), ground.now.plus_ms(1)) else {
        return Ok(Vec::new());
    };
    let firms = with_conflicts(engine, ground, (first, today))?;
    // What is committed and not folded is not counted yet: it came of late.
    let yesterday = Day::from_number(today.number() - 1)
        .start()
        .max(first.start());
    let late = Period::new(yesterday, ground.now.plus_ms(1)).unwrap_or(period);
    let mut found = Vec::new();
    for meter in roster.meters() {
        let Some(is_counted) = firms.get(&meter.enterprise) else {
            continue;
        };
        let span = if *is_counted { period } else { late };
        let all = of_meter(engine, meter.number, span)?;
        found.extend(all.into_iter().map(|conflict| Found {
            enterprise: meter.enterprise.clone(),
            meter: meter.id.clone(),
            conflict,
        }));
    }
    found.sort_by_key(|one| {
        let conflict = &one.conflict;
        (conflict.decided.is_some(), std::cmp::Reverse(conflict.at))
    });
    found.truncate(CONFLICTS_MAX);
    Ok(found)
}

/// The enterprises of whose gateways conflicts came in these days, or something that is not folded
/// yet; whether conflicts are counted.
fn with_conflicts(
    engine: &dyn Engine,
    ground: &Ground,
    (first, last): (Day, Day),
) -> Result<BTreeMap<EnterpriseCode, bool>, StoreFault> {
    let by_number: BTreeMap<GatewayNo, &EnterpriseCode> = ground
        .gateways
        .iter()
        .map(|gateway| (gateway.number, &gateway.enterprise))
        .collect();
    let mut firms = BTreeMap::new();
    for number in first.number()..=last.number() {
        engine.counts(Some(Day::from_number(number)), &mut |(
            _,
            gateway,
            counted,
        )| {
            let is_counted = counted.conflict > 0;
            if (is_counted || counted.pending > 0)
                && let Some(firm) = by_number.get(gateway)
            {
                *firms.entry((*firm).clone()).or_insert(false) |= is_counted;
            }
            ControlFlow::Continue(())
        })?;
    }
    Ok(firms)
}

/// The conflicts of one meter in `period`, by time.
pub(super) fn of_meter(
    engine: &dyn Engine,
    meter: MeterNo,
    period: Period,
) -> Result<Vec<Conflict>, StoreFault> {
    let mut keys: BTreeMap<(Moment, IndicatorNo), Vec<Row>> = BTreeMap::new();
    let mut open: Vec<Row> = Vec::new();
    engine.all_values(meter, None, period, &mut |row| {
        // A `bad` value takes no key.
        if row.revision == 1 {
            open = vec![*row];
        } else if row.revision > 1 {
            let key = (row.at, row.indicator);
            let values = keys.entry(key).or_insert_with(|| {
                let first = open.iter().filter(|one| (one.at, one.indicator) == key);
                first.copied().collect()
            });
            values.push(*row);
        }
        ControlFlow::Continue(())
    })?;
    let mut decided: BTreeMap<(Moment, IndicatorNo), Decision> = BTreeMap::new();
    engine.decisions(meter, period, &mut |decision| {
        decided.insert((decision.at, decision.indicator), decision.clone());
        ControlFlow::Continue(())
    })?;
    let conflict = |((at, indicator), values): ((Moment, IndicatorNo), Vec<Row>)| Conflict {
        indicator,
        at,
        values,
        decided: decided.remove(&(at, indicator)),
    };
    Ok(keys.into_iter().map(conflict).collect())
}

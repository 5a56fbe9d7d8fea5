//! What of a month there is of each register, by the sheets that the ledger keeps of its days.

use std::collections::BTreeMap;

use crate::access::Principal;
use crate::calendar::{Moment, Month};
use crate::indicator::IndicatorNo;
use crate::ledger::{Account, Flag, Rollup, StepState};
use crate::park::{EnterpriseCode, MeterId};
use crate::store::registry::{Close, ClosedEntries, Registry, RegistryFault, SeriesSheet};
use crate::units::Exact;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;
/// Decimal places of what a day used, as it is shown.
const PLACES: usize = 4;

/// One register over a month.
#[derive(Debug)]
pub(super) struct Measured {
    pub(super) indicator: IndicatorNo,
    pub(super) meter: MeterId,
    pub(super) enterprise: EnterpriseCode,
    /// Received over expected readings so far; `None` if none was expected.
    pub(super) completeness: Option<Exact>,
    /// The share of the time so far with known amounts.
    pub(super) known_share: Exact,
    /// Days so far of which something is not known.
    pub(super) days_lacking: usize,
    /// Days that are whole, some of it over a long pause.
    pub(super) days_estimated: usize,
    pub(super) conflicts: u64,
    pub(super) flags: BTreeMap<Flag, u64>,
    /// The sum of its days as known now, each as it is shown; `None` if nothing is known.
    pub(super) by_days: Option<Exact>,
    /// The month as it was last closed; `None` where it was not, or nothing was known.
    pub(super) closed: Option<Exact>,
}

impl Measured {
    /// The days less the closed month, and in percent of the month; where both are known.
    pub(super) fn difference(&self) -> Option<(Exact, Option<Exact>)> {
        let (days, closed) = (self.by_days.as_ref()?, self.closed.as_ref()?);
        let difference = days - closed;
        let percent = (&difference * &Exact::whole(100)).over(closed);
        Some((difference, percent))
    }
}

/// The registers of `firms` that were expected to say something in the month, those of which the least
/// came first.
///
/// # Errors
/// The registry failed, or a row is damaged.
pub(super) async fn all(
    registry: &Registry,
    indicators: &[IndicatorNo],
    (month, close, now): (Month, Option<&Close>, Moment),
    firms: impl Fn(&EnterpriseCode) -> bool,
) -> Result<Vec<Measured>, RegistryFault> {
    let period = month.period();
    let closed = match close {
        Some(close) => registry.closed_entries(month, close.revision).await?,
        None => ClosedEntries::new(),
    };
    let everybody = Principal::local();
    let mut found = Vec::new();
    for indicator in indicators {
        registry
            .visit_sheets(&everybody, *indicator, None, period, |one| {
                let is_theirs = firms(&one.enterprise);
                if is_theirs && one.series.expectation.is_due(period) {
                    found.extend(measured(one, &closed, (month, now)));
                }
            })
            .await?;
    }
    found.sort_by(|a, b| (&a.completeness, &a.meter).cmp(&(&b.completeness, &b.meter)));
    Ok(found)
}

fn measured(
    one: SeriesSheet,
    closed: &ClosedEntries,
    (month, now): (Month, Moment),
) -> Option<Measured> {
    let period = month.period();
    let expectation = &one.series.expectation;
    let account = one.sheet.account(period, DAY_MS)?;
    let rollup = Rollup::of_meter(&one.sheet, expectation, period, now);
    let (from, to) = (expectation.valid_from(), expectation.valid_to());
    let is_due = |from_day: Moment| {
        let next = from_day.plus_ms(DAY_MS);
        // The running day is not over: what is to come is not missing.
        next <= now && from < next && to.is_none_or(|to| from_day < to)
    };
    let days = |is: fn(StepState) -> bool| {
        let steps = account.steps.iter();
        let steps = steps.filter(|step| is_due(step.from) && is(step.state));
        steps.count()
    };
    let entry = closed.get(&one.key);
    let entry = entry.and_then(|entry| entry.account().ok());
    Some(Measured {
        indicator: one.key.indicator,
        meter: one.meter,
        enterprise: one.enterprise,
        completeness: rollup.completeness(),
        known_share: rollup.known_share(),
        days_lacking: days(|state| {
            matches!(
                state,
                StepState::Missing | StepState::Unknown | StepState::Partial
            )
        }),
        days_estimated: days(|state| state == StepState::Estimated),
        conflicts: account.conflicts,
        by_days: by_days(&account),
        flags: account.flags,
        closed: entry.and_then(|closed| closed.used),
    })
}

/// The sum of the days as each is shown.
fn by_days(account: &Account) -> Option<Exact> {
    let days = account.steps.iter().filter_map(|step| step.used.as_ref());
    let mut days = days.map(|used| used.rounded_to(PLACES)).peekable();
    days.peek()?;
    Some(days.sum())
}

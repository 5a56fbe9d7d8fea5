//! Closes months: `ledger.close_after` their end, and again when late data changed them.
//!
//! Each closing is an immutable revision with the accounts it changed (house.md, "Who remembers
//! what"). Amounts and shares are rounded here, once, to 4 places.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::access::Principal;
use crate::calendar::{Moment, Month};
use crate::ledger::{Account, Rollup};
use crate::store::BatchNo;
use crate::store::registry::{Close, ClosedEntries, ClosedEntry, SeriesSheet};

use super::keep_ledger::{LedgerFault, LedgerKeeper, MonthClosed};

/// Decimal places of what is closed.
const PLACES: usize = 4;

/// A closed month is closed again no sooner than this, so that late readings that drip in make no
/// revision each; sooner only if months are closed sooner.
const CLOSED_FOR: Duration = Duration::from_hours(1);

/// Closes every month that is due and whose accounts changed since, and those in which nobody
/// sent anything: from the first month that anything is known of, none is left out.
pub(super) async fn close_due(keeper: &LedgerKeeper) -> Result<(), LedgerFault> {
    let now = keeper.clock.now();
    let mut months: BTreeSet<Month> = keeper
        .registry
        .list_open_months()
        .await?
        .into_iter()
        .collect();
    let closed = keeper.registry.list_closed_months().await?;
    let closed: BTreeSet<Month> = closed.into_iter().map(|(month, _)| month).collect();
    let mut next = months.iter().chain(&closed).min().copied();
    while let Some(month) = next.filter(|month| month.period().to() <= now) {
        if !closed.contains(&month) {
            months.insert(month);
        }
        next = Some(month.next());
    }
    let mut due = Vec::new();
    for month in months {
        let last = keeper.registry.find_close(month).await?;
        if due_at(month, last.as_ref(), keeper.close_after) <= now {
            due.push((month, last));
        }
    }
    let all = due.len();
    for (done, (month, last)) in due.into_iter().enumerate() {
        keeper.settling.closed(done, all);
        close(keeper, month, last, now).await?;
    }
    Ok(())
}

/// When `month` may be closed next.
fn due_at(month: Month, last: Option<&Close>, close_after: Duration) -> Moment {
    let later = |from: Moment, pause: Duration| {
        from.plus_ms(i64::try_from(pause.as_millis()).unwrap_or(i64::MAX))
    };
    match last {
        None => later(month.period().to(), close_after),
        Some(last) => later(last.closed_at, close_after.min(CLOSED_FOR)),
    }
}

async fn close(
    keeper: &LedgerKeeper,
    month: Month,
    last: Option<Close>,
    now: Moment,
) -> Result<(), LedgerFault> {
    let revision = last.map_or(1, |last| last.revision.saturating_add(1));
    let known = keeper.registry.closed_entries(month, revision).await?;
    let mut changed = entries(keeper, month).await?;
    // What was closed and is expected no more is taken back.
    for (key, gone) in &known {
        let retired = || ClosedEntry::retired(gone.enterprise.clone());
        changed.entry(*key).or_insert_with(retired);
    }
    changed.retain(|key, entry| known.get(key) != Some(entry));
    if changed.is_empty() && last.is_some() {
        return Ok(keeper.registry.confirm_close(month).await?);
    }
    let batch = keeper.registry.ledger_cursor().await?;
    let close = Close {
        month,
        revision,
        closed_at: now,
        batch: batch.unwrap_or(BatchNo::new(0)),
        entries: u32::try_from(changed.len()).unwrap_or(u32::MAX),
    };
    keeper.registry.save_close(&close, &changed).await?;
    keeper.vitals.record(&MonthClosed {
        month,
        revision,
        entries: close.entries,
    });
    Ok(())
}

/// The accounts of all registers that were expected or read in `month`.
async fn entries(keeper: &LedgerKeeper, month: Month) -> Result<ClosedEntries, LedgerFault> {
    let period = month.period();
    let who = Principal::local();
    let mut entries = ClosedEntries::new();
    for indicator in keeper.registers() {
        keeper
            .registry
            .visit_sheets(&who, indicator, None, period, |one| {
                let is_due = one.series.expectation.is_due(period);
                if let Some(entry) = is_due.then(|| entry(&one, month)).flatten() {
                    entries.insert(one.key, entry);
                }
            })
            .await?;
    }
    Ok(entries)
}

fn entry(one: &SeriesSheet, month: Month) -> Option<ClosedEntry> {
    let period = month.period();
    let length_ms = period.to().ms_since(period.from());
    let account: Account = one.sheet.account(period, length_ms)?;
    let rollup = Rollup::of_meter(&one.sheet, &one.series.expectation, period, period.to());
    let flags = account.flags.iter();
    let flags = flags.map(|(flag, times)| format!("{} {times}", flag.as_str()));
    Some(ClosedEntry {
        enterprise: one.enterprise.clone(),
        used: account.used.map(|used| used.rounded(PLACES)),
        known_share: rollup.known_share().rounded(PLACES),
        completeness: rollup.completeness().map(|share| share.rounded(PLACES)),
        conflicts: account.conflicts,
        flags: flags.collect::<Vec<_>>().join(", "),
    })
}

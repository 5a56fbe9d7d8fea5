//! What the ledger would say of a register's month if something else were registered of it: the month is
//! walked twice from what arrived, as it is and as it would be. Keeps nothing.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::access::Principal;
use crate::calendar::{Day, Month, Period};
use crate::ledger::{Account, DayWalk, Metering, Readings, Sheet, Walk};
use crate::park::Replacement;
use crate::store::registry::{MeterHistory, SeriesKey};

use super::LedgerFault;
use super::keep_ledger::read_days;
use super::suspects::Ground;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// A month of a register as it is and as it would be.
#[derive(Clone, Debug)]
pub struct Rehearsal {
    /// Which month.
    pub month: Month,
    /// As it is registered.
    pub now: Account,
    /// With what is tried.
    pub then: Account,
}

/// The month in which `new` lies, without and with it; another replacement registered at the same
/// instant gives way. `None` where nothing is registered, or what is contradicts itself then.
///
/// # Errors
/// The registry or the readings could not be read.
pub async fn replacement(
    ground: &Ground,
    key: SeriesKey,
    new: &Replacement,
) -> Result<Option<Rehearsal>, LedgerFault> {
    let registry = &ground.registry;
    let history = registry
        .find_meter_history(&Principal::local(), &new.meter)
        .await?;
    let Some(history) = history else {
        return Ok(None);
    };
    let mut tried = history.clone();
    tried
        .replacements
        .retain(|one| one.indicator != new.indicator || one.at != new.at);
    tried.replacements.push(new.clone());
    let metering = |history: &MeterHistory| history.metering(key.indicator);
    let (Some(now), Some(then)) = (metering(&history), metering(&tried)) else {
        return Ok(None);
    };
    let month = Month::of(new.at);
    let first = Day::of(month.period().from());
    let start = registry.find_walk_before(key, first).await?;
    let start = start.map_or_else(Walk::new, |(_, walk)| walk);
    // What lies over the month's end is known by the first reading after it.
    let last = Day::of(month.period().to().plus_ms(-1));
    let after = registry.find_day_after(key, last).await?;
    let engine = Arc::clone(&ground.engine);
    let walk = move || {
        let mut days = read_days(engine.as_ref(), key, month.period())?;
        if let Some(after) = after {
            days.extend(read_days(engine.as_ref(), key, after.period())?);
        }
        let account = |metering: &Metering| account(&start, metering, &days, month.period());
        let both = account(&now).zip(account(&then));
        Ok::<_, LedgerFault>(both.map(|(now, then)| Rehearsal { month, now, then }))
    };
    spawn_blocking(walk).await?
}

fn account(
    start: &Walk,
    metering: &Metering,
    days: &BTreeMap<Day, Readings>,
    period: Period,
) -> Option<Account> {
    let mut walk = start.clone();
    let mut sheet = Sheet::default();
    let mut interval_ms = DAY_MS;
    for (day, readings) in days {
        let register = metering.register_on(*day);
        interval_ms = register.interval_ms();
        let of_day = DayWalk::from(&walk, register, readings);
        sheet.add(&of_day.sheet);
        walk = of_day.end;
    }
    sheet.add(&Sheet::of(&walk.tail(), &Readings::default(), interval_ms));
    sheet.account(period, DAY_MS)
}

//! Suspect spans of registers, found where the ledger counted some: walked again from what arrived, for
//! what is kept of a day does not say what stood at both ends. Whose one may see is asked before.

use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::task::spawn_blocking;

use crate::access::Principal;
use crate::calendar::{Day, Period};
use crate::indicator::IndicatorNo;
use crate::ledger::{Flag, Suspect, Walk};
use crate::park::{EnterpriseCode, MeterId};
use crate::store::Engine;
use crate::store::registry::{Registry, SeriesKey};

use super::LedgerFault;
use super::keep_ledger::read_days;

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// What suspect spans are found by.
#[derive(Clone, Debug)]
pub struct Ground {
    /// Terms of meters, and where their walks stood.
    pub registry: Registry,
    /// Readings.
    pub engine: Arc<dyn Engine>,
}

/// A suspect span and whose it is.
#[derive(Clone, Debug)]
pub struct FoundSuspect {
    /// Which register.
    pub key: SeriesKey,
    /// Which meter.
    pub meter: MeterId,
    /// Whose.
    pub enterprise: EnterpriseCode,
    /// What it is.
    pub suspect: Suspect,
}

/// The suspect spans that end in `period`, whose borders are those of days, of the registers of
/// `firms` that count one of `indicators`, by indicator and meter.
///
/// # Errors
/// The registry or the readings could not be read.
pub async fn suspects(
    ground: &Ground,
    firms: &BTreeSet<EnterpriseCode>,
    indicators: &[IndicatorNo],
    period: Period,
) -> Result<Vec<FoundSuspect>, LedgerFault> {
    let all = Principal::local();
    let mut flagged = Vec::new();
    for indicator in indicators {
        ground
            .registry
            .visit_sheets(&all, *indicator, None, period, |one| {
                let account = one.sheet.account(period, DAY_MS);
                let has_some =
                    account.is_some_and(|account| account.flags.contains_key(&Flag::Suspect));
                if has_some && firms.contains(&one.enterprise) {
                    flagged.push((one.key, one.meter, one.enterprise));
                }
            })
            .await?;
    }
    let mut found = Vec::new();
    for (key, meter, enterprise) in flagged {
        let own = suspects_of(ground, (key, &meter), period).await?;
        found.extend(own.into_iter().map(|suspect| FoundSuspect {
            key,
            meter: meter.clone(),
            enterprise: enterprise.clone(),
            suspect,
        }));
    }
    Ok(found)
}

/// The suspect spans of one register that end in `period`, whose borders are those of days, by time.
///
/// # Errors
/// The registry or the readings could not be read.
pub async fn suspects_of(
    ground: &Ground,
    (key, meter): (SeriesKey, &MeterId),
    period: Period,
) -> Result<Vec<Suspect>, LedgerFault> {
    let history = ground
        .registry
        .find_meter_history(&Principal::local(), meter)
        .await?;
    let Some(metering) = history.and_then(|history| history.metering(key.indicator)) else {
        return Ok(Vec::new());
    };
    let first = Day::of(period.from());
    let start = ground.registry.find_walk_before(key, first).await?;
    let start = start.map_or_else(Walk::new, |(_, walk)| walk);
    let engine = Arc::clone(&ground.engine);
    let walk = move || {
        let days = read_days(engine.as_ref(), key, period)?;
        Ok::<_, LedgerFault>(Suspect::along(start, &metering, &days))
    };
    spawn_blocking(walk).await?
}

//! Each meter of a closed month against those right below it; what a difference is and when it is
//! known is [`crate::ledger::Balance`]'s. Whose figures one may see is for the caller to cut.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::Principal;
use crate::calendar::{Day, Period};
use crate::indicator::IndicatorNo;
use crate::ledger::{Balance, Part};
use crate::park::{EnterpriseCode, Ladder, MeterId, MeterRow, Name, Roster};
use crate::store::registry::{
    Close, ClosedEntries, PAGE_LIMIT, Registry, RegistryFault, SeriesKey,
};

/// One side of a balance, or a part of one.
#[derive(Clone, Debug)]
pub struct BalancedMeter {
    /// Which meter.
    pub meter: MeterId,
    /// What people call it.
    pub name: Option<Name>,
    /// Whose.
    pub enterprise: EnterpriseCode,
    /// What it came to.
    pub part: Part,
}

/// A meter with those right below it that count the same.
#[derive(Clone, Debug)]
pub struct MeterBalance {
    /// What they count.
    pub indicator: IndicatorNo,
    /// The meter above.
    pub above: BalancedMeter,
    /// Those below it, at least one, by id; of other enterprises, too.
    pub below: Vec<BalancedMeter>,
    /// What it comes to.
    pub balance: Balance,
}

/// The rows of meters that were registered for something at any time of a period, by what.
type Counting<'a> = BTreeMap<(&'a MeterId, IndicatorNo), &'a MeterRow>;

/// The closed month that is looked at.
struct Closed {
    period: Period,
    entries: ClosedEntries,
    begun: BTreeMap<SeriesKey, Day>,
}

/// The balances of the registers `counted` over the month of `close`, by meter and indicator: for
/// each meter below which others stood when the month ended.
///
/// # Errors
/// The registry failed, or a row is damaged.
pub async fn balances(
    registry: &Registry,
    close: &Close,
    counted: &BTreeSet<IndicatorNo>,
) -> Result<Vec<MeterBalance>, RegistryFault> {
    let closed = Closed {
        period: close.month.period(),
        entries: registry.closed_entries(close.month, close.revision).await?,
        begun: registry.list_begun().await?,
    };
    let rows = all_rows(registry).await?;
    let ladder = Ladder::of(&rows);
    let roster = registry.directory().current();
    let counting: Counting<'_> = rows
        .iter()
        .filter(|row| counted.contains(&row.indicator) && runs_in(row, closed.period))
        .map(|row| ((&row.meter, row.indicator), row))
        .collect();
    let at = closed.period.to().plus_ms(-1);
    let mut below: BTreeMap<(&MeterId, IndicatorNo), Vec<&MeterRow>> = BTreeMap::new();
    for ((meter, indicator), row) in &counting {
        let counts = |above: &MeterId| counting.contains_key(&(above, *indicator));
        let above = ladder.next_above(meter, *indicator, at, counts);
        let above = above.and_then(|above| counting.get_key_value(&(above, *indicator)));
        if let Some((above, _)) = above {
            below.entry(*above).or_default().push(row);
        }
    }
    let balanced = |row: &MeterRow| closed.meter(&roster, row);
    let mut found = Vec::new();
    for (place, rows) in below {
        let Some(above) = counting.get(&place) else {
            continue;
        };
        let above = balanced(above)?;
        let below: Vec<BalancedMeter> = rows
            .into_iter()
            .map(balanced)
            .collect::<Result<_, RegistryFault>>()?;
        let parts: Vec<Part> = below.iter().map(|one| one.part.clone()).collect();
        found.push(MeterBalance {
            indicator: place.1,
            balance: Balance::of(&above.part, &parts),
            above,
            below,
        });
    }
    Ok(found)
}

impl Closed {
    fn meter(&self, roster: &Roster, row: &MeterRow) -> Result<BalancedMeter, RegistryFault> {
        let key = roster.find_meter(row.meter.as_str()).map(|one| SeriesKey {
            meter: one.number,
            indicator: row.indicator,
        });
        let entry = key.and_then(|key| self.entries.get(&key));
        let part = match entry.filter(|entry| !entry.is_retired()) {
            None => Part::missing(),
            Some(entry) => {
                let account = entry.account()?;
                Part {
                    used: account.used,
                    known_share: account.known_share,
                    begun: key.and_then(|key| self.begun_inside(key)),
                }
            }
        };
        Ok(BalancedMeter {
            meter: row.meter.clone(),
            name: row.name.clone(),
            enterprise: row.enterprise.clone(),
            part,
        })
    }

    fn begun_inside(&self, key: SeriesKey) -> Option<Day> {
        let begun = self.begun.get(&key).copied()?;
        let is_later = begun.start() > self.period.from() && begun.start() < self.period.to();
        is_later.then_some(begun)
    }
}

fn runs_in(row: &MeterRow, period: Period) -> bool {
    let ends = row.validity.to();
    row.validity.from() < period.to() && ends.is_none_or(|end| period.from() < end)
}

async fn all_rows(registry: &Registry) -> Result<Vec<MeterRow>, RegistryFault> {
    let (all, mut rows, mut after) = (Principal::local(), Vec::new(), None);
    loop {
        let page = registry.list_meter_rows(&all, None, after, PAGE_LIMIT);
        let page = page.await?;
        rows.extend(page.entries);
        after = page.next;
        if after.is_none() {
            return Ok(rows);
        }
    }
}

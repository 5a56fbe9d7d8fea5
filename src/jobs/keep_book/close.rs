//! Closing accounts: months as the ledger closes them, years when their end is far enough behind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use crate::access::Principal;
use crate::calendar::{Month, Year};
use crate::ledger::figure::AccountPeriod;
use crate::ledger::holder::{self, CITY, HolderAccount, Material};
use crate::park::{Enterprise, EnterpriseCode, ParkId, StatementPeriod};
use crate::store::registry::{AccountClose, Holder, KeptAccount, PAGE_LIMIT, RegistryFault};

use super::BookKeeper;
use super::event::AccountsClosed;
use super::material::{Registered, digest, enterprises_of, metered};

/// Closes every period that is due and whose ingredients changed since.
pub(super) async fn close_due(keeper: &BookKeeper) -> Result<(), RegistryFault> {
    let registered = Registered::gather(keeper).await?;
    let months = keeper.registry.list_closed_months().await?;
    for (month, ledger) in &months {
        close_month(keeper, &registered, *month, *ledger).await?;
    }
    for year in due_years(keeper, &registered, &months).await? {
        close_year(keeper, &registered, year, &months).await?;
    }
    Ok(())
}

/// Years that are over since `close_after`, of which something is known and no month waits for its
/// first closing.
async fn due_years(
    keeper: &BookKeeper,
    registered: &Registered,
    months: &[(Month, u32)],
) -> Result<BTreeSet<Year>, RegistryFault> {
    let mut years: BTreeSet<Year> = months.iter().map(|(month, _)| month.year()).collect();
    let stated = registered.stated.values().flatten();
    years.extend(stated.map(|one| match one.period {
        StatementPeriod::Year(year)
        | StatementPeriod::HalfYear(year, _)
        | StatementPeriod::Quarter(year, _) => year,
        StatementPeriod::Month(month) => month.year(),
    }));
    let closed: BTreeSet<Month> = months.iter().map(|(month, _)| *month).collect();
    let open = keeper.registry.list_open_months().await?;
    let waiting: BTreeSet<Year> = open
        .into_iter()
        .filter(|month| !closed.contains(month))
        .map(Month::year)
        .collect();
    let after_ms = i64::try_from(keeper.close_after.as_millis()).unwrap_or(i64::MAX);
    let now = keeper.clock.now();
    years.retain(|year| {
        let due = year.period().to().plus_ms(after_ms);
        due <= now && !waiting.contains(year)
    });
    Ok(years)
}

async fn close_month(
    keeper: &BookKeeper,
    registered: &Registered,
    month: Month,
    ledger: u32,
) -> Result<(), RegistryFault> {
    let period = AccountPeriod::Month(month);
    let order = registered.ladder.mark(month.period().to().plus_ms(-1));
    let inputs = digest(&[&registered.mark, &ledger.to_string(), &order]);
    let Some(closing) = Closing::begin(keeper, period, inputs).await? else {
        return Ok(());
    };
    let metered = metered(keeper, (month, ledger), &registered.ladder).await?;
    let of = |enterprise: &Enterprise, revision| {
        let material = material(keeper, registered, enterprise, period, revision);
        let own = metered.get(&enterprise.code).map_or(&[][..], Vec::as_slice);
        holder::of_month(&material, own)
    };
    closing.end(keeper, ledger, of).await
}

async fn close_year(
    keeper: &BookKeeper,
    registered: &Registered,
    year: Year,
    months: &[(Month, u32)],
) -> Result<(), RegistryFault> {
    let period = AccountPeriod::Year(year);
    let mut closes = String::new();
    let mut parts: BTreeMap<EnterpriseCode, BTreeMap<Month, HolderAccount>> = BTreeMap::new();
    let own = months.iter().filter(|(month, _)| month.year() == year);
    let own: Vec<Month> = own.map(|(month, _)| *month).collect();
    for month in &own {
        let of_month = AccountPeriod::Month(*month);
        let close = keeper.registry.find_account_close(of_month).await?;
        let revision = close.map(|one| one.revision);
        // Writing to a string cannot fail.
        let _written = write!(closes, "{month} {revision:?} ");
    }
    let inputs = digest(&[&registered.mark, &closes]);
    let Some(closing) = Closing::begin(keeper, period, inputs).await? else {
        return Ok(());
    };
    for month in own {
        let kept = newest_accounts(keeper, AccountPeriod::Month(month)).await?;
        for (holder, account) in kept {
            if let Holder::Enterprise(code, _) = holder {
                parts.entry(code).or_default().insert(month, account);
            }
        }
    }
    let none = BTreeMap::new();
    let of = |enterprise: &Enterprise, revision| {
        let material = material(keeper, registered, enterprise, period, revision);
        holder::of_year(&material, parts.get(&enterprise.code).unwrap_or(&none))
    };
    closing.end(keeper, 0, of).await
}

pub(super) fn material<'a>(
    keeper: &'a BookKeeper,
    registered: &'a Registered,
    enterprise: &'a Enterprise,
    period: AccountPeriod,
    revision: u32,
) -> Material<'a> {
    Material {
        key: enterprise.code.as_str(),
        period,
        revision,
        stated: registered.stated_of(&enterprise.code),
        holdings: registered.holdings_of(&enterprise.code),
        factors: &keeper.factors,
        tax: &keeper.rating.tax,
        catalogue: &keeper.catalogue,
    }
}

/// A closing under way.
struct Closing {
    period: AccountPeriod,
    revision: u32,
    inputs: String,
    known: BTreeMap<Holder, HolderAccount>,
    changed: Vec<KeptAccount>,
}

impl Closing {
    /// Of `period` from `inputs`; `None` if it was last closed from the same.
    async fn begin(
        keeper: &BookKeeper,
        period: AccountPeriod,
        inputs: String,
    ) -> Result<Option<Self>, RegistryFault> {
        let last = keeper.registry.find_account_close(period).await?;
        if last.as_ref().is_some_and(|last| last.inputs == inputs) {
            return Ok(None);
        }
        let known = match &last {
            Some(_) => newest_accounts(keeper, period).await?,
            None => BTreeMap::new(),
        };
        Ok(Some(Self {
            period,
            revision: last.map_or(1, |last| last.revision.saturating_add(1)),
            inputs,
            known,
            changed: Vec::new(),
        }))
    }

    /// Takes the account that `make` makes for a revision: as it is known if nothing differs.
    fn take(&mut self, holder: Holder, make: impl Fn(u32) -> HolderAccount) -> HolderAccount {
        if let Some(known) = self.known.get(&holder)
            && make(known.revision) == *known
        {
            return known.clone();
        }
        let account = make(self.revision);
        let kept = account.clone();
        self.changed.push(KeptAccount {
            holder,
            account: kept,
        });
        account
    }

    /// Makes the accounts of all enterprises by `of`, adds up parks and city, and keeps what
    /// differs. Who belongs to which park is what was registered when the period ended.
    async fn end(
        mut self,
        keeper: &BookKeeper,
        ledger: u32,
        of: impl Fn(&Enterprise, u32) -> HolderAccount,
    ) -> Result<(), RegistryFault> {
        // A park that had a total and has nobody any more adds up to nothing, and says so.
        let known = self.known.keys().filter_map(|holder| match holder {
            Holder::Park(park) => Some((park.clone(), Vec::new())),
            _ => None,
        });
        let mut parks: BTreeMap<ParkId, Vec<HolderAccount>> = known.collect();
        for enterprise in &enterprises_of(keeper, self.period.period()).await? {
            let holder = Holder::Enterprise(enterprise.code.clone(), enterprise.park.clone());
            let account = self.take(holder, |revision| of(enterprise, revision));
            parks
                .entry(enterprise.park.clone())
                .or_default()
                .push(account);
            // A pass over many enterprises lets others have the thread.
            tokio::task::yield_now().await;
        }
        let period = self.period;
        let mut sums = Vec::new();
        for (park, members) in &parks {
            let members: Vec<&HolderAccount> = members.iter().collect();
            let key = park.as_str();
            let total = |revision| holder::total(key, period, revision, &members);
            sums.push(self.take(Holder::Park(park.clone()), total));
        }
        let members: Vec<&HolderAccount> = sums.iter().collect();
        let total = |revision| holder::total(CITY, period, revision, &members);
        self.take(Holder::City, total);
        if self.changed.is_empty() {
            // Other ingredients, the same accounts: not made again before something changes.
            let last = self.revision.saturating_sub(1);
            let registry = &keeper.registry;
            return registry.confirm_accounts(period, last, &self.inputs).await;
        }
        let close = AccountClose {
            period,
            revision: self.revision,
            closed_at: keeper.clock.now(),
            ledger,
            inputs: self.inputs,
            holders: u32::try_from(self.changed.len()).unwrap_or(u32::MAX),
        };
        keeper.registry.save_accounts(&close, &self.changed).await?;
        keeper.vitals.record(&AccountsClosed {
            period,
            revision: close.revision,
            holders: close.holders,
        });
        Ok(())
    }
}

/// The newest accounts of `period`.
pub(in crate::jobs) async fn newest_accounts(
    keeper: &BookKeeper,
    period: AccountPeriod,
) -> Result<BTreeMap<Holder, HolderAccount>, RegistryFault> {
    let all = Principal::local();
    let mut found = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = keeper
            .registry
            .list_accounts(&all, period, u32::MAX, None, after.as_deref(), PAGE_LIMIT)
            .await?;
        let entries = page.entries.into_iter();
        found.extend(entries.map(|one| (one.holder, one.account)));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    let totals = keeper.registry.list_totals(&all, period, u32::MAX).await?;
    found.extend(totals.into_iter().map(|one| (one.holder, one.account)));
    Ok(found)
}

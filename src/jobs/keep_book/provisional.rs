//! The accounts of a period that still runs or waits for its closing, as far as they are known now:
//! made on request by the rules of closed ones, marked by revision 0, kept nowhere.
//!
//! A year is made of the accounts of its closed months and of what is known of the open ones; no
//! closed account is ever made of this.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

use crate::access::Principal;
use crate::calendar::{Moment, Month};
use crate::jobs::add_up;
use crate::ledger::figure::AccountPeriod;
use crate::ledger::holder::{self, CITY, GapCode, HolderAccount, Metered};
use crate::park::{Enterprise, EnterpriseCode, Ladder, ParkId};
use crate::store::registry::{Holder, KeptAccount, RegistryFault, SeriesKey};

use super::BookKeeper;
use super::close::{material, newest_accounts};
use super::material::{Registered, enterprises_of};

/// How long an answer is given again: each costs a look at every register of the period.
const GOOD_FOR: Duration = Duration::from_secs(10);
/// The revision of what is not closed.
pub const PROVISIONAL: u32 = 0;

/// Accounts of an open period.
#[derive(Debug)]
pub struct ProvisionalAccounts {
    /// Of when.
    pub period: AccountPeriod,
    /// What was known until then went in.
    pub as_of: Moment,
    /// Enterprises by code, then parks by id, the city last.
    pub accounts: Vec<KeptAccount>,
}

/// The last answers, so that many who ask at once make one look.
#[derive(Debug, Default)]
pub struct Provisional(Mutex<BTreeMap<AccountPeriod, Arc<ProvisionalAccounts>>>);

impl BookKeeper {
    /// The accounts of `period` as far as they are known; `None` for one that has not begun, is
    /// closed, or should be. A half-year is always made of its months, closed ones as they were closed
    /// last.
    ///
    /// # Errors
    /// The registry failed.
    pub async fn provisional(
        &self,
        period: AccountPeriod,
    ) -> Result<Option<Arc<ProvisionalAccounts>>, RegistryFault> {
        let now = self.clock.now();
        let after_ms = i64::try_from(self.close_after.as_millis()).unwrap_or(i64::MAX);
        let (from, to) = (period.period().from(), period.period().to());
        // A half-year is never closed: it is what its months are.
        let is_half = matches!(period, AccountPeriod::HalfYear(..));
        let is_open = from <= now && (is_half || now < to.plus_ms(after_ms));
        if !is_open || self.registry.find_account_close(period).await?.is_some() {
            return Ok(None);
        }
        let mut kept = self.provisional.0.lock().await;
        let good_for_ms = i64::try_from(GOOD_FOR.as_millis()).unwrap_or(i64::MAX);
        kept.retain(|_, one| now.ms_since(one.as_of) < good_for_ms);
        if let Some(known) = kept.get(&period) {
            return Ok(Some(Arc::clone(known)));
        }
        let found = Arc::new(self.worked_out(period, now).await?);
        kept.insert(period, Arc::clone(&found));
        Ok(Some(found))
    }

    async fn worked_out(
        &self,
        period: AccountPeriod,
        as_of: Moment,
    ) -> Result<ProvisionalAccounts, RegistryFault> {
        let registered = Registered::gather(self).await?;
        let enterprises = enterprises_of(self, period.period()).await?;
        let all = (&registered, &*enterprises);
        let accounts = match period {
            AccountPeriod::Month(month) => self.open_month(all, month, as_of).await?,
            AccountPeriod::HalfYear(..) | AccountPeriod::Year(_) => {
                self.open_year(all, period, as_of).await?
            }
        };
        Ok(ProvisionalAccounts {
            period,
            as_of,
            accounts: with_totals(period, &enterprises, accounts),
        })
    }

    /// The accounts of the enterprises over a month that is not closed.
    async fn open_month(
        &self,
        (registered, enterprises): (&Registered, &[Enterprise]),
        month: Month,
        as_of: Moment,
    ) -> Result<Vec<HolderAccount>, RegistryFault> {
        let metered = self
            .metered_so_far(&registered.ladder, month, as_of)
            .await?;
        let period = AccountPeriod::Month(month);
        let of = |enterprise: &Enterprise| {
            let material = material(self, registered, enterprise, period, PROVISIONAL);
            let own = metered.get(&enterprise.code).map_or(&[][..], Vec::as_slice);
            holder::of_month(&material, own)
        };
        Ok(enterprises.iter().map(of).collect())
    }

    async fn open_year(
        &self,
        (registered, enterprises): (&Registered, &[Enterprise]),
        period: AccountPeriod,
        as_of: Moment,
    ) -> Result<Vec<HolderAccount>, RegistryFault> {
        let mut parts: BTreeMap<String, BTreeMap<Month, HolderAccount>> = BTreeMap::new();
        let begun = period.months().into_iter();
        let begun = begun.filter(|month| month.period().from() <= as_of);
        for month in begun {
            let closed = newest_accounts(self, AccountPeriod::Month(month)).await?;
            let of_month: Vec<HolderAccount> = if closed.is_empty() {
                self.open_month((registered, enterprises), month, as_of)
                    .await?
            } else {
                let closed = closed.into_iter();
                let own = closed.filter(|(holder, _)| matches!(holder, Holder::Enterprise(..)));
                own.map(|(_, account)| account).collect()
            };
            for account in of_month {
                let own = parts.entry(account.key.clone()).or_default();
                own.insert(month, account);
            }
        }
        let none = BTreeMap::new();
        let of = |enterprise: &Enterprise| {
            let material = material(self, registered, enterprise, period, PROVISIONAL);
            let months = parts.get(enterprise.code.as_str()).unwrap_or(&none);
            let mut account = holder::of_year(&material, months);
            // What is to come is not missing.
            account.gaps.retain(|gap| {
                let month: Option<Month> = gap.what.parse().ok();
                let is_to_come = month.is_some_and(|month| month.period().from() > as_of);
                gap.code != GapCode::MonthMissing || !is_to_come
            });
            account
        };
        Ok(enterprises.iter().map(of).collect())
    }

    /// What each enterprise's meters came to in an open month, those below another one of the same
    /// enterprise left out, those below one of another taken away there.
    async fn metered_so_far(
        &self,
        ladder: &Ladder,
        month: Month,
        as_of: Moment,
    ) -> Result<BTreeMap<EnterpriseCode, Vec<Metered>>, RegistryFault> {
        let (all, period) = (Principal::local(), month.period());
        let begun = self.registry.list_begun().await?;
        let mut metered: BTreeMap<EnterpriseCode, Vec<Metered>> = BTreeMap::new();
        for carrier in self.factors.carriers() {
            let code = carrier.indicator.as_deref();
            let Some(indicator) = code.and_then(|code| self.catalogue.find(code)) else {
                continue;
            };
            let number = indicator.number;
            let ground = (&self.registry, ladder);
            let found = add_up::meters(ground, &all, number, period, as_of).await?;
            for one in add_up::counted(&found) {
                let (figure, owner) = (one.figure, one.owner);
                let used = figure.rollup.used().map(|used| used.rounded(4));
                let key = SeriesKey {
                    meter: figure.number,
                    indicator: number,
                };
                let own = metered.entry(owner.enterprise.clone()).or_default();
                own.push(Metered {
                    meter: figure.meter.to_string(),
                    indicator: indicator.code.clone(),
                    used,
                    known_share: figure.rollup.known_share().rounded(4),
                    flags: String::new(),
                    revision: PROVISIONAL,
                    begun: Metered::begun_inside(begun.get(&key).copied(), month),
                    minus: one.minus,
                });
            }
        }
        for own in metered.values_mut() {
            own.sort_by(|a, b| (&a.indicator, &a.meter).cmp(&(&b.indicator, &b.meter)));
        }
        Ok(metered)
    }
}

/// The enterprises' accounts, and those of parks and city that they add up to.
fn with_totals(
    period: AccountPeriod,
    enterprises: &[Enterprise],
    accounts: Vec<HolderAccount>,
) -> Vec<KeptAccount> {
    let mut parks: BTreeMap<ParkId, Vec<&HolderAccount>> = BTreeMap::new();
    for (enterprise, account) in enterprises.iter().zip(&accounts) {
        parks
            .entry(enterprise.park.clone())
            .or_default()
            .push(account);
    }
    let sums: Vec<(ParkId, HolderAccount)> = parks
        .into_iter()
        .map(|(park, members)| {
            let sum = holder::total(park.as_str(), period, PROVISIONAL, &members);
            (park, sum)
        })
        .collect();
    let members: Vec<&HolderAccount> = sums.iter().map(|(_, sum)| sum).collect();
    let city = holder::total(CITY, period, PROVISIONAL, &members);
    let kept = |holder, account| KeptAccount { holder, account };
    let own = enterprises
        .iter()
        .zip(accounts)
        .map(|(enterprise, account)| {
            let (code, park) = (enterprise.code.clone(), enterprise.park.clone());
            kept(Holder::Enterprise(code, park), account)
        });
    let mut all: Vec<KeptAccount> = own.collect();
    all.extend(
        sums.into_iter()
            .map(|(park, sum)| kept(Holder::Park(park), sum)),
    );
    all.push(kept(Holder::City, city));
    all
}

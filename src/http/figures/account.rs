//! Layers made of accounts: one figure of an enterprise's account over its land, or over another of
//! its figures, for a closed month or year.

use std::collections::BTreeMap;

use crate::access::{Detail, Principal};
use crate::calendar::Moment;
use crate::http::{Desk, Problem, Trouble};
use crate::ledger::figure::AccountPeriod;
use crate::ledger::holder::HolderAccount;
use crate::park::{EnterpriseCode, ParkId};
use crate::store::registry::{AccountClose, Holder, PAGE_LIMIT, RegistryFault};
use crate::units::Exact;

use super::carried::Energy;
use super::layer::Recipe;
use super::spread::{Amount, Spread};
use super::used::{compare, last_instant};
use super::{
    Arrivals, Figures, Ground, Layer, PeriodValue, Shown, When, may_show_sum, unavailable,
};

/// The layer in the period that is asked for, or in the newest that has accounts.
pub(super) async fn load(
    desk: &Desk,
    who: &Principal,
    (layer, recipe): (Layer, Recipe),
    park: Option<&ParkId>,
    when: When,
    now: Moment,
) -> Result<Figures, Problem> {
    let shown = match when.period {
        Some(asked) => asked,
        None => newest(desk, recipe, now).await.map_err(unavailable)?,
    };
    are_alike(shown, when.against)?;
    let period = shown.period();
    let ground = Ground::load(desk, who, park, last_instant(period, now)).await?;
    let mut closes = desk
        .registry
        .list_account_closes(shown)
        .await
        .map_err(unavailable)?;
    let newest = closes.last().map(|close| close.revision);
    closes.retain(|one| when.revision.is_none_or(|wanted| one.revision == wanted));
    let close = closes.pop();
    if when.revision.is_some() && close.is_none() {
        return Err(Problem::not_found());
    }
    let kept = Kept::of(desk, recipe, shown, close)
        .await
        .map_err(unavailable)?;
    let mut cells = kept.spread.cells(&ground);
    let mut compared = None;
    for base in when.against.map_or_else(|| bases(shown), |base| vec![base]) {
        let then = Kept::load(desk, recipe, base).await.map_err(unavailable)?;
        if !then.spread.amounts.is_empty() {
            compare(&mut cells, &then.spread.cells(&ground));
            compared = Some(base);
            break;
        }
    }
    let energy = energy(desk, &ground, (layer, shown), kept.ledger, now);
    let energy = energy.await.map_err(unavailable)?;
    if let Some(energy) = &energy {
        energy.complete(&ground, &mut cells);
    }
    let arrivals = Arrivals::load(desk, &ground, now).await?;
    Ok(Figures {
        layer,
        shown: Shown::Period(shown),
        period,
        against: None,
        compared,
        as_of: kept.closed_at.unwrap_or(now),
        read_at: now,
        close: None,
        revision: kept.revision,
        newest,
        total: kept.spread.total(&ground),
        counted: 0,
        parts: kept.spread.parts(&ground),
        completeness: energy.as_ref().and_then(Energy::completeness),
        missing_hours: energy.as_ref().and_then(Energy::missing_hours),
        grades: BTreeMap::new(),
        rated: None,
        rating: None,
        accounts: kept.revision,
        cells,
        ground,
        arrivals,
    })
}

/// What came of all energy meters in a month, where the layer is made of what was metered: how
/// complete its figures are, by the closing `ledger` of the month that they were made of.
async fn energy(
    desk: &Desk,
    ground: &Ground,
    (layer, shown): (Layer, AccountPeriod),
    ledger: Option<u32>,
    now: Moment,
) -> Result<Option<Energy>, RegistryFault> {
    let AccountPeriod::Month(month) = shown else {
        return Ok(None);
    };
    if !layer.is_metered() {
        return Ok(None);
    }
    let close = match ledger {
        Some(revision) => desk.registry.find_close_of(month, revision).await?,
        None => desk.registry.find_close(month).await?,
    };
    let found = Energy::load(desk, ground, (month, close.as_ref()), now).await?;
    Ok(Some(found))
}

/// A month is compared with a month and a year with a year.
fn are_alike(shown: AccountPeriod, against: Option<AccountPeriod>) -> Result<(), Problem> {
    if against.is_some_and(|base| is_year(base) != is_year(shown)) {
        let detail = "c is not of the same length as p: a month and a month, a year and a year";
        return Err(Problem::new(Trouble::BadRequest, detail));
    }
    Ok(())
}

/// The values of the layer in all periods that have accounts, of the length that it is shown in,
/// the newest first; as far as `who` may see them.
pub(in crate::http) async fn period_values(
    desk: &Desk,
    who: &Principal,
    (layer, recipe): (Layer, Recipe),
    ground: &Ground,
    (most, now): (usize, Moment),
) -> Result<Vec<PeriodValue>, RegistryFault> {
    let periods = desk.registry.list_account_periods().await?;
    let mut values = Vec::new();
    for period in periods
        .into_iter()
        .filter(|one| is_year(*one) == recipe.yearly)
        .take(most)
    {
        let Kept { spread, ledger, .. } = Kept::load(desk, recipe, period).await?;
        let energy = energy(desk, ground, (layer, period), ledger, now).await?;
        let parts = spread.parts(ground);
        let seen = ground.parcels.iter().zip(spread.cells(ground));
        let seen = seen.filter(|(parcel, _)| ground.detail(who, layer, parcel) == Detail::Value);
        values.push(PeriodValue {
            period,
            closed: true,
            total: spread
                .total(ground)
                .filter(|_| may_show_sum(who, layer, &parts)),
            completeness: energy.as_ref().and_then(Energy::completeness),
            cells: seen.filter_map(|(_, cell)| cell.ratio).collect(),
        });
    }
    Ok(values)
}

/// The period that is shown where nobody asks for one.
pub(in crate::http) async fn newest(
    desk: &Desk,
    recipe: Recipe,
    now: Moment,
) -> Result<AccountPeriod, RegistryFault> {
    let periods = desk.registry.list_account_periods().await?;
    let mut fitting = periods.into_iter();
    let found = fitting.find(|one| is_year(*one) == recipe.yearly);
    Ok(found.unwrap_or_else(|| {
        let running = crate::calendar::Month::of(now);
        if recipe.yearly {
            AccountPeriod::Year(running.year())
        } else {
            AccountPeriod::Month(running)
        }
    }))
}

const fn is_year(period: AccountPeriod) -> bool {
    matches!(period, AccountPeriod::Year(_))
}

/// With what a period is compared: the same a year before, else the one before.
fn bases(shown: AccountPeriod) -> Vec<AccountPeriod> {
    let mut bases: Vec<AccountPeriod> = shown.year_before().into_iter().collect();
    if let AccountPeriod::Month(month) = shown {
        bases.push(AccountPeriod::Month(month.previous()));
    }
    bases
}

/// What the accounts of a period say, and by which closing.
struct Kept {
    spread: Spread,
    revision: Option<u32>,
    closed_at: Option<Moment>,
    /// The revision of the month's ledger that they were made of.
    ledger: Option<u32>,
}

impl Kept {
    async fn load(
        desk: &Desk,
        recipe: Recipe,
        period: AccountPeriod,
    ) -> Result<Self, RegistryFault> {
        let close = desk.registry.find_account_close(period).await?;
        Self::of(desk, recipe, period, close).await
    }

    /// By this closing; nothing without one.
    async fn of(
        desk: &Desk,
        recipe: Recipe,
        period: AccountPeriod,
        close: Option<AccountClose>,
    ) -> Result<Self, RegistryFault> {
        let mut amounts: BTreeMap<EnterpriseCode, Amount> = BTreeMap::new();
        let (all, mut after) = (Principal::local(), None::<String>);
        while let Some(close) = &close {
            let page = desk.registry.list_accounts(
                &all,
                period,
                close.revision,
                None,
                after.as_deref(),
                PAGE_LIMIT,
            );
            let page = page.await?;
            for kept in &page.entries {
                if let Holder::Enterprise(code, _) = &kept.holder
                    && let Some(amount) = amount(&kept.account, recipe)
                {
                    amounts.insert(code.clone(), amount);
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        Ok(Self {
            spread: Spread {
                amounts,
                places: recipe.places,
                factor: recipe.factor,
            },
            revision: close.as_ref().map(|close| close.revision),
            ledger: close.as_ref().map(|close| close.ledger),
            closed_at: close.map(|close| close.closed_at),
        })
    }
}

/// What a recipe takes of an account; `None` if a figure that it needs is missing.
fn amount(account: &HolderAccount, recipe: Recipe) -> Option<Amount> {
    let figure = account.find(recipe.numerator)?;
    let denominator = match recipe.denominator {
        None => None,
        Some(kind) => Some(account.find(kind)?.exact()?),
    };
    let share = figure.known_share.as_deref();
    let begun = account.begun(recipe.numerator).into_iter();
    Some(Amount {
        numerator: figure.exact()?,
        denominator,
        known_share: share.and_then(|share| Exact::decimal(share).ok()),
        begun: begun.filter_map(|gap| gap.detail.parse().ok()).max(),
    })
}

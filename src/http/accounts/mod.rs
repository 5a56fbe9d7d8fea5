//! `GET /api/v1/accounts`: the accounts of a month or year, enterprise by enterprise, with the sums
//! of the parks; and that of one enterprise. Of a period that is not closed they are provisional, and
//! say so. Each asker gets the figures that touch nothing that is
//! not theirs to see (contract.md 6); the rest is not there.

mod cut;
mod land_elsewhere;
pub(super) mod rollups;
pub(super) mod sheet;
mod sold_on;
mod wire;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter, Principal, Scope, scope};
use crate::calendar::Moment;
use crate::jobs::{PROVISIONAL, ProvisionalAccounts};
use crate::ledger::figure::AccountPeriod;
use crate::park::{Enterprise, EnterpriseCode};
use crate::store::registry::{AccountClose, Holder, KeptAccount, PAGE_LIMIT, Page};

use super::figures::unavailable;
use super::{Asked, Asker, Checked, Desk, Problem, Purpose, Right, Routes, Trouble, page_limit};

pub(super) use cut::Sight;
pub(super) use sold_on::veil;

/// Which figures of it each may see is asked again for each ([`Sight`]).
const FIGURES: Right = Right::Row(Matter::Series, Action::Read);
/// The same, taken away.
const SHEET: Right = Right::Row(Matter::Series, Action::Export);

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/api/v1/accounts", FIGURES, list)
        .get("/api/v1/accounts/{enterprise}", FIGURES, one)
        .big(
            "/api/v1/accounts/{enterprise}/sheet.pdf",
            SHEET,
            sheet::sheet,
        )
}

/// The closing that is shown of a period.
pub(super) struct ShownClose {
    /// Which period.
    pub(super) period: AccountPeriod,
    /// The one that is shown; none while the period is not closed.
    pub(super) close: Option<AccountClose>,
    /// All there are, oldest first.
    pub(super) all: Vec<AccountClose>,
    /// When the period will be or was to be closed.
    pub(super) closes_at: Moment,
    /// The newest period of the same length that has accounts.
    pub(super) newest: Option<AccountPeriod>,
    /// What is known so far of a period that is not closed; never beside a closing.
    pub(super) provisional: Option<Arc<ProvisionalAccounts>>,
}

impl ShownClose {
    /// Of `asked`, or of the newest month; the revision `revision`, or the newest.
    ///
    /// # Errors
    /// 404 for a revision that is not there; 503 where the registry does not answer.
    pub(super) async fn find(
        desk: &Desk,
        asked: Option<AccountPeriod>,
        revision: Option<u32>,
    ) -> Result<Self, Problem> {
        let periods = desk.registry.list_account_periods().await;
        let periods = periods.map_err(unavailable)?;
        let is_year = |one: &AccountPeriod| matches!(one, AccountPeriod::Year(_));
        let wants_year = asked.as_ref().is_some_and(is_year);
        let newest = periods
            .iter()
            .copied()
            .find(|one| is_year(one) == wants_year);
        let running = AccountPeriod::Month(crate::calendar::Month::of(desk.clock.now()));
        let period = asked.or(newest).unwrap_or(running);
        let all = desk.registry.list_account_closes(period).await;
        let all = all.map_err(unavailable)?;
        let is_open = all.is_empty() && revision.is_none_or(|wanted| wanted == PROVISIONAL);
        let provisional = if is_open {
            let found = desk.book.provisional(period).await;
            found.map_err(unavailable)?
        } else {
            None
        };
        let close = match revision {
            None => all.last(),
            Some(_) if provisional.is_some() => None,
            Some(wanted) => {
                let mut closes = all.iter();
                let found = closes.find(|one| one.revision == wanted);
                Some(found.ok_or_else(Problem::not_found)?)
            }
        };
        let after_ms = i64::try_from(desk.close_after.as_millis()).unwrap_or(i64::MAX);
        Ok(Self {
            close: close.cloned(),
            all,
            closes_at: period.period().to().plus_ms(after_ms),
            newest,
            period,
            provisional,
        })
    }

    /// The same period as of another of its closings.
    pub(super) fn as_of_close(&self, close: &AccountClose) -> Self {
        Self {
            period: self.period,
            close: Some(close.clone()),
            all: Vec::new(),
            closes_at: self.closes_at,
            newest: self.newest,
            provisional: None,
        }
    }

    /// Where the figures come from, as a code.
    pub(super) const fn source(&self) -> &'static str {
        if self.provisional.is_some() {
            "open_ledger_statements_land"
        } else {
            "closed_ledger_statements_land"
        }
    }

    /// When the figures were settled: at the closing, or when they were worked out.
    pub(super) fn as_of(&self) -> Option<Moment> {
        let closed = self.close.as_ref().map(|close| close.closed_at);
        closed.or_else(|| self.provisional.as_ref().map(|open| open.as_of))
    }

    /// A page of the enterprises' accounts that `who` may see anything of, by code.
    ///
    /// # Errors
    /// 503 where the registry does not answer.
    pub(super) async fn accounts(
        &self,
        desk: &Desk,
        who: &Principal,
        only_of: Option<&EnterpriseCode>,
        (after, limit): (Option<&str>, u32),
    ) -> Result<Page<KeptAccount>, Problem> {
        let mut page = if let Some(open) = &self.provisional {
            page_of(open, who, only_of, (after, limit))
        } else if let Some(close) = &self.close {
            let (registry, revision) = (&desk.registry, close.revision);
            let page = registry.list_accounts(who, self.period, revision, only_of, after, limit);
            page.await.map_err(unavailable)?
        } else {
            Page::default()
        };
        veil(desk, who, &mut page.entries).await?;
        Ok(page)
    }

    /// The accounts of parks and city, the city last. Whether a sum may be shown is for the caller
    /// to decide.
    ///
    /// # Errors
    /// 503 where the registry does not answer.
    pub(super) async fn totals(
        &self,
        desk: &Desk,
        who: &Principal,
    ) -> Result<Vec<KeptAccount>, Problem> {
        if let Some(open) = &self.provisional {
            if scope(who, Action::Read, Matter::ParkTotals) == Scope::Nothing {
                return Ok(Vec::new());
            }
            let all = open.accounts.iter();
            let sums = all.filter(|kept| !matches!(kept.holder, Holder::Enterprise(..)));
            return Ok(sums.cloned().collect());
        }
        let Some(close) = &self.close else {
            return Ok(Vec::new());
        };
        let totals = desk.registry.list_totals(who, self.period, close.revision);
        totals.await.map_err(unavailable)
    }
}

/// A page of provisional accounts, cut as the registry cuts closed ones.
fn page_of(
    open: &ProvisionalAccounts,
    who: &Principal,
    only_of: Option<&EnterpriseCode>,
    (after, limit): (Option<&str>, u32),
) -> Page<KeptAccount> {
    let is_asked = |kept: &&KeptAccount| {
        let Holder::Enterprise(code, park) = &kept.holder else {
            return false;
        };
        let is_after = after.is_none_or(|after| code.as_str() > after);
        is_after && only_of.is_none_or(|only| only == code) && who.may_read_series(code, park)
    };
    let mut asked = open.accounts.iter().filter(is_asked).cloned();
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let entries: Vec<KeptAccount> = asked.by_ref().take(most).collect();
    let last = entries.last().filter(|_| asked.next().is_some());
    Page {
        next: last.map(|last| last.holder.key().to_owned()),
        entries,
    }
}

/// The accounts of a month or year, enterprise by enterprise: as closed, or of an open one as far
/// as they are known.
#[utoipa::path(
    get,
    path = "/api/v1/accounts",
    operation_id = "accounts",
    params(wire::Query),
    responses((status = 200, body = wire::List, description = "a page of accounts, and the sums of the parks"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::List>, Problem> {
    let limit = page_limit(query.limit)?;
    let limit = u32::try_from(limit).unwrap_or(PAGE_LIMIT);
    let shown = ShownClose::find(&desk, period(query.period.as_deref())?, query.v).await?;
    let mut answer = wire::List::of(&shown);
    let page = (query.cursor.as_deref(), limit);
    let page = shown.accounts(&desk, &who, None, page).await?;
    let names = names(&desk, &who).await?;
    let mut sight = Sight::of(&who, query.kinds());
    for kept in &page.entries {
        answer.add(&shown, kept, &sight.cut(kept), names.get(kept.holder.key()));
    }
    answer.next = page.next;
    for total in &shown.totals(&desk, &who).await? {
        let figures = sight.cut_total(total);
        if !figures.is_empty() {
            answer.add_total(&shown, total, &figures);
        }
    }
    let object = format!("accounts {}", shown.period);
    note(&desk, (&who, &purpose), &sight, &object).await?;
    Ok(Json(answer))
}

/// The account of one enterprise.
#[utoipa::path(
    get,
    path = "/api/v1/accounts/{enterprise}",
    operation_id = "account",
    params(("enterprise" = String, Path, description = "the social credit code"), wire::Query),
    responses((status = 200, body = wire::One, description = "its figures with formula, share known and what is missing"))
)]
pub(super) async fn one(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    Checked(code): Checked<EnterpriseCode>,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::One>, Problem> {
    let known = known_to(&desk, &who, &code).await?;
    let shown = ShownClose::find(&desk, period(query.period.as_deref())?, query.v).await?;
    let kept = find(&desk, &who, &code, &shown).await?;
    let mut sight = Sight::of(&who, query.kinds());
    let figures = kept
        .as_ref()
        .map(|kept| sight.cut(kept))
        .unwrap_or_default();
    let answer = wire::One::of(&shown, kept.as_ref(), &figures, &known);
    let object = format!("account {code} {}", shown.period);
    note(&desk, (&who, &purpose), &sight, &object).await?;
    Ok(Json(answer))
}

/// The enterprise, if it is there for the asker: that comes first, a period says nothing about it.
pub(super) async fn known_to(
    desk: &Desk,
    who: &Principal,
    code: &EnterpriseCode,
) -> Result<Enterprise, Problem> {
    let known = desk.registry.find_enterprise(who, code, desk.clock.now());
    let known = known.await.map_err(unavailable)?;
    let known = known.ok_or_else(Problem::not_found)?;
    if who.may_read_series(code, &known.park) {
        Ok(known)
    } else {
        Err(Problem::not_found())
    }
}

/// The account of one enterprise, if the period is closed and it has one that `who` may see.
pub(super) async fn find(
    desk: &Desk,
    who: &Principal,
    code: &EnterpriseCode,
    shown: &ShownClose,
) -> Result<Option<KeptAccount>, Problem> {
    let page = shown.accounts(desk, who, Some(code), (None, 1)).await?;
    Ok(page.entries.into_iter().next())
}

/// Writes to the log that tax was looked at, where that is asked for.
pub(super) async fn note(
    desk: &Desk,
    (who, purpose): (&Principal, &Purpose),
    sight: &Sight<'_>,
    object: &str,
) -> Result<(), Problem> {
    if sight.is_logged() {
        purpose.note(desk, who, "tax.read", object).await?;
    }
    Ok(())
}

/// The enterprises that `who` may see, by code.
pub(super) async fn names(
    desk: &Desk,
    who: &Principal,
) -> Result<BTreeMap<EnterpriseCode, Enterprise>, Problem> {
    let now = desk.clock.now();
    let mut names = BTreeMap::new();
    let mut after: Option<String> = None;
    loop {
        let page = desk
            .registry
            .list_enterprises(who, now, None, after.as_deref(), PAGE_LIMIT)
            .await
            .map_err(unavailable)?;
        names.extend(page.entries.into_iter().map(|one| (one.code.clone(), one)));
        after = page.next;
        if after.is_none() {
            return Ok(names);
        }
    }
}

fn period(asked: Option<&str>) -> Result<Option<AccountPeriod>, Problem> {
    let parsed = asked.map(str::parse).transpose();
    parsed.map_err(|cause: crate::ledger::figure::NotAnAccountPeriod| {
        Problem::new(Trouble::BadRequest, cause.to_string())
    })
}

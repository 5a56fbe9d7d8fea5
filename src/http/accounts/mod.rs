//! `GET /api/v1/accounts`: the accounts of a month or year, enterprise by enterprise, with the sums
//! of the parks; and that of one enterprise. Each asker gets the figures that touch nothing that is
//! not theirs to see (contract.md 6); the rest is not there.

mod cut;
mod wire;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter, Principal};
use crate::calendar::Moment;
use crate::ledger::figure::AccountPeriod;
use crate::park::{Enterprise, EnterpriseCode};
use crate::store::registry::{AccountClose, KeptAccount, PAGE_LIMIT};

use super::figures::unavailable;
use super::{Asked, Asker, Checked, Desk, Problem, Right, Routes, Trouble, page_limit};

pub(super) use cut::Sight;

/// Which figures of it each may see is asked again for each ([`Sight`]).
const FIGURES: Right = Right::Row(Matter::Series, Action::Read);

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/api/v1/accounts", FIGURES, list)
        .get("/api/v1/accounts/{enterprise}", FIGURES, one)
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
        let close = match revision {
            None => all.last(),
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
        })
    }
}

/// The accounts of a closed month or year, enterprise by enterprise.
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
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::List>, Problem> {
    let limit = page_limit(query.limit)?;
    let limit = u32::try_from(limit).unwrap_or(PAGE_LIMIT);
    let shown = ShownClose::find(&desk, period(query.period.as_deref())?, query.v).await?;
    let mut answer = wire::List::of(&shown);
    let Some(close) = &shown.close else {
        return Ok(Json(answer));
    };
    let (registry, revision) = (&desk.registry, close.revision);
    let after = query.cursor.as_deref();
    let page = registry.list_accounts(&who, shown.period, revision, None, after, limit);
    let page = page.await.map_err(unavailable)?;
    let names = names(&desk, &who).await?;
    let mut sight = Sight::of(&who, query.kinds());
    for kept in &page.entries {
        answer.add(&shown, kept, &sight.cut(kept), names.get(kept.holder.key()));
    }
    answer.next = page.next;
    let totals = registry.list_totals(&who, shown.period, revision).await;
    for total in &totals.map_err(unavailable)? {
        let figures = sight.cut_total(total);
        if !figures.is_empty() {
            answer.add_total(&shown, total, &figures);
        }
    }
    note(&desk, &who, &sight, &format!("accounts {}", shown.period)).await?;
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
    Checked(code): Checked<EnterpriseCode>,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::One>, Problem> {
    // Whether the enterprise is there for the asker comes first: a period says nothing about it.
    let now = desk.clock.now();
    let known = desk.registry.find_enterprise(&who, &code, now).await;
    let known = known.map_err(unavailable)?.ok_or_else(Problem::not_found)?;
    if !who.may_read_series(&code, &known.park) {
        return Err(Problem::not_found());
    }
    let shown = ShownClose::find(&desk, period(query.period.as_deref())?, query.v).await?;
    let kept = find(&desk, &who, &code, &shown).await?;
    let mut sight = Sight::of(&who, query.kinds());
    let figures = kept
        .as_ref()
        .map(|kept| sight.cut(kept))
        .unwrap_or_default();
    let answer = wire::One::of(&shown, kept.as_ref(), &figures, &known);
    note(
        &desk,
        &who,
        &sight,
        &format!("account {code} {}", shown.period),
    )
    .await?;
    Ok(Json(answer))
}

/// The account of one enterprise, if the period is closed and it has one that `who` may see.
pub(super) async fn find(
    desk: &Desk,
    who: &Principal,
    code: &EnterpriseCode,
    shown: &ShownClose,
) -> Result<Option<KeptAccount>, Problem> {
    let Some(close) = &shown.close else {
        return Ok(None);
    };
    let registry = &desk.registry;
    let page = registry.list_accounts(who, shown.period, close.revision, Some(code), None, 1);
    let page = page.await.map_err(unavailable)?;
    Ok(page.entries.into_iter().next())
}

/// Writes to the log that tax was looked at, where that is asked for.
pub(super) async fn note(
    desk: &Desk,
    who: &Principal,
    sight: &Sight<'_>,
    object: &str,
) -> Result<(), Problem> {
    if sight.is_logged() {
        let noted = desk.registry.note_in_log(who, "tax.read", object, "done");
        noted.await.map_err(unavailable)?;
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

//! `GET /api/v1/ledgers/{enterprise}`: the energy ledger (台账) of a month as its page shows it, in
//! one answer: what was used with factor and coal, provisional while the month is not closed, against the month before and the same month of
//! the last year, what is missing, the months of the year, the land. The same as `table.csv`.
//!
//! Each figure is cut by its own row of contract.md 6, as in `accounts`. Knows no money: what is
//! stated stands in the accounts.

pub(super) mod check;
mod compare;
mod table;
mod wire;

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;

use crate::access::{Action, Matter, Object, Principal, may};
use crate::calendar::Month;
use crate::ledger::figure::{AccountPeriod, Figure, Formula};
use crate::park::{Enterprise, EnterpriseCode};
use crate::store::registry::{KeptAccount, LedgerOf};

use super::accounts::{ShownClose, Sight, find, veil};
use super::figures::unavailable;
use super::words::language_asked_for;
use super::{Asked, Asker, Checked, Desk, Problem, Right, Routes, Trouble, spreadsheet};

use check::Checks;

/// Which figures of it each may see is asked again for each ([`Sight`]).
const FIGURES: Right = Right::Row(Matter::Series, Action::Read);
/// The same, taken away.
const TABLE: Right = Right::Row(Matter::Series, Action::Export);
/// What is said of it, too.
const CHECKS: Right = Right::Row(Matter::LedgerCheck, Action::Write);
/// The land that goes with it.
const LAND: &str = "land_mu";
/// What the bars of the months show.
const MONTHS: &str = "tce_equal";

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/api/v1/ledgers/{enterprise}", FIGURES, json)
        .big("/api/v1/ledgers/{enterprise}/table.csv", TABLE, csv)
        .post("/api/v1/ledgers/{enterprise}/checks", CHECKS, check::check)
}

/// The energy ledger of a month, in one answer.
#[utoipa::path(
    get,
    path = "/api/v1/ledgers/{enterprise}",
    operation_id = "ledger",
    params(("enterprise" = String, Path, description = "the social credit code"), wire::Query),
    responses((status = 200, body = wire::Answer, description = "rows with factor, coal and comparison; no rows while the month is not closed"))
)]
pub(super) async fn json(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Checked(code): Checked<EnterpriseCode>,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::Answer>, Problem> {
    let ledger = Ledger::load(&desk, &who, &code, &query).await?;
    Ok(Json(wire::Answer::of(&ledger)))
}

/// The same rows as a table.
#[utoipa::path(
    get,
    path = "/api/v1/ledgers/{enterprise}/table.csv",
    operation_id = "ledger_csv",
    params(("enterprise" = String, Path, description = "the social credit code"), wire::Query),
    responses((status = 200, body = String, content_type = "text/csv", description = "one row a carrier, coal and carbon"))
)]
pub(super) async fn csv(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Checked(code): Checked<EnterpriseCode>,
    Asked(query): Asked<wire::Query>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let ledger = Ledger::load(&desk, &who, &code, &query).await?;
    let language = language_asked_for(&headers);
    let rows = wire::Answer::of(&ledger);
    spreadsheet::answer(table::HEAD, table::rows(&rows, language))
}

/// All that is answered, cut to what the asker may see.
struct Ledger {
    known: Enterprise,
    month: Month,
    shown: ShownClose,
    /// The account of the month, provisional while it is not closed; none where nothing is theirs.
    kept: Option<KeptAccount>,
    /// The newest accounts from the same month of the last year to the end of the shown one, the
    /// running months among them provisional.
    around: Vec<KeptAccount>,
    checks: Checks,
}

impl Ledger {
    async fn load(
        desk: &Desk,
        who: &Principal,
        code: &EnterpriseCode,
        query: &wire::Query,
    ) -> Result<Self, Problem> {
        // Whether the enterprise is there for the asker comes first: a month says nothing about it.
        let now = desk.clock.now();
        let known = desk.registry.find_enterprise(who, code, now).await;
        let known = known.map_err(unavailable)?.ok_or_else(Problem::not_found)?;
        if !who.may_read_series(code, &known.park) {
            return Err(Problem::not_found());
        }
        let asked = query.month()?.map(AccountPeriod::Month);
        let shown = ShownClose::find(desk, asked, query.v).await?;
        let AccountPeriod::Month(month) = shown.period else {
            return Err(Problem::new(Trouble::BadRequest, "write a month, 2026-10"));
        };
        let mut kept = find(desk, who, code, &shown).await?;
        let around = desk.registry.list_months_of(who, code, span(month)).await;
        let mut around = around.map_err(unavailable)?;
        veil(desk, who, &mut around).await?;
        for open in open_months(desk, &shown, month) {
            let period = Some(AccountPeriod::Month(open));
            let provisional = ShownClose::find(desk, period, None).await?;
            around.extend(find(desk, who, code, &provisional).await?);
        }
        for one in kept.iter_mut().chain(&mut around) {
            cut(who, one);
        }
        let checks = checks(desk, who, &known, month).await?;
        Ok(Self {
            known,
            month,
            shown,
            kept,
            around,
            checks,
        })
    }

    /// Whether the shown month is not over: its sums are those of a part of it.
    fn runs(&self) -> bool {
        let as_of = self.shown.as_of();
        as_of.is_some_and(|as_of| as_of < self.month.period().to())
    }

    /// The newest figure of that kind in another month.
    fn in_month(&self, month: Month, kind: &str) -> Option<(&KeptAccount, &Figure)> {
        let period = AccountPeriod::Month(month);
        let mut around = self.around.iter();
        let kept = around.find(|one| one.account.period == period)?;
        Some((kept, kept.account.find(kind)?))
    }
}

/// What was said of the ledger, and whether more may be.
async fn checks(
    desk: &Desk,
    who: &Principal,
    known: &Enterprise,
    month: Month,
) -> Result<Checks, Problem> {
    let of = LedgerOf {
        enterprise: &known.code,
        park: &known.park,
        month,
    };
    let all = desk.registry.list_ledger_checks(who, &of).await;
    let object = Object {
        matter: Matter::LedgerCheck,
        enterprise: Some(&known.code),
        park: Some(&known.park),
    };
    Ok(Checks {
        all: all.map_err(unavailable)?,
        due_at: check::due_at(month.period().to(), desk.check_within),
        may: may(who, Action::Write, &object).is_allowed(),
    })
}

/// The months of the shown year that began and are not closed.
fn open_months(desk: &Desk, shown: &ShownClose, month: Month) -> Vec<Month> {
    let running = Month::of(desk.clock.now());
    let closed = match shown.newest {
        Some(AccountPeriod::Month(newest)) => Some(newest),
        _ => None,
    };
    let all = (1..=12).filter_map(|number| Month::new(month.year().number(), number));
    // Before the first closing there is nothing to compare the running month with.
    all.filter(|one| closed.map_or(*one == running, |closed| *one > closed) && *one <= running)
        .collect()
}

/// The months that the answer needs: from a year before to the end of the year.
fn span(month: Month) -> (Month, Month) {
    let last = Month::new(month.year().number(), 12).unwrap_or(month);
    (year_before(month), last)
}

/// The same month of the year before.
fn year_before(month: Month) -> Month {
    let year = month.year().number().saturating_sub(1);
    Month::new(year, month.number()).unwrap_or(month)
}

/// Leaves the figures of the ledger that are the asker's to see, and what is missing of them.
fn cut(who: &Principal, kept: &mut KeptAccount) {
    let figures = kept.account.figures.iter();
    let mut kinds: BTreeSet<String> = figures
        .filter(|figure| is_row(figure))
        .map(|figure| figure.kind.clone())
        .collect();
    kinds.insert(LAND.to_owned());
    let mut sight = Sight::of(who, kinds);
    let seen = sight.cut(kept).into_iter();
    let seen: BTreeSet<String> = seen.map(|figure| figure.kind.clone()).collect();
    let hidden = kept.account.figures.iter();
    let hidden: BTreeSet<String> = hidden
        .filter(|figure| !seen.contains(&figure.kind))
        .map(|figure| figure.kind.clone())
        .collect();
    kept.account.gaps.retain(|gap| !hidden.contains(&gap.what));
    kept.account.figures.retain(|one| seen.contains(&one.kind));
}

/// Consumption, coal and carbon: sums that come from meters alone.
fn is_row(figure: &Figure) -> bool {
    let of_meters = figure.touches.iter().all(|one| *one == Matter::Series);
    of_meters && figure.formula == Formula::Sum
}

//! `POST /api/v1/ledgers/{enterprise}/checks`: the enterprise says of rows of its closed month that they
//! are right, or questions them with a note (核对, screens.md 7.3). A decision of its own, kept with
//! what was looked at; what somebody else said meanwhile is told, and nothing is kept over it.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::{Extension, State};
use axum::http::HeaderMap;

use crate::access::{Action, Matter, Object, may};
use crate::calendar::Moment;
use crate::http::figures::unavailable;
use crate::http::{Asker, Checked, Desk, Problem, Trouble, json_body};
use crate::ledger::figure::Figure;
use crate::park::EnterpriseCode;
use crate::store::registry::{Errand, LedgerCheck, LedgerOf, NewChecks, RegistryFault, Said};

use super::wire::{Answer, NewCheck};
use super::{Ledger, is_row, wire};

/// More than any list of rows has.
const BODY_BYTES_MAX: usize = 4096;
/// Rows that follow from others by factors alone: whoever checks those has checked these.
const DERIVED: [&str; 2] = ["tce_equivalent", "tco2"];

/// What was said of a ledger, as far as it is the asker's to see, and what is still to say.
pub(super) struct Checks {
    pub(super) all: Vec<LedgerCheck>,
    /// Until when it is asked for.
    pub(super) due_at: Moment,
    /// Whether the asker may say something.
    pub(super) may: bool,
}

impl Checks {
    /// The newest number; 0: nothing was said.
    pub(super) fn newest(&self) -> u32 {
        self.all.iter().map(|one| one.number).max().unwrap_or(0)
    }

    /// What was said of a row, and whether it was said of the value that stands there now.
    pub(super) fn of(&self, figure: &Figure) -> Option<(&LedgerCheck, bool)> {
        let mut all = self.all.iter();
        let found = all.find(|one| one.kind == figure.kind)?;
        Some((found, found.value == figure.value))
    }
}

/// Whether somebody is asked to check the row.
pub(super) fn is_to_check(figure: &Figure) -> bool {
    is_row(figure) && figure.value.is_some() && !DERIVED.contains(&figure.kind.as_str())
}

/// `within` after the end of the ledger's month.
pub(super) fn due_at(end: Moment, within: Duration) -> Moment {
    end.plus_ms(i64::try_from(within.as_millis()).unwrap_or(i64::MAX))
}

/// Confirms rows of a closed month, or questions them.
#[utoipa::path(
    post,
    path = "/api/v1/ledgers/{enterprise}/checks",
    operation_id = "check_ledger",
    params(("enterprise" = String, Path, description = "the social credit code")),
    request_body = NewCheck,
    responses((status = 200, body = Answer, description = "the ledger with what was said"), (status = 409, description = "not closed, a newer revision, or somebody said something since: nothing was kept"))
)]
pub(in crate::http) async fn check(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Extension(errand): Extension<Errand>,
    Checked(code): Checked<EnterpriseCode>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Answer>, Problem> {
    let now = desk.clock.now();
    let known = desk.registry.find_enterprise(&who, &code, now).await;
    let known = known.map_err(unavailable)?.ok_or_else(Problem::not_found)?;
    let object = Object {
        matter: Matter::LedgerCheck,
        enterprise: Some(&code),
        park: Some(&known.park),
    };
    if !may(&who, Action::Write, &object).is_allowed() {
        return Err(Problem::not_found());
    }
    let asked: NewCheck = json_body(&headers, body, BODY_BYTES_MAX).await?;
    let read = asked.read()?;
    let query = wire::Query::of(read.month);
    let ledger = Ledger::load(&desk, &who, &code, &query).await?;
    let close = ledger.shown.close.as_ref();
    let close = close.ok_or_else(|| conflict("the month is not closed; it can be checked then"))?;
    if close.revision != read.revision {
        let words = "the month was closed again meanwhile; look at the new figures";
        return Err(conflict(words).with("at", close.closed_at.to_string()));
    }
    let account = ledger.kept.as_ref().map(|kept| &kept.account);
    let figures = account.map_or(&[][..], |account| &account.figures);
    let mut rows = Vec::new();
    for figure in figures.iter().filter(|figure| is_to_check(figure)) {
        if read
            .kinds
            .as_ref()
            .is_none_or(|kinds| kinds.contains(&figure.kind))
        {
            rows.push((figure.kind.as_str(), figure.value.as_deref()));
        }
    }
    if rows.is_empty() || read.kinds.is_some_and(|kinds| kinds.len() != rows.len()) {
        let words = "a kind is no row of this ledger that is checked";
        return Err(Problem::new(Trouble::BadRequest, words));
    }
    let new = NewChecks {
        revision: close.revision,
        rows,
        verdict: read.verdict,
        note: &read.note,
        seen: read.seen,
    };
    let of = LedgerOf {
        enterprise: &code,
        park: &known.park,
        month: read.month,
    };
    let log = desk.registry.on(&errand);
    match log.save_ledger_checks(&who, &of, &new).await {
        Ok(Said::Kept) => {}
        Ok(Said::Overtaken { at }) => {
            let words =
                "somebody said something of this ledger since you read it; look at it first";
            return Err(conflict(words).with("at", at.to_string()));
        }
        Err(RegistryFault::NotYours) => return Err(Problem::not_found()),
        Err(failed) => return Err(unavailable(failed)),
    }
    let ledger = Ledger::load(&desk, &who, &code, &query).await?;
    Ok(Json(Answer::of(&ledger)))
}

fn conflict(words: &str) -> Problem {
    Problem::new(Trouble::Conflict, words)
}

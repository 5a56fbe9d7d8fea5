//! `GET /api/v1/accounts/{enterprise}/sheet.pdf`: the year's account of one enterprise on two pages of A4, to be
//! laid beside the bills: every figure with unit, how much of it is known and how it is made, the months as
//! bars and as a table, what is missing, and where the factors come from.
//!
//! Made of the account of the year alone: its months are those that it was summed from.

mod leaves;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::access::Principal;
use crate::calendar::Month;
use crate::http::figures::unavailable;
use crate::http::map::unpainted;
use crate::http::words::language_asked_for;
use crate::http::{Asked, Asker, Checked, Desk, Problem, Purpose, Trouble};
use crate::ledger::figure::{AccountPeriod, Figure};
use crate::park::{Enterprise, EnterpriseCode};
use crate::store::registry::PAGE_LIMIT;

use super::{ShownClose, Sight, find, note, wire};

use leaves::{BARS, SUMS, Sheet, month_of};

/// The year on paper.
#[utoipa::path(
    get,
    path = "/api/v1/accounts/{enterprise}/sheet.pdf",
    operation_id = "account_sheet",
    params(("enterprise" = String, Path, description = "the social credit code"), wire::YearQuery),
    responses((status = 200, body = [u8], content_type = "application/pdf", description = "two pages of A4: the figures that the asker may see, the months, what is missing"))
)]
pub(in crate::http) async fn sheet(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    headers: HeaderMap,
    Checked(code): Checked<EnterpriseCode>,
    Asked(query): Asked<wire::YearQuery>,
) -> Result<Response, Problem> {
    let known = super::known_to(&desk, &who, &code).await?;
    let asked = super::period(Some(&query.year))?;
    let Some(AccountPeriod::Year(_)) = asked else {
        return Err(Problem::new(Trouble::BadRequest, "write a year, 2025"));
    };
    let shown = ShownClose::find(&desk, asked, query.v).await?;
    let kept = find(&desk, &who, &code, &shown).await?;
    let kept = kept.ok_or_else(Problem::not_found)?;
    let mut sight = Sight::of(&who, BTreeSet::new());
    let figures: Vec<Figure> = sight.cut(&kept).into_iter().cloned().collect();
    let factors = factors_of(&desk, &who, &code, &figures).await?;
    let object = format!("account {code} {}", shown.period);
    note(&desk, (&who, &purpose), &sight, &object).await?;
    let sheet = Sheet {
        language: language_asked_for(&headers),
        by: (who.name.clone(), desk.clock.now().to_string()),
        park: park_name(&desk, &who, &known).await?,
        known,
        shown,
        kept,
        figures,
        factors,
        now: Month::of(desk.clock.now()),
    };
    let extra = Arc::clone(&desk.fonts);
    let written = tokio::task::spawn_blocking(move || sheet.write(&extra));
    let bytes = written.await.map_err(|cause| unpainted(&cause))??;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

/// What people call the park.
async fn park_name(desk: &Desk, who: &Principal, known: &Enterprise) -> Result<String, Problem> {
    let parks = desk
        .registry
        .list_parks(who, desk.clock.now(), None, PAGE_LIMIT)
        .await;
    let parks = parks.map_err(unavailable)?;
    let own = parks.entries.iter().find(|park| park.id == known.park);
    Ok(own.map_or_else(|| known.park.to_string(), |park| park.name.to_string()))
}

/// Coal and carbon of the last month that the year is summed from: its factors are said once.
async fn factors_of(
    desk: &Desk,
    who: &Principal,
    code: &EnterpriseCode,
    figures: &[Figure],
) -> Result<Vec<Figure>, Problem> {
    let bars = figures.iter().find(|figure| figure.kind == BARS);
    let months = bars.map_or(&[][..], |figure| &figure.inputs).iter();
    let Some(last) = months.filter_map(month_of).max() else {
        return Ok(Vec::new());
    };
    let shown = ShownClose::find(desk, Some(AccountPeriod::Month(last)), None).await?;
    let Some(kept) = find(desk, who, code, &shown).await? else {
        return Ok(Vec::new());
    };
    let kinds = SUMS.map(str::to_owned).into_iter().collect();
    let mut sight = Sight::of(who, kinds);
    Ok(sight.cut(&kept).into_iter().cloned().collect())
}

//! `GET /api/v1/ratings`: the rated years; one year as a list, enterprise by enterprise; and the
//! result of one enterprise with its revisions.
//!
//! A rated year counts as published. The grade is for everybody, scores and reasons for the
//! enterprise and the bureau (contract.md 6); who sees grades alone gets them by code, for an order
//! by rank would tell the rank.

mod cut;
mod wire;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter, Principal};
use crate::calendar::{Moment, Year};
use crate::ledger::figure::{Figure, FigureRecord};
use crate::park::{EnterpriseCode, ParkId};
use crate::store::registry::{Assessed, AssessedFilter, Assessment, Order, PAGE_LIMIT};

use super::accounts::names;
use super::figures::unavailable;
use super::{
    Asked, Asker, Checked, CheckedPair, Desk, Problem, Purpose, Right, Routes, page_limit,
};

use cut::Eyes;

pub(super) use wire::{Group, POINTS, Unit};

/// What is behind a grade is asked for apart ([`Eyes`]).
const GRADES: Right = Right::Row(Matter::Grade, Action::Read);

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/api/v1/ratings", GRADES, years)
        .get("/api/v1/ratings/{year}", GRADES, list)
        .get("/api/v1/ratings/{year}/{enterprise}", GRADES, one)
}

/// The years that are rated, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/ratings",
    operation_id = "rated_years",
    responses((status = 200, body = wire::Years, description = "the newest rating of each year"))
)]
pub(super) async fn years(
    _asker: Asker,
    State(desk): State<Desk>,
) -> Result<Json<wire::Years>, Problem> {
    let mut answer = wire::Years::default();
    let years = desk.registry.list_rated_years().await;
    for year in years.map_err(unavailable)? {
        let all = desk.registry.list_assessments(year).await;
        if let Some(newest) = all.map_err(unavailable)?.last() {
            answer.add(newest);
        }
    }
    Ok(Json(answer))
}

/// A rated year that somebody may see something of.
struct Shown {
    /// The revision that is shown.
    assessment: Assessment,
    /// All there are, oldest first.
    all: Vec<(u32, Moment, String)>,
}

impl Shown {
    /// Of `year`; the revision `revision`, or the newest.
    ///
    /// # Errors
    /// 404 where there is none or it is not theirs; 503 where the registry does not answer.
    async fn find(desk: &Desk, year: Year, revision: Option<u32>) -> Result<Self, Problem> {
        let mut all = desk
            .registry
            .list_assessments(year)
            .await
            .map_err(unavailable)?;
        let told = all.iter();
        let told = told.map(|one| (one.revision, one.rated_at, one.digest.clone()));
        let told = told.collect();
        if let Some(wanted) = revision {
            all.retain(|one| one.revision == wanted);
        }
        Ok(Self {
            assessment: all.pop().ok_or_else(Problem::not_found)?,
            all: told,
        })
    }
}

/// A rated year: grades for everybody, scores and reasons for the enterprise and the bureau.
#[utoipa::path(
    get,
    path = "/api/v1/ratings/{year}",
    operation_id = "rating",
    params(("year" = String, Path, description = "as 2025"), wire::Query),
    responses((status = 200, body = wire::List, description = "a page of enterprises, the borders of the bands"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    Checked(year): Checked<String>,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::List>, Problem> {
    let limit = u32::try_from(page_limit(query.limit)?).unwrap_or(PAGE_LIMIT);
    let shown = Shown::find(&desk, year_of(&year)?, query.v).await?;
    let eyes = Eyes::of(&who);
    let park: Option<ParkId> = match query.park.as_deref().map(str::parse) {
        Some(Err(_no_id)) => return Err(Problem::not_found()),
        Some(Ok(park)) => Some(registered(&desk, park).await?),
        None => None,
    };
    let filter = AssessedFilter {
        order: if eyes.sees_all() {
            Order::Place
        } else {
            Order::Code
        },
        enterprise: None,
        park: park.as_ref(),
        grade: query.grade.as_deref(),
    };
    let (registry, after) = (&desk.registry, query.cursor.as_deref());
    let page = registry
        .list_assessed(&who, &shown.assessment, filter, after, limit)
        .await;
    let page = page.map_err(unavailable)?;
    let counts = registry
        .count_grades(&shown.assessment)
        .await
        .map_err(unavailable)?;
    // The published list names everybody whom it grades.
    let names = names(&desk, &Principal::local()).await?;
    let mut answer = wire::List::of(&shown, counts, eyes.lines(&shown.assessment, None));
    for entry in &page.entries {
        let result = eyes.result(entry, &shown.assessment);
        answer.add(
            &shown.assessment,
            entry,
            names.get(&entry.enterprise),
            result,
        );
    }
    answer.next = page.next;
    let object = format!("ratings {year}");
    note(&desk, (&who, &purpose), &eyes, &object).await?;
    Ok(Json(answer))
}

/// What one enterprise got in a rated year.
#[utoipa::path(
    get,
    path = "/api/v1/ratings/{year}/{enterprise}",
    operation_id = "enterprise_rating",
    params(
        ("year" = String, Path, description = "as 2025"),
        ("enterprise" = String, Path, description = "the social credit code"),
        wire::Query,
    ),
    responses((status = 200, body = wire::One, description = "its grade, and what is behind it where it may be seen"))
)]
pub(super) async fn one(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    CheckedPair(year, code): CheckedPair<String, EnterpriseCode>,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::One>, Problem> {
    let shown = Shown::find(&desk, year_of(&year)?, query.v).await?;
    let entry = entry(&desk, &who, &shown.assessment, &code).await?;
    let eyes = Eyes::of(&who);
    let names = names(&desk, &Principal::local()).await?;
    let result = eyes.result(&entry, &shown.assessment);
    let lines = eyes.lines(&shown.assessment, Some(&entry));
    let object = format!("rating {code} {year}");
    note(&desk, (&who, &purpose), &eyes, &object).await?;
    let known = names.get(&entry.enterprise);
    Ok(Json(wire::One::of(&shown, &entry, known, result, lines)))
}

/// What one enterprise got.
///
/// # Errors
/// 404 if it was not part of that rating.
async fn entry(
    desk: &Desk,
    who: &Principal,
    assessment: &Assessment,
    code: &EnterpriseCode,
) -> Result<Assessed, Problem> {
    let filter = AssessedFilter {
        enterprise: Some(code),
        ..AssessedFilter::all()
    };
    let page = desk
        .registry
        .list_assessed(who, assessment, filter, None, 1)
        .await;
    let mut entries = page.map_err(unavailable)?.entries;
    entries.pop().ok_or_else(Problem::not_found)
}

/// What one enterprise got in a rating, cut to who asks.
#[derive(Debug)]
pub(super) struct Found {
    /// The rating.
    pub(super) assessment: Assessment,
    /// All ratings of that year, oldest first: revision, when, digest.
    pub(super) revisions: Vec<(u32, Moment, String)>,
    /// The grade, for everybody.
    pub(super) grade: String,
    /// All that is behind it, for whoever may see its scores.
    pub(super) behind: Option<Behind>,
    /// The groups with their terms and band lines, as far as they are the asker's to see.
    pub(super) groups: Vec<Group>,
}

/// What is behind a grade.
#[derive(Debug)]
pub(super) struct Behind {
    /// The unit that was rated.
    pub(super) unit: Unit,
    /// The figures it was made of; none of ratings that kept none.
    pub(super) figures: Vec<Figure>,
}

/// The result of one enterprise in a rating.
///
/// # Errors
/// 404 if it is not there; 503 where the registry does not answer.
pub(super) async fn result(
    desk: &Desk,
    (who, purpose): (&Principal, &Purpose),
    code: &EnterpriseCode,
    (year, revision): (Year, u32),
) -> Result<Found, Problem> {
    let shown = Shown::find(desk, year, Some(revision)).await?;
    let entry = entry(desk, who, &shown.assessment, code).await?;
    let eyes = Eyes::of(who);
    let unit = eyes.result(&entry, &shown.assessment);
    let object = format!("score {code} {year}");
    note(desk, (who, purpose), &eyes, &object).await?;
    Ok(Found {
        groups: eyes.lines(&shown.assessment, Some(&entry)),
        behind: unit.map(|unit| Behind {
            unit,
            figures: FigureRecord::read_all(&entry.figures).unwrap_or_default(),
        }),
        grade: entry.grade,
        revisions: shown.all,
        assessment: shown.assessment,
    })
}

/// Scores are made of tax: the bureau's look at them goes into the log.
async fn note(
    desk: &Desk,
    (who, purpose): (&Principal, &Purpose),
    eyes: &Eyes<'_>,
    object: &str,
) -> Result<(), Problem> {
    if eyes.is_logged() {
        purpose.note(desk, who, "score.read", object).await?;
    }
    Ok(())
}

/// The park, if there is one of that name now: whose results are published says nothing of whether
/// it is there.
async fn registered(desk: &Desk, park: ParkId) -> Result<ParkId, Problem> {
    let (now, all) = (desk.clock.now(), Principal::local());
    let known = desk.registry.find_park(&all, &park, now).await;
    known.map_err(unavailable)?.ok_or_else(Problem::not_found)?;
    Ok(park)
}

fn year_of(text: &str) -> Result<Year, Problem> {
    let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_year);
    number.map(Year::new).ok_or_else(Problem::not_found)
}

//! `GET /api/v1/quality`: where data of a month went, register by register: what came of what was
//! expected, what is known, on which days something lacks, what the walk set aside, values in conflict,
//! and the sum of the days as known now against the month as it was closed (domain.md 3.4). The same
//! as `.csv`.
//!
//! Own meters of an enterprise, those of an operator's parks, all for the bureau (contract.md 6, row 1).
//! Decides nothing: each figure is acted on where it is made.

mod measure;
mod wire;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use crate::access::{Action, Matter, Principal};
use crate::calendar::{Moment, Month};
use crate::indicator::Kind;
use crate::park::{Enterprise, EnterpriseCode};
use crate::store::registry::Close;

use super::figures::unavailable;
use super::{Asked, Asker, Desk, Problem, Right, Routes, Trouble, firms_in_sight, spreadsheet};

use measure::Measured;

pub(super) fn routes() -> Routes {
    let right = Right::Row(Matter::Series, Action::Read);
    let files = Right::Row(Matter::Series, Action::Export);
    Routes::default()
        .big("/api/v1/quality", right, list)
        .big("/api/v1/quality.csv", files, csv)
}

/// All that is answered.
struct Quality {
    now: Moment,
    /// The running month and those that were closed, the newest first.
    months: Vec<Month>,
    month: Month,
    /// How the month was last closed, if it was.
    close: Option<Close>,
    firms: BTreeMap<EnterpriseCode, Enterprise>,
    measured: Vec<Measured>,
}

/// Register by register, how good the data of a month are.
#[utoipa::path(
    get,
    path = "/api/v1/quality",
    operation_id = "quality",
    params(wire::Asked),
    responses((status = 200, body = wire::Answer, description = "those of which the least came first"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Json<wire::Answer>, Problem> {
    let quality = Quality::load(&desk, &who, &asked).await?;
    Ok(Json(wire::Answer::of(&desk, &quality)))
}

/// The same as a table.
#[utoipa::path(
    get,
    path = "/api/v1/quality.csv",
    operation_id = "quality_csv",
    params(wire::Asked),
    responses((status = 200, body = String, content_type = "text/csv", description = "one row a register"))
)]
pub(super) async fn csv(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Response, Problem> {
    let quality = Quality::load(&desk, &who, &asked).await?;
    let answer = wire::Answer::of(&desk, &quality);
    spreadsheet::answer(wire::HEAD, answer.rows())
}

impl Quality {
    async fn load(desk: &Desk, who: &Principal, asked: &wire::Asked) -> Result<Self, Problem> {
        let (enterprise, park) = (asked.enterprise()?, asked.park()?);
        let firms = firms_in_sight(desk, who, enterprise.as_ref(), park.as_ref()).await?;
        if firms.is_empty() && (park.is_some() || enterprise.is_some()) {
            return Err(Problem::not_found());
        }
        let now = desk.clock.now();
        let running = Month::of(now);
        let closed = desk.registry.list_closed_months().await;
        let closed = closed.map_err(unavailable)?;
        let mut months: Vec<Month> = closed.into_iter().map(|(month, _)| month).collect();
        months.retain(|month| *month != running);
        months.push(running);
        months.reverse();
        let month = asked.month()?.unwrap_or(running);
        if month > running {
            let detail = "nothing is known of a month to come";
            return Err(Problem::new(Trouble::BadRequest, detail));
        }
        let close = desk.registry.find_close(month).await.map_err(unavailable)?;
        let registers = desk.catalogue.iter();
        let registers = registers.filter(|one| one.kind == Kind::Register);
        let registers: Vec<_> = registers.map(|one| one.number).collect();
        let firms_of = |code: &EnterpriseCode| firms.contains_key(code);
        let registry = &desk.registry;
        let of = (month, close.as_ref(), now);
        let measured = measure::all(registry, &registers, of, firms_of).await;
        Ok(Self {
            now,
            months,
            month,
            close,
            measured: measured.map_err(unavailable)?,
            firms,
        })
    }
}

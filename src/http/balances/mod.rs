//! `GET /api/v1/balances`: each meter of a closed month against those right below it (总表与分表), in
//! its unit and in percent; where a part is missing the difference is not known and it is said of
//! which. The same as `.csv`.
//!
//! Own meters of an enterprise, those of an operator's parks, all for the bureau (contract.md 6, row
//! 1). A meter below that belongs to somebody the asker may not see stands in one line with all such.

mod wire;

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use axum::response::Response;

use crate::access::{Action, Matter, Principal};
use crate::calendar::Month;
use crate::indicator::Kind;
use crate::jobs::balance::{MeterBalance, balances};
use crate::park::{Enterprise, EnterpriseCode};
use crate::store::registry::Close;

use super::figures::unavailable;
use super::{Asked, Asker, Desk, Problem, Right, Routes, firms_in_sight, in_sight, spreadsheet};

pub(super) fn routes() -> Routes {
    let right = Right::Row(Matter::Series, Action::Read);
    let files = Right::Row(Matter::Series, Action::Export);
    Routes::default()
        .big("/api/v1/balances", right, list)
        .big("/api/v1/balances.csv", files, csv)
}

/// All that is answered.
struct Balances {
    /// Months that were closed, the newest first.
    months: Vec<Month>,
    /// The month that is shown; `None` where none was closed.
    close: Option<Close>,
    /// Those asked for, with their names.
    firms: BTreeMap<EnterpriseCode, Enterprise>,
    /// All that the asker may look at.
    seen: BTreeSet<EnterpriseCode>,
    found: Vec<MeterBalance>,
}

/// Each meter of a closed month against those right below it.
#[utoipa::path(
    get,
    path = "/api/v1/balances",
    operation_id = "balances",
    params(wire::Asked),
    responses((status = 200, body = wire::Answer, description = "those that differ too much first; none while no month is closed"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Json<wire::Answer>, Problem> {
    let balances = Balances::load(&desk, &who, &asked).await?;
    Ok(Json(wire::Answer::of(&desk, &balances)))
}

/// The same as a table.
#[utoipa::path(
    get,
    path = "/api/v1/balances.csv",
    operation_id = "balances_csv",
    params(wire::Asked),
    responses((status = 200, body = String, content_type = "text/csv", description = "one row a meter that has others below it"))
)]
pub(super) async fn csv(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Response, Problem> {
    let balances = Balances::load(&desk, &who, &asked).await?;
    let answer = wire::Answer::of(&desk, &balances);
    spreadsheet::answer(wire::HEAD, answer.rows())
}

impl Balances {
    async fn load(desk: &Desk, who: &Principal, asked: &wire::Asked) -> Result<Self, Problem> {
        let (enterprise, park) = (asked.enterprise()?, asked.park()?);
        let firms = firms_in_sight(desk, who, enterprise.as_ref(), park.as_ref()).await?;
        if firms.is_empty() && (park.is_some() || enterprise.is_some()) {
            return Err(Problem::not_found());
        }
        let wanted = asked.month()?;
        let closed = desk.registry.list_closed_months().await;
        let mut months: Vec<Month> = closed
            .map_err(unavailable)?
            .into_iter()
            .map(|(month, _)| month)
            .collect();
        months.reverse();
        let month = wanted.or_else(|| months.first().copied());
        let close = match month {
            Some(month) => desk.registry.find_close(month).await.map_err(unavailable)?,
            None => None,
        };
        let found = match &close {
            Some(close) => found(desk, close, &firms).await?,
            None => Vec::new(),
        };
        Ok(Self {
            months,
            close,
            seen: in_sight(desk, who).await?,
            firms,
            found,
        })
    }
}

/// The balances of the meters of `firms`.
async fn found(
    desk: &Desk,
    close: &Close,
    firms: &BTreeMap<EnterpriseCode, Enterprise>,
) -> Result<Vec<MeterBalance>, Problem> {
    let registers = desk.catalogue.iter();
    let registers = registers.filter(|one| one.kind == Kind::Register);
    let registers: BTreeSet<_> = registers.map(|one| one.number).collect();
    let mut found = balances(&desk.registry, close, &registers)
        .await
        .map_err(unavailable)?;
    found.retain(|one| firms.contains_key(&one.above.enterprise));
    Ok(found)
}

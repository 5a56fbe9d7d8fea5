//! `GET /api/v1/quarantine`: what was not taken, and why (contract C7).

mod wire;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter};
use crate::http::{Asked, Asker, Checked, Desk, Problem, Right, Routes, in_sight, off_thread};
use crate::park::{EnterpriseCode, Roster};
use crate::store::{Engine, QuarantineFilter, QuarantineNo, Quarantined, StoreFault};

pub(super) fn routes() -> Routes {
    let right = Right::Row(Matter::Series, Action::Read);
    Routes::default()
        .get("/api/v1/quarantine", right, list)
        .get("/api/v1/quarantine/{number}", right, one)
}

/// One item with what was sent, of a gateway whose series the asker may read.
#[utoipa::path(
    get,
    path = "/api/v1/quarantine/{number}",
    operation_id = "quarantined",
    params(("number" = u64, Path, description = "the number of the item")),
    responses((status = 200, body = wire::Whole, description = "the item, and its bytes as text where they are kept"))
)]
pub(super) async fn one(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Checked(number): Checked<u64>,
) -> Result<Json<wire::Whole>, Problem> {
    let sight = in_sight(&desk, &who).await?;
    let roster = desk.registry.directory().current();
    let engine = Arc::clone(&desk.engine);
    let number = QuarantineNo::new(number);
    let names = Clone::clone(&roster);
    let found = off_thread(move || match engine.quarantined_item(number) {
        // Its bytes are read for those alone who may see them: a stranger's costs as much as none.
        Ok(item) if is_in_sight(&item, &names, &sight) => {
            let raw = engine.quarantined_raw(number)?;
            Ok(Some((item, raw)))
        }
        Ok(_) | Err(StoreFault::Absent { .. }) => Ok(None),
        Err(fault) => Err(fault),
    });
    let (item, raw) = found.await?.ok_or_else(Problem::not_found)?;
    Ok(Json(wire::Whole::of(&item, &roster, raw)))
}

/// Items of the gateways whose series the asker may read, by number.
#[utoipa::path(
    get,
    path = "/api/v1/quarantine",
    operation_id = "quarantine",
    params(
        ("gateway" = Option<String>, Query, description = "only of this gateway"),
        ("code" = Option<String>, Query, description = "only with this code"),
        ("replayed" = Option<bool>, Query, description = "only those taken in later, or others"),
        ("limit" = Option<usize>, Query, description = "1 to 1000, 100 if not given"),
        ("cursor" = Option<String>, Query, description = "`next` of the page before"),
    ),
    responses((status = 200, body = wire::Page, description = "a page of items, by number"))
)]
pub(super) async fn list(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(asked): Asked<wire::Asked>,
) -> Result<Json<wire::Page>, Problem> {
    let sight = in_sight(&desk, &who).await?;
    let roster = desk.registry.directory().current();
    let gateway = asked.gateway(&roster, &sight)?;
    let filter = QuarantineFilter {
        gateway,
        ..asked.filter()?
    };
    let limit = filter.limit;
    let names = Clone::clone(&roster);
    let mut found = off_thread(move || visible(&*desk.engine, filter, &names, &sight)).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    Ok(Json(wire::Page::of(&found, &roster, more)))
}

fn is_in_sight(item: &Quarantined, roster: &Roster, sight: &BTreeSet<EnterpriseCode>) -> bool {
    let gateway = roster.gateway_numbered(item.gateway);
    gateway.is_some_and(|gateway| sight.contains(&gateway.enterprise))
}

/// At most one item more than the limit, of gateways in sight: read in pages, for most items of a
/// page may be out of sight.
fn visible(
    engine: &dyn Engine,
    mut filter: QuarantineFilter,
    roster: &Roster,
    sight: &BTreeSet<EnterpriseCode>,
) -> Result<Vec<Quarantined>, StoreFault> {
    let wanted = filter.limit.saturating_add(1);
    filter.limit = wanted;
    let mut found: Vec<Quarantined> = Vec::new();
    loop {
        let mut read = 0;
        engine.quarantined(&filter.clone(), &mut |item| {
            read += 1;
            filter.after = Some(item.number);
            if is_in_sight(item, roster, sight) {
                found.push(item.clone());
            }
            if found.len() < wanted {
                ControlFlow::Continue(())
            } else {
                ControlFlow::Break(())
            }
        })?;
        if found.len() >= wanted || read < filter.limit {
            return Ok(found);
        }
    }
}

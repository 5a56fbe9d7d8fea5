//! `GET /api/v1/periods`: one bar a month for the time bar, the value of the park (a ratio of
//! sums), whether it is closed, how complete it is; and the breaks over all of them together, which
//! hold while the bars are played.

mod wire;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter};
use crate::calendar::Month;
use crate::heatmap::{Classes, Rounding};

use super::figures::{Ground, Layer, month_shown, park_value, unavailable};
use super::map::{Manner, layer, park};
use super::{Asked, Asker, Desk, Problem, Right, Routes};

/// Most bars (screens.md 6, "Time bar").
const BARS_MAX: usize = 24;
/// So many months without a figure, and nothing older is looked for.
const EMPTY_MAX: usize = 2;

pub(super) fn routes() -> Routes {
    Routes::default().get(
        "/api/v1/periods",
        Right::Row(Matter::ParkTotals, Action::Read),
        periods,
    )
}

/// One bar a month: the ratio of sums, whether it is closed, how complete it is.
#[utoipa::path(
    get,
    path = "/api/v1/periods",
    operation_id = "periods",
    params(wire::Query),
    responses((status = 200, body = wire::Answer, description = "oldest first, beginning with the first that has a figure"))
)]
pub(super) async fn periods(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::Answer>, Problem> {
    let layer = layer(query.k.as_deref())?;
    let manner: Manner = query.m.as_deref().unwrap_or(Manner::usual(layer)).parse()?;
    let now = desk.clock.now();
    let ground = Ground::load(&desk, &who, park(query.park.as_deref())?.as_ref(), now).await?;
    let mut answer = wire::Answer::of(layer, now);
    if layer == Layer::Freshness {
        return Ok(Json(answer));
    }
    answer.shown = month_shown(&desk, now)
        .await
        .map_err(unavailable)?
        .to_string();
    let (mut month, mut empty, mut values) = (Month::of(now), 0, Vec::new());
    for _ in 0..BARS_MAX {
        let close = desk.registry.find_close(month).await.map_err(unavailable)?;
        let found = park_value(&desk, &ground, month, now).await;
        let found = found.map_err(unavailable)?;
        empty = if found.is_some() { 0 } else { empty + 1 };
        if empty > EMPTY_MAX {
            break;
        }
        if let Some((_, _, cells)) = &found {
            values.extend(cells.iter().map(|ratio| ratio.value));
        }
        answer.add(
            month,
            close.is_some(),
            found.map(|(total, share, _)| (total, share)),
        );
        month = month.previous();
    }
    answer.in_order();
    let classes = Classes::of(&values, manner.method(), Rounding::TwoDigits);
    answer.set_breaks(classes.as_ref().map_or(&[], Classes::inner));
    Ok(Json(answer))
}

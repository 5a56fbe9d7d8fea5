//! `GET /api/v1/periods`: one bar a month for the time bar, the value of the park (a ratio of
//! sums), whether it is closed, how complete it is; and the breaks over all of them together, which
//! hold while the bars are played.

mod wire;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter, Principal};
use crate::calendar::{Moment, Month};
use crate::heatmap::{Classes, Rounding};

use super::figures::{Ground, PeriodValue, month_shown, month_value};
use super::figures::{newest, period_values, unavailable};
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
    let manner: Manner = query.m.as_deref().unwrap_or(layer.manner()).parse()?;
    let now = desk.clock.now();
    let ground = Ground::load(&desk, &who, park(query.park.as_deref())?.as_ref(), now).await?;
    let mut answer = wire::Answer::of(layer, now);
    if layer.is_of_now() {
        return Ok(Json(answer));
    }
    // Letters have no bars.
    if layer.is_public() {
        let rated = desk
            .registry
            .list_rated_years()
            .await
            .map_err(unavailable)?;
        answer.shown = rated.first().map(ToString::to_string).unwrap_or_default();
        return Ok(Json(answer));
    }
    let (shown, bars) = if let Some(recipe) = layer.recipe() {
        let shown = newest(&desk, recipe, now).await.map_err(unavailable)?;
        let bars = period_values(&desk, &who, (layer, recipe), &ground, (BARS_MAX, now)).await;
        (shown.to_string(), bars.map_err(unavailable)?)
    } else {
        let shown = month_shown(&desk, now).await.map_err(unavailable)?;
        (shown.to_string(), months(&desk, &who, &ground, now).await?)
    };
    answer.shown = shown;
    let cells = bars.iter().flat_map(|bar| &bar.cells);
    let values: Vec<_> = cells.map(|ratio| ratio.value).collect();
    for bar in &bars {
        answer.add(bar);
    }
    answer.in_order();
    let classes = Classes::of(&values, manner.method(), Rounding::TwoDigits);
    answer.set_breaks(classes.as_ref().map_or(&[], Classes::inner));
    Ok(Json(answer))
}

/// The newest months, without those before all figures.
async fn months(
    desk: &Desk,
    who: &Principal,
    ground: &Ground,
    now: Moment,
) -> Result<Vec<PeriodValue>, Problem> {
    let (mut month, mut empty, mut bars) = (Month::of(now), 0, Vec::new());
    while bars.len() < BARS_MAX {
        let found = month_value(desk, who, ground, month, now).await;
        let found = found.map_err(unavailable)?;
        empty = if found.is_some() { 0 } else { empty + 1 };
        if empty > EMPTY_MAX {
            break;
        }
        bars.push(found.unwrap_or_else(|| PeriodValue::empty(month)));
        month = month.previous();
    }
    Ok(bars)
}

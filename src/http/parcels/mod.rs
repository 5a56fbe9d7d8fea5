//! `GET /api/v1/parcels`: the outlines of the park that is shown; and the card of one parcel: its
//! figure, who stands there, and where the figure comes from, down to the registers.

mod card;
mod compact;
mod meters;
pub(super) mod outlines;
mod wire;

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;

use crate::access::{Action, Matter, Principal};
use crate::calendar::Period;
use crate::park::{EnterpriseCode, ParcelId, Standing, land_of, standings};
use crate::store::registry::{HoldingFilter, PAGE_LIMIT};
use crate::units::Exact;

use super::figures::{Figures, State as CellState, When, unavailable};
use super::map::{closes_at, layer, park, period};
use super::{Asked, Asker, Checked, Desk, Problem, Purpose, Right, Routes};

pub(super) fn routes() -> Routes {
    Routes::default()
        .big(
            "/api/v1/parcels",
            Right::Row(Matter::Outline, Action::Read),
            outlines::outlines,
        )
        .get(
            "/api/v1/parcels/{parcel}/card",
            Right::Row(Matter::HeatCell, Action::Read),
            card,
        )
}

/// The card of one parcel.
#[utoipa::path(
    get,
    path = "/api/v1/parcels/{parcel}/card",
    operation_id = "parcel_card",
    params(("parcel" = String, Path, description = "the id of the parcel"), wire::Query),
    responses((status = 200, body = wire::Card, description = "the figure, who stands there, and where it comes from"))
)]
pub(super) async fn card(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    Checked(parcel): Checked<ParcelId>,
    Asked(query): Asked<wire::Query>,
) -> Result<Json<wire::Card>, Problem> {
    let layer = layer(query.k.as_deref())?;
    let in_park = park(query.park.as_deref())?;
    let asked = period(query.p.as_deref())?;
    let when = When {
        period: asked,
        revision: query.v,
        against: None,
    };
    let figures = Figures::load(&desk, (&who, &purpose), layer, in_park.as_ref(), when).await?;
    let found = figures.each().find(|(one, _)| one.id == parcel);
    let (parcel, figure) = found.ok_or_else(Problem::not_found)?;
    let meters = if figure.state == CellState::Hidden {
        Vec::new()
    } else {
        meters::load(&desk, &figures, parcel).await?
    };
    let seen = land_seen(&desk, &who, &figures, figures.holders(&parcel.id, figure)).await?;
    let beside = (&seen, closes_at(&desk, &figures));
    Ok(Json(card::card(&figures, parcel, figure, &meters, beside)))
}

/// The land of those who stand there, in m², as far as `who` may see it (contract.md 6: an operator
/// that in the own parks).
async fn land_seen(
    desk: &Desk,
    who: &Principal,
    figures: &Figures,
    here: &[Standing],
) -> Result<BTreeMap<EnterpriseCode, Exact>, Problem> {
    let at = figures.at();
    let mut held = Vec::new();
    for one in here {
        let filter = HoldingFilter {
            enterprise: Some(&one.enterprise),
            during: Period::new(at, at.plus_ms(1)),
            ..HoldingFilter::default()
        };
        let own = desk.registry.list_holdings(who, filter, None, PAGE_LIMIT);
        held.extend(own.await.map_err(unavailable)?.entries);
    }
    Ok(land_of(&standings(&held, at)))
}

/// The part of a month that is over: what register readings are looked for in.
fn over(figures: &Figures) -> Period {
    let period = figures.period;
    Period::new(period.from(), period.to().min(figures.read_at)).unwrap_or(period)
}

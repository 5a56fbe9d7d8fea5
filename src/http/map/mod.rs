//! `GET /api/v1/map` and the same as `.svg`, `.png`, `.geojson`, `.csv`: one query, one column, one
//! function that decides classes and colours, so that no export differs from the screen.

mod column;
mod look;
mod table;
mod wire;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::access::{Action, Matter, Principal};
use crate::calendar::Month;
use crate::heatmap::{self, Column, Face, Palette, Scene, Shading, Size};
use crate::park::ParkId;

use super::figures::{Figures, Layer, Shown};
use super::{Asked, Asker, Desk, Problem, Right, Routes, Trouble};

pub(super) use look::Manner;
pub(super) use wire::{Compared, state};

/// Whose cells they are is asked again for each.
const CELLS: Right = Right::Row(Matter::HeatCell, Action::Read);

pub(super) fn routes() -> Routes {
    Routes::default()
        .get("/api/v1/map", CELLS, json)
        .get("/api/v1/map.svg", CELLS, svg)
        .get("/api/v1/map.png", CELLS, png)
        .get("/api/v1/map.geojson", CELLS, geojson)
        .get("/api/v1/map.csv", CELLS, csv)
}

/// What a query asks for, read once.
struct Sight {
    park: Option<ParkId>,
    layer: Layer,
    month: Option<Month>,
    written: String,
    manner: Manner,
    palette: Palette,
}

/// The layer that the key `k` names, or the first.
pub(super) fn layer(asked: Option<&str>) -> Result<Layer, Problem> {
    asked
        .unwrap_or("kwh_per_mu")
        .parse()
        .map_err(|cause: super::figures::NotALayer| {
            Problem::new(Trouble::BadRequest, cause.to_string())
        })
}

/// The park that a query names; a text that names none is not there.
pub(super) fn park(asked: Option<&str>) -> Result<Option<ParkId>, Problem> {
    let park = asked.map(str::parse).transpose();
    park.map_err(|_not_an_id| Problem::not_found())
}

/// The month that the key `p` names.
pub(super) fn month(asked: Option<&str>) -> Result<Option<Month>, Problem> {
    let refused = |_| Problem::new(Trouble::BadRequest, "p is not a month: write it as 2026-10");
    asked.map(str::parse).transpose().map_err(refused)
}

impl Sight {
    fn of(query: &wire::Query) -> Result<Self, Problem> {
        let layer = layer(query.k.as_deref())?;
        let written = query.m.as_deref().unwrap_or(Manner::usual(layer));
        Ok(Self {
            park: park(query.park.as_deref())?,
            layer,
            month: month(query.p.as_deref())?,
            written: written.to_owned(),
            manner: written.parse()?,
            palette: look::palette(query.r.as_deref(), layer)?,
        })
    }

    async fn figures(&self, desk: &Desk, who: &Principal) -> Result<Figures, Problem> {
        Figures::load(desk, who, self.layer, self.park.as_ref(), self.month).await
    }

    fn shading(&self, column: &Column<'_>) -> Result<Shading, Problem> {
        column::shading(column, self.manner.method(), &self.palette)
    }
}

/// Everything a map shows, classified and coloured.
#[utoipa::path(
    get,
    path = "/api/v1/map",
    operation_id = "map",
    params(wire::Query),
    responses((status = 200, body = wire::Answer, description = "of the parcels that the asker may see"))
)]
pub(super) async fn json(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let sight = Sight::of(&query)?;
    let figures = sight.figures(&desk, &who).await?;
    let shading = sight.shading(&column::column(&figures))?;
    let asked = wire::Asked {
        method: &sight.written,
        ramp: sight.palette.name(),
        closes_at: closes_at(&desk, &figures),
    };
    Ok(Json(wire::Answer::of(&figures, &shading, asked)).into_response())
}

/// When an open month will be closed.
pub(super) fn closes_at(desk: &Desk, figures: &Figures) -> Option<String> {
    let Shown::Month(month) = figures.shown else {
        return None;
    };
    let after = i64::try_from(desk.close_after.as_millis()).ok()?;
    Some(month.period().to().plus_ms(after).to_string())
}

/// The map as a picture of vectors.
#[utoipa::path(
    get,
    path = "/api/v1/map.svg",
    operation_id = "map_svg",
    params(wire::Query),
    responses((status = 200, body = String, content_type = "image/svg+xml", description = "of the parcels that the asker may see"))
)]
pub(super) async fn svg(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let sight = Sight::of(&query)?;
    let figures = sight.figures(&desk, &who).await?;
    paint(
        sight,
        figures,
        "image/svg+xml",
        desk.fonts,
        |scene, face| heatmap::svg(scene, face).map(String::into_bytes),
    )
    .await
}

/// The map as a picture of points.
#[utoipa::path(
    get,
    path = "/api/v1/map.png",
    operation_id = "map_png",
    params(wire::Query),
    responses((status = 200, body = [u8], content_type = "image/png", description = "of the parcels that the asker may see"))
)]
pub(super) async fn png(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let sight = Sight::of(&query)?;
    let figures = sight.figures(&desk, &who).await?;
    paint(sight, figures, "image/png", desk.fonts, heatmap::png).await
}

/// Paints off the threads that answer, for it takes a while.
async fn paint(
    sight: Sight,
    figures: Figures,
    kind: &'static str,
    fonts: Arc<Vec<Vec<u8>>>,
    write: fn(&Scene, &Face<'_>) -> Result<Vec<u8>, heatmap::Unpainted>,
) -> Result<Response, Problem> {
    let internal = |cause: String| {
        tracing::error!(cause, "pages: a picture could not be painted");
        Problem::new(Trouble::Internal, "the picture could not be painted")
    };
    let painted = tokio::task::spawn_blocking(move || {
        let column = column::column(&figures);
        let shading = sight.shading(&column)?;
        let extra = fonts.iter().map(Vec::as_slice);
        let fonts: Vec<&[u8]> = heatmap::shipped_font().into_iter().chain(extra).collect();
        let face = Face::new(&fonts).map_err(|cause| internal(cause.to_string()))?;
        let scene = Scene::of(&column, &shading, Size::DEFAULT, &face);
        write(&scene, &face).map_err(|cause| internal(cause.to_string()))
    });
    let bytes = painted
        .await
        .map_err(|cause| internal(cause.to_string()))??;
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

/// The map's parcels with value, class and colour.
#[utoipa::path(
    get,
    path = "/api/v1/map.geojson",
    operation_id = "map_geojson",
    params(wire::Query),
    responses((status = 200, body = String, content_type = "application/geo+json", description = "of the parcels that the asker may see"))
)]
pub(super) async fn geojson(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let sight = Sight::of(&query)?;
    let figures = sight.figures(&desk, &who).await?;
    let column = column::column(&figures);
    let text = heatmap::geojson(&column, &sight.shading(&column)?);
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], text).into_response())
}

/// The map's parcels as a table.
#[utoipa::path(
    get,
    path = "/api/v1/map.csv",
    operation_id = "map_csv",
    params(wire::Query),
    responses((status = 200, body = String, content_type = "text/csv", description = "of the parcels that the asker may see"))
)]
pub(super) async fn csv(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let sight = Sight::of(&query)?;
    let figures = sight.figures(&desk, &who).await?;
    let column = column::column(&figures);
    let text = table::csv(&figures, &sight.shading(&column)?, &sight.written);
    let text = text.map_err(|cause| {
        tracing::error!(%cause, "pages: a table could not be written");
        Problem::new(Trouble::Internal, "the table could not be written")
    })?;
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], text).into_response())
}

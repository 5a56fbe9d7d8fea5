//! `GET /api/v1/surface` and the same as `.svg`, `.png`, `.pdf`, `.geojson`, `.csv`: amounts spread over the land of parks,
//! for seeing where much is; never of a ratio, never for an assessment. Only for whoever may see every
//! cell it is made of.

mod files;
mod wire;

use std::str::FromStr;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};

use crate::access::{Action, Matter, Principal};
use crate::heatmap::{
    self, Around, Column, Face, Look, Palette, Rounding, Scene, Size, Surface, Way,
};
use crate::park::{Name, Parcel};
use crate::text::{Language, sentence};

use super::figures::{Figure, Figures, Layer, Spots, When};
use super::map::{self, Chosen, Manner, things_of, unpainted};
use super::words::language_asked_for;
use super::{Asked, Asker, Desk, Problem, Purpose, Right, Routes, Trouble, spreadsheet};

/// Whose cells they are is asked again for each.
const CELLS: Right = Right::Row(Matter::HeatCell, Action::Read);
/// The same, taken away.
const FILES: Right = Right::Row(Matter::HeatCell, Action::Export);
/// Where nobody says how it is classified: what is high is what is looked for.
const MANNER: &str = "e5";
/// The ramp of surfaces (screens.md 11).
const PALETTE: &str = "viridis";

pub(super) fn routes() -> Routes {
    Routes::default()
        .big("/api/v1/surface", CELLS, json)
        .big("/api/v1/surface.svg", FILES, svg)
        .big("/api/v1/surface.png", FILES, png)
        .big("/api/v1/surface.pdf", FILES, pdf)
        .big("/api/v1/surface.geojson", FILES, geojson)
        .big("/api/v1/surface.csv", FILES, csv)
}

/// What a query asks for, read once, and the figures that answer it.
struct Sight {
    figures: Figures,
    spots: Spots,
    way: Way,
    written: String,
    manner: Manner,
    palette: Palette,
    /// Whose parcels alone, as it was written.
    chosen: Chosen,
    written_choice: Option<String>,
}

impl Sight {
    async fn of(
        desk: &Desk,
        (who, purpose): (&Principal, &Purpose),
        query: &wire::Query,
    ) -> Result<Self, Problem> {
        let layer = map::layer(query.k.as_deref().or(Some(Layer::Load.as_str())))?;
        if !layer.has_surface() {
            let detail = "of this layer there is no surface: a ratio or a grade is not spread between \
                          parcels; ask for load_per_mu or kwh_per_mu";
            return Err(Problem::new(Trouble::BadRequest, detail));
        }
        let written = query.m.as_deref().unwrap_or(MANNER).to_owned();
        let manner: Manner = written.parse()?;
        let palette = map::palette(query.r.as_deref().or(Some(PALETTE)), layer, false)?;
        let way = query.way()?;
        let park = map::park(query.park.as_deref())?;
        let when = When {
            period: map::period(query.p.as_deref())?,
            revision: query.v,
            against: None,
        };
        let figures = Figures::load(desk, (who, purpose), layer, park.as_ref(), when).await?;
        let chosen: Chosen = query.f.as_deref().unwrap_or_default().parse()?;
        if !chosen.is_of_firms() {
            let detail = "f of a surface names whose parcels it is made of: ind:C39, size:big or both; \
                          it has no classes of parcels";
            return Err(Problem::new(Trouble::BadRequest, detail));
        }
        let keeps = |parcel: &Parcel, figure: &Figure| chosen.is_of(&figures, parcel, figure);
        let spots = figures.spots(&desk.backdrop, &keeps);
        Ok(Self {
            spots: spots.ok_or_else(Problem::not_found)?,
            chosen,
            written_choice: query.f.clone(),
            figures,
            way,
            written,
            manner,
            palette,
        })
    }

    fn surface(&self) -> Result<Surface, Problem> {
        let grades = Palette::named(Palette::GRADES).map_err(Problem::internal)?;
        let look = Look {
            method: self.manner.method(),
            rounding: Rounding::TwoDigits,
            palette: &self.palette,
            grades: &grades,
        };
        Ok(Surface::of(&self.spots.sites, self.way, &look))
    }

    /// The parcels, whose outlines are drawn, under the surface's own title and unit.
    fn column(&self) -> Column<'_> {
        let mut column = map::column(&self.figures, false);
        let layer = match self.figures.layer {
            Layer::Load => const { said("surface.title_load") },
            _ => const { said("surface.title_kwh") },
        };
        let title = format!("{} · {layer}", self.figures.ground.name);
        column.title = Name::from_str(&title).unwrap_or(column.title);
        let unit = match (self.figures.layer, self.way) {
            (Layer::Load, Way::Inverse { .. }) => const { said("unit.kw") },
            (_, Way::Inverse { .. }) => const { said("unit.kwh") },
            (layer, Way::Kernel { .. }) => layer.unit(),
        };
        column.unit = Name::from_str(unit).ok();
        column
    }
}

/// A sentence of the pictures' language.
const fn said(key: &str) -> &'static str {
    sentence(Language::Chinese, key)
}

/// Bands of equal value over the land, and what they were made of.
#[utoipa::path(
    get,
    path = "/api/v1/surface",
    operation_id = "surface",
    params(wire::Query),
    responses((status = 200, body = wire::Answer, description = "of parks all of whose cells the asker may see; not for assessment"))
)]
pub(super) async fn json(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let sight = Sight::of(&desk, (&who, &purpose), &query).await?;
    // Off the threads that answer, for it takes a while.
    let made = tokio::task::spawn_blocking(move || {
        let surface = sight.surface()?;
        let asked = (&*sight.written, sight.palette.name());
        let answer = wire::Answer::of(&sight.figures, &surface, &sight.spots, asked);
        Ok::<_, Problem>(Json(answer).into_response())
    });
    made.await.map_err(|cause| unpainted(&cause))?
}

/// The surface as a picture of vectors.
#[utoipa::path(
    get,
    path = "/api/v1/surface.svg",
    operation_id = "surface_svg",
    params(wire::Query),
    responses((status = 200, body = String, content_type = "image/svg+xml", description = "not for assessment"))
)]
pub(super) async fn svg(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    headers: HeaderMap,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let write = |scene: &Scene, face: &Face<'_>| heatmap::svg(scene, face).map(String::into_bytes);
    let writing = ("image/svg+xml", Size::DEFAULT, write as Write);
    picture(&desk, (&who, purpose), &headers, &query, writing).await
}

/// The surface as a picture of points.
#[utoipa::path(
    get,
    path = "/api/v1/surface.png",
    operation_id = "surface_png",
    params(wire::Query),
    responses((status = 200, body = [u8], content_type = "image/png", description = "not for assessment"))
)]
pub(super) async fn png(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    headers: HeaderMap,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let writing = ("image/png", Size::DEFAULT, heatmap::png as Write);
    picture(&desk, (&who, purpose), &headers, &query, writing).await
}

/// The surface on a page of A3, for paper: and who took it away when.
#[utoipa::path(
    get,
    path = "/api/v1/surface.pdf",
    operation_id = "surface_pdf",
    params(wire::Query),
    responses((status = 200, body = [u8], content_type = "application/pdf", description = "not for assessment"))
)]
pub(super) async fn pdf(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    headers: HeaderMap,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let writing = ("application/pdf", Size::A3, heatmap::pdf as Write);
    picture(&desk, (&who, purpose), &headers, &query, writing).await
}

/// The bands for other programs, beside each other, and a point for each amount.
#[utoipa::path(
    get,
    path = "/api/v1/surface.geojson",
    operation_id = "surface_geojson",
    params(wire::Query),
    responses((status = 200, body = Object, content_type = "application/geo+json", description = "not for assessment"))
)]
pub(super) async fn geojson(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let sight = Sight::of(&desk, (&who, &purpose), &query).await?;
    let made = tokio::task::spawn_blocking(move || {
        let surface = sight.surface()?;
        Ok::<_, Problem>(files::geojson(&sight, &surface, &who))
    });
    let text = made.await.map_err(|cause| unpainted(&cause))??;
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], text).into_response())
}

/// The bands as a table, and below it of what they are.
#[utoipa::path(
    get,
    path = "/api/v1/surface.csv",
    operation_id = "surface_csv",
    params(wire::Query),
    responses((status = 200, body = String, content_type = "text/csv", description = "not for assessment"))
)]
pub(super) async fn csv(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let sight = Sight::of(&desk, (&who, &purpose), &query).await?;
    let made = tokio::task::spawn_blocking(move || {
        let surface = sight.surface()?;
        spreadsheet::answer(files::HEAD, files::rows(&sight, &surface, &who))
    });
    made.await.map_err(|cause| unpainted(&cause))?
}

type Write = fn(&Scene, &Face<'_>) -> Result<Vec<u8>, heatmap::Unpainted>;

async fn picture(
    desk: &Desk,
    (who, purpose): (&Principal, Purpose),
    headers: &HeaderMap,
    query: &wire::Query,
    (kind, size, write): (&'static str, Size, Write),
) -> Result<Response, Problem> {
    let sight = Sight::of(desk, (who, &purpose), query).await?;
    let (fonts, backdrop) = (Arc::clone(&desk.fonts), Arc::clone(&desk.backdrop));
    // On paper only: what is on the screen is the same for whoever may see it.
    let is_paper = size == Size::A3;
    let taken = is_paper.then(|| map::by(&sight.figures, who, language_asked_for(headers)));
    let painted = tokio::task::spawn_blocking(move || {
        let surface = sight.surface()?;
        let only: Vec<String> = sight.chosen.words().into_iter().collect();
        let around = Around {
            facts: &only,
            backdrop: &things_of(&sight.figures, &backdrop),
            taken: taken.as_deref(),
            ..Around::default()
        };
        let shown = (&*sight.spots.sites, &surface);
        let paint = |face: &Face<'_>| {
            let scene = Scene::of_surface(around, &sight.column(), shown, size, face);
            write(&scene, face).map_err(|cause| unpainted(&cause))
        };
        with_face(&fonts, paint)
    });
    let bytes = painted.await.map_err(|cause| unpainted(&cause))??;
    Ok(([(header::CONTENT_TYPE, kind)], bytes).into_response())
}

fn with_face(
    fonts: &[Vec<u8>],
    paint: impl FnOnce(&Face<'_>) -> Result<Vec<u8>, Problem>,
) -> Result<Vec<u8>, Problem> {
    let extra = fonts.iter().map(Vec::as_slice);
    let fonts: Vec<&[u8]> = heatmap::shipped_font().into_iter().chain(extra).collect();
    let face = Face::new(&fonts).map_err(|cause| unpainted(&cause))?;
    paint(&face)
}

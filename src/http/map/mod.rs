//! `GET /api/v1/map` and the same as `.svg`, `.png`, `.pdf`, `.geojson`, `.csv`, `.xlsx`: one query, one column, one
//! function that decides classes and colours, so that no export differs from the screen.

mod chosen;
mod column;
mod legend;
mod listing;
mod look;
mod pictures;
mod sight;
mod table;
mod wire;

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;

use crate::access::{Action, Detail, Matter, Principal, most_detail};
use crate::calendar::Day;
use crate::heatmap::{self, Around, Column, Face, Preset, Scene, Shading, Size, TakenAway};
use crate::ledger::factor::Measure;
use crate::ledger::figure::AccountPeriod;
use crate::park::ParkId;
use crate::park::backdrop::Thing;

use super::figures::{Figures, Layer, Shown, unavailable};
use super::words::language_asked_for;
use super::{Asked, Asker, Desk, Problem, Purpose, Right, Routes, Trouble, big, spreadsheet};

use sight::Sight;

pub(super) use chosen::Chosen;
pub(super) use column::column;
pub(super) use look::{Manner, palette};
pub use pictures::{PictureKey, Pictures};
pub(super) use table::by;
pub(super) use wire::{Compared, state};

/// Whose cells they are is asked again for each.
const CELLS: Right = Right::Row(Matter::HeatCell, Action::Read);
/// The same, taken away.
const FILES: Right = Right::Row(Matter::HeatCell, Action::Export);

pub(super) fn routes() -> Routes {
    Routes::default()
        .big("/api/v1/map", CELLS, json)
        .big("/api/v1/map.svg", FILES, svg)
        .big("/api/v1/map.png", FILES, png)
        .big("/api/v1/map.pdf", FILES, pdf)
        .big("/api/v1/map.geojson", FILES, geojson)
        .big("/api/v1/map.csv", FILES, csv)
        .big("/api/v1/map.xlsx", FILES, xlsx)
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

/// The month or year that the key `p` or `c` names.
pub(super) fn period(asked: Option<&str>) -> Result<Option<AccountPeriod>, Problem> {
    let refused = |_| {
        let detail = "not a period: write it as 2026-10 or 2025";
        Problem::new(Trouble::BadRequest, detail)
    };
    asked.map(str::parse).transpose().map_err(refused)
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
    purpose: Purpose,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let sight = Sight::of(&query, &who, purpose)?;
    let figures = sight.figures(&desk, &who).await?;
    let shading = sight.shading(&column(&figures, sight.lettered))?;
    let asked = wire::Asked {
        method: &sight.written,
        ramp: sight.palette.name(),
        who: &who,
        closes_at: closes_at(&desk, &figures),
        settling: desk.settling.percent(),
        factor: factor(&desk, &figures),
        presets: presets(&sight, &who)?,
        outlines_as_of: outlines_as_of(&desk, &figures).await?,
    };
    Ok(Json(wire::Answer::of(&figures, &shading, asked)).into_response())
}

/// The 等价 value of electricity at the end of the period, in layers that are made with it.
fn factor(desk: &Desk, figures: &Figures) -> Option<wire::MapFactor> {
    // An older revision was made with what held when it was.
    let is_made_with = figures.layer.divided().contains(&"tce_equal")
        && figures.revision.is_some()
        && figures.revision == figures.newest;
    let day = Day::of(figures.period.to().plus_ms(-1));
    let factors = &desk.book.factors;
    let found = factors.find("electricity_kwh", Measure::Equal, day);
    let factor = found.filter(|_| is_made_with)?;
    Some(wire::MapFactor {
        by: factor.written.clone(),
        unit: "kgce/kWh",
        source: factor.source.clone(),
    })
}

/// When an outline of what is shown last changed.
async fn outlines_as_of(desk: &Desk, figures: &Figures) -> Result<Option<String>, Problem> {
    let parks = figures.ground.parks.iter().map(|park| park.id.clone());
    let parks: Vec<ParkId> = parks.collect();
    let newest = desk.registry.outlines_as_of(&parks, figures.at()).await;
    Ok(newest.map_err(unavailable)?.map(|at| at.to_string()))
}

/// The named breaks of the layer, for whoever may choose any.
fn presets(sight: &Sight, who: &Principal) -> Result<Vec<Preset>, Problem> {
    if most_detail(who, sight.layer.touched()) != Detail::Value {
        return Ok(Vec::new());
    }
    let mut all = Preset::shipped().map_err(|fault| {
        tracing::error!(%fault, "pages: named breaks cannot be read");
        Problem::new(
            Trouble::Internal,
            "the named breaks of this build are faulty",
        )
    })?;
    all.retain(|preset| preset.layer == sight.layer.as_str());
    Ok(all)
}

/// When an open month will be closed.
pub(super) fn closes_at(desk: &Desk, figures: &Figures) -> Option<String> {
    let Shown::Period(period) = figures.shown else {
        return None;
    };
    let after = i64::try_from(desk.close_after.as_millis()).ok()?;
    Some(period.period().to().plus_ms(after).to_string())
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
    purpose: Purpose,
    headers: HeaderMap,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let write = |scene: &Scene, face: &Face<'_>| heatmap::svg(scene, face).map(String::into_bytes);
    picture(
        &desk,
        (&who, purpose),
        &headers,
        &query,
        ("image/svg+xml", write),
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
    purpose: Purpose,
    headers: HeaderMap,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    picture(
        &desk,
        (&who, purpose),
        &headers,
        &query,
        ("image/png", heatmap::png),
    )
    .await
}

/// How a scene is written, and as what.
type Writing = (
    &'static str,
    fn(&Scene, &Face<'_>) -> Result<Vec<u8>, heatmap::Unpainted>,
);

/// The picture, painted unless it was painted before or the asker has it already.
async fn picture(
    desk: &Desk,
    (who, purpose): (&Principal, Purpose),
    headers: &HeaderMap,
    query: &wire::Query,
    writing: Writing,
) -> Result<Response, Problem> {
    let sight = Sight::of(query, who, purpose)?;
    let figures = sight.figures(desk, who).await?;
    let had = headers.clone();
    let (pictures, fonts) = (Arc::clone(&desk.pictures), Arc::clone(&desk.fonts));
    let backdrop = Arc::clone(&desk.backdrop);
    // Off the threads that answer, for painting takes a while.
    let painted = tokio::task::spawn_blocking(move || {
        let column = column(&figures, sight.lettered);
        let shading = sight.shading(&column)?;
        let here = things_of(&figures, &backdrop);
        let key = PictureKey {
            digest: heatmap::Digest::of(&column, &shading),
            palette: sight.palette.name().to_owned(),
            // Another drawing is another picture, for browsers that remember the last one, too.
            backdrop: PictureKey::backdrop_of(&here),
            chosen: sight.choice_key(),
            kind: writing.0,
        };
        if big::has(&had, &key.tag()) {
            return Ok((key, None));
        }
        if let Some(bytes) = pictures.find(&key) {
            return Ok((key, Some(bytes)));
        }
        let only: Vec<String> = sight.chosen.words().into_iter().collect();
        let choice = sight.choice(&figures, &shading);
        let around = Around {
            backdrop: &here,
            facts: &only,
            chosen: choice.as_ref(),
            ..Around::default()
        };
        let shown = (&column, &shading);
        let bytes = Bytes::from(paint(shown, around, Size::DEFAULT, &fonts, writing.1)?);
        pictures.keep(key.clone(), bytes.clone());
        Ok((key, Some(bytes)))
    });
    let (key, bytes) = painted.await.map_err(|cause| unpainted(&cause))??;
    let tag = (header::ETAG, key.tag());
    Ok(match bytes {
        Some(bytes) => ([tag, (header::CONTENT_TYPE, key.kind.to_owned())], bytes).into_response(),
        None => (StatusCode::NOT_MODIFIED, [tag]).into_response(),
    })
}

/// The map on a page of A3, for paper: as the pictures, and who took it away when.
#[utoipa::path(
    get,
    path = "/api/v1/map.pdf",
    operation_id = "map_pdf",
    params(wire::Query),
    responses((status = 200, body = [u8], content_type = "application/pdf", description = "of the parcels that the asker may see"))
)]
pub(super) async fn pdf(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    headers: HeaderMap,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let sight = Sight::of(&query, &who, purpose)?;
    let figures = sight.figures(&desk, &who).await?;
    let (fonts, backdrop) = (Arc::clone(&desk.fonts), Arc::clone(&desk.backdrop));
    let taken = by(&figures, &who, language_asked_for(&headers));
    let painted = tokio::task::spawn_blocking(move || {
        let column = column(&figures, sight.lettered);
        let shading = sight.shading(&column)?;
        let passes = sight.chosen.passing(&figures, &shading.marks);
        let choice = sight.choice(&figures, &shading);
        let around = Around {
            backdrop: &things_of(&figures, &backdrop),
            taken: Some(&taken),
            facts: &listing::facts(&figures, sight.chosen.words()),
            listing: Some(&listing::listing(&figures, passes.as_deref())),
            chosen: choice.as_ref(),
        };
        paint((&column, &shading), around, Size::A3, &fonts, heatmap::pdf)
    });
    let bytes = painted.await.map_err(|cause| unpainted(&cause))??;
    Ok(([(header::CONTENT_TYPE, "application/pdf")], bytes).into_response())
}

/// What lies under the parks that are shown.
pub(super) fn things_of(figures: &Figures, backdrop: &[Thing]) -> Vec<Thing> {
    let parks = figures.ground.parks.iter();
    let parks: Vec<&ParkId> = parks.map(|park| &park.id).collect();
    let here = backdrop.iter().filter(|thing| parks.contains(&&thing.park));
    here.cloned().collect()
}

pub(super) fn unpainted(cause: &dyn std::fmt::Display) -> Problem {
    tracing::error!(%cause, "pages: a picture could not be painted");
    Problem::new(Trouble::Internal, "the picture could not be painted")
}

fn paint(
    (column, shading): (&Column<'_>, &Shading),
    around: Around<'_>,
    size: Size,
    fonts: &[Vec<u8>],
    write: fn(&Scene, &Face<'_>) -> Result<Vec<u8>, heatmap::Unpainted>,
) -> Result<Vec<u8>, Problem> {
    let extra = fonts.iter().map(Vec::as_slice);
    let fonts: Vec<&[u8]> = heatmap::shipped_font().into_iter().chain(extra).collect();
    let face = Face::new(&fonts).map_err(|cause| unpainted(&cause))?;
    let scene = Scene::over(around, column, shading, size, &face);
    write(&scene, &face).map_err(|cause| unpainted(&cause))
}

/// The map's parcels with value, class and colour.
#[utoipa::path(
    get,
    path = "/api/v1/map.geojson",
    operation_id = "map_geojson",
    params(wire::Query),
    responses((status = 200, body = Object, content_type = "application/geo+json", description = "of the parcels that the asker may see"))
)]
pub(super) async fn geojson(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let sight = Sight::of(&query, &who, purpose)?;
    let figures = sight.figures(&desk, &who).await?;
    let column = column(&figures, sight.lettered);
    let shading = sight.shading(&column)?;
    let passes = sight.chosen.passing(&figures, &shading.marks);
    let taken = TakenAway {
        revision: figures.revision,
        by: who.name.clone(),
        at: figures.read_at,
        filter: passes.map(|passes| (sight.written_choice.clone(), passes)),
    };
    let text = heatmap::geojson(&column, &shading, Some(&taken));
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], text).into_response())
}

/// The map's parcels as a table, and below it of what it is.
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
    purpose: Purpose,
    headers: HeaderMap,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let sight = Sight::of(&query, &who, purpose)?;
    let figures = sight.figures(&desk, &who).await?;
    let column = column(&figures, sight.lettered);
    let shading = sight.shading(&column)?;
    let taken = table::Taken {
        who: &who,
        column: &column,
        method: &sight.written,
        language: language_asked_for(&headers),
    };
    let rows = table::csv(&figures, &shading, &sight.chosen, &taken);
    spreadsheet::answer(table::HEAD, rows)
}

/// The same parcels as a workbook, with a sheet that says of what it is.
#[utoipa::path(
    get,
    path = "/api/v1/map.xlsx",
    operation_id = "map_xlsx",
    params(wire::Query),
    responses((status = 200, body = [u8], content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", description = "of the parcels that the asker may see and the filter lets through"))
)]
pub(super) async fn xlsx(
    Asker(who): Asker,
    State(desk): State<Desk>,
    purpose: Purpose,
    headers: HeaderMap,
    Asked(query): Asked<wire::Query>,
) -> Result<Response, Problem> {
    let sight = Sight::of(&query, &who, purpose)?;
    let figures = sight.figures(&desk, &who).await?;
    let column = column(&figures, sight.lettered);
    let shading = sight.shading(&column)?;
    let taken = table::Taken {
        who: &who,
        column: &column,
        method: &sight.written,
        language: language_asked_for(&headers),
    };
    spreadsheet::workbook_answer(&table::sheets(&figures, &shading, &sight.chosen, &taken))
}

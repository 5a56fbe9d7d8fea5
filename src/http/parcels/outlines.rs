//! Outlines as one stream of GeoJSON, a page of the registry at a time.

use std::collections::VecDeque;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use geo::{BoundingRect, Intersects, Rect, coord};

use crate::access::Principal;
use crate::calendar::Moment;
use crate::http::figures::{Ground, last_instant, unavailable};
use crate::http::map::{park, period};
use crate::http::{Asked, Asker, Desk, Problem, Trouble};
use crate::park::{Parcel, ParkId};
use crate::store::registry::{PAGE_LIMIT, Page, RegistryFault};

use super::compact::Compact;
use super::wire::{Feature, FeatureCollection, Form, OutlineQuery, Outlines};

/// A page that could not be read after the answer began: the stream breaks off, so that nobody
/// takes it for whole.
#[derive(Debug, thiserror::Error)]
#[error("the registry did not answer")]
struct BrokeOff;

/// Where a stream of outlines stands.
struct Reading {
    desk: Desk,
    who: Principal,
    /// Those still to read, the running one first.
    parks: VecDeque<ParkId>,
    at: Moment,
    /// When an outline of these last changed.
    as_of: Option<Moment>,
    after: Option<String>,
    is_first: bool,
    /// Whether a feature was written, so that the next one needs a comma.
    is_begun: bool,
    /// How it is written.
    text: Text,
    /// Only what touches this.
    near: Option<Rect>,
}

/// How outlines are written.
enum Text {
    GeoJson,
    Compact(Compact),
}

impl Text {
    const fn of(form: Form) -> Self {
        match form {
            Form::Geojson => Self::GeoJson,
            Form::Compact => Self::Compact(Compact::new()),
        }
    }

    const fn media_type(&self) -> &'static str {
        match self {
            Self::GeoJson => "application/geo+json",
            Self::Compact(_) => "application/json",
        }
    }

    fn opening(&self, as_of: Option<Moment>) -> String {
        match self {
            Self::GeoJson => "{\"type\":\"FeatureCollection\",\"features\":[".to_owned(),
            Self::Compact(_) => Compact::opening(as_of),
        }
    }

    fn write(&mut self, parcel: &Parcel, to: &mut String) {
        match self {
            // Finite numbers and names always write themselves.
            Self::GeoJson => {
                to.push_str(&serde_json::to_string(&Feature::of(parcel)).unwrap_or_default());
            }
            Self::Compact(compact) => compact.write(parcel, to),
        }
    }
}

/// `GET /api/v1/parcels`: a `FeatureCollection` in EPSG:4326, of the park that is asked for, or of
/// those whose map the asker may see; or the same for drawing, `form=compact`. Outlines are
/// everybody's (contract.md 6).
#[utoipa::path(
    get,
    path = "/api/v1/parcels",
    operation_id = "parcels",
    params(OutlineQuery),
    responses((
        status = 200,
        content((FeatureCollection = "application/geo+json"), (Outlines = "application/json")),
        description = "EPSG:4326; as JSON for drawing where `form=compact` was asked for"
    ))
)]
pub(super) async fn outlines(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(query): Asked<OutlineQuery>,
) -> Result<Response, Problem> {
    let at = instant(&desk, query.p.as_deref())?;
    let asked = park(query.park.as_deref())?;
    let (mut parks, near) = match park(query.beside.as_deref())? {
        None => (parks(&desk, &who, asked, at).await?, None),
        Some(_) if asked.is_some() => {
            let detail = "name a park, or one to look beside of, not both";
            return Err(Problem::new(Trouble::BadRequest, detail));
        }
        Some(own) => beside(&desk, &who, own, at).await?,
    };
    let as_of = desk.registry.outlines_as_of(parks.make_contiguous(), at);
    let as_of = as_of.await.map_err(unavailable)?;
    let reading = Reading {
        parks,
        as_of,
        near,
        desk,
        who,
        at,
        after: None,
        is_first: true,
        is_begun: false,
        text: Text::of(query.form),
    };
    let kind = [(header::CONTENT_TYPE, reading.text.media_type())];
    // The first page decides whether there is an answer at all.
    let (first, reading) = reading.next().await.map_err(unavailable)?;
    let begun = VecDeque::from([first]);
    let pages = stream::unfold((begun, Some(reading)), |(mut begun, reading)| async move {
        if let Some(page) = begun.pop_front() {
            return Some((Ok(page), (begun, reading)));
        }
        let reading = reading.filter(|reading| !reading.parks.is_empty())?;
        match reading.next().await {
            Ok((page, reading)) => Some((Ok(page), (begun, Some(reading)))),
            Err(broken) => Some((Err(broken), (begun, None))),
        }
    });
    Ok((kind, Body::from_stream(pages)).into_response())
}

/// The last instant of a period that is over, or now: as the figures of the same period.
fn instant(desk: &Desk, asked: Option<&str>) -> Result<Moment, Problem> {
    let now = desk.clock.now();
    Ok(period(asked)?.map_or(now, |period| last_instant(period.period(), now)))
}

impl Reading {
    /// The next parcels; none where there is no park to read.
    async fn page(&self) -> Result<Page<Parcel>, RegistryFault> {
        let Some(park) = self.parks.front() else {
            return Ok(Page::default());
        };
        let (registry, after) = (&self.desk.registry, self.after.as_deref());
        let page = registry.list_parcels(&self.who, self.at, Some(park), after, PAGE_LIMIT);
        page.await
    }

    /// The next piece of the text.
    async fn next(mut self) -> Result<(Bytes, Self), BrokeOff> {
        let page = self.page().await.map_err(|fault| {
            tracing::error!(%fault, "pages: outlines broke off");
            BrokeOff
        })?;
        let mut text = String::new();
        if self.is_first {
            text.push_str(&self.text.opening(self.as_of));
        }
        let near = self.near;
        let seen = page.entries.iter().filter(|parcel| {
            near.is_none_or(|near| extent(parcel).is_some_and(|own| own.intersects(&near)))
        });
        for parcel in seen {
            if self.is_begun {
                text.push(',');
            }
            self.text.write(parcel, &mut text);
            self.is_begun = true;
        }
        self.is_first = false;
        self.after = page.next;
        if self.after.is_none() {
            self.parks.pop_front();
        }
        if self.parks.is_empty() {
            text.push_str("]}\n");
        }
        Ok((Bytes::from(text), self))
    }
}

/// The other parks, and how far around `own` is looked.
async fn beside(
    desk: &Desk,
    who: &Principal,
    own: ParkId,
    at: Moment,
) -> Result<(VecDeque<ParkId>, Option<Rect>), Problem> {
    let all = desk.registry.list_parks(who, at, None, PAGE_LIMIT).await;
    let all = all.map_err(unavailable)?.entries.into_iter();
    let (mine, others): (VecDeque<_>, VecDeque<_>) =
        all.map(|park| park.id).partition(|park| *park == own);
    if mine.is_empty() {
        return Err(Problem::not_found());
    }
    let (mut whole, mut after) = (None::<Rect>, None::<String>);
    loop {
        let page = desk
            .registry
            .list_parcels(who, at, Some(&own), after.as_deref(), PAGE_LIMIT);
        let page = page.await.map_err(unavailable)?;
        for one in page.entries.iter().filter_map(extent) {
            whole = Some(whole.map_or(one, |whole| joined(&whole, &one)));
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    // A park without a parcel has no neighbours.
    Ok(whole.map_or_else(Default::default, |whole| (others, Some(around(&whole)))))
}

fn extent(parcel: &Parcel) -> Option<Rect> {
    let polygons = parcel.outline.polygons().iter();
    let boxes = polygons.filter_map(BoundingRect::bounding_rect);
    boxes.reduce(|whole, one| joined(&whole, &one))
}

fn joined(a: &Rect, b: &Rect) -> Rect {
    let (low, high) = ((a.min(), b.min()), (a.max(), b.max()));
    Rect::new(
        coord! { x: low.0.x.min(low.1.x), y: low.0.y.min(low.1.y) },
        coord! { x: high.0.x.max(high.1.x), y: high.0.y.max(high.1.y) },
    )
}

/// Half as much again on each side: what a map of the park shows around it.
fn around(whole: &Rect) -> Rect {
    let (wide, high) = (whole.width() / 2.0, whole.height() / 2.0);
    Rect::new(
        coord! { x: whole.min().x - wide, y: whole.min().y - high },
        coord! { x: whole.max().x + wide, y: whole.max().y + high },
    )
}

/// The parks whose outlines are asked for; never none.
pub(in crate::http) async fn parks(
    desk: &Desk,
    who: &Principal,
    asked: Option<ParkId>,
    at: Moment,
) -> Result<VecDeque<ParkId>, Problem> {
    let mapped = Ground::parks(desk, who, at).await?;
    let known = if asked.is_some() || mapped.is_empty() {
        let all = desk.registry.list_parks(who, at, None, PAGE_LIMIT).await;
        all.map_err(unavailable)?.entries
    } else {
        mapped
    };
    let found: VecDeque<_> = known
        .into_iter()
        .map(|park| park.id)
        .filter(|park| asked.as_ref().is_none_or(|asked| asked == park))
        .collect();
    if found.is_empty() {
        return Err(Problem::not_found());
    }
    Ok(found)
}

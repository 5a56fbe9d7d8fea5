//! Outlines as one stream of GeoJSON, a page of the registry at a time.

use std::collections::VecDeque;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;

use crate::access::Principal;
use crate::calendar::Moment;
use crate::http::figures::{Ground, unavailable};
use crate::http::map::park;
use crate::http::{Asked, Asker, Desk, Problem};
use crate::park::{Parcel, ParkId};
use crate::store::registry::PAGE_LIMIT;

use super::compact::Compact;
use super::wire::{Feature, FeatureCollection, Form, OutlineQuery};

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
    after: Option<String>,
    is_first: bool,
    /// Whether a feature was written, so that the next one needs a comma.
    is_begun: bool,
    /// How it is written.
    text: Text,
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

    const fn opening(&self) -> &'static str {
        match self {
            Self::GeoJson => "{\"type\":\"FeatureCollection\",\"features\":[",
            Self::Compact(_) => Compact::OPENING,
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
        content((FeatureCollection = "application/geo+json"), (Object = "application/json")),
        description = "EPSG:4326; as JSON for drawing where `form=compact` was asked for"
    ))
)]
pub(super) async fn outlines(
    Asker(who): Asker,
    State(desk): State<Desk>,
    Asked(query): Asked<OutlineQuery>,
) -> Result<Response, Problem> {
    let at = desk.clock.now();
    let reading = Reading {
        parks: parks(&desk, &who, park(query.park.as_deref())?, at).await?,
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

impl Reading {
    /// The next piece of the text.
    async fn next(mut self) -> Result<(Bytes, Self), BrokeOff> {
        let (after, park) = (self.after.as_deref(), self.parks.front());
        let registry = &self.desk.registry;
        let page = registry
            .list_parcels(&self.who, self.at, park, after, PAGE_LIMIT)
            .await;
        let page = page.map_err(|fault| {
            tracing::error!(%fault, "pages: outlines broke off");
            BrokeOff
        })?;
        let mut text = String::new();
        if self.is_first {
            text.push_str(self.text.opening());
        }
        for parcel in &page.entries {
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

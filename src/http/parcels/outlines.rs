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
use crate::http::{Asker, Desk, Problem};
use crate::park::{Parcel, ParkId};
use crate::store::registry::PAGE_LIMIT;

use super::wire::Feature;

/// A page that could not be read after the answer began: the stream breaks off, so that nobody
/// takes it for whole.
#[derive(Debug, thiserror::Error)]
#[error("the registry did not answer")]
struct BrokeOff;

/// Where a stream of outlines stands.
struct Reading {
    desk: Desk,
    who: Principal,
    park: ParkId,
    at: Moment,
    after: Option<String>,
    is_first: bool,
    is_last: bool,
}

/// `GET /api/v1/parcels`: a `FeatureCollection` in EPSG:4326.
pub(super) async fn outlines(
    Asker(who): Asker,
    State(desk): State<Desk>,
) -> Result<Response, Problem> {
    let at = desk.clock.now();
    let park = Ground::park(&desk, &who, at).await?;
    let reading = Reading {
        park: park.id,
        desk,
        who,
        at,
        after: None,
        is_first: true,
        is_last: false,
    };
    // The first page decides whether there is an answer at all.
    let (first, reading) = reading.next().await.map_err(unavailable)?;
    let begun = VecDeque::from([first]);
    let pages = stream::unfold((begun, Some(reading)), |(mut begun, reading)| async move {
        if let Some(page) = begun.pop_front() {
            return Some((Ok(page), (begun, reading)));
        }
        let reading = reading.filter(|reading| !reading.is_last)?;
        match reading.next().await {
            Ok((page, reading)) => Some((Ok(page), (begun, Some(reading)))),
            Err(broken) => Some((Err(broken), (begun, None))),
        }
    });
    let kind = [(header::CONTENT_TYPE, "application/geo+json")];
    Ok((kind, Body::from_stream(pages)).into_response())
}

impl Reading {
    /// The next piece of the text.
    async fn next(mut self) -> Result<(Bytes, Self), BrokeOff> {
        let (after, park) = (self.after.as_deref(), Some(&self.park));
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
            text.push_str("{\"type\":\"FeatureCollection\",\"features\":[");
        }
        for (index, parcel) in page.entries.iter().enumerate() {
            if index > 0 || !self.is_first {
                text.push(',');
            }
            text.push_str(&written(parcel));
        }
        self.is_first = false;
        self.is_last = page.next.is_none();
        self.after = page.next;
        if self.is_last {
            text.push_str("]}\n");
        }
        Ok((Bytes::from(text), self))
    }
}

/// Finite numbers and names always write themselves.
fn written(parcel: &Parcel) -> String {
    serde_json::to_string(&Feature::of(parcel)).unwrap_or_default()
}

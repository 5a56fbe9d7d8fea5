//! `GET /api/v1/live`: what is committed, as server-sent events, a moment after it is.
//!
//! The id of an event is the number of the last batch in it. A reader that comes back with
//! `Last-Event-ID` gets what it missed, or a `gap` where that is no longer kept: it then reads its
//! figures again. Every reader takes from one bounded ring at its own pace; a slow one is told of
//! the gap and holds nobody up (contract.md 3, C4).

mod follow;
mod line;
mod place;
mod reach;
mod ring;
pub(super) mod wire;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::Sse;
use axum::response::{IntoResponse, Response};
use tokio::sync::watch;

use crate::access::{Action, Matter};
use crate::calendar::Moment;
use crate::park::{EnterpriseCode, ParkId};

use super::asker::AskAgain;
use super::{Asker, Desk, Problem, Right, Routes, Settings, Trouble};

pub use follow::{Sources, follow};

use line::Line;
use place::Places;
use reach::Reach;
use ring::{Beat, Heard, Ring};

/// The beats for all readers. One in a process.
#[derive(Debug)]
pub struct Live {
    ring: Mutex<Ring>,
    newest: watch::Sender<Option<u64>>,
    reach: Mutex<Reach>,
    places: Places,
    heartbeat: Duration,
}

impl Live {
    /// A line within the limits of `settings`.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        Self {
            ring: Mutex::new(Ring::new(0, settings.events_kept)),
            newest: watch::Sender::new(Some(0)),
            reach: Mutex::default(),
            places: Places::new(settings.streams_max, settings.streams_per_account_max),
            heartbeat: settings.heartbeat,
        }
    }

    /// Before the first beat: batches up to `newest` are known, and how far each one's data reach.
    fn begin(&self, newest: u64, reach: Reach) {
        self.ring().begin(newest);
        *self.reach() = reach;
        self.newest.send_replace(Some(newest));
    }

    fn tell(&self, beat: Beat) {
        beat.news.iter().for_each(|news| self.reach().hear(news));
        let number = beat.number;
        self.ring().push(beat);
        self.newest.send_replace(Some(number));
    }

    /// Lets every line end.
    fn end(&self) {
        self.newest.send_replace(None);
    }

    fn after(&self, known: u64) -> Heard {
        self.ring().after(known)
    }

    /// How far data reach of what `sees` lets through.
    fn data_to(&self, sees: impl Fn(&EnterpriseCode, Option<&ParkId>) -> bool) -> Option<Moment> {
        self.reach().newest(sees)
    }

    /// Whole between any two calls, whoever died; so is the ring.
    fn reach(&self) -> MutexGuard<'_, Reach> {
        self.reach.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn routes() -> Routes {
    Routes::default().get(
        "/api/v1/live",
        Right::Row(Matter::Series, Action::Read),
        live,
    )
}

/// What is committed, a moment after it is.
#[utoipa::path(
    get,
    path = "/api/v1/live",
    operation_id = "live",
    params(("Last-Event-ID" = Option<u64>, Header, description = "the last id that was heard")),
    responses((status = 200, body = String, content_type = "text/event-stream", description = "events `readings`, `gateways`, `state`, `gap`; an id is the number of a committed batch"), (status = 503, description = "too many open lines"))
)]
pub(super) async fn live(
    asker: Asker,
    State(desk): State<Desk>,
    again: AskAgain,
    headers: HeaderMap,
) -> Response {
    let Some(place) = desk.live.places.take(&asker.0.name) else {
        let detail = "too many open lines, of your account or of all; close a browser or try again in a minute";
        return Problem::new(Trouble::Unavailable, detail)
            .retry_after(60)
            .into_response();
    };
    let known = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok()?.parse().ok());
    let tie = desk
        .sessions
        .as_ref()
        .map(|sessions| sessions.tie(&headers));
    let (beats, clock) = (Arc::clone(&desk.live), Arc::clone(&desk.clock));
    let line = Line::new(&asker.0, beats, clock, known, (tie, place));
    let still_holds = move || {
        let (again, desk, who) = (again.clone(), desk.clone(), asker.0.clone());
        async move { again.is_still(&who, &desk).await }
    };
    Sse::new(line.events(still_holds)).into_response()
}

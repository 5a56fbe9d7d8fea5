//! One reader's line: which events it gets, in which order, until when.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::Event;
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use crate::access::{Action, Matter, Object, Principal, Scope, scope};
use crate::calendar::Clock;
use crate::park::{EnterpriseCode, ParkId};

use crate::http::session::Tie;

use super::Live;
use super::place::Place;
use super::ring::{Beat, Heard};
use super::wire::{Gap, Gateways, Readings, State};

/// Rights that ended close a line within this time and a heartbeat.
const ASK_AGAIN_AFTER: Duration = Duration::from_secs(3);

/// The state of a line between two events.
pub(super) struct Line {
    seen: Scope,
    live: Arc<Live>,
    clock: Arc<dyn Clock>,
    newest: watch::Receiver<Option<u64>>,
    /// The last batch this reader knows.
    known: u64,
    waiting: VecDeque<Event>,
    /// In a demo, to who the reader was when the line began.
    tie: Option<Tie>,
    _place: Place,
}

impl Line {
    /// A line that goes on after batch `known`, or begins now.
    pub(super) fn new(
        asker: &Principal,
        live: Arc<Live>,
        clock: Arc<dyn Clock>,
        known: Option<u64>,
        (tie, place): (Option<Tie>, Place),
    ) -> Self {
        let mut newest = live.newest.subscribe();
        let now = newest.borrow_and_update().unwrap_or_default();
        let mut begun = Self {
            seen: scope(asker, Action::Read, Matter::Series),
            live,
            clock,
            newest,
            known: known.unwrap_or(now),
            waiting: VecDeque::new(),
            tie,
            _place: place,
        };
        begun.say_state();
        begun.hear();
        begun
    }

    /// The events, until the platform stops or the reader is somebody else: by a click, which is
    /// heard of at once, or because `still_holds` says that rights or a session ended; it is asked
    /// before an event, at most every [`ASK_AGAIN_AFTER`].
    pub(super) fn events<F>(
        self,
        still_holds: impl Fn() -> F + Send + 'static,
    ) -> impl Stream<Item = Result<Event, Infallible>>
    where
        F: Future<Output = bool> + Send,
    {
        let begun = (self, Instant::now(), still_holds);
        stream::unfold(begun, |(mut line, mut asked_at, still_holds)| async move {
            let event = line.next().await?;
            if asked_at.elapsed() >= ASK_AGAIN_AFTER {
                if !still_holds().await {
                    return None;
                }
                asked_at = Instant::now();
            }
            Some((Ok(event), (line, asked_at, still_holds)))
        })
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            if self.tie.as_ref().is_some_and(Tie::is_cut) {
                return None;
            }
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            let heard = tokio::select! {
                () = cut(&mut self.tie) => return None,
                heard = timeout(self.live.heartbeat, self.newest.changed()) => heard,
            };
            match heard {
                Ok(Ok(())) => {
                    (*self.newest.borrow_and_update())?;
                    self.hear();
                }
                Ok(Err(_ended)) => return None,
                Err(_quiet) => self.say_state(),
            }
        }
    }

    /// Takes what came since.
    fn hear(&mut self) {
        match self.live.after(self.known) {
            Heard::Missed(newest) => {
                self.known = newest;
                self.say("gap", &Gap::at(newest));
            }
            Heard::Beats(beats) => beats.iter().for_each(|beat| self.say_beat(beat)),
        }
    }

    fn say_beat(&mut self, beat: &Beat) {
        self.known = beat.number;
        if beat.partly {
            return self.say("gap", &Gap::at(beat.number));
        }
        let news = beat.news.iter();
        let news = news.filter(|news| self.sees(&news.enterprise, news.park.as_ref()));
        let readings = Readings::of(beat.number, news);
        if !readings.is_empty() {
            self.say("readings", &readings);
        }
        let stirs = beat.stirs.iter();
        let stirs = stirs.filter(|stir| self.sees(&stir.enterprise, stir.park.as_ref()));
        let gateways = Gateways::of(beat.number, stirs);
        if !gateways.is_empty() {
            self.say("gateways", &gateways);
        }
    }

    fn say_state(&mut self) {
        let data_to = self
            .live
            .data_to(|enterprise, park| self.sees(enterprise, park));
        let state = State::of(self.clock.now(), data_to);
        self.say("state", &state);
    }

    fn say(&mut self, kind: &str, data: &impl Serialize) {
        // Structs of texts always write themselves.
        let text = serde_json::to_string(data).unwrap_or_default();
        let event = Event::default().event(kind).id(self.known.to_string());
        self.waiting.push_back(event.data(text));
    }

    fn sees(&self, enterprise: &EnterpriseCode, park: Option<&ParkId>) -> bool {
        self.seen.holds(&Object {
            matter: Matter::Series,
            enterprise: Some(enterprise),
            park,
        })
    }
}

/// Waits until the reader is somebody else; for ever where nobody can become that.
async fn cut(tie: &mut Option<Tie>) {
    match tie {
        Some(tie) => tie.cut().await,
        None => std::future::pending().await,
    }
}

//! Every unsafe operation is one record of the audit log.
//!
//! What an operation does is recorded inside its own change, by the registry that it is handed
//! [`Registry::on`](crate::store::registry::Registry::on) its errand. What was refused, or changed
//! nothing there, is recorded here; if it cannot be, the answer is an error.

use std::sync::{Arc, OnceLock};

use axum::extract::Request;
use axum::http::{Extensions, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::access::{Principal, Role};
use crate::store::registry::Errand;

use super::gateway_line::Leaving;
use super::origin::from_our_own_page;
use super::way::Way;
use super::{Desk, Peer, Problem, Trouble};

/// More of an address than any of ours has.
const OBJECT_LETTERS_MAX: usize = 200;

/// Who turned out to ask; set by whoever finds out.
#[derive(Clone, Debug, Default)]
pub(super) struct AskedBy(Arc<OnceLock<Principal>>);

impl AskedBy {
    /// Says who asks. The first word counts.
    pub(super) fn is(&self, who: &Principal) {
        let _ = self.0.set(who.clone());
    }

    fn who(&self) -> Principal {
        self.0.get().cloned().unwrap_or_else(nobody)
    }
}

/// The id that the answer carries.
#[derive(Clone, Debug)]
pub(super) struct RequestId(pub(super) String);

/// Whoever did not say who they are.
pub(super) fn nobody() -> Principal {
    Principal {
        name: "public".to_owned(),
        role: Role::Public,
    }
}

/// From where a request came, and under which id.
pub(super) fn errand_of(extensions: &Extensions) -> Errand {
    let peer = extensions.get::<Peer>().copied();
    let id = extensions.get::<RequestId>();
    let id = id.map_or(String::new(), |id| id.0.clone());
    Errand::new(peer.map_or(String::new(), Peer::address), id)
}

/// Wraps every unsafe operation of people and their programs; `address` is where it stands in the
/// API document. It is carried out to its end and recorded, whether whoever asked waits for the
/// answer or hangs up; a stop of the server waits for it.
pub(super) async fn record(address: &'static str, request: Request, next: Next) -> Response {
    let leaving = request.extensions().get::<Leaving>();
    let running = leaving.map_or_else(TaskTracker::new, |leaving| leaving.running.clone());
    let doing = recorded(address, request, next).in_current_span();
    let done = running.spawn(doing).await;
    done.unwrap_or_else(|died| Problem::internal(died).into_response())
}

async fn recorded(address: &'static str, mut request: Request, next: Next) -> Response {
    let Some(desk) = request.extensions().get::<Desk>().cloned() else {
        return Problem::not_found().into_response();
    };
    let way = request.extensions().get::<Way>().copied();
    let ours = from_our_own_page(request.headers(), &way.unwrap_or(Way::LOCAL));
    let peer = request.extensions().get::<Peer>().copied();
    let errand = errand_of(request.extensions());
    let asked_by = AskedBy::default();
    let path = request.uri().path();
    let object: String = path.chars().take(OBJECT_LETTERS_MAX).collect();
    let action = format!("{} {address}", request.method());
    request.extensions_mut().insert(errand.clone());
    request.extensions_mut().insert(asked_by.clone());
    // What another site makes a browser send is refused before anybody is looked for, and recorded.
    let is_foreign = ours.is_err();
    let response = match ours {
        Ok(()) => next.run(request).await,
        Err(problem) => problem.into_response(),
    };
    if errand.is_written() || was_not_begun(response.status()) {
        return response;
    }
    let who = asked_by.who();
    let result = told(&response);
    let is_anonymous = who.role == Role::Public;
    if is_anonymous && !desk.entrance.lets_record(peer) {
        // Of what other sites send, so many records a minute tell enough.
        if is_foreign {
            return response;
        }
        let detail = "too many requests from your network that lead nowhere; wait a minute";
        let problem = Problem::new(Trouble::TooManyAttempts, detail);
        return problem.retry_after(60).into_response();
    }
    let log = desk.registry.on(&errand);
    match log.note_in_log(&who, &action, &object, &result).await {
        Ok(()) => response,
        Err(cause) => {
            tracing::error!(cause = &cause as &dyn std::error::Error, %action, "no audit record");
            let detail = "the audit log takes no records now, so nothing may be done; try again";
            let problem = Problem::new(Trouble::Unavailable, detail);
            problem.retry_after(10).into_response()
        }
    }
}

/// Whether the door had no place for it: counted, not recorded, or a flood would fill the disk.
fn was_not_begun(status: StatusCode) -> bool {
    matches!(
        status,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE
    )
}

fn told(response: &Response) -> String {
    if response.status().is_success() {
        return "done".to_owned();
    }
    let problem = response.extensions().get::<Problem>();
    let code = problem.map_or("", Problem::code);
    format!("refused {} {code}", response.status().as_u16())
}

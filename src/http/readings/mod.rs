//! `POST /api/v1/readings`: the door for gateways without MQTT, through the same `intake` and the
//! same commit (contract.md 3).

mod wire;

use axum::Json;
use axum::body::Body;
use axum::extract::State;

use crate::http::{Desk, Problem, Right, Routes, Sender, Trouble, whole_body};
use crate::ingest::{PostRefused, TooMuch};
use crate::reading::Code;

/// After how many seconds to come again when the store takes nothing.
const STORE_PAUSE_S: u32 = 1;

/// After how many seconds to ask whether the day's volume is open again.
const DAY_PAUSE_S: u32 = 3_600;

pub(super) fn routes() -> Routes {
    Routes::default().post("/api/v1/readings", Right::Gateway, take)
}

/// Takes one message and answers once it is on disk (contract C1).
#[utoipa::path(
    post,
    path = "/api/v1/readings",
    operation_id = "take_readings",
    request_body(
        content = wire::Message,
        content_type = "application/json",
        description = "one message as over MQTT: readings in a list, or one reading alone"
    ),
    responses(
        (status = 200, description = "all of it is on disk", body = wire::Committed),
        (status = 401, description = "no token of a gateway"),
        (status = 413, description = "larger than a limit"),
        (status = 422, description = "cannot be taken apart; quarantined whole"),
        (status = 429, description = "over the quota; come again after Retry-After"),
        (status = 503, description = "the store takes nothing now; send the same again"),
    )
)]
pub(super) async fn take(
    Sender(admission): Sender,
    State(desk): State<Desk>,
    body: Body,
) -> Result<Json<wire::Committed>, Problem> {
    let within = desk.settings.commit_within;
    let payload = match whole_body(body, desk.settings.body_bytes_max).await {
        Ok(payload) => payload,
        Err(problem) => {
            // What is too large is not read, and counted all the same: who sent it is known.
            if problem.trouble() == Trouble::Refused(Code::TooLarge) {
                let why = (Code::TooLarge, problem.detail());
                let counted = desk.door.turn_away(&admission, why, within).await;
                counted.map_err(|refused| refusal(&refused))?;
            }
            return Err(problem);
        }
    };
    let posted = desk.door.post(&admission, &payload, within).await;
    let posted = posted.map_err(|refused| refusal(&refused))?;
    match posted.unreadable {
        Some(code) => Err(unreadable(code, &posted.quarantined)),
        None => Ok(Json(wire::Committed::of(&posted))),
    }
}

/// Nothing could be read; it lies in quarantine all the same.
fn unreadable(code: Code, quarantined: &[crate::reading::SetAside]) -> Problem {
    let detail = quarantined.first().map_or("", |whole| &whole.detail);
    let detail = format!("{detail}; the whole message lies in quarantine");
    Problem::new(Trouble::Refused(code), detail)
}

fn refusal(refused: &PostRefused) -> Problem {
    let words = refused.to_string();
    match refused {
        PostRefused::TooMuch(TooMuch::Rate(pause)) => {
            let seconds = u32::try_from(pause.as_secs()).unwrap_or(u32::MAX);
            let over = Trouble::Refused(Code::QuotaExceeded);
            Problem::new(over, words).retry_after(seconds.saturating_add(1))
        }
        PostRefused::TooMuch(TooMuch::Day) => {
            let over = Trouble::Refused(Code::QuotaExceeded);
            Problem::new(over, words).retry_after(DAY_PAUSE_S)
        }
        PostRefused::Store(_) | PostRefused::TookTooLong => {
            Problem::new(Trouble::Unavailable, words).retry_after(STORE_PAUSE_S)
        }
    }
}

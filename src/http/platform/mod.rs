//! `GET /api/v1/health`: whether the platform is sound, for whoever runs it (screens.md 10, SYS): a line
//! for each part with its state, since when, and its figures; and the settings that hold.
//!
//! Knows no enterprise's data: counts, sizes and times, and gateways by their id.

mod observe;
mod wire;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::access::{Action, Matter};
use crate::calendar::Moment;

use super::{Asker, Desk, Problem, Right, Routes};

use observe::{Line, observe};

/// How often the parts are looked at when nobody asks, so that "since" is right to that.
const LOOK_EVERY: Duration = Duration::from_secs(30);

pub(super) fn routes() -> Routes {
    let right = Right::Row(Matter::Config, Action::Read);
    Routes::default().get("/api/v1/health", right, health)
}

/// One setting as it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownSetting {
    /// Its dotted path.
    pub key: String,
    /// What holds, secrets masked.
    pub value: String,
    /// What the compiled-in default says.
    pub default: String,
    /// Where it was written: `default`, `file`, `environment` or `command line`.
    pub origin: &'static str,
}

/// What is known of the installation besides what the parts say themselves; `config` and `app` fill
/// it in.
#[derive(Clone, Debug, Default)]
pub struct Installation {
    /// Every setting.
    pub settings: Vec<ShownSetting>,
    /// A log longer than this, in bytes, is long.
    pub log_warn_bytes: u64,
}

/// Since when each part is in the state it is in.
#[derive(Debug, Default)]
pub struct Standing(Mutex<BTreeMap<&'static str, (&'static str, Moment)>>);

impl Standing {
    /// Notes the states as they are `now`; since when each has been so.
    fn note(&self, lines: &[Line], now: Moment) -> Vec<Moment> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut since = Vec::with_capacity(lines.len());
        for line in lines {
            let one = known.entry(line.part).or_insert((line.state, now));
            if one.0 != line.state {
                *one = (line.state, now);
            }
            since.push(one.1);
        }
        since
    }
}

/// Looks at the parts until `stop`, so that it is known since when each is as it is.
pub async fn keep_looking(desk: Desk, stop: CancellationToken) {
    let look = async {
        loop {
            if let Ok(seen) = observe(&desk).await {
                desk.standing.note(&seen.lines, desk.clock.now());
            }
            sleep(LOOK_EVERY).await;
        }
    };
    stop.run_until_cancelled(look).await;
}

/// Whether the platform is sound, part by part; and its settings.
#[utoipa::path(
    get,
    path = "/api/v1/health",
    operation_id = "health",
    responses((status = 200, body = wire::Answer, description = "a line for each part, and every setting with its default"))
)]
pub(super) async fn health(
    _asker: Asker,
    State(desk): State<Desk>,
) -> Result<Json<wire::Answer>, Problem> {
    let now = desk.clock.now();
    let seen = observe(&desk).await?;
    let since = desk.standing.note(&seen.lines, now);
    let settings = &Arc::clone(&desk.installation).settings;
    Ok(Json(wire::Answer::of(now, &seen, &since, settings)))
}

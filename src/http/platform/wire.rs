//! How the platform is, as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar::Moment;

use super::ShownSetting;
use super::observe::{Grade, Line, Seen};

/// `GET /api/v1/health`. Times RFC 3339.
#[derive(Serialize, ToSchema)]
#[schema(as = PlatformHealth)]
pub(in crate::http) struct Answer {
    as_of: String,
    version: &'static str,
    /// Accepting, store, log, quarantine, jobs, backup, deliveries, in this order.
    parts: Vec<ShownPart>,
    /// Gateways with values in quarantine, the most first; at most 20.
    quarantine: Vec<Aside>,
    settings: Vec<Setting>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PlatformPart)]
struct ShownPart {
    part: &'static str,
    state: &'static str,
    /// `good`, `warn`: somebody should look, no data is lost; `bad`: something is to be done now.
    grade: &'static str,
    /// Since when it is so, to half a minute; of a start, since then at least.
    since: String,
    /// When what the state speaks of happened, as the last backup.
    at: Option<String>,
    figures: Vec<Figure>,
}

/// Counts, bytes, milliseconds or percent, as the name says.
#[derive(Serialize, ToSchema)]
#[schema(as = PlatformFigure)]
struct Figure {
    name: &'static str,
    value: i64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PlatformAside)]
struct Aside {
    gateway: String,
    values: i64,
}

/// One setting; passwords in addresses are masked, and other secrets are in files.
#[derive(Serialize, ToSchema)]
#[schema(as = PlatformSetting)]
struct Setting {
    key: String,
    value: String,
    default: String,
    /// `default`, `file`, `environment` or `command line`.
    origin: &'static str,
    /// Whether it differs from the default.
    differs: bool,
}

impl Answer {
    pub(super) fn of(
        now: Moment,
        seen: &Seen,
        since: &[Moment],
        settings: &[ShownSetting],
    ) -> Self {
        let parts = seen.lines.iter().zip(since);
        Self {
            as_of: now.to_string(),
            version: env!("CARGO_PKG_VERSION"),
            parts: parts
                .map(|(line, since)| ShownPart::of(line, *since))
                .collect(),
            quarantine: seen
                .quarantine
                .iter()
                .map(|(gateway, values)| Aside {
                    gateway: gateway.clone(),
                    values: *values,
                })
                .collect(),
            settings: settings.iter().map(Setting::of).collect(),
        }
    }
}

impl ShownPart {
    fn of(line: &Line, since: Moment) -> Self {
        let figures = line.figures.iter();
        Self {
            part: line.part,
            state: line.state,
            grade: match line.grade {
                Grade::Good => "good",
                Grade::Warn => "warn",
                Grade::Bad => "bad",
            },
            since: since.to_string(),
            at: line.at.map(|at| at.to_string()),
            figures: figures
                .map(|(name, value)| Figure {
                    name,
                    value: *value,
                })
                .collect(),
        }
    }
}

impl Setting {
    fn of(one: &ShownSetting) -> Self {
        Self {
            key: one.key.clone(),
            value: one.value.clone(),
            default: one.default.clone(),
            origin: one.origin,
            differs: one.value != one.default,
        }
    }
}

//! The lines of a rated year as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

/// A scale group.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Group {
    pub(super) scale: &'static str,
    pub(super) n: usize,
    pub(super) basis: &'static str,
    pub(super) cap_ratio: Option<String>,
    /// What an honour adds, by code.
    pub(super) bonus: BTreeMap<String, String>,
    /// What an event costs each time, by code.
    pub(super) deduct: BTreeMap<String, String>,
    pub(super) terms: Vec<TermShown>,
    pub(super) bands: Vec<Band>,
    pub(super) thresholds: Vec<Threshold>,
    /// The median of the totals of those that are ranked; `None` of fewer than three.
    pub(super) median_total: Option<String>,
}

/// What is scored.
#[derive(Clone, Debug, Serialize)]
pub(super) struct TermShown {
    pub(super) code: &'static str,
    pub(super) weight: String,
    pub(super) baseline: Option<String>,
    /// `scheme`, or `group_mean` if it was made of the group's own sums.
    pub(super) baseline_from: &'static str,
    /// Whether a member may be told the baseline: its own part known, what is left tells of nobody.
    pub(super) told: bool,
    /// The median of the group's values, vetoed units included; `None` of fewer than three.
    pub(super) median: Option<String>,
}

/// A grade and how far it reaches in the ranking.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Band {
    pub(super) grade: String,
    pub(super) share: String,
    pub(super) count: i64,
    pub(super) last_rank: Option<i64>,
    pub(super) last_share: Option<String>,
    pub(super) last_total: Option<String>,
    pub(super) next_total: Option<String>,
}

/// A grade and the total from which a small group gives it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Threshold {
    pub(super) grade: String,
    pub(super) from_total: String,
}

/// Texts and numbers always write themselves.
pub(super) fn written(groups: &[Group]) -> String {
    serde_json::to_string(groups).unwrap_or_default()
}

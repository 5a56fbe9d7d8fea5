//! What a grade was made of, as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use crate::http::ratings::{Behind, Found, Group, Unit};
use crate::jobs::assess::RATED_KIND;
use crate::ledger::figure::Figure;

/// The rating behind a grade.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceRating)]
pub(in crate::http) struct Rating {
    /// The scheme's id.
    scheme: String,
    /// SHA-256 of what `parkpulse rate` prints for the kept facts and scheme.
    digest: String,
    /// The result with its place in the group; null where it is not the asker's to see.
    result: Option<Unit>,
    /// The groups, as far as they are the asker's to see.
    groups: Vec<Group>,
    /// The indicators that are scored.
    indicators: Vec<IndicatorShown>,
    /// The enterprise's own sums that went in.
    facts: Vec<FactShown>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceIndicator)]
struct IndicatorShown {
    code: String,
    /// Its figure, for its own source.
    id: Option<String>,
    value: Option<String>,
    unit: String,
    /// The figures of the enterprise's account that it was made of; of a group of enterprises, the
    /// own part of it.
    accounts: Vec<String>,
    baseline: Option<String>,
    /// `scheme`, or `group_mean`: a multiple of the group's own ratio of sums.
    baseline_from: Option<String>,
    /// The median of the group; null of fewer than three.
    median: Option<String>,
    weight: Option<String>,
    cap_ratio: Option<String>,
    score: Option<String>,
    /// Whether the points stand for a value that is missing.
    imputed: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceFact)]
struct FactShown {
    id: String,
    what: String,
    value: Option<String>,
    unit: String,
    /// The figures of the enterprise's account that it was made of.
    accounts: Vec<String>,
}

impl Rating {
    pub(super) fn of(found: &Found) -> Self {
        let behind = found.behind.as_ref();
        Self {
            scheme: found.assessment.scheme.clone(),
            digest: found.assessment.digest.clone(),
            result: behind.map(|behind| behind.unit.clone()),
            indicators: behind.map_or_else(Vec::new, |behind| indicators(found, behind)),
            facts: behind.map_or_else(Vec::new, facts),
            groups: found.groups.clone(),
        }
    }
}

fn indicators(found: &Found, behind: &Behind) -> Vec<IndicatorShown> {
    let group = behind.unit.group_of(&found.groups);
    let shown = behind
        .unit
        .indicators()
        .map(|(code, value, score, imputed)| {
            let figure = find(behind, code);
            let parts = figure.into_iter().flat_map(|figure| &figure.inputs);
            let accounts = parts.filter_map(|part| find(behind, &part.what).map(accounts));
            let term = group.and_then(|group| group.term(code));
            IndicatorShown {
                code: code.to_owned(),
                id: behind.unit.source_of(code),
                value: value.map(str::to_owned),
                unit: figure.map_or_else(String::new, |figure| figure.unit.clone()),
                accounts: accounts.flatten().collect(),
                baseline: term.and_then(|term| term.baseline.clone()),
                baseline_from: term.map(|term| term.baseline_from.clone()),
                median: term.and_then(|term| term.median.clone()),
                weight: term.map(|term| term.weight.clone()),
                cap_ratio: group.and_then(Group::cap_ratio),
                score: score.map(str::to_owned),
                imputed,
            }
        });
    shown.collect()
}

/// The figure of an indicator or a sum.
fn find<'f>(behind: &'f Behind, code: &str) -> Option<&'f Figure> {
    let mut figures = behind.figures.iter();
    figures.find(|figure| figure.kind.strip_prefix(RATED_KIND) == Some(code))
}

/// The figures of accounts that a sum was made of.
fn accounts(figure: &Figure) -> Vec<String> {
    let figures = figure.inputs.iter().filter_map(|one| one.figure.as_ref());
    let accounts = figures.filter(|id| !id.kind.starts_with(RATED_KIND));
    accounts.map(ToString::to_string).collect()
}

fn facts(behind: &Behind) -> Vec<FactShown> {
    let scored = |figure: &&Figure| {
        let what = figure.kind.strip_prefix(RATED_KIND).unwrap_or_default();
        !behind.unit.indicators().any(|(code, ..)| code == what)
    };
    let shown = behind
        .figures
        .iter()
        .filter(scored)
        .map(|figure| FactShown {
            id: behind.unit.own_id(&figure.kind),
            what: figure
                .kind
                .strip_prefix(RATED_KIND)
                .unwrap_or_default()
                .to_owned(),
            value: figure.value.clone(),
            unit: figure.unit.clone(),
            accounts: accounts(figure),
        });
    shown.collect()
}

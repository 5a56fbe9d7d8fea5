//! Rated years as JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use crate::jobs::assess::{RATED_CONDUCT, RATED_KIND};
use crate::ledger::figure::{AccountPeriod, FigureId, FigureRecord, Input};
use crate::park::Enterprise;
use crate::store::registry::{Assessed, Assessment};
use crate::text::{Language, sentence};
use crate::units::Exact;

use super::Shown;

/// Where grades come from, as a code.
const SOURCE: &str = "rating";
/// The unit of scores.
pub(in crate::http) const POINTS: &str = sentence(Language::Chinese, "unit.points");
/// Groups so small that a border would tell a neighbour's total.
const LINE_LEAST: usize = 3;

/// Revision, filters and page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// A revision; the newest if not given.
    pub(super) v: Option<u32>,
    /// Of this park alone.
    pub(super) park: Option<String>,
    /// With this grade alone.
    pub(super) grade: Option<String>,
    /// 1 to 1000, 100 if not given.
    pub(super) limit: Option<usize>,
    /// `next` of the page before.
    pub(super) cursor: Option<String>,
}

/// `GET /api/v1/ratings`.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = RatedYears)]
pub(in crate::http) struct Years {
    items: Vec<YearShown>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RatedYear)]
struct YearShown {
    year: String,
    revision: u32,
    as_of: String,
    scheme: String,
    digest: String,
}

impl Years {
    pub(super) fn add(&mut self, one: &Assessment) {
        self.items.push(YearShown {
            year: one.year.to_string(),
            revision: one.revision,
            as_of: one.rated_at.to_string(),
            scheme: one.scheme.clone(),
            digest: one.digest.clone(),
        });
    }
}

/// What is said of a rated year.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RatingHead)]
struct Head {
    year: String,
    period: String,
    from: String,
    to: String,
    revision: u32,
    as_of: String,
    source: &'static str,
    unit: &'static str,
    scheme: String,
    /// SHA-256 of what `parkpulse rate` prints for the kept facts and scheme.
    digest: String,
    accounts_revision: u32,
    published: bool,
    groups: Vec<Group>,
}

impl Head {
    fn of(shown: &Shown, groups: Vec<Group>) -> Self {
        let one = &shown.assessment;
        let period = one.year.period();
        Self {
            year: one.year.to_string(),
            period: one.year.to_string(),
            from: period.from().to_string(),
            to: period.to().to_string(),
            revision: one.revision,
            as_of: one.rated_at.to_string(),
            source: SOURCE,
            unit: POINTS,
            scheme: one.scheme.clone(),
            digest: one.digest.clone(),
            accounts_revision: one.account,
            published: true,
            groups,
        }
    }
}

/// `GET /api/v1/ratings/{year}`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RatingPage)]
pub(in crate::http) struct List {
    #[serde(flatten)]
    head: Head,
    /// How many legal entities have each grade.
    counts: BTreeMap<String, i64>,
    items: Vec<Row>,
    pub(super) next: Option<String>,
}

/// `GET /api/v1/ratings/{year}/{enterprise}`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EnterpriseRating)]
pub(in crate::http) struct One {
    #[serde(flatten)]
    head: Head,
    #[serde(flatten)]
    row: Row,
    revisions: Vec<Revision>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RatingRevision)]
#[expect(
    clippy::struct_field_names,
    reason = "fields are named as they are sent"
)]
struct Revision {
    revision: u32,
    rated_at: String,
    digest: String,
}

/// One enterprise.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RatingRow)]
struct Row {
    id: String,
    enterprise: String,
    name: Option<String>,
    park: String,
    industry: Option<String>,
    grade: String,
    /// Everything behind the grade; null where it is not the asker's to see.
    result: Option<Unit>,
}

impl Row {
    fn of(
        assessment: &Assessment,
        entry: &Assessed,
        known: Option<&Enterprise>,
        result: Option<Unit>,
    ) -> Self {
        Self {
            id: id("grade", entry.enterprise.as_str(), assessment),
            enterprise: entry.enterprise.to_string(),
            name: known.map(|known| known.name.to_string()),
            park: entry.park.to_string(),
            industry: known.map(|known| known.industry.to_string()),
            grade: entry.grade.clone(),
            result,
        }
    }
}

fn rated_id(code: &str, key: &str, assessment: &Assessment) -> String {
    id(&format!("{RATED_KIND}{code}"), key, assessment)
}

fn id(kind: &str, key: &str, assessment: &Assessment) -> String {
    let id = FigureId {
        kind: kind.to_owned(),
        key: key.to_owned(),
        period: AccountPeriod::Year(assessment.year),
        revision: assessment.revision,
    };
    id.to_string()
}

impl List {
    pub(super) fn of(shown: &Shown, counts: BTreeMap<String, i64>, groups: Vec<Group>) -> Self {
        Self {
            head: Head::of(shown, groups),
            counts,
            items: Vec::new(),
            next: None,
        }
    }

    pub(super) fn add(
        &mut self,
        shown: &Assessment,
        entry: &Assessed,
        known: Option<&Enterprise>,
        result: Option<Unit>,
    ) {
        self.items.push(Row::of(shown, entry, known, result));
    }
}

impl One {
    pub(super) fn of(
        shown: &Shown,
        entry: &Assessed,
        known: Option<&Enterprise>,
        result: Option<Unit>,
        groups: Vec<Group>,
    ) -> Self {
        let revisions = shown
            .all
            .iter()
            .map(|(revision, rated_at, digest)| Revision {
                revision: *revision,
                rated_at: rated_at.to_string(),
                digest: digest.clone(),
            });
        Self {
            head: Head::of(shown, groups),
            row: Row::of(&shown.assessment, entry, known, result),
            revisions: revisions.collect(),
        }
    }
}

/// A rated unit as `parkpulse rate` prints it, with the ids of its figures.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = RatedUnit)]
pub(in crate::http) struct Unit {
    /// The unit: the enterprise, or the group it is rated in.
    id: String,
    members: Vec<String>,
    scale: String,
    land_mu: String,
    energy_tce: Option<String>,
    pollutant_t: Option<String>,
    tax: Option<String>,
    #[schema(value_type = BTreeMap<String, Option<String>>)]
    indicators: Map<String, Value>,
    #[schema(value_type = BTreeMap<String, String>)]
    sub_scores: Map<String, Value>,
    imputed: Vec<String>,
    bonus: Option<String>,
    deduct: Option<String>,
    total: Option<String>,
    rank: Option<usize>,
    n: Option<usize>,
    base_grade: Option<String>,
    basis: Option<String>,
    grade: String,
    reasons: Vec<String>,
    /// The id of the total, for its source.
    #[serde(default)]
    score_id: String,
    /// The ids of the indicators, for their sources; none of ratings that kept none.
    #[serde(default)]
    sources: BTreeMap<String, String>,
    /// The honours and events of the enterprise itself behind bonus and deduction, and how often.
    #[serde(default)]
    conduct: BTreeMap<String, u32>,
}

impl Unit {
    /// What the total is the sum of: sub-scores, bonus, and the deduction, which is taken away.
    pub(in crate::http) fn parts(&self) -> Vec<Input> {
        let terms = self.sub_scores.iter();
        let terms = terms.map(|(code, points)| (code.as_str(), points.as_str()));
        let bonus = ("bonus", self.bonus.as_deref());
        let deduct = ("deduct", self.deduct.as_deref());
        let input = |(code, points): (&str, Option<&str>)| Input {
            minus: code == "deduct",
            ..Input::plain(code, points.map(str::to_owned), POINTS)
        };
        terms.chain([bonus, deduct]).map(input).collect()
    }

    /// What honours add and events cost.
    fn points(&self) -> impl Iterator<Item = Exact> {
        let both = [&self.bonus, &self.deduct].into_iter().flatten();
        both.filter_map(|points| Exact::decimal(points).ok())
    }

    /// The total, if it is rated.
    pub(in crate::http) fn total(&self) -> Option<&str> {
        self.total.as_deref()
    }

    pub(super) fn is_of(&self, group: &Group) -> bool {
        self.scale == group.scale
    }

    pub(super) fn hide_others(&mut self, own: &str) {
        self.members.retain(|member| member == own);
    }

    pub(super) fn link(&mut self, entry: &Assessed, assessment: &Assessment) {
        let own = entry.enterprise.as_str();
        self.score_id = id("score", own, assessment);
        if !entry.figures.is_empty() {
            let source = |code: &String| (code.clone(), rated_id(code, own, assessment));
            self.sources = self.indicators.keys().map(source).collect();
        }
        // Most have neither, and their figures need not be read.
        if self.points().any(|points| points.is_positive()) {
            self.conduct = conduct(entry);
        }
    }

    /// Its indicators: code, value, points, whether the points stand for a missing value.
    pub(in crate::http) fn indicators(
        &self,
    ) -> impl Iterator<Item = (&str, Option<&str>, Option<&str>, bool)> {
        self.sub_scores.iter().map(|(code, points)| {
            let value = self.indicators.get(code).and_then(Value::as_str);
            let imputed = self.imputed.contains(code);
            (code.as_str(), value, points.as_str(), imputed)
        })
    }

    /// The total as an input of the grade.
    pub(in crate::http) fn as_input(&self, id: &FigureId) -> Input {
        Input {
            figure: self.total.is_some().then(|| id.clone()),
            ..Input::plain(&id.kind, self.total.clone(), POINTS)
        }
    }

    /// The id of an indicator's figure, if it was kept.
    pub(in crate::http) fn source_of(&self, code: &str) -> Option<String> {
        self.sources.get(code).cloned()
    }

    /// The id of another figure of the same enterprise and rating.
    pub(in crate::http) fn own_id(&self, kind: &str) -> String {
        let rest = self.score_id.split_once(':');
        rest.map_or_else(String::new, |(_, rest)| format!("{kind}:{rest}"))
    }

    /// The group it is scored in.
    pub(in crate::http) fn group_of<'g>(&self, groups: &'g [Group]) -> Option<&'g Group> {
        groups.iter().find(|group| self.is_of(group))
    }
}

/// The honours and events that an enterprise was rated with, and how often each.
fn conduct(entry: &Assessed) -> BTreeMap<String, u32> {
    let mut counted = BTreeMap::new();
    let figures = FigureRecord::read_all(&entry.figures).unwrap_or_default();
    let mut figures = figures.iter();
    let listed = figures.find(|figure| figure.kind == RATED_CONDUCT);
    for input in listed.into_iter().flat_map(|figure| &figure.inputs) {
        *counted.entry(input.what.clone()).or_insert(0) += 1;
    }
    counted
}

/// A scale group with its terms and the borders of its bands.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = RatingGroup)]
pub(in crate::http) struct Group {
    scale: String,
    n: usize,
    basis: String,
    cap_ratio: Option<String>,
    /// What an honour adds, by code; none of ratings that kept none.
    #[serde(default)]
    bonus: BTreeMap<String, String>,
    /// What an event costs each time, by code.
    #[serde(default)]
    deduct: BTreeMap<String, String>,
    terms: Vec<Term>,
    bands: Vec<Band>,
    thresholds: Vec<Threshold>,
    /// The median of the totals, for members and whoever sees all; null of fewer than three.
    #[serde(default)]
    median_total: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = RatingTerm)]
pub(in crate::http) struct Term {
    code: String,
    pub(in crate::http) weight: String,
    pub(in crate::http) baseline: Option<String>,
    /// `scheme`, or `group_mean`: a multiple of the group's own ratio of sums.
    #[serde(default = "scheme")]
    pub(in crate::http) baseline_from: String,
    /// Whether a member may be told the baseline.
    #[serde(default, skip_serializing)]
    told: bool,
    /// The median of the group's values, in the indicator's unit; null of fewer than three.
    #[serde(default)]
    pub(in crate::http) median: Option<String>,
}

fn scheme() -> String {
    "scheme".to_owned()
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = RatingBand)]
struct Band {
    grade: String,
    share: String,
    count: i64,
    last_rank: Option<i64>,
    last_share: Option<String>,
    last_total: Option<String>,
    next_total: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = RatingThreshold)]
struct Threshold {
    grade: String,
    from_total: String,
}

impl Group {
    /// How an indicator is scored.
    pub(in crate::http) fn term(&self, code: &str) -> Option<&Term> {
        self.terms.iter().find(|term| term.code == code)
    }

    /// Most a term may score, as a multiple of its weight; none if open.
    pub(in crate::http) fn cap_ratio(&self) -> Option<String> {
        self.cap_ratio.clone()
    }

    /// For a member: the lines, not the totals beyond them; none in a group of a few. Of baselines
    /// those that tell of no other member.
    pub(super) fn for_member(mut self) -> Self {
        let few = self.n < LINE_LEAST;
        for term in self.terms.iter_mut().filter(|term| !term.told) {
            term.baseline = None;
        }
        for band in &mut self.bands {
            band.next_total = None;
            if few {
                band.last_total = None;
            }
        }
        self
    }

    /// For everybody: weights, shares and counts. Baselines made of the group's own sums stay hidden
    /// with the totals.
    pub(super) fn for_everybody(mut self) -> Self {
        for band in &mut self.bands {
            band.last_total = None;
            band.next_total = None;
        }
        for term in &mut self.terms {
            term.baseline = None;
            term.median = None;
        }
        self.median_total = None;
        self
    }
}

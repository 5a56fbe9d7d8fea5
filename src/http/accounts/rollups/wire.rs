//! Roll-ups as JSON and as a table.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::spreadsheet::{Cell, Sheet, harmless};
use crate::http::{Problem, Trouble};
use crate::ledger::figure::Figure;
use crate::ledger::holder::{GapCode, HolderAccount, growth};
use crate::text::{Language, find_sentence};

use super::{Roll, ShownClose};

/// By what is rolled up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    City,
    District,
    Zone,
    Park,
    Area,
    Group,
    Industry,
}

impl By {
    const ALL: [Self; 7] = [
        Self::City,
        Self::District,
        Self::Zone,
        Self::Park,
        Self::Area,
        Self::Group,
        Self::Industry,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::City => "city",
            Self::District => "district",
            Self::Zone => "zone",
            Self::Park => "park",
            Self::Area => "area",
            Self::Group => "group",
            Self::Industry => "industry",
        }
    }
}

/// As what it is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Csv,
    Workbook,
}

/// What is asked for.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// `city`, `district`, `zone`, `park`, `area`, `group` or `industry`; parks if not given.
    by: Option<String>,
    /// A month, half-year or year, `2026-10`, `2026-H1`, `2025`; the newest month if not given.
    pub(super) period: Option<String>,
    /// Kinds of figures, commas between; all if not given.
    k: Option<String>,
    /// `json`, which is the default, `csv` or `xlsx`.
    form: Option<String>,
}

impl Query {
    pub(super) fn by(&self) -> Result<By, Problem> {
        let asked = self.by.as_deref().unwrap_or("park");
        let found = By::ALL.into_iter().find(|by| by.as_str() == asked);
        found.ok_or_else(|| {
            let words = "by is city, district, zone, park, area, group or industry";
            Problem::new(Trouble::BadRequest, words)
        })
    }

    pub(super) fn form(&self) -> Result<Form, Problem> {
        match self.form.as_deref() {
            None | Some("json") => Ok(Form::Json),
            Some("csv") => Ok(Form::Csv),
            Some("xlsx") => Ok(Form::Workbook),
            Some(_other) => {
                let words = "form is json, csv or xlsx";
                Err(Problem::new(Trouble::BadRequest, words))
            }
        }
    }

    pub(super) fn kinds(&self) -> BTreeSet<String> {
        let kinds = self.k.as_deref().unwrap_or_default().split(',');
        let kinds = kinds.filter(|kind| !kind.is_empty());
        kinds.map(str::to_owned).collect()
    }
}

/// `GET /api/v1/rollups`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rollups)]
pub(in crate::http) struct Page {
    by: &'static str,
    now: Side,
    /// The same period of the year before; null before the calendar.
    before: Option<Side>,
    /// By key.
    rows: Vec<Row>,
}

/// One of the two periods.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RollupPeriod)]
struct Side {
    /// As `2026-10`, `2026-H1`, `2025`.
    period: String,
    from: String,
    to: String,
    /// Whether it has a closing; a half-year has none of its own: it is what its months are.
    closed: bool,
    provisional: bool,
    as_of: Option<String>,
    source: &'static str,
}

/// What enterprises of one place or kind come to.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Rollup)]
struct Row {
    /// An id, a name, `C39`, `city`; of a park's enterprises without an area its id and `/-`.
    key: String,
    /// What people call it, where the key is an id.
    name: Option<String>,
    /// The park that all of them are in.
    park: Option<String>,
    /// How many enterprises.
    members: usize,
    /// How many a year before.
    members_before: usize,
    /// The industry with most of the output, and its share.
    leading: Option<Leading>,
    figures: Vec<Rolled>,
}

/// Which industry leads.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RollupLeading)]
struct Leading {
    /// GB/T 4754, two digits, as C39.
    industry: String,
    /// Of the output of all, in percent.
    percent: String,
}

/// A figure beside that of the year before.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RollupFigure)]
struct Rolled {
    kind: String,
    unit: String,
    value: Option<String>,
    /// The mean share of the period that metering knows; null for what is not metered.
    known_share: Option<String>,
    /// Members that lack the figure.
    lacking: u32,
    /// The value a year before.
    before: Option<String>,
    /// Members that lacked it then.
    lacking_before: u32,
    /// By how many percent it is above the year before.
    growth_percent: Option<String>,
    /// Why no growth is told: `not_known`, `no_base`, `base_not_above_zero`.
    no_growth: Option<&'static str>,
}

impl Side {
    fn of(shown: &ShownClose) -> Self {
        let period = shown.period.period();
        Self {
            period: shown.period.to_string(),
            from: period.from().to_string(),
            to: period.to().to_string(),
            closed: shown.close.is_some(),
            provisional: shown.provisional.is_some(),
            as_of: shown.as_of().map(|at| at.to_string()),
            source: shown.source(),
        }
    }
}

/// How many members lack the figure.
fn lacking(account: &HolderAccount, kind: &str) -> u32 {
    let mut gaps = account.gaps.iter();
    let gap = gaps.find(|gap| gap.code == GapCode::MembersLack && gap.what == kind);
    gap.and_then(|gap| gap.detail.parse().ok())
        .unwrap_or_default()
}

impl Rolled {
    fn of(figure: &Figure, now: &HolderAccount, before: Option<&HolderAccount>) -> Self {
        let kind = &figure.kind;
        let then = before.and_then(|account| account.find(kind));
        let growth = growth(Some(figure), then);
        Self {
            kind: kind.clone(),
            unit: figure.unit.clone(),
            value: figure.value.clone(),
            known_share: figure.known_share.clone(),
            lacking: lacking(now, kind),
            before: then.and_then(|figure| figure.value.clone()),
            lacking_before: before.map_or(0, |account| lacking(account, kind)),
            no_growth: growth.as_ref().err().map(|why| why.as_str()),
            growth_percent: growth.ok(),
        }
    }
}

/// The head of the table.
pub(super) const HEAD: [&str; 14] = [
    "by",
    "key",
    "name",
    "period",
    "enterprises",
    "figure",
    "figure_name",
    "unit",
    "value",
    "known_share",
    "lacking",
    "before",
    "growth_percent",
    "as_of",
];

impl Page {
    pub(super) fn of(by: By, now: &ShownClose, before: Option<&ShownClose>) -> Self {
        Self {
            by: by.as_str(),
            now: Side::of(now),
            before: before.map(Side::of),
            rows: Vec::new(),
        }
    }

    pub(super) fn add(
        &mut self,
        key: &str,
        roll: &Roll,
        before: Option<&Roll>,
        mut is_seen: impl FnMut(&Figure) -> bool,
    ) {
        let then = before.map(|roll| &roll.account);
        let figures = roll.account.figures.iter().filter(|one| is_seen(one));
        let figures = figures.map(|figure| Rolled::of(figure, &roll.account, then));
        self.rows.push(Row {
            key: key.to_owned(),
            name: roll.name.clone(),
            park: roll.park.clone(),
            members: roll.members,
            members_before: before.map_or(0, |roll| roll.members),
            leading: roll
                .leading
                .clone()
                .map(|(industry, percent)| Leading { industry, percent }),
            figures: figures.collect(),
        });
    }

    /// A line for each figure of each row; no cell that a spreadsheet would calculate.
    pub(super) fn lines(&self, language: Language) -> Vec<[String; 14]> {
        let all = self
            .rows
            .iter()
            .flat_map(|row| row.figures.iter().map(move |figure| (row, figure)));
        all.map(|(row, figure)| {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let name = find_sentence(language, &format!("kind.{}", figure.kind));
            [
                self.by.to_owned(),
                harmless(&row.key),
                harmless(&text(&row.name)),
                self.now.period.clone(),
                row.members.to_string(),
                figure.kind.clone(),
                name.unwrap_or_default().to_owned(),
                figure.unit.clone(),
                text(&figure.value),
                text(&figure.known_share),
                figure.lacking.to_string(),
                text(&figure.before),
                text(&figure.growth_percent),
                text(&self.now.as_of),
            ]
        })
        .collect()
    }

    /// The same as a sheet, figures as numbers.
    pub(super) fn sheet(&self, language: Language) -> Sheet {
        /// The columns that hold numbers.
        const NUMBERS: [usize; 6] = [4, 8, 9, 10, 11, 12];
        let head = HEAD.iter().map(|text| Cell::Text((*text).to_owned()));
        let mut rows = vec![head.collect()];
        for line in self.lines(language) {
            let cell = |(place, text): (usize, String)| match text {
                text if text.is_empty() => Cell::Empty,
                text if NUMBERS.contains(&place) => Cell::Number(text),
                text => Cell::Text(text),
            };
            rows.push(line.into_iter().enumerate().map(cell).collect());
        }
        Sheet {
            name: "rollups",
            rows,
        }
    }
}

//! Statements as JSON, and a declaration as it comes.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::access::{Principal, Role};
use crate::calendar::{Moment, Year};
use crate::http::{Desk, Problem, Trouble};
use crate::indicator::IndicatorNo;
use crate::jobs::declare::{Declaration, is_declared};
use crate::jobs::import::Money;
use crate::ledger::precedence::{Rule, beside};
use crate::park::{Name, StatementPeriod};
use crate::store::registry::{Laid, StatedFrom, ToldStatement};

use super::Told;

/// Figures of one declaration.
const FIGURES_MAX: usize = 20;

/// Which year.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// A year, `2025`; the running one if not given.
    year: Option<String>,
}

impl Query {
    pub(super) fn year(&self, now: Moment) -> Result<Year, Problem> {
        let unreadable = || Problem::new(Trouble::BadRequest, "year is as 2025");
        let Some(text) = &self.year else {
            return Ok(crate::calendar::Month::of(now).year());
        };
        match text.parse() {
            Ok(StatementPeriod::Year(year)) => Ok(year),
            _ => Err(unreadable()),
        }
    }
}

/// `POST /api/v1/statements/{enterprise}`.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::http) struct NewDeclaration {
    /// `2025`, `2025-H1`, `2025-Q1` or `2025-03`; one that is over.
    period: String,
    /// The unit of all money: `元`, `万元` or `亿元`. Heads are counted as they are.
    unit: String,
    /// 1 to 20 of them.
    figures: Vec<DeclaredFigure>,
    /// Why it corrects what was declared before: 1 to 200 letters.
    reason: Option<String>,
    /// Whether the unit was asked about and is right.
    sure: Option<bool>,
}

/// One figure, as it was typed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DeclaredFigure {
    indicator: String,
    /// A decimal, without thousands separators.
    value: String,
}

impl NewDeclaration {
    pub(super) fn read(self) -> Result<Declaration, Problem> {
        let unreadable = |words: String| Problem::new(Trouble::BadRequest, words);
        let period = self.period.parse::<StatementPeriod>();
        let unit = self.unit.parse::<Money>();
        let said = self.reason.as_deref().map(str::trim);
        let said = said.filter(|text| !text.is_empty());
        let reason = said.map(str::parse::<Name>).transpose();
        let reason = reason.map_err(|cause| unreadable(cause.to_string()))?;
        if self.figures.len() > FIGURES_MAX {
            return Err(unreadable(format!("at most {FIGURES_MAX} figures at once")));
        }
        let figures = self.figures.into_iter();
        Ok(Declaration {
            period: period.map_err(|cause| unreadable(cause.to_string()))?,
            unit: unit.map_err(|cause| unreadable(cause.to_string()))?,
            figures: figures.map(|one| (one.indicator, one.value)).collect(),
            reason: reason.map(|name| name.to_string()).unwrap_or_default(),
            is_sure: self.sure.unwrap_or(false),
        })
    }
}

/// What became of a declaration.
#[derive(Serialize, ToSchema)]
#[schema(as = DeclarationKept)]
pub(in crate::http) struct Kept {
    /// Figures that were not declared before.
    added: u32,
    /// Figures that correct earlier ones, which are kept.
    changed: u32,
    /// Figures that were declared so already.
    unchanged: u32,
}

impl Kept {
    pub(super) const fn of(laid: &Laid) -> Self {
        Self {
            added: laid.added,
            changed: laid.changed,
            unchanged: laid.unchanged,
        }
    }
}

/// `GET /api/v1/statements/{enterprise}`.
#[derive(Serialize, ToSchema)]
#[schema(as = Statements)]
pub(in crate::http) struct Answer {
    pub(super) enterprise: String,
    pub(super) name: String,
    pub(super) year: String,
    pub(super) as_of: String,
    /// Kinds of figures that the asker sees nothing of: `output`, `tax`.
    pub(super) hidden: Vec<&'static str>,
    /// What the asker may declare here, with the unit of the catalogue; empty for all but the enterprise.
    declares: Vec<Declarable>,
    /// Under which source a declaration is kept.
    declared_as: String,
    /// By period and indicator.
    pub(super) items: Vec<Item>,
}

/// An indicator that an enterprise states of itself.
#[derive(Serialize, ToSchema)]
struct Declarable {
    indicator: String,
    name_zh: String,
    name_en: String,
    unit: String,
}

/// One indicator of one period.
#[derive(Serialize, ToSchema)]
#[schema(as = StatementItem)]
pub(in crate::http) struct Item {
    pub(super) period: String,
    pub(super) indicator: String,
    pub(super) name_zh: String,
    pub(super) name_en: String,
    pub(super) unit: String,
    /// What each source states, the one that counts first.
    pub(super) figures: Vec<Figure>,
}

/// What one source states.
#[derive(Serialize, ToSchema)]
#[schema(as = StatementFigure)]
pub(in crate::http) struct Figure {
    pub(super) source: String,
    pub(super) value: String,
    pub(super) counts: bool,
    pub(super) rule: ShownRule,
    /// Less the figure that counts, in the unit; null of that one.
    pub(super) difference: Option<String>,
    /// The same in per cent of the one that counts.
    pub(super) percent: Option<String>,
    pub(super) origin: Origin,
    /// What it stated before, the newest first, each until it was corrected.
    pub(super) earlier: Vec<Earlier>,
}

/// Why a source stands where it stands.
#[derive(Serialize, ToSchema)]
#[schema(as = StatementRule)]
pub(in crate::http) struct ShownRule {
    /// `named`: a rule of the installation names how it begins; `other`: no rule does; `declared`: the
    /// enterprise's own word, which counts last.
    pub(super) code: &'static str,
    /// The word of the rule.
    word: Option<String>,
    /// The place of the word in the rule, from 1.
    place: Option<usize>,
    /// Why the rule is so, in the words of its file.
    why: Option<String>,
}

/// Where a figure came from.
#[derive(Serialize, ToSchema)]
#[schema(as = StatementOrigin)]
pub(in crate::http) struct Origin {
    /// `file`, `typed`, `taken_back` (an import was taken back and this counts again) or `unknown`.
    pub(super) code: &'static str,
    pub(super) at: String,
    /// As what whoever brought it worked; null if that was not kept.
    role: Option<String>,
    /// Who; only for those of the same office.
    who: Option<String>,
    pub(super) file: Option<String>,
    pub(super) row: Option<i64>,
    /// The number of the import.
    pub(super) import: Option<i64>,
    /// Why it corrected the one before it; null if nobody said.
    pub(super) reason: Option<String>,
}

/// What was stated and then corrected.
#[derive(Serialize, ToSchema)]
#[schema(as = EarlierStatement)]
pub(in crate::http) struct Earlier {
    pub(super) value: String,
    /// Until when it counted.
    pub(super) until: String,
    pub(super) origin: Origin,
}

impl Answer {
    pub(super) fn of(desk: &Desk, who: &Principal, told: &Told) -> Self {
        let mut groups: BTreeMap<(StatementPeriod, IndicatorNo), Vec<&ToldStatement>> =
            BTreeMap::new();
        for row in &told.rows {
            let key = (row.stated.period, row.stated.indicator);
            groups.entry(key).or_default().push(row);
        }
        let item = |((period, number), rows): ((StatementPeriod, IndicatorNo), Vec<_>)| {
            Item::of(desk, who, (period, number), &rows)
        };
        let declarable = desk.catalogue.iter().filter(|one| is_declared(one));
        let declares = declarable.map(|one| Declarable {
            indicator: one.code.clone(),
            name_zh: one.name_zh.clone(),
            name_en: one.name_en.clone(),
            unit: one.unit.clone(),
        });
        Self {
            enterprise: told.known.code.to_string(),
            name: told.known.name.to_string(),
            year: told.year.to_string(),
            as_of: desk.clock.now().to_string(),
            hidden: told.hidden.iter().map(|one| one.as_str()).collect(),
            declares: if told.may_declare {
                declares.collect()
            } else {
                Vec::new()
            },
            declared_as: desk.book.precedence.declared_as().to_owned(),
            items: groups.into_iter().filter_map(item).collect(),
        }
    }
}

impl Item {
    fn of(
        desk: &Desk,
        who: &Principal,
        (period, number): (StatementPeriod, IndicatorNo),
        rows: &[&ToldStatement],
    ) -> Option<Self> {
        let indicator = desk.catalogue.numbered(number)?;
        let counting: Vec<&ToldStatement> = rows
            .iter()
            .copied()
            .filter(|row| row.superseded_at.is_none())
            .collect();
        let stated: Vec<(&str, Decimal)> = counting
            .iter()
            .map(|row| (row.stated.source.as_str(), row.stated.value))
            .collect();
        let ordered = beside(&desk.book.precedence, &indicator.code, &stated);
        let figure = |one: crate::ledger::precedence::Beside<'_>| {
            let row = counting.get(one.given)?;
            let source = &row.stated.source;
            let before = rows.iter().rev();
            let before = before.filter(|old| old.stated.source == *source);
            Some(Figure {
                source: source.to_string(),
                value: row.stated.value.normalize().to_string(),
                counts: one.counts,
                rule: ShownRule::of(one.rule),
                difference: one.difference.map(|by| by.to_string()),
                percent: one.percent,
                origin: Origin::of(who, row),
                earlier: before.filter_map(|old| Earlier::of(who, old)).collect(),
            })
        };
        let figures: Vec<Figure> = ordered.into_iter().filter_map(figure).collect();
        // What was taken back whole counts nowhere, and stays in the report of its import.
        (!figures.is_empty()).then(|| Self {
            period: period.to_string(),
            indicator: indicator.code.clone(),
            name_zh: indicator.name_zh.clone(),
            name_en: indicator.name_en.clone(),
            unit: indicator.unit.clone(),
            figures,
        })
    }
}

impl ShownRule {
    fn of(rule: Rule<'_>) -> Self {
        let plain = |code| Self {
            code,
            word: None,
            place: None,
            why: None,
        };
        match rule {
            Rule::Named { word, place, why } => Self {
                code: "named",
                word: Some(word.to_owned()),
                place: Some(place),
                why: Some(why.to_owned()),
            },
            Rule::Other => plain("other"),
            Rule::Declared => plain("declared"),
        }
    }
}

impl Earlier {
    fn of(who: &Principal, row: &ToldStatement) -> Option<Self> {
        Some(Self {
            value: row.stated.value.normalize().to_string(),
            until: row.superseded_at?.to_string(),
            origin: Origin::of(who, row),
        })
    }
}

impl Origin {
    fn of(asker: &Principal, row: &ToldStatement) -> Self {
        let is_bureau = matches!(asker.role, Role::Bureau | Role::Machine);
        let is_own = matches!(asker.role, Role::Enterprise(_));
        let plain = Self {
            code: "unknown",
            at: row.recorded_at.to_string(),
            role: None,
            who: None,
            file: None,
            row: None,
            import: None,
            reason: Some(row.reason.clone()).filter(|text| !text.is_empty()),
        };
        match &row.from {
            StatedFrom::Unknown => plain,
            StatedFrom::Typed { who } => Self {
                code: "typed",
                role: Some("enterprise".to_owned()),
                who: Some(who.clone()).filter(|_| is_own || is_bureau),
                ..plain
            },
            StatedFrom::File {
                import,
                name,
                row,
                who,
                role,
                takes_back,
            } => Self {
                code: if takes_back.is_some() {
                    "taken_back"
                } else {
                    "file"
                },
                role: Some(role.clone()),
                who: Some(who.clone()).filter(|_| is_bureau),
                file: Some(name.clone()).filter(|name| !name.is_empty()),
                row: *row,
                import: Some(*import),
                ..plain
            },
        }
    }
}

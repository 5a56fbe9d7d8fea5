//! The five lines as JSON.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar::Moment;
use crate::http::accounts::ShownClose;
use crate::http::figures::Figures;
use crate::http::ratings::Found;
use crate::ledger::figure::{Figure, FigureId, Formula, Input, Operation, TakenFrom};
use crate::ledger::holder::HolderAccount;
use crate::store::registry::KeptAccount;

use super::borders::{Border, Borders};
use super::grade::wire::Rating;
use super::total::wire::AddedShown;

/// `GET /api/v1/sources/{figure-id}`.
#[derive(Debug, Serialize, ToSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "fields are named as they are sent"
)]
pub(in crate::http) struct Source {
    id: String,
    kind: String,
    key: String,
    value: Option<String>,
    unit: String,
    period: String,
    from: String,
    to: String,
    as_of: Option<String>,
    source: &'static str,
    /// Whether it is of a period that is not closed: it may still change.
    provisional: bool,
    known_share: Option<String>,
    formula: FormulaShown,
    inputs: Vec<InputShown>,
    /// Inputs that the asker may not see each.
    inputs_hidden: usize,
    /// Of the total of a map: what each enterprise adds to what is divided and to what it is divided
    /// by, in their units. Empty for all other figures.
    pub(super) added: Vec<AddedShown>,
    taken_from: Vec<TakenFromShown>,
    version: Version,
    /// What a grade was made of; null for all other figures.
    rating: Option<Rating>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceFormula)]
struct FormulaShown {
    /// `sum`, `ratio` (the first over the second), `register_difference` or `grade` (by the place of
    /// the total, veto and caps).
    code: &'static str,
    /// What a ratio is multiplied by.
    times: Option<u32>,
    /// The codes of what goes in, in order.
    of: Vec<String>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceInput)]
struct InputShown {
    what: String,
    figure: Option<String>,
    value: Option<String>,
    unit: String,
    sign: &'static str,
    steps: Vec<StepShown>,
    lacks_factor: bool,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceStep)]
struct StepShown {
    operation: &'static str,
    by: String,
    unit: String,
    what: String,
    source: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceTakenFrom)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum TakenFromShown {
    Readings {
        meter: String,
        indicator: String,
        used: Option<String>,
        unit: String,
        multiplier: Option<String>,
        start: Option<BorderShown>,
        end: Option<BorderShown>,
        known_share: String,
        flags: String,
    },
    Statement {
        indicator: String,
        period: String,
        value: Option<String>,
        unit: String,
        source: String,
        recorded_at: String,
    },
    Holding {
        parcel: String,
        held: String,
        value: Option<String>,
        unit: String,
        counterparty: Option<String>,
        valid_from: String,
        valid_to: Option<String>,
    },
    Conduct {
        /// As schemes name it.
        code: String,
        /// `honour` or `event`.
        conduct: String,
        document: Option<String>,
        source: String,
        valid_from: String,
        valid_to: Option<String>,
        recorded_at: String,
    },
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceBorder)]
struct BorderShown {
    at: String,
    received_at: String,
    /// The shortest decimal that reads back to the double (contract.md 2, "Numbers").
    register: String,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceVersion)]
struct Version {
    revision: u32,
    closed_at: Option<String>,
    /// The closing of the meters' ledger it was made from.
    ledger: Option<u32>,
    /// The scheme of a rating, and the digest of the rated year.
    scheme: Option<String>,
    digest: Option<String>,
    /// The sources of the factors that went in.
    factors: BTreeSet<String>,
    revisions: Vec<RevisionShown>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SourceRevision)]
struct RevisionShown {
    revision: u32,
    closed_at: Option<String>,
    value: Option<String>,
}

impl Source {
    pub(super) fn of(
        id: &FigureId,
        shown: &ShownClose,
        kept: &KeptAccount,
        figure: &Figure,
    ) -> Self {
        let revision = kept.account.revision;
        let mut closes = shown.all.iter();
        let own = closes.find(|close| close.revision == revision);
        let period = id.period.period();
        let (code, times) = written(figure.formula);
        Self {
            id: kept.account.id(&id.kind).to_string(),
            kind: id.kind.clone(),
            key: id.key.clone(),
            value: figure.value.clone(),
            unit: figure.unit.clone(),
            period: id.period.to_string(),
            from: period.from().to_string(),
            to: period.to().to_string(),
            as_of: match own {
                Some(close) => Some(close.closed_at.to_string()),
                None => shown
                    .provisional
                    .as_ref()
                    .map(|open| open.as_of.to_string()),
            },
            source: shown.source(),
            provisional: shown.provisional.is_some(),
            known_share: figure.known_share.clone(),
            formula: FormulaShown {
                code,
                times,
                of: Vec::new(),
            },
            inputs: Vec::new(),
            inputs_hidden: 0,
            added: Vec::new(),
            taken_from: Vec::new(),
            version: Version {
                revision,
                closed_at: own.map(|close| close.closed_at.to_string()),
                ledger: own.map(|close| close.ledger).filter(|ledger| *ledger > 0),
                scheme: None,
                digest: None,
                factors: factors(figure),
                revisions: Vec::new(),
            },
            rating: None,
        }
    }

    /// The source of a figure of a rating: its value with its unit, made by the formula `code`.
    pub(super) fn of_result(
        id: &FigureId,
        found: &Found,
        (value, unit): (Option<&str>, &str),
        code: &'static str,
    ) -> Self {
        let period = id.period.period();
        let one = &found.assessment;
        let rated_at = Some(one.rated_at.to_string());
        let revisions = found.revisions.iter().rev();
        let revisions = revisions.map(|(revision, rated_at, _)| RevisionShown {
            revision: *revision,
            closed_at: Some(rated_at.to_string()),
            value: (*revision == one.revision)
                .then(|| value.map(str::to_owned))
                .flatten(),
        });
        Self {
            id: id.to_string(),
            kind: id.kind.clone(),
            key: id.key.clone(),
            value: value.map(str::to_owned),
            unit: unit.to_owned(),
            period: id.period.to_string(),
            from: period.from().to_string(),
            to: period.to().to_string(),
            as_of: rated_at.clone(),
            source: "rating",
            provisional: false,
            known_share: None,
            formula: FormulaShown {
                code,
                times: None,
                of: Vec::new(),
            },
            inputs: Vec::new(),
            inputs_hidden: 0,
            added: Vec::new(),
            taken_from: Vec::new(),
            version: Version {
                revision: one.revision,
                closed_at: rated_at,
                ledger: None,
                scheme: Some(one.scheme.clone()),
                digest: Some(one.digest.clone()),
                factors: BTreeSet::new(),
                revisions: revisions.collect(),
            },
            rating: None,
        }
    }

    /// The source of a sum or an indicator that was rated.
    pub(super) fn of_rated(id: &FigureId, found: &Found, figure: &Figure) -> Self {
        let value = (figure.value.as_deref(), figure.unit.as_str());
        let (code, times) = written(figure.formula);
        let mut answer = Self::of_result(id, found, value, code);
        answer.formula.times = times;
        answer.version.factors = factors(figure);
        answer
    }

    pub(super) fn set_rating(&mut self, rating: Rating) {
        self.rating = Some(rating);
    }

    /// The source of what a register came to: as closed, or (no closing) as far as it is known.
    pub(super) fn of_meter(
        id: &FigureId,
        unit: &str,
        (used, known_share): (Option<&str>, &str),
        (settled_at, is_closed): (Moment, bool),
    ) -> Self {
        let period = id.period.period();
        let settled_at = Some(settled_at.to_string());
        Self {
            id: id.to_string(),
            kind: id.kind.clone(),
            key: id.key.clone(),
            value: used.map(str::to_owned),
            unit: unit.to_owned(),
            period: id.period.to_string(),
            from: period.from().to_string(),
            to: period.to().to_string(),
            as_of: settled_at.clone(),
            source: "register_difference",
            provisional: !is_closed,
            known_share: Some(known_share.to_owned()),
            formula: FormulaShown {
                code: "register_difference",
                times: None,
                of: vec![id.kind.clone()],
            },
            inputs: Vec::new(),
            inputs_hidden: 0,
            added: Vec::new(),
            taken_from: Vec::new(),
            version: Version {
                revision: id.revision,
                closed_at: settled_at.filter(|_| is_closed),
                ledger: is_closed.then_some(id.revision),
                scheme: None,
                digest: None,
                factors: BTreeSet::new(),
                revisions: Vec::new(),
            },
            rating: None,
        }
    }

    /// The source of the total of a map.
    pub(super) fn of_map(id: &FigureId, figures: &Figures, value: &str) -> Self {
        let settled = (figures.as_of, figures.revision.is_some());
        let mut answer = Self::of_meter(id, figures.layer.unit(), (Some(value), ""), settled);
        answer.source = figures.layer.source();
        answer.known_share = None;
        answer.version.ledger = None;
        answer.formula.code = "ratio";
        let times = figures.layer.times();
        answer.formula.times = Some(times).filter(|times| *times != 1);
        answer
    }

    pub(super) fn set_inputs(&mut self, inputs: &[Input], hidden: usize) {
        self.inputs = inputs.iter().map(InputShown::of).collect();
        self.inputs_hidden = hidden;
        // Who is part of a sum is told only as far as each may be seen.
        self.formula.of = inputs.iter().map(|one| one.what.clone()).collect();
    }

    /// What the figure was in each revision, the newest first; accounts that a revision did not
    /// change stand once.
    pub(super) fn set_revisions(
        &mut self,
        shown: &ShownClose,
        kind: &str,
        accounts: &[HolderAccount],
    ) {
        let mut told = BTreeSet::new();
        for account in accounts {
            if !told.insert(account.revision) {
                continue;
            }
            let mut closes = shown.all.iter();
            let close = closes.find(|close| close.revision == account.revision);
            self.version.revisions.push(RevisionShown {
                revision: account.revision,
                closed_at: close.map(|close| close.closed_at.to_string()),
                value: account.find(kind).and_then(|figure| figure.value.clone()),
            });
        }
    }

    pub(super) fn set_meter_revisions(&mut self, revisions: Vec<(u32, Option<String>)>) {
        let shown = revisions
            .into_iter()
            .map(|(revision, value)| RevisionShown {
                revision,
                closed_at: None,
                value,
            });
        self.version.revisions = shown.collect();
    }

    pub(super) fn add_taken_from(
        &mut self,
        input: &Input,
        from: &TakenFrom,
        borders: Option<&Borders>,
    ) {
        let (value, unit) = (input.value.clone(), input.unit.clone());
        self.taken_from.push(match from.clone() {
            TakenFrom::Register {
                meter,
                indicator,
                known_share,
                flags,
            } => TakenFromShown::Readings {
                meter,
                indicator,
                used: value,
                unit,
                multiplier: borders.and_then(|borders| borders.multiplier.clone()),
                start: borders.and_then(|borders| border(borders.start.as_ref())),
                end: borders.and_then(|borders| border(borders.end.as_ref())),
                known_share,
                flags,
            },
            TakenFrom::Statement {
                indicator,
                period,
                source,
                recorded_at,
            } => TakenFromShown::Statement {
                indicator,
                period,
                value,
                unit,
                source,
                recorded_at,
            },
            TakenFrom::Holding {
                parcel,
                kind: held,
                counterparty,
                valid_from,
                valid_to,
            } => TakenFromShown::Holding {
                parcel,
                held,
                value,
                unit,
                counterparty,
                valid_from,
                valid_to,
            },
            TakenFrom::Conduct {
                kind: conduct,
                document,
                source,
                valid_from,
                valid_to,
                recorded_at,
            } => TakenFromShown::Conduct {
                code: input.what.clone(),
                conduct,
                document,
                source,
                valid_from,
                valid_to,
                recorded_at,
            },
        });
    }
}

/// A formula as a code, and what a ratio is multiplied by.
const fn written(formula: Formula) -> (&'static str, Option<u32>) {
    match formula {
        Formula::Sum => ("sum", None),
        Formula::Ratio(times) => ("ratio", Some(times)),
    }
}

/// The sources of the factors that went in.
fn factors(figure: &Figure) -> BTreeSet<String> {
    let steps = figure.inputs.iter().flat_map(|input| &input.steps);
    let sources = steps.map(|step| step.source.clone());
    sources.filter(|source| !source.is_empty()).collect()
}

fn border(border: Option<&Border>) -> Option<BorderShown> {
    let border = border?;
    Some(BorderShown {
        at: border.at.to_string(),
        received_at: border.received_at.to_string(),
        register: format!("{}", border.number),
    })
}

impl InputShown {
    fn of(input: &Input) -> Self {
        let steps = input.steps.iter().map(|step| StepShown {
            operation: match step.operation {
                Operation::Times => "times",
                Operation::Over => "over",
            },
            by: step.by.clone(),
            unit: step.unit.clone(),
            what: step.what.clone(),
            source: step.source.clone(),
        });
        Self {
            what: input.what.clone(),
            figure: input.figure.as_ref().map(ToString::to_string),
            value: input.value.clone(),
            unit: input.unit.clone(),
            sign: if input.minus { "-" } else { "+" },
            steps: steps.collect(),
            lacks_factor: input.lacks_factor,
        }
    }
}

//! A figure on disk: JSON inside the account that holds it.

use serde::{Deserialize, Serialize};

use crate::access::Matter;

use super::{Figure, Formula, Input, Operation, Step, TakenFrom};

/// A figure as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FigureRecord {
    kind: String,
    value: Option<String>,
    unit: String,
    /// 0: a sum; else a ratio times this.
    ratio_times: u32,
    inputs: Vec<InputRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    known_share: Option<String>,
    touches: Vec<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct InputRecord {
    what: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    figure: Option<String>,
    value: Option<String>,
    unit: String,
    #[serde(default, skip_serializing_if = "is_false")]
    minus: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    steps: Vec<StepRecord>,
    #[serde(default, skip_serializing_if = "is_false")]
    lacks_factor: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    taken_from: Option<TakenFromRecord>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct StepRecord {
    over: bool,
    by: String,
    unit: String,
    what: String,
    source: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum TakenFromRecord {
    Register {
        meter: String,
        indicator: String,
        known_share: String,
        flags: String,
    },
    Statement {
        indicator: String,
        period: String,
        source: String,
        recorded_at: String,
    },
    Holding {
        parcel: String,
        held: String,
        counterparty: Option<String>,
        valid_from: String,
        valid_to: Option<String>,
    },
    Conduct {
        conduct: String,
        document: Option<String>,
        source: String,
        valid_from: String,
        valid_to: Option<String>,
        recorded_at: String,
    },
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde hands a reference to the field"
)]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// The matters that figures touch, by their names on disk.
const MATTERS: &[(&str, Matter)] = &[
    ("series", Matter::Series),
    ("output", Matter::Output),
    ("tax", Matter::Tax),
    ("land", Matter::Land),
    ("score", Matter::Score),
];

impl FigureRecord {
    /// What is kept of `figure`.
    #[must_use]
    pub fn of(figure: &Figure) -> Self {
        let names = MATTERS.iter();
        let touched = names.filter(|(_, matter)| figure.touches.contains(matter));
        Self {
            kind: figure.kind.clone(),
            value: figure.value.clone(),
            unit: figure.unit.clone(),
            ratio_times: match figure.formula {
                Formula::Sum => 0,
                Formula::Ratio(times) => times,
            },
            inputs: figure.inputs.iter().map(InputRecord::of).collect(),
            known_share: figure.known_share.clone(),
            touches: touched.map(|(name, _)| (*name).to_owned()).collect(),
        }
    }

    /// The text that is kept of several figures.
    #[must_use]
    pub fn write_all(figures: &[Figure]) -> String {
        let records: Vec<Self> = figures.iter().map(Self::of).collect();
        // Texts and numbers always write themselves.
        serde_json::to_string(&records).unwrap_or_default()
    }

    /// The figures that `text` keeps, none of an empty one; `None` if it is damaged.
    #[must_use]
    pub fn read_all(text: &str) -> Option<Vec<Figure>> {
        if text.is_empty() {
            return Some(Vec::new());
        }
        let records: Vec<Self> = serde_json::from_str(text).ok()?;
        records.into_iter().map(Self::figure).collect()
    }

    /// The figure again; `None` if the record is damaged.
    #[must_use]
    pub fn figure(self) -> Option<Figure> {
        let matter = |name: &String| {
            let mut known = MATTERS.iter();
            known.find(|(known, _)| known == name).map(|(_, one)| *one)
        };
        Some(Figure {
            kind: self.kind,
            value: self.value,
            unit: self.unit,
            formula: match self.ratio_times {
                0 => Formula::Sum,
                times => Formula::Ratio(times),
            },
            inputs: self
                .inputs
                .into_iter()
                .map(InputRecord::input)
                .collect::<Option<_>>()?,
            known_share: self.known_share,
            touches: self.touches.iter().map(matter).collect::<Option<_>>()?,
        })
    }
}

impl InputRecord {
    fn of(input: &Input) -> Self {
        Self {
            what: input.what.clone(),
            figure: input.figure.as_ref().map(ToString::to_string),
            value: input.value.clone(),
            unit: input.unit.clone(),
            minus: input.minus,
            steps: input.steps.iter().map(StepRecord::of).collect(),
            lacks_factor: input.lacks_factor,
            taken_from: input.taken_from.as_ref().map(TakenFromRecord::of),
        }
    }

    fn input(self) -> Option<Input> {
        let figure = self.figure.map(|id| id.parse());
        Some(Input {
            what: self.what,
            figure: figure.transpose().ok()?,
            value: self.value,
            unit: self.unit,
            minus: self.minus,
            steps: self.steps.into_iter().map(StepRecord::step).collect(),
            lacks_factor: self.lacks_factor,
            taken_from: self.taken_from.map(TakenFromRecord::taken_from),
        })
    }
}

impl StepRecord {
    fn of(step: &Step) -> Self {
        Self {
            over: step.operation == Operation::Over,
            by: step.by.clone(),
            unit: step.unit.clone(),
            what: step.what.clone(),
            source: step.source.clone(),
        }
    }

    fn step(self) -> Step {
        Step {
            operation: if self.over {
                Operation::Over
            } else {
                Operation::Times
            },
            by: self.by,
            unit: self.unit,
            what: self.what,
            source: self.source,
        }
    }
}

impl TakenFromRecord {
    fn of(from: &TakenFrom) -> Self {
        match from.clone() {
            TakenFrom::Register {
                meter,
                indicator,
                known_share,
                flags,
            } => Self::Register {
                meter,
                indicator,
                known_share,
                flags,
            },
            TakenFrom::Statement {
                indicator,
                period,
                source,
                recorded_at,
            } => Self::Statement {
                indicator,
                period,
                source,
                recorded_at,
            },
            TakenFrom::Holding {
                parcel,
                kind: held,
                counterparty,
                valid_from,
                valid_to,
            } => Self::Holding {
                parcel,
                held,
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
            } => Self::Conduct {
                conduct,
                document,
                source,
                valid_from,
                valid_to,
                recorded_at,
            },
        }
    }

    fn taken_from(self) -> TakenFrom {
        match self {
            Self::Register {
                meter,
                indicator,
                known_share,
                flags,
            } => TakenFrom::Register {
                meter,
                indicator,
                known_share,
                flags,
            },
            Self::Statement {
                indicator,
                period,
                source,
                recorded_at,
            } => TakenFrom::Statement {
                indicator,
                period,
                source,
                recorded_at,
            },
            Self::Holding {
                parcel,
                held: kind,
                counterparty,
                valid_from,
                valid_to,
            } => TakenFrom::Holding {
                parcel,
                kind,
                counterparty,
                valid_from,
                valid_to,
            },
            Self::Conduct {
                conduct: kind,
                document,
                source,
                valid_from,
                valid_to,
                recorded_at,
            } => TakenFrom::Conduct {
                kind,
                document,
                source,
                valid_from,
                valid_to,
                recorded_at,
            },
        }
    }
}

//! A figure with the calculation it comes from: what is shown can be recomputed from what is shown
//! (screens.md 5, "Where does this number come from").
//!
//! A figure is made out of its inputs as they are printed, never from something finer behind them,
//! so that whoever adds, multiplies and divides by hand gets the same digits. Knows no trade: which
//! figures there are is told by [`super::holder`].

mod id;
mod record;

use std::collections::BTreeSet;

use crate::access::Matter;
use crate::units::Exact;

pub use id::{AccountPeriod, FigureId, NotAFigureId, NotAnAccountPeriod};
pub use record::FigureRecord;

/// Multiplied by, or divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Times.
    Times,
    /// Over.
    Over,
}

/// One step on the way from an input to what it adds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Times or over.
    pub operation: Operation,
    /// By what, a decimal.
    pub by: String,
    /// In which unit.
    pub unit: String,
    /// What it is, as a code: `factor`, `thousand`, `plot_ratio`, `days`.
    pub what: String,
    /// Where it comes from, in words; empty where it is arithmetic.
    pub source: String,
}

/// Where an input that is no figure was taken from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TakenFrom {
    /// The readings of a meter's register, closed.
    Register {
        /// The meter's id.
        meter: String,
        /// The register's code.
        indicator: String,
        /// The share of the period with known amounts, 4 places.
        known_share: String,
        /// The flags as `glitch 1, reset 2`.
        flags: String,
    },
    /// A row of a department's file.
    Statement {
        /// Whose figure, as a code.
        indicator: String,
        /// For when, as `2025-Q1`.
        period: String,
        /// Who states it.
        source: String,
        /// When it was taken in, RFC 3339.
        recorded_at: String,
    },
    /// A holding of land.
    Holding {
        /// On which parcel.
        parcel: String,
        /// How it is held.
        kind: String,
        /// From or to whom, if it is leased.
        counterparty: Option<String>,
        /// From when, RFC 3339.
        valid_from: String,
        /// Until when, if it ended.
        valid_to: Option<String>,
    },
    /// An honour or event of an enterprise.
    Conduct {
        /// `honour` or `event`.
        kind: String,
        /// The number of the document it rests on.
        document: Option<String>,
        /// Which office says so.
        source: String,
        /// From when, or when it happened, RFC 3339.
        valid_from: String,
        /// Until when, if it ended.
        valid_to: Option<String>,
        /// When it was taken in, RFC 3339.
        recorded_at: String,
    },
}

/// One input of a figure, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// What it is, as a code: a kind of figure, a meter, a parcel.
    pub what: String,
    /// The figure it is, if it is one.
    pub figure: Option<FigureId>,
    /// A decimal, as shown; `None` if it is not known.
    pub value: Option<String>,
    /// Its unit.
    pub unit: String,
    /// Whether it is taken away.
    pub minus: bool,
    /// What is done with it before it is added.
    pub steps: Vec<Step>,
    /// That a factor is missing: nothing can be made of it.
    pub lacks_factor: bool,
    /// Where it was taken from, if it is no figure.
    pub taken_from: Option<TakenFrom>,
}

impl Input {
    /// A plain input: a code, a value, a unit.
    #[must_use]
    pub fn plain(what: &str, value: Option<String>, unit: &str) -> Self {
        Self {
            what: what.to_owned(),
            figure: None,
            value,
            unit: unit.to_owned(),
            minus: false,
            steps: Vec::new(),
            lacks_factor: false,
            taken_from: None,
        }
    }

    /// What it adds: its value after all steps; `None` if it is not known.
    #[must_use]
    pub fn amount(&self) -> Option<Exact> {
        let value = self.value.as_deref()?;
        let mut amount = Exact::decimal(value).ok()?;
        for step in &self.steps {
            let by = Exact::decimal(&step.by).ok()?;
            amount = match step.operation {
                Operation::Times => &amount * &by,
                Operation::Over => amount.over(&by)?,
            };
        }
        Some(if self.minus {
            &Exact::zero() - &amount
        } else {
            amount
        })
    }
}

/// How a figure is made out of its inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// The sum of what the inputs add; unknown inputs are left out and told as missing.
    Sum,
    /// The first over the second, times this: a ratio of sums.
    Ratio(u32),
}

/// A figure of a holder (an enterprise, a park, the city) and a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    /// What it is, as a code: `tce_equal`, `tax_per_mu`.
    pub kind: String,
    /// A decimal, as shown; `None` if it cannot be made.
    pub value: Option<String>,
    /// Its unit.
    pub unit: String,
    /// How it is made.
    pub formula: Formula,
    /// Out of what.
    pub inputs: Vec<Input>,
    /// The share of the period that our own metering knows, 4 places; `None` for what is not metered.
    pub known_share: Option<String>,
    /// What somebody must be allowed to see in order to see it (contract.md 6).
    pub touches: BTreeSet<Matter>,
}

impl Figure {
    /// A figure made by `formula` out of `inputs`, rounded to `places`.
    #[must_use]
    pub fn of(
        kind: &str,
        (unit, places): (&str, usize),
        formula: Formula,
        inputs: Vec<Input>,
        touches: &[Matter],
    ) -> Self {
        Self {
            kind: kind.to_owned(),
            value: evaluate(formula, &inputs).map(|value| value.rounded(places)),
            unit: unit.to_owned(),
            formula,
            inputs,
            known_share: None,
            touches: touches.iter().copied().collect(),
        }
    }

    /// Its value as a number.
    #[must_use]
    pub fn exact(&self) -> Option<Exact> {
        Exact::decimal(self.value.as_deref()?).ok()
    }

    /// It as an input of another figure.
    #[must_use]
    pub fn as_input(&self, id: FigureId) -> Input {
        Input {
            figure: Some(id),
            ..Input::plain(&self.kind, self.value.clone(), &self.unit)
        }
    }
}

/// What `formula` makes of `inputs`; `None` if it cannot be made.
#[must_use]
pub fn evaluate(formula: Formula, inputs: &[Input]) -> Option<Exact> {
    if inputs.iter().any(|input| input.lacks_factor) {
        return None;
    }
    match formula {
        Formula::Sum => {
            let mut known = inputs.iter().filter_map(Input::amount).peekable();
            known.peek()?;
            Some(known.sum())
        }
        Formula::Ratio(times) => {
            let [numerator, denominator] = inputs else {
                return None;
            };
            let denominator = denominator.amount().filter(Exact::is_positive)?;
            let ratio = numerator.amount()?.over(&denominator)?;
            Some(&ratio * &Exact::whole(i64::from(times)))
        }
    }
}

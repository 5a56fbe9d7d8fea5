//! Amounts spread over the steps of a period: even, exact, cut at the borders.
//!
//! Contract.md 9, rule 4. A [`Share`] is what a step got of the spans that touch it; shares add up,
//! so that a step may be put together from what was walked on different days.

use crate::calendar::{Moment, Period};
use crate::units::Exact;

use super::walk::Span;

/// What a step got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The known amounts, in real units.
    pub used: Exact,
    /// Time with known amounts.
    pub known_ms: i64,
    /// Time with unknown amounts.
    pub unknown_ms: i64,
    /// Whether a known amount comes from a span over more than 2.5 intervals.
    pub stretched: bool,
}

/// How well a step is known (contract.md 9, rule 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepState {
    /// Covered throughout by short spans.
    Measured,
    /// Covered throughout, some of it by a span over more than 2.5 intervals.
    Estimated,
    /// Not all of it covered.
    Partial,
    /// Touches an unknown amount.
    Unknown,
    /// No time covered.
    Missing,
}

impl StepState {
    /// The state as it is printed.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Measured => "measured",
            Self::Estimated => "estimated",
            Self::Partial => "partial",
            Self::Unknown => "unknown",
            Self::Missing => "missing",
        }
    }
}

impl Share {
    /// Nothing yet.
    #[must_use]
    pub fn none() -> Self {
        Self {
            used: Exact::zero(),
            known_ms: 0,
            unknown_ms: 0,
            stretched: false,
        }
    }

    /// Adds what `other` got of the same step.
    pub fn add(&mut self, other: &Self) {
        self.used += &other.used;
        self.known_ms += other.known_ms;
        self.unknown_ms += other.unknown_ms;
        self.stretched |= other.stretched;
    }

    /// The known amounts; `None` if no time of it is known.
    #[must_use]
    pub fn known_used(&self) -> Option<&Exact> {
        (self.known_ms > 0).then_some(&self.used)
    }

    /// The state of a step of `length_ms` that got this.
    #[must_use]
    pub const fn state(&self, length_ms: i64) -> StepState {
        if self.known_ms + self.unknown_ms == 0 {
            StepState::Missing
        } else if self.unknown_ms > 0 {
            StepState::Unknown
        } else if self.known_ms < length_ms {
            StepState::Partial
        } else if self.stretched {
            StepState::Estimated
        } else {
            StepState::Measured
        }
    }
}

impl Span {
    /// What the stretch `[from, to)` gets of this span; `None` if they do not overlap.
    /// `interval_ms` is how often a reading is expected.
    #[must_use]
    pub fn share_of(&self, from: Moment, to: Moment, interval_ms: i64) -> Option<Share> {
        let overlap_ms = self.to.min(to).ms_since(self.from.max(from));
        if overlap_ms <= 0 {
            return None;
        }
        let length_ms = self.to.ms_since(self.from);
        let none = Share::none();
        Some(match &self.amount {
            Some(amount) => Share {
                used: amount.share(overlap_ms, length_ms),
                known_ms: overlap_ms,
                stretched: is_stretched(length_ms, interval_ms),
                ..none
            },
            None => Share {
                unknown_ms: overlap_ms,
                ..none
            },
        })
    }
}

/// Whether a span of `length_ms` is over more than 2.5 intervals.
fn is_stretched(length_ms: i64, interval_ms: i64) -> bool {
    i128::from(length_ms) * 2 > i128::from(interval_ms) * 5
}

/// The longest span that is not.
pub(super) fn longest_unstretched(interval_ms: i64) -> i64 {
    i64::try_from(i128::from(interval_ms) * 5 / 2).unwrap_or(i64::MAX)
}

/// A period cut into steps from its begin on; the last is cut at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    period: Period,
    step_ms: i64,
}

impl Steps {
    /// The steps of `step_ms` in `period`; `None` if a step is no time.
    #[must_use]
    pub fn new(period: Period, step_ms: i64) -> Option<Self> {
        (step_ms > 0).then_some(Self { period, step_ms })
    }

    /// The length of the period.
    #[must_use]
    pub fn length_ms(self) -> i64 {
        self.period.to().ms_since(self.period.from())
    }

    /// How many there are.
    #[must_use]
    pub fn count(self) -> usize {
        let length_ms = self.length_ms();
        let whole = length_ms / self.step_ms;
        let cut = i64::from(length_ms % self.step_ms != 0);
        usize::try_from(whole + cut).unwrap_or(usize::MAX)
    }

    /// Begin and end of the step numbered `index`, from 0.
    #[must_use]
    pub fn borders(self, index: usize) -> (Moment, Moment) {
        let number = i64::try_from(index).unwrap_or(i64::MAX);
        let from = self
            .period
            .from()
            .plus_ms(number.saturating_mul(self.step_ms));
        (from, from.plus_ms(self.step_ms).min(self.period.to()))
    }

    /// The numbers of the steps that `[from, to)` may touch.
    #[must_use]
    pub fn touched(self, from: Moment, to: Moment) -> std::ops::Range<usize> {
        let from = from.max(self.period.from());
        let to = to.min(self.period.to());
        if from >= to {
            return 0..0;
        }
        let number = |moment: Moment| {
            let index = moment.ms_since(self.period.from()) / self.step_ms;
            usize::try_from(index).unwrap_or(0)
        };
        number(from)..number(to.plus_ms(-1)) + 1
    }
}

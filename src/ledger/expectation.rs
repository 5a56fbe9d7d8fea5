//! How often readings of a register are expected, by the row that was in force: another interval from
//! a day on says nothing of the days before it (contract.md 5, `meters`: `interval_s`, `valid_from`,
//! `valid_to`).

use crate::calendar::{Moment, Period};
use crate::park::Validity;
use crate::units::Exact;

/// While one row was in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Term {
    /// From when and until when.
    pub validity: Validity,
    /// How often a reading is expected, in milliseconds, above 0.
    pub interval_ms: i64,
}

/// What is expected of a register, row by row, the oldest first; never none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    terms: Vec<Term>,
    newest: Term,
}

/// A time in which readings are expected, every so often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) period: Period,
    interval_ms: i64,
}

impl Expectation {
    /// By these rows, in any order; `None` without one.
    #[must_use]
    pub fn of(mut terms: Vec<Term>) -> Option<Self> {
        terms.sort_by_key(|term| term.validity);
        let newest = *terms.last()?;
        Some(Self { terms, newest })
    }

    /// The rows, the oldest first.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// Since when the register is registered.
    #[must_use]
    pub fn valid_from(&self) -> Moment {
        self.terms.first().unwrap_or(&self.newest).validity.from()
    }

    /// The first instant after the newest row, unless that still runs.
    #[must_use]
    pub fn valid_to(&self) -> Option<Moment> {
        self.newest.validity.to()
    }

    /// How often a reading is expected by the newest row, in milliseconds.
    #[must_use]
    pub fn newest_interval_ms(&self) -> i64 {
        self.newest.interval_ms
    }

    /// Whether readings are expected in some of `period`.
    #[must_use]
    pub fn is_due(&self, period: Period) -> bool {
        !self.due(period).is_empty()
    }

    /// The parts of `period` in which readings are expected, one for each row that is in force then.
    pub(super) fn due(&self, period: Period) -> Vec<Due> {
        let mut due = Vec::new();
        let mut terms = self.terms.iter().peekable();
        while let Some(term) = terms.next() {
            // A row counts until the next one begins, whatever it says of its end.
            let next = terms.peek().map(|next| next.validity.from());
            let ends = [term.validity.to(), next, Some(period.to())];
            let to = ends.into_iter().flatten().min().unwrap_or(period.to());
            let of_term = Period::new(term.validity.from().max(period.from()), to);
            due.extend(of_term.map(|period| Due {
                period,
                interval_ms: term.interval_ms,
            }));
        }
        due
    }
}

impl Due {
    pub(super) fn length_ms(&self) -> i64 {
        self.period.to().ms_since(self.period.from())
    }

    /// How many readings that is; not whole where the length is no multiple of the interval.
    pub(super) fn readings(&self) -> Exact {
        Exact::whole(self.length_ms()).share(1, self.interval_ms)
    }

    /// How many readings can begin in it.
    pub(super) fn readings_at_most(&self) -> i64 {
        (self.length_ms() + self.interval_ms - 1) / self.interval_ms
    }

    /// The part of it in `period`.
    pub(super) fn within(&self, period: Period) -> Option<Self> {
        let from = self.period.from().max(period.from());
        let part = Period::new(from, self.period.to().min(period.to()))?;
        Some(Self {
            period: part,
            ..*self
        })
    }
}

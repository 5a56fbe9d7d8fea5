//! What is known of a meter's register: its size, its limits, its multipliers, its replacements.
//!
//! Contract.md 9, the case's `meters[]` and `changes[]`, checked. Knows no reading.

use std::collections::BTreeSet;

use crate::calendar::Moment;
use crate::units::Exact;

/// Milliseconds of an hour.
const HOUR_MS: i64 = 3_600_000;

/// A multiplier (CT x PT, domain.md 3.5) and since when it is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Multiplier {
    /// From this instant on.
    pub from: Moment,
    /// Real units for each register unit.
    pub value: Exact,
}

/// A replacement of the meter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// When.
    pub at: Moment,
    /// The old meter's closing register, if somebody wrote it down.
    pub old_final: Option<Exact>,
    /// The new meter's opening register, if somebody wrote it down.
    pub new_initial: Option<Exact>,
}

/// The terms of a register as they are stated, not checked yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Where the register wraps, in register units.
    pub register_size: Exact,
    /// The most that can flow in an hour, in real units.
    pub max_per_hour: Exact,
    /// How often a reading is expected.
    pub interval_ms: i64,
    /// How often the register moves; the interval if nobody said.
    pub update_ms: Option<i64>,
    /// The register's smallest step, in register units.
    pub resolution: Exact,
    /// How far the register may fall without meaning, in register units.
    pub jitter: Exact,
    /// In any order.
    pub multipliers: Vec<Multiplier>,
    /// In any order.
    pub replacements: Vec<Replacement>,
}

/// Why terms are not those of a register (contract.md 9, rule 1, and plain sense).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsRefused {
    /// A register that wraps at nothing.
    #[error("register_size must be above 0")]
    SizeNotAboveZero,
    /// Readings expected without a pause.
    #[error("interval_s must be above 0")]
    IntervalNotAboveZero,
    /// A limit below nothing.
    #[error("{field} must not be below 0")]
    BelowZero {
        /// The field as the contract names it.
        field: &'static str,
    },
    /// A multiplier that would turn an amount to nothing or around.
    #[error("the multiplier from {from} must be above 0")]
    MultiplierNotAboveZero {
        /// From when on it was to be in force.
        from: Moment,
    },
    /// Nobody can tell which of two counts.
    #[error("two multipliers from {from}: leave the one that is right")]
    TwoMultipliers {
        /// The time at which both were to begin.
        from: Moment,
    },
    /// Nobody can tell which of two happened.
    #[error("two different replacements at {at}: leave the one that happened")]
    TwoReplacements {
        /// The time of both.
        at: Moment,
    },
}

/// A register whose terms are consistent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Register {
    terms: Terms,
    update_ms: i64,
    /// Readings to which the register rose by more than it can count, and rightly so.
    confirmed: BTreeSet<Moment>,
    /// For each multiplier, in their order, the most that can have flowed while the register moves
    /// once: the limit of most pairs.
    limits_of_update: Vec<Exact>,
}

impl Register {
    /// The register of `terms`, multipliers and replacements brought in order of time.
    ///
    /// # Errors
    /// Terms that contradict themselves; see [`TermsRefused`].
    pub fn new(mut terms: Terms) -> Result<Self, TermsRefused> {
        check_bounds(&terms)?;
        terms.multipliers.sort_by_key(|multiplier| multiplier.from);
        terms.replacements.sort_by_key(|replacement| replacement.at);
        terms.replacements.dedup();
        check_multipliers(&terms.multipliers)?;
        check_replacements(&terms.replacements)?;
        let update_ms = terms.update_ms.unwrap_or(terms.interval_ms);
        let mut register = Self {
            update_ms,
            confirmed: BTreeSet::new(),
            limits_of_update: Vec::new(),
            terms,
        };
        let multipliers = register.terms.multipliers.iter();
        let limits = multipliers.map(|one| register.limit_over(update_ms, &one.value));
        register.limits_of_update = limits.collect();
        Ok(register)
    }

    /// The same of which somebody decided that it rose rightly to the readings at these instants,
    /// however much that was (contract.md 4): there the limit says nothing.
    #[must_use]
    pub fn confirming(self, instants: impl IntoIterator<Item = Moment>) -> Self {
        Self {
            confirmed: instants.into_iter().collect(),
            ..self
        }
    }

    /// Whether somebody decided so of the reading at `at`.
    pub(super) fn is_confirmed(&self, at: Moment) -> bool {
        self.confirmed.contains(&at)
    }

    /// How often a reading is expected, in milliseconds.
    #[must_use]
    pub const fn interval_ms(&self) -> i64 {
        self.terms.interval_ms
    }

    /// The size, in register units.
    pub(super) const fn size(&self) -> &Exact {
        &self.terms.register_size
    }

    /// How far the register may fall without meaning.
    pub(super) const fn jitter(&self) -> &Exact {
        &self.terms.jitter
    }

    /// The most that can have flowed between two readings `ms` apart, in real units.
    pub(super) fn limit(&self, ms: i64, multiplier: &Exact) -> Exact {
        if ms > self.update_ms {
            return self.limit_over(ms, multiplier);
        }
        let known = self.terms.multipliers.iter().zip(&self.limits_of_update);
        let mut limits =
            known.filter_map(|(one, limit)| (one.value == *multiplier).then_some(limit));
        let known = limits.next().cloned();
        known.unwrap_or_else(|| self.limit_over(self.update_ms, multiplier))
    }

    fn limit_over(&self, ms: i64, multiplier: &Exact) -> Exact {
        let flow = self.terms.max_per_hour.share(ms, HOUR_MS);
        if self.terms.resolution.is_zero() {
            return flow;
        }
        &flow + &(&self.terms.resolution * multiplier)
    }

    /// Whether the register can show `shown` at all.
    pub(super) fn can_show(&self, shown: &Exact) -> bool {
        !shown.is_negative() && shown < self.size()
    }

    /// The multiplier in force at `moment`, if any was yet.
    pub(super) fn multiplier_at(&self, moment: Moment) -> Option<&Exact> {
        let known = &self.terms.multipliers;
        let begun = known.partition_point(|multiplier| multiplier.from <= moment);
        let last = begun.checked_sub(1)?;
        known.get(last).map(|multiplier| &multiplier.value)
    }

    /// If the multiplier takes another value than `in_force` strictly between `start` and `end`:
    /// the smallest of all that were in force then. An entry with the same value is no change.
    pub(super) fn smallest_if_changed<'a>(
        &'a self,
        in_force: &'a Exact,
        start: Moment,
        end: Moment,
    ) -> Option<&'a Exact> {
        let known = &self.terms.multipliers;
        let first = known.partition_point(|multiplier| multiplier.from <= start);
        let last = known.partition_point(|multiplier| multiplier.from < end);
        let between = || known.get(first..last).unwrap_or_default().iter();
        if between().all(|multiplier| multiplier.value == *in_force) {
            return None;
        }
        between()
            .map(|multiplier| &multiplier.value)
            .chain([in_force])
            .min()
    }

    /// The replacements after `start` and up to `end`; the one at `start` too if it is left over
    /// from the pair before.
    pub(super) fn replacements(
        &self,
        start: Moment,
        left_over: bool,
        end: Moment,
    ) -> &[Replacement] {
        let known = &self.terms.replacements;
        let first = known.partition_point(|replacement| {
            replacement.at < start || (replacement.at == start && !left_over)
        });
        let last = known.partition_point(|replacement| replacement.at <= end);
        known.get(first..last).unwrap_or_default()
    }
}

fn check_bounds(terms: &Terms) -> Result<(), TermsRefused> {
    if terms.register_size.is_negative() || terms.register_size.is_zero() {
        return Err(TermsRefused::SizeNotAboveZero);
    }
    if terms.interval_ms <= 0 {
        return Err(TermsRefused::IntervalNotAboveZero);
    }
    let below_zero = [
        ("max_per_hour", terms.max_per_hour.is_negative()),
        ("update_s", terms.update_ms.is_some_and(|ms| ms < 0)),
        ("resolution", terms.resolution.is_negative()),
        ("jitter", terms.jitter.is_negative()),
    ];
    match below_zero.into_iter().find(|(_, below)| *below) {
        Some((field, _)) => Err(TermsRefused::BelowZero { field }),
        None => Ok(()),
    }
}

fn check_multipliers(sorted: &[Multiplier]) -> Result<(), TermsRefused> {
    for multiplier in sorted {
        if multiplier.value.is_negative() || multiplier.value.is_zero() {
            return Err(TermsRefused::MultiplierNotAboveZero {
                from: multiplier.from,
            });
        }
    }
    let twice = sorted.windows(2).find_map(|pair| match pair {
        [one, other] if one.from == other.from => Some(one.from),
        _ => None,
    });
    twice.map_or(Ok(()), |from| Err(TermsRefused::TwoMultipliers { from }))
}

fn check_replacements(sorted: &[Replacement]) -> Result<(), TermsRefused> {
    let twice = sorted.windows(2).find_map(|pair| match pair {
        [one, other] if one.at == other.at => Some(one.at),
        _ => None,
    });
    twice.map_or(Ok(()), |at| Err(TermsRefused::TwoReplacements { at }))
}

//! Two readings and what lies between them: the amount, or that nothing plausible does.
//!
//! Contract.md 9, rule 2, and nothing else: no memory of readings before, no candidate.

use crate::calendar::Moment;
use crate::units::Exact;

use super::register::Replacement;
use super::{Flag, Register};

/// What a register showed, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// When it was read.
    pub at: Moment,
    /// What it showed, in register units.
    pub register: Exact,
}

/// What rule 2 makes of a pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    /// How it differs from plain counting; `None` is the rule's `ok`.
    pub(super) flag: Option<Flag>,
    /// The amount in real units; `None` if unknown.
    pub(super) amount: Option<Exact>,
    /// The register that counts on from the later reading.
    pub(super) register: Exact,
    /// Whether a replacement at the very time of the later reading waits for the next pair.
    pub(super) left_over: bool,
}

impl Finding {
    /// Whether it is the rule's `ok`.
    pub(super) const fn is_ok(&self) -> bool {
        self.flag.is_none()
    }
}

/// An earlier and a later reading of one register.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<'a> {
    /// Whose register.
    pub(super) terms: &'a Register,
    /// The reading to count from.
    pub(super) earlier: &'a Shown,
    /// The reading to count to.
    pub(super) later: &'a Shown,
}

impl Pair<'_> {
    /// What the pair amounts to; `None` if the later reading is not plausible. `left_over` says
    /// that a replacement at the earlier reading's time has not been counted yet.
    pub(super) fn finding(self, left_over: bool) -> Option<Finding> {
        let (start, end) = (self.earlier.at, self.later.at);
        match self.terms.replacements(start, left_over, end) {
            [] => self.without_replacement(),
            [only] => Some(
                self.replaced(only)
                    .or_else(|| self.last_of_old_meter(only))
                    .unwrap_or_else(|| self.unknown(Flag::ReplacedUnknown)),
            ),
            _ => Some(self.unknown(Flag::ReplacedUnknown)),
        }
    }

    /// Old meter up to its closing register, new meter from its opening register on.
    fn replaced(self, replacement: &Replacement) -> Option<Finding> {
        let old_final = replacement.old_final.as_ref()?;
        let new_initial = replacement.new_initial.as_ref()?;
        let in_force = self.terms.multiplier_at(self.earlier.at)?;
        let in_force_then = self.terms.multiplier_at(self.later.at)?;
        let by_old = &(old_final - &self.earlier.register) * in_force;
        let by_new = &(&self.later.register - new_initial) * in_force_then;
        let sum = &by_old + &by_new;
        let plausible =
            !by_old.is_negative() && !by_new.is_negative() && sum.is_within(&self.limit(in_force));
        plausible.then(|| self.known(Some(Flag::Replaced), sum))
    }

    /// A reading at the very time of a replacement that fits as if there were none: it is the old
    /// meter's last, and the replacement waits for the next pair.
    fn last_of_old_meter(self, replacement: &Replacement) -> Option<Finding> {
        if replacement.at != self.later.at {
            return None;
        }
        let left_over = true;
        self.without_replacement().map(|finding| Finding {
            left_over,
            ..finding
        })
    }

    fn without_replacement(self) -> Option<Finding> {
        let (start, end) = (self.earlier.at, self.later.at);
        let Some(in_force) = self.terms.multiplier_at(start) else {
            return Some(self.unknown(Flag::MultiplierUnknown));
        };
        let rise = &self.later.register - &self.earlier.register;
        if rise.is_zero() {
            return self.counted(&rise, in_force);
        }
        if let Some(smallest) = self.terms.smallest_if_changed(in_force, start, end) {
            return self
                .multiplier_changed(&rise, smallest)
                .or_else(|| self.jitter(&rise));
        }
        self.counted(&rise, in_force)
            .or_else(|| self.jitter(&rise))
            .or_else(|| self.rollover(&rise, in_force))
    }

    fn multiplier_changed(self, rise: &Exact, smallest: &Exact) -> Option<Finding> {
        let least = rise * smallest;
        least
            .is_within(&self.limit(smallest))
            .then(|| self.unknown(Flag::MultiplierChanged))
    }

    fn counted(self, rise: &Exact, in_force: &Exact) -> Option<Finding> {
        let amount = rise * in_force;
        let is_right = amount.is_within(&self.limit(in_force))
            || (!amount.is_negative() && self.terms.is_confirmed(self.later.at));
        is_right.then(|| self.known(None, amount))
    }

    /// The earlier register stays: what it fell by must not be counted when it rises again.
    fn jitter(self, rise: &Exact) -> Option<Finding> {
        let fall = &Exact::zero() - rise;
        fall.is_within(self.terms.jitter()).then(|| Finding {
            register: self.earlier.register.clone(),
            ..self.known(Some(Flag::Jitter), Exact::zero())
        })
    }

    fn rollover(self, rise: &Exact, in_force: &Exact) -> Option<Finding> {
        let limit = self.limit(in_force);
        let whole_turn = self.terms.size() * in_force;
        if !rise.is_negative() || limit >= whole_turn {
            return None;
        }
        let amount = &(rise + self.terms.size()) * in_force;
        amount
            .is_within(&limit)
            .then(|| self.known(Some(Flag::Rollover), amount))
    }

    /// The most that can have flowed between the two, in real units.
    fn limit(self, multiplier: &Exact) -> Exact {
        let ms = self.later.at.ms_since(self.earlier.at);
        self.terms.limit(ms, multiplier)
    }

    fn known(self, flag: Option<Flag>, amount: Exact) -> Finding {
        Finding {
            flag,
            amount: Some(amount),
            register: self.later.register.clone(),
            left_over: false,
        }
    }

    fn unknown(self, flag: Flag) -> Finding {
        Finding {
            flag: Some(flag),
            amount: None,
            register: self.later.register.clone(),
            left_over: false,
        }
    }
}

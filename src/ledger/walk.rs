//! The walk along a register's readings in order of time: which count, what lies between them.
//!
//! Contract.md 9, rule 3. A walk holds all that later readings can still change and nothing more,
//! so that it can be put down at any border and taken up again. Knows no period and no step.

use crate::calendar::Moment;
use crate::units::Exact;

use super::pair::{Finding, Pair, Shown};
use super::{Flag, Register};

/// A stretch of time between two readings and what was used in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Its begin.
    pub from: Moment,
    /// Its end, exclusive.
    pub to: Moment,
    /// What was used, in real units; `None` if unknown.
    pub amount: Option<Exact>,
    /// What is special about it, if anything.
    pub flag: Option<Flag>,
}

/// What a walk has settled for good. Spans of one walk never overlap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A stretch of time and its amount.
    Settled(Span),
    /// A reading at this time that cannot be right.
    Glitch(Moment),
    /// A reading was held: the candidate itself, or one equal to it that waits with it.
    Held {
        /// When it was read.
        at: Moment,
        /// The time of the candidate.
        candidate: Moment,
    },
    /// What became of a candidate, and of all that waited with it. A candidate from which the
    /// register counted on gets no sentence.
    Judged {
        /// The time of the candidate.
        candidate: Moment,
        /// Glitch or unconfirmed.
        flag: Flag,
    },
}

/// The last good reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Good {
    /// When, and the register that counts on from it.
    pub(super) shown: Shown,
    /// Whether a replacement at its very time waits for the next pair.
    pub(super) left_over: bool,
    /// The `ok` span that ends at it: later readings may still take it back.
    pub(super) pending: Option<Pending>,
}

/// An `ok` span that is not settled yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pending {
    /// The reading it begins at.
    pub(super) start: Shown,
    /// What was used in it, in real units.
    pub(super) amount: Exact,
}

/// The state of a walk between two readings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walk {
    pub(super) good: Option<Good>,
    /// The reading that does not fit and has not been judged yet.
    pub(super) candidate: Option<Shown>,
    /// The last reading after the last good one that was held or dropped.
    pub(super) dropped_until: Option<Moment>,
}

impl Walk {
    /// A walk before its first reading.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next reading, later than all before. What it settles is added to `events`.
    pub fn take(&mut self, register: &Register, reading: Shown, events: &mut Vec<Event>) {
        if !register.can_show(&reading.register) {
            events.push(Event::Glitch(reading.at));
            self.drop_until(reading.at);
            return;
        }
        let Some(good) = &self.good else {
            self.good = Some(Good::first(reading));
            return;
        };
        let pair = Pair {
            terms: register,
            earlier: &good.shown,
            later: &reading,
        };
        match pair.finding(good.left_over) {
            Some(finding) => self.count_on(reading.at, finding, events),
            None => self.hold(register, reading, events),
        }
    }

    /// The last good reading if nothing waits to be judged: from there a run may be walked.
    pub(super) fn undisturbed(&self) -> Option<&Good> {
        let nothing_waits = self.candidate.is_none() && self.dropped_until.is_none();
        self.good.as_ref().filter(|_| nothing_waits)
    }

    /// What would be settled if no reading came any more: the end of the time that is accounted.
    #[must_use]
    pub fn tail(&self) -> Vec<Event> {
        let mut events = Vec::new();
        if let Some(candidate) = &self.candidate {
            events.push(Event::Judged {
                candidate: candidate.at,
                flag: Flag::Unconfirmed,
            });
        }
        if let Some(good) = &self.good {
            events.extend(good.pending_span().map(Event::Settled));
            events.extend(self.dropped_until.map(|until| {
                Event::Settled(Span {
                    from: good.shown.at,
                    to: until,
                    amount: None,
                    flag: None,
                })
            }));
        }
        events
    }

    /// From when on [`Walk::tail`] says anything; `None` if nothing is open.
    #[must_use]
    pub fn open_since(&self) -> Option<Moment> {
        let candidate = self.candidate.as_ref().map(|candidate| candidate.at);
        let pending = self.good.as_ref().and_then(|good| good.pending.as_ref());
        let pending = pending.map(|pending| pending.start.at);
        let dropped = self.good.as_ref().filter(|_| self.dropped_until.is_some());
        let dropped = dropped.map(|good| good.shown.at);
        [candidate, pending, dropped].into_iter().flatten().min()
    }

    /// The reading at `at` is plausible from the last good one: a candidate was a glitch.
    fn count_on(&mut self, at: Moment, finding: Finding, events: &mut Vec<Event>) {
        if let Some(candidate) = self.candidate.take() {
            events.push(candidate_was_glitch(&candidate));
        }
        if let Some(good) = self.good.take() {
            events.extend(good.pending_span().map(Event::Settled));
            self.advance(good.shown, at, finding, events);
        }
    }

    /// The reading is not plausible from the last good one: it waits, confirms, or contradicts.
    fn hold(&mut self, register: &Register, reading: Shown, events: &mut Vec<Event>) {
        if let Some(candidate) = self.candidate.take() {
            if candidate.register == reading.register {
                events.push(held(&reading, &candidate));
                self.drop_until(reading.at);
                self.candidate = Some(candidate);
                return;
            }
            let pair = Pair {
                terms: register,
                earlier: &candidate,
                later: &reading,
            };
            // No replacement can be left over at a candidate: with one, it had been plausible.
            if let Some(finding) = pair.finding(false) {
                self.register_moved(register, &candidate, events);
                self.advance(candidate, reading.at, finding, events);
                return;
            }
            events.push(candidate_was_glitch(&candidate));
        }
        events.push(held(&reading, &reading));
        self.drop_until(reading.at);
        self.candidate = Some(reading);
    }

    /// A later reading is plausible from the candidate: the register really moved there, or the
    /// last good reading was the one that was wrong.
    fn register_moved(&mut self, register: &Register, candidate: &Shown, events: &mut Vec<Event>) {
        let Some(good) = self.good.take() else {
            return;
        };
        let fell = candidate.register < good.shown.register;
        if fell && let Some(instead) = good.span_past_it(register, candidate) {
            events.push(Event::Glitch(good.shown.at));
            events.push(Event::Settled(instead));
            return;
        }
        events.extend(good.pending_span().map(Event::Settled));
        events.push(Event::Settled(Span {
            from: good.shown.at,
            to: candidate.at,
            amount: None,
            flag: Some(if fell { Flag::Reset } else { Flag::Suspect }),
        }));
    }

    /// The reading at `at` becomes the last good one, with `finding` from `start` to it.
    fn advance(&mut self, start: Shown, at: Moment, finding: Finding, events: &mut Vec<Event>) {
        let pending = match finding {
            Finding {
                flag: None,
                amount: Some(amount),
                ..
            } => Some(Pending { start, amount }),
            Finding { flag, amount, .. } => {
                events.push(Event::Settled(Span {
                    from: start.at,
                    to: at,
                    amount,
                    flag,
                }));
                None
            }
        };
        self.dropped_until = None;
        self.good = Some(Good {
            shown: Shown {
                at,
                register: finding.register,
            },
            left_over: finding.left_over,
            pending,
        });
    }

    /// Notes that the time up to `at` may stay unknown. Before the first good reading nothing is
    /// accounted, so nothing is noted.
    fn drop_until(&mut self, at: Moment) {
        if self.good.is_some() {
            self.dropped_until = Some(at);
        }
    }
}

impl Good {
    fn first(shown: Shown) -> Self {
        Self {
            shown,
            left_over: false,
            pending: None,
        }
    }

    pub(super) fn pending_span(&self) -> Option<Span> {
        self.pending.as_ref().map(|pending| Span {
            from: pending.start.at,
            to: self.shown.at,
            amount: Some(pending.amount.clone()),
            flag: None,
        })
    }

    /// The span past this reading to `candidate`, if this reading ended an `ok` span and leaving
    /// it out makes another `ok` span: then this reading was the glitch.
    fn span_past_it(&self, register: &Register, candidate: &Shown) -> Option<Span> {
        let before = &self.pending.as_ref()?.start;
        let pair = Pair {
            terms: register,
            earlier: before,
            later: candidate,
        };
        let finding = pair.finding(false)?;
        finding.is_ok().then_some(Span {
            from: before.at,
            to: candidate.at,
            amount: finding.amount,
            flag: None,
        })
    }
}

fn held(reading: &Shown, candidate: &Shown) -> Event {
    Event::Held {
        at: reading.at,
        candidate: candidate.at,
    }
}

fn candidate_was_glitch(candidate: &Shown) -> Event {
    Event::Judged {
        candidate: candidate.at,
        flag: Flag::Glitch,
    }
}

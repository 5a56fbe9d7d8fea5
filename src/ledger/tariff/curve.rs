//! What meters used in a month, quarter hour by quarter hour.

use crate::calendar::{Moment, Month, Period};
use crate::ledger::{Expectation, Share, Span};
use crate::units::Exact;

use super::Slot;

/// Milliseconds of a quarter hour.
pub const QUARTER_MS: i64 = 900_000;

/// A span of at most this tells what a quarter hour demanded; over a longer one only a mean is known.
/// A minute more than a quarter hour: readings are taken to the minute (domain.md 3.4).
const SHARP_MS: i64 = QUARTER_MS + 60_000;

/// One quarter hour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Quarter {
    pub(super) share: Share,
    /// What of the amount was cut out of a span that lies in several slots.
    pub(super) split: Exact,
    /// Whether some of it comes from a span over more than a quarter hour.
    pub(super) is_coarse: bool,
    /// Time that could be known: of each meter that stood.
    pub(super) possible_ms: i64,
}

/// The quarter hours of a month, summed over meters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Curve {
    month: Month,
    pub(super) quarters: Vec<Quarter>,
}

impl Curve {
    /// A month of nothing.
    #[must_use]
    pub fn empty(month: Month) -> Self {
        let period = month.period();
        let count = period.to().ms_since(period.from()) / QUARTER_MS;
        let nothing = Quarter {
            share: Share::none(),
            split: Exact::zero(),
            is_coarse: false,
            possible_ms: 0,
        };
        Self {
            month,
            quarters: vec![nothing; usize::try_from(count).unwrap_or(0)],
        }
    }

    /// What one meter used, by the `spans` that were settled. What is expected of it up to `as_of` says
    /// when it could be known. A span whose time lies in several slots of `slot_at` is cut in proportion to
    /// time, as at every border, and what of it falls into each is noted.
    #[must_use]
    pub fn of(
        month: Month,
        spans: &[Span],
        (expectation, as_of): (&Expectation, Moment),
        slot_at: impl Fn(Moment) -> Option<Slot>,
    ) -> Self {
        let mut curve = Self::empty(month);
        for span in spans {
            let is_split = span.amount.is_some() && lies_in_several(span, &slot_at);
            let is_coarse = span.to.ms_since(span.from) > SHARP_MS;
            for (from, to, quarter) in curve.touched(span.from, span.to) {
                let Some(share) = span.share_of(from, to, QUARTER_MS) else {
                    continue;
                };
                if is_split {
                    quarter.split += &share.used;
                }
                quarter.is_coarse |= is_coarse;
                quarter.share.add(&share);
            }
        }
        let period = month.period();
        let over = Period::new(period.from(), period.to().min(as_of));
        for due in over.map(|over| expectation.due(over)).unwrap_or_default() {
            let stood = due.period;
            for (from, to, quarter) in curve.touched(stood.from(), stood.to()) {
                let ms = to.min(stood.to()).ms_since(from.max(stood.from()));
                quarter.possible_ms += ms.max(0);
            }
        }
        curve
    }

    /// Adds what another meter used.
    pub fn add(&mut self, other: &Self) {
        self.join(other, false);
    }

    /// Takes away what another meter used that is below one of these.
    pub fn take_away(&mut self, other: &Self) {
        self.join(other, true);
    }

    /// Begin and slot of each quarter hour, with it.
    pub(super) fn each(&self) -> impl Iterator<Item = (Moment, &Quarter)> {
        let first = self.month.period().from();
        let begins = (0_i64..).map(move |number| first.plus_ms(number.saturating_mul(QUARTER_MS)));
        begins.zip(&self.quarters)
    }

    fn join(&mut self, other: &Self, minus: bool) {
        for (own, theirs) in self.quarters.iter_mut().zip(&other.quarters) {
            let mut share = theirs.share.clone();
            let mut split = theirs.split.clone();
            if minus {
                share.used = &Exact::zero() - &share.used;
                split = &Exact::zero() - &split;
            }
            own.share.add(&share);
            own.split += &split;
            own.is_coarse |= theirs.is_coarse;
            own.possible_ms += theirs.possible_ms;
        }
    }

    /// The quarter hours that `[from, to)` touches, with their borders.
    fn touched(
        &mut self,
        from: Moment,
        to: Moment,
    ) -> impl Iterator<Item = (Moment, Moment, &mut Quarter)> {
        let period = self.month.period();
        let first = period.from();
        let number = |moment: Moment| {
            let inside = moment.max(first).min(period.to()).ms_since(first);
            usize::try_from(inside.div_euclid(QUARTER_MS)).unwrap_or(0)
        };
        let begin = number(from);
        let end = (number(to.plus_ms(QUARTER_MS - 1))).max(begin);
        let quarters = self.quarters.iter_mut().enumerate();
        let quarters = quarters.skip(begin).take(end - begin);
        quarters.map(move |(number, quarter)| {
            let number = i64::try_from(number).unwrap_or(i64::MAX);
            let from = first.plus_ms(number.saturating_mul(QUARTER_MS));
            (from, from.plus_ms(QUARTER_MS), quarter)
        })
    }
}

/// Whether the time of a span lies in more than one slot. No day without a change of slot is longer
/// than a span of which anything is known, so that few quarter hours are looked at.
fn lies_in_several(span: &Span, slot_at: &impl Fn(Moment) -> Option<Slot>) -> bool {
    let first = slot_at(span.from);
    let into = span.from.unix_ms().rem_euclid(QUARTER_MS);
    let mut next = span.from.plus_ms(QUARTER_MS - into);
    while next < span.to {
        if slot_at(next) != first {
            return true;
        }
        next = next.plus_ms(QUARTER_MS);
    }
    false
}

//! Runs of plain readings: many of one hour, each counting on from the one before it.
//!
//! What [`super::Walk`] settles of such a run pair by pair adds up to one difference, so a run is
//! walked in whole numbers of the register's last decimal place and settled at once: the same
//! amounts to the last digit, at a fraction of the cost. Whatever is not plain (contract.md 9, rules
//! 1 and 2: a bad value, two of one instant, a gap, a fall, a replacement or another multiplier in
//! between) ends the run before it and is none of its business.

use crate::calendar::Moment;
use crate::reading::Quality;
use crate::units::Exact;

use super::arrival::Sent;
use super::sheet::Hour;
use super::spread::longest_unstretched;
use super::walk::{Good, Pending};
use super::{Register, Share, Shown};

/// Decimal places up to which a run is looked for.
const PLACES_MAX: usize = 6;

/// A run that was walked: all its readings lie in one hour.
pub(super) struct Run {
    /// How many readings it took.
    pub(super) taken: usize,
    /// What the hour got, up to the reading before the last.
    pub(super) share: Share,
    /// Where the walk stands at its last reading.
    pub(super) good: Good,
}

/// What a pair of a run is held against, in units of the last place.
struct Bounds {
    /// The most that the register can rise from one reading to the next.
    rise_max: i64,
    /// The longest pause between two of them.
    pause_max_ms: i64,
    /// Real units for each register unit.
    multiplier: Exact,
}

/// Finds runs, and remembers how many decimal places the register showed.
#[derive(Debug, Default)]
pub(super) struct Runs {
    places: usize,
}

impl Runs {
    /// The longest run along `sent`, all that came by time, from `good` on; `None` if it has fewer
    /// than two readings.
    pub(super) fn walk(&mut self, register: &Register, good: &Good, sent: &[Sent]) -> Option<Run> {
        if good.left_over {
            return None;
        }
        let end = Hour::of(good.shown.at).next().start();
        let in_hour = sent.partition_point(|one| one.at < end);
        let of_hour = sent.get(..in_hour)?;
        let last = of_hour.last()?.at;
        self.places = self.places_of(of_hour.first()?.number)?;
        let bounds = Bounds::of(register, good.shown.at, last, self.places)?;
        let begin = good.shown.register.units_at_whole(self.places)?;
        let taken = self.count(&bounds, (good.shown.at, begin), of_hour);
        let run = of_hour.get(..taken)?;
        let (Some(before), Some(newest)) = (run.iter().nth_back(1), run.last()) else {
            return None;
        };
        self.settle(register, &bounds, good, (before, newest), taken)
    }

    /// How many of `of_hour` count on plainly from the register that showed `begin` units at an
    /// instant.
    fn count(&self, bounds: &Bounds, begin: (Moment, i64), of_hour: &[Sent]) -> usize {
        let (mut at, mut units) = begin;
        let mut taken = 0;
        for (place, one) in of_hour.iter().enumerate() {
            let pause_ms = one.at.ms_since(at);
            let plain = one.quality != Quality::Bad && pause_ms > 0;
            let Some(shown) = Exact::short_units(one.number, self.places) else {
                break;
            };
            let rise = shown.saturating_sub(units);
            let fits = pause_ms <= bounds.pause_max_ms && (0..=bounds.rise_max).contains(&rise);
            if !plain || !fits {
                break;
            }
            (at, units) = (one.at, shown);
            taken = place + 1;
        }
        // Of two of one instant the first is no more plain than the second.
        let twice = of_hour.get(taken).is_some_and(|next| next.at == at);
        taken.saturating_sub(usize::from(twice))
    }

    fn settle(
        &self,
        register: &Register,
        bounds: &Bounds,
        good: &Good,
        (before, newest): (&Sent, &Sent),
        taken: usize,
    ) -> Option<Run> {
        let shown = |one: &Sent| {
            let register =
                Exact::of_units(Exact::short_units(one.number, self.places)?, self.places);
            let at = one.at;
            Some(Shown { at, register })
        };
        let (start, newest) = (shown(before)?, shown(newest)?);
        // It never fell, so that all of it could be shown if the last could.
        if !register.can_show(&newest.register) {
            return None;
        }
        let share = Share {
            used: &(&start.register - &good.shown.register) * &bounds.multiplier,
            known_ms: start.at.ms_since(good.shown.at),
            ..Share::none()
        };
        let amount = &(&newest.register - &start.register) * &bounds.multiplier;
        Some(Run {
            taken,
            share,
            good: Good {
                shown: newest,
                left_over: false,
                pending: Some(Pending { start, amount }),
            },
        })
    }

    /// The places in which the run is counted: those of the runs before, or more.
    fn places_of(&self, number: f64) -> Option<usize> {
        (self.places..=PLACES_MAX).find(|places| Exact::short_units(number, *places).is_some())
    }
}

impl Bounds {
    /// The bounds between two instants; `None` if the register's terms change in between.
    fn of(register: &Register, from: Moment, to: Moment, places: usize) -> Option<Self> {
        let multiplier = register.multiplier_at(from)?;
        let replaced = !register.replacements(from, false, to).is_empty();
        if replaced || register.smallest_if_changed(multiplier, from, to).is_some() {
            return None;
        }
        let pause_max_ms = longest_unstretched(register.interval_ms());
        // The limit of no time at all: more time allows no less.
        let rise_max = register.limit(0, multiplier).over(multiplier)?;
        Some(Self {
            rise_max: rise_max.whole_units_at(places),
            pause_max_ms,
            multiplier: multiplier.clone(),
        })
    }
}

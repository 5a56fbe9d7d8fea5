//! What a channel shows at an instant: a register that counts a load, or a state that swings.

use std::fmt;

use crate::calendar::Moment;

use super::Dice;
use super::Load;
use super::load::{LoadOfDay, SLOT_MS, slot_of};

/// Steps of a register in one of its units: it shows two decimals.
const STEPS: u64 = 100;

/// A counting register behind a transformer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Register {
    /// What flows through.
    pub load: Load,
    /// Real units in one register unit.
    pub multiplier: u32,
    /// Where it wraps, in register units.
    pub size: u32,
    /// When it was read first; the start of a slot.
    pub since: Moment,
    /// What it showed then, in hundredths.
    pub start: u64,
    /// The meter put in its place, if it was replaced.
    pub replaced: Option<Replacement>,
}

/// Another meter in the place of the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// When; the start of a slot.
    pub at: Moment,
    /// What the new meter showed, in hundredths.
    pub new_start: u64,
}

/// A state of the moment, in thousandths of its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The power of a load, in kW.
    Power(Load),
    /// Around `middle`, by up to `swing`.
    Level {
        /// Thousandths of the unit.
        middle: i64,
        /// Thousandths of the unit.
        swing: i64,
        /// Its own chance.
        dice: Dice,
    },
    /// On or off; off.
    Quiet,
}

/// What a channel shows over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Counts.
    Register(Register),
    /// Swings.
    State(State),
}

/// A number as a gateway writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Hundredths.
    Hundredths(u64),
    /// Thousandths.
    Thousandths(i64),
    /// True or false.
    Switch(bool),
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hundredths(steps) => write!(f, "{}.{:02}", steps / STEPS, steps % STEPS),
            Self::Thousandths(milli) => {
                let sign = if *milli < 0 { "-" } else { "" };
                let size = milli.unsigned_abs();
                write!(f, "{sign}{}.{:03}", size / 1000, size % 1000)
            }
            Self::Switch(on) => write!(f, "{on}"),
        }
    }
}

/// Reads one channel at rising instants, adding up its load as it goes.
#[derive(Clone, Debug)]
pub struct Reader {
    course: Course,
    /// The slot up to whose start the sums go.
    slot: i64,
    /// Thousandths since the first reading.
    sum: u64,
    /// What `sum` was when the meter was replaced.
    sum_replaced: u64,
    /// The load on the day that was asked for last.
    today: Option<LoadOfDay>,
}

impl Reader {
    /// A reader that stands at the beginning of `course`.
    #[must_use]
    pub fn new(course: Course) -> Self {
        let slot = match course {
            Course::Register(register) => slot_of(register.since),
            Course::State(_) => 0,
        };
        Self {
            course,
            slot,
            sum: 0,
            sum_replaced: 0,
            today: None,
        }
    }

    /// What is shown at `at`, which must not lie before the last instant asked for.
    pub fn read(&mut self, at: Moment) -> Shown {
        match self.course {
            Course::Register(register) => Shown::Hundredths(self.steps(register, at)),
            Course::State(state) => self.state(state, at),
        }
    }

    fn state(&mut self, state: State, at: Moment) -> Shown {
        let slot = slot_of(at);
        match state {
            State::Power(load) => {
                let milli = self.milli_in_slot(load, slot) * 4;
                Shown::Thousandths(i64::try_from(milli).unwrap_or(i64::MAX) / 100 * 100)
            }
            State::Level {
                middle,
                swing,
                dice,
            } => {
                // The slow part by the slot, the quick one by the instant.
                let roll = |dice: Dice, key: i64, to: i64| {
                    let span = u64::try_from(2 * to).unwrap_or(0);
                    let rolled = dice.below(key.unsigned_abs(), span + 1);
                    i64::try_from(rolled).unwrap_or(0) - to
                };
                let drift = roll(dice.of(1), slot, swing * 3 / 4);
                let flutter = roll(dice.of(2), at.unix_ms(), swing / 4);
                Shown::Thousandths(middle + drift + flutter)
            }
            State::Quiet => Shown::Switch(false),
        }
    }

    fn milli_in_slot(&mut self, load: Load, slot: i64) -> u64 {
        let known = self.today.filter(|day| day.holds(load, slot));
        let day = known.unwrap_or_else(|| load.on_day_of(slot));
        self.today = Some(day);
        day.milli_in_slot(slot)
    }

    /// Keeps the sum with which the meter was replaced.
    fn note_replacement(&mut self, register: Register) {
        if register
            .replaced
            .is_some_and(|new| slot_of(new.at) == self.slot)
        {
            self.sum_replaced = self.sum;
        }
    }

    fn steps(&mut self, register: Register, at: Moment) -> u64 {
        self.note_replacement(register);
        while self.slot < slot_of(at) {
            self.sum += self.milli_in_slot(register.load, self.slot);
            self.slot += 1;
            self.note_replacement(register);
        }
        let past_ms = u64::try_from(at.unix_ms().rem_euclid(SLOT_MS)).unwrap_or(0);
        let within = match past_ms {
            0 => 0,
            _ => self.milli_in_slot(register.load, self.slot) * past_ms / SLOT_MS.unsigned_abs(),
        };
        let sum = self.sum + within;
        // A reading at the very moment of replacement is the old meter's last.
        match register.replaced.filter(|new| at > new.at) {
            Some(new) => register.shows(new.new_start, sum - self.sum_replaced),
            None => register.shows(register.start, sum),
        }
    }
}

impl Register {
    /// What it shows after `milli` thousandths, from `start` hundredths on.
    fn shows(self, start: u64, milli: u64) -> u64 {
        let milli_in_step = u64::from(self.multiplier.max(1)) * 1000 / STEPS;
        (start + milli / milli_in_step) % (u64::from(self.size.max(1)) * STEPS)
    }
}

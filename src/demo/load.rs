//! How much is used when: shifts, weekends, holidays, seasons and noise. A pure function of time,
//! so that the history and the simulator, weeks later and in another process, draw one curve.

use crate::calendar::Day;
use crate::calendar::Moment;

use super::Dice;

/// A quarter of an hour, the step of every curve (domain.md 3.4).
pub const SLOT_MS: i64 = 900_000;
/// Slots in a day.
const SLOTS_A_DAY: i64 = 96;

/// How an enterprise works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pattern {
    /// Round the clock, every day.
    Continuous,
    /// Three shifts, quieter on Sundays.
    ThreeShifts,
    /// Six to ten, six days a week.
    TwoShifts,
    /// Eight to six, five days a week.
    DayShift,
}

impl Pattern {
    /// All of them, with the word they are written down by.
    pub const ALL: [(Self, &'static str); 4] = [
        (Self::Continuous, "continuous"),
        (Self::ThreeShifts, "three_shifts"),
        (Self::TwoShifts, "two_shifts"),
        (Self::DayShift, "day_shift"),
    ];

    /// Per mille of the mean in each hour of a working day.
    const fn hours(self) -> &'static [u64; 24] {
        match self {
            Self::Continuous => &[
                960, 955, 950, 950, 955, 965, 980, 1005, 1030, 1045, 1050, 1045, 1025, 1035, 1050,
                1055, 1050, 1040, 1020, 1005, 995, 985, 975, 965,
            ],
            Self::ThreeShifts => &[
                870, 850, 840, 830, 835, 850, 900, 960, 1120, 1190, 1210, 1190, 1050, 1150, 1210,
                1210, 1180, 1120, 1020, 1010, 1000, 980, 930, 890,
            ],
            Self::TwoShifts => &[
                330, 310, 300, 300, 310, 420, 980, 1300, 1480, 1530, 1550, 1500, 1260, 1470, 1540,
                1540, 1500, 1430, 1300, 1290, 1260, 1120, 620, 390,
            ],
            Self::DayShift => &[
                260, 250, 245, 245, 250, 270, 420, 1150, 2010, 2230, 2290, 2180, 1480, 2110, 2270,
                2250, 2120, 1720, 980, 620, 430, 340, 300, 270,
            ],
        }
    }

    /// Per mille of a working day that is left on a day of rest.
    const fn rest(self, rest: Rest) -> u64 {
        match (self, rest) {
            (_, Rest::None) | (Self::Continuous, Rest::Saturday | Rest::Sunday) => 1000,
            (Self::Continuous, Rest::Holiday) => 900,
            (Self::ThreeShifts, Rest::Saturday) => 960,
            (Self::ThreeShifts, Rest::Sunday) => 780,
            (Self::ThreeShifts, Rest::Holiday) => 420,
            (Self::TwoShifts, Rest::Saturday) => 880,
            (Self::TwoShifts, Rest::Sunday) => 340,
            (Self::TwoShifts, Rest::Holiday) => 210,
            (Self::DayShift, Rest::Saturday) => 390,
            (Self::DayShift, Rest::Sunday) => 250,
            (Self::DayShift, Rest::Holiday) => 190,
        }
    }
}

/// What kind of rest a day is.
#[derive(Clone, Copy)]
enum Rest {
    None,
    Saturday,
    Sunday,
    Holiday,
}

/// Days when factories rest, as first and last `MMDD`: the fixed holidays of every year.
const FIXED_HOLIDAYS: [(u16, u16); 3] = [(101, 103), (501, 505), (1001, 1007)];
/// Spring festivals, as year, first and last `MMDD`; a made-up city may be a day off.
const SPRING_FESTIVALS: [(i16, u16, u16); 5] = [
    (2025, 128, 204),
    (2026, 215, 223),
    (2027, 205, 211),
    (2028, 125, 131),
    (2029, 212, 218),
];
/// Per mille of the yearly mean in each month: cooling in summer, a little heating in winter.
const SEASONS: [u64; 12] = [
    1010, 960, 950, 945, 975, 1040, 1120, 1130, 1040, 960, 955, 1000,
];

/// A curve: so much on average, spread over time in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Load {
    /// Thousandths of the unit (Wh of kWh, litres of m³) in an average hour.
    pub milli_per_hour: u64,
    /// How it is spread.
    pub pattern: Pattern,
    /// Its own chance.
    pub dice: Dice,
}

impl Load {
    /// Thousandths of the unit in the slot that begins at `slot` x 15 minutes after 1970.
    #[must_use]
    pub fn milli_in_slot(self, slot: i64) -> u64 {
        self.on_day_of(slot).milli_in_slot(slot)
    }

    /// The load on the day that `slot` belongs to.
    pub(super) fn on_day_of(self, slot: i64) -> LoadOfDay {
        let day = Day::of(Moment::from_unix_ms(slot.saturating_mul(SLOT_MS)));
        let key = i64::from(day.number()).unsigned_abs();
        LoadOfDay {
            load: self,
            first_slot: slot_of(day.start()),
            shares: [
                self.pattern.rest(rest_of(day)),
                season_share(day),
                self.dice.of(1).between(key, 930, 1070),
            ],
        }
    }

    /// Thousandths of the unit over the days from `from` to before `to`, but for the chance of
    /// each slot, which evens out: what a yearly bill says.
    pub(super) fn milli_over(self, from: Day, to: Day) -> u64 {
        let minutes = (0..SLOTS_A_DAY).map(|slot| slot * 15);
        let hours: u64 = minutes.map(|minute| self.hour_share(minute)).sum();
        let a_day = self.milli_per_hour / 4 * hours / 1000;
        let days = (from.number()..to.number()).map(Day::from_number);
        days.map(|day| {
            let shares = self.on_day_of(slot_of(day.start())).shares;
            shared(a_day, shares)
        })
        .sum()
    }

    /// More than it can ever be in one hour, in whole units.
    #[must_use]
    pub fn most_per_hour(self) -> u64 {
        let peak = self.pattern.hours().iter().max().copied().unwrap_or(1000);
        // Season 1.13, day 1.07, slot 1.045 make 1.27; the rest is the room a meter has.
        (self.milli_per_hour * peak / 1000 * 3 / 2)
            .div_ceil(1000)
            .max(1)
    }

    /// Per mille at a minute of the day, straight from hour to hour.
    fn hour_share(self, minute: i64) -> u64 {
        let hours = self.pattern.hours();
        let hour = usize::try_from(minute / 60).unwrap_or(0);
        let at = |hour: usize| hours.get(hour % 24).copied().unwrap_or(1000);
        let past = u64::try_from(minute % 60).unwrap_or(0);
        (at(hour) * (60 - past) + at(hour + 1) * past) / 60
    }
}

/// A load on one day: what all its slots have in common is worked out once.
#[derive(Clone, Copy, Debug)]
pub(super) struct LoadOfDay {
    load: Load,
    first_slot: i64,
    /// Per mille: kind of day, season, chance of the day.
    shares: [u64; 3],
}

impl LoadOfDay {
    /// Whether `slot` belongs to the day of this `load`.
    pub(super) fn holds(&self, load: Load, slot: i64) -> bool {
        (self.first_slot..self.first_slot + SLOTS_A_DAY).contains(&slot) && self.load == load
    }

    /// As [`Load::milli_in_slot`], of a slot of this day.
    pub(super) fn milli_in_slot(&self, slot: i64) -> u64 {
        let load = self.load;
        let by_hour =
            load.milli_per_hour / 4 * load.hour_share((slot - self.first_slot) * 15) / 1000;
        let chance = load.dice.of(2).between(slot.unsigned_abs(), 955, 1045);
        shared(by_hour, self.shares) * chance / 1000
    }
}

/// One share after the other, in whole thousandths.
fn shared(milli: u64, shares: [u64; 3]) -> u64 {
    shares
        .into_iter()
        .fold(milli, |milli, per_mille| milli * per_mille / 1000)
}

/// The slot that `at` lies in.
#[must_use]
pub const fn slot_of(at: Moment) -> i64 {
    at.unix_ms().div_euclid(SLOT_MS)
}

fn rest_of(day: Day) -> Rest {
    let month = day.month();
    let of_month = day.number() - month.first_day().number() + 1;
    let date = u16::try_from(i32::from(month.number()) * 100 + of_month).unwrap_or(0);
    let year = month.year().number();
    let fixed = FIXED_HOLIDAYS
        .iter()
        .any(|(first, last)| (*first..=*last).contains(&date));
    let spring = SPRING_FESTIVALS
        .iter()
        .any(|(of, first, last)| *of == year && (*first..=*last).contains(&date));
    if fixed || spring {
        return Rest::Holiday;
    }
    // 1970-01-01 was a Thursday.
    match (day.number() + 3).rem_euclid(7) {
        5 => Rest::Saturday,
        6 => Rest::Sunday,
        _ => Rest::None,
    }
}

fn season_share(day: Day) -> u64 {
    let month = usize::try_from(day.month().number() - 1).unwrap_or(0);
    SEASONS.get(month).copied().unwrap_or(1000)
}

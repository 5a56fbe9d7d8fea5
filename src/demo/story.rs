//! What is told of some of a made-up city's enterprises, so that each reason of a rating, and each
//! gap of a map, has somebody to show it on: by their place among fifty, so that every park has
//! them.

use crate::calendar::Day;
use crate::calendar::Year;

use super::Dice;
use super::city::key;

/// Enterprises after which the stories come again.
const FIFTY: usize = 50;
/// Days that the newest enterprises need from their founding to their first meter.
const BUILT_WITHIN: i32 = 60;
/// Days that the meters of the newest enterprises have counted.
const METERED_FOR: i32 = 20;

/// What is special about an enterprise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Story {
    /// Nothing.
    Ordinary,
    /// Founded in the last full year or the one before: too new to be rated.
    New,
    /// Founded this year: no statement yet, and meters for some weeks only.
    Newest,
    /// Invests so much that more tax came back than was paid.
    Refunded,
    /// Had more tax paid back than it paid, and nobody says what for.
    Losing,
    /// Nobody stated anything for the last full year.
    Unstated,
    /// Sells much on much land and pays little tax.
    Thin,
    /// Makes heat and power for the others: not rated.
    Utility,
    /// Has land and hardly works on it.
    Idle,
    /// The best of its trade.
    Champion,
    /// One enterprise with the next one (domain.md 2.9).
    Sister,
}

impl Story {
    /// That of the enterprise numbered `number` of the city.
    pub(super) const fn of(number: usize) -> Self {
        match number % FIFTY {
            4 | 31 => Self::New,
            27 => Self::Newest,
            10 => Self::Refunded,
            35 => Self::Losing,
            15 => Self::Unstated,
            21 | 40 => Self::Thin,
            12 => Self::Utility,
            7 | 24 | 42 => Self::Idle,
            2 | 18 => Self::Champion,
            19 | 20 => Self::Sister,
            _ => Self::Ordinary,
        }
    }

    /// The word that names its group of related enterprises, if it is in one.
    pub(super) fn group(self, number: usize, park: &str) -> Option<String> {
        (self == Self::Sister).then(|| format!("{park}-集团{}", number / FIFTY + 1))
    }

    /// When it was founded.
    pub(super) fn established(self, dice: Dice, today: Day) -> Day {
        let last = last_full_year(today);
        let year_end = first_day(Year::new(last.number() + 1));
        let back = |from: u64, to: u64| {
            let days = i32::try_from(dice.between(4, from, to)).unwrap_or(0);
            Day::from_number(year_end.number() - days)
        };
        match self {
            Self::New => back(60, 600),
            // Its meters have counted for some weeks: no closed month knows it yet.
            Self::Newest => Day::from_number(today.number() - BUILT_WITHIN - METERED_FOR),
            // Between 5 and 26 years old.
            _ => back(1_900, 9_600),
        }
    }

    /// The day of its first meter, if that is not before all history.
    pub(super) fn metered_since(self, established: Day) -> Option<Day> {
        (self == Self::Newest).then(|| Day::from_number(established.number() + BUILT_WITHIN))
    }

    /// Per mille of the strength that its trade has on its land: sales, energy and staff follow it.
    pub(super) fn strength(self, dice: Dice) -> u64 {
        // The sum of three throws: most are middling, few are far out.
        let thrown: u64 = (0..3).map(|throw| dice.between(90 + throw, 130, 560)).sum();
        match self {
            Self::Champion => 1_350 + thrown / 4,
            Self::Idle => 190 + thrown / 20,
            Self::New | Self::Losing => thrown / 2,
            _ => thrown,
        }
    }
}

/// The last year of which everything can be stated.
pub(super) fn last_full_year(today: Day) -> Year {
    Year::new(today.month().year().number() - 1)
}

/// New Year's day.
pub(super) fn first_day(year: Year) -> Day {
    Day::of(year.period().from())
}

/// Chance of a year, apart from all others.
pub(super) fn dice_of(dice: Dice, year: Year) -> Dice {
    dice.of(300 + key(usize::try_from(year.number()).unwrap_or(0)))
}

//! A plan of slots, a table of prices, and which of them holds when.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Day, DayKind, Holidays, Moment, Month};
use crate::units::Exact;

use super::QUARTER_MS;

/// A kind of quarter hour by what electricity is worth in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slot {
    /// 尖.
    Sharp,
    /// 峰.
    Peak,
    /// 平.
    Flat,
    /// 谷.
    Valley,
    /// 深谷.
    DeepValley,
}

impl Slot {
    /// All of them, the dearest first.
    pub const ALL: [Self; 5] = [
        Self::Sharp,
        Self::Peak,
        Self::Flat,
        Self::Valley,
        Self::DeepValley,
    ];

    /// As a code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sharp => "sharp",
            Self::Peak => "peak",
            Self::Flat => "flat",
            Self::Valley => "valley",
            Self::DeepValley => "deep_valley",
        }
    }

    /// The slot of a digit of a plan: 0谷 1平 2峰 3尖 4深谷 (domain.md 3.3).
    #[must_use]
    pub const fn of_digit(digit: char) -> Option<Self> {
        match digit {
            '0' => Some(Self::Valley),
            '1' => Some(Self::Flat),
            '2' => Some(Self::Peak),
            '3' => Some(Self::Sharp),
            '4' => Some(Self::DeepValley),
            _ => None,
        }
    }
}

/// The slots of days of some months and kinds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DayRule {
    /// 1 to 12.
    pub(super) months: BTreeSet<i8>,
    pub(super) kinds: BTreeSet<DayKind>,
    /// Only these public holidays; empty: all.
    pub(super) holidays: BTreeSet<String>,
    /// 96 of them.
    pub(super) slots: Vec<Slot>,
}

/// A dated plan of slots.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Its name, as `jiangsu`; several of one name follow each other in time.
    pub id: String,
    /// The first day on which it holds.
    pub from: Day,
    /// The first day after, unless it still holds.
    pub to: Option<Day>,
    /// The hours of the night: from this one to that one of the next day.
    pub night: (i64, i64),
    /// Where it comes from.
    pub source: String,
    pub(super) rules: Vec<DayRule>,
}

impl Plan {
    /// Whether it holds on `day`.
    #[must_use]
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }

    /// The 96 slots of `day`; `None` if they depend on its kind and that is not known.
    fn slots_of(&self, day: Day, holidays: &Holidays) -> Option<&[Slot]> {
        let month = day.month().number();
        let of_month = || {
            self.rules
                .iter()
                .filter(|rule| rule.months.contains(&month))
        };
        let name = holidays.name(day);
        let named = of_month().find(|rule| name.is_some_and(|name| rule.holidays.contains(name)));
        let general = || of_month().filter(|rule| rule.holidays.is_empty());
        let found = match (named, holidays.kind(day)) {
            (Some(named), _) => Some(named),
            (None, Some(kind)) => general().find(|rule| rule.kinds.contains(&kind)),
            // One plan for all days of the month: no kind is needed.
            (None, None) if of_month().count() == 1 => general().next(),
            (None, None) => None,
        };
        found.map(|rule| rule.slots.as_slice())
    }
}

/// What a kWh costs in each slot, dated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Price {
    /// Its name; several of one name follow each other in time.
    pub id: String,
    /// The first month in which it holds.
    pub from: Month,
    /// The first month after, unless it still holds.
    pub to: Option<Month>,
    /// 元/kWh by slot, as decimals and as they were written.
    pub by_slot: BTreeMap<Slot, (Exact, String)>,
    /// Where it comes from.
    pub source: String,
}

impl Price {
    /// Whether it holds in `month`.
    #[must_use]
    pub fn holds(&self, month: Month) -> bool {
        self.from <= month && self.to.is_none_or(|to| month < to)
    }
}

/// The plan and the prices that count here, with the holidays that plans ask for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tariffs {
    pub(super) plans: Vec<Plan>,
    pub(super) prices: Vec<Price>,
    pub(super) holidays: Holidays,
}

impl Tariffs {
    /// Whether there are prices of any time.
    #[must_use]
    pub const fn has_prices(&self) -> bool {
        !self.prices.is_empty()
    }

    /// The plan that holds on `day`.
    #[must_use]
    pub fn plan(&self, day: Day) -> Option<&Plan> {
        self.plans.iter().find(|plan| plan.holds(day))
    }

    /// The prices that hold in `month`.
    #[must_use]
    pub fn price(&self, month: Month) -> Option<&Price> {
        self.prices.iter().find(|price| price.holds(month))
    }

    /// The slot of the quarter hour that `moment` falls in; `None` if no plan holds, or it needs to
    /// know the holidays of a year without a file.
    #[must_use]
    pub fn slot_at(&self, moment: Moment) -> Option<Slot> {
        let day = Day::of(moment);
        let slots = self.plan(day)?.slots_of(day, &self.holidays)?;
        let quarter = moment.ms_since(day.start()) / QUARTER_MS;
        slots.get(usize::try_from(quarter).ok()?).copied()
    }
}

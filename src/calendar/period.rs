//! Days, months, years and half-open periods at UTC+8.

use std::fmt;
use std::str::FromStr;

use super::Moment;
use super::moment::{DAY_MS, PARK_OFFSET_MS};

/// A day of the park (UTC+8), counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// A month of the park.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i16,
    month: i8,
}

/// A calendar year of the park.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Year(i16);

/// A half-open stretch of time `[from, to)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    from: Moment,
    to: Moment,
}

/// A text that is not a period, or one that ends before it begins.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a period: write 2026, 2026-10 or 2026-10-31")]
pub struct PeriodUnreadable {
    /// What was written.
    pub text: String,
}

impl Period {
    /// The stretch `[from, to)`; `None` if it would be empty or run backwards.
    #[must_use]
    pub fn new(from: Moment, to: Moment) -> Option<Self> {
        (from < to).then_some(Self { from, to })
    }

    /// The first instant inside.
    #[must_use]
    pub const fn from(self) -> Moment {
        self.from
    }

    /// The first instant after.
    #[must_use]
    pub const fn to(self) -> Moment {
        self.to
    }

    /// Whether `moment` lies inside.
    #[must_use]
    pub fn contains(self, moment: Moment) -> bool {
        self.from <= moment && moment < self.to
    }
}

impl Day {
    /// The day that `moment` falls on.
    #[must_use]
    pub fn of(moment: Moment) -> Self {
        let days = moment
            .unix_ms()
            .saturating_add(PARK_OFFSET_MS)
            .div_euclid(DAY_MS);
        Self(i32::try_from(days).unwrap_or(if days < 0 { i32::MIN } else { i32::MAX }))
    }

    /// The day `number` days after 1970-01-01.
    #[must_use]
    pub const fn from_number(number: i32) -> Self {
        Self(number)
    }

    /// Days since 1970-01-01.
    #[must_use]
    pub const fn number(self) -> i32 {
        self.0
    }

    /// The following day.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    /// Midnight at which the day begins.
    #[must_use]
    pub fn start(self) -> Moment {
        Moment::from_unix_ms(i64::from(self.0) * DAY_MS - PARK_OFFSET_MS)
    }

    /// The day as a period.
    #[must_use]
    pub fn period(self) -> Period {
        Period {
            from: self.start(),
            to: self.next().start(),
        }
    }

    /// The month it belongs to.
    #[must_use]
    pub fn month(self) -> Month {
        let date = self.date();
        Month {
            year: date.year(),
            month: date.month(),
        }
    }

    /// Whether it is a Saturday or a Sunday.
    #[must_use]
    pub const fn is_weekend(self) -> bool {
        // 1970-01-01 was a Thursday: counted from Monday, the fourth.
        self.0.wrapping_add(3).rem_euclid(7) >= 5
    }

    /// Full months from `earlier` to this day: a month is full on the same day of the month, so
    /// from 31 January none is full on 28 February (contract.md 10, rule 3).
    #[must_use]
    pub fn full_months_since(self, earlier: Self) -> i64 {
        let (now, then) = (self.date(), earlier.date());
        let years = i64::from(now.year()) - i64::from(then.year());
        let months = years * 12 + i64::from(now.month()) - i64::from(then.month());
        months - i64::from(now.day() < then.day())
    }

    fn date(self) -> jiff::civil::Date {
        let epoch = jiff::civil::date(1970, 1, 1);
        let span = jiff::Span::new().try_days(self.0);
        span.and_then(|span| epoch.checked_add(span))
            .unwrap_or(epoch)
    }

    fn from_date(date: jiff::civil::Date) -> Self {
        let epoch = jiff::civil::date(1970, 1, 1);
        Self(date.since(epoch).map_or(0, |span| span.get_days()))
    }
}

impl Month {
    /// The month `month` (1 to 12) of `year`; `None` outside that range.
    #[must_use]
    pub fn new(year: i16, month: i8) -> Option<Self> {
        jiff::civil::Date::new(year, month, 1)
            .ok()
            .map(|_| Self { year, month })
    }

    /// The month that `moment` falls in.
    #[must_use]
    pub fn of(moment: Moment) -> Self {
        Day::of(moment).month()
    }

    /// The following month.
    #[must_use]
    pub fn next(self) -> Self {
        if self.month == 12 {
            Self {
                year: self.year.saturating_add(1),
                month: 1,
            }
        } else {
            Self {
                year: self.year,
                month: self.month + 1,
            }
        }
    }

    /// The month before.
    #[must_use]
    pub fn previous(self) -> Self {
        if self.month == 1 {
            Self {
                year: self.year.saturating_sub(1),
                month: 12,
            }
        } else {
            Self {
                year: self.year,
                month: self.month - 1,
            }
        }
    }

    /// Its first day; past the last year that a calendar writes (9999), that year's last day.
    #[must_use]
    pub fn first_day(self) -> Day {
        let first = jiff::civil::Date::new(self.year, self.month, 1);
        Day::from_date(first.unwrap_or(jiff::civil::Date::MAX))
    }

    /// The month as a period.
    #[must_use]
    pub fn period(self) -> Period {
        Period {
            from: self.first_day().start(),
            to: self.next().first_day().start(),
        }
    }

    /// Its year.
    #[must_use]
    pub const fn year(self) -> Year {
        Year(self.year)
    }

    /// Its number in the year, 1 to 12.
    #[must_use]
    pub const fn number(self) -> i8 {
        self.month
    }
}

impl Year {
    /// The calendar year `number`.
    #[must_use]
    pub const fn new(number: i16) -> Self {
        Self(number)
    }

    /// Its number, as 2026.
    #[must_use]
    pub const fn number(self) -> i16 {
        self.0
    }

    /// The year as a period.
    #[must_use]
    pub fn period(self) -> Period {
        let january = |year| Month { year, month: 1 }.first_day().start();
        Period {
            from: january(self.0),
            to: january(self.0.saturating_add(1)),
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl fmt::Display for Year {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

impl FromStr for Day {
    type Err = PeriodUnreadable;

    fn from_str(text: &str) -> Result<Self, PeriodUnreadable> {
        let unreadable = || PeriodUnreadable {
            text: text.to_owned(),
        };
        if text.len() != 10 {
            return Err(unreadable());
        }
        text.parse()
            .map(Self::from_date)
            .map_err(|_cause| unreadable())
    }
}

impl FromStr for Month {
    type Err = PeriodUnreadable;

    fn from_str(text: &str) -> Result<Self, PeriodUnreadable> {
        let unreadable = || PeriodUnreadable {
            text: text.to_owned(),
        };
        let (year, month) = text.split_once('-').ok_or_else(unreadable)?;
        if year.len() != 4 || month.len() != 2 {
            return Err(unreadable());
        }
        let year = year.parse().map_err(|_cause| unreadable())?;
        let month = month.parse().map_err(|_cause| unreadable())?;
        Self::new(year, month).ok_or_else(unreadable)
    }
}

//! What a department or an enterprise states about a period.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::calendar::Month;
use crate::calendar::Period;
use crate::calendar::Year;
use crate::indicator::IndicatorNo;

use super::{EnterpriseCode, Name};

/// A text that is no period of statements.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a period: write 2025, 2025-H1, 2025-Q1 or 2025-03")]
pub struct NotAStatementPeriod {
    /// What was written.
    pub text: String,
}

/// A year, half-year, quarter or month at UTC+8 (contract.md 5, columns of `statements`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StatementPeriod {
    /// As `2025`.
    Year(Year),
    /// As `2025-H1`: 1 or 2.
    HalfYear(Year, i8),
    /// As `2025-Q1`: 1 to 4.
    Quarter(Year, i8),
    /// As `2025-03`.
    Month(Month),
}

impl StatementPeriod {
    /// The stretch of time it names; `None` past the calendar's end.
    #[must_use]
    pub fn period(self) -> Option<Period> {
        let months = |year: Year, first: i8, count: usize| {
            let first = Month::new(year.number(), first)?;
            let after = (0..count).fold(first, |month, _| month.next());
            Period::new(first.first_day().start(), after.first_day().start())
        };
        match self {
            Self::Year(year) => months(year, 1, 12),
            Self::HalfYear(year, half) => months(year, 6 * (half - 1) + 1, 6),
            Self::Quarter(year, quarter) => months(year, 3 * (quarter - 1) + 1, 3),
            Self::Month(month) => months(month.year(), month.number(), 1),
        }
    }
}

impl StatementPeriod {
    /// The year it lies in.
    #[must_use]
    pub const fn year(self) -> Year {
        match self {
            Self::Year(year) | Self::HalfYear(year, _) | Self::Quarter(year, _) => year,
            Self::Month(month) => month.year(),
        }
    }

    /// The same stretch of the year before; `None` before the calendar begins.
    #[must_use]
    pub fn year_before(self) -> Option<Self> {
        let before = self.year().number().checked_sub(1)?;
        Some(match self {
            Self::Year(_) => Self::Year(Year::new(before)),
            Self::HalfYear(_, half) => Self::HalfYear(Year::new(before), half),
            Self::Quarter(_, quarter) => Self::Quarter(Year::new(before), quarter),
            Self::Month(month) => Self::Month(Month::new(before, month.number())?),
        })
    }
}

impl fmt::Display for StatementPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Year(year) => write!(f, "{year}"),
            Self::HalfYear(year, half) => write!(f, "{year}-H{half}"),
            Self::Quarter(year, quarter) => write!(f, "{year}-Q{quarter}"),
            Self::Month(month) => write!(f, "{month}"),
        }
    }
}

impl FromStr for StatementPeriod {
    type Err = NotAStatementPeriod;

    fn from_str(text: &str) -> Result<Self, NotAStatementPeriod> {
        let refused = || NotAStatementPeriod {
            text: text.to_owned(),
        };
        let year = |digits: &str| {
            let is_year = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
            let number = digits
                .parse()
                .ok()
                .filter(|_| is_year)
                .ok_or_else(refused)?;
            Ok(Year::new(number))
        };
        let Some((digits, part)) = text.split_once('-') else {
            return year(text).map(Self::Year);
        };
        let year = year(digits)?;
        match part {
            "H1" => Ok(Self::HalfYear(year, 1)),
            "H2" => Ok(Self::HalfYear(year, 2)),
            "Q1" => Ok(Self::Quarter(year, 1)),
            "Q2" => Ok(Self::Quarter(year, 2)),
            "Q3" => Ok(Self::Quarter(year, 3)),
            "Q4" => Ok(Self::Quarter(year, 4)),
            _ => text.parse().map(Self::Month).map_err(|_cause| refused()),
        }
    }
}

/// A figure that somebody states for a period, in the indicator's unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// About whom.
    pub enterprise: EnterpriseCode,
    /// For when.
    pub period: StatementPeriod,
    /// About what: an indicator of kind amount.
    pub indicator: IndicatorNo,
    /// How much, in the indicator's unit, exact.
    pub value: Decimal,
    /// Who states it; two sources are two statements.
    pub source: Name,
}

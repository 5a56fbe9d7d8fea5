//! The id of a figure: computed, never a row number (contract.md 3), and the periods of accounts.

use std::fmt;
use std::str::FromStr;

use crate::calendar::{Month, Period, Year};
use crate::park::StatementPeriod;

/// A text that is no period of accounts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a period of accounts: write 2025, 2025-H1 or 2025-03")]
pub struct NotAnAccountPeriod {
    /// What was written.
    pub text: String,
}

/// A month, a half-year or a year, as accounts are made for. A half-year is made of its months whenever
/// it is asked for; it has no closing of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountPeriod {
    /// As `2025-03`.
    Month(Month),
    /// As `2025-H1`: the first or second half of a year.
    HalfYear(Year, i8),
    /// As `2025`.
    Year(Year),
}

impl AccountPeriod {
    /// The stretch of time.
    #[must_use]
    pub fn period(self) -> Period {
        match self {
            Self::Month(month) => month.period(),
            Self::HalfYear(year, half) => {
                let stated = StatementPeriod::HalfYear(year, half);
                // Past the calendar's end there is none.
                stated.period().unwrap_or_else(|| year.period())
            }
            Self::Year(year) => year.period(),
        }
    }

    /// The months it is made of, in order.
    #[must_use]
    pub fn months(self) -> Vec<Month> {
        match self {
            Self::Month(month) => vec![month],
            Self::HalfYear(year, half) => {
                let first = 6 * (half - 1) + 1;
                let months = (first..first + 6).filter_map(|one| Month::new(year.number(), one));
                months.collect()
            }
            Self::Year(year) => (1..=12)
                .filter_map(|number| Month::new(year.number(), number))
                .collect(),
        }
    }

    /// The same stretch of the year before; `None` before the calendar.
    #[must_use]
    pub fn year_before(self) -> Option<Self> {
        let before = |year: Year| year.number().checked_sub(1).map(Year::new);
        match self {
            Self::Month(month) => {
                let year = before(month.year())?;
                Month::new(year.number(), month.number()).map(Self::Month)
            }
            Self::HalfYear(year, half) => before(year).map(|year| Self::HalfYear(year, half)),
            Self::Year(year) => before(year).map(Self::Year),
        }
    }
}

impl fmt::Display for AccountPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month(month) => month.fmt(f),
            Self::HalfYear(year, half) => write!(f, "{year}-H{half}"),
            Self::Year(year) => year.fmt(f),
        }
    }
}

impl FromStr for AccountPeriod {
    type Err = NotAnAccountPeriod;

    fn from_str(text: &str) -> Result<Self, NotAnAccountPeriod> {
        let refused = || NotAnAccountPeriod {
            text: text.to_owned(),
        };
        let is_year = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_year {
            let number = text.parse().map_err(|_cause| refused())?;
            return Ok(Self::Year(Year::new(number)));
        }
        if let Ok(StatementPeriod::HalfYear(year, half)) = text.parse() {
            return Ok(Self::HalfYear(year, half));
        }
        text.parse().map(Self::Month).map_err(|_cause| refused())
    }
}

/// A text that is no id of a figure.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not the id of a figure: kind:key:period:revision")]
pub struct NotAFigureId {
    /// What was written.
    pub text: String,
}

/// `kind:key:period:revision`. Revision 0 is the account of a period that is not closed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FigureId {
    /// What it is, as `tax_per_mu`.
    pub kind: String,
    /// Whose: a social credit code, a park, `city`, a meter.
    pub key: String,
    /// Of when.
    pub period: AccountPeriod,
    /// Which revision of that period.
    pub revision: u32,
}

impl fmt::Display for FigureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            key,
            period,
            revision,
        } = self;
        write!(f, "{kind}:{key}:{period}:{revision}")
    }
}

impl FromStr for FigureId {
    type Err = NotAFigureId;

    fn from_str(text: &str) -> Result<Self, NotAFigureId> {
        let refused = || NotAFigureId {
            text: text.to_owned(),
        };
        let mut parts = text.split(':');
        let mut part = || parts.next().filter(|part| !part.is_empty());
        let (Some(kind), Some(key), Some(period), Some(revision)) =
            (part(), part(), part(), part())
        else {
            return Err(refused());
        };
        let is_number = revision.len() <= 9 && revision.bytes().all(|byte| byte.is_ascii_digit());
        if parts.next().is_some() || !is_number {
            return Err(refused());
        }
        Ok(Self {
            kind: kind.to_owned(),
            key: key.to_owned(),
            period: period.parse().map_err(|_cause| refused())?,
            revision: revision.parse().map_err(|_cause| refused())?,
        })
    }
}

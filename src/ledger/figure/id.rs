//! The id of a figure: computed, never a row number (contract.md 3), and the periods of accounts.

use std::fmt;
use std::str::FromStr;

use crate::calendar::{Month, Period, Year};

/// A text that is no period of accounts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a period of accounts: write 2025 or 2025-03")]
pub struct NotAnAccountPeriod {
    /// What was written.
    pub text: String,
}

/// A month or a year, as accounts are made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccountPeriod {
    /// As `2025-03`.
    Month(Month),
    /// As `2025`.
    Year(Year),
}

impl AccountPeriod {
    /// The stretch of time.
    #[must_use]
    pub fn period(self) -> Period {
        match self {
            Self::Month(month) => month.period(),
            Self::Year(year) => year.period(),
        }
    }

    /// The months it is made of, in order.
    #[must_use]
    pub fn months(self) -> Vec<Month> {
        match self {
            Self::Month(month) => vec![month],
            Self::Year(year) => (1..=12)
                .filter_map(|number| Month::new(year.number(), number))
                .collect(),
        }
    }
}

impl fmt::Display for AccountPeriod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month(month) => month.fmt(f),
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

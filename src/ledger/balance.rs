//! A meter against the sum of those right below it (总表与分表): the difference, and in percent of
//! the meter above (domain.md 3.5, "Tolerances of child meters vs parent").
//!
//! Where anything of either side is missing the difference is not known and it is said whose amount
//! is missing: part of a month against the whole of another says nothing. Counts nothing twice, for
//! it counts into nothing: sums are [`super::Rollup`]'s.

use crate::calendar::Day;
use crate::units::Exact;

/// What one meter came to over a closed month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What was used, in real units; `None` if nothing is known or nothing was closed of it.
    pub used: Option<Exact>,
    /// The share of its time with known amounts, 0 to 1.
    pub known_share: Exact,
    /// From which day it counts, if that is inside the month and not its first.
    pub begun: Option<Day>,
}

/// Why a part's amount cannot be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lack {
    /// Nothing of it is known.
    Missing,
    /// Only this share of it is known.
    Partial(Exact),
    /// It counts from this day on, later than the month's first.
    Begun(Day),
}

impl Part {
    /// One of which nothing was closed.
    #[must_use]
    pub fn missing() -> Self {
        Self {
            used: None,
            known_share: Exact::zero(),
            begun: None,
        }
    }

    /// Why it cannot be compared; `None` if it can.
    #[must_use]
    pub fn lack(&self) -> Option<Lack> {
        if self.used.is_none() {
            return Some(Lack::Missing);
        }
        if let Some(day) = self.begun {
            return Some(Lack::Begun(day));
        }
        let is_whole = self.known_share >= Exact::whole(1);
        (!is_whole).then(|| Lack::Partial(self.known_share.clone()))
    }
}

/// A meter and those right below it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// What those below came to together; `None` if something of one of them is missing.
    pub below: Option<Exact>,
    /// The meter above less those below: above 0, more came in than was found again.
    pub difference: Option<Exact>,
    /// The same in percent of the meter above; `None` too where that counted nothing.
    pub percent: Option<Exact>,
}

impl Balance {
    /// Of the meter `above` and those right `below` it.
    #[must_use]
    pub fn of(above: &Part, below: &[Part]) -> Self {
        let is_whole = |part: &Part| part.lack().is_none();
        let sum = below.iter().all(is_whole).then(|| {
            let used = below.iter().filter_map(|part| part.used.as_ref());
            used.sum::<Exact>()
        });
        let whole = above.used.as_ref().filter(|_| is_whole(above));
        let difference = whole.zip(sum.as_ref()).map(|(above, sum)| above - sum);
        let hundred = Exact::whole(100);
        let percent = whole.zip(difference.as_ref());
        let percent = percent
            .and_then(|(above, difference)| (difference * &hundred).over(above))
            .filter(|_| whole.is_some_and(|above| !above.is_zero()));
        Self {
            below: sum,
            difference,
            percent,
        }
    }

    /// Whether the difference is more than `limit` percent of the meter above, in either direction;
    /// of one that counted nothing, whether there is any. `None` if it is not known.
    #[must_use]
    pub fn is_beyond(&self, limit: &Exact) -> Option<bool> {
        let difference = self.difference.as_ref()?;
        let Some(percent) = &self.percent else {
            return Some(!difference.is_zero());
        };
        let size = if percent.is_negative() {
            &Exact::zero() - percent
        } else {
            percent.clone()
        };
        Some(size > *limit)
    }
}

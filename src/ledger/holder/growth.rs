//! How a figure stands to the same one a year before, and which part of a whole leads it (domain.md
//! 1.4 X19, 1.2 L8). Of figures as they are printed, so that whoever divides by hand gets the same.

use std::collections::BTreeMap;

use crate::ledger::figure::Figure;
use crate::units::Exact;

/// Decimal places of a percentage.
const PLACES: usize = 2;

/// Why there is no growth to tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoGrowth {
    /// The figure is not known now.
    NotKnown,
    /// It was not known then.
    NoBase,
    /// It was 0 or below then: a percentage of that says nothing.
    BaseNotAboveZero,
}

impl NoGrowth {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::NotKnown, Self::NoBase, Self::BaseNotAboveZero];

    /// As a code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotKnown => "not_known",
            Self::NoBase => "no_base",
            Self::BaseNotAboveZero => "base_not_above_zero",
        }
    }
}

/// By how many percent `now` is above `before`, 2 places.
///
/// # Errors
/// One of the two is not known, or there was nothing to grow from.
pub fn growth(now: Option<&Figure>, before: Option<&Figure>) -> Result<String, NoGrowth> {
    let now = now.and_then(Figure::exact).ok_or(NoGrowth::NotKnown)?;
    let before = before.and_then(Figure::exact).ok_or(NoGrowth::NoBase)?;
    if !before.is_positive() {
        return Err(NoGrowth::BaseNotAboveZero);
    }
    let more = (&now - &before).over(&before);
    let more = more.ok_or(NoGrowth::BaseNotAboveZero)?;
    Ok((&more * &Exact::whole(100)).rounded(PLACES))
}

/// The part that holds most of the sum of all `parts` and its share in percent, 2 places; of equal
/// ones the first by name. `None` where they do not sum to more than 0.
#[must_use]
pub fn leading(parts: &BTreeMap<String, Exact>) -> Option<(&str, String)> {
    let whole: Exact = parts.values().cloned().sum();
    let mut most: Option<(&str, &Exact)> = None;
    for (name, part) in parts {
        if most.is_none_or(|(_, known)| (part - known).is_positive()) {
            most = Some((name, part));
        }
    }
    let (name, part) = most.filter(|_| whole.is_positive())?;
    let share = part.over(&whole)?;
    Some((name, (&share * &Exact::whole(100)).rounded(PLACES)))
}

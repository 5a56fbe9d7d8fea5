//! The ways of finding breaks, and what may be asked of them.

use std::str::FromStr;

use rust_decimal::Decimal;

/// How many classes: 1 to 9; more cannot be told apart (house.md: five are right).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClassCount(usize);

/// A text that is no number of classes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a number of classes: 1 to {}", ClassCount::MAX)]
pub struct CountRefused {
    /// What was written.
    pub text: String,
}

impl FromStr for ClassCount {
    type Err = CountRefused;

    fn from_str(text: &str) -> Result<Self, CountRefused> {
        text.parse()
            .ok()
            .and_then(Self::new)
            .ok_or_else(|| CountRefused {
                text: text.to_owned(),
            })
    }
}

impl ClassCount {
    /// Most classes that palettes can still part.
    pub const MAX: usize = 9;
    /// The number that colour-blind eyes still part.
    pub const FIVE: Self = Self(5);

    /// `count` classes, if it is 1 to 9.
    #[must_use]
    pub const fn new(count: usize) -> Option<Self> {
        if count >= 1 && count <= Self::MAX {
            Some(Self(count))
        } else {
            None
        }
    }

    /// The bare number.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }
}

/// Breaks that somebody wrote down: two to ten, rising, the outer ones included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FixedBreaks(Vec<Decimal>);

/// Why written breaks cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BreaksRefused {
    /// Not a number.
    #[error("the break `{text}` is not a number: write them as 0,1.4,2.1,3.2")]
    NotANumber {
        /// What was written.
        text: String,
    },
    /// Too few or too many.
    #[error("{count} breaks are given; 2 to {} are needed, the outer ones included", ClassCount::MAX + 1)]
    Count {
        /// How many there are.
        count: usize,
    },
    /// Not rising.
    #[error("the break {at} does not lie above the one before: write them by rising value")]
    NotRising {
        /// The first that does not rise.
        at: Decimal,
    },
}

impl FixedBreaks {
    /// Breaks by rising value.
    ///
    /// # Errors
    /// Too few, too many, or not rising.
    pub fn new(breaks: Vec<Decimal>) -> Result<Self, BreaksRefused> {
        let count = breaks.len();
        if !(2..=ClassCount::MAX + 1).contains(&count) {
            return Err(BreaksRefused::Count { count });
        }
        let fallen = breaks
            .iter()
            .zip(breaks.iter().skip(1))
            .find(|(a, b)| a >= b);
        if let Some((_, at)) = fallen {
            return Err(BreaksRefused::NotRising { at: *at });
        }
        Ok(Self(breaks))
    }

    /// The breaks by rising value.
    #[must_use]
    pub fn as_slice(&self) -> &[Decimal] {
        &self.0
    }
}

impl FromStr for FixedBreaks {
    type Err = BreaksRefused;

    /// Numbers parted by commas.
    fn from_str(text: &str) -> Result<Self, BreaksRefused> {
        let number = |part: &str| {
            Decimal::from_str(part.trim()).map_err(|_cause| BreaksRefused::NotANumber {
                text: part.trim().to_owned(),
            })
        };
        Self::new(text.split(',').map(number).collect::<Result<_, _>>()?)
    }
}

/// A way of finding breaks (house.md, "Classes").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Method {
    /// Equally many values in each class (分位数, type 7).
    Quantile(ClassCount),
    /// Equally wide classes (等间距).
    Equal(ClassCount),
    /// Natural breaks (自然断点).
    Jenks(ClassCount),
    /// Breaks written down (固定), for comparison over years.
    Fixed(FixedBreaks),
    /// The same breaks on both sides of zero (差值), zero in the middle class: for differences. An
    /// even number of classes is one less.
    Diverging(ClassCount),
}

/// A word that names no method.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MethodUnknown {
    /// No such method.
    #[error("`{text}` is not a method: give quantile, equal, jenks, fixed or diverging")]
    Word {
        /// What was written.
        text: String,
    },
    /// Fixed without breaks, or breaks without fixed.
    #[error("the method fixed needs --breaks, and --breaks needs the method fixed")]
    Breaks,
}

impl Method {
    /// The method of that name.
    ///
    /// # Errors
    /// No such name; breaks missing for `fixed`, or given for another.
    pub fn named(
        word: &str,
        count: ClassCount,
        breaks: Option<FixedBreaks>,
    ) -> Result<Self, MethodUnknown> {
        match (word, breaks) {
            ("fixed", Some(breaks)) => Ok(Self::Fixed(breaks)),
            ("quantile", None) => Ok(Self::Quantile(count)),
            ("equal", None) => Ok(Self::Equal(count)),
            ("jenks", None) => Ok(Self::Jenks(count)),
            ("diverging", None) => Ok(Self::Diverging(count)),
            ("fixed" | "quantile" | "equal" | "jenks" | "diverging", _) => {
                Err(MethodUnknown::Breaks)
            }
            _ => Err(MethodUnknown::Word {
                text: word.to_owned(),
            }),
        }
    }

    /// The name of the method, as [`Method::named`] takes it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Quantile(_) => "quantile",
            Self::Equal(_) => "equal",
            Self::Jenks(_) => "jenks",
            Self::Fixed(_) => "fixed",
            Self::Diverging(_) => "diverging",
        }
    }
}

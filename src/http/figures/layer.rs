//! What a map can show, and of when; as the keys `k` and `p` of an address write it.

use std::fmt;
use std::str::FromStr;

use crate::calendar::Month;

/// A layer of the map (screens.md 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Layer {
    /// 亩均用电: kWh over mu of a month.
    KwhPerMu,
    /// 数据新鲜度: the share of the meters that are on time.
    Freshness,
}

/// A text that is no layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a layer: kwh_per_mu or freshness")]
pub(in crate::http) struct NotALayer;

impl Layer {
    /// The key `k`.
    pub(in crate::http) const fn as_str(self) -> &'static str {
        match self {
            Self::KwhPerMu => "kwh_per_mu",
            Self::Freshness => "freshness",
        }
    }

    /// Its unit, as printed.
    pub(in crate::http) const fn unit(self) -> &'static str {
        match self {
            Self::KwhPerMu => "kWh/亩",
            Self::Freshness => "%",
        }
    }

    /// Where its values come from, as a code.
    pub(in crate::http) const fn source(self) -> &'static str {
        match self {
            Self::KwhPerMu => "register_difference",
            Self::Freshness => "latest_reading",
        }
    }

    /// The units of its division, as codes: numerator, denominator.
    pub(in crate::http) const fn division(self) -> (&'static str, &'static str) {
        match self {
            Self::KwhPerMu => ("kwh", "mu"),
            Self::Freshness => ("meters", "meters"),
        }
    }
}

impl FromStr for Layer {
    type Err = NotALayer;

    fn from_str(text: &str) -> Result<Self, NotALayer> {
        [Self::KwhPerMu, Self::Freshness]
            .into_iter()
            .find(|layer| layer.as_str() == text)
            .ok_or(NotALayer)
    }
}

/// Of when figures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Shown {
    /// A month.
    Month(Month),
    /// The moment of asking.
    Now,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Month(month) => month.fmt(f),
            Self::Now => f.write_str("now"),
        }
    }
}

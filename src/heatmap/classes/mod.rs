//! Classes: values in, breaks out, and the class of each value (house.md, "Classes").
//!
//! Breaks are decimals as the values are, so that a value that equals a break falls on the side
//! the rule says. Knows no colour and no picture.

mod jenks;
mod method;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::heatmap::classes::jenks::Weighted;
use crate::units::convert::decimal_as_f64;

pub use method::{BreaksRefused, ClassCount, CountRefused, FixedBreaks, Method, MethodUnknown};

/// Fewer parcels with a value than this are not classified: it would tell single figures
/// (screens.md 6, "Classes").
pub const PARCELS_MIN: usize = 5;

/// Whether the inner breaks of quantiles and equal intervals are rounded before classifying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rounding {
    /// As computed: `map --json` and files.
    Exact,
    /// To two significant digits: pages and what is exported from them. Jenks never is.
    TwoDigits,
}

/// On which side a class is closed; the outer classes take everything beyond them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// `[lo, hi)`, the last closed: quantile, equal, fixed.
    Below,
    /// `(lo, hi]`, the first closed: Jenks.
    Above,
}

/// The class of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// Below zero: a class of its own, before the first.
    Negative,
    /// The classes by rising value, from 0.
    Number(usize),
}

/// Breaks, and the rule that sorts values between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Classes {
    breaks: Vec<Decimal>,
    closed: Closed,
    negative: bool,
    goodness: Option<f64>,
}

impl Classes {
    /// Classes of `values` by `method`; `None` for fewer than [`PARCELS_MIN`] values.
    ///
    /// Negative values are left out and get their own class, unless fixed breaks reach below
    /// zero. Where values are too alike for as many classes, there are fewer.
    #[must_use]
    pub fn of(values: &[Decimal], method: &Method, rounding: Rounding) -> Option<Self> {
        if values.len() < PARCELS_MIN {
            return None;
        }
        if let Method::Fixed(breaks) = method {
            let is_negative = values.iter().any(|value| *value < Decimal::ZERO);
            return Some(Self::fixed(breaks, is_negative));
        }
        if let Method::Diverging(count) = method {
            return Some(Self::diverging(values, *count, rounding));
        }
        let mut sorted: Vec<Decimal> = values
            .iter()
            .copied()
            .filter(|value| *value >= Decimal::ZERO)
            .collect();
        sorted.sort();
        let negative = sorted.len() < values.len();
        Some(Self::of_sorted(&sorted, method, rounding, negative))
    }

    /// The classes between `breaks`, whatever the values; `negative`: whether there are values
    /// below zero, which get their own class unless the breaks reach there.
    #[must_use]
    pub fn fixed(breaks: &FixedBreaks, negative: bool) -> Self {
        let breaks = breaks.as_slice();
        let below_zero = breaks.first().is_some_and(Decimal::is_sign_negative);
        Self {
            breaks: breaks.to_vec(),
            closed: Closed::Below,
            negative: negative && !below_zero,
            goodness: None,
        }
    }

    /// Breaks that are each other's mirror in zero: as many of the values as can be lie in each
    /// class, were they as many on both sides. Values that are all zero are one class.
    fn diverging(values: &[Decimal], count: ClassCount, rounding: Rounding) -> Self {
        let mut extents: Vec<Decimal> = values.iter().map(Decimal::abs).collect();
        extents.sort();
        let steps = count.get().saturating_sub(1) / 2;
        // The middle class is as wide on either side as half of an outer one.
        let at = |side: usize| quantile(&extents, 2 * side + 1, 2 * steps + 1);
        let most = extents.last().copied().unwrap_or_default();
        let outward = (0..steps).filter_map(at).collect();
        let outward = rising(outward, Decimal::ZERO, most, rounding);
        let inward = outward.iter().rev().map(|at| -*at);
        let inner: Vec<Decimal> = inward.chain(outward.iter().copied()).collect();
        let least = inner.iter().chain(values).min().copied();
        let most = inner.iter().chain(values).max().copied();
        let breaks = least.into_iter().chain(inner.iter().copied()).chain(most);
        Self {
            breaks: breaks.collect(),
            ..Self::none()
        }
    }

    /// No classes at all.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            breaks: Vec::new(),
            closed: Closed::Below,
            negative: false,
            goodness: None,
        }
    }

    fn of_sorted(sorted: &[Decimal], method: &Method, rounding: Rounding, negative: bool) -> Self {
        let (Some(least), Some(most)) = (sorted.first(), sorted.last()) else {
            return Self {
                negative,
                ..Self::none()
            };
        };
        let (inner, closed, goodness) = match method {
            Method::Quantile(count) => (quantiles(sorted, *count), Closed::Below, None),
            Method::Equal(count) => (equal(*least, *most, *count), Closed::Below, None),
            Method::Jenks(count) => {
                let (inner, goodness) = natural(sorted, *count);
                (inner, Closed::Above, Some(goodness))
            }
            Method::Fixed(breaks) => (breaks.as_slice().to_vec(), Closed::Below, None),
            Method::Diverging(_) => (Vec::new(), Closed::Below, None),
        };
        let inner = match closed {
            Closed::Below => rising(inner, *least, *most, rounding),
            Closed::Above => inner,
        };
        let mut breaks = vec![*least];
        breaks.extend(inner);
        breaks.push(*most);
        Self {
            breaks,
            closed,
            negative,
            goodness,
        }
    }

    /// The breaks by rising value: least, inner ones, most; one more than there are classes,
    /// or none where every value is negative.
    #[must_use]
    pub fn breaks(&self) -> &[Decimal] {
        &self.breaks
    }

    /// How many classes there are beside that of negative values.
    #[must_use]
    pub fn len(&self) -> usize {
        self.breaks.len().saturating_sub(1)
    }

    /// Whether all values are negative.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// On which side each class is closed.
    #[must_use]
    pub const fn closed(&self) -> Closed {
        self.closed
    }

    /// Whether negative values have a class of their own.
    #[must_use]
    pub const fn has_negative(&self) -> bool {
        self.negative
    }

    /// Jenks: the share of the squared deviations that the classes explain, 0 to 1.
    #[must_use]
    pub const fn goodness(&self) -> Option<f64> {
        self.goodness
    }

    /// The breaks between classes.
    #[must_use]
    pub fn inner(&self) -> &[Decimal] {
        let end = self.breaks.len().saturating_sub(1);
        self.breaks.get(1..end).unwrap_or_default()
    }

    /// The one class of `value`; values beyond the outer breaks are in the outer classes.
    #[must_use]
    pub fn class_of(&self, value: Decimal) -> Class {
        if self.is_empty() || (self.negative && value < Decimal::ZERO) {
            return Class::Negative;
        }
        Class::Number(match self.closed {
            Closed::Below => self.inner().partition_point(|at| *at <= value),
            Closed::Above => self.inner().partition_point(|at| *at < value),
        })
    }
}

/// Inner quantiles by type 7: linear between the sorted values at (n - 1) i / k.
fn quantiles(sorted: &[Decimal], count: ClassCount) -> Vec<Decimal> {
    let k = count.get();
    (1..k).filter_map(|i| quantile(sorted, i, k)).collect()
}

/// The quantile `i` of `k` by type 7; `None` of nothing.
fn quantile(sorted: &[Decimal], i: usize, k: usize) -> Option<Decimal> {
    let place = sorted.len().checked_sub(1)? * i;
    let low = sorted.get(place / k).copied()?;
    let part = Decimal::from(place % k);
    if part.is_zero() {
        return Some(low);
    }
    let high = sorted.get(place / k + 1).copied()?;
    let step = high
        .saturating_sub(low)
        .saturating_mul(part)
        .checked_div(Decimal::from(k))?;
    Some(low.saturating_add(step))
}

/// Inner breaks at equal distances.
fn equal(least: Decimal, most: Decimal, count: ClassCount) -> Vec<Decimal> {
    let k = count.get();
    let range = most.saturating_sub(least);
    (1..k)
        .filter_map(|i| {
            let part = range.saturating_mul(Decimal::from(i));
            Some(least.saturating_add(part.checked_div(Decimal::from(k))?))
        })
        .collect()
}

/// Inner upper bounds of natural breaks, each a value of the data, and their goodness.
fn natural(sorted: &[Decimal], count: ClassCount) -> (Vec<Decimal>, f64) {
    let mut distinct: Vec<(Decimal, u32)> = Vec::new();
    for value in sorted {
        match distinct.last_mut() {
            Some((last, times)) if last == value => *times += 1,
            _ => distinct.push((*value, 1)),
        }
    }
    // Shifted to the middle value: squares of large, close numbers would cancel.
    let middle = distinct
        .get(distinct.len() / 2)
        .map_or(Decimal::ZERO, |(value, _)| *value);
    let weighted: Vec<Weighted> = distinct
        .iter()
        .map(|(value, times)| Weighted {
            value: decimal_as_f64(value.saturating_sub(middle)),
            weight: f64::from(*times),
        })
        .collect();
    let starts = jenks::starts(&weighted, count.get().min(distinct.len()));
    let bounds = starts
        .iter()
        .filter_map(|start| distinct.get(start.checked_sub(1)?))
        .map(|(value, _)| *value)
        .collect();
    (bounds, jenks::goodness(&weighted, &starts))
}

/// The inner breaks that part values: rounded if asked for, each above the one before and above
/// the least value, else its class would be empty; one at the greatest value parts that one off.
fn rising(inner: Vec<Decimal>, least: Decimal, most: Decimal, rounding: Rounding) -> Vec<Decimal> {
    let mut kept: Vec<Decimal> = Vec::with_capacity(inner.len());
    for at in inner {
        let at = match rounding {
            Rounding::Exact => at,
            Rounding::TwoDigits => two_digits(at),
        };
        if at > kept.last().copied().unwrap_or(least) && at <= most {
            kept.push(at);
        }
    }
    kept
}

/// Two significant digits, half away from zero.
fn two_digits(value: Decimal) -> Decimal {
    value
        .round_sf_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
        .unwrap_or(value)
        .normalize()
}

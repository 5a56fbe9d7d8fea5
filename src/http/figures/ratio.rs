//! A value with the division it comes from.

use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};

use crate::units::Exact;

/// A numerator over a denominator, both rounded as they are shown, and the value that they give:
/// whoever divides what is printed gets what is printed (screens.md 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct Ratio {
    /// As shown.
    pub(in crate::http) numerator: Decimal,
    /// As shown, above 0.
    pub(in crate::http) denominator: Decimal,
    /// Their quotient, two places, half away from zero.
    pub(in crate::http) value: Decimal,
}

impl Ratio {
    /// `amount` over the mu of `land_m2`: so many places over four.
    pub(in crate::http) fn over_land(
        amount: &Exact,
        land_m2: &Exact,
        places: usize,
    ) -> Option<Self> {
        let mu = &(land_m2 * &Exact::whole(15)).share(1, 10_000);
        Self::of(shown(amount, places)?, shown(mu, 4)?, 1)
    }

    /// One amount over another, times `factor`: so many places over two.
    pub(in crate::http) fn of_amounts(
        above: &Exact,
        below: &Exact,
        places: usize,
        factor: u32,
    ) -> Option<Self> {
        Self::of(shown(above, places)?, shown(below, 2)?, factor)
    }

    /// `part` of `whole`, in percent.
    pub(in crate::http) fn percent(part: usize, whole: usize) -> Option<Self> {
        Self::of(Decimal::from(part), Decimal::from(whole), 100)
    }

    fn of(numerator: Decimal, denominator: Decimal, factor: u32) -> Option<Self> {
        if denominator <= Decimal::ZERO {
            return None;
        }
        let times = numerator.checked_mul(Decimal::from(factor))?;
        let value = times.checked_div(denominator)?;
        Some(Self {
            numerator: numerator.normalize(),
            denominator: denominator.normalize(),
            value: value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero),
        })
    }

    /// The value with its two places.
    pub(in crate::http) fn written(&self) -> String {
        format!("{:.2}", self.value)
    }

    /// By how much it is more than `base`, in percent with one digit; `None` over a base that is
    /// not above 0 (screens.md 11, "基期为负").
    pub(in crate::http) fn change_from(&self, base: &Self) -> Option<String> {
        if base.value <= Decimal::ZERO {
            return None;
        }
        let more = self.value.checked_sub(base.value)?;
        let share = more
            .checked_mul(Decimal::ONE_HUNDRED)?
            .checked_div(base.value)?;
        let half_up = RoundingStrategy::MidpointAwayFromZero;
        Some(format!("{:.1}", share.round_dp_with_strategy(1, half_up)))
    }
}

/// A number rounded as it is shown; `None` past the range of a decimal.
fn shown(number: &Exact, places: usize) -> Option<Decimal> {
    Decimal::from_str(&number.rounded(places)).ok()
}

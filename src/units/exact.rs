//! Exact numbers: registers, amounts cut by a border, ratios of sums, scores, as rationals of any
//! size.
//!
//! Rounding happens where a rule says so and at output. Knows no unit: what a number measures is
//! told by the name of what holds it.

use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero, pow};
use rust_decimal::Decimal;

/// Digits and exponent beyond which a text is not read: a limit on everything.
const DIGITS_MAX: usize = 400;
const EXPONENT_MAX: i32 = 400;

/// A text that is no finite decimal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a finite decimal: write digits, as 1234.50")]
pub struct NotADecimal;

/// An exact rational number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Exact(BigRational);

impl Exact {
    /// Nothing.
    #[must_use]
    pub fn zero() -> Self {
        Self(BigRational::zero())
    }

    /// The whole number `number`.
    #[must_use]
    pub fn whole(number: i64) -> Self {
        Self(BigRational::from_integer(number.into()))
    }

    /// `numerator / denominator`; `None` over zero.
    #[must_use]
    pub fn ratio(numerator: BigInt, denominator: BigInt) -> Option<Self> {
        (!denominator.is_zero()).then(|| Self(BigRational::new(numerator, denominator)))
    }

    /// The number that `text` writes, every digit of it: sign, digits, fraction, exponent.
    ///
    /// # Errors
    /// Anything else, and more than 400 digits or an exponent beyond 400.
    pub fn decimal(text: &str) -> Result<Self, NotADecimal> {
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (text, 0),
        };
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return Err(NotADecimal),
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let digits = format!("{whole}{fraction}");
        let readable = !whole.is_empty()
            && digits.len() <= DIGITS_MAX
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !readable {
            return Err(NotADecimal);
        }
        let digits = BigInt::parse_bytes(digits.as_bytes(), 10).ok_or(NotADecimal)?;
        let digits = if negative { -digits } else { digits };
        let places = i32::try_from(fraction.len()).unwrap_or(EXPONENT_MAX);
        Ok(Self(scaled(digits, exponent - places)))
    }

    /// The shortest decimal that reads back to the double `number` (contract.md 2, "Numbers").
    ///
    /// # Errors
    /// Infinite, or not a number.
    pub fn shortest(number: f64) -> Result<Self, NotADecimal> {
        if number.is_finite() {
            Self::decimal(&format!("{number:e}"))
        } else {
            Err(NotADecimal)
        }
    }

    /// Whether it is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.is_zero()
    }

    /// Whether it is below 0.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.0.is_negative()
    }

    /// Whether it is above 0.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        self.0.is_positive()
    }

    /// Over `denominator`; `None` over zero.
    #[must_use]
    pub fn over(&self, denominator: &Self) -> Option<Self> {
        (!denominator.is_zero()).then(|| Self(&self.0 / &denominator.0))
    }

    /// Rounded to `places` decimal places, half away from zero.
    #[must_use]
    pub fn rounded_to(&self, places: usize) -> Self {
        let power = pow(BigInt::from(10), places);
        Self(BigRational::new(self.units_at(&power), power))
    }

    /// Its share `part / whole`; nothing of an empty whole.
    #[must_use]
    pub fn share(&self, part: i64, whole: i64) -> Self {
        if part == whole {
            return self.clone();
        }
        if whole == 0 {
            return Self::zero();
        }
        Self(&self.0 * BigRational::new(part.into(), whole.into()))
    }

    /// The number itself, if it is whole and fits.
    #[must_use]
    pub fn as_whole(&self) -> Option<i64> {
        self.0
            .is_integer()
            .then(|| self.0.numer().try_into().ok())
            .flatten()
    }

    /// Whether it lies in `[0, limit]`.
    #[must_use]
    pub fn is_within(&self, limit: &Self) -> bool {
        !self.is_negative() && self <= limit
    }

    /// Numerator and denominator, reduced, the denominator above 0.
    #[must_use]
    pub fn parts(&self) -> (&BigInt, &BigInt) {
        (self.0.numer(), self.0.denom())
    }

    /// Rounded to `places` decimal places, half away from zero, and written with all of them.
    #[must_use]
    pub fn rounded(&self, places: usize) -> String {
        let units = self.units_at(&pow(BigInt::from(10), places));
        let sign = if units.sign() == Sign::Minus { "-" } else { "" };
        let units = units.abs();
        let digits = format!("{units:0>width$}", width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        let point = if places == 0 { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }

    /// How many `1 / power` it is, rounded half away from zero.
    fn units_at(&self, power: &BigInt) -> BigInt {
        let (numerator, denominator) = self.parts();
        let twice: BigInt = numerator.abs() * power * 2 + denominator;
        let units: BigInt = twice / (denominator * 2);
        if self.is_negative() { -units } else { units }
    }
}

fn read_exponent(text: &str) -> Result<i32, NotADecimal> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotADecimal);
    }
    let exponent = text.parse().ok();
    exponent
        .filter(|exponent: &i32| exponent.unsigned_abs() <= EXPONENT_MAX.unsigned_abs())
        .ok_or(NotADecimal)
}

/// `digits` x 10^`exponent`.
fn scaled(digits: BigInt, exponent: i32) -> BigRational {
    let power = usize::try_from(exponent.unsigned_abs()).unwrap_or(usize::MAX);
    let power = pow(BigInt::from(10), power);
    if exponent < 0 {
        BigRational::new(digits, power)
    } else {
        BigRational::new(digits * power, BigInt::one())
    }
}

impl From<Decimal> for Exact {
    fn from(number: Decimal) -> Self {
        let power = usize::try_from(number.scale()).unwrap_or(usize::MAX);
        let power = pow(BigInt::from(10), power);
        Self(BigRational::new(number.mantissa().into(), power))
    }
}

impl Add for &Exact {
    type Output = Exact;

    fn add(self, other: Self) -> Exact {
        Exact(&self.0 + &other.0)
    }
}

impl Sub for &Exact {
    type Output = Exact;

    fn sub(self, other: Self) -> Exact {
        Exact(&self.0 - &other.0)
    }
}

impl Mul for &Exact {
    type Output = Exact;

    fn mul(self, other: Self) -> Exact {
        Exact(&self.0 * &other.0)
    }
}

impl AddAssign<&Self> for Exact {
    fn add_assign(&mut self, other: &Self) {
        self.0 += &other.0;
    }
}

impl Sum for Exact {
    fn sum<I: Iterator<Item = Self>>(numbers: I) -> Self {
        numbers.fold(Self::zero(), |sum, number| &sum + &number)
    }
}

impl<'a> Sum<&'a Self> for Exact {
    fn sum<I: Iterator<Item = &'a Self>>(numbers: I) -> Self {
        numbers.fold(Self::zero(), |sum, number| &sum + number)
    }
}

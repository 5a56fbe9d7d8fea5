//! Exact numbers: registers, amounts cut by a border, ratios of sums, scores, as rationals of any
//! size.
//!
//! Rounding happens where a rule says so and at output. Knows no unit: what a number measures is
//! told by the name of what holds it.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Mul, Sub};

use num_bigint::{BigInt, Sign};
use num_rational::BigRational;
use num_traits::{One, Signed, Zero, pow};
use rust_decimal::Decimal;

use super::convert::{whole_as_f64, whole_part};
use super::small::Small;

/// Digits and exponent beyond which a text is not read: a limit on everything.
const DIGITS_MAX: usize = 400;
const EXPONENT_MAX: i32 = 400;

/// A text that is no finite decimal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a finite decimal: write digits, as 1234.50")]
pub struct NotADecimal;

/// Powers of ten up to which a double is tried as a whole number over one of them.
const POWERS: [f64; 7] = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6];
/// Whole numbers below have at most 15 digits, and no two decimals of 15 digits are one double.
const FIFTEEN_DIGITS: f64 = 1e15;

/// An exact rational number.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Exact(Parts);

/// Small if it fits, so that equal numbers are equal parts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Parts {
    Small(Small),
    Large(Box<BigRational>),
}

impl Exact {
    /// Nothing.
    #[must_use]
    pub const fn zero() -> Self {
        Self::whole(0)
    }

    /// The whole number `number`.
    #[must_use]
    pub const fn whole(number: i64) -> Self {
        Self(Parts::Small(Small::whole(number)))
    }

    /// `numerator / denominator`; `None` over zero.
    #[must_use]
    pub fn ratio(numerator: BigInt, denominator: BigInt) -> Option<Self> {
        (!denominator.is_zero()).then(|| Self::of(BigRational::new(numerator, denominator)))
    }

    /// `numerator / denominator`; `None` over zero.
    #[must_use]
    pub fn ratio_of_words(numerator: i64, denominator: i64) -> Option<Self> {
        let small = Small::reduced(numerator.into(), denominator.into());
        small
            .map(Self::small)
            .or_else(|| Self::ratio(numerator.into(), denominator.into()))
    }

    fn of(large: BigRational) -> Self {
        let words = (i64::try_from(large.numer()), i64::try_from(large.denom()));
        let small = match words {
            (Ok(numerator), Ok(denominator)) => {
                Small::reduced(numerator.into(), denominator.into())
            }
            _ => None,
        };
        small.map_or_else(|| Self(Parts::Large(Box::new(large))), Self::small)
    }

    const fn small(small: Small) -> Self {
        Self(Parts::Small(small))
    }

    /// Of any size.
    fn large(&self) -> Cow<'_, BigRational> {
        match &self.0 {
            Parts::Large(large) => Cow::Borrowed(large),
            Parts::Small(small) => {
                let (numerator, denominator) = small.parts();
                Cow::Owned(BigRational::new_raw(numerator.into(), denominator.into()))
            }
        }
    }

    /// What `few` makes of two small numbers, or `any` of two of any size.
    fn both<T>(
        &self,
        other: &Self,
        few: impl FnOnce(Small, Small) -> Option<T>,
        any: impl FnOnce(&BigRational, &BigRational) -> T,
    ) -> T {
        if let (Parts::Small(one), Parts::Small(two)) = (&self.0, &other.0)
            && let Some(made) = few(*one, *two)
        {
            return made;
        }
        any(&self.large(), &other.large())
    }

    /// The number that `text` writes, every digit of it: sign, digits, fraction, exponent.
    ///
    /// # Errors
    /// Anything else, and more than 400 digits or an exponent beyond 400.
    pub fn decimal(text: &str) -> Result<Self, NotADecimal> {
        Small::plain_decimal(text)
            .map_or_else(|| Self::decimal_of_any(text), |n| Ok(Self::small(n)))
    }

    /// The same for every text.
    fn decimal_of_any(text: &str) -> Result<Self, NotADecimal> {
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
        Ok(Self::of(scaled(digits, exponent - places)))
    }

    /// The shortest decimal that reads back to the double `number` (contract.md 2, "Numbers").
    ///
    /// # Errors
    /// Infinite, or not a number.
    pub fn shortest(number: f64) -> Result<Self, NotADecimal> {
        if let Some(short) = short_decimal(number) {
            return Ok(Self::small(short));
        }
        Self::shortest_of_any(number)
    }

    /// The same as a whole number of the `places`th decimal place; `None` if its shortest decimal
    /// has more places, or more than 15 digits.
    #[must_use]
    pub fn short_units(number: f64, places: usize) -> Option<i64> {
        units_of_double(number + 0.0, *POWERS.get(places)?)
    }

    /// So many units of the `places`th decimal place.
    #[must_use]
    pub fn of_units(units: i64, places: usize) -> Self {
        let power = pow(10_i64, places);
        Self::ratio_of_words(units, power).unwrap_or_else(Self::zero)
    }

    /// How many units of the `places`th decimal place it is; `None` if that is not whole or does
    /// not fit.
    #[must_use]
    pub fn units_at_whole(&self, places: usize) -> Option<i64> {
        (self * &Self::whole(pow(10, places))).as_whole()
    }

    /// How many whole units of the `places`th decimal place it holds, for a number not below 0;
    /// all that fit, if it is more.
    #[must_use]
    pub fn whole_units_at(&self, places: usize) -> i64 {
        let (numerator, denominator) = self.parts();
        let units: BigInt = numerator * pow(BigInt::from(10), places) / denominator;
        i64::try_from(units).unwrap_or(i64::MAX)
    }

    /// The same for every double, by its digits.
    fn shortest_of_any(number: f64) -> Result<Self, NotADecimal> {
        if number.is_finite() {
            Self::decimal(&format!("{number:e}"))
        } else {
            Err(NotADecimal)
        }
    }

    /// Whether it is 0.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::zero()
    }

    /// Whether it is below 0.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Parts::Small(small) => small.parts().0 < 0,
            Parts::Large(large) => large.is_negative(),
        }
    }

    /// Whether it is above 0.
    #[must_use]
    pub fn is_positive(&self) -> bool {
        match &self.0 {
            Parts::Small(small) => small.parts().0 > 0,
            Parts::Large(large) => large.is_positive(),
        }
    }

    /// Over `denominator`; `None` over zero.
    #[must_use]
    pub fn over(&self, denominator: &Self) -> Option<Self> {
        let few = |a: Small, b: Small| a.over(b).map(Self::small);
        let any = |a: &BigRational, b: &BigRational| Self::of(a / b);
        (!denominator.is_zero()).then(|| self.both(denominator, few, any))
    }

    /// Rounded to `places` decimal places, half away from zero.
    #[must_use]
    pub fn rounded_to(&self, places: usize) -> Self {
        let few = self.few_units_at(places);
        let small = few.and_then(|(units, power)| Small::reduced(units, power));
        small.map_or_else(
            || {
                let power = pow(BigInt::from(10), places);
                Self::of(BigRational::new(self.units_at(&power), power))
            },
            Self::small,
        )
    }

    /// Its share `part / whole`; nothing of an empty whole.
    #[must_use]
    pub fn share(&self, part: i64, whole: i64) -> Self {
        if part == whole {
            return self.clone();
        }
        Self::ratio_of_words(part, whole).map_or_else(Self::zero, |share| self * &share)
    }

    /// The number itself, if it is whole and fits.
    #[must_use]
    pub fn as_whole(&self) -> Option<i64> {
        self.words()
            .and_then(|(number, denominator)| (denominator == 1).then_some(number))
    }

    /// Whether it lies in `[0, limit]`.
    #[must_use]
    pub fn is_within(&self, limit: &Self) -> bool {
        !self.is_negative() && self <= limit
    }

    /// Numerator and denominator, reduced, the denominator above 0.
    #[must_use]
    pub fn parts(&self) -> (BigInt, BigInt) {
        self.large().into_owned().into_raw()
    }

    /// The same if both fit a machine word.
    #[must_use]
    pub const fn words(&self) -> Option<(i64, i64)> {
        match &self.0 {
            Parts::Small(small) => Some(small.parts()),
            Parts::Large(_) => None,
        }
    }

    /// Rounded to `places` decimal places, half away from zero, and written with all of them.
    #[must_use]
    pub fn rounded(&self, places: usize) -> String {
        if let Some((units, _)) = self.few_units_at(places) {
            let amount = units.unsigned_abs();
            let digits = u64::try_from(amount)
                .map_or_else(|_long| amount.to_string(), |few| few.to_string());
            return written(units < 0, &digits, places);
        }
        let units = self.units_at(&pow(BigInt::from(10), places));
        let digits = units.abs().to_string();
        written(units.sign() == Sign::Minus, &digits, places)
    }

    /// How many units of the last of `places` decimal places it is, rounded half away from zero,
    /// and how many of them are 1; for a number that is small.
    fn few_units_at(&self, places: usize) -> Option<(i128, i128)> {
        let Parts::Small(small) = &self.0 else {
            return None;
        };
        let power = 10_i128.checked_pow(u32::try_from(places).ok()?)?;
        Some((small.units_at(power)?, power))
    }

    /// How many `1 / power` it is, rounded half away from zero.
    fn units_at(&self, power: &BigInt) -> BigInt {
        let (numerator, denominator) = self.parts();
        let twice: BigInt = numerator.abs() * power * 2 + &denominator;
        let units: BigInt = twice / (denominator * 2);
        if self.is_negative() { -units } else { units }
    }
}

impl Exact {
    fn of_decimal(number: Decimal) -> Self {
        let power = usize::try_from(number.scale()).unwrap_or(usize::MAX);
        let power = pow(BigInt::from(10), power);
        Self::of(BigRational::new(number.mantissa().into(), power))
    }
}

/// The number whose digits up to the last of `places` are `digits`.
fn written(is_negative: bool, digits: &str, places: usize) -> String {
    let (whole, fraction) = match digits.len().checked_sub(places) {
        None | Some(0) => ("0", digits),
        Some(whole) => digits.split_at(whole),
    };
    let mut text = String::with_capacity(whole.len() + places + 2);
    if is_negative {
        text.push('-');
    }
    text.push_str(whole);
    if places > 0 {
        text.push('.');
        text.extend(std::iter::repeat_n('0', places - fraction.len()));
        text.push_str(fraction);
    }
    text
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

/// The shortest decimal of `number` if it is a whole number of at most 15 digits over a power of
/// ten: the quotient of two whole doubles is rounded once, so that one which gives the number back
/// is the decimal that was written, and no other decimal of so few digits reads as the same double.
fn short_decimal(number: f64) -> Option<Small> {
    // Nothing has no sign.
    let number = number + 0.0;
    let mut denominator = 1_i128;
    for power in POWERS {
        if let Some(units) = units_of_double(number, power) {
            return Small::reduced(units.into(), denominator);
        }
        denominator *= 10;
    }
    None
}

/// How many `1 / power` the double is, if it is so many to the last bit and they have at most 15
/// digits.
fn units_of_double(number: f64, power: f64) -> Option<i64> {
    let scaled = number * power;
    if scaled.is_nan() || scaled.abs() >= FIFTEEN_DIGITS {
        return None;
    }
    let nearest = whole_part(scaled + 0.5_f64.copysign(scaled));
    let read_back = whole_as_f64(nearest) / power;
    (read_back.to_bits() == number.to_bits()).then_some(nearest)
}

impl From<Decimal> for Exact {
    fn from(number: Decimal) -> Self {
        let power = 10_i128.checked_pow(number.scale());
        let small = power.and_then(|power| Small::reduced(number.mantissa(), power));
        small.map_or_else(|| Self::of_decimal(number), Self::small)
    }
}

impl PartialOrd for Exact {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Exact {
    fn cmp(&self, other: &Self) -> Ordering {
        self.both(other, |a, b| Some(a.compare(b)), Ord::cmp)
    }
}

impl Add for &Exact {
    type Output = Exact;

    fn add(self, other: Self) -> Exact {
        let few = |a: Small, b: Small| a.plus(b).map(Exact::small);
        self.both(other, few, |a, b| Exact::of(a + b))
    }
}

impl Sub for &Exact {
    type Output = Exact;

    fn sub(self, other: Self) -> Exact {
        let few = |a: Small, b: Small| a.minus(b).map(Exact::small);
        self.both(other, few, |a, b| Exact::of(a - b))
    }
}

impl Mul for &Exact {
    type Output = Exact;

    fn mul(self, other: Self) -> Exact {
        let few = |a: Small, b: Small| a.times(b).map(Exact::small);
        self.both(other, few, |a, b| Exact::of(a * b))
    }
}

impl AddAssign<&Self> for Exact {
    fn add_assign(&mut self, other: &Self) {
        *self = &*self + other;
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

//! Fractions whose parts fit a machine word: almost every number of the ledger. [`super::Exact`]
//! takes them first and goes on with parts of any size where one does not fit.
//!
//! Every operation is exact or answers `None`; nothing wraps, nothing is rounded.

use std::cmp::Ordering;

/// Digits that fit a word whatever they are.
const PLAIN_DIGITS_MAX: usize = 18;

/// A fraction in lowest terms, the denominator above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Small {
    numerator: i64,
    denominator: i64,
}

impl Small {
    pub(super) const fn whole(number: i64) -> Self {
        Self {
            numerator: number,
            denominator: 1,
        }
    }

    /// `numerator / denominator` in lowest terms; `None` over 0 or if it does not fit.
    pub(super) fn reduced(numerator: i128, denominator: i128) -> Option<Self> {
        let words = (i64::try_from(numerator), i64::try_from(denominator));
        if let (Ok(numerator), Ok(denominator @ 1..)) = words {
            return Some(Self::reduced_words(numerator, denominator));
        }
        let (numerator, denominator) = match denominator {
            0 => return None,
            1 => return Some(Self::whole(numerator.try_into().ok()?)),
            ..0 => (numerator.checked_neg()?, denominator.checked_neg()?),
            2.. => (numerator, denominator),
        };
        let common = common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        let common = i128::try_from(common).ok()?;
        Some(Self {
            numerator: (numerator / common).try_into().ok()?,
            denominator: (denominator / common).try_into().ok()?,
        })
    }

    /// The same of two words, the denominator above 0: words divide many times faster.
    fn reduced_words(numerator: i64, denominator: i64) -> Self {
        let common = divisor_of_words(numerator.unsigned_abs(), denominator.unsigned_abs());
        // A divisor of the denominator fits as it does.
        match i64::try_from(common) {
            Ok(common @ 2..) => Self {
                numerator: numerator / common,
                denominator: denominator / common,
            },
            _ => Self {
                numerator,
                denominator,
            },
        }
    }

    pub(super) const fn parts(self) -> (i64, i64) {
        (self.numerator, self.denominator)
    }

    fn wide(self) -> (i128, i128) {
        (self.numerator.into(), self.denominator.into())
    }

    // The parts of each are below 2^63 in amount, so products are below 2^126 and a sum of two
    // below 2^127: nothing overflows before it is reduced.

    pub(super) fn plus(self, other: Self) -> Option<Self> {
        let ((a, b), (c, d)) = (self.wide(), other.wide());
        if b == d {
            return Self::reduced(a + c, b);
        }
        Self::reduced(a * d + c * b, b * d)
    }

    pub(super) fn minus(self, other: Self) -> Option<Self> {
        let ((a, b), (c, d)) = (self.wide(), other.wide());
        if b == d {
            return Self::reduced(a - c, b);
        }
        Self::reduced(a * d - c * b, b * d)
    }

    pub(super) fn times(self, other: Self) -> Option<Self> {
        // A meter without transformers: nothing to bring to lowest terms again.
        if other == Self::whole(1) {
            return Some(self);
        }
        let ((a, b), (c, d)) = (self.wide(), other.wide());
        Self::reduced(a * c, b * d)
    }

    pub(super) fn over(self, other: Self) -> Option<Self> {
        let ((a, b), (c, d)) = (self.wide(), other.wide());
        Self::reduced(a * d, b * c)
    }

    /// How many `1 / power` it is, rounded half away from zero.
    pub(super) fn units_at(self, power: i128) -> Option<i128> {
        let (a, b) = self.wide();
        let twice = a.abs().checked_mul(power)?.checked_mul(2)?.checked_add(b)?;
        let units = twice / (b * 2);
        Some(if a < 0 { -units } else { units })
    }

    /// The number that `text` writes with at most 18 digits and no exponent; `None` for any other
    /// text, right or wrong.
    pub(super) fn plain_decimal(text: &str) -> Option<Self> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(digits) => (-1, digits),
            None => (1, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (digits, ""),
        };
        if whole.is_empty() || whole.len() + fraction.len() > PLAIN_DIGITS_MAX {
            return None;
        }
        let (mut number, mut power) = (0_i128, 1_i128);
        for byte in whole.bytes().chain(fraction.bytes()) {
            let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
            number = number * 10 + i128::from(digit);
        }
        for _ in fraction.bytes() {
            power *= 10;
        }
        Self::reduced(sign * number, power)
    }

    pub(super) fn compare(self, other: Self) -> Ordering {
        let ((a, b), (c, d)) = (self.wide(), other.wide());
        if b == d {
            return a.cmp(&c);
        }
        (a * d).cmp(&(c * b))
    }
}

/// The greatest common divisor; that of 0 and a number is the number.
fn common_divisor(mut a: u128, mut b: u128) -> u128 {
    while b > u128::from(u64::MAX) {
        (a, b) = (b, a % b);
    }
    if b == 0 {
        return a;
    }
    // Both fit after one more step.
    let (Ok(a), Ok(b)) = (u64::try_from(b), u64::try_from(a % b)) else {
        return 1;
    };
    divisor_of_words(a, b).into()
}

fn divisor_of_words(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

//! Numbers as people read them (screens.md 11, "Numbers"): thousands comma, true minus.

use rust_decimal::{Decimal, RoundingStrategy};

/// Digits that a number of any size is shown with.
const DIGITS: u32 = 6;

const HALF_UP: RoundingStrategy = RoundingStrategy::MidpointAwayFromZero;

/// A break or a count: at most six significant digits, but never cut before the point; zeros at
/// the end say nothing and are dropped.
#[must_use]
pub fn printed(number: Decimal) -> String {
    let shown = number
        .round_sf_with_strategy(DIGITS, HALF_UP)
        .filter(|_| number.abs() < Decimal::from(10_u64.pow(DIGITS)))
        .unwrap_or_else(|| number.round_dp_with_strategy(0, HALF_UP));
    written(shown.normalize())
}

/// A figure inside a parcel, where there is little room: two decimals, fewer for large figures,
/// as many as are needed for tiny ones; zeros stay as they were given.
#[must_use]
pub fn brief(number: Decimal) -> String {
    let size = number.abs();
    if size >= Decimal::from(1000) {
        return written(number.round_dp_with_strategy(0, HALF_UP));
    }
    if size >= Decimal::from(100) {
        return written(number.round_dp_with_strategy(1, HALF_UP));
    }
    let shown = number.round_dp_with_strategy(2, HALF_UP);
    if shown.is_zero() && !number.is_zero() {
        return printed(number.round_sf_with_strategy(1, HALF_UP).unwrap_or(number));
    }
    written(shown)
}

fn written(number: Decimal) -> String {
    let digits = number.abs().to_string();
    let (whole, fraction) = digits
        .split_once('.')
        .map_or((digits.as_str(), None), |(whole, fraction)| {
            (whole, Some(fraction))
        });
    let mut text = String::new();
    if number.is_sign_negative() && !number.is_zero() {
        text.push('−');
    }
    text.push_str(&grouped(whole));
    if let Some(fraction) = fraction {
        text.push('.');
        text.push_str(fraction);
    }
    text
}

/// Digits in groups of three.
fn grouped(digits: &str) -> String {
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

//! How values are written on paper: as people read them (screens.md 11, "Numbers").

use rust_decimal::{Decimal, RoundingStrategy};

/// Places that are shown.
const PLACES: u32 = 2;

/// A value as a number; `None` for what is none.
pub(in crate::http) fn decimal(text: &str) -> Option<Decimal> {
    text.parse().ok()
}

/// A value as it is kept, as people read it.
pub(in crate::http) fn written(value: &str) -> String {
    decimal(value).map_or_else(|| value.to_owned(), figure_text)
}

/// A unit in letters that the shipped font has.
pub(in crate::http) fn plain(unit: &str) -> String {
    unit.replace('₂', "2")
}

/// Two places, thousands apart, a true minus (screens.md 11, "Numbers").
pub(in crate::http) fn figure_text(value: Decimal) -> String {
    let rounded = value.round_dp_with_strategy(PLACES, RoundingStrategy::MidpointAwayFromZero);
    let text = format!("{:.2}", rounded.abs());
    let (whole, part) = text.split_once('.').unwrap_or((&text, "00"));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if rounded < Decimal::ZERO { "−" } else { "" };
    format!("{sign}{grouped}.{part}")
}

/// `2026-01-06T02:00:00+08:00` as `2026-01-06 02:00`.
pub(in crate::http) fn minute(at: &str) -> String {
    at.get(..16).unwrap_or(at).replace('T', " ")
}

/// The date of an instant as it is kept.
pub(in crate::http) fn day(at: &str) -> &str {
    at.get(..10).unwrap_or(at)
}

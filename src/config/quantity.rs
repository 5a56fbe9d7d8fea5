//! Durations and sizes with their unit words.

use std::time::Duration;

/// Unit words of durations, in milliseconds.
const DURATIONS: &[(&str, u64)] = &[
    ("ms", 1),
    ("s", 1_000),
    ("second", 1_000),
    ("seconds", 1_000),
    ("minute", 60_000),
    ("minutes", 60_000),
    ("hour", 3_600_000),
    ("hours", 3_600_000),
    ("day", 86_400_000),
    ("days", 86_400_000),
];

/// Unit words of sizes, in bytes.
const SIZES: &[(&str, u64)] = &[
    ("B", 1),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// A duration as `10 minutes`; `None` if it is none.
pub(super) fn duration(text: &str) -> Option<Duration> {
    scaled(text, DURATIONS).map(Duration::from_millis)
}

/// A size in bytes as `256 KiB`; `None` if it is none.
pub(super) fn bytes(text: &str) -> Option<u64> {
    scaled(text, SIZES)
}

/// A whole number and a unit word, with or without space between.
fn scaled(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, word) = text.split_at_checked(digits)?;
    let (_, scale) = units.iter().find(|(unit, _)| *unit == word.trim())?;
    number.parse::<u64>().ok()?.checked_mul(*scale)
}

//! The only place where a number changes its machine type with a loss. Each function says what
//! is lost and why that is right.

/// A count as a double, for drawing and for statistics: exact up to 2^53, nearest above.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "counts beyond 2^53 are only drawn, never added"
)]
pub const fn count_as_f64(count: u64) -> f64 {
    count as f64
}

/// A pixel position from a length, saturating at the range of the canvas type.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    reason = "float to int casts saturate; NaN becomes 0"
)]
pub const fn pixel(length: f64) -> i32 {
    length as i32
}

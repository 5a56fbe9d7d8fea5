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

/// How many there are, as a double; exact for whatever fits into memory.
#[must_use]
pub fn len_as_f64(len: usize) -> f64 {
    count_as_f64(u64::try_from(len).unwrap_or(u64::MAX))
}

/// A decimal as the nearest double, for drawing and for statistics; never for a figure.
#[must_use]
pub fn decimal_as_f64(number: rust_decimal::Decimal) -> f64 {
    rust_decimal::prelude::ToPrimitive::to_f64(&number).unwrap_or_default()
}

/// A length as the raster painter takes it: the nearest single, which parts thousandths of a
/// pixel on the largest canvas.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    reason = "beyond the range of a single it is infinite, which the painter refuses"
)]
pub const fn canvas(length: f64) -> f32 {
    length as f32
}

/// A colour channel: rounded, saturating at 0 and 255.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "float to int casts saturate; NaN becomes 0"
)]
pub const fn channel(level: f64) -> u8 {
    level.round() as u8
}

/// The whole part of a number: the fraction is cut; saturates at the ends of 64 bits.
#[must_use]
#[expect(
    clippy::cast_possible_truncation,
    reason = "float to int casts saturate; NaN becomes 0; callers check that it reads back"
)]
pub const fn whole_part(number: f64) -> i64 {
    number as i64
}

/// A whole number as a double: exact up to 2^53 either side of 0, nearest beyond.
#[must_use]
#[expect(
    clippy::cast_precision_loss,
    reason = "mantissas beyond 2^53 are never written; callers check that it reads back"
)]
pub const fn whole_as_f64(whole: i64) -> f64 {
    whole as f64
}

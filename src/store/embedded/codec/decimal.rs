//! Doubles as decimals: most measured values are a small whole number over a power of ten.

use crate::units::convert::{whole_as_f64, whole_part};

/// Scales that are tried: 10^0 to 10^6.
const POWERS: [f64; 7] = [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6];
/// The largest scale.
pub(super) const SCALE_MAX: u8 = 6;
/// Mantissas beyond 2^53 are not whole doubles any more.
const MANTISSA_LIMIT: f64 = 9_007_199_254_740_992.0;

/// From 2^52 on every double is whole, and adding a half may change it.
const WHOLE_FROM: f64 = 4_503_599_627_370_496.0;

/// 10^scale, if that is a scale.
pub(super) fn power(scale: u8) -> Option<f64> {
    POWERS.get(usize::from(scale)).copied()
}

/// `mantissa / 10^scale`; a scale beyond [`SCALE_MAX`] reads as 0.
pub(super) fn from_scaled(mantissa: i64, scale: u8) -> f64 {
    whole_as_f64(mantissa) / power(scale).unwrap_or(f64::INFINITY)
}

/// The mantissa of `number` at `scale`, if it reads back to the same bits (so -0.0 has none).
pub(super) fn to_scaled(number: f64, scale: u8) -> Option<i64> {
    let power = POWERS.get(usize::from(scale))?;
    let scaled = number * power;
    if scaled.is_nan() || scaled.abs() > MANTISSA_LIMIT {
        return None;
    }
    let mantissa = nearest(scaled);
    (from_scaled(mantissa, scale).to_bits() == number.to_bits()).then_some(mantissa)
}

/// The whole number nearest to `scaled`, halves away from 0. Cheaper than `round`, which is a call
/// on machines of the base line; what it is used for is checked by reading back.
fn nearest(scaled: f64) -> i64 {
    if scaled.abs() >= WHOLE_FROM {
        return whole_part(scaled);
    }
    whole_part(scaled + 0.5_f64.copysign(scaled))
}

/// The least scale from `least` on at which `number` reads back, with its mantissa.
pub(super) fn least_scale(number: f64, least: u8) -> Option<(u8, i64)> {
    (least..=SCALE_MAX).find_map(|scale| to_scaled(number, scale).map(|mantissa| (scale, mantissa)))
}

//! Numbers as `contract.md` 2 takes them. Looks at the text, for 1e-400 reads as 0 and is none.

use crate::indicator::Indicator;
use crate::indicator::Kind;
use crate::reading::Code;

use super::part::Fault;
use super::part::Level;

/// 2^53: above it a double no longer counts by ones.
const GREATEST: f64 = 9_007_199_254_740_992.0;
/// Below it only 0 is a measured value.
const LEAST: f64 = 1e-12;

/// The number that `written` is, for `indicator`; not yet held against its limits.
pub(super) fn value(written: &str, indicator: &Indicator, level: Level) -> Result<f64, Fault> {
    match (written, indicator.kind) {
        ("true", Kind::Switch) => return Ok(1.0),
        ("false", Kind::Switch) => return Ok(0.0),
        _ => {}
    }
    if !is_number(written) {
        let expected = match indicator.kind {
            Kind::Switch => "true, false, 0 or 1",
            _ => "a JSON number without quotes",
        };
        return Err(level.misfit(&indicator.code, written, expected));
    }
    double(written).ok_or_else(|| {
        let detail = format!(
            "{} must be a finite number, 0 or between 1e-12 and 2^53 in size",
            indicator.code
        );
        Fault::new(Code::BadNumber, detail)
    })
}

/// Whether `value`, in the indicator's unit, is physically possible for it (contract.md 4,
/// `implausible`).
#[must_use]
pub fn is_plausible(value: f64, indicator: &Indicator) -> bool {
    // A switch has no half way: its limits alone would let 0.5 pass.
    let in_between = indicator.kind == Kind::Switch && value.fract() != 0.0;
    indicator.is_plausible(value) && !in_between
}

/// The fault of a `value` that is not physically possible for `indicator`.
pub(super) fn plausible(value: f64, indicator: &Indicator) -> Result<(), Fault> {
    if is_plausible(value, indicator) {
        return Ok(());
    }
    let detail = format!(
        "{} of {value} {} lies outside {} to {}; check the sensor and its scaling",
        indicator.code, indicator.unit, indicator.limit_lower, indicator.limit_upper
    );
    Err(Fault::new(Code::Implausible, detail))
}

/// A count of the sender: `epoch` or `seq`.
pub(super) fn count(name: &str, written: &str, level: Level) -> Result<u64, Fault> {
    if !is_number(written) {
        return Err(level.misfit(name, written, "a whole number"));
    }
    let counted = written.parse().ok().filter(|count| *count <= 1_u64 << 53);
    counted.ok_or_else(|| {
        let detail = format!("{name} must be a whole number from 0 to 2^53");
        Fault::new(Code::BadNumber, detail)
    })
}

/// Whether `written` is a number, or a word for one that is none.
pub(super) fn is_number(written: &str) -> bool {
    match written.bytes().next() {
        Some(b'"' | b'{' | b'[' | b't' | b'f') | None => false,
        Some(_) => written != "null",
    }
}

/// The double nearest to `written`, if it is one that counts.
fn double(written: &str) -> Option<f64> {
    let number: f64 = written.parse().ok()?;
    let size = number.abs();
    if !number.is_finite() || size > GREATEST {
        return None;
    }
    if size >= LEAST || written_as_zero(written) {
        return Some(number);
    }
    None
}

/// Whether the digits before any exponent are all 0.
fn written_as_zero(written: &str) -> bool {
    let digits = written.split(['e', 'E']).next().unwrap_or_default();
    !digits.bytes().any(|byte| matches!(byte, b'1'..=b'9'))
}

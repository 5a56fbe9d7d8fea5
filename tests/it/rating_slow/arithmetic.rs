//! Rationals from JSON and back, by hand: nothing of the engine is used.

use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::Signed;
use serde_json::{Value, json};

pub(crate) type R = BigRational;

pub(crate) fn whole(number: i64) -> R {
    R::from_integer(number.into())
}

/// A decimal as text or as a JSON number.
pub(crate) fn number(value: &Value) -> R {
    let text = match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.as_str()),
    };
    let (before, after) = digits.split_once('.').unwrap_or((digits, ""));
    let all: BigInt = format!("{before}{after}").parse().unwrap();
    let tens = (0..after.len()).fold(BigInt::from(1), |power, _| power * 10);
    R::new(all, tens) * whole(sign)
}

pub(crate) fn known(value: &Value) -> Option<R> {
    (!value.is_null()).then(|| number(value))
}

/// Half away from zero.
pub(crate) fn round(number: &R, places: usize) -> R {
    let tens = (0..places).fold(whole(1), |power, _| power * whole(10));
    let half = R::new(1.into(), 2.into());
    let size = (number.abs() * &tens + half).floor() / tens;
    if number.is_negative() { -size } else { size }
}

pub(crate) fn print(number: &R, places: usize) -> Value {
    let rounded = round(number, places);
    let tens = (0..places).fold(BigInt::from(1), |power, _| power * 10);
    let units = (rounded.abs() * R::from_integer(tens))
        .to_integer()
        .to_string();
    let units = format!("{units:0>width$}", width = places + 1);
    let (before, after) = units.split_at(units.len() - places);
    let sign = if rounded.is_negative() { "-" } else { "" };
    let point = if places == 0 { "" } else { "." };
    json!(format!("{sign}{before}{point}{after}"))
}

pub(crate) fn print_known(number: Option<&R>, places: usize) -> Value {
    number.map_or(Value::Null, |number| print(number, places))
}

pub(crate) fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

pub(crate) fn table(value: &Value) -> Vec<(&str, &Value)> {
    let entries = value.as_object().into_iter().flatten();
    entries.map(|(key, value)| (key.as_str(), value)).collect()
}

/// The sum of those that are known; missing only if all are.
pub(crate) fn add(parts: impl Iterator<Item = Option<R>>) -> Option<R> {
    let known: Vec<R> = parts.flatten().collect();
    (!known.is_empty()).then(|| known.into_iter().sum())
}

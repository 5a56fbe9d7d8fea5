//! Columns read back as what they must be; what cannot be read is a damaged row.

use rust_decimal::Decimal;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use crate::calendar::Moment;
use crate::indicator::IndicatorNo;
use crate::park::Validity;
use crate::store::registry::RegistryFault;

/// A text column read as what it must be.
pub(in crate::store::registry) fn parsed<T>(
    row: &SqliteRow,
    column: &str,
    table: &'static str,
) -> Result<T, RegistryFault>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let text: String = row.try_get(column)?;
    text.parse()
        .map_err(|cause: T::Err| RegistryFault::damaged(table, cause))
}

/// An instant that may be open.
pub(in crate::store::registry) fn moment_or_open(
    row: &SqliteRow,
    column: &str,
) -> Result<Option<Moment>, RegistryFault> {
    let at: Option<i64> = row.try_get(column)?;
    Ok(at.map(Moment::from_unix_ms))
}

/// An instant.
pub(in crate::store::registry) fn moment(
    row: &SqliteRow,
    column: &str,
) -> Result<Moment, RegistryFault> {
    Ok(Moment::from_unix_ms(row.try_get(column)?))
}

/// A number that was given once and fits 32 bits.
pub(in crate::store::registry) fn number(
    row: &SqliteRow,
    column: &str,
    table: &'static str,
) -> Result<u32, RegistryFault> {
    let wide: i64 = row.try_get(column)?;
    u32::try_from(wide).map_err(|cause| RegistryFault::damaged(table, cause))
}

/// The indicator numbered in a row.
pub(in crate::store::registry) fn indicator(
    row: &SqliteRow,
    table: &'static str,
) -> Result<IndicatorNo, RegistryFault> {
    let wide: i64 = row.try_get("indicator")?;
    let number = u16::try_from(wide).map_err(|cause| RegistryFault::damaged(table, cause))?;
    Ok(IndicatorNo::new(number))
}

/// A text column that may be empty.
pub(in crate::store::registry) fn parsed_or_none<T>(
    row: &SqliteRow,
    column: &str,
    table: &'static str,
) -> Result<Option<T>, RegistryFault>
where
    T: std::str::FromStr,
    T::Err: std::fmt::Display,
{
    let text: Option<String> = row.try_get(column)?;
    text.filter(|text| !text.is_empty())
        .map(|text| text.parse())
        .transpose()
        .map_err(|cause: T::Err| RegistryFault::damaged(table, cause))
}

/// A decimal that may be empty.
pub(in crate::store::registry) fn decimal_or_none(
    row: &SqliteRow,
    column: &str,
    table: &'static str,
) -> Result<Option<Decimal>, RegistryFault> {
    parsed_or_none(row, column, table)
}

/// `valid_from` and `valid_to`.
pub(in crate::store::registry) fn validity(
    row: &SqliteRow,
    table: &'static str,
) -> Result<Validity, RegistryFault> {
    let (from, to) = (moment(row, "valid_from")?, moment_or_open(row, "valid_to")?);
    Validity::new(from, to).ok_or_else(|| RegistryFault::damaged(table, "it ends before it begins"))
}

//! The cells of one row, read as what they must be; every fault is told, not only the first.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::park::{Validity, read_border};

use super::fault::{Fault, Faults};
use super::kind::Kind;
use super::table;
use super::{Limits, Rows};

/// A cell could not be read, and that was told.
pub(super) struct Told;

/// One row under the eyes of a reader.
pub(super) struct Cells<'a> {
    kind: Kind,
    line: u64,
    record: &'a csv::StringRecord,
    header: &'a BTreeMap<&'static str, usize>,
    faults: &'a mut Faults,
}

/// Reads every row of a CSV file as an entry; with any fault there are no entries.
pub(super) fn each<T>(
    kind: Kind,
    bytes: &[u8],
    limits: Limits,
    mut entry: impl FnMut(&mut Cells<'_>) -> Result<T, Told>,
) -> Result<Rows<T>, Faults> {
    let table = table::read(kind, bytes, limits)?;
    let mut faults = Faults::default();
    let mut read = Rows {
        entries: Vec::with_capacity(table.rows.len()),
        rows: Vec::with_capacity(table.rows.len()),
    };
    for (line, record) in &table.rows {
        let mut cells = Cells {
            kind,
            line: *line,
            record,
            header: &table.header,
            faults: &mut faults,
        };
        if let Ok(entry) = entry(&mut cells) {
            read.entries.push(entry);
            read.rows.push(*line);
        }
    }
    if faults.is_empty() {
        Ok(read)
    } else {
        Err(faults)
    }
}

impl Cells<'_> {
    /// The cell in `column`, trimmed; empty if the file has no such column.
    pub(super) fn text(&self, column: &str) -> &str {
        let place = self.header.get(column);
        place
            .and_then(|place| self.record.get(*place))
            .unwrap_or_default()
            .trim()
    }

    /// Tells a fault of `column`.
    pub(super) fn fault(&mut self, column: &'static str, what: impl Into<String>) -> Told {
        let advice = self.kind.advice(column);
        let fault = Fault::of_row(Some(self.line), column, what, advice);
        self.faults.add(fault);
        Told
    }

    /// The cell in `column` as `read` reads it; empty is a fault.
    pub(super) fn needed_by<T, E: Display>(
        &mut self,
        column: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Told> {
        if self.text(column).is_empty() {
            return Err(self.fault(column, "is empty"));
        }
        self.maybe_by(column, read)?.ok_or(Told)
    }

    /// The cell in `column` as `read` reads it, if it is not empty.
    pub(super) fn maybe_by<T, E: Display>(
        &mut self,
        column: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Told> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        let value = read(text).map_err(|cause| cause.to_string());
        value.map(Some).map_err(|what| self.fault(column, what))
    }

    /// The cell in `column` as the type reads itself; empty is a fault.
    pub(super) fn needed<T>(&mut self, column: &'static str) -> Result<T, Told>
    where
        T: FromStr,
        T::Err: Display,
    {
        self.needed_by(column, str::parse)
    }

    /// The cell in `column` as the type reads itself, if it is not empty.
    pub(super) fn maybe<T>(&mut self, column: &'static str) -> Result<Option<T>, Told>
    where
        T: FromStr,
        T::Err: Display,
    {
        self.maybe_by(column, str::parse)
    }

    /// `valid_from` and `valid_to`.
    pub(super) fn validity(&mut self) -> Result<Validity, Told> {
        let from = self.needed_by("valid_from", read_border);
        let to = self.maybe_by("valid_to", read_border);
        Validity::new(from?, to?)
            .ok_or_else(|| self.fault("valid_to", "must be later than valid_from"))
    }
}

/// A decimal as people write it: digits, perhaps a sign and a fraction.
pub(super) fn decimal(text: &str) -> Result<Decimal, String> {
    let refused = || format!("`{text}` is not a number");
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let is_plain = digits.starts_with(|first: char| first.is_ascii_digit())
        && digits.ends_with(|last: char| last.is_ascii_digit())
        && digits
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !is_plain {
        return Err(refused());
    }
    Decimal::from_str_exact(text).map_err(|_cause| {
        if digits.len() > 28 {
            format!("`{text}` has more digits than are kept exactly (28)")
        } else {
            refused()
        }
    })
}

/// A decimal above 0.
pub(super) fn above_zero(text: &str) -> Result<Decimal, String> {
    let number = decimal(text)?;
    if number > Decimal::ZERO {
        Ok(number)
    } else {
        Err(format!("`{text}` is not above 0"))
    }
}

/// A decimal of 0 or above.
pub(super) fn not_negative(text: &str) -> Result<Decimal, String> {
    let number = decimal(text)?;
    if number >= Decimal::ZERO {
        Ok(number)
    } else {
        Err(format!("`{text}` is below 0"))
    }
}

/// Whole seconds, 1 to a year.
pub(super) fn seconds(text: &str) -> Result<u32, String> {
    const YEAR_S: u32 = 366 * 86_400;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_plain);
    number
        .filter(|number| (1..=YEAR_S).contains(number))
        .ok_or_else(|| format!("`{text}` is not a number of whole seconds from 1 to a year"))
}

//! The cells of one row, read as what they must be; every fault is told, not only the first.

use std::ops::ControlFlow;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::park::{Validity, read_border};
use crate::text::{Said, said};

use super::fault::{Fault, Faults, belongs};
use super::given::{Money, Open};
use super::kind::{Column, DAYS, Kind};
use super::refusal::Refusal;
use super::sheet;
use super::table::{Header, Step, Table};
use super::{At, Rows};

/// A cell could not be read, and that was told.
pub(super) struct Told;

/// One row under the eyes of a reader.
pub(super) struct Cells<'a> {
    kind: Kind,
    at: At,
    record: &'a csv::StringRecord,
    header: &'a Header,
    faults: &'a mut Faults,
}

/// Reads every row of a table as an entry; with any fault there are no entries.
pub(super) fn each<T>(
    kind: Kind,
    file: &mut Open<'_>,
    mut entry: impl FnMut(&mut Cells<'_>) -> Result<T, Told>,
) -> Result<Rows<T>, Faults> {
    let given = file.given;
    let mut faults = Faults::default();
    let mut read = Rows {
        entries: Vec::new(),
        rows: Vec::new(),
    };
    let mut table = Table::new(kind, given);
    let way = sheet::Way {
        limits: given.limits,
        sheet: given.picks.sheet.as_deref(),
    };
    let walked = sheet::walk(file.bytes, way, &mut |total, row| {
        match table.step(row, &mut faults) {
            Step::Next => return ControlFlow::Continue(()),
            Step::Stop => return ControlFlow::Break(()),
            Step::Read => {}
        }
        given.progress.tell(table.rows, total);
        let Some(header) = &table.header else {
            return ControlFlow::Continue(());
        };
        let at = At {
            line: row.line,
            number: row.number,
        };
        let mut cells = Cells {
            kind,
            at,
            record: row.cells,
            header,
            faults: &mut faults,
        };
        if let Ok(entry) = entry(&mut cells) {
            read.entries.push(entry);
            read.rows.push(at);
        }
        ControlFlow::Continue(())
    });
    let header = table.header.take();
    let is_empty = header.is_none();
    file.header = header.unwrap_or_default();
    file.about = Some(walked?);
    if !faults.is_empty() {
        return Err(faults);
    }
    if is_empty {
        let names: Vec<_> = kind.columns().iter().map(|column| column.name).collect();
        let advice = said!("import_advice.first_row", columns = names.join(","));
        return Err(Faults::of_file(said!("import_fault.file_empty"), advice));
    }
    if read.rows.is_empty()
        && let Some(about) = &mut file.about
    {
        let what = said!("import_fault.no_rows");
        let advice = said!("import_advice.nothing_changes");
        about.notes.push(Fault::of_all(what, advice));
    }
    Ok(read)
}

impl Cells<'_> {
    /// The cell in `column`, trimmed; empty if the file has no such column.
    pub(super) fn text(&self, column: &str) -> &str {
        let place = self.header.places.get(column);
        place
            .and_then(|place| self.record.get(*place))
            .unwrap_or_default()
            .trim()
    }

    /// The unit that the header gives the values.
    pub(super) const fn header_unit(&self) -> Option<Money> {
        self.header.unit
    }

    /// Tells a fault of `column`.
    pub(super) fn fault(&mut self, column: &'static str, what: Said) -> Told {
        let advice = belongs(self.kind, column);
        let address = self.header.address(column, self.at.number);
        let fault = Fault::of_row(Some(self.at.line), column, what, advice);
        self.faults.add(fault.at(address));
        Told
    }

    /// The cell in `column` as `read` reads it; empty is a fault.
    pub(super) fn needed_by<T, E: Refusal>(
        &mut self,
        column: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, Told> {
        if self.text(column).is_empty() {
            return Err(self.fault(column, said!("import_fault.cell_empty")));
        }
        self.maybe_by(column, read)?.ok_or(Told)
    }

    /// The cell in `column` as `read` reads it, if it is not empty.
    pub(super) fn maybe_by<T, E: Refusal>(
        &mut self,
        column: &'static str,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Told> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        let value = read(text).map_err(|cause| cause.said());
        let text = text.to_owned();
        value.map(Some).map_err(|what| {
            let what = match self.kind.column(column).and_then(|one| serial(one, &text)) {
                Some(day) => said!("import_fault.serial", day = day).with("what", what),
                None => what,
            };
            self.fault(column, what)
        })
    }

    /// The cell in `column` as the type reads itself; empty is a fault.
    pub(super) fn needed<T>(&mut self, column: &'static str) -> Result<T, Told>
    where
        T: FromStr,
        T::Err: Refusal,
    {
        self.needed_by(column, str::parse)
    }

    /// The cell in `column` as the type reads itself, if it is not empty.
    pub(super) fn maybe<T>(&mut self, column: &'static str) -> Result<Option<T>, Told>
    where
        T: FromStr,
        T::Err: Refusal,
    {
        self.maybe_by(column, str::parse)
    }

    /// `valid_from` and `valid_to`.
    pub(super) fn validity(&mut self) -> Result<Validity, Told> {
        let from = self.needed_by("valid_from", read_border);
        let to = self.maybe_by("valid_to", read_border);
        Validity::new(from?, to?)
            .ok_or_else(|| self.fault("valid_to", said!("import_fault.border_order")))
    }
}

/// The day that a spreadsheet keeps as the number `text`, where a day belongs.
fn serial(column: &Column, text: &str) -> Option<String> {
    let is_day = DAYS.contains(&column.note);
    let number: u32 = text.parse().ok().filter(|_| is_day)?;
    (20_000..80_000)
        .contains(&number)
        .then(|| sheet::day_of(number))
}

/// A decimal as people write it: digits, perhaps a sign and a fraction.
pub(super) fn decimal(text: &str) -> Result<Decimal, Said> {
    let refused = || said!("import_fault.no_number", text = text);
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
            said!("import_fault.digits_many", text = text)
        } else {
            refused()
        }
    })
}

/// A decimal above 0.
pub(super) fn above_zero(text: &str) -> Result<Decimal, Said> {
    let number = decimal(text)?;
    if number > Decimal::ZERO {
        Ok(number)
    } else {
        Err(said!("import_fault.not_above_zero", text = text))
    }
}

/// A decimal of 0 or above.
pub(super) fn not_negative(text: &str) -> Result<Decimal, Said> {
    let number = decimal(text)?;
    if number >= Decimal::ZERO {
        Ok(number)
    } else {
        Err(said!("import_fault.below_zero", text = text))
    }
}

/// Whole seconds, 1 to a year.
pub(super) fn seconds(text: &str) -> Result<u32, Said> {
    const YEAR_S: u32 = 366 * 86_400;
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_plain);
    number
        .filter(|number| (1..=YEAR_S).contains(number))
        .ok_or_else(|| said!("import_fault.no_seconds", text = text))
}

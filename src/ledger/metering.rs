//! A register as it was registered over time: rows of the registry become the terms of a walk.
//!
//! Contract.md 5 (`meters`, `replacements`) in, the terms of contract.md 9 out. A day is walked
//! under the row in force at its end, with the multipliers and replacements of all rows.

use std::fmt::Write;

use crate::calendar::{Day, Moment};
use crate::park::{MeterRow, Replacement as Exchange};
use crate::units::Exact;

use super::expectation::{Expectation, Term};
use super::register::{Multiplier, Register, Replacement, Terms, TermsRefused};

/// Milliseconds of a second.
const SECOND_MS: i64 = 1_000;

/// One indicator of one meter, from its first row on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Metering {
    /// By the begin of the row; at least one.
    registers: Vec<(Moment, Register)>,
    last: Register,
    expectation: Expectation,
    fingerprint: String,
}

impl Metering {
    /// The metering that `rows` and `exchanges` of one indicator of one meter make up; `None` if
    /// there is no row.
    ///
    /// # Errors
    /// Rows that contradict each other; see [`TermsRefused`].
    pub fn of(rows: &[MeterRow], exchanges: &[Exchange]) -> Result<Option<Self>, TermsRefused> {
        let mut rows: Vec<&MeterRow> = rows.iter().collect();
        rows.sort_by_key(|row| row.validity);
        let expectation = Expectation::of(rows.iter().map(|row| term(row)).collect());
        let (Some(newest), Some(expectation)) = (rows.last(), expectation) else {
            return Ok(None);
        };
        let registers: Result<Vec<_>, _> = rows
            .iter()
            .map(|row| Ok((row.validity.from(), register(row, &rows, exchanges)?)))
            .collect();
        Ok(Some(Self {
            registers: registers?,
            last: register(newest, &rows, exchanges)?,
            expectation,
            fingerprint: fingerprint(&rows, exchanges),
        }))
    }

    /// The same of which somebody decided that the register rose rightly to the readings at these
    /// instants (contract.md 4).
    #[must_use]
    pub fn confirming(self, instants: &[Moment]) -> Self {
        let confirmed = |register: Register| register.confirming(instants.iter().copied());
        let mut fingerprint = self.fingerprint;
        for at in instants {
            // Writing into a text cannot fail.
            let _ = writeln!(fingerprint, "confirmed {}", at.unix_ms());
        }
        let registers = self.registers.into_iter();
        Self {
            registers: registers
                .map(|(from, register)| (from, confirmed(register)))
                .collect(),
            last: confirmed(self.last),
            expectation: self.expectation,
            fingerprint,
        }
    }

    /// The terms under which `day` is walked: those of the row in force at its end.
    #[must_use]
    pub fn register_on(&self, day: Day) -> &Register {
        let end = day.next().start();
        let begun = self.registers.partition_point(|(from, _)| *from < end);
        let row = self.registers.get(begun.saturating_sub(1));
        row.map_or(&self.last, |(_, register)| register)
    }

    /// What is expected of it, by each of its rows.
    #[must_use]
    pub const fn expectation(&self) -> &Expectation {
        &self.expectation
    }

    /// All of it as text: what was walked under another fingerprint has to be walked again.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}

fn term(row: &MeterRow) -> Term {
    Term {
        validity: row.validity,
        interval_ms: i64::from(row.interval_s) * SECOND_MS,
    }
}

fn register(
    row: &MeterRow,
    rows: &[&MeterRow],
    exchanges: &[Exchange],
) -> Result<Register, TermsRefused> {
    Register::new(Terms {
        register_size: row.register_size.map_or_else(boundless, Exact::from),
        max_per_hour: row.max_per_hour.map_or_else(boundless, Exact::from),
        interval_ms: i64::from(row.interval_s) * SECOND_MS,
        update_ms: row.update_s.map(|seconds| i64::from(seconds) * SECOND_MS),
        resolution: row.resolution.into(),
        jitter: row.jitter.into(),
        multipliers: rows.iter().map(|row| multiplier(row)).collect(),
        replacements: exchanges.iter().map(replacement).collect(),
    })
}

fn multiplier(row: &MeterRow) -> Multiplier {
    Multiplier {
        from: row.validity.from(),
        value: row.multiplier.into(),
    }
}

fn replacement(exchange: &Exchange) -> Replacement {
    Replacement {
        at: exchange.at,
        old_final: exchange.old_final.map(Exact::from),
        new_initial: exchange.new_initial.map(Exact::from),
    }
}

/// A size or limit that nobody stated: beyond whatever a double counts by ones.
fn boundless() -> Exact {
    let large = Exact::whole(i64::MAX);
    &large * &large
}

fn fingerprint(rows: &[&MeterRow], exchanges: &[Exchange]) -> String {
    let mut text = String::new();
    for row in rows {
        let (from, to) = (row.validity.from(), row.validity.to());
        // Writing into a text cannot fail.
        let _ = writeln!(
            text,
            "{} {:?} size {:?} max {:?} every {} moves {:?} jitter {} step {} x {}",
            from.unix_ms(),
            to.map(Moment::unix_ms),
            row.register_size,
            row.max_per_hour,
            row.interval_s,
            row.update_s,
            row.jitter,
            row.resolution,
            row.multiplier,
        );
    }
    for exchange in exchanges {
        let at = exchange.at.unix_ms();
        let (old, new) = (exchange.old_final, exchange.new_initial);
        let _ = writeln!(text, "replaced {at} {old:?} {new:?}");
    }
    text
}

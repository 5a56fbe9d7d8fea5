//! What was stated: output, sales, tax, staff and whatever else departments hand in.
//!
//! A year is what is stated for the year, else the sum of its half-years, quarters or months if all
//! of them are there. Staff is no sum: it is stated for the period or missing.

use std::collections::BTreeSet;

use crate::access::Matter;
use crate::calendar::{Month, Year};
use crate::indicator::Kind;
use crate::ledger::figure::{AccountPeriod, Figure, Formula, Input, TakenFrom};
use crate::park::StatementPeriod;

use super::{Gap, GapCode, HolderAccount, Material, Stated};

/// What accounts need; missing if nobody states it.
const NEEDED: [&str; 6] = [
    "output_value",
    "invoiced_sales",
    "revenue",
    "value_added",
    "staff_average",
    "rd_expense",
];
/// The sum of the scheme's tax formula.
const TAX: &str = "tax";
const TAX_UNIT: &str = "万元";
/// The unit of what is counted in heads: an average, so no sum over time.
const HEADS: &str = "人";

/// Adds what was stated, and tax.
pub(super) fn add(material: &Material<'_>, account: &mut HolderAccount) {
    let inside = |one: &&Stated| lies_in(one.period, material.period);
    let found = material.stated.iter().filter(inside);
    let mut codes: BTreeSet<&str> = found.map(|one| one.indicator.as_str()).collect();
    codes.extend(NEEDED);
    for code in codes {
        let is_amount = |one: &&crate::indicator::Indicator| one.kind == Kind::Amount;
        let Some(indicator) = material.catalogue.find(code).filter(is_amount) else {
            continue;
        };
        let rows = rows(material, code, indicator.unit != HEADS);
        twice(material, code, &rows, account);
        if rows.is_empty() && NEEDED.contains(&code) {
            account
                .gaps
                .push(Gap::of(GapCode::StatementMissing, code, ""));
        }
        let inputs: Vec<Input> = rows.iter().map(|row| input(row, &indicator.unit)).collect();
        let touches = [stated_matter(code)];
        let places = places(&inputs);
        let unit = (indicator.unit.as_str(), places);
        let figure = Figure::of(code, unit, Formula::Sum, inputs, &touches);
        account.figures.push(figure);
    }
    add_tax(material, account);
}

fn add_tax(material: &Material<'_>, account: &mut HolderAccount) {
    let mut inputs = Vec::new();
    for (place, code) in material.tax.iter().enumerate() {
        let figure = account.find(code).filter(|figure| figure.value.is_some());
        match figure {
            Some(figure) => inputs.push(figure.as_input(material.id(code))),
            None if place == 0 => {
                let gap = Gap::of(GapCode::StatementMissing, TAX, code.as_str());
                account.gaps.push(gap);
                break;
            }
            None => {}
        }
    }
    let unit = (TAX_UNIT, places(&inputs));
    let figure = Figure::of(TAX, unit, Formula::Sum, inputs, &[Matter::Tax]);
    account.figures.push(figure);
}

/// Whose eyes a statement is for (contract.md 6). What suppliers and the environment office state
/// goes with the meters; what nobody placed elsewhere goes with output.
#[must_use]
pub fn stated_matter(code: &str) -> Matter {
    if code.starts_with("tax") {
        Matter::Tax
    } else if code.ends_with("_stated") || code.starts_with("pollutant_") {
        Matter::Series
    } else {
        Matter::Output
    }
}

pub(super) fn input(row: &Stated, unit: &str) -> Input {
    Input {
        taken_from: Some(TakenFrom::Statement {
            indicator: row.indicator.clone(),
            period: row.period.to_string(),
            source: row.source.clone(),
            recorded_at: row.recorded_at.to_string(),
        }),
        ..Input::plain(
            &row.period.to_string(),
            Some(row.value.normalize().to_string()),
            unit,
        )
    }
}

/// The places of the finest input, at least two.
pub(super) fn places(inputs: &[Input]) -> usize {
    let values = inputs.iter().filter_map(|input| input.value.as_deref());
    let places = values.map(|text| text.split_once('.').map_or(0, |(_, digits)| digits.len()));
    places.max().unwrap_or(0).max(2)
}

pub(super) fn lies_in(stated: StatementPeriod, period: AccountPeriod) -> bool {
    match period {
        AccountPeriod::Year(own) => own == stated.year(),
        AccountPeriod::HalfYear(own, half) => own == stated.year() && half_of(stated) == Some(half),
        AccountPeriod::Month(own) => stated == StatementPeriod::Month(own),
    }
}

/// The half of its year that a stretch lies in; `None` for a whole year.
fn half_of(stated: StatementPeriod) -> Option<i8> {
    match stated {
        StatementPeriod::Year(_) => None,
        StatementPeriod::HalfYear(_, half) => Some(half),
        StatementPeriod::Quarter(_, quarter) => Some((quarter + 1) / 2),
        StatementPeriod::Month(month) => Some((month.number() + 5) / 6),
    }
}

/// The rows that make up the period, the first registered of each stretch of time.
pub(super) fn rows<'a>(material: &Material<'a>, code: &str, is_sum: bool) -> Vec<&'a Stated> {
    let first = |wanted: StatementPeriod| {
        let mut rows = material.stated.iter();
        rows.find(|one| one.indicator == code && one.period == wanted)
    };
    let all =
        |parts: Vec<StatementPeriod>| parts.into_iter().map(first).collect::<Option<Vec<_>>>();
    match material.period {
        AccountPeriod::Month(month) => all(vec![StatementPeriod::Month(month)]),
        AccountPeriod::Year(year) => {
            let whole = all(vec![StatementPeriod::Year(year)]);
            let parts = || divisions(year).into_iter().find_map(all);
            whole.or_else(|| is_sum.then(parts).flatten())
        }
        AccountPeriod::HalfYear(year, half) => {
            let whole = all(vec![StatementPeriod::HalfYear(year, half)]);
            let of_half = |way: Vec<StatementPeriod>| {
                let own = way.into_iter().filter(|one| half_of(*one) == Some(half));
                all(own.collect())
            };
            let [_, quarters, months] = divisions(year);
            let parts = || [quarters, months].into_iter().find_map(of_half);
            whole.or_else(|| is_sum.then(parts).flatten())
        }
    }
    .unwrap_or_default()
}

/// The ways to make up a year.
fn divisions(year: Year) -> [Vec<StatementPeriod>; 3] {
    let halves = (1..=2).map(|number| StatementPeriod::HalfYear(year, number));
    let quarters = (1..=4).map(|number| StatementPeriod::Quarter(year, number));
    let months = (1..=12).filter_map(|number| Month::new(year.number(), number));
    [
        halves.collect(),
        quarters.collect(),
        months.map(StatementPeriod::Month).collect(),
    ]
}

/// Notes sources that state something else than the first.
fn twice(material: &Material<'_>, code: &str, rows: &[&Stated], account: &mut HolderAccount) {
    for row in rows {
        let others = material.stated.iter().filter(|one| {
            one.indicator == code && one.period == row.period && one.value != row.value
        });
        for other in others {
            let detail = format!("{} {}", other.source, other.value.normalize());
            let gap = Gap::of(GapCode::StatedTwice, code, detail);
            account.gaps.push(gap);
        }
    }
}

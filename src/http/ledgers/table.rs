//! The rows of the ledger as CSV: the same digits as on the page, each with period, revision and id.

use crate::text::{Language, find_sentence};

use super::wire::{Answer, Compared, Row};

/// The columns.
pub(super) const HEAD: [&str; 18] = [
    "enterprise",
    "period",
    "kind",
    "name",
    "value",
    "unit",
    "factor",
    "factor_unit",
    "tce",
    "month_before",
    "month_before_percent",
    "year_before",
    "year_before_percent",
    "known_share",
    "counted_since",
    "flags",
    "as_of",
    "figure",
];

/// The rows as on the page; names in `language`.
pub(super) fn rows(answer: &Answer, language: Language) -> impl Iterator<Item = [String; 18]> + '_ {
    let rows = answer.rows.iter();
    rows.map(move |row| cells(answer, row, language))
}

fn cells(answer: &Answer, row: &Row, language: Language) -> [String; 18] {
    let name = find_sentence(language, &format!("kind.{}", row.kind)).unwrap_or(&row.kind);
    let factor = row.factor.as_ref();
    let flags = row.flags.iter();
    let flags: Vec<String> = flags
        .map(|(flag, count)| format!("{flag} {count}"))
        .collect();
    let begun = row.begun.iter();
    let begun: Vec<String> = begun.map(|(meter, day)| format!("{meter} {day}")).collect();
    let (before, before_percent) = compared(row.month_before.as_ref());
    let (last, last_percent) = compared(row.year_before.as_ref());
    [
        answer.enterprise.clone(),
        answer.period.clone(),
        row.kind.clone(),
        name.to_owned(),
        row.value.clone().unwrap_or_default(),
        row.unit.clone(),
        factor.map(|one| one.by.clone()).unwrap_or_default(),
        factor.map(|one| one.unit.clone()).unwrap_or_default(),
        row.tce.clone().unwrap_or_default(),
        before,
        before_percent,
        last,
        last_percent,
        row.known_share.clone().unwrap_or_default(),
        begun.join("; "),
        flags.join("; "),
        answer.as_of.clone().unwrap_or_default(),
        row.id.clone(),
    ]
}

fn compared(one: Option<&Compared>) -> (String, String) {
    one.map_or_else(Default::default, |one| {
        let value = one.value.clone().unwrap_or_default();
        (value, one.change.clone().unwrap_or_default())
    })
}

//! The land of an enterprise as a table: a line a holding, then the sum.

use crate::http::spreadsheet::{Cell, Sheet, harmless};
use crate::text::{Language, find_sentence, sentence};

use super::wire::{Answer, Line};

const COLUMNS: usize = 14;
/// The columns.
pub(super) const HEAD: [&str; COLUMNS] = [
    "parcel",
    "kind",
    "m2",
    "floor_m2",
    "far",
    "counterparty",
    "valid_from",
    "valid_to",
    "days",
    "weighted_m2",
    "weighted_mu",
    "borne_by",
    "building_days",
    "by_rule_m2",
];
/// Columns that hold texts.
const TEXTS: [usize; 6] = [0, 1, 5, 6, 7, 11];

/// The lines as CSV, kinds in `language`.
pub(super) fn lines(answer: &Answer, language: Language) -> Vec<[String; COLUMNS]> {
    let mut rows = rows(answer, language);
    for row in &mut rows {
        for place in TEXTS {
            if let Some(cell) = row.get_mut(place) {
                *cell = harmless(cell);
            }
        }
    }
    rows
}

fn rows(answer: &Answer, language: Language) -> Vec<[String; COLUMNS]> {
    let said = |key: String| find_sentence(language, &key).unwrap_or_default().to_owned();
    let cells = |line: &Line| {
        [
            line.parcel.clone(),
            said(format!("land.kind_{}", line.kind)),
            line.m2.clone().unwrap_or_default(),
            line.floor_m2.clone().unwrap_or_default(),
            line.far.clone().unwrap_or_default(),
            line.counterparty.clone().unwrap_or_default(),
            line.valid_from.clone(),
            line.valid_to.clone().unwrap_or_default(),
            line.days.clone(),
            line.weighted_m2.clone(),
            line.weighted_mu.clone(),
            said(format!("land.borne_{}", line.borne_by)),
            line.building_days.clone(),
            line.by_rule_m2.clone(),
        ]
    };
    let mut rows: Vec<[String; COLUMNS]> = answer.lines.iter().map(cells).collect();
    let mut sum = [const { String::new() }; COLUMNS];
    sum[0] = said("land.sum".to_owned());
    answer.m2.clone_into(&mut sum[9]);
    answer.mu.clone_into(&mut sum[10]);
    answer.by_rule_m2.clone_into(&mut sum[13]);
    rows.push(sum);
    rows
}

/// The lines with their types, and a sheet that says of what they are.
pub(super) fn sheets(answer: &Answer, language: Language) -> Vec<Sheet> {
    let said = |key: &str| find_sentence(language, key).unwrap_or(key).to_owned();
    let head = HEAD
        .iter()
        .map(|name| Cell::Text(said(&format!("land.column_{name}"))));
    let mut table = vec![head.collect::<Vec<_>>()];
    for row in rows(answer, language) {
        let cells = row.into_iter().enumerate();
        let cell = |(place, text): (usize, String)| match text {
            text if text.is_empty() => Cell::Empty,
            text if TEXTS.contains(&place) => Cell::Text(text),
            text => Cell::Number(text),
        };
        table.push(cells.map(cell).collect());
    }
    let about = [
        (
            "books.about_enterprise",
            format!("{} {}", answer.name, answer.enterprise),
        ),
        ("books.about_year", answer.year.clone()),
        ("books.about_as_of", answer.as_of.clone()),
        ("books.about_source", said("land.about")),
    ];
    let about = about.into_iter();
    let about = about.map(|(key, text)| vec![Cell::Text(said(key)), Cell::Text(text)]);
    vec![
        Sheet {
            name: match language {
                Language::Chinese => const { sentence(Language::Chinese, "land.title") },
                Language::English => const { sentence(Language::English, "land.title") },
            },
            rows: table,
        },
        Sheet {
            name: match language {
                Language::Chinese => const { sentence(Language::Chinese, "export.about") },
                Language::English => const { sentence(Language::English, "export.about") },
            },
            rows: about.collect(),
        },
    ]
}

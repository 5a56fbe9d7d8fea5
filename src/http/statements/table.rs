//! Statements as a table: one row a figure, the one that counts first, then what was corrected.

use crate::http::spreadsheet::{Cell, Sheet, harmless};
use crate::text::{Language, find_sentence, sentence};

use super::wire::{Answer, Figure, Item, Origin};

/// The columns.
pub(super) const HEAD: [&str; COLUMNS] = [
    "period",
    "indicator",
    "name",
    "source",
    "value",
    "unit",
    "counts",
    "rule",
    "difference",
    "difference_percent",
    "origin",
    "file",
    "row",
    "import",
    "at",
    "until",
    "reason",
];
const COLUMNS: usize = 17;
/// Columns that hold numbers.
const NUMBERS: [usize; 5] = [4, 8, 9, 12, 13];

/// The rows, names in `language`.
pub(super) fn lines(answer: &Answer, language: Language) -> Vec<[String; COLUMNS]> {
    rows(answer, language)
        .into_iter()
        .map(|row| row.map(|cell| harmless_text(&cell)))
        .collect()
}

/// A number stays one: only texts are made harmless.
fn harmless_text(cell: &str) -> String {
    if rust_decimal::Decimal::from_str_exact(cell).is_ok() {
        return cell.to_owned();
    }
    harmless(cell)
}

fn rows(answer: &Answer, language: Language) -> Vec<[String; COLUMNS]> {
    let mut rows = Vec::new();
    for item in &answer.items {
        for figure in &item.figures {
            rows.push(row(item, figure, language));
            for old in &figure.earlier {
                let plain = cells(item, &figure.source, &old.value, language);
                rows.push(with_origin(plain, &old.origin, Some(&old.until)));
            }
        }
    }
    rows
}

fn row(item: &Item, figure: &Figure, language: Language) -> [String; COLUMNS] {
    let mut plain = cells(item, &figure.source, &figure.value, language);
    let said = |key: &str| find_sentence(language, key).unwrap_or_default().to_owned();
    let counts = if figure.counts { "yes" } else { "no" };
    plain[6] = said(&format!("books.counts_{counts}"));
    plain[7] = said(match figure.rule.code {
        "named" => "books.rule_named_short",
        "declared" => "books.rule_declared",
        _ => "books.rule_other",
    });
    plain[8] = figure.difference.clone().unwrap_or_default();
    plain[9] = figure.percent.clone().unwrap_or_default();
    with_origin(plain, &figure.origin, None)
}

fn cells(item: &Item, source: &str, value: &str, language: Language) -> [String; COLUMNS] {
    let code = &item.indicator;
    let name = match language {
        Language::Chinese => &item.name_zh,
        Language::English => &item.name_en,
    };
    let mut cells = [const { String::new() }; COLUMNS];
    let texts = [&item.period, code, name, source, value, &item.unit];
    for (cell, text) in cells.iter_mut().zip(texts) {
        text.clone_into(cell);
    }
    cells
}

fn with_origin(
    mut cells: [String; COLUMNS],
    origin: &Origin,
    until: Option<&str>,
) -> [String; COLUMNS] {
    origin.code.clone_into(&mut cells[10]);
    cells[11] = origin.file.clone().unwrap_or_default();
    cells[12] = origin.row.map(|row| row.to_string()).unwrap_or_default();
    cells[13] = origin.import.map(|one| one.to_string()).unwrap_or_default();
    origin.at.clone_into(&mut cells[14]);
    until.unwrap_or_default().clone_into(&mut cells[15]);
    cells[16] = origin.reason.clone().unwrap_or_default();
    cells
}

/// The rows with their types, and a sheet that says of what they are.
pub(super) fn sheets(answer: &Answer, language: Language) -> Vec<Sheet> {
    let said = |key: &str| find_sentence(language, key).unwrap_or(key).to_owned();
    let head = HEAD
        .iter()
        .map(|name| Cell::Text(said(&format!("books.column_{name}"))));
    let mut table = vec![head.collect::<Vec<_>>()];
    for row in rows(answer, language) {
        let cells = row.into_iter().enumerate();
        let cell = |(place, text): (usize, String)| match text {
            text if text.is_empty() => Cell::Empty,
            text if NUMBERS.contains(&place) => Cell::Number(text),
            text => Cell::Text(text),
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
        ("books.about_source", said("books.about_statements")),
    ];
    let about = about.into_iter();
    let about = about.map(|(key, text)| vec![Cell::Text(said(key)), Cell::Text(text)]);
    vec![
        Sheet {
            name: match language {
                Language::Chinese => const { sentence(Language::Chinese, "books.statements") },
                Language::English => const { sentence(Language::English, "books.statements") },
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

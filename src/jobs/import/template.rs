//! The empty file of a kind: its header, and below it what belongs into each column. The notes may
//! stay in the file: an import passes over them.

use crate::text::{Language, find_sentence, said};

use super::chinese::chinese;
use super::kind::Kind;

/// The empty file of `kind` as text, its notes in `language`.
#[must_use]
pub fn template(kind: Kind, language: Language) -> String {
    match kind {
        Kind::Parcels => collection(language),
        Kind::Readings => String::new(),
        _ => csv(kind, language),
    }
}

fn csv(kind: Kind, language: Language) -> String {
    let names: Vec<_> = kind.columns().iter().map(|column| column.name).collect();
    let mut text = names.join(",");
    text.push_str("\r\n");
    for note in notes(kind, language) {
        let quoted = note.replace('"', "\"\"");
        text.extend(["\"# ", quoted.as_str(), "\"\r\n"]);
    }
    text
}

/// The empty table of `kind`, row by row: the header, its names in Chinese as a note, and the notes.
#[must_use]
pub fn template_rows(kind: Kind, language: Language) -> Vec<Vec<String>> {
    let names = kind.columns().iter().map(|column| column.name.to_owned());
    let mut rows = vec![names.collect()];
    let chinese = kind.columns().iter().map(|column| {
        let names = chinese(column.name);
        names.first().copied().unwrap_or(column.name)
    });
    let chinese: Vec<&str> = chinese.collect();
    rows.push(vec![format!("# {}", chinese.join(" | "))]);
    rows.extend(notes(kind, language).map(|note| vec![format!("# {note}")]));
    rows
}

/// Parcels come as GeoJSON: an empty collection with the notes beside it.
fn collection(language: Language) -> String {
    let notes: Vec<_> = notes(Kind::Parcels, language).collect();
    let shape = serde_json::json!({
        "type": "FeatureCollection",
        "notes": notes,
        "features": [],
    });
    format!("{shape:#}\n")
}

/// One sentence a column.
pub(super) fn notes(kind: Kind, language: Language) -> impl Iterator<Item = String> {
    let all = kind.columns().iter().chain(kind.rare_columns());
    all.map(move |column| {
        let note = find_sentence(language, column.note).unwrap_or(column.note);
        let name = column.name;
        let line = if column.is_needed {
            said!("import_advice.column_needed", column = name, note = note)
        } else {
            said!("import_advice.column_maybe", column = name, note = note)
        };
        line.in_words(language)
    })
}

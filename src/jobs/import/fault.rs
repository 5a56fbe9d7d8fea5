//! What is wrong with a file: row, column, what, and what to do. All of it at once, up to a limit.

use std::fmt;

use crate::text::{Language, Said, find_sentence, said};

use super::kind::Kind;

/// Most faults that are told of one file; more say nothing new.
pub const FAULTS_MAX: usize = 100;

/// The longest text that is shown of a fault, in characters.
const LONGEST: usize = 400;

/// What to do about a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Advice {
    /// The sentence says it already.
    None,
    /// What belongs into the column.
    Write(&'static str),
    /// In a sentence of its own.
    Do(Said),
}

/// One fault of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file, the header being 1 (features and NDJSON lines are counted from 1);
    /// `None`: the file as a whole.
    pub row: Option<u64>,
    /// The column, if it is one column's.
    pub column: Option<String>,
    /// The cell as a spreadsheet names it, as C17, if it is one cell's.
    pub cell: Option<String>,
    /// What is wrong; its code is stable.
    pub what: Said,
    /// What to do, or what belongs there.
    pub advice: Advice,
}

impl Fault {
    /// A fault of one cell.
    pub(super) fn of_row(row: Option<u64>, column: &str, what: Said, advice: Advice) -> Self {
        Self {
            row,
            column: (!column.is_empty()).then(|| shown(column)),
            cell: None,
            what,
            advice,
        }
    }

    /// Something about the file as a whole.
    pub(super) fn of_all(what: Said, advice: Said) -> Self {
        Self::of_row(None, "", what, Advice::Do(advice))
    }

    /// The fault with its cell.
    pub(super) fn at(self, cell: Option<String>) -> Self {
        Self { cell, ..self }
    }

    /// What is wrong, in words; bounded, and nothing of the file in it is invisible.
    #[must_use]
    pub fn what(&self, language: Language) -> String {
        shown(&self.what.in_words(language))
    }

    /// What to do, in words; empty where what is wrong says it already.
    #[must_use]
    pub fn advice(&self, language: Language) -> String {
        match &self.advice {
            Advice::None => String::new(),
            Advice::Do(said) => said.in_words(language),
            Advice::Write(note) => {
                let note = find_sentence(language, note).unwrap_or(note);
                // Many a sentence of the types says already what would be right.
                if self.what(language).contains(note) {
                    return String::new();
                }
                said!("import_advice.write", note = note).in_words(language)
            }
        }
    }

    /// The whole fault as a line: cell, row and column, what and what to do.
    #[must_use]
    pub fn line(&self, language: Language) -> String {
        let mut line = String::new();
        if let Some(cell) = &self.cell {
            line.push_str(cell);
            line.push_str(": ");
        }
        if let Some(row) = self.row {
            line.push_str(&said!("import_fault.in_row", row = row).in_words(language));
        }
        if let Some(column) = &self.column {
            line.push_str(&said!("import_fault.in_column", column = column).in_words(language));
        }
        line.push_str(&self.what(language));
        let advice = self.advice(language);
        if !advice.is_empty() {
            let advised = said!("import_fault.advised", advice = advice);
            line.push_str(&advised.in_words(language));
        }
        line
    }
}

impl fmt::Display for Fault {
    /// In English, for the command line and logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line(Language::English))
    }
}

/// What belongs into the column `name` of a file of `kind`.
pub(super) fn belongs(kind: Kind, name: &str) -> Advice {
    let column = kind.column(name);
    column.map_or(Advice::None, |column| Advice::Write(column.note))
}

/// Text of a file as it may be shown: bounded, invisible characters escaped.
pub(super) fn shown(text: &str) -> String {
    let mut shown = String::new();
    for character in text.chars().take(LONGEST) {
        if character.is_control() || is_directing(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
    }
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Characters that turn the direction of what follows them.
fn is_directing(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// All faults of a file, the first [`FAULTS_MAX`] of them in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    told: Vec<Fault>,
    more: u64,
}

impl Faults {
    /// One fault of the file as a whole.
    pub(super) fn of_file(what: Said, advice: Said) -> Self {
        Self::default().with(Fault::of_all(what, advice))
    }

    pub(super) fn add(&mut self, fault: Fault) {
        if self.told.len() < FAULTS_MAX {
            self.told.push(fault);
        } else {
            self.more += 1;
        }
    }

    /// These and another one.
    pub(super) fn with(mut self, fault: Fault) -> Self {
        self.add(fault);
        self
    }

    /// Those that are told, by the order in which they were found.
    #[must_use]
    pub fn told(&self) -> &[Fault] {
        &self.told
    }

    /// How many more there are.
    #[must_use]
    pub const fn more(&self) -> u64 {
        self.more
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.told.is_empty()
    }
}

//! What is wrong with a file: row, column, what, and what to do. All of it at once, up to a limit.

use std::fmt;

/// Most faults that are told of one file; more say nothing new.
pub const FAULTS_MAX: usize = 100;

/// The longest text that is shown of a fault, in characters.
const LONGEST: usize = 400;

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
    /// What is wrong.
    pub what: String,
    /// What to do, or what belongs there.
    pub advice: String,
}

impl Fault {
    /// A fault of one cell.
    pub(super) fn of_row(
        row: Option<u64>,
        column: &str,
        what: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        let what: String = what.into();
        Self {
            row,
            column: (!column.is_empty()).then(|| shown(column)),
            cell: None,
            what: shown(&what),
            advice: advice.into(),
        }
    }

    /// The fault with its cell.
    pub(super) fn at(self, cell: Option<String>) -> Self {
        Self { cell, ..self }
    }
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

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(cell) = &self.cell {
            write!(f, "{cell}: ")?;
        }
        if let Some(row) = self.row {
            write!(f, "row {row}, ")?;
        }
        if let Some(column) = &self.column {
            write!(f, "column {column}: ")?;
        }
        f.write_str(&self.what)?;
        // Many a sentence of the types says already what would be right.
        let advised = self.advice.strip_prefix("write ").unwrap_or(&self.advice);
        if !self.what.contains(advised) {
            write!(f, " ({})", self.advice)?;
        }
        Ok(())
    }
}

/// All faults of a file, the first [`FAULTS_MAX`] of them in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    told: Vec<Fault>,
    more: u64,
}

impl Faults {
    /// One fault of the file as a whole.
    pub(super) fn of_file(what: impl Into<String>, advice: impl Into<String>) -> Self {
        let mut faults = Self::default();
        faults.add(Fault::of_row(None, "", what, advice));
        faults
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

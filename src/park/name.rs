//! Names that people write (enterprises, parks, titles): what may be one.
//!
//! Knows nothing of where a name is printed: each writer escapes for its own format.

use std::fmt;
use std::str::FromStr;

use unicode_normalization::UnicodeNormalization;

/// Why a text is not a name (contract.md 7, "Names").
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameRefused {
    /// Nothing left after trimming.
    #[error("the name is empty: write one")]
    Empty,
    /// More than [`Name::LENGTH_MAX`] characters.
    #[error(
        "the name has {length} characters, {} are the limit: shorten it",
        Name::LENGTH_MAX
    )]
    TooLong {
        /// Its length in characters.
        length: usize,
    },
    /// A control character, a line separator, or one that turns the writing direction.
    #[error("the name holds the invisible character U+{:04X}: write it again by hand", u32::from(*.character))]
    Invisible {
        /// The first such character.
        character: char,
    },
}

/// A name in NFC, trimmed, without control and direction characters; rare Han are kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(String);

impl Name {
    /// Longest name, in characters: a line of a map's title.
    pub const LENGTH_MAX: usize = 200;

    /// A name that the program itself gives; only for text that is a name as it stands.
    #[must_use]
    pub(crate) fn fixed(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Control characters, line and paragraph separators, and everything that turns the writing
/// direction: they make one name look like another.
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{061c}'
                | '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
        )
}

impl FromStr for Name {
    type Err = NameRefused;

    fn from_str(text: &str) -> Result<Self, NameRefused> {
        let name: String = text.trim().nfc().collect();
        if name.is_empty() {
            return Err(NameRefused::Empty);
        }
        if let Some(character) = name.chars().find(|character| is_invisible(*character)) {
            return Err(NameRefused::Invisible { character });
        }
        let length = name.chars().count();
        if length > Self::LENGTH_MAX {
            return Err(NameRefused::TooLong { length });
        }
        Ok(Self(name))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

//! A sentence that is said later, in the language of whoever hears it: its key, and what fills its
//! `{names}`. Made by [`said!`], for which a key that is in no file does not compile.

use std::fmt;

use super::{Language, filled, find_sentence};

/// What fills a hole of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Filling {
    Text(String),
    /// A word or two of our own, in the language of the sentence.
    Said(Said),
}

/// A sentence by its `table.key`, with what fills its `{names}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    key: &'static str,
    fillings: Vec<(&'static str, Filling)>,
}

impl Said {
    /// The sentence under `key`, which [`known_key`] has seen, with texts for its names.
    #[must_use]
    pub fn new(key: &'static str, texts: Vec<(&'static str, String)>) -> Self {
        let fill = |(name, text)| (name, Filling::Text(text));
        Self {
            key,
            fillings: texts.into_iter().map(fill).collect(),
        }
    }

    /// The same with words of our own for one more name.
    #[must_use]
    pub fn with(mut self, name: &'static str, said: Self) -> Self {
        self.fillings.push((name, Filling::Said(said)));
        self
    }

    /// Its `table.key`.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        self.key
    }

    /// Its key without the table: the stable code of what is said.
    #[must_use]
    pub fn code(&self) -> &'static str {
        self.key.split_once('.').map_or(self.key, |(_, code)| code)
    }

    /// In words. A key that only one file has is said by itself; a test holds that there is none.
    #[must_use]
    pub fn in_words(&self, language: Language) -> String {
        let fillings: Vec<(&str, String)> = self
            .fillings
            .iter()
            .map(|(name, filling)| match filling {
                Filling::Text(text) => (*name, text.clone()),
                Filling::Said(said) => (*name, said.in_words(language)),
            })
            .collect();
        let values: Vec<(&str, &str)> = fillings
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        let sentence = find_sentence(language, self.key).unwrap_or(self.key);
        filled(sentence, &values)
    }
}

impl fmt::Display for Said {
    /// In English, for the command line and logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words(Language::English))
    }
}

/// `key` if the files have it, for constants: one that is in no file does not compile. (That every
/// file has the same keys is held by a test.)
///
/// # Panics
/// No file has such a key.
#[must_use]
#[expect(
    clippy::panic,
    reason = "constants ask for it, so a missing key stops the build and no process"
)]
pub const fn known_key(key: &'static str) -> &'static str {
    match find_sentence(Language::English, key) {
        Some(_) => key,
        None => panic!("config/text has no such key"),
    }
}

/// A sentence of the files with its names: `said!("import_fault.row_width", found = 3, width = 4)`.
macro_rules! said {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::text::Said::new(
            const { $crate::text::known_key($key) },
            vec![$((stringify!($name), ::std::string::ToString::to_string(&$value))),*],
        )
    };
}

pub(crate) use said;

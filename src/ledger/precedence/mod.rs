//! Which of several sources of one stated figure counts: a rule in data, `config/precedence/`. The
//! others are kept and told beside it (`stated_twice`).

mod beside;
mod file;

use std::collections::BTreeMap;

use file::RulesFile;

pub use beside::{Beside, beside};

// The files that are compiled in: name and text.
include!(concat!(env!("OUT_DIR"), "/precedence.rs"));

/// A file of rules that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {reason}; correct it, no account is made with it")]
pub struct PrecedenceRefused {
    /// The file.
    pub file: String,
    /// What is wrong.
    pub reason: String,
}

/// Why a source has its rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule<'a> {
    /// A rule of the file names how it begins.
    Named {
        /// The word of the rule.
        word: &'a str,
        /// The place of the word in the rule, from 1.
        place: usize,
        /// Why the rule is so.
        why: &'a str,
    },
    /// No rule names it: another department, before what enterprises say themselves.
    Other,
    /// The enterprise's own word, which counts last.
    Declared,
}

/// The rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precedence {
    /// How sources begin that go before the others, by indicator.
    first: BTreeMap<String, Vec<String>>,
    /// Why, by indicator.
    why: BTreeMap<String, String>,
    /// How the sources begin that are an enterprise's own word.
    declared: Vec<String>,
    /// Under which of these a declaration is kept.
    declared_as: Option<String>,
}

impl Precedence {
    /// The rules that are compiled in.
    ///
    /// # Errors
    /// A file that cannot be read, says nothing of its source, or has an indicator twice.
    pub fn shipped() -> Result<Self, PrecedenceRefused> {
        let mut rules = Self::default();
        for (name, text) in SHIPPED {
            rules.read(name, text)?;
        }
        Ok(rules)
    }

    /// Adds the rules of a file.
    ///
    /// # Errors
    /// As [`Precedence::shipped`].
    pub fn read(&mut self, name: &str, text: &str) -> Result<(), PrecedenceRefused> {
        let refused = |reason: String| PrecedenceRefused {
            file: name.to_owned(),
            reason,
        };
        let file: RulesFile = toml::from_str(text).map_err(|cause| refused(cause.to_string()))?;
        if file.source.trim().is_empty() {
            return Err(refused("says nothing of its source".to_owned()));
        }
        self.declared.extend(file.declared);
        if let Some(source) = file.declared_as {
            let is_own = |word: &String| source.starts_with(word.as_str());
            if !self.declared.iter().any(is_own) {
                return Err(refused(format!("{source} is no enterprise's own word")));
            }
            self.declared_as = Some(source);
        }
        for rule in file.rule {
            if rule.why.trim().is_empty() {
                return Err(refused("a rule does not say why".to_owned()));
            }
            for indicator in rule.indicators {
                self.why.insert(indicator.clone(), rule.why.clone());
                if self
                    .first
                    .insert(indicator.clone(), rule.first.clone())
                    .is_some()
                {
                    return Err(refused(format!("{indicator} has two rules")));
                }
            }
        }
        Ok(())
    }

    /// The rank of `source` for `indicator`: the lowest counts. Sources of one rank count in the
    /// order in which they were registered.
    #[must_use]
    pub fn rank(&self, indicator: &str, source: &str) -> usize {
        let first = self.first.get(indicator).map_or(&[][..], Vec::as_slice);
        let begins = |words: &[String]| {
            let mut words = words.iter();
            words.position(|word| source.starts_with(word.as_str()))
        };
        if let Some(place) = begins(first) {
            return place;
        }
        let is_declared = begins(&self.declared).is_some();
        first.len() + usize::from(is_declared)
    }

    /// Under which source an enterprise's declaration is kept; empty if no file says it.
    #[must_use]
    pub fn declared_as(&self) -> &str {
        self.declared_as.as_deref().unwrap_or_default()
    }

    /// By which rule `source` has its rank for `indicator`, in the words of the file.
    #[must_use]
    pub fn rule(&self, indicator: &str, source: &str) -> Rule<'_> {
        let first = self.first.get(indicator).map_or(&[][..], Vec::as_slice);
        let begins = |word: &&String| source.starts_with(word.as_str());
        match first.iter().position(|word| begins(&word)) {
            Some(place) => Rule::Named {
                word: first.get(place).map_or("", String::as_str),
                place: place + 1,
                why: self.why.get(indicator).map_or("", String::as_str),
            },
            None if self.declared.iter().any(|word| begins(&word)) => Rule::Declared,
            None => Rule::Other,
        }
    }

    /// The same as a text: another one, and accounts are made again.
    #[must_use]
    pub fn mark(&self) -> String {
        format!("{:?} {:?}", self.first, self.declared)
    }
}

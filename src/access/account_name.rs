//! The name that somebody signs in with.

use std::fmt;
use std::str::FromStr;

/// 3 to 32 of `a-z 0-9 . _ -`, beginning with a letter or digit. Capitals are read as small
/// letters, so that nobody is two people. Safe to print, to log and to put into an address.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AccountName(String);

/// No account is called so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an account is called by 3 to 32 letters a-z, digits and . _ - and begins with a letter or digit"
)]
pub struct NotAnAccountName;

impl AccountName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountName {
    type Err = NotAnAccountName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_of = |letter: char| letter.is_ascii_alphanumeric() || ".-_".contains(letter);
        let begins = text.starts_with(|first: char| first.is_ascii_alphanumeric());
        if begins && (3..=32).contains(&text.len()) && text.chars().all(is_of) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(NotAnAccountName)
        }
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

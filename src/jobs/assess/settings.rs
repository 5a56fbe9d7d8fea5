//! What the configuration says about rating.

use std::str::FromStr;

use crate::calendar::Year;

/// A text that names no scheme for a year.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` names no scheme: write 2025=KS-DEMO-A, or KS-DEMO-A alone")]
pub struct NotASchemeChoice {
    /// What was written.
    pub text: String,
}

/// The scheme of one year, or of all years that have none of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemeChoice {
    year: Option<Year>,
    scheme: String,
}

impl FromStr for SchemeChoice {
    type Err = NotASchemeChoice;

    fn from_str(text: &str) -> Result<Self, NotASchemeChoice> {
        let refused = || NotASchemeChoice {
            text: text.to_owned(),
        };
        let (year, scheme) = match text.split_once('=') {
            None => (None, text),
            Some((year, scheme)) => {
                let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
                let number = year.parse().ok().filter(|_| is_year);
                (Some(Year::new(number.ok_or_else(refused)?)), scheme)
            }
        };
        let scheme = scheme.trim();
        if scheme.is_empty() {
            return Err(refused());
        }
        Ok(Self {
            year,
            scheme: scheme.to_owned(),
        })
    }
}

/// By what a year is rated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// `rating.scheme`.
    pub schemes: Vec<SchemeChoice>,
    /// `rating.tax`: the statements that make up tax, added; missing where the first is.
    pub tax: Vec<String>,
    /// `rating.known_percent`: what share of a year must be known of our own metering.
    pub known_percent: u32,
}

impl Settings {
    /// The id of the scheme by which `year` is rated, if it is.
    #[must_use]
    pub fn scheme_of(&self, year: Year) -> Option<&str> {
        let of = |wanted: Option<Year>| self.schemes.iter().find(move |one| one.year == wanted);
        let choice = of(Some(year)).or_else(|| of(None));
        choice.map(|choice| choice.scheme.as_str())
    }
}

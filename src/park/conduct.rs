//! What an enterprise is honoured for and what counts against it (奖惩, domain.md 2.5): titles that
//! hold for a time, penalties and accidents that happened on a day. Which of them counts how much is
//! said by a scheme; here they are only who, what, when, and by whose word.

use std::fmt;
use std::str::FromStr;

use crate::calendar::{Day, Period};

use super::{EnterpriseCode, Name, Validity};

/// Most characters of a code.
const CODE_LENGTH_MAX: usize = 64;

/// A text that is no code of an honour or event.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a code: small letters, digits and _, a letter first, as env_penalty")]
pub struct NotAConductCode {
    /// What was written.
    pub text: String,
}

/// The code of an honour or event as schemes name it, as `high_tech`, `env_penalty`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConductCode(String);

impl ConductCode {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ConductCode {
    type Err = NotAConductCode;

    fn from_str(text: &str) -> Result<Self, NotAConductCode> {
        let is_plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let is_code = text.len() <= CODE_LENGTH_MAX
            && text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.bytes().all(is_plain);
        if is_code {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAConductCode {
                text: text.to_owned(),
            })
        }
    }
}

impl fmt::Display for ConductCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no kind of conduct.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is neither honour nor event")]
pub struct NotAConductKind {
    /// What was written.
    pub text: String,
}

/// Whether something is held or happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConductKind {
    /// A title that holds for a time: 高企, 专精特新.
    Honour,
    /// Something that happened on a day: a penalty, an accident.
    Event,
}

impl ConductKind {
    /// As the files write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Honour => "honour",
            Self::Event => "event",
        }
    }
}

impl FromStr for ConductKind {
    type Err = NotAConductKind;

    fn from_str(text: &str) -> Result<Self, NotAConductKind> {
        match text {
            "honour" => Ok(Self::Honour),
            "event" => Ok(Self::Event),
            _ => Err(NotAConductKind {
                text: text.to_owned(),
            }),
        }
    }
}

/// One honour or event of an enterprise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conduct {
    /// Whose.
    pub enterprise: EnterpriseCode,
    /// Held or happened.
    pub kind: ConductKind,
    /// What, as schemes name it.
    pub code: ConductCode,
    /// The number of the document it rests on; tells two events of one day apart.
    pub document: Option<Name>,
    /// Which office says so.
    pub source: Name,
    /// How long it holds; of an event, its day.
    pub validity: Validity,
}

impl Conduct {
    /// Whether it counts in a year that ends with `last_day`: an honour that is still held on that
    /// day, an event that happened in the year (facts of a rating are as of the year's last day).
    #[must_use]
    pub fn counts_in(&self, year: Period, last_day: Day) -> bool {
        match self.kind {
            ConductKind::Honour => self.validity.holds(last_day.start()),
            ConductKind::Event => year.contains(self.validity.from()),
        }
    }
}

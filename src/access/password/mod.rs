//! Which passwords are good enough, by profile: 等保 2.0 third level (GB/T 22239-2019 8.1.4.1: complex,
//! changed at intervals) or OWASP ASVS 5.0 (V6.2: long, not common, never expiring).
//!
//! Looks at a password and forgets it; knows no hash and no person.

mod frequent;

use std::str::FromStr;
use std::time::Duration;

use super::AccountName;

/// More than anybody types; what is longer costs time and protects nothing.
const LETTERS_MAX: usize = 128;

/// Words about us that a guesser tries first.
const OUR_WORDS: [&str; 3] = ["parkpulse", "yuanqu", "kunshan"];

/// By which rules passwords are chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// 等保 2.0: at least 10 letters of three kinds, changed every 90 days, none of the last five.
    Dengbao3,
    /// ASVS 5.0: at least 12 letters of any kind, not common, changed when somebody wants to.
    Asvs5,
}

/// No such profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be \"dengbao3\" or \"asvs5\"")]
pub struct NotAProfile;

impl FromStr for Profile {
    type Err = NotAProfile;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "dengbao3" => Ok(Self::Dengbao3),
            "asvs5" => Ok(Self::Asvs5),
            _ => Err(NotAProfile),
        }
    }
}

/// Why a password is not good enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too few letters.
    #[error("the password needs at least {0} letters")]
    Short(usize),
    /// Too many.
    #[error("the password may have {LETTERS_MAX} letters at most")]
    Long,
    /// Of too few kinds.
    #[error("the password needs three of these kinds: small letters, capitals, digits, others")]
    Plain,
    /// Everybody's.
    #[error("the password is one of those that are tried first; take another")]
    Common,
    /// The account's name or our own stands in it.
    #[error("the password must not contain the account's name or the platform's")]
    Telling,
    /// One of the last.
    #[error("the password was in use before; take a new one")]
    Used,
}

impl Weak {
    /// Its stable name for programs.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Short(_) => "short",
            Self::Long => "long",
            Self::Plain => "plain",
            Self::Common => "common",
            Self::Telling => "telling",
            Self::Used => "used",
        }
    }
}

impl Profile {
    /// Its name in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dengbao3 => "dengbao3",
            Self::Asvs5 => "asvs5",
        }
    }

    /// The least number of letters.
    #[must_use]
    pub const fn letters_min(self) -> usize {
        match self {
            Self::Dengbao3 => 10,
            Self::Asvs5 => 12,
        }
    }

    /// How long a password lasts; `None`: until somebody changes it.
    #[must_use]
    pub const fn lasts(self) -> Option<Duration> {
        match self {
            Self::Dengbao3 => Some(Duration::from_hours(90 * 24)),
            Self::Asvs5 => None,
        }
    }

    /// How many earlier passwords may not come back; the present one never may.
    #[must_use]
    pub const fn remembers(self) -> u32 {
        match self {
            Self::Dengbao3 => 5,
            Self::Asvs5 => 1,
        }
    }

    /// Whether `account` may have `password`.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn check(self, password: &str, account: &AccountName) -> Result<(), Weak> {
        let letters = password.chars().count();
        if letters < self.letters_min() {
            return Err(Weak::Short(self.letters_min()));
        }
        if letters > LETTERS_MAX {
            return Err(Weak::Long);
        }
        if self == Self::Dengbao3 && kinds(password) < 3 {
            return Err(Weak::Plain);
        }
        if frequent::is_common(password) {
            return Err(Weak::Common);
        }
        let small = password.to_lowercase();
        let mut telling = OUR_WORDS.into_iter().chain([account.as_str()]);
        if telling.any(|word| small.contains(word)) {
            return Err(Weak::Telling);
        }
        Ok(())
    }
}

/// How many kinds of letters it is of: small, capital, digit, any other.
fn kinds(password: &str) -> usize {
    let of_kind: [fn(char) -> bool; 4] = [
        |one| one.is_ascii_lowercase(),
        |one| one.is_ascii_uppercase(),
        |one| one.is_ascii_digit(),
        |one| !one.is_ascii_alphanumeric(),
    ];
    of_kind
        .iter()
        .filter(|is_of| password.chars().any(is_of))
        .count()
}

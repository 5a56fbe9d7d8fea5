//! What can be made to go wrong, and how often it does.

use std::str::FromStr;

use crate::demo::Dice;

/// Something that goes wrong on demand (contract.md 5, `simulate`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// A reading of an hour and a half ago comes now.
    Late,
    /// A message is sent twice.
    Duplicate,
    /// A value is sent again, changed.
    Conflict,
    /// The line is silent for some messages, which are sent afterwards.
    Outage,
    /// A register is about to wrap.
    Rollover,
    /// A meter is replaced without a word and begins at 0.
    Replacement,
    /// A payload that cannot be taken, whole or in part.
    Bad,
}

/// A word that names no fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no fault: late, duplicate, conflict, outage, rollover, replacement, bad")]
pub struct FaultUnknown {
    /// What was written.
    pub text: String,
}

impl FromStr for Fault {
    type Err = FaultUnknown;

    fn from_str(text: &str) -> Result<Self, FaultUnknown> {
        let known = Self::ALL.into_iter().find(|fault| fault.as_str() == text);
        known.ok_or_else(|| FaultUnknown {
            text: text.to_owned(),
        })
    }
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Late,
        Self::Duplicate,
        Self::Conflict,
        Self::Outage,
        Self::Rollover,
        Self::Replacement,
        Self::Bad,
    ];

    /// Its word on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Duplicate => "duplicate",
            Self::Conflict => "conflict",
            Self::Outage => "outage",
            Self::Rollover => "rollover",
            Self::Replacement => "replacement",
            Self::Bad => "bad",
        }
    }

    /// Whether it happens to the message numbered `number` of a gateway with these `dice`.
    #[must_use]
    pub(super) fn strikes(self, dice: Dice, number: u64) -> bool {
        let (purpose, one_in) = match self {
            Self::Late => (1, 12),
            Self::Duplicate => (2, 8),
            Self::Conflict => (3, 10),
            Self::Outage => (4, 30),
            Self::Bad => (5, 8),
            Self::Replacement => (6, 60),
            // Once, with the first message, for every third gateway.
            Self::Rollover => return number == 1 && dice.hits(7, 1, 3),
        };
        dice.of(purpose).hits(number, 1, one_in)
    }
}

/// A payload that must be set aside, one of a few kinds in turn.
#[must_use]
pub(super) fn bad_payload(good: &str, number: u64) -> String {
    match number % 5 {
        0 => good.chars().take(good.chars().count() / 2).collect(),
        1 => good.replacen(
            ":[",
            ":[{\"meter\":\"nobody\",\"at\":1795306500,\"values\":{\"kw\":1}},",
            1,
        ),
        2 => good.replacen(":[", ":[{\"meter\":1},", 1),
        3 => good.replacen("\"values\":{", "\"values\":{\"no_such_indicator\":1,", 1),
        _ => good.replacen("\"values\":{", "\"values\":{\"temperature_c\":NaN,", 1),
    }
}

//! The stable codes of refusal and quarantine (contract.md 4).

use std::fmt;
use std::str::FromStr;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        /// Why a value, reading or message was not taken. The texts are fixed for ever.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $($(#[$doc])* $name),+ }

        impl Code {
            /// All codes, in the order of contract.md 4.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The code as it stands on the wire, on disk and on pages.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }
        }
    };
}

codes! {
    /// Not UTF-8, not JSON, cut off, trailing bytes.
    BadEncoding = "bad_encoding",
    /// A JSON key stands twice.
    DuplicateKey = "duplicate_key",
    /// Not finite, beyond 2^53, or not 0 and below 1e-12.
    BadNumber = "bad_number",
    /// Text or boolean for a number, number for a text.
    BadType = "bad_type",
    /// A field that must be there is not.
    MissingField = "missing_field",
    /// A field that the contract does not know.
    UnknownField = "unknown_field",
    /// Larger than a limit of contract.md 2.
    TooLarge = "too_large",
    /// Nested deeper than the limit.
    TooDeep = "too_deep",
    /// More readings or values than the limit.
    TooMany = "too_many",
    /// Outside the gateway's own prefix.
    ForeignTopic = "foreign_topic",
    /// No such meter of this enterprise.
    UnknownMeter = "unknown_meter",
    /// The catalogue has no such indicator.
    UnknownIndicator = "unknown_indicator",
    /// The indicator does not fit this meter.
    WrongUnit = "wrong_unit",
    /// Outside the clock window.
    TimeOutOfRange = "time_out_of_range",
    /// Not a time.
    BadTime = "bad_time",
    /// Beyond the indicator's physical limits.
    Implausible = "implausible",
    /// Over the volume of this gateway.
    QuotaExceeded = "quota_exceeded",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Code {
    type Err = UnknownCode;

    fn from_str(text: &str) -> Result<Self, UnknownCode> {
        let known = Self::ALL.iter().find(|code| code.as_str() == text);
        known.copied().ok_or_else(|| UnknownCode {
            text: text.to_owned(),
        })
    }
}

/// A text that is no code of contract.md 4.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a refusal code of the contract")]
pub struct UnknownCode {
    /// What was written.
    pub text: String,
}

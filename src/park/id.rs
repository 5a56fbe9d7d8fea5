//! Ids: what may be one, and the numbers that stand for gateways and meters on disk.

use std::fmt;
use std::str::FromStr;

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdRefused {
    /// Not of the form of contract.md 2, "Ids".
    #[error("`{text}` is not an id: 1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit")]
    Form {
        /// What was written.
        text: String,
    },
    /// Not a unified social credit code (GB 32100).
    #[error("`{text}` is not a social credit code: 18 characters of 0-9 A-Z without I O S V Z")]
    CodeForm {
        /// What was written.
        text: String,
    },
    /// A social credit code whose last character does not fit the others.
    #[error("`{text}` is not a social credit code: its check character should be `{expected}`")]
    CheckCharacter {
        /// What was written.
        text: String,
        /// The character that would be right.
        expected: char,
    },
}

fn has_id_form(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() <= 64
        && bytes.first().is_some_and(u8::is_ascii_alphanumeric)
        && bytes
            .iter()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(byte))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdRefused;

            fn from_str(text: &str) -> Result<Self, IdRefused> {
                if has_id_form(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(IdRefused::Form { text: text.to_owned() })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }
    };
}

id!(
    /// A park (园区).
    ParkId
);
id!(
    /// An area of a park (片区).
    AreaId
);
id!(
    /// A parcel (地块), unique in the installation.
    ParcelId
);
id!(
    /// A gateway (网关), unique in the installation; also its MQTT user name.
    GatewayId
);
id!(
    /// A meter (表), unique in the installation.
    MeterId
);

/// A unified social credit code (统一社会信用代码, GB 32100-2015) with the right check character.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnterpriseCode(String);

impl EnterpriseCode {
    /// The alphabet of GB 32100: digits and capitals without I O S V Z.
    const ALPHABET: &'static str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
    /// The weights of GB 32100: powers of 3 modulo 31.
    const WEIGHTS: [usize; 17] = [
        1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28,
    ];

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The check character that belongs to the first 17 characters of `body`.
    #[must_use]
    pub fn check_character(body: &str) -> Option<char> {
        let mut sum = 0;
        let mut characters = body.chars();
        for weight in Self::WEIGHTS {
            sum += weight * Self::ALPHABET.find(characters.next()?)?;
        }
        Self::ALPHABET.chars().nth((31 - sum % 31) % 31)
    }
}

impl FromStr for EnterpriseCode {
    type Err = IdRefused;

    fn from_str(text: &str) -> Result<Self, IdRefused> {
        let form = || IdRefused::CodeForm {
            text: text.to_owned(),
        };
        if text.chars().count() != 18 {
            return Err(form());
        }
        let last = text.chars().next_back().ok_or_else(form)?;
        if !Self::ALPHABET.contains(last) {
            return Err(form());
        }
        let expected = Self::check_character(text).ok_or_else(form)?;
        if expected == last {
            Ok(Self(text.to_owned()))
        } else {
            Err(IdRefused::CheckCharacter {
                text: text.to_owned(),
                expected,
            })
        }
    }
}

impl fmt::Display for EnterpriseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for EnterpriseCode {
    fn borrow(&self) -> &str {
        &self.0
    }
}

macro_rules! number {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u32);

        impl $name {
            /// The one numbered `number` in the registry.
            #[must_use]
            pub const fn new(number: u32) -> Self {
                Self(number)
            }

            /// The bare number.
            #[must_use]
            pub const fn get(self) -> u32 {
                self.0
            }
        }
    };
}

number!(
    /// A meter's number on disk: given by the registry, never reused (store.md, "device").
    MeterNo
);
number!(
    /// A gateway's number on disk: given by the registry, never reused.
    GatewayNo
);

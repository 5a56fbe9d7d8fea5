//! Enterprises as the registry knows them.

use std::fmt;
use std::str::FromStr;

use crate::calendar::Day;

use super::{AreaId, EnterpriseCode, Name, ParkId};

/// A text that is no industry code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an industry of GB/T 4754: a letter A to T and 2 to 4 digits, as C39")]
pub struct NotAnIndustry {
    /// What was written.
    pub text: String,
}

/// An industry of GB/T 4754 (国民经济行业分类): section letter and 2 to 4 digits, as `C39`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Industry(String);

impl Industry {
    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Industry {
    type Err = NotAnIndustry;

    fn from_str(text: &str) -> Result<Self, NotAnIndustry> {
        let (section, digits) = text.split_at_checked(1).unwrap_or_default();
        let is_code = section.bytes().all(|byte| (b'A'..=b'T').contains(&byte))
            && (2..=4).contains(&digits.len())
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_code {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotAnIndustry {
                text: text.to_owned(),
            })
        }
    }
}

impl fmt::Display for Industry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no scale.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a scale: above or below")]
pub struct NotAScale {
    /// What was written.
    pub text: String,
}

/// Above or below the designated size (规上, 规下).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scale {
    /// 规上.
    Above,
    /// 规下.
    Below,
}

impl Scale {
    /// As the files write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Below => "below",
        }
    }
}

impl FromStr for Scale {
    type Err = NotAScale;

    fn from_str(text: &str) -> Result<Self, NotAScale> {
        match text {
            "above" => Ok(Self::Above),
            "below" => Ok(Self::Below),
            _ => Err(NotAScale {
                text: text.to_owned(),
            }),
        }
    }
}

/// An enterprise (企业): a legal entity under its social credit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enterprise {
    /// Its social credit code.
    pub code: EnterpriseCode,
    /// Its name.
    pub name: Name,
    /// The park it is counted in.
    pub park: ParkId,
    /// The area of that park.
    pub area: Option<AreaId>,
    /// What it does.
    pub industry: Industry,
    /// Its size group.
    pub scale: Scale,
    /// When it was founded.
    pub established_on: Day,
    /// The related enterprises it is rated with (domain.md 2.9).
    pub group: Option<Name>,
    /// Where its capital comes from, in the words of the file.
    pub capital_origin: Option<Name>,
}

//! What the types of the rooms below say to a text that they do not take, as a sentence of the
//! words: the types know their own language alone.

use crate::calendar::{PeriodUnreadable, TimeUnreadable};
use crate::park::{
    BorderUnreadable, IdRefused, Name, NameRefused, NotAConductCode, NotAConductKind, NotALandKind,
    NotAScale, NotAStatementPeriod, NotAnIndustry,
};
use crate::text::{Said, said};

/// Why a text was not taken.
pub(super) trait Refusal {
    /// As a sentence.
    fn said(&self) -> Said;
}

impl Refusal for Said {
    fn said(&self) -> Said {
        self.clone()
    }
}

impl Refusal for IdRefused {
    fn said(&self) -> Said {
        match self {
            Self::Form { text } => said!("import_fault.no_id", text = text),
            Self::CodeForm { text } => said!("import_fault.no_code", text = text),
            Self::CheckCharacter { text, expected } => {
                said!(
                    "import_fault.check_character",
                    text = text,
                    expected = expected,
                )
            }
        }
    }
}

impl Refusal for NameRefused {
    fn said(&self) -> Said {
        match self {
            Self::Empty => said!("import_fault.name_empty"),
            Self::TooLong { length } => {
                let most = Name::LENGTH_MAX;
                said!("import_fault.name_long", length = length, most = most)
            }
            Self::Invisible { character } => {
                let character = format!("U+{:04X}", u32::from(*character));
                said!("import_fault.name_invisible", character = character)
            }
        }
    }
}

/// A refusal that is no more than the text and what it is not.
macro_rules! is_not {
    ($($refused:ty: $key:literal),* $(,)?) => {
        $(impl Refusal for $refused {
            fn said(&self) -> Said {
                said!($key, text = self.text)
            }
        })*
    };
}

is_not! {
    NotAnIndustry: "import_fault.no_industry",
    NotAScale: "import_fault.no_scale",
    NotALandKind: "import_fault.no_land_kind",
    NotAStatementPeriod: "import_fault.no_statement_period",
    NotAConductCode: "import_fault.no_conduct_code",
    NotAConductKind: "import_fault.no_conduct_kind",
    BorderUnreadable: "import_fault.no_border",
    PeriodUnreadable: "import_fault.no_day",
    TimeUnreadable: "import_fault.no_time",
}

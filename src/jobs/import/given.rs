//! What is needed to read a file besides the file: what is known, how much is taken, and what
//! whoever hands it over said of it.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::indicator::Catalogue;
use crate::park::outline::{CityBox, Crs};
use crate::text::{Said, said};

use super::fault::Faults;
use super::sheet::About;
use super::table::Header;

/// What is needed to read a file besides the file.
#[derive(Clone, Copy, Debug)]
pub struct Given<'a> {
    /// What can be measured and stated.
    pub catalogue: &'a Catalogue,
    /// The coordinate system of parcels; needed for that kind alone.
    pub crs: Option<Crs>,
    /// Where the city lies.
    pub city: CityBox,
    /// How much a file may hold.
    pub limits: Limits,
    /// The name of the file where it came from; `None`: it is nobody's file, and is not kept in mind.
    pub name: Option<&'a str>,
    /// What was said of the file.
    pub picks: &'a Picks,
    /// Who hears how far the reading is.
    pub progress: Progress<'a>,
}

/// What whoever hands a file over said of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Picks {
    /// The sheet of a workbook; `None`: the first.
    pub sheet: Option<String>,
    /// Texts of the header, each with the column it stands for; an empty one is left out.
    pub columns: BTreeMap<String, String>,
    /// The unit all money of the file is in, whatever it says itself.
    pub unit: Option<Money>,
    /// Why statements correct what was stated before, in whoever's own words.
    pub reason: Option<String>,
}

/// Nothing was said.
pub const UNSAID: Picks = Picks {
    sheet: None,
    columns: BTreeMap::new(),
    unit: None,
    reason: None,
};

/// A unit of money in files of departments (domain.md 2.15).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Money {
    /// 元.
    Yuan,
    /// 万元.
    TenThousand,
    /// 亿元.
    HundredMillion,
}

impl Money {
    /// As it is written.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yuan => "元",
            Self::TenThousand => "万元",
            Self::HundredMillion => "亿元",
        }
    }

    /// An amount of it in 万元, exact; `None` if it has more digits than are kept.
    #[must_use]
    pub fn in_ten_thousands(self, amount: Decimal) -> Option<Decimal> {
        match self {
            Self::Yuan => {
                let scale = amount.scale() + 4;
                Decimal::try_from_i128_with_scale(amount.mantissa(), scale).ok()
            }
            Self::TenThousand => Some(amount),
            Self::HundredMillion => amount.checked_mul(Decimal::from(10_000)),
        }
    }
}

/// A text that is no unit of money.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no unit of money: 元, 万元 or 亿元")]
pub struct NotMoney(String);

impl FromStr for Money {
    type Err = NotMoney;

    fn from_str(text: &str) -> Result<Self, NotMoney> {
        let all = [Self::Yuan, Self::TenThousand, Self::HundredMillion];
        let found = all.into_iter().find(|unit| unit.as_str() == text);
        found.ok_or_else(|| NotMoney(text.to_owned()))
    }
}

/// How much a file may hold (contract.md 7, "Files").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Its bytes.
    pub file_bytes: usize,
    /// The rows of a table.
    pub rows: usize,
    /// The bytes of one cell; longer, and a quote was left open.
    pub cell_bytes: usize,
    /// The bytes of a workbook, unpacked.
    pub unpacked_bytes: usize,
    /// How many times its size a workbook may unpack to.
    pub ratio: u64,
    /// The files in a workbook.
    pub entries: usize,
}

impl Limits {
    /// The most that any installation takes: as long as a command may hand over.
    pub const FILE_BYTES_MOST: usize = 20 * 1024 * 1024;
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: Self::FILE_BYTES_MOST,
            rows: 200_000,
            cell_bytes: 4_000,
            unpacked_bytes: 200 * 1024 * 1024,
            ratio: 100,
            entries: 10_000,
        }
    }
}

/// Who hears how far the reading of a file is.
#[derive(Clone, Copy)]
pub struct Progress<'a>(Option<&'a (dyn Fn(u64, u64) + Sync)>);

impl<'a> Progress<'a> {
    /// Nobody.
    pub const NONE: Self = Self(None);
    /// Rows between two words.
    const EVERY: u64 = 10_000;

    /// `hear` is called with the rows that were read and about how many there are.
    #[must_use]
    pub const fn to(hear: &'a (dyn Fn(u64, u64) + Sync)) -> Self {
        Self(Some(hear))
    }

    pub(super) fn tell(self, rows: u64, total: u64) {
        if let Some(hear) = self.0
            && rows.is_multiple_of(Self::EVERY)
        {
            hear(rows, total.max(rows));
        }
    }
}

impl fmt::Debug for Progress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Progress").field(&self.0.is_some()).finish()
    }
}

/// A file that is being read.
pub(super) struct Open<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) given: &'a Given<'a>,
    /// What was found out about it.
    pub(super) about: Option<About>,
    /// Its header, if it came so far.
    pub(super) header: Header,
}

impl<'a> Open<'a> {
    pub(super) fn new(bytes: &'a [u8], given: &'a Given<'a>) -> Self {
        Self {
            bytes,
            given,
            about: None,
            header: Header::default(),
        }
    }

    /// The text of a file that is no table.
    pub(super) fn utf8(&self, advice: &Said) -> Result<&'a str, Faults> {
        std::str::from_utf8(self.bytes).map_err(|cause| {
            let what = said!("import_fault.not_utf8", cause = cause);
            Faults::of_file(what, advice.clone())
        })
    }
}

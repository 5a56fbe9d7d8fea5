//! What a map is made of: parcels, each with a value, a grade, or the reason why it has none.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use crate::calendar::Moment;
use crate::heatmap::category::Category;
use crate::heatmap::classes::Class;
use crate::park::Name;
use crate::park::ParcelId;
use crate::park::outline::Outline;

/// A published grade (等级, domain.md 2.6); T = not rated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// Best.
    A,
    /// Good.
    B,
    /// To be raised.
    C,
    /// To be changed.
    D,
    /// Not rated.
    T,
}

/// A text that is no grade.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not a grade: A, B, C, D or T")]
pub struct GradeUnknown {
    /// What was written.
    pub text: String,
}

impl Grade {
    /// Every grade, best first.
    pub const ALL: [Self; 5] = [Self::A, Self::B, Self::C, Self::D, Self::T];

    /// Its letter.
    #[must_use]
    pub const fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
            Self::D => "D",
            Self::T => "T",
        }
    }
}

impl FromStr for Grade {
    type Err = GradeUnknown;

    fn from_str(text: &str) -> Result<Self, GradeUnknown> {
        Self::ALL
            .into_iter()
            .find(|grade| grade.letter() == text)
            .ok_or_else(|| GradeUnknown {
                text: text.to_owned(),
            })
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.letter())
    }
}

/// What a parcel shows (screens.md 6, "Classes").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// A value in the column's unit.
    Value(Decimal),
    /// Only in which class it lies, between breaks that were fixed beforehand (分档): for those who
    /// may not see the value, which never enters this room.
    Band(Class),
    /// A grade.
    Grade(Grade),
    /// A category.
    Category(Category),
    /// Should have a value and has none (无数据): hatched.
    NoData,
    /// Is not counted (不统计: 空地, 在建, 公用): grey.
    NotCounted,
    /// Has a value that must not be shown here (不足 3 户): cross-hatched. The value never
    /// enters this room.
    Hidden,
    /// Of another park (邻园): outline only.
    Neighbour,
}

/// One parcel of a map.
#[derive(Clone, Debug, PartialEq)]
pub struct Area<'a> {
    /// Which parcel.
    pub parcel: &'a ParcelId,
    /// Where it lies.
    pub outline: &'a Outline,
    /// What it shows.
    pub cell: Cell,
    /// A grade printed over a value, where the map asks for it.
    pub grade: Option<Grade>,
    /// More than a tenth of its readings are missing (缺数超 10 %): dotted.
    pub has_gaps: bool,
}

/// One column of figures over parcels, with all that must be said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Column<'a> {
    /// Headline: park and indicator.
    pub title: Name,
    /// Unit of the values; absent only where the file did not say.
    pub unit: Option<Name>,
    /// Period in words, half-open in the data.
    pub period: Option<Name>,
    /// When the figures were read, by the platform's clock.
    pub as_of: Option<Moment>,
    /// Where the figures come from.
    pub source: Option<Name>,
    /// The parcels.
    pub areas: Vec<Area<'a>>,
}

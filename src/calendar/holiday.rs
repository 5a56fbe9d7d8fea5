//! Which days are worked: weekends, public holidays, and weekend days that are worked for them, from
//! dated files (`config/holidays`). Of a year without a file nobody knows; nothing is guessed.

use std::collections::{BTreeMap, BTreeSet};

use super::{Day, Year};

/// What kind of day it is for those who work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum DayKind {
    /// Worked, be it a Saturday or Sunday.
    Working,
    /// A Saturday or Sunday off.
    Weekend,
    /// Off for a public holiday.
    Holiday,
}

impl DayKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Working, Self::Weekend, Self::Holiday];

    /// As a code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::Weekend => "weekend",
            Self::Holiday => "holiday",
        }
    }
}

/// The public holidays of some years.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays {
    pub(super) years: BTreeSet<Year>,
    pub(super) off: BTreeMap<Day, String>,
    pub(super) worked: BTreeSet<Day>,
}

impl Holidays {
    /// The kind of `day`; `None` if its year has no file.
    #[must_use]
    pub fn kind(&self, day: Day) -> Option<DayKind> {
        if !self.years.contains(&day.month().year()) {
            return None;
        }
        Some(if self.off.contains_key(&day) {
            DayKind::Holiday
        } else if day.is_weekend() && !self.worked.contains(&day) {
            DayKind::Weekend
        } else {
            DayKind::Working
        })
    }

    /// The name of the holiday that `day` is off for.
    #[must_use]
    pub fn name(&self, day: Day) -> Option<&str> {
        self.off.get(&day).map(String::as_str)
    }
}

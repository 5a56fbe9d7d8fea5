//! What a unit of a carrier is in standard coal and in carbon (domain.md 3.1, 3.2): dated factors,
//! each with its source. The ledger multiplies and nothing else.
//!
//! A new carrier or factor is a file under `config/factors/` and no Rust. The 等价值 of electricity
//! has no default: it is set by whoever runs the platform, or it is missing. Knows no quantity.

mod file;

use std::collections::BTreeSet;

use crate::calendar::Day;
use crate::units::Exact;

pub use file::{FactorsRefused, SetFactor, read, shipped};

/// The carrier whose 等价值 is set by people.
pub(super) const ELECTRICITY: &str = "electricity_kwh";

/// Whether a carrier is part of 综合能耗 (domain.md 3.1: purchased less what is sold on).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// Purchased: added.
    Plus,
    /// Sold on: taken away.
    Minus,
    /// An energy medium (耗能工质), as water: added to coal where [`Rules::media`] says so.
    Medium,
    /// Shown only: energy made here out of what was purchased is in that already.
    No,
}

/// Something that is used up and metered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// Its name, as `electricity_kwh`; facts files of `rate` use the same.
    pub code: String,
    /// The register that counts it; `None` for what no meter counts, as diesel, or what is made of
    /// other carriers.
    pub indicator: Option<String>,
    /// The statement of the department: goes before our metering in a rating, and is all there is of
    /// what no meter counts.
    pub stated: Option<String>,
    /// The carrier whose factors are its own: fed back and sold on count as they were bought.
    pub like: Option<String>,
    /// The carriers it is the difference of: the first less the second.
    pub difference: Option<(String, String)>,
    /// Its name in zh-CN.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// Its unit as printed.
    pub unit: String,
    /// Whether it is part of 综合能耗.
    pub counts: Counts,
}

/// What a factor makes of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Measure {
    /// 当量值, kgce a unit: the heat it would give.
    Equivalent,
    /// 等价值, kgce a unit: what was burnt for it.
    Equal,
    /// kg of CO2 a unit.
    Carbon,
}

/// Which electricity a factor of carbon was made for (domain.md 3.2: keyed by region, year, purpose).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Of which region, as `national`, `east_china`, `jiangsu`.
    pub region: String,
    /// What for, as `average` (电力平均排放因子) or `report` (enterprises' yearly reports).
    pub purpose: String,
}

impl Default for Grid {
    fn default() -> Self {
        Self {
            region: "national".to_owned(),
            purpose: "average".to_owned(),
        }
    }
}

/// By which of several rules that the trade knows it is counted here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// The carriers that are energy media and part of 综合能耗 all the same.
    pub media: BTreeSet<String>,
    /// Which carbon of electricity.
    pub grid: Grid,
}

/// A dated factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Of which carrier.
    pub carrier: String,
    /// Into what.
    pub measure: Measure,
    /// For which electricity, where that makes a difference.
    pub grid: Option<Grid>,
    /// Kilograms a unit of the carrier, a decimal.
    pub per_unit: Exact,
    /// The same as it was written.
    pub written: String,
    /// The first day on which it holds.
    pub from: Day,
    /// The first day after, unless it still holds.
    pub to: Option<Day>,
    /// Where it comes from.
    pub source: String,
}

impl Factor {
    /// Whether it holds on `day`.
    #[must_use]
    pub fn holds(&self, day: Day) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.carrier == other.carrier
            && self.measure == other.measure
            && (self.grid.is_none() || other.grid.is_none() || self.grid == other.grid)
            && self.to.is_none_or(|to| other.from < to)
            && other.to.is_none_or(|to| self.from < to)
    }
}

/// All carriers and factors, checked: known carriers, sane sizes, no two at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    carriers: Vec<Carrier>,
    dated: Vec<Factor>,
    rules: Rules,
}

impl Factors {
    /// The same factors, counted by `rules`.
    #[must_use]
    pub fn under(self, rules: Rules) -> Self {
        Self { rules, ..self }
    }

    /// By which rules they count.
    #[must_use]
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Whether there is a factor of carbon for the electricity that the rules name, of any time.
    #[must_use]
    pub fn has_grid(&self) -> bool {
        let mut factors = self.dated.iter();
        factors.any(|one| one.grid.as_ref() == Some(&self.rules.grid))
    }

    /// How `carrier` counts into `measure`. Media are no carbon of the enterprise's: theirs is the
    /// waterworks'.
    #[must_use]
    pub fn counts(&self, carrier: &Carrier, measure: Measure) -> Counts {
        match carrier.counts {
            Counts::Medium
                if measure != Measure::Carbon && self.rules.media.contains(&carrier.code) =>
            {
                Counts::Plus
            }
            Counts::Medium => Counts::No,
            as_it_is => as_it_is,
        }
    }

    /// The carriers, in the order of the files.
    #[must_use]
    pub fn carriers(&self) -> &[Carrier] {
        &self.carriers
    }

    /// All factors, in the order of the files.
    #[must_use]
    pub fn all(&self) -> &[Factor] {
        &self.dated
    }

    /// The factor of `carrier` that holds on `day`.
    #[must_use]
    pub fn find(&self, carrier: &str, measure: Measure, day: Day) -> Option<&Factor> {
        let known = self.carriers.iter().find(|one| one.code == carrier);
        let carrier = known.and_then(|one| one.like.as_deref()).unwrap_or(carrier);
        self.dated.iter().find(|factor| {
            let grid = factor.grid.as_ref();
            factor.carrier == carrier
                && factor.measure == measure
                && grid.is_none_or(|grid| *grid == self.rules.grid)
                && factor.holds(day)
        })
    }

    /// Whether people set a 等价值 of electricity for any time.
    #[must_use]
    pub fn has_equal_electricity(&self) -> bool {
        let mut factors = self.dated.iter();
        factors.any(|one| one.carrier == ELECTRICITY && one.measure == Measure::Equal)
    }
}

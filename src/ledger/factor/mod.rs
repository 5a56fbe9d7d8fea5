//! What a unit of a carrier is in standard coal and in carbon (domain.md 3.1, 3.2): dated factors,
//! each with its source. The ledger multiplies and nothing else.
//!
//! A new carrier or factor is a file under `config/factors/` and no Rust. The 等价值 of electricity
//! has no default: it is set by whoever runs the platform, or it is missing. Knows no quantity.

mod file;

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
    /// Shown only: water, energy made here.
    No,
}

/// Something that is used up and metered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carrier {
    /// Its name, as `electricity_kwh`; facts files of `rate` use the same.
    pub code: String,
    /// The register that counts it.
    pub indicator: String,
    /// The statement of the department that goes before our metering in a rating.
    pub stated: Option<String>,
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

/// A dated factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Factor {
    /// Of which carrier.
    pub carrier: String,
    /// Into what.
    pub measure: Measure,
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
            && self.to.is_none_or(|to| other.from < to)
            && other.to.is_none_or(|to| self.from < to)
    }
}

/// All carriers and factors, checked: known carriers, sane sizes, no two at a time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Factors {
    carriers: Vec<Carrier>,
    factors: Vec<Factor>,
}

impl Factors {
    /// The carriers, in the order of the files.
    #[must_use]
    pub fn carriers(&self) -> &[Carrier] {
        &self.carriers
    }

    /// All factors, in the order of the files.
    #[must_use]
    pub fn all(&self) -> &[Factor] {
        &self.factors
    }

    /// The factor of `carrier` that holds on `day`.
    #[must_use]
    pub fn find(&self, carrier: &str, measure: Measure, day: Day) -> Option<&Factor> {
        self.factors.iter().find(|factor| {
            factor.carrier == carrier && factor.measure == measure && factor.holds(day)
        })
    }

    /// Whether people set a 等价值 of electricity for any time.
    #[must_use]
    pub fn has_equal_electricity(&self) -> bool {
        let mut factors = self.factors.iter();
        factors.any(|one| one.carrier == ELECTRICITY && one.measure == Measure::Equal)
    }
}

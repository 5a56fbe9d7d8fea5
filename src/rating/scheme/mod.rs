//! A scheme (评价办法): what is scored, how, against what, and how a score becomes a grade.
//!
//! A `Scheme` is made by `file` alone and has been checked: weights sum to 100, bands end at 1,
//! every grade that is named stands in the band table.

mod file;

use crate::units::Exact;

use super::indicator::Indicator;
use super::{Refused, refused};

pub(super) use file::{SchemeFile, checked};

/// Reads a scheme as it stands in a file of its own, JSON or TOML.
///
/// # Errors
/// Whatever is wrong with it, with the field's path below `name`.
pub fn read_scheme(name: &str, text: &str) -> Result<Scheme, Refused> {
    file::read_scheme(name, text)
}

/// Name and text of every scheme that is compiled in, by name of its file. A new scheme is a file
/// under `config/schemes/` and no Rust.
#[must_use]
pub const fn shipped() -> &'static [(&'static str, &'static str)] {
    file::SHIPPED
}

/// Name and text of the compiled-in scheme that calls itself `id` or whose file is `id`.toml, small
/// and capital letters alike.
///
/// # Errors
/// There is none; the refusal names those there are.
pub fn named(id: &str) -> Result<(&'static str, &'static str), Refused> {
    let own_id = |text: &str| file::read_scheme("", text).map(|scheme| scheme.id);
    let is_it = |(name, text): &&(&str, &str)| {
        let stem = name.strip_suffix(".toml").unwrap_or(name);
        stem.eq_ignore_ascii_case(id) || own_id(text).is_ok_and(|own| own.eq_ignore_ascii_case(id))
    };
    file::SHIPPED.iter().find(is_it).copied().ok_or_else(|| {
        let known: Vec<String> = file::SHIPPED
            .iter()
            .filter_map(|(_, text)| own_id(text).ok())
            .collect();
        let known = known.join(", ");
        let reason =
            format!("there is neither a file nor a scheme of that name: give one of {known}");
        refused(id, reason)
    })
}

/// How a value becomes points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Weight x value / baseline, capped.
    Ratio,
    /// Weight x (20 + 80 x place between the group's least and greatest) / 100.
    MinMax,
}

/// Where baselines come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BaselineMode {
    /// The scheme names them.
    Fixed,
    /// A factor times the group's ratio of sums.
    GroupMean(Exact),
    /// There are none (min-max schemes only).
    None,
}

/// At which coal factor a kilowatt hour counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ElectricityBasis {
    /// 等价值: what the power stations burnt for it.
    Equal,
    /// 当量值: the heat it would give.
    Equivalent,
}

/// Size of an enterprise: groups are rated apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Scale {
    /// 规上.
    Above,
    /// 规下.
    Below,
}

impl Scale {
    /// As it stands in files.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Below => "below",
        }
    }
}

/// What a missing value scores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// Nothing.
    Zero,
    /// The mean of the group's rounded sub-scores.
    GroupMean,
    /// The whole weight.
    Full,
    /// Minus this many points.
    Penalty(Exact),
}

/// One scored indicator of a group.
#[derive(Clone, Debug)]
pub struct Term {
    /// What is scored.
    pub indicator: Indicator,
    /// Its share of 100 points.
    pub weight: Exact,
    /// Its fixed baseline, in the indicator's unit; above 0 where the mode is fixed.
    pub baseline: Option<Exact>,
    /// What a missing value scores.
    pub missing: Missing,
}

/// A grade by its place in the scheme's band table, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grade(pub(super) usize);

/// The lowest best grade of those below a limit: `tax_per_mu` below 9 gets at most C.
#[derive(Clone, Debug)]
pub struct Threshold {
    /// What is looked at, scored or not.
    pub indicator: Indicator,
    /// Values below this, and missing ones, are capped.
    pub lt: Exact,
    /// The best grade they may have.
    pub max_grade: Grade,
}

/// Who is not rated.
#[derive(Clone, Debug, Default)]
pub struct Exempt {
    /// Enterprises newer than this many full months.
    pub new_months: Option<u32>,
    /// Industries (GB/T 4754 codes, compared whole) that are utilities.
    pub industries: Vec<String>,
}

/// A checked scheme. Lists keep the order of the file where the order decides.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// Where it stands, for messages: the name of its file, or `schemes[0]` in a facts file.
    pub place: String,
    /// Its id.
    pub id: String,
    /// Where it comes from and what is assumed.
    pub note: Option<String>,
    /// How a value becomes points.
    pub method: Method,
    /// Where baselines come from.
    pub baseline_mode: BaselineMode,
    /// At which factor electricity counts.
    pub basis: ElectricityBasis,
    /// Most a term may score, as a multiple of its weight; none if open.
    pub cap_ratio: Option<Exact>,
    /// Decimal places of sub-scores and totals.
    pub round: usize,
    /// The groups that are rated.
    pub groups: Vec<(Scale, Vec<Term>)>,
    /// Points of an honour.
    pub bonus: Vec<(String, Exact)>,
    /// Points an event costs, each time.
    pub deduct: Vec<(String, Exact)>,
    /// Most that honours may add.
    pub bonus_cap: Option<Exact>,
    /// Most that events may cost.
    pub deduct_cap: Option<Exact>,
    /// Grades and the share of the ranking up to which each reaches, best first.
    pub bands: Vec<(String, Exact)>,
    /// Groups below this size are graded by thresholds.
    pub min_group_size: usize,
    /// Totals from which a grade is given in a small group, in the file's order.
    pub small_group_thresholds: Vec<(Grade, Exact)>,
    /// Events that set a grade at once.
    pub veto: Vec<(String, Grade)>,
    /// Events that cap the grade.
    pub cap_events: Vec<(String, Grade)>,
    /// Values that cap the grade.
    pub cap_thresholds: Vec<Threshold>,
    /// Who is not rated.
    pub exempt: Exempt,
}

impl Scheme {
    /// The letter of `grade`.
    #[must_use]
    pub fn letter(&self, grade: Grade) -> &str {
        self.bands.get(grade.0).map_or("", |(letter, _)| letter)
    }

    /// The terms of the group of `scale`, if the scheme rates it.
    #[must_use]
    pub fn terms(&self, scale: Scale) -> Option<&[Term]> {
        self.groups
            .iter()
            .find(|(group, _)| *group == scale)
            .map(|(_, terms)| terms.as_slice())
    }
}

//! The catalogue: indicators by code and by number.

use std::collections::BTreeMap;

/// An indicator's number: written to disk with every value, so never changed and never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IndicatorNo(u16);

impl IndicatorNo {
    /// The indicator numbered `number` in its catalogue file.
    #[must_use]
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The bare number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// What kind of number an indicator is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// What a counting meter shows; consumption is the difference of two.
    Register,
    /// An amount that belongs to a period (statements of a department or enterprise).
    Amount,
    /// A level of the moment.
    State,
    /// On or off: 1 or 0; JSON true and false are taken.
    Switch,
}

/// One thing that can be measured.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its number on disk.
    pub number: IndicatorNo,
    /// Its name on the wire, as `kwh_register` (contract.md 2, "Indicators").
    pub code: String,
    /// Its name in zh-CN.
    pub name_zh: String,
    /// Its name in English.
    pub name_en: String,
    /// Its unit as printed.
    pub unit: String,
    /// What kind of number it is.
    pub kind: Kind,
    /// The least physically possible value, in `unit`.
    pub limit_lower: f64,
    /// The greatest physically possible value, in `unit`.
    pub limit_upper: f64,
    /// Where the limits come from.
    pub source: String,
}

impl Indicator {
    /// Whether `value` lies within the physical limits, both ends allowed.
    #[must_use]
    pub fn is_plausible(&self, value: f64) -> bool {
        self.limit_lower <= value && value <= self.limit_upper
    }
}

/// All indicators of an installation.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    by_code: BTreeMap<String, Indicator>,
    codes: BTreeMap<IndicatorNo, String>,
}

impl Catalogue {
    /// Adds an indicator; `false` if its code or number is taken already.
    pub fn add(&mut self, indicator: Indicator) -> bool {
        if self.by_code.contains_key(&indicator.code) || self.codes.contains_key(&indicator.number)
        {
            return false;
        }
        self.codes.insert(indicator.number, indicator.code.clone());
        self.by_code.insert(indicator.code.clone(), indicator);
        true
    }

    /// The indicator named `code` on the wire.
    #[must_use]
    pub fn find(&self, code: &str) -> Option<&Indicator> {
        self.by_code.get(code)
    }

    /// The indicator numbered `number` on disk.
    #[must_use]
    pub fn numbered(&self, number: IndicatorNo) -> Option<&Indicator> {
        self.by_code.get(self.codes.get(&number)?)
    }

    /// All of them, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Indicator> {
        self.by_code.values()
    }
}

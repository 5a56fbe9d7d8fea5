//! What a map can show, and of when; as the keys `k` and `p` of an address write it.

use std::fmt;
use std::str::FromStr;

use crate::access::Matter;
use crate::ledger::figure::AccountPeriod;
use crate::text::{Language, sentence};

/// A layer of the map (screens.md 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Layer {
    /// 亩均税收: tax over mu of a year.
    TaxPerMu,
    /// 亩均产值: output over mu of a year.
    OutputPerMu,
    /// 亩均能耗: standard coal over mu of a month.
    EnergyPerMu,
    /// 单位产值能耗: standard coal over output of a month.
    EnergyPerOutput,
    /// 等级: the grades of a rated year.
    Grade,
    /// 亩均用电: kWh over mu of a month.
    KwhPerMu,
    /// 用电负荷: kW over mu, as shown last.
    Load,
    /// 数据新鲜度: the share of the meters that are on time.
    Freshness,
    /// 用地现状: what the land is, as registered and by who stands there.
    LandState,
    /// 超限值: whether values beyond the limits of their indicator came.
    BeyondLimits,
}

/// The kind of figure that is an enterprise's land.
const LAND: &str = "land_mu";

/// What is fixed about a layer.
struct Facts {
    key: &'static str,
    unit: &'static str,
    /// Where its values come from, as a code.
    source: &'static str,
    /// The units of its division, as codes: numerator, denominator.
    division: (&'static str, &'static str),
    /// How it is classified where nobody says (screens.md 6, table of layers).
    manner: &'static str,
    palette: &'static str,
    /// What a value of it tells of an enterprise.
    touched: &'static [Matter],
    /// Which figures of an account it is made of, if it is.
    recipe: Option<Recipe>,
}

/// One figure of an account over its land, or over another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct Recipe {
    /// The kind of figure that is divided.
    pub(super) numerator: &'static str,
    /// By which kind, unless by land.
    pub(super) denominator: Option<&'static str>,
    /// Places of the numerator as it is shown.
    pub(super) places: usize,
    /// By what the quotient is multiplied.
    pub(super) factor: u32,
    /// Shown of years, not of months.
    pub(super) yearly: bool,
}

/// A unit as it is printed; the same in every language of the pages.
const fn said(key: &str) -> &'static str {
    sentence(Language::Chinese, key)
}

const fn over_land(numerator: &'static str, yearly: bool) -> Recipe {
    Recipe {
        numerator,
        denominator: None,
        places: 2,
        factor: 1,
        yearly,
    }
}

const TAX_PER_MU: Facts = Facts {
    key: "tax_per_mu",
    unit: said("unit.tax_per_mu"),
    source: "statements",
    division: ("cny_10k", "mu"),
    manner: "q5",
    palette: "YlGnBu",
    touched: &[Matter::Tax],
    recipe: Some(over_land("tax", true)),
};
/// Bands as coarse as operators may see them; 400 is what a year is rated at.
const OUTPUT_PER_MU: Facts = Facts {
    key: "output_per_mu",
    unit: said("unit.output_per_mu"),
    source: "statements",
    division: ("cny_10k", "mu"),
    manner: "f:100,200,400,600",
    palette: "YlGnBu",
    touched: &[Matter::Output],
    recipe: Some(over_land("output_value", true)),
};
const ENERGY_PER_MU: Facts = Facts {
    key: "energy_per_mu",
    unit: said("unit.energy_per_mu"),
    source: "register_difference",
    division: ("tce", "mu"),
    manner: "q5",
    palette: "YlOrBr",
    touched: &[],
    recipe: Some(over_land("tce_equal", false)),
};
const ENERGY_PER_OUTPUT: Facts = Facts {
    key: "energy_per_output",
    unit: said("unit.energy_per_output"),
    source: "registers_and_statements",
    division: ("tce", "cny_10k"),
    manner: "f:20,50,100,200",
    palette: "YlOrBr",
    touched: &[Matter::Output],
    recipe: Some(Recipe {
        numerator: "tce_equal",
        denominator: Some("output_value"),
        places: 2,
        factor: 1000,
        yearly: false,
    }),
};
const GRADE: Facts = Facts {
    key: "grade",
    unit: said("unit.grade"),
    source: "rating",
    division: ("", ""),
    manner: "q5",
    palette: "YlGnBu",
    touched: &[],
    recipe: None,
};
const KWH_PER_MU: Facts = Facts {
    key: "kwh_per_mu",
    unit: said("unit.kwh_per_mu"),
    source: "register_difference",
    division: ("kwh", "mu"),
    manner: "q5",
    palette: "YlOrBr",
    touched: &[],
    recipe: None,
};
const LOAD: Facts = Facts {
    key: "load_per_mu",
    unit: said("unit.load_per_mu"),
    source: "latest_reading",
    division: ("kw", "mu"),
    manner: "q5",
    palette: "YlOrBr",
    touched: &[],
    recipe: None,
};
const FRESHNESS: Facts = Facts {
    key: "freshness",
    unit: said("unit.percent"),
    source: "latest_reading",
    division: ("meters", "meters"),
    manner: "f:90,98",
    palette: "YlGnBu",
    touched: &[],
    recipe: None,
};

const LAND_STATE: Facts = Facts {
    key: "land_state",
    unit: said("unit.land_state"),
    source: "registered",
    division: ("", ""),
    manner: "q5",
    palette: "YlGnBu",
    touched: &[],
    recipe: None,
};
const BEYOND_LIMITS: Facts = Facts {
    key: "beyond_limits",
    unit: said("unit.beyond_limits"),
    source: "quarantine",
    division: ("", ""),
    manner: "q5",
    palette: "YlGnBu",
    touched: &[Matter::Safety],
    recipe: None,
};

/// A text that is no layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a layer: {}", Layer::ALL.map(Layer::as_str).join(", "))]
pub(in crate::http) struct NotALayer;

impl Layer {
    /// All of them, in the order of the page.
    pub(in crate::http) const ALL: [Self; 10] = [
        Self::TaxPerMu,
        Self::OutputPerMu,
        Self::EnergyPerMu,
        Self::EnergyPerOutput,
        Self::Grade,
        Self::KwhPerMu,
        Self::Load,
        Self::Freshness,
        Self::LandState,
        Self::BeyondLimits,
    ];

    const fn facts(self) -> Facts {
        match self {
            Self::TaxPerMu => TAX_PER_MU,
            Self::OutputPerMu => OUTPUT_PER_MU,
            Self::EnergyPerMu => ENERGY_PER_MU,
            Self::EnergyPerOutput => ENERGY_PER_OUTPUT,
            Self::Grade => GRADE,
            Self::KwhPerMu => KWH_PER_MU,
            Self::Load => LOAD,
            Self::Freshness => FRESHNESS,
            Self::LandState => LAND_STATE,
            Self::BeyondLimits => BEYOND_LIMITS,
        }
    }

    /// The key `k`.
    pub(in crate::http) const fn as_str(self) -> &'static str {
        self.facts().key
    }

    /// Its unit, as printed.
    pub(in crate::http) const fn unit(self) -> &'static str {
        self.facts().unit
    }

    /// Where its values come from, as a code.
    pub(in crate::http) const fn source(self) -> &'static str {
        self.facts().source
    }

    /// The units of its division, as codes: numerator, denominator.
    pub(in crate::http) const fn division(self) -> (&'static str, &'static str) {
        self.facts().division
    }

    /// What it divides by what, as kinds of figures of an account.
    pub(in crate::http) const fn divided(self) -> [&'static str; 2] {
        match self.recipe() {
            None => ["electricity_kwh", LAND],
            Some(recipe) => match recipe.denominator {
                Some(denominator) => [recipe.numerator, denominator],
                None => [recipe.numerator, LAND],
            },
        }
    }

    /// By what its quotient is multiplied.
    pub(in crate::http) const fn times(self) -> u32 {
        match self.recipe() {
            Some(recipe) => recipe.factor,
            None => 1,
        }
    }

    /// The key `m` where nobody says it.
    pub(in crate::http) const fn manner(self) -> &'static str {
        self.facts().manner
    }

    /// The key `r` where nobody says it.
    pub(in crate::http) const fn palette(self) -> &'static str {
        self.facts().palette
    }

    /// What a value of it tells of an enterprise.
    pub(in crate::http) const fn touched(self) -> &'static [Matter] {
        self.facts().touched
    }

    /// Which figures of an account it is made of, if it is.
    pub(in crate::http) const fn recipe(self) -> Option<Recipe> {
        self.facts().recipe
    }

    /// Whether it is made of what was metered.
    pub(in crate::http) const fn is_metered(self) -> bool {
        matches!(
            self,
            Self::EnergyPerMu | Self::EnergyPerOutput | Self::KwhPerMu
        )
    }

    /// Whether everybody who sees the map sees what it says of all parcels, though not who stands there.
    pub(in crate::http) const fn is_public(self) -> bool {
        matches!(self, Self::Grade)
    }

    /// Whether it is of the moment, not of a period.
    pub(in crate::http) const fn is_of_now(self) -> bool {
        matches!(
            self,
            Self::Load | Self::Freshness | Self::LandState | Self::BeyondLimits
        )
    }

    /// Whether a value of one period can be taken from that of another.
    pub(in crate::http) const fn is_comparable(self) -> bool {
        !self.is_of_now() && !matches!(self, Self::Grade)
    }
}

impl FromStr for Layer {
    type Err = NotALayer;

    fn from_str(text: &str) -> Result<Self, NotALayer> {
        let found = Self::ALL.into_iter().find(|layer| layer.as_str() == text);
        found.ok_or(NotALayer)
    }
}

/// Of when figures are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum Shown {
    /// A month or a year.
    Period(AccountPeriod),
    /// The moment of asking.
    Now,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Period(period) => period.fmt(f),
            Self::Now => f.write_str("now"),
        }
    }
}

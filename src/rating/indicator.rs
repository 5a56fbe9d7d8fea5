//! The indicators of a rating: numerator over denominator (contract.md 10, rule 2; domain.md 2.2).

use std::collections::BTreeMap;

use crate::units::Exact;

use super::entity::Sums;
use super::part::Part;

/// What is scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Indicator {
    /// 亩均税收, 万元/亩.
    TaxPerMu,
    /// 亩均销售, 万元/亩.
    SalesPerMu,
    /// 亩均增加值, 万元/亩.
    ValueAddedPerMu,
    /// 单位能耗税收, 万元/tce.
    TaxPerTce,
    /// 单位能耗增加值, 万元/tce.
    ValueAddedPerTce,
    /// 单位污染物税收, 万元/t.
    TaxPerPollutant,
    /// 单位排放增加值, 万元/t.
    ValueAddedPerPollutant,
    /// 单位电耗税收, 元/kWh.
    TaxPerKwh,
    /// 单位用水增加值, 万元/t.
    ValueAddedPerWater,
    /// 全员劳动生产率, 万元/人.
    LabourProductivity,
    /// 研发占比, %.
    RdRatio,
}

impl Indicator {
    /// Every indicator with its code (contract.md 5).
    pub const ALL: [(Self, &'static str); 11] = [
        (Self::TaxPerMu, "tax_per_mu"),
        (Self::SalesPerMu, "sales_per_mu"),
        (Self::ValueAddedPerMu, "va_per_mu"),
        (Self::TaxPerTce, "tax_per_tce"),
        (Self::ValueAddedPerTce, "va_per_tce"),
        (Self::TaxPerPollutant, "tax_per_pollutant"),
        (Self::ValueAddedPerPollutant, "va_per_pollutant"),
        (Self::TaxPerKwh, "tax_per_kwh"),
        (Self::ValueAddedPerWater, "va_per_water"),
        (Self::LabourProductivity, "labour_productivity"),
        (Self::RdRatio, "rd_ratio"),
    ];

    /// The code as it stands in schemes and results.
    #[must_use]
    pub fn code(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(indicator, _)| *indicator == self)
            .map_or("", |(_, code)| code)
    }

    /// The indicator with this code.
    #[must_use]
    pub fn find(code: &str) -> Option<Self> {
        Self::ALL
            .iter()
            .find(|(_, known)| *known == code)
            .map(|(indicator, _)| *indicator)
    }

    /// What is divided by what.
    #[must_use]
    pub const fn ratio(self) -> (Part, Part) {
        match self {
            Self::TaxPerMu => (Part::Tax, Part::LandMu),
            Self::SalesPerMu => (Part::Sales, Part::LandMu),
            Self::ValueAddedPerMu => (Part::ValueAdded, Part::LandMu),
            Self::TaxPerTce => (Part::Tax, Part::EnergyTce),
            Self::ValueAddedPerTce => (Part::ValueAdded, Part::EnergyTce),
            Self::TaxPerPollutant => (Part::Tax, Part::PollutantT),
            Self::ValueAddedPerPollutant => (Part::ValueAdded, Part::PollutantT),
            Self::TaxPerKwh => (Part::Tax, Part::ElectricityKwh),
            Self::ValueAddedPerWater => (Part::ValueAdded, Part::WaterT),
            Self::LabourProductivity => (Part::ValueAdded, Part::Employees),
            Self::RdRatio => (Part::Rd, Part::Revenue),
        }
    }

    /// Its unit as printed.
    #[must_use]
    pub const fn unit(self) -> &'static str {
        match self {
            Self::TaxPerMu | Self::SalesPerMu | Self::ValueAddedPerMu => "万元/亩",
            Self::TaxPerTce | Self::ValueAddedPerTce => "万元/tce",
            Self::TaxPerPollutant | Self::ValueAddedPerPollutant | Self::ValueAddedPerWater => {
                "万元/t"
            }
            Self::TaxPerKwh => "元/kWh",
            Self::LabourProductivity => "万元/人",
            Self::RdRatio => "%",
        }
    }

    /// Numerator and denominator of one unit, each in the unit that makes the ratio's unit.
    /// `None` if the numerator or denominator is missing or the denominator is not above 0.
    #[must_use]
    pub fn parts(self, sums: &Sums) -> Option<(Exact, Exact)> {
        let (numerator, denominator) = self.ratio();
        let (numerator, denominator) = (sums.part(numerator), sums.part(denominator));
        let denominator = denominator.filter(|denominator| denominator.is_positive())?;
        Some((
            &Exact::whole(i64::from(self.times())) * numerator?,
            denominator.clone(),
        ))
    }

    /// What brings the numerator to the ratio's unit: 万元 to 元, a share to per cent.
    #[must_use]
    pub const fn times(self) -> u32 {
        match self {
            Self::TaxPerKwh => 10_000,
            Self::RdRatio => 100,
            _ => 1,
        }
    }
}

/// The indicators of one unit that are not missing.
pub type Values = BTreeMap<Indicator, Exact>;

/// Computes every indicator that `sums` has the figures for.
#[must_use]
pub fn values(sums: &Sums) -> Values {
    let value = |(indicator, _): &(Indicator, &str)| {
        let (numerator, denominator) = indicator.parts(sums)?;
        Some((*indicator, numerator.over(&denominator)?))
    };
    Indicator::ALL.iter().filter_map(value).collect()
}

//! The sums that indicators are made of, by name: what a sheet shows behind an indicator.

use crate::units::Exact;

use super::entity::Sums;

/// A sum of an entity or unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Tax by the scheme's formula.
    Tax,
    /// Invoiced sales.
    Sales,
    /// Revenue.
    Revenue,
    /// Value added.
    ValueAdded,
    /// R&D expense.
    Rd,
    /// Average staff.
    Employees,
    /// Land.
    LandMu,
    /// Standard coal on the scheme's basis.
    EnergyTce,
    /// Electricity.
    ElectricityKwh,
    /// Pollutants.
    PollutantT,
    /// Water.
    WaterT,
}

impl Part {
    /// Every part with its code and its unit.
    pub const ALL: [(Self, &'static str, &'static str); 11] = [
        (Self::Tax, "tax", "万元"),
        (Self::Sales, "sales", "万元"),
        (Self::Revenue, "revenue", "万元"),
        (Self::ValueAdded, "value_added", "万元"),
        (Self::Rd, "rd", "万元"),
        (Self::Employees, "employees", "人"),
        (Self::LandMu, "land_mu", "亩"),
        (Self::EnergyTce, "energy_tce", "tce"),
        (Self::ElectricityKwh, "electricity_kwh", "kWh"),
        (Self::PollutantT, "pollutant_t", "t"),
        (Self::WaterT, "water_t", "t"),
    ];

    /// Its code, as facts and results write it.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().1
    }

    /// Its unit.
    #[must_use]
    pub fn unit(self) -> &'static str {
        self.row().2
    }

    fn row(self) -> (Self, &'static str, &'static str) {
        let mut rows = Self::ALL.into_iter();
        rows.find(|(part, ..)| *part == self)
            .unwrap_or((self, "", ""))
    }
}

impl Sums {
    /// The sum of that name; `None` if it is missing.
    #[must_use]
    pub const fn part(&self, part: Part) -> Option<&Exact> {
        match part {
            Part::Tax => self.tax.as_ref(),
            Part::Sales => self.sales.as_ref(),
            Part::Revenue => self.revenue.as_ref(),
            Part::ValueAdded => self.value_added.as_ref(),
            Part::Rd => self.rd.as_ref(),
            Part::Employees => self.employees.as_ref(),
            Part::LandMu => Some(&self.land_mu),
            Part::EnergyTce => self.energy_tce.as_ref(),
            Part::ElectricityKwh => self.electricity_kwh.as_ref(),
            Part::PollutantT => self.pollutant_t.as_ref(),
            Part::WaterT => self.water_t.as_ref(),
        }
    }
}

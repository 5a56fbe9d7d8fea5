//! The account (台账) of an enterprise, a park or the city over a month or a year: consumption,
//! standard coal on both bases, carbon, what was stated, land, ratios of sums, and what is missing.
//!
//! A month is made of closed registers, a year of its months; both of statements and holdings. A
//! park is the sum of its enterprises, the city of its parks; ratios are made of the sums. Knows no
//! store and no clock.

mod coal;
mod fuel;
mod growth;
mod land;
mod metered;
mod ratio;
mod record;
mod stated;
mod total;

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Moment, Month};
use crate::indicator::Catalogue;
use crate::park::{LandHolding, StatementPeriod};

use super::factor::Factors;
use super::figure::{AccountPeriod, Figure, FigureId, TakenFrom};

pub use growth::{NoGrowth, growth, leading};
pub use metered::Metered;
pub use record::AccountRecord;
pub use stated::stated_matter;
pub use total::total;

/// The key of the account of everything.
pub const CITY: &str = "city";

/// Why a figure is not whole or not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapCode {
    /// A meter's amount is not known for all of the period; detail: the share that is.
    MeterGap,
    /// A meter counts from a day inside the month on; detail: which. The month is not whole, and no
    /// other one is compared with it.
    MeterBegins,
    /// The enterprise has no meter that counts into its energy.
    NoMeter,
    /// A month of the year has no account.
    MonthMissing,
    /// A statement that accounts need was not made for this period.
    StatementMissing,
    /// Several sources state different figures; the first counts. Detail: who else states what.
    StatedTwice,
    /// No factor holds for a carrier; detail: on which basis.
    FactorMissing,
    /// No land is held, or more is leased out than held.
    NoLand,
    /// Some members of a sum lack the figure; detail: how many.
    MembersLack,
}

impl GapCode {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::MeterGap,
        Self::MeterBegins,
        Self::NoMeter,
        Self::MonthMissing,
        Self::StatementMissing,
        Self::StatedTwice,
        Self::FactorMissing,
        Self::NoLand,
        Self::MembersLack,
    ];

    /// As a code.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MeterGap => "meter_gap",
            Self::MeterBegins => "meter_begins",
            Self::NoMeter => "no_meter",
            Self::MonthMissing => "month_missing",
            Self::StatementMissing => "statement_missing",
            Self::StatedTwice => "stated_twice",
            Self::FactorMissing => "factor_missing",
            Self::NoLand => "no_land",
            Self::MembersLack => "members_lack",
        }
    }
}

/// Something that is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// What kind of thing.
    pub code: GapCode,
    /// Which: a meter, a month, an indicator, a carrier, a kind of figure.
    pub what: String,
    /// How much of it, or on which basis; may be empty.
    pub detail: String,
}

impl Gap {
    fn of(code: GapCode, what: &str, detail: impl Into<String>) -> Self {
        Self {
            code,
            what: what.to_owned(),
            detail: detail.into(),
        }
    }
}

/// A figure that somebody stated, as it is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stated {
    /// About what, as a code.
    pub indicator: String,
    /// For when.
    pub period: StatementPeriod,
    /// How much, a decimal in the indicator's unit.
    pub value: rust_decimal::Decimal,
    /// Who states it.
    pub source: String,
    /// When it was taken in.
    pub recorded_at: Moment,
}

/// All that an account is made of besides consumption.
#[derive(Clone, Copy, Debug)]
pub struct Material<'a> {
    /// Whose account, as in ids of figures.
    pub key: &'a str,
    /// Of when.
    pub period: AccountPeriod,
    /// Which revision it will be.
    pub revision: u32,
    /// What was stated, in the order in which it was registered.
    pub stated: &'a [Stated],
    /// The holder's land.
    pub holdings: &'a [LandHolding],
    /// Coal and carbon.
    pub factors: &'a Factors,
    /// The statements that make up tax; missing where the first is.
    pub tax: &'a [String],
    /// What can be stated.
    pub catalogue: &'a Catalogue,
}

impl Material<'_> {
    fn id(&self, kind: &str) -> FigureId {
        FigureId {
            kind: kind.to_owned(),
            key: self.key.to_owned(),
            period: self.period,
            revision: self.revision,
        }
    }
}

/// The account of a holder over a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HolderAccount {
    /// Whose: a social credit code, a park, or [`CITY`].
    pub key: String,
    /// Of when.
    pub period: AccountPeriod,
    /// Which revision; 0 while the period is not closed.
    pub revision: u32,
    /// The figures: consumption, coal and carbon, statements, land, ratios.
    pub figures: Vec<Figure>,
    /// What is missing.
    pub gaps: Vec<Gap>,
}

impl HolderAccount {
    /// The figure of that kind.
    #[must_use]
    pub fn find(&self, kind: &str) -> Option<&Figure> {
        self.figures.iter().find(|figure| figure.kind == kind)
    }

    /// The gaps that tell of meters behind the figure `kind` that began inside the period: what it
    /// came to is not that of a whole one.
    #[must_use]
    pub fn begun(&self, kind: &str) -> Vec<&Gap> {
        let meters = self.meters_behind(kind);
        let begun = self.gaps.iter();
        let mut begun: Vec<&Gap> = begun
            .filter(|gap| gap.code == GapCode::MeterBegins && meters.contains(gap.what.as_str()))
            .collect();
        begun.dedup();
        begun
    }

    /// The meters that the figure `kind` is made of, over the figures that it is made of.
    fn meters_behind(&self, kind: &str) -> BTreeSet<&str> {
        let inputs = self.find(kind).map_or(&[][..], |figure| &figure.inputs);
        let mut meters = BTreeSet::new();
        for input in inputs {
            match &input.taken_from {
                Some(TakenFrom::Register { meter, .. }) => {
                    meters.insert(meter.as_str());
                }
                // One that is taken away.
                None if input.minus
                    && input.figure.as_ref().is_none_or(|of| of.key != self.key) =>
                {
                    meters.insert(input.what.as_str());
                }
                // A figure is never made of itself.
                _ if input.what != kind => meters.extend(self.meters_behind(&input.what)),
                _ => {}
            }
        }
        meters
    }

    /// The id of its figure of that kind.
    #[must_use]
    pub fn id(&self, kind: &str) -> FigureId {
        FigureId {
            kind: kind.to_owned(),
            key: self.key.clone(),
            period: self.period,
            revision: self.revision,
        }
    }
}

/// The account of an enterprise over a month, from its `metered` registers.
#[must_use]
pub fn of_month(material: &Material<'_>, metered: &[Metered]) -> HolderAccount {
    let mut account = begin(material);
    metered::of_month(material, metered, &mut account);
    fuel::add(material, &mut account);
    coal::of_month(material, &mut account);
    finish(material, account)
}

/// The account of an enterprise over a year, from those of its months.
#[must_use]
pub fn of_year(material: &Material<'_>, months: &BTreeMap<Month, HolderAccount>) -> HolderAccount {
    let mut account = begin(material);
    metered::of_year(material, months, &mut account);
    fuel::add(material, &mut account);
    coal::of_year(material, months, &mut account);
    finish(material, account)
}

fn begin(material: &Material<'_>) -> HolderAccount {
    HolderAccount {
        key: material.key.to_owned(),
        period: material.period,
        revision: material.revision,
        figures: Vec::new(),
        gaps: Vec::new(),
    }
}

fn finish(material: &Material<'_>, mut account: HolderAccount) -> HolderAccount {
    stated::add(material, &mut account);
    land::add(material, &mut account);
    ratio::add(&mut account);
    account
}

//! The facts of a year: what is known of each legal entity, before anything is computed.

mod file;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Day;
use crate::units::Exact;

use super::scheme::Scale;

pub(super) use file::read_facts;
pub use wire::{EnterpriseFacts, FactorFacts, LandFacts, YearFacts};

/// How land is held (contract.md 10, rule 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Holding {
    /// Owned by certificate: counts.
    Owned,
    /// Used without a certificate: counts.
    Occupied,
    /// Leased from somebody: counts.
    LeasedIn {
        /// The owner, if known.
        from: Option<String>,
    },
    /// Leased to somebody: does not count.
    LeasedOut {
        /// The tenant, if known.
        to: Option<String>,
    },
    /// Floor space leased: counts as floor / plot ratio; the area is already divided.
    LeasedFloor {
        /// The owner, if known.
        from: Option<String>,
    },
}

/// One line of an entity's land.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Land {
    /// How it is held.
    pub holding: Holding,
    /// Land area in square metres.
    pub square_metres: Exact,
}

/// What a legal entity stated or was stated of it. Money in 万元; `None` = missing, never 0.
#[derive(Clone, Debug)]
pub struct Enterprise {
    /// Its id.
    pub id: String,
    /// Its park.
    pub park: String,
    /// Its size.
    pub scale: Scale,
    /// Its industry, GB/T 4754.
    pub industry: Option<String>,
    /// When it was established.
    pub established: Option<Day>,
    /// The group of related enterprises it is rated in.
    pub group: Option<String>,
    /// Its land.
    pub land: Vec<Land>,
    /// Tax by the scheme's formula, 万元.
    pub tax: Option<Exact>,
    /// Invoiced sales, 万元.
    pub sales: Option<Exact>,
    /// Revenue, 万元.
    pub revenue: Option<Exact>,
    /// Value added, 万元.
    pub value_added: Option<Exact>,
    /// R&D expense, 万元.
    pub rd: Option<Exact>,
    /// Average staff, persons.
    pub employees: Option<Exact>,
    /// Water, t.
    pub water_t: Option<Exact>,
    /// Quantity by carrier, in the carrier's unit.
    pub energy: Option<BTreeMap<String, Exact>>,
    /// Tonnes by pollutant.
    pub pollutants_t: Option<BTreeMap<String, Exact>>,
    /// Its honours.
    pub honours: BTreeSet<String>,
    /// How often each event happened.
    pub events: BTreeMap<String, u32>,
}

/// Coal factors of a carrier, in kgce per unit.
#[derive(Clone, Debug)]
pub struct Factor {
    /// 等价值.
    pub equal: Exact,
    /// 当量值.
    pub equivalent: Exact,
}

/// A year's facts.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The day the age of enterprises is counted to.
    pub as_of: Day,
    /// Coal factors by carrier.
    pub factors: BTreeMap<String, Factor>,
    /// The legal entities, in the file's order, ids unique.
    pub enterprises: Vec<Enterprise>,
}

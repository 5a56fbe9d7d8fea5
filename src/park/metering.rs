//! Meters as registered: what each one counts, under which rules, since when (contract.md 9).

use rust_decimal::Decimal;

use crate::calendar::Moment;
use crate::indicator::IndicatorNo;

use super::{EnterpriseCode, GatewayId, MeterId, Name, Validity};

/// One indicator of a meter under one set of rules, for as long as they hold. A new multiplier is
/// a new row from its date on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeterRow {
    /// Which meter.
    pub meter: MeterId,
    /// Whose.
    pub enterprise: EnterpriseCode,
    /// The gateway it is wired to. Any gateway of the enterprise may send it.
    pub gateway: Option<GatewayId>,
    /// What it measures.
    pub indicator: IndicatorNo,
    /// Where its register wraps, in register units, above 0; `None`: it never does, or it has none.
    pub register_size: Option<Decimal>,
    /// Real units of one register unit (倍率), above 0.
    pub multiplier: Decimal,
    /// The most that is possible in an hour, in real units, above 0; `None` where nothing counts up.
    pub max_per_hour: Option<Decimal>,
    /// Seconds between two readings as expected, above 0.
    pub interval_s: u32,
    /// A step back that means nothing, in register units.
    pub jitter: Decimal,
    /// Seconds between two moves of the register, above 0, if it is not `interval_s`.
    pub update_s: Option<u32>,
    /// The register's smallest step, in register units.
    pub resolution: Decimal,
    /// The meter above it, whose consumption includes its own.
    pub parent: Option<MeterId>,
    /// What people call it, as 1# 进线总表.
    pub name: Option<Name>,
    /// Where it hangs, as 高压室.
    pub place: Option<Name>,
    /// From when until when.
    pub validity: Validity,
}

/// A meter's register was exchanged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// Which meter.
    pub meter: MeterId,
    /// Which of its indicators.
    pub indicator: IndicatorNo,
    /// When.
    pub at: Moment,
    /// The last register of the old one, if it was read.
    pub old_final: Option<Decimal>,
    /// The first register of the new one, if it was read.
    pub new_initial: Option<Decimal>,
    /// Why.
    pub reason: Name,
}

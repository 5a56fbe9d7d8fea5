//! Replacements as JSON, and how one is told of.

use std::collections::BTreeMap;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::calendar::Moment;
use crate::http::{Desk, Problem, Trouble};
use crate::indicator::{Indicator, Kind};
use crate::jobs::rehearse::Rehearsal;
use crate::ledger::Account;
use crate::park::{MeterId, MeterRow, Name, Replacement};
use crate::store::registry::MeterHistory;

/// Decimal places of amounts and shares: those of the closed ledger.
const PLACES: usize = 4;

/// What is tried.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Tried {
    /// Which register, as `kwh_register`.
    indicator: String,
    /// When it was exchanged, `2026-11-22T10:15:00+08:00`.
    at: String,
    /// The last register of the old one; not given if nobody read it.
    old_final: Option<String>,
    /// The first register of the new one; not given if nobody read it.
    new_initial: Option<String>,
}

/// `POST /api/v1/meters/{meter}/replacements`.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewReplacement)]
pub(in crate::http) struct Written {
    /// Which register, as `kwh_register`.
    pub(super) indicator: String,
    /// When it was exchanged, RFC 3339.
    at: String,
    /// The last register of the old one, a decimal; null if nobody read it.
    old_final: Option<String>,
    /// The first register of the new one, a decimal; null if nobody read it.
    new_initial: Option<String>,
    /// 1 to 200 letters.
    reason: String,
}

impl Written {
    /// What is tried has no reason yet.
    pub(super) fn tried(tried: Tried) -> Self {
        Self {
            indicator: tried.indicator,
            at: tried.at,
            old_final: tried.old_final,
            new_initial: tried.new_initial,
            reason: "-".to_owned(),
        }
    }

    /// What is written, checked against `row`, the newest of this register.
    pub(super) fn read(
        &self,
        meter: &MeterId,
        row: &MeterRow,
        now: Moment,
    ) -> Result<Replacement, Problem> {
        let refused = |words: &str| Problem::new(Trouble::BadRequest, words);
        let at: Moment = self
            .at
            .parse()
            .map_err(|_not_one| refused("at is no time"))?;
        if at > now {
            return Err(refused("at lies in the future"));
        }
        let register = |text: &Option<String>| {
            let Some(text) = text.as_deref().filter(|text| !text.is_empty()) else {
                return Ok(None);
            };
            let number = Decimal::from_str(text).ok();
            let number = number.filter(|number| !number.is_sign_negative());
            let number = number.ok_or_else(|| refused("a register is a number of 0 or more"))?;
            if row.register_size.is_some_and(|size| number >= size) {
                return Err(refused("the meter's register cannot show that much"));
            }
            Ok(Some(number))
        };
        let reason: Result<Name, _> = self.reason.parse();
        Ok(Replacement {
            meter: meter.clone(),
            indicator: row.indicator,
            at,
            old_final: register(&self.old_final)?,
            new_initial: register(&self.new_initial)?,
            reason: reason.map_err(|_cause| {
                refused("a reason has 1 to 200 characters and no control characters")
            })?,
        })
    }
}

/// `GET /api/v1/meters/{meter}/replacements`. Registers are decimals in register units.
#[derive(Serialize, ToSchema)]
#[schema(as = Replacements)]
pub(in crate::http) struct Answer {
    meter: String,
    as_of: String,
    source: &'static str,
    /// Its registers that can be exchanged, by code.
    registers: Vec<String>,
    items: Vec<Shown>,
    /// Whether the asker may tell of one.
    may: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = Replacement)]
struct Shown {
    indicator: String,
    at: String,
    old_final: Option<String>,
    new_initial: Option<String>,
    reason: String,
}

impl Answer {
    pub(super) fn of(desk: &Desk, meter: &MeterId, history: &MeterHistory, may: bool) -> Self {
        let code = |number| desk.catalogue.numbered(number);
        let registers = history.rows.iter().filter_map(|row| code(row.indicator));
        let registers = registers.filter(|one| one.kind == Kind::Register);
        let mut registers: Vec<String> = registers.map(|one| one.code.clone()).collect();
        registers.dedup();
        let shown = |one: &Replacement| {
            Some(Shown {
                indicator: code(one.indicator)?.code.clone(),
                at: one.at.to_string(),
                old_final: one.old_final.map(|one| one.to_string()),
                new_initial: one.new_initial.map(|one| one.to_string()),
                reason: one.reason.to_string(),
            })
        };
        let mut newest: Vec<&Replacement> = history.replacements.iter().collect();
        newest.sort_by_key(|one| std::cmp::Reverse(one.at));
        Self {
            meter: meter.to_string(),
            as_of: desk.clock.now().to_string(),
            source: "registered_meters",
            registers,
            items: newest.into_iter().filter_map(shown).collect(),
            may,
        }
    }
}

/// A month of a register as it is and as it would be. Decimals are strings.
#[derive(Serialize, ToSchema)]
#[schema(as = ReplacementTried)]
pub(in crate::http) struct Rehearsed {
    month: String,
    indicator: String,
    unit: String,
    now: Side,
    then: Side,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ReplacementSide)]
struct Side {
    /// Null if nothing is known.
    used: Option<String>,
    /// The share of the month with known amounts.
    known_share: String,
    /// How often each flag occurs.
    flags: BTreeMap<String, u64>,
}

impl Rehearsed {
    pub(super) fn of(rehearsal: &Rehearsal, indicator: &Indicator) -> Self {
        Self {
            month: rehearsal.month.to_string(),
            indicator: indicator.code.clone(),
            unit: indicator.unit.clone(),
            now: Side::of(&rehearsal.now),
            then: Side::of(&rehearsal.then),
        }
    }
}

impl Side {
    fn of(account: &Account) -> Self {
        let flags = account.flags.iter();
        Self {
            used: account.used.as_ref().map(|used| used.rounded(PLACES)),
            known_share: account.known_share.rounded(PLACES),
            flags: flags
                .map(|(flag, times)| (flag.as_str().to_owned(), *times))
                .collect(),
        }
    }
}

//! The quality of data as JSON and as rows, and how it is asked for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::calendar::Month;
use crate::http::spreadsheet::harmless;
use crate::http::{Desk, Problem, Trouble};
use crate::park::{EnterpriseCode, ParkId};

use super::Quality;
use super::measure::Measured;

/// Decimal places of amounts and shares: those of the closed ledger.
const PLACES: usize = 4;
/// Decimal places of percent.
const PERCENT_PLACES: usize = 2;

/// Whose, and which month.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Asked {
    /// Of this enterprise only.
    enterprise: Option<String>,
    /// Of this park only.
    park: Option<String>,
    /// A month, `2026-10`; the running one if not given.
    month: Option<String>,
}

impl Asked {
    pub(super) fn enterprise(&self) -> Result<Option<EnterpriseCode>, Problem> {
        let code = self.enterprise.as_deref().map(str::parse).transpose();
        code.map_err(|_not_a_code| Problem::not_found())
    }

    pub(super) fn park(&self) -> Result<Option<ParkId>, Problem> {
        let park = self.park.as_deref().map(str::parse).transpose();
        park.map_err(|_not_an_id| Problem::not_found())
    }

    pub(super) fn month(&self) -> Result<Option<Month>, Problem> {
        let month = self.month.as_deref().map(str::parse).transpose();
        month.map_err(|cause: crate::calendar::PeriodUnreadable| {
            Problem::new(Trouble::BadRequest, cause.to_string())
        })
    }
}

/// `GET /api/v1/quality`. Decimals are strings, times RFC 3339.
#[derive(Serialize, ToSchema)]
#[schema(as = Quality)]
pub(in crate::http) struct Answer {
    as_of: String,
    source: &'static str,
    month: String,
    /// The running month and those that were closed, the newest first.
    months: Vec<String>,
    /// The revision that the month was last closed in; null while it is not.
    revision: Option<u32>,
    items: Vec<Shown>,
}

/// One register over the month.
#[derive(Serialize, ToSchema)]
#[schema(as = RegisterQuality)]
struct Shown {
    enterprise: String,
    name: String,
    meter: String,
    indicator: String,
    unit: String,
    /// Received over expected readings so far, 0 to 1; null if none was expected.
    completeness: Option<String>,
    /// The share of the time so far with known amounts.
    known_share: String,
    /// Days so far of which something is not known.
    days_lacking: usize,
    /// Days that are whole, some of it over a pause of more than 2.5 intervals.
    days_estimated: usize,
    conflicts: u64,
    /// How often each flag occurs.
    flags: BTreeMap<&'static str, u64>,
    /// The sum of its days as known now.
    by_days: Option<String>,
    /// The month as it was closed.
    closed: Option<String>,
    /// `by_days` less `closed`.
    difference: Option<String>,
    /// The same in percent of `closed`.
    percent: Option<String>,
}

/// The columns of the table.
pub(super) const HEAD: [&str; 16] = [
    "enterprise",
    "name",
    "meter",
    "indicator",
    "unit",
    "month",
    "completeness",
    "known_share",
    "days_lacking",
    "days_estimated",
    "conflicts",
    "flags",
    "by_days",
    "closed",
    "difference",
    "as_of",
];

impl Answer {
    pub(super) fn of(desk: &Desk, of: &Quality) -> Self {
        let shown = |one: &Measured| {
            let indicator = desk.catalogue.numbered(one.indicator)?;
            let firm = of.firms.get(&one.enterprise)?;
            let difference = one.difference();
            let flags = one.flags.iter();
            Some(Shown {
                enterprise: one.enterprise.to_string(),
                name: firm.name.to_string(),
                meter: one.meter.to_string(),
                indicator: indicator.code.clone(),
                unit: indicator.unit.clone(),
                completeness: one.completeness.as_ref().map(|one| one.rounded(PLACES)),
                known_share: one.known_share.rounded(PLACES),
                days_lacking: one.days_lacking,
                days_estimated: one.days_estimated,
                conflicts: one.conflicts,
                flags: flags.map(|(flag, times)| (flag.as_str(), *times)).collect(),
                by_days: one.by_days.as_ref().map(|one| one.rounded(PLACES)),
                closed: one.closed.as_ref().map(|one| one.rounded(PLACES)),
                difference: difference.as_ref().map(|(one, _)| one.rounded(PLACES)),
                percent: difference
                    .and_then(|(_, percent)| percent.map(|one| one.rounded(PERCENT_PLACES))),
            })
        };
        Self {
            as_of: of.now.to_string(),
            source: "walked_days",
            month: of.month.to_string(),
            months: of.months.iter().map(ToString::to_string).collect(),
            revision: of.close.as_ref().map(|close| close.revision),
            items: of.measured.iter().filter_map(shown).collect(),
        }
    }

    /// One row a register.
    pub(super) fn rows(&self) -> impl Iterator<Item = [String; 16]> + '_ {
        self.items.iter().map(|one| {
            let text = |value: &Option<String>| value.clone().unwrap_or_default();
            let flags = one.flags.iter();
            let flags: Vec<String> = flags
                .map(|(flag, times)| format!("{flag} {times}"))
                .collect();
            [
                one.enterprise.clone(),
                harmless(&one.name),
                harmless(&one.meter),
                one.indicator.clone(),
                one.unit.clone(),
                self.month.clone(),
                text(&one.completeness),
                one.known_share.clone(),
                one.days_lacking.to_string(),
                one.days_estimated.to_string(),
                one.conflicts.to_string(),
                flags.join("; "),
                text(&one.by_days),
                text(&one.closed),
                text(&one.difference),
                self.as_of.clone(),
            ]
        })
    }
}

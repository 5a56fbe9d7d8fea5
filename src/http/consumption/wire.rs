//! Consumption as JSON, and the query.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::calendar::{Day, Moment, Month, Period};
use crate::http::paging::page_limit;
use crate::http::{Problem, Trouble};
use crate::indicator::Indicator;
use crate::ledger::Rollup;

/// Digits behind the point of an amount.
const AMOUNT_DIGITS: usize = 6;
/// Digits behind the point of a share.
const SHARE_DIGITS: usize = 4;
const HOUR_MS: i64 = 3_600_000;

/// Whose.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ConsumptionBy)]
pub(in crate::http) enum By {
    /// Of each meter.
    Meter,
    /// Of each enterprise: a meter below another of its own counts once, what is sold on is taken away.
    Enterprise,
    /// Of each park.
    Park,
}

/// Of what, when, by whom.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// Which indicator that a meter counts, as `kwh_register`.
    pub(super) indicator: String,
    /// `meter`, `enterprise` or `park`.
    #[param(inline)]
    pub(super) by: By,
    /// An hour `2026-11-22T08`, a day `2026-11-22` or a month `2026-11`, of Asia/Shanghai.
    period: String,
    /// Entries of a page, 1 to 1000.
    limit: Option<usize>,
    /// `next` of the page before.
    cursor: Option<String>,
}

impl Query {
    pub(super) fn limit(&self) -> Result<usize, Problem> {
        page_limit(self.limit)
    }

    pub(super) fn is_after_cursor(&self, id: &str) -> bool {
        self.cursor.as_deref().is_none_or(|cursor| cursor < id)
    }

    pub(super) fn period(&self) -> Result<Period, Problem> {
        let text = &*self.period;
        let month = || Some(text.parse::<Month>().ok()?.period());
        let day = || Some(text.parse::<Day>().ok()?.period());
        month().or_else(day).or_else(|| hour(text)).ok_or_else(|| {
            let detail =
                "period is none: write an hour 2026-11-22T08, a day 2026-11-22 or a month 2026-11";
            Problem::new(Trouble::BadRequest, detail)
        })
    }
}

/// `2026-11-22T08`.
fn hour(text: &str) -> Option<Period> {
    let (day, hour) = text.split_once('T')?;
    let day: Day = day.parse().ok()?;
    let is_written = hour.len() == 2 && hour.bytes().all(|digit| digit.is_ascii_digit());
    let hour: i64 = hour.parse().ok().filter(|hour| is_written && *hour < 24)?;
    let from = day.start().plus_ms(hour.checked_mul(HOUR_MS)?);
    Period::new(from, from.plus_ms(HOUR_MS))
}

/// A page of sums, by id.
#[derive(Serialize, ToSchema)]
#[schema(as = Consumption)]
pub(in crate::http) struct Page {
    indicator: String,
    unit: String,
    /// The first instant, and the first after it.
    from: String,
    to: String,
    as_of: String,
    /// `ledger`: as it stands now; a closed month's figures are in the accounts.
    source: &'static str,
    items: Vec<Item>,
    next: Option<String>,
}

/// What one came to.
#[derive(Serialize, ToSchema)]
#[schema(as = ConsumptionItem)]
pub(in crate::http) struct Item {
    /// The id of the meter or park, or the credit code.
    id: String,
    /// In `unit`; null if nothing is known.
    used: Option<String>,
    /// The share of the meters' time of which amounts are known, 0 to 1.
    known_share: String,
    /// Received over expected readings, 0 to 1; null if none was expected.
    completeness: Option<String>,
    /// Whether an amount comes from a span over more than 2.5 intervals.
    estimated: bool,
}

impl Item {
    pub(super) fn of(id: &str, of: &Rollup) -> Self {
        let share = |share: &crate::units::Exact| share.rounded(SHARE_DIGITS);
        Self {
            id: id.to_owned(),
            used: of.used().map(|used| used.rounded(AMOUNT_DIGITS)),
            known_share: share(&of.known_share()),
            completeness: of.completeness().as_ref().map(share),
            estimated: of.is_estimated(),
        }
    }
}

impl Page {
    pub(super) fn of(
        indicator: &Indicator,
        (period, as_of): (Period, Moment),
        items: Vec<Item>,
        is_more: bool,
    ) -> Self {
        let last = items.last().map(|item| item.id.clone());
        Self {
            indicator: indicator.code.clone(),
            unit: indicator.unit.clone(),
            from: period.from().to_string(),
            to: period.to().to_string(),
            as_of: as_of.to_string(),
            source: "ledger",
            next: last.filter(|_| is_more),
            items,
        }
    }
}

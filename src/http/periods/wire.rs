//! The bars as JSON.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::calendar::Moment;
use crate::http::figures::{Layer, PeriodValue, percent};

/// Park, layer and method of classes (screens.md 3).
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Query {
    /// Which park; all that the asker may see if not given.
    pub(super) park: Option<String>,
    /// The layer: `kwh_per_mu` or `freshness`.
    pub(super) k: Option<String>,
    /// Method and number of classes, `quantile-5`.
    pub(super) m: Option<String>,
}

/// `GET /api/v1/periods`.
#[derive(Serialize, ToSchema)]
#[schema(as = Periods)]
pub(in crate::http) struct Answer {
    indicator: &'static str,
    unit: &'static str,
    as_of: String,
    source: &'static str,
    pub(super) shown: String,
    breaks: Vec<String>,
    periods: Vec<Bar>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = PeriodBar)]
struct Bar {
    period: String,
    value: Option<String>,
    closed: bool,
    completeness: Option<String>,
}

impl Answer {
    pub(super) fn of(layer: Layer, now: Moment) -> Self {
        Self {
            indicator: layer.as_str(),
            unit: layer.unit(),
            as_of: now.to_string(),
            source: layer.source(),
            shown: "now".to_owned(),
            breaks: Vec::new(),
            periods: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, bar: &PeriodValue) {
        self.periods.push(Bar {
            period: bar.period.to_string(),
            value: bar.total.map(|total| total.written()),
            closed: bar.closed,
            completeness: bar.completeness.as_ref().map(percent),
        });
    }

    /// Oldest first, beginning with the first that has a figure.
    pub(super) fn in_order(&mut self) {
        while self.periods.len() > 1 && self.periods.last().is_some_and(|bar| bar.value.is_none()) {
            self.periods.pop();
        }
        self.periods.reverse();
    }

    pub(super) fn set_breaks(&mut self, breaks: &[Decimal]) {
        self.breaks = breaks.iter().map(|at| at.normalize().to_string()).collect();
    }
}

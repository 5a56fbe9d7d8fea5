//! The events of the live line as JSON.

use serde::Serialize;
use utoipa::ToSchema;

use crate::calendar::Moment;

use super::ring::{News, Stir};

/// `readings`: the newest values that one beat brought and the asker may see.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveReadings)]
pub(in crate::http) struct Readings {
    batch: u64,
    values: Vec<Latest>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = LiveValue)]
struct Latest {
    enterprise: String,
    meter: String,
    indicator: String,
    unit: String,
    at: String,
    received_at: String,
    value: String,
}

impl Readings {
    pub(super) fn of<'a>(batch: u64, news: impl Iterator<Item = &'a News>) -> Self {
        let latest = |news: &News| Latest {
            enterprise: news.enterprise.to_string(),
            meter: news.meter.to_string(),
            indicator: news.indicator.clone(),
            unit: news.unit.clone(),
            at: news.at.to_string(),
            received_at: news.received_at.to_string(),
            value: news.number.to_string(),
        };
        Self {
            batch,
            values: news.map(latest).collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// `gateways`: of which something was set aside or that sent a test message, as far as the asker may
/// see them.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveGateways)]
pub(in crate::http) struct Gateways {
    batch: u64,
    gateways: Vec<String>,
}

impl Gateways {
    pub(super) fn of<'a>(batch: u64, stirs: impl Iterator<Item = &'a Stir>) -> Self {
        Self {
            batch,
            gateways: stirs.map(|stir| stir.gateway.to_string()).collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.gateways.is_empty()
    }
}

/// `state`: that the line stands, and how new the data are; at least every five seconds.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveState)]
pub(in crate::http) struct State {
    now: String,
    data_to: Option<String>,
}

impl State {
    pub(super) fn of(now: Moment, data_to: Option<Moment>) -> Self {
        Self {
            now: now.to_string(),
            data_to: data_to.map(|at| at.to_string()),
        }
    }
}

/// `gap`: events are missing; what is shown must be read again.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveGap)]
pub(in crate::http) struct Gap {
    batch: u64,
}

impl Gap {
    pub(super) const fn at(batch: u64) -> Self {
        Self { batch }
    }
}

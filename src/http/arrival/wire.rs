//! The arrival as JSON, and how it is asked for.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::calendar::{Day, Moment};
use crate::http::{Problem, Trouble};
use crate::ingest::Presence;
use crate::park::{EnterpriseCode, Gateway, MeterId, Name, ParkId};
use crate::reading::Taken;

use super::aside::Heap;
use super::meters::{Cause, MeterArrival, State};
use super::replay::Totals;
use super::strip::DayCount;
use super::{Arrival, DAYS, DAYS_MAX};

/// Whose: of one enterprise, or of one park; all in sight if nothing is named.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(in crate::http) struct Asked {
    /// Of this enterprise only, by its social credit code.
    enterprise: Option<String>,
    /// Of this park only.
    park: Option<String>,
    /// How many days of a strip, the running one included: 1 to 90, 14 if not given.
    days: Option<i32>,
}

impl Asked {
    /// A text that is no code names nobody.
    pub(super) fn enterprise(&self) -> Result<Option<EnterpriseCode>, Problem> {
        let code = self.enterprise.as_deref().map(str::parse).transpose();
        code.map_err(|_not_a_code| Problem::not_found())
    }

    /// How many days.
    pub(super) fn days(&self) -> Result<i32, Problem> {
        let days = self.days.unwrap_or(DAYS);
        if !(1..=DAYS_MAX).contains(&days) {
            let detail = "days is 1 to 90";
            return Err(Problem::new(Trouble::BadRequest, detail));
        }
        Ok(days)
    }

    pub(super) fn park(&self) -> Result<Option<ParkId>, Problem> {
        if self.park.is_some() && self.enterprise.is_some() {
            let detail = "name an enterprise or a park, not both";
            return Err(Problem::new(Trouble::BadRequest, detail));
        }
        let park = self.park.as_deref().map(str::parse).transpose();
        park.map_err(|_not_an_id| Problem::not_found())
    }
}

/// Which heap is taken in again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReplayAsked)]
pub(in crate::http) struct ReplayAsked {
    /// The number of one of its items, as `quarantine` of the arrival tells it.
    pub(super) number: u64,
    /// Whether its times are moved back by as much as its clock ran ahead.
    #[serde(default)]
    pub(super) shift: bool,
    /// The meter of the same enterprise whose readings they are; for an unknown meter alone.
    #[serde(default)]
    meter_as: Option<String>,
    /// Why; kept with each item.
    reason: String,
}

impl ReplayAsked {
    pub(super) fn reason(&self) -> Result<Name, Problem> {
        self.reason.parse().map_err(|_cause| {
            let detail = "a reason has 1 to 200 characters and no control characters";
            Problem::new(Trouble::BadRequest, detail)
        })
    }

    /// The meter to take them as; what cannot be an id names no meter.
    pub(super) fn meter_as(&self) -> Result<Option<MeterId>, Problem> {
        let named = self.meter_as.as_deref().map(str::parse).transpose();
        named.map_err(|_cause| Problem::not_found())
    }
}

/// What became of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReplayAnswer)]
pub(in crate::http) struct ReplayAnswer {
    /// Items taken in.
    items: u64,
    /// Values kept of them; those that were there already are among them and count once.
    values: u64,
    /// Items that are still not good, or wait for the next question.
    left: u64,
}

impl ReplayAnswer {
    pub(super) const fn of(totals: Totals) -> Self {
        Self {
            items: totals.items,
            values: totals.kept,
            left: totals.left,
        }
    }
}

/// `GET /api/v1/arrival`. Counts are readings; times RFC 3339.
#[derive(Serialize, ToSchema)]
#[schema(as = Arrival)]
pub(in crate::http) struct Answer {
    as_of: String,
    source: &'static str,
    days: Vec<String>,
    enterprises: Vec<ShownEnterprise>,
    meters: Vec<ShownMeter>,
    today: Count,
    quarantine: Vec<ShownHeap>,
    gateways: Vec<ShownGateway>,
    mqtt_port: Option<u16>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ArrivalEnterprise)]
struct ShownEnterprise {
    enterprise: String,
    name: String,
    park: String,
    industry: String,
    scale: &'static str,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ArrivalMeter)]
struct ShownMeter {
    meter: String,
    enterprise: String,
    gateway: Option<String>,
    /// What people call it, and where it hangs.
    name: Option<String>,
    place: Option<String>,
    indicator: String,
    unit: String,
    interval_s: u32,
    latest_at: Option<String>,
    received_at: Option<String>,
    state: &'static str,
    cause: Option<ShownCause>,
    strip: Vec<Count>,
    today_percent: Option<i64>,
}

#[derive(Clone, Copy, Default, Serialize, ToSchema)]
#[schema(as = ArrivalCount)]
struct Count {
    expected: i64,
    received: i64,
}

/// `quarantined` with the code and how far the clock is ahead, `gateway_offline`, `not_read`,
/// `never_sent`.
#[derive(Serialize, ToSchema)]
#[schema(as = ArrivalCause)]
struct ShownCause {
    cause: &'static str,
    since: Option<String>,
    code: Option<&'static str>,
    ahead_s: Option<i64>,
    items: Option<u64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ArrivalHeap)]
struct ShownHeap {
    gateway: String,
    enterprise: String,
    code: &'static str,
    /// Of `time_out_of_range`: how far the gateway's clock runs ahead, to the quarter of an hour.
    ahead_s: Option<i64>,
    items: u64,
    /// Whether there may be more than that: of a gateway the newest 20,000 are counted.
    more: bool,
    latest_at: String,
    number: u64,
    meter: Option<String>,
    detail: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = ArrivalGateway)]
struct ShownGateway {
    gateway: String,
    enterprise: String,
    connections: usize,
    status: Option<&'static str>,
    status_at: Option<String>,
    /// The topic that a test message goes to.
    test_topic: String,
    trial: Option<Trial>,
}

/// The newest test message of the last 24 hours.
#[derive(Serialize, ToSchema)]
#[schema(as = ArrivalTrial)]
struct Trial {
    received_at: String,
    readings: usize,
    code: Option<&'static str>,
}

impl Answer {
    pub(super) fn of(arrival: &Arrival) -> Self {
        let mut today = Count::default();
        for count in arrival.meters.iter().filter_map(|one| one.strip.last()) {
            today.expected += count.expected;
            today.received += count.received;
        }
        Self {
            as_of: arrival.as_of.to_string(),
            source: "received_readings",
            days: arrival.days.iter().map(|day| date(*day)).collect(),
            enterprises: arrival
                .enterprises
                .values()
                .map(ShownEnterprise::of)
                .collect(),
            meters: arrival.meters.iter().map(ShownMeter::of).collect(),
            today,
            quarantine: arrival.heaps.iter().map(ShownHeap::of).collect(),
            gateways: arrival
                .gateways
                .iter()
                .map(|(gateway, presence, trial)| {
                    ShownGateway::of(gateway, presence.as_ref(), trial.as_ref())
                })
                .collect(),
            mqtt_port: arrival.mqtt_port,
        }
    }
}

/// A day as `2026-11-22`.
pub(super) fn date(day: Day) -> String {
    day.start().to_string().chars().take(10).collect()
}

impl ShownEnterprise {
    fn of(one: &crate::park::Enterprise) -> Self {
        Self {
            enterprise: one.code.to_string(),
            name: one.name.to_string(),
            park: one.park.to_string(),
            industry: one.industry.to_string(),
            scale: one.scale.as_str(),
        }
    }
}

impl ShownMeter {
    fn of(one: &MeterArrival) -> Self {
        let today = one.strip.last().copied().unwrap_or_default();
        Self {
            meter: one.meter.to_string(),
            enterprise: one.enterprise.to_string(),
            gateway: one.gateway.as_ref().map(ToString::to_string),
            name: one.name.as_ref().map(ToString::to_string),
            place: one.place.as_ref().map(ToString::to_string),
            indicator: one.indicator.clone(),
            unit: one.unit.clone(),
            interval_s: one.interval_s,
            latest_at: one.newest_at.map(|at| at.to_string()),
            received_at: one.received_at.map(|at| at.to_string()),
            state: one.state.as_str(),
            cause: one.cause.as_ref().map(ShownCause::of),
            strip: one.strip.iter().map(|count| Count::of(*count)).collect(),
            today_percent: today.percent().filter(|_| one.state != State::Stopped),
        }
    }
}

impl Count {
    const fn of(count: DayCount) -> Self {
        Self {
            expected: count.expected,
            received: count.received,
        }
    }
}

impl ShownCause {
    pub(super) fn of(cause: &Cause) -> Self {
        let plain = |cause, since: Option<Moment>| Self {
            cause,
            since: since.map(|at| at.to_string()),
            code: None,
            ahead_s: None,
            items: None,
        };
        match cause {
            Cause::Quarantined(heap) => Self {
                code: Some(heap.code.as_str()),
                ahead_s: heap.ahead_ms.map(|ms| ms / 1000),
                items: Some(heap.items),
                ..plain("quarantined", Some(heap.newest_at))
            },
            Cause::GatewayOffline(since) => plain("gateway_offline", *since),
            Cause::NotRead => plain("not_read", None),
            Cause::NeverSent => plain("never_sent", None),
        }
    }
}

impl ShownHeap {
    fn of(heap: &Heap) -> Self {
        Self {
            gateway: heap.gateway.to_string(),
            enterprise: heap.enterprise.to_string(),
            code: heap.code.as_str(),
            ahead_s: heap.ahead_ms.map(|ms| ms / 1000),
            items: heap.items,
            more: heap.has_more,
            latest_at: heap.newest_at.to_string(),
            number: heap.newest.get(),
            meter: heap.meter.clone(),
            detail: heap.detail.clone(),
        }
    }
}

impl ShownGateway {
    fn of(gateway: &Gateway, presence: Option<&Presence>, trial: Option<&Taken>) -> Self {
        let said = presence.and_then(|presence| presence.said);
        Self {
            gateway: gateway.id.to_string(),
            enterprise: gateway.enterprise.to_string(),
            connections: presence.map_or(0, |presence| presence.connections),
            status: said.map(|said| if said.online { "online" } else { "offline" }),
            status_at: said.map(|said| said.at.to_string()),
            test_topic: format!("parkpulse/v1/{}/{}/test", gateway.enterprise, gateway.id),
            trial: trial.map(|taken| Trial {
                received_at: taken.received_at.to_string(),
                readings: taken.readings.len(),
                code: taken.set_aside.first().map(|part| part.code.as_str()),
            }),
        }
    }
}

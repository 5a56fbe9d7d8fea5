//! How much a gateway may send: a rate that slows its sockets down, and a volume a day.

use std::time::{Duration, Instant};

use crate::calendar::Day;
use crate::calendar::Moment;

use super::Settings;

/// What is left of a gateway's rate and of its day (contract.md 2, "Limits").
#[derive(Debug)]
pub(crate) struct Allowance {
    rate_max_per_s: u32,
    day_values_max: u64,
    spent_until: Option<Instant>,
    day: Option<Day>,
    day_values: u64,
}

/// More than the gateway may send now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TooMuch {
    /// Above the rate: come back after this time.
    #[error("more messages a second than this gateway may send; nothing was taken, send again after {} ms", .0.as_millis())]
    Rate(Duration),
    /// Above the volume of the day.
    #[error(
        "more values than this gateway may send in a day; not taken, send again tomorrow or ask the operator for more"
    )]
    Day,
}

impl Allowance {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            rate_max_per_s: settings.messages_per_second_max.max(1),
            day_values_max: settings.values_per_day_max,
            spent_until: None,
            day: None,
            day_values: 0,
        }
    }

    /// Notes `messages` that came at `now`; says how long nothing more should be read. Up to one
    /// second's worth may come at once.
    pub(crate) fn spend(&mut self, messages: u32, now: Instant) -> Option<Duration> {
        let until = self.until(messages, now);
        self.spent_until = Some(until);
        (until - now).checked_sub(Duration::from_secs(1))
    }

    /// Notes one message that would come at `now`, or says how long to wait with it: what is
    /// refused is not charged, or a client that asks again and again would never come in.
    pub(crate) fn ask(&mut self, now: Instant) -> Option<Duration> {
        let until = self.until(1, now);
        let pause = (until - now).checked_sub(Duration::from_secs(1));
        if pause.is_none() {
            self.spent_until = Some(until);
        }
        pause
    }

    fn until(&self, messages: u32, now: Instant) -> Instant {
        let cost = Duration::from_secs(1) * messages / self.rate_max_per_s;
        self.spent_until.map_or(now, |until| until.max(now)) + cost
    }

    /// Notes `values` that were taken before this process began.
    pub(crate) fn recall(&mut self, day: Day, values: u64) {
        self.day = Some(day);
        self.day_values = values;
    }

    /// Takes `values` from the day that `now` lies in; `false` and nothing taken if too few are
    /// left.
    pub(crate) fn take(&mut self, values: u64, now: Moment) -> bool {
        let today = Day::of(now);
        if self.day != Some(today) {
            self.day = Some(today);
            self.day_values = 0;
        }
        let after = self.day_values.saturating_add(values);
        if after > self.day_values_max {
            return false;
        }
        self.day_values = after;
        true
    }
}

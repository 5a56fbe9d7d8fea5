//! Gathering what a batch touched, reading by reading.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Day, Moment};
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};

use super::BatchNo;
use super::{Touched, TouchedGateway, TouchedMeter};

/// The gathering of one batch.
#[derive(Debug, Default)]
pub(super) struct Gathering {
    meters: BTreeMap<(MeterNo, Day), TouchedMeter>,
    gateways: BTreeMap<GatewayNo, TouchedGateway>,
    trials: BTreeSet<GatewayNo>,
}

impl Gathering {
    /// One reading, or one key that a decision is about.
    pub(super) fn reading(
        &mut self,
        meter: MeterNo,
        at: Moment,
        indicators: impl Iterator<Item = IndicatorNo>,
    ) {
        let day = Day::of(at);
        let touched = self
            .meters
            .entry((meter, day))
            .or_insert_with(|| TouchedMeter {
                meter,
                day,
                indicators: Vec::new(),
                at_first: at,
                at_last: at,
            });
        touched.at_first = touched.at_first.min(at);
        touched.at_last = touched.at_last.max(at);
        for indicator in indicators {
            if let Err(place) = touched.indicators.binary_search(&indicator) {
                touched.indicators.insert(place, indicator);
            }
        }
    }

    /// One message.
    pub(super) fn message(
        &mut self,
        gateway: GatewayNo,
        received_at: Moment,
        values: u32,
        quarantined: u32,
    ) {
        let touched = self
            .gateways
            .entry(gateway)
            .or_insert_with(|| TouchedGateway {
                gateway,
                messages: 0,
                values: 0,
                quarantined: 0,
                received_at,
            });
        touched.messages = touched.messages.saturating_add(1);
        touched.values = touched.values.saturating_add(values);
        touched.quarantined = touched.quarantined.saturating_add(quarantined);
        touched.received_at = touched.received_at.max(received_at);
    }

    /// One trial message.
    pub(super) fn trial(&mut self, gateway: GatewayNo) {
        self.trials.insert(gateway);
    }

    /// All of it, under the batch's number.
    pub(super) fn done(self, number: BatchNo) -> Touched {
        Touched {
            number,
            meters: self.meters.into_values().collect(),
            gateways: self.gateways.into_values().collect(),
            trials: self.trials.into_iter().collect(),
        }
    }
}

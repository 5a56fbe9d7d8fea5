//! The roster: who may send what, as the doors need it. A snapshot, swapped whole on change.

use std::collections::BTreeMap;

use crate::calendar::Moment;
use crate::indicator::IndicatorNo;

use super::{EnterpriseCode, GatewayId, GatewayNo, MeterId, MeterNo};

/// A registered gateway, without its secret.
#[derive(Clone, Debug)]
pub struct Gateway {
    /// Its number on disk.
    pub number: GatewayNo,
    /// Its id and MQTT user name.
    pub id: GatewayId,
    /// Whose it is.
    pub enterprise: EnterpriseCode,
}

/// One indicator of a meter, and since when.
#[derive(Clone, Debug)]
pub struct Channel {
    /// What it measures.
    pub indicator: IndicatorNo,
    /// From when on it is registered.
    pub valid_from: Moment,
    /// Until when, exclusive; open if it still runs.
    pub valid_to: Option<Moment>,
}

/// A registered meter.
#[derive(Clone, Debug)]
pub struct Meter {
    /// Its number on disk.
    pub number: MeterNo,
    /// Its id.
    pub id: MeterId,
    /// Whose it is.
    pub enterprise: EnterpriseCode,
    /// Its indicators, by validity.
    pub channels: Vec<Channel>,
}

impl Meter {
    /// Whether the meter is registered for `indicator` at `at`.
    #[must_use]
    pub fn measures(&self, indicator: IndicatorNo, at: Moment) -> bool {
        self.channels.iter().any(|channel| {
            channel.indicator == indicator
                && channel.valid_from <= at
                && channel.valid_to.is_none_or(|end| at < end)
        })
    }
}

/// Everybody who is registered, as one snapshot.
#[derive(Clone, Debug, Default)]
pub struct Roster {
    gateways: BTreeMap<GatewayId, Gateway>,
    meters: BTreeMap<MeterId, Meter>,
    gateway_ids: BTreeMap<GatewayNo, GatewayId>,
    meter_ids: BTreeMap<MeterNo, MeterId>,
}

impl Roster {
    /// A roster of these gateways and meters.
    pub fn new(
        gateways: impl IntoIterator<Item = Gateway>,
        meters: impl IntoIterator<Item = Meter>,
    ) -> Self {
        let gateways: BTreeMap<_, _> = gateways.into_iter().map(|g| (g.id.clone(), g)).collect();
        let meters: BTreeMap<_, _> = meters.into_iter().map(|m| (m.id.clone(), m)).collect();
        let gateway_ids = gateways
            .values()
            .map(|g| (g.number, g.id.clone()))
            .collect();
        let meter_ids = meters.values().map(|m| (m.number, m.id.clone())).collect();
        Self {
            gateways,
            meters,
            gateway_ids,
            meter_ids,
        }
    }

    /// The gateway with this id, if registered.
    #[must_use]
    pub fn find_gateway(&self, id: &str) -> Option<&Gateway> {
        self.gateways.get(id)
    }

    /// The meter with this id, if registered.
    #[must_use]
    pub fn find_meter(&self, id: &str) -> Option<&Meter> {
        self.meters.get(id)
    }

    /// The gateway numbered `number` on disk.
    #[must_use]
    pub fn gateway_numbered(&self, number: GatewayNo) -> Option<&Gateway> {
        self.gateways.get(self.gateway_ids.get(&number)?)
    }

    /// The meter numbered `number` on disk.
    #[must_use]
    pub fn meter_numbered(&self, number: MeterNo) -> Option<&Meter> {
        self.meters.get(self.meter_ids.get(&number)?)
    }

    /// All gateways, by id.
    pub fn gateways(&self) -> impl Iterator<Item = &Gateway> {
        self.gateways.values()
    }

    /// All meters, by id.
    pub fn meters(&self) -> impl Iterator<Item = &Meter> {
        self.meters.values()
    }
}

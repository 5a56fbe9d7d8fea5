//! Gateways as JSON.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::calendar::Moment;
use crate::indicator::Catalogue;
use crate::ingest::{Presence, TurnedAway};
use crate::intake;
use crate::park::{self, Roster};
use crate::reading::{Code, Quality, Reading, SetAside, Taken};
use crate::store::{self, Quarantined};

use super::log;

/// So much of what was sent is shown of a faulty part, in characters.
const RAW_SHOWN: usize = 600;

/// A page of gateways.
#[derive(Serialize, ToSchema)]
#[schema(as = GatewayPage)]
pub(in crate::http) struct Page {
    items: Vec<Gateway>,
    /// The cursor of the next page; null on the last.
    next: Option<String>,
}

/// One gateway, without its credential.
#[derive(Serialize, ToSchema)]
#[expect(
    clippy::struct_field_names,
    reason = "fields are named as they are sent"
)]
pub(in crate::http) struct Gateway {
    gateway: String,
    enterprise: String,
    /// Open MQTT connections.
    connections: usize,
    /// What it last said on `…/status`: `online` or `offline`; null since the start of the server.
    status: Option<&'static str>,
    /// When it said so.
    status_at: Option<String>,
    /// Everything of its newest epoch up to this message is on disk.
    receipt: Option<Receipt>,
}

/// How far a gateway's messages are safe.
#[derive(Serialize, ToSchema)]
pub(in crate::http) struct Receipt {
    epoch: u64,
    durable_seq: u64,
}

impl Page {
    pub(super) fn of(items: Vec<Gateway>, more: bool) -> Self {
        let last = items.last().filter(|_| more);
        let next = last.map(|last| last.gateway.clone());
        Self { items, next }
    }
}

impl Gateway {
    pub(super) fn of(
        gateway: &park::Gateway,
        presence: Option<&Presence>,
        receipt: Option<store::Receipt>,
    ) -> Self {
        let said = presence.and_then(|presence| presence.said);
        Self {
            gateway: gateway.id.to_string(),
            enterprise: gateway.enterprise.to_string(),
            connections: presence.map_or(0, |presence| presence.connections),
            status: said.map(|said| if said.online { "online" } else { "offline" }),
            status_at: said.map(|said| said.at.to_string()),
            receipt: receipt.map(|receipt| Receipt {
                epoch: receipt.epoch,
                durable_seq: receipt.durable_seq,
            }),
        }
    }
}

/// `GET /api/v1/gateways/{gateway}/log`.
#[derive(Serialize, ToSchema)]
#[schema(as = GatewayLog)]
pub(in crate::http) struct Log {
    gateway: String,
    enterprise: String,
    as_of: String,
    source: &'static str,
    connections: usize,
    status: Option<&'static str>,
    status_at: Option<String>,
    /// Meters that it is to read.
    meters: usize,
    test_topic: String,
    readings_topic: String,
    /// The plain port, for closed networks; null if it is not open.
    mqtt_port: Option<u16>,
    /// The port with TLS.
    mqtt_tls_port: Option<u16>,
    /// What a test message may carry; null: no meter is registered yet.
    sample: Option<Sample>,
    events: Vec<Heard>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = GatewaySample)]
struct Sample {
    meter: String,
    indicator: String,
    /// As it is written into JSON.
    value: String,
}

/// One thing that the server saw.
#[derive(Serialize, ToSchema)]
#[schema(as = GatewayHeard)]
struct Heard {
    at: String,
    /// `test`: a test message; `aside`: a part of another message that lies in quarantine;
    /// `refused`: a message that was not kept; `stranger`: a connection that was not let in.
    kind: &'static str,
    readings: Vec<HeardReading>,
    faults: Vec<HeardFault>,
    /// Of a connection: why, by the name of the reason.
    why: Option<&'static str>,
    /// Of a connection: from where.
    from: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = GatewayHeardReading)]
struct HeardReading {
    meter: String,
    at: String,
    quality: &'static str,
    flags: Vec<&'static str>,
    values: Vec<HeardValue>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = GatewayHeardValue)]
struct HeardValue {
    indicator: String,
    unit: String,
    value: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = GatewayHeardFault)]
struct HeardFault {
    /// A code of the contract.
    code: &'static str,
    /// What exactly, in English.
    detail: String,
    /// Which reading of the message, from 0; null for the message as a whole.
    index: Option<u32>,
    /// The meter that it names, if it can be read.
    meter: Option<String>,
    /// Of `time_out_of_range`: how far ahead of the receipt it was, in seconds; below 0 behind.
    ahead_s: Option<i64>,
    /// The beginning of what was sent, where it is text.
    raw: Option<String>,
    /// Its number in the quarantine.
    number: Option<u64>,
}

impl Log {
    pub(super) fn of(log: &log::Log, roster: &Roster, catalogue: &Catalogue) -> Self {
        let said = log.presence.and_then(|presence| presence.said);
        let prefix = format!("parkpulse/v1/{}/{}", log.gateway.enterprise, log.gateway.id);
        let trials = log.trials.iter();
        let mut events: Vec<_> = trials
            .map(|taken| Heard::trial(taken, roster, catalogue))
            .chain(log.aside.iter().map(Heard::aside))
            .chain(log.turned_away.iter().map(Heard::turned_away))
            .collect();
        events.sort_by_key(|event| std::cmp::Reverse(event.0));
        Self {
            gateway: log.gateway.id.to_string(),
            enterprise: log.gateway.enterprise.to_string(),
            as_of: log.as_of.to_string(),
            source: "door_and_store",
            connections: log.presence.map_or(0, |presence| presence.connections),
            status: said.map(|said| if said.online { "online" } else { "offline" }),
            status_at: said.map(|said| said.at.to_string()),
            meters: log.meters.len(),
            test_topic: format!("{prefix}/test"),
            readings_topic: format!("{prefix}/readings"),
            mqtt_port: log.plain_port,
            mqtt_tls_port: log.tls_port,
            sample: log.sample.as_ref().map(|sample| Sample {
                meter: sample.meter.clone(),
                indicator: sample.indicator.clone(),
                value: sample.number.to_string(),
            }),
            events: events.into_iter().map(|(_, event)| event).collect(),
        }
    }
}

impl Heard {
    fn new(at: Moment, kind: &'static str) -> Self {
        Self {
            at: at.to_string(),
            kind,
            readings: Vec::new(),
            faults: Vec::new(),
            why: None,
            from: None,
        }
    }

    fn trial(taken: &Taken, roster: &Roster, catalogue: &Catalogue) -> (Moment, Self) {
        let readings = taken.readings.iter();
        let heard = Self {
            readings: readings
                .map(|reading| HeardReading::of(reading, roster, catalogue))
                .collect(),
            faults: taken.set_aside.iter().map(HeardFault::of_part).collect(),
            ..Self::new(taken.received_at, "test")
        };
        (taken.received_at, heard)
    }

    fn aside(item: &Quarantined) -> (Moment, Self) {
        let fault = HeardFault {
            index: item.index,
            number: Some(item.number.get()),
            ..HeardFault::new(item.code.as_str(), &item.detail, item.code)
        };
        let heard = Self {
            faults: vec![fault],
            ..Self::new(item.received_at, "aside")
        };
        (item.received_at, heard)
    }

    fn turned_away(one: &TurnedAway) -> (Moment, Self) {
        if one.is_connection {
            let heard = Self {
                why: Some(one.why),
                from: Some(one.detail.clone()),
                ..Self::new(one.at, "stranger")
            };
            return (one.at, heard);
        }
        let code = one.why.parse().unwrap_or(Code::ForeignTopic);
        let heard = Self {
            faults: vec![HeardFault::new(one.why, &one.detail, code)],
            ..Self::new(one.at, "refused")
        };
        (one.at, heard)
    }
}

impl HeardReading {
    fn of(reading: &Reading, roster: &Roster, catalogue: &Catalogue) -> Self {
        let meter = roster.meter_numbered(reading.meter);
        let values = reading.values.iter().filter_map(|value| {
            let indicator = catalogue.numbered(value.indicator)?;
            Some(HeardValue {
                indicator: indicator.code.clone(),
                unit: indicator.unit.clone(),
                value: value.number.to_string(),
            })
        });
        Self {
            meter: meter.map_or(String::new(), |meter| meter.id.to_string()),
            at: reading.at.to_string(),
            quality: match reading.quality {
                Quality::Good => "good",
                Quality::Uncertain => "uncertain",
                Quality::Bad => "bad",
            },
            flags: reading.flags.names().collect(),
            values: values.collect(),
        }
    }
}

impl HeardFault {
    fn new(name: &'static str, detail: &str, code: Code) -> Self {
        let ahead_ms = (code == Code::TimeOutOfRange).then(|| intake::ahead_ms(detail));
        Self {
            code: name,
            detail: detail.to_owned(),
            index: None,
            meter: None,
            ahead_s: ahead_ms.flatten().map(|ms| ms / 1000),
            raw: None,
            number: None,
        }
    }

    fn of_part(part: &SetAside) -> Self {
        let named = |raw: &[u8]| {
            let sent: Value = serde_json::from_slice(raw).ok()?;
            let meter = sent.get("meter")?.as_str()?;
            Some(meter.chars().take(64).collect())
        };
        let text = std::str::from_utf8(&part.raw).ok();
        Self {
            index: part.index,
            meter: named(&part.raw),
            raw: text.map(|text| text.chars().take(RAW_SHOWN).collect()),
            ..Self::new(part.code.as_str(), &part.detail, part.code)
        }
    }
}

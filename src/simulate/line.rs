//! The line of one gateway: how it is opened, what its topics are called, how it is left.

use std::time::Duration;

use rumqttc::v5::mqttbytes::QoS;
use rumqttc::v5::mqttbytes::v5::{ConnectProperties, LastWill, PubAckReason};
use rumqttc::v5::{AsyncClient, Event, EventLoop, MqttOptions};
use rumqttc::{Outgoing, TlsConfiguration, Transport};
use tokio::time::timeout;

use super::{Settings, Station};

/// The client's queue and its packet ids; twice the outbox's window, so that it is never full.
pub(super) const CLIENT_QUEUE: u16 = 100;
/// The largest packet taken in: the client's own default of 10 KiB would break the line for ever.
const PACKET_MAX: u32 = 1024 * 1024;
/// How long a line may take to come up.
const CONNECT_WITHIN_S: u64 = 10;

/// How the line of `station` is opened.
///
/// # Errors
/// An encrypted line without anybody to trust.
pub(super) fn options(station: &Station, settings: &Settings) -> Result<MqttOptions, &'static str> {
    let address = &settings.address;
    let mut options = MqttOptions::new(&station.gateway, &address.host, address.port);
    // First of all: it replaces what the other setters put into it.
    options.set_connect_properties(ConnectProperties::new());
    let will = LastWill::new(
        topic(station, "status"),
        "offline",
        QoS::AtMostOnce,
        false,
        None,
    );
    options
        .set_max_packet_size(Some(PACKET_MAX))
        .set_credentials(&station.gateway, &station.token)
        .set_keep_alive(Duration::from_secs(30))
        .set_clean_start(true)
        .set_connection_timeout(CONNECT_WITHIN_S)
        .set_outgoing_inflight_upper_limit(CLIENT_QUEUE)
        .set_last_will(will);
    if address.tls {
        let trusted = settings.tls.clone();
        let trusted = trusted.ok_or("mqtts:// needs a certificate to trust")?;
        options.set_transport(Transport::Tls(TlsConfiguration::Rustls(trusted)));
    }
    Ok(options)
}

/// Below the gateway's own prefix (contract.md 2, "Where").
pub(super) fn topic(station: &Station, leaf: &str) -> String {
    let Station {
        enterprise,
        gateway,
        ..
    } = station;
    format!("parkpulse/v1/{enterprise}/{gateway}/{leaf}")
}

/// Says goodbye, so that the platform need not publish the will.
pub(super) async fn leave(client: &AsyncClient, line: &mut EventLoop, up: bool) {
    if !up || client.try_disconnect().is_err() {
        return;
    }
    let said = async {
        loop {
            match line.poll().await {
                Ok(Event::Outgoing(Outgoing::Disconnect)) | Err(_) => return,
                Ok(_) => {}
            }
        }
    };
    if timeout(Duration::from_secs(1), said).await.is_err() {
        tracing::debug!("a line did not end in time; it is cut");
    }
}

/// The reason as MQTT numbers it.
pub(super) const fn code(reason: PubAckReason) -> u8 {
    match reason {
        PubAckReason::Success => 0x00,
        PubAckReason::NoMatchingSubscribers => 0x10,
        PubAckReason::UnspecifiedError => 0x80,
        PubAckReason::ImplementationSpecificError => 0x83,
        PubAckReason::NotAuthorized => 0x87,
        PubAckReason::TopicNameInvalid => 0x90,
        PubAckReason::PacketIdentifierInUse => 0x91,
        PubAckReason::QuotaExceeded => 0x97,
        PubAckReason::PayloadFormatInvalid => 0x99,
    }
}

//! The CONNACK of MQTT 5: on what terms we let a client in.

use mqtt_protocol_core::mqtt::packet::{
    AssignedClientIdentifier, MaximumPacketSize, Properties, ReceiveMaximum, ServerKeepAlive,
    SessionExpiryInterval, SharedSubscriptionAvailable, SubscriptionIdentifierAvailable,
    TopicAliasMaximum, v5_0,
};
use mqtt_protocol_core::mqtt::result_code::{ConnectReasonCode, MqttError};

/// What we tell a client about ourselves in an MQTT 5 CONNACK.
#[derive(Debug, Default)]
pub(in crate::ingest::mqtt) struct Terms {
    pub(in crate::ingest::mqtt) session_present: bool,
    pub(in crate::ingest::mqtt) receive_max: u16,
    pub(in crate::ingest::mqtt) packet_max: u32,
    pub(in crate::ingest::mqtt) alias_max: u16,
    pub(in crate::ingest::mqtt) client_id_assigned: Option<String>,
    pub(in crate::ingest::mqtt) keep_alive_s: Option<u16>,
    pub(in crate::ingest::mqtt) expiry_s: Option<u32>,
}

/// The CONNACK of MQTT 5 that lets a client in on these terms.
pub(in crate::ingest::mqtt) fn connack_v5(terms: &Terms) -> Result<Vec<u8>, MqttError> {
    let mut properties: Properties = vec![
        ReceiveMaximum::new(terms.receive_max)?.into(),
        MaximumPacketSize::new(terms.packet_max)?.into(),
        TopicAliasMaximum::new(terms.alias_max)?.into(),
        SubscriptionIdentifierAvailable::new(0)?.into(),
        SharedSubscriptionAvailable::new(0)?.into(),
    ];
    if let Some(client_id) = &terms.client_id_assigned {
        properties.push(AssignedClientIdentifier::new(client_id.as_str())?.into());
    }
    if let Some(keep_alive_s) = terms.keep_alive_s {
        properties.push(ServerKeepAlive::new(keep_alive_s)?.into());
    }
    if let Some(expiry_s) = terms.expiry_s {
        properties.push(SessionExpiryInterval::new(expiry_s)?.into());
    }
    let connack = v5_0::Connack::builder()
        .session_present(terms.session_present)
        .reason_code(ConnectReasonCode::Success)
        .props(properties)
        .build()?;
    Ok(connack.to_continuous_buffer())
}

//! What a client says after its CONNECT.

use mqtt_protocol_core::mqtt::packet::{
    Properties, PropertiesParse, Property, SubEntry, v3_1_1, v5_0,
};
use mqtt_protocol_core::mqtt::prelude::PropertyValueAccess;

use crate::ingest::mqtt::frame::{Frame, Reason, Version};

use super::{Parsed, reason, text, whole};

/// A PUBLISH; the payload lies in the read buffer.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::ingest::mqtt) struct Publish<'a> {
    /// 0, 1 or 2.
    pub(in crate::ingest::mqtt) qos: u8,
    /// Its id, 0 at QoS 0.
    pub(in crate::ingest::mqtt) id: u16,
    /// May be empty if there is an alias.
    pub(in crate::ingest::mqtt) topic: &'a str,
    pub(in crate::ingest::mqtt) alias: Option<u16>,
    pub(in crate::ingest::mqtt) payload: &'a [u8],
}

/// One entry of a SUBSCRIBE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ingest::mqtt) struct Wish {
    pub(in crate::ingest::mqtt) filter: String,
    pub(in crate::ingest::mqtt) qos: u8,
}

/// What a client says after its CONNECT.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::ingest::mqtt) enum Packet<'a> {
    Connect,
    Publish(Publish<'a>),
    /// PUBACK of one of our messages.
    Acknowledged(u16),
    /// PUBREL.
    Release(u16),
    Subscribe {
        id: u16,
        wishes: Vec<Wish>,
        numbered: bool,
    },
    Unsubscribe {
        id: u16,
        filters: Vec<String>,
    },
    Ping,
    /// DISCONNECT: whether the will is to be published, and a new expiry in seconds.
    Goodbye {
        with_will: bool,
        expiry_s: Option<u32>,
    },
    Auth,
}

/// Reads one packet after the CONNECT.
///
/// # Errors
/// What the standard forbids, with the reason MQTT 5 would say.
pub(in crate::ingest::mqtt) fn read<'a>(
    version: Version,
    frame: &Frame<'a>,
) -> Result<Packet<'a>, Reason> {
    match frame.kind {
        1 => Ok(Packet::Connect),
        3 => publish(version, frame.flags, frame.body).map(Packet::Publish),
        4 => answer_id(version, frame.body, v5_0::Puback::parse).map(Packet::Acknowledged),
        6 => answer_id(version, frame.body, v5_0::Pubrel::parse).map(Packet::Release),
        8 => subscribe(version, frame.body),
        10 => unsubscribe(version, frame.body),
        12 if frame.body.is_empty() => Ok(Packet::Ping),
        14 => goodbye(version, frame.body),
        15 if version == Version::V5 => Ok(Packet::Auth),
        12 => Err(Reason::Malformed),
        // PUBREC and PUBCOMP: we never send at QoS 2. AUTH is not of 3.1.1.
        _ => Err(Reason::Protocol),
    }
}

fn publish(version: Version, flags: u8, body: &[u8]) -> Result<Publish<'_>, Reason> {
    let (topic, rest) = prefixed_text(body)?;
    let qos = flags >> 1 & 0b11;
    let (id, rest) = if qos == 0 {
        (0, rest)
    } else {
        let (id, rest) = rest.split_first_chunk::<2>().ok_or(Reason::Malformed)?;
        (u16::from_be_bytes(*id), rest)
    };
    let (alias, payload) = match version {
        Version::V3 => (None, rest),
        Version::V5 => publish_properties(rest)?,
    };
    Ok(Publish {
        qos,
        id,
        topic,
        alias,
        payload,
    })
}

/// The topic alias and what follows the properties. No properties is the ordinary case.
fn publish_properties(bytes: &[u8]) -> Result<(Option<u16>, &[u8]), Reason> {
    match bytes {
        [0, payload @ ..] => return Ok((None, payload)),
        [3, 0x23, high, low, payload @ ..] => {
            let alias = u16::from_be_bytes([*high, *low]);
            return if alias == 0 {
                Err(Reason::AliasInvalid)
            } else {
                Ok((Some(alias), payload))
            };
        }
        _ => {}
    }
    let (properties, length) = Properties::parse(bytes).map_err(reason)?;
    let mut alias = None;
    let mut seen = [false; 256];
    for property in &properties {
        let id = usize::from(property.id().as_u8());
        let again = seen
            .get_mut(id)
            .is_some_and(|seen| std::mem::replace(seen, true));
        match property {
            Property::UserProperty(_) => continue,
            Property::TopicAlias(property) => alias = Some(property.val()),
            Property::ResponseTopic(_)
                if property
                    .as_str()
                    .is_none_or(|topic| topic.contains(['+', '#', '\0'])) =>
            {
                return Err(Reason::Protocol);
            }
            Property::ResponseTopic(_)
            | Property::PayloadFormatIndicator(_)
            | Property::MessageExpiryInterval(_)
            | Property::ContentType(_)
            | Property::CorrelationData(_) => {}
            _ => return Err(Reason::Protocol),
        }
        if again {
            return Err(Reason::Protocol);
        }
    }
    Ok((alias, bytes.get(length..).ok_or(Reason::Malformed)?))
}

/// The id of a PUBACK or PUBREL; MQTT 5 may add a reason code and properties.
fn answer_id<T>(
    version: Version,
    body: &[u8],
    parse: impl FnOnce(&[u8]) -> Parsed<T>,
) -> Result<u16, Reason> {
    let (id, rest) = body.split_first_chunk::<2>().ok_or(Reason::Malformed)?;
    let id = u16::from_be_bytes(*id);
    if id == 0 || (version == Version::V3 && !rest.is_empty()) {
        return Err(Reason::Malformed);
    }
    if !rest.is_empty() {
        whole(body, parse)?;
    }
    Ok(id)
}

fn subscribe<'a>(version: Version, body: &[u8]) -> Result<Packet<'a>, Reason> {
    let (id, entries, numbered) = match version {
        Version::V3 => {
            let packet = whole(body, v3_1_1::Subscribe::parse)?;
            // The bits above the QoS are options of MQTT 5 and reserved in 3.1.1.
            if packet
                .entries()
                .iter()
                .any(|entry| options(entry) & !0b11 != 0)
            {
                return Err(Reason::Malformed);
            }
            (packet.packet_id(), packet.entries().clone(), false)
        }
        Version::V5 => {
            let packet = whole(body, v5_0::Subscribe::parse)?;
            let numbered = packet
                .props()
                .iter()
                .any(|property| matches!(property, Property::SubscriptionIdentifier(_)));
            (packet.packet_id(), packet.entries().clone(), numbered)
        }
    };
    let wishes = entries.iter().map(|entry| {
        Ok(Wish {
            filter: text(entry.topic_filter())?,
            qos: options(entry) & 0b11,
        })
    });
    Ok(Packet::Subscribe {
        id,
        wishes: wishes.collect::<Result<_, Reason>>()?,
        numbered,
    })
}

fn options(entry: &SubEntry) -> u8 {
    let [options] = *entry.sub_opts().to_buffer();
    options
}

fn unsubscribe<'a>(version: Version, body: &[u8]) -> Result<Packet<'a>, Reason> {
    let (id, entries) = match version {
        Version::V3 => {
            let packet = whole(body, v3_1_1::Unsubscribe::parse)?;
            (packet.packet_id(), packet.entries().clone())
        }
        Version::V5 => {
            let packet = whole(body, v5_0::Unsubscribe::parse)?;
            (packet.packet_id(), packet.entries().clone())
        }
    };
    let filters = entries.iter().map(|filter| text(filter.as_str()));
    Ok(Packet::Unsubscribe {
        id,
        filters: filters.collect::<Result<_, Reason>>()?,
    })
}

fn goodbye<'a>(version: Version, body: &[u8]) -> Result<Packet<'a>, Reason> {
    if body.is_empty() {
        return Ok(Packet::Goodbye {
            with_will: false,
            expiry_s: None,
        });
    }
    if version == Version::V3 {
        return Err(Reason::Malformed);
    }
    let packet = whole(body, v5_0::Disconnect::parse)?;
    let expiry_s = packet.props().iter().flatten().find_map(|property| {
        if let Property::SessionExpiryInterval(expiry) = property {
            Some(expiry.val())
        } else {
            None
        }
    });
    Ok(Packet::Goodbye {
        with_will: body.first() != Some(&0),
        expiry_s,
    })
}

/// The length-prefixed string at the front of `bytes`, and the rest.
fn prefixed_text(bytes: &[u8]) -> Result<(&str, &[u8]), Reason> {
    let (length, rest) = bytes.split_first_chunk::<2>().ok_or(Reason::Malformed)?;
    let (text, rest) = rest
        .split_at_checked(usize::from(u16::from_be_bytes(*length)))
        .ok_or(Reason::Malformed)?;
    let text = std::str::from_utf8(text).map_err(|_cause| Reason::Malformed)?;
    Ok((text, rest))
}

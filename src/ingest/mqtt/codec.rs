//! The only file that names `mqtt-protocol-core`: bodies in, packets out, and the CONNACK.
//!
//! The library reads what is laid out as the standard says but lets pass what the standard
//! forbids; this file refuses that (house.md, "MQTT door"). A PUBLISH is cut by hand, so that its
//! payload is never copied. Knows no gateway, no permission and no connection.

use mqtt_protocol_core::mqtt::packet::{
    AssignedClientIdentifier, MaximumPacketSize, Properties, PropertiesParse, Property,
    ReceiveMaximum, ServerKeepAlive, SessionExpiryInterval, SharedSubscriptionAvailable, SubEntry,
    SubscriptionIdentifierAvailable, TopicAliasMaximum, v3_1_1, v5_0,
};
use mqtt_protocol_core::mqtt::prelude::PropertyValueAccess;
use mqtt_protocol_core::mqtt::result_code::{ConnectReasonCode, MqttError};

use super::frame::{Frame, Reason, Version};

/// The last will of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Will {
    pub(super) topic: String,
    pub(super) payload: Vec<u8>,
}

/// A CONNECT, read but not yet believed. Its `Debug` shows no password.
#[derive(Clone)]
pub(super) struct Hello {
    pub(super) version: Version,
    pub(super) client_id: String,
    pub(super) clean: bool,
    pub(super) keep_alive_s: u16,
    pub(super) will: Option<Will>,
    pub(super) user: Option<String>,
    pub(super) password: Option<Vec<u8>>,
    /// How many unacknowledged messages the client takes from us.
    pub(super) receive_max: u16,
    /// The largest packet the client takes from us, in bytes.
    pub(super) packet_max: u32,
    /// For how many seconds the client wants its session kept; `None` if it did not say.
    pub(super) expiry_s: Option<u32>,
    /// Whether it asks for an authentication that MQTT itself does not define.
    pub(super) extended: bool,
}

impl std::fmt::Debug for Hello {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hello")
            .field("version", &self.version)
            .field("client_id", &self.client_id)
            .field("clean", &self.clean)
            .finish_non_exhaustive()
    }
}

/// A PUBLISH; the payload lies in the read buffer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Publish<'a> {
    /// 0, 1 or 2.
    pub(super) qos: u8,
    /// Its id, 0 at QoS 0.
    pub(super) id: u16,
    /// May be empty if there is an alias.
    pub(super) topic: &'a str,
    pub(super) alias: Option<u16>,
    pub(super) payload: &'a [u8],
}

/// One entry of a SUBSCRIBE.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wish {
    pub(super) filter: String,
    pub(super) qos: u8,
}

/// What a client says after its CONNECT.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Packet<'a> {
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

/// What a CONNECT is refused for before anything in it can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    /// In whose words to answer; `None` if the client would not understand either.
    pub(super) version: Option<Version>,
    pub(super) reason: Reason,
}

/// Reads the CONNECT that must come first.
///
/// # Errors
/// Not a CONNECT, another protocol, reserved bits, a layout the standard forbids.
pub(super) fn read_connect(frame: &Frame<'_>, reserved_too: bool) -> Result<Hello, Unreadable> {
    let silent = |reason| Unreadable {
        version: None,
        reason,
    };
    if frame.kind != 1 {
        return Err(silent(Reason::Protocol));
    }
    let (level, flags) = match *frame.body {
        [0, 4, b'M', b'Q', b'T', b'T', level, flags, ..] => (level, flags),
        [0, 6, b'M', b'Q', b'I', b's', b'd', b'p', ..] => {
            return Err(Unreadable {
                version: Some(Version::V3),
                reason: Reason::UnsupportedVersion,
            });
        }
        _ => return Err(silent(Reason::Malformed)),
    };
    let version = match level {
        4 => Version::V3,
        5 => Version::V5,
        other => {
            return Err(Unreadable {
                version: Some(if other < 5 { Version::V3 } else { Version::V5 }),
                reason: Reason::UnsupportedVersion,
            });
        }
    };
    let broken = |reason| Unreadable {
        version: (version == Version::V5).then_some(version),
        reason,
    };
    check_connect_flags(version, flags, reserved_too).map_err(broken)?;
    let hello = match version {
        Version::V3 => connect_v3(frame.body),
        Version::V5 => connect_v5(frame.body),
    };
    hello.map_err(broken)
}

/// MQTT 5, 3.1.2.3 to 3.1.2.9: the library reads these flags but does not hold their rules.
fn check_connect_flags(version: Version, flags: u8, reserved_too: bool) -> Result<(), Reason> {
    let (will, will_rest) = (flags & 0b0000_0100 != 0, flags & 0b0011_1000);
    let lone_password = version == Version::V3 && flags & 0b1100_0000 == 0b0100_0000;
    let wrong = (flags & 1 != 0 && !reserved_too)
        || (!will && will_rest != 0)
        || will_rest & 0b0001_1000 == 0b0001_1000
        || lone_password;
    if wrong {
        Err(Reason::Malformed)
    } else {
        Ok(())
    }
}

fn connect_v3(body: &[u8]) -> Result<Hello, Reason> {
    let connect = whole(body, v3_1_1::Connect::parse)?;
    let will = match (connect.will_topic(), connect.will_payload()) {
        (Some(topic), payload) => Some(Will {
            topic: text(topic)?,
            payload: payload.unwrap_or_default().to_vec(),
        }),
        (None, _) => None,
    };
    Ok(Hello {
        version: Version::V3,
        client_id: text(connect.client_id())?,
        clean: connect.clean_session(),
        keep_alive_s: connect.keep_alive(),
        will,
        user: connect.user_name().map(text).transpose()?,
        password: connect.password().map(<[u8]>::to_vec),
        receive_max: u16::MAX,
        packet_max: u32::MAX,
        expiry_s: None,
        extended: false,
    })
}

fn connect_v5(body: &[u8]) -> Result<Hello, Reason> {
    let connect = whole(body, v5_0::Connect::parse)?;
    let will = match (connect.will_topic(), connect.will_payload()) {
        (Some(topic), payload) => Some(Will {
            topic: text(topic)?,
            payload: payload.unwrap_or_default().to_vec(),
        }),
        (None, _) => None,
    };
    let mut hello = Hello {
        version: Version::V5,
        client_id: text(connect.client_id())?,
        clean: connect.clean_start(),
        keep_alive_s: connect.keep_alive(),
        will,
        user: connect.user_name().map(text).transpose()?,
        password: connect.password().map(<[u8]>::to_vec),
        receive_max: u16::MAX,
        packet_max: u32::MAX,
        expiry_s: None,
        extended: false,
    };
    for property in connect.props() {
        match property {
            Property::ReceiveMaximum(maximum) => hello.receive_max = maximum.val(),
            Property::MaximumPacketSize(maximum) => hello.packet_max = maximum.val(),
            Property::SessionExpiryInterval(expiry) => hello.expiry_s = Some(expiry.val()),
            Property::AuthenticationMethod(_) | Property::AuthenticationData(_) => {
                hello.extended = true;
            }
            _ => {}
        }
    }
    Ok(hello)
}

/// Reads one packet after the CONNECT.
///
/// # Errors
/// What the standard forbids, with the reason MQTT 5 would say.
pub(super) fn read<'a>(version: Version, frame: &Frame<'a>) -> Result<Packet<'a>, Reason> {
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

/// What the library gives back: the packet and how many bytes it took.
type Parsed<T> = Result<(T, usize), MqttError>;

/// Parses all of `body`; bytes left over are malformed.
fn whole<T>(body: &[u8], parse: impl FnOnce(&[u8]) -> Parsed<T>) -> Result<T, Reason> {
    let (packet, length) = parse(body).map_err(reason)?;
    if length == body.len() {
        Ok(packet)
    } else {
        Err(Reason::Malformed)
    }
}

fn reason(error: MqttError) -> Reason {
    if error == MqttError::ProtocolError {
        Reason::Protocol
    } else {
        Reason::Malformed
    }
}

/// A string of the standard: UTF-8 without NUL (MQTT 5, 1.5.4).
fn text(text: &str) -> Result<String, Reason> {
    if text.contains('\0') {
        Err(Reason::Malformed)
    } else {
        Ok(text.to_owned())
    }
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

/// What we tell a client about ourselves in an MQTT 5 CONNACK.
#[derive(Debug, Default)]
pub(super) struct Terms {
    pub(super) session_present: bool,
    pub(super) receive_max: u16,
    pub(super) packet_max: u32,
    pub(super) alias_max: u16,
    pub(super) client_id_assigned: Option<String>,
    pub(super) keep_alive_s: Option<u16>,
    pub(super) expiry_s: Option<u32>,
}

/// The CONNACK of MQTT 5 that lets a client in on these terms.
pub(super) fn connack_v5(terms: &Terms) -> Result<Vec<u8>, MqttError> {
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

//! The CONNECT: which protocol, whose, and on what terms the client comes.

use mqtt_protocol_core::mqtt::packet::{Property, v3_1_1, v5_0};

use crate::ingest::mqtt::frame::{Frame, Reason, Version};

use super::{text, whole};

/// The last will of a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::ingest::mqtt) struct Will {
    pub(in crate::ingest::mqtt) topic: String,
    pub(in crate::ingest::mqtt) payload: Vec<u8>,
}

/// A CONNECT, read but not yet believed. Its `Debug` shows no password.
#[derive(Clone)]
pub(in crate::ingest::mqtt) struct Hello {
    pub(in crate::ingest::mqtt) version: Version,
    pub(in crate::ingest::mqtt) client_id: String,
    pub(in crate::ingest::mqtt) clean: bool,
    pub(in crate::ingest::mqtt) keep_alive_s: u16,
    pub(in crate::ingest::mqtt) will: Option<Will>,
    pub(in crate::ingest::mqtt) user: Option<String>,
    pub(in crate::ingest::mqtt) password: Option<Vec<u8>>,
    /// How many unacknowledged messages the client takes from us.
    pub(in crate::ingest::mqtt) receive_max: u16,
    /// The largest packet the client takes from us, in bytes.
    pub(in crate::ingest::mqtt) packet_max: u32,
    /// For how many seconds the client wants its session kept; `None` if it did not say.
    pub(in crate::ingest::mqtt) expiry_s: Option<u32>,
    /// Whether it asks for an authentication that MQTT itself does not define.
    pub(in crate::ingest::mqtt) extended: bool,
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

/// What a CONNECT is refused for before anything in it can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::ingest::mqtt) struct Unreadable {
    /// In whose words to answer; `None` if the client would not understand either.
    pub(in crate::ingest::mqtt) version: Option<Version>,
    pub(in crate::ingest::mqtt) reason: Reason,
}

/// Reads the CONNECT that must come first.
///
/// # Errors
/// Not a CONNECT, another protocol, reserved bits, a layout the standard forbids.
pub(in crate::ingest::mqtt) fn read_connect(
    frame: &Frame<'_>,
    reserved_too: bool,
) -> Result<Hello, Unreadable> {
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
    hello(
        Version::V3,
        &Said {
            client_id: connect.client_id(),
            clean: connect.clean_session(),
            keep_alive_s: connect.keep_alive(),
            will: (connect.will_topic(), connect.will_payload()),
            user: connect.user_name(),
            password: connect.password(),
        },
    )
}

fn connect_v5(body: &[u8]) -> Result<Hello, Reason> {
    let connect = whole(body, v5_0::Connect::parse)?;
    let mut hello = hello(
        Version::V5,
        &Said {
            client_id: connect.client_id(),
            clean: connect.clean_start(),
            keep_alive_s: connect.keep_alive(),
            will: (connect.will_topic(), connect.will_payload()),
            user: connect.user_name(),
            password: connect.password(),
        },
    )?;
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

/// What a CONNECT says in both versions.
struct Said<'a> {
    client_id: &'a str,
    clean: bool,
    keep_alive_s: u16,
    will: (Option<&'a str>, Option<&'a [u8]>),
    user: Option<&'a str>,
    password: Option<&'a [u8]>,
}

/// A CONNECT without properties: no limits of the client's own, no expiry.
fn hello(version: Version, said: &Said<'_>) -> Result<Hello, Reason> {
    let (topic, payload) = said.will;
    let will = |topic| {
        Ok(Will {
            topic: text(topic)?,
            payload: payload.unwrap_or_default().to_vec(),
        })
    };
    Ok(Hello {
        version,
        client_id: text(said.client_id)?,
        clean: said.clean,
        keep_alive_s: said.keep_alive_s,
        will: topic.map(will).transpose()?,
        user: said.user.map(text).transpose()?,
        password: said.password.map(<[u8]>::to_vec),
        receive_max: u16::MAX,
        packet_max: u32::MAX,
        expiry_s: None,
        extended: false,
    })
}

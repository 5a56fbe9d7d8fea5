//! The only place that names `mqtt-protocol-core`: bodies in, packets out, and the CONNACK.
//!
//! The library reads what is laid out as the standard says but lets pass what the standard
//! forbids; the files of this folder refuse that (house.md, "MQTT door"). A PUBLISH is cut by hand,
//! so that its payload is never copied. Knows no gateway, no permission and no connection.

mod hello;
mod packet;
mod terms;

pub(super) use hello::{Hello, Unreadable, Will, read_connect};
pub(super) use packet::{Packet, Publish, Wish, read};
pub(super) use terms::{Terms, connack_v5};

use mqtt_protocol_core::mqtt::result_code::MqttError;

use super::frame::Reason;

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

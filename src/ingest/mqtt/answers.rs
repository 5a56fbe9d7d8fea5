//! The bytes of what we say after the CONNACK. Small packets, written straight into the outbox.

use super::frame::{Reason, Version};

/// What one PUBLISH or PUBREL is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Answer {
    /// Which packet answers.
    pub(super) kind: AnswerKind,
    /// The id it answers.
    pub(super) id: u16,
    /// The reason code; MQTT 3.1.1 knows none.
    pub(super) reason: Reason,
}

/// The packets that answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum AnswerKind {
    /// PUBACK: a message at QoS 1.
    Acknowledge = 0x40,
    /// PUBREC: a message at QoS 2.
    Receive = 0x50,
    /// PUBCOMP: a PUBREL.
    Complete = 0x70,
}

impl Answer {
    /// Whether it frees the place its message held in the window; at QoS 2 the PUBREL does.
    pub(super) fn frees(self) -> bool {
        match self.kind {
            AnswerKind::Acknowledge => true,
            AnswerKind::Receive => self.reason != Reason::Success,
            AnswerKind::Complete => false,
        }
    }

    /// Appends the packet to `outbox`.
    pub(super) fn write(self, version: Version, outbox: &mut Vec<u8>) {
        let [high, low] = self.id.to_be_bytes();
        let kind = self.kind as u8;
        if version == Version::V5 && self.reason != Reason::Success {
            outbox.extend_from_slice(&[kind, 3, high, low, self.reason.byte()]);
        } else {
            outbox.extend_from_slice(&[kind, 2, high, low]);
        }
    }
}

/// PINGRESP.
pub(super) const PONG: [u8; 2] = [0xD0, 0];

/// The CONNACK of MQTT 3.1.1.
pub(super) const fn connack_v3(session_present: bool, code: u8) -> [u8; 4] {
    [0x20, 2, session_present as u8, code]
}

/// The CONNACK that refuses, in the words of `version` (MQTT 3.1.1, table 3.1).
pub(super) fn connack_refusing(version: Version, reason: Reason) -> Vec<u8> {
    match version {
        Version::V5 => vec![0x20, 3, 0, reason.byte(), 0],
        Version::V3 => {
            let code = match reason {
                Reason::UnsupportedVersion => 1,
                Reason::ClientIdRefused => 2,
                Reason::BadCredentials => 4,
                Reason::NotAuthorized => 5,
                _ => 3,
            };
            connack_v3(false, code).to_vec()
        }
    }
}

/// The DISCONNECT of MQTT 5; 3.1.1 has none from a server.
pub(super) fn disconnect(version: Version, reason: Reason, outbox: &mut Vec<u8>) {
    if version == Version::V5 {
        outbox.extend_from_slice(&[0xE0, 2, reason.byte(), 0]);
    }
}

/// SUBACK or UNSUBACK (`kind` 0x90 or 0xB0) with one code an entry.
pub(super) fn codes(version: Version, kind: u8, id: u16, codes: &[u8]) -> Vec<u8> {
    let mut body = id.to_be_bytes().to_vec();
    if version == Version::V5 {
        body.push(0);
    }
    body.extend_from_slice(codes);
    let mut packet = vec![kind];
    push_length(&mut packet, body.len());
    packet.extend_from_slice(&body);
    packet
}

/// A PUBLISH of ours; `id` is 0 at QoS 0.
pub(super) fn publish(
    version: Version,
    topic: &str,
    id: u16,
    payload: &[u8],
    outbox: &mut Vec<u8>,
) {
    let topic_length = u16::try_from(topic.len()).unwrap_or(0);
    let mut head = topic_length.to_be_bytes().to_vec();
    head.extend_from_slice(topic.as_bytes());
    if id != 0 {
        head.extend_from_slice(&id.to_be_bytes());
    }
    if version == Version::V5 {
        head.push(0);
    }
    outbox.push(if id == 0 { 0x30 } else { 0x32 });
    push_length(outbox, head.len() + payload.len());
    outbox.extend_from_slice(&head);
    outbox.extend_from_slice(payload);
}

/// A remaining length as variable byte integer.
fn push_length(packet: &mut Vec<u8>, length: usize) {
    let mut rest = length;
    loop {
        let low = u8::try_from(rest & 0x7F).unwrap_or(0);
        rest >>= 7;
        if rest == 0 {
            packet.push(low);
            return;
        }
        packet.push(low | 0x80);
    }
}

//! Cuts the stream of a socket into MQTT packets and refuses what the first bytes already rule out.
//!
//! Knows fixed headers alone: a packet that is too large or has wrong flags is refused before its
//! body is awaited, so nobody makes us reserve what he merely announced (contract.md 7, 256 MB).

/// The protocol version of a connection, known from its CONNECT.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// MQTT 3.1.1.
    V3,
    /// MQTT 5.
    V5,
}

/// Why a connection ends, by the reason code that MQTT 5 would say (MQTT 5, 2.4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Reason {
    /// Nothing is wrong.
    Success = 0x00,
    /// Not laid out as the standard says.
    Malformed = 0x81,
    /// Well laid out, but not allowed here.
    Protocol = 0x82,
    /// Neither MQTT 3.1.1 nor 5.
    UnsupportedVersion = 0x84,
    /// A client id that this gateway may not use.
    ClientIdRefused = 0x85,
    /// Unknown gateway or wrong token.
    BadCredentials = 0x86,
    /// Outside the own prefix, or the credential has ended.
    NotAuthorized = 0x87,
    /// Our disk or registry cannot be used now.
    Unavailable = 0x88,
    /// All places are taken.
    Busy = 0x89,
    /// The platform stops.
    ShuttingDown = 0x8B,
    /// An authentication method that is not known.
    BadMethod = 0x8C,
    /// Nothing was heard for 1.5 keep-alives.
    KeepAlive = 0x8D,
    /// The client id connected anew.
    TakenOver = 0x8E,
    /// A topic with wildcards, NUL or no characters.
    TopicInvalid = 0x90,
    /// More unacknowledged messages than agreed.
    WindowExceeded = 0x93,
    /// Topic alias 0, above the maximum, or never defined.
    AliasInvalid = 0x94,
    /// Larger than the agreed maximum.
    TooLarge = 0x95,
    /// More than a gateway may send or open.
    QuotaExceeded = 0x97,
    /// The payload cannot be read.
    PayloadUnreadable = 0x99,
    /// A shared subscription.
    SharedRefused = 0x9E,
    /// A subscription identifier.
    SubscriptionIdRefused = 0xA1,
}

impl Reason {
    /// The byte on the wire.
    pub(super) const fn byte(self) -> u8 {
        self as u8
    }

    /// Its name in counters and the log.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Success => "left",
            Self::Malformed => "malformed",
            Self::Protocol => "protocol",
            Self::UnsupportedVersion => "unsupported_version",
            Self::ClientIdRefused => "client_id",
            Self::BadCredentials => "credentials",
            Self::NotAuthorized => "not_authorized",
            Self::Unavailable => "unavailable",
            Self::Busy => "busy",
            Self::ShuttingDown => "stopping",
            Self::BadMethod => "authentication_method",
            Self::KeepAlive => "keep_alive",
            Self::TakenOver => "taken_over",
            Self::TopicInvalid => "topic",
            Self::WindowExceeded => "window",
            Self::AliasInvalid => "topic_alias",
            Self::TooLarge => "too_large",
            Self::QuotaExceeded => "quota",
            Self::PayloadUnreadable => "payload",
            Self::SharedRefused => "shared_subscription",
            Self::SubscriptionIdRefused => "subscription_id",
        }
    }
}

/// One whole packet, still in the read buffer.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    /// Packet type, 1 to 15.
    pub(super) kind: u8,
    /// The four flags of the fixed header.
    pub(super) flags: u8,
    /// Variable header and payload.
    pub(super) body: &'a [u8],
    /// Bytes of the whole packet in the buffer.
    pub(super) length: usize,
}

/// What the buffer holds.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut<'a> {
    /// A whole packet.
    Whole(Frame<'a>),
    /// The start of a packet; its whole length once that is known.
    Part(Option<usize>),
}

/// Packet types that a client may send (MQTT 5, table 2-1).
const FROM_CLIENT: [u8; 11] = [1, 3, 4, 5, 6, 7, 8, 10, 12, 14, 15];

/// Looks at the packet at the front of `buffer`.
///
/// # Errors
/// A packet type or flags that no client may send, a length that is no variable byte integer
/// (`Malformed`), or a packet above `packet_max` (`TooLarge`).
pub(super) fn cut(buffer: &[u8], packet_max: usize) -> Result<Cut<'_>, Reason> {
    let Some((&first, rest)) = buffer.split_first() else {
        return Ok(Cut::Part(None));
    };
    let (kind, flags) = (first >> 4, first & 0x0F);
    check_first(kind, flags)?;
    let Some((remaining, length_bytes)) = remaining_length(rest)? else {
        return Ok(Cut::Part(None));
    };
    let length = 1 + length_bytes + remaining;
    if length > packet_max {
        return Err(Reason::TooLarge);
    }
    match rest.get(length_bytes..length_bytes + remaining) {
        Some(body) => Ok(Cut::Whole(Frame {
            kind,
            flags,
            body,
            length,
        })),
        None => Ok(Cut::Part(Some(length))),
    }
}

/// The `QoS` of the PUBLISH that `buffer` begins with, as its first byte says; `None` if it is
/// another packet.
pub(super) fn qos_of_message(buffer: &[u8]) -> Option<u8> {
    let first = buffer.first().filter(|first| *first >> 4 == 3)?;
    Some(first >> 1 & 0b11)
}

/// Refuses packet types and flags that no client may send (MQTT 5, 2.1.3; MQTT 3.1.1, 2.2.2).
fn check_first(kind: u8, flags: u8) -> Result<(), Reason> {
    if !FROM_CLIENT.contains(&kind) {
        return Err(Reason::Protocol);
    }
    let right = match kind {
        // QoS 3 does not exist, and a message without promise is never sent again.
        3 => flags & 0b0110 != 0b0110 && flags & 0b1110 != 0b1000,
        6 | 8 | 10 => flags == 0b0010,
        _ => flags == 0,
    };
    if right {
        Ok(())
    } else {
        Err(Reason::Malformed)
    }
}

/// The remaining length and how many bytes it took; `None` while it is cut off.
fn remaining_length(bytes: &[u8]) -> Result<Option<(usize, usize)>, Reason> {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(4).enumerate() {
        value |= usize::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            return Ok(Some((value, index + 1)));
        }
    }
    if bytes.len() < 4 {
        Ok(None)
    } else {
        Err(Reason::Malformed)
    }
}

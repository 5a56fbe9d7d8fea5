//! What we publish to one client: receipts and refusals, at the QoS granted, never more than the
//! client takes.

use std::collections::BTreeSet;

use super::answers;
use super::frame::Version;

/// Our messages a client may have unacknowledged at one time.
const WINDOW_MAX: u16 = 16;

/// What is on its way to a client.
#[derive(Debug)]
pub(super) struct Outgoing {
    version: Version,
    window: usize,
    packet_max: usize,
    ids: BTreeSet<u16>,
}

impl Outgoing {
    /// For a client that takes `receive_max` messages at a time, of `packet_max` bytes each.
    pub(super) fn new(version: Version, receive_max: u16, packet_max: u32) -> Self {
        Self {
            version,
            window: usize::from(receive_max.clamp(1, WINDOW_MAX)),
            packet_max: usize::try_from(packet_max).unwrap_or(usize::MAX),
            ids: BTreeSet::new(),
        }
    }

    /// How many more messages may go out now.
    pub(super) fn room(&self, qos: u8) -> usize {
        if qos == 0 {
            self.window
        } else {
            self.window - self.ids.len().min(self.window)
        }
    }

    /// Notes that message `id` arrived.
    pub(super) fn arrived(&mut self, id: u16) {
        self.ids.remove(&id);
    }

    /// Writes a message; `false` if there is no room, or it is larger than the client takes.
    pub(super) fn publish(
        &mut self,
        topic: &str,
        qos: u8,
        payload: &[u8],
        outbox: &mut Vec<u8>,
    ) -> bool {
        // Fixed header, topic length, id and properties take at most 10 bytes.
        if topic.len() + payload.len() + 10 > self.packet_max || self.room(qos) == 0 {
            return false;
        }
        let mut free = (1..=WINDOW_MAX).filter(|id| !self.ids.contains(id));
        let id = if qos == 0 { Some(0) } else { free.next() };
        let Some(id) = id else { return false };
        if id != 0 {
            self.ids.insert(id);
        }
        answers::publish(self.version, topic, id, payload, outbox);
        true
    }
}

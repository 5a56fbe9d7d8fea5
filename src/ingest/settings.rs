//! The limits of the enterprises' doors (contract.md 2, "Limits"), handed in by `config`.
//!
//! Plain numbers with their defaults; knows no file, no environment and no protocol.

use std::time::Duration;

use super::Faults;

/// What the MQTT door allows. The defaults are the contract's.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Bytes of one payload; beyond, MQTT 5 hears 0x95 and the connection ends.
    pub payload_max_bytes: usize,
    /// Messages a connection may have unacknowledged (Receive Maximum of MQTT 5).
    pub window_max: u16,
    /// Connections open at one time, over all listeners.
    pub connections_max: usize,
    /// Sessions, open or kept, of one gateway.
    pub sessions_max: usize,
    /// From the accepted socket to a whole CONNECT, TLS handshake included.
    pub connect_within: Duration,
    /// From the first byte of a packet to its last.
    pub packet_within: Duration,
    /// How long one write may wait for a slow reader.
    pub write_within: Duration,
    /// How long an ending connection may wait for its commits.
    pub linger_for: Duration,
    /// The longest keep-alive an MQTT 5 client may ask for; 0 asks for this one.
    pub keep_alive_max: Duration,
    /// Messages a second of one gateway; above, its sockets are not read for a while.
    pub rate_max_per_s: u32,
    /// Values a day (UTC+8) of one gateway; above, 0x97.
    pub day_values_max: u64,
    /// How often open connections are held against the registry, at the latest.
    pub recheck_every: Duration,
    /// Refusals waiting for a slow subscriber; beyond, the oldest goes and is counted.
    pub refusals_waiting_max: usize,
    /// Waiting connections the kernel keeps for us.
    pub listen_backlog: u32,
    /// Planted faults, for tests that show that a check can fail.
    pub faults: Faults,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            payload_max_bytes: 256 * 1024,
            window_max: 200,
            connections_max: 20_000,
            sessions_max: 8,
            connect_within: Duration::from_secs(10),
            packet_within: Duration::from_secs(30),
            write_within: Duration::from_secs(15),
            linger_for: Duration::from_secs(2),
            keep_alive_max: Duration::from_secs(3600),
            rate_max_per_s: 20_000,
            day_values_max: 100_000_000,
            recheck_every: Duration::from_secs(2),
            refusals_waiting_max: 64,
            listen_backlog: 4096,
            faults: Faults::default(),
        }
    }
}

impl Settings {
    /// Bytes of one whole packet: the payload and a topic, an id and properties around it.
    #[must_use]
    pub fn packet_max_bytes(&self) -> usize {
        self.payload_max_bytes.saturating_add(4096)
    }
}

//! The limits of the enterprises' doors (contract.md 2, "Limits"), handed in by `config`.
//!
//! Plain numbers with their defaults; knows no file, no environment and no protocol.

use std::time::Duration;

use super::Faults;

/// What the MQTT door allows. The defaults are the contract's.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Bytes of one packet; beyond, MQTT 5 hears 0x95 and the connection ends.
    pub packet_bytes_max: usize,
    /// Messages a connection may have unacknowledged (Receive Maximum of MQTT 5).
    pub window: u16,
    /// Connections open at one time, over all listeners.
    pub connections_max: usize,
    /// Of these, in percent, of one network: an IPv4 /24, an IPv6 /64.
    pub network_percent_max: u32,
    /// Sessions, open or kept, of one gateway.
    pub sessions_max: usize,
    /// Topic filters of one session.
    pub filters_max: usize,
    /// From the accepted socket to a whole CONNECT, TLS handshake included.
    pub connect_within: Duration,
    /// From the first byte of a packet to its last.
    pub packet_within: Duration,
    /// How long one write may wait for a slow reader.
    pub write_within: Duration,
    /// How long an ending connection may wait for its commits.
    pub linger_for: Duration,
    /// The same when the platform stops.
    pub stop_within: Duration,
    /// How long a client may be silent, in percent of the keep-alive it announced.
    pub keep_alive_percent: u32,
    /// The longest keep-alive an MQTT 5 client may ask for; 0 asks for this one.
    pub keep_alive_max: Duration,
    /// Messages a second of one gateway; above, its sockets are not read for a while.
    pub messages_per_second_max: u32,
    /// Values a day (UTC+8) of one gateway; above, 0x97.
    pub values_per_day_max: u64,
    /// A revoked or expired credential ends its connection within this time.
    pub revoked_within: Duration,
    /// Refusal messages, of 32 parts each, waiting for a slow subscriber; beyond, the oldest goes and is counted.
    pub refusals_waiting_max: usize,
    /// Waiting connections the kernel keeps for us.
    pub listen_backlog: u32,
    /// Planted faults, for tests that show that a check can fail.
    pub faults: Faults,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            packet_bytes_max: 320 * 1024,
            window: 200,
            connections_max: 20_000,
            network_percent_max: 75,
            sessions_max: 8,
            filters_max: 16,
            connect_within: Duration::from_secs(10),
            packet_within: Duration::from_secs(30),
            write_within: Duration::from_secs(15),
            linger_for: Duration::from_secs(2),
            stop_within: Duration::from_secs(6),
            keep_alive_percent: 150,
            keep_alive_max: Duration::from_hours(1),
            messages_per_second_max: 20_000,
            values_per_day_max: 200_000_000,
            revoked_within: Duration::from_secs(2),
            refusals_waiting_max: 256,
            listen_backlog: 4096,
            faults: Faults::default(),
        }
    }
}

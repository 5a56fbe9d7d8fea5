//! MQTT 3.1.1 and 5 on one port (contract.md 2).
//!
//! [`run`] accepts on a listener, [`serve`] speaks on any stream. Inside, what calculates
//! (`frame`, `codec`, `topic`, `admission`, `conversation`, `answers`) is apart from what waits
//! (`greeting`, `connection`, `listener`, `warden`). Must not know how readings are kept.

mod admission;
mod aliases;
mod answers;
mod codec;
mod connection;
mod conversation;
mod frame;
mod greeting;
mod inbox;
mod listener;
mod outgoing;
mod packet_ids;
mod queue;
mod seat;
mod tls;
mod topic;
mod warden;
mod wire;

pub use listener::{Peer, listen, run, serve};
pub use tls::{Handshake, TlsRefused};
pub use warden::watch_credentials;

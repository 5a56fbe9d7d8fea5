//! MQTT 3.1.1 and 5 on one port (contract.md 2).
//!
//! [`run`] accepts on a listener, [`serve`] speaks on any stream, [`serve_frames`] over a WebSocket. Inside, what calculates
//! (`frame`, `codec`, `topic`, `admission`, `conversation`, `answers`) is apart from what waits
//! (`greeting`, `connection`, `listener`, `warden`). Must not know how readings are kept.

mod admission;
mod aliases;
mod answers;
mod codec;
mod connection;
mod conversation;
mod frame;
mod frames;
mod greeting;
mod inbox;
mod listener;
mod outgoing;
mod packet_ids;
mod queue;
mod seat;
mod topic;
mod warden;
mod wire;

pub use frames::serve_frames;
pub use listener::{Peer, listen, run, serve};
pub use warden::watch_credentials;

//! Reads defaults, file and environment into each room's own `Settings`.
//!
//! The only room that knows all settings and the only one that reads the environment; no room
//! below depends on it. The default is `config/parkpulse.toml`, compiled in, and its keys are all
//! the keys there are (contract.md 8).

mod base_map;
mod environment;
mod fault;
mod http_door;
mod layers;
mod notifications;
mod quantity;
mod reader;
mod rooms;
mod shown;
mod zones;

pub use environment::from_process;
pub use fault::{Fault, Refused};
pub use layers::{Entry, Layers, Leaf, Origin};
pub use rooms::{City, Control, Engine, Log, LogFormat, Mqtt, MqttTls, Serve, Settings};

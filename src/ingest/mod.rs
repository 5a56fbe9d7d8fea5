//! The enterprises' doors: a message in, readings to the store, and the answer after the commit.
//!
//! [`Door`] is what every door shares: who may send how much, payloads through `intake`, the way
//! into the store, and the one place that lets an acknowledgement out ([`Synced`], made only by
//! [`Pending::synced`]). [`mqtt`] is the door of gateways; `POST /api/v1/readings` uses the same
//! [`Door`]. Must not know how readings are kept, what a page shows, or what a value means.

mod acknowledge;
mod allowance;
mod door;
mod event;
mod faults;
mod index;
mod line;
pub mod mqtt;
mod places;
mod roll;
mod settings;
mod tls;
mod turned_away;

pub use acknowledge::{Pending, Synced};
pub use allowance::TooMuch;
pub use door::{Door, Message, Parts, PostRefused, Posted};
pub use faults::{Fault, Faults};
pub use places::{FreePlace, NoPlace, Place, Places};
pub use roll::{Presence, Said};
pub use settings::Settings;
pub use tls::{Handshake, TlsRefused, watch_certificates};
pub use turned_away::TurnedAway;

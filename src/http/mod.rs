//! The operators' and the bureau's door: pages and API, one folder per resource.
//!
//! Knows who asks before it looks at anything, and that everything a client sends may be hostile.
//! Knows no SQL and no MQTT. A resource is a folder with `mod.rs` (handlers and `routes()`) and
//! `wire.rs` (its JSON); [`router`] is the one place that puts them together.

mod asker;
mod body;
mod checked;
mod desk;
mod event;
mod figures;
mod guard;
mod health;
mod live;
mod map;
mod paced;
mod pages;
mod parcels;
mod periods;
mod problem;
mod readings;
mod request_id;
mod router;
mod sender;
mod serve;
mod settings;
mod words;

pub use asker::Asker;
use body::whole_body;
pub use checked::{Asked, Checked};
pub use desk::{Desk, Readiness};
pub use live::{Live, Sources, follow};
pub use problem::{Problem, Trouble};
pub use request_id::RequestIds;
pub use router::router;
pub use sender::Sender;
pub use serve::serve;
pub use settings::Settings;

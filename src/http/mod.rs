//! The operators' and the bureau's door: pages and API, one folder per resource.
//!
//! Knows who asks before it looks at anything, and that everything a client sends may be hostile.
//! Knows no SQL and no MQTT. A resource is a folder with `mod.rs` (handlers and `routes()`) and
//! `wire.rs` (its JSON); [`router()`] is the one place that puts them together.
mod accounts;
mod arrival;
mod asker;
mod backdrop;
mod body;
mod checked;
mod desk;
mod document;
mod event;
mod figures;
mod gateways;
mod guard;
mod health;
mod ledgers;
mod live;
mod map;
mod meters;
mod operation;
mod paced;
mod pages;
mod paging;
mod parcels;
mod periods;
mod problem;
mod quarantine;
mod ratings;
mod readings;
mod reconcile;
mod request_id;
mod router;
mod sender;
mod serve;
mod session;
mod settings;
mod sight;
mod sources;
mod spreadsheet;
mod words;

pub use asker::Asker;
use body::whole_body;
pub use checked::{Asked, Checked, CheckedPair};
pub use desk::{Desk, Readiness};
pub use live::{Live, Sources, follow};
pub use map::{PictureKey, Pictures};
use operation::Routes;
pub use operation::{Kind, Operation, Right, Verb};
pub use paging::Paging;
use paging::page_limit;
pub use problem::{Problem, Trouble};
pub use reconcile::Row as ReconcileRow;
pub use request_id::RequestIds;
pub use router::{operations, router};
pub use sender::Sender;
pub use serve::serve;
pub use session::Sessions;
pub use settings::Settings;
use sight::{in_sight, off_thread};

//! Keeping and finding: one small trait per thing kept; engines chosen at run time.
//!
//! Knows no protocol, no page and no rule of the trade: it keeps what it is handed and says when
//! that is on disk. Reads block: call them from `spawn_blocking`. Each read takes bounds and hands
//! what it finds to a visitor, so that no answer has to fit into memory.
//!
//! | kept | trait |
//! |---|---|
//! | readings, on their way in | [`Append`] |
//! | readings, by meter and time | [`Series`] |
//! | the log, for those who follow it | [`Follow`] |
//! | what became of every value | [`Conservation`] |
//! | what was not taken, and trial messages | [`Quarantine`] |
//! | decisions over values | [`Decisions`] |
//! | how far a gateway's messages are safe | [`Receipts`] |
//!
//! [`Engine`] is all of them: [`embedded`] keeps them on disk, [`memory`] is for tests.
//! [`registry`] keeps the rest: who is where, who may send, who did what.

mod append;
mod conservation;
mod decision;
mod disk;
pub mod embedded;
mod engine;
mod failpoint;
mod fault;
mod follow;
mod index;
pub mod memory;
mod quarantine;
mod receipt;
pub mod registry;
mod series;
mod touch;

pub use append::{Append, AppendRefused, BatchNo, Commit, Submitting};
pub use conservation::{Conservation, Counts};
pub use decision::{Decision, Decisions};
pub use engine::{Capabilities, Engine, Health, Space};
pub(crate) use failpoint::failpoint;
pub use fault::StoreFault;
pub use follow::{Brought, Follow, Touched, TouchedGateway, TouchedMeter};
pub use quarantine::{
    Overflow, Quarantine, QuarantineFilter, QuarantineNo, Quarantined, Replay, Replayed,
};
pub use receipt::{Receipt, Receipts};
pub use series::{Row, Series, Visit};

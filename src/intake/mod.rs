//! A payload and the registered meters in; readings, and refusals with their code, out.
//!
//! The one reading of `contract.md` 2 ("What", "Time", "Numbers", "Limits", "Partly bad messages")
//! for every door, for replay and for import. Knows no database, no network, no clock: what is
//! registered and what time it is are arguments, and the same input gives the same output.

mod aside;
mod grammar;
mod limits;
mod measured_at;
mod message;
mod number;
mod part;
mod reading;
mod walk;
mod wire;
mod written;

pub use limits::Limits;
pub use measured_at::ahead_ms;
pub use number::is_plausible;
pub use wire::refusals;

use crate::calendar::Moment;
use crate::indicator::Catalogue;
use crate::park::Gateway;
use crate::park::MeterId;
use crate::park::Roster;
use crate::reading::Purpose;
use crate::reading::Taken;

/// What a payload is read against.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// Who is registered.
    pub roster: &'a Roster,
    /// What can be measured.
    pub catalogue: &'a Catalogue,
    /// How much is too much.
    pub limits: &'a Limits,
    /// Who sent it, known from its credential and never from the payload.
    pub gateway: &'a Gateway,
    /// What it was meant for.
    pub purpose: Purpose,
    /// When it came, by our clock; of a replay, when it came first.
    pub received_at: Moment,
    /// Whether it came at QoS 0.
    pub unpromised: bool,
    /// What a person decided to change while replaying.
    pub amendment: Option<&'a Amendment>,
}

/// What a replay changes in every reading, each change kept as a flag (contract.md 4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Amendment {
    /// Milliseconds added to each `at`: flag `time_shifted` unless 0.
    pub shift_ms: i64,
    /// The meter to read instead of the one written: flag `meter_mapped`.
    pub meter_as: Option<MeterId>,
}

/// Takes one message apart. Never fails: what is not good stands in `set_aside` with its code,
/// as the whole message (`index` of `None`, counts 1), a reading, or the values of one code.
#[must_use]
pub fn take_in(payload: &[u8], context: &Context<'_>) -> Taken {
    message::take_in(payload, context)
}

/// Takes the reading whose bytes an item that was set aside kept (`index` was `Some`); an item
/// that was a whole message goes through [`take_in`] again. Faults stay faults of that reading,
/// with the same count of values, as far as its bytes were kept whole.
#[must_use]
pub fn take_again(raw: &[u8], context: &Context<'_>) -> Taken {
    message::take_again(raw, context)
}

//! Readings closed into accounts (台账): consumption from registers, and what is missing.
//!
//! The metering rules of contract.md 9, exact: [`Readings`] brings what arrived in order (rule 1),
//! a [`Walk`] decides pair by pair what was used (rules 2 and 3), [`Account`] spreads it over the
//! steps of a period and counts the flags (rules 4 and 5). Same input, same answer: knows no
//! database, no network, no clock, and no meter but by its [`Register`].

mod account;
mod arrival;
mod balance;
mod bytes;
mod day;
mod expectation;
pub mod factor;
pub mod figure;
mod file;
mod flag;
pub mod holder;
mod metering;
mod node;
mod pair;
pub mod precedence;
mod record;
mod register;
mod rollup;
mod run;
mod sheet;
mod spread;
mod suspect;
pub mod tariff;
mod walk;
mod wire;

pub use account::{Account, Step};
pub use arrival::{Arrival, Decision, Readings, Sent};
pub use balance::{Balance, Lack, Part};
pub use bytes::RecordDamaged;
pub use day::{DayWalk, Rewalk};
pub use expectation::{Expectation, Term};
pub use file::close_file;
pub use flag::Flag;
pub use metering::Metering;
pub use node::CaseRefused;
pub use pair::Shown;
pub use register::{Multiplier, Register, Replacement, Terms, TermsRefused};
pub use rollup::{Closed, Rollup, on_parcels};
pub use sheet::Sheet;
pub use spread::{Share, StepState, Steps};
pub use suspect::Suspect;
pub use walk::{Event, Span, Walk};

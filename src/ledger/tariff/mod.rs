//! Time of use (尖峰平谷深谷): which slot each quarter hour of a day is, and what a kWh costs in it.
//!
//! Plans and prices are dated files (`config/tariffs`, `config/prices`) and no Rust. A [`Curve`] is what
//! meters used quarter hour by quarter hour; a [`TimeOfUse`] is what of it lies in each slot, with demand,
//! load factor, night share and base load. Same input, same answer; knows no meter and no store.

mod curve;
mod file;
mod plan;
mod timed;

pub use curve::{Curve, QUARTER_MS};
pub use file::{TariffsRefused, read, shipped};
pub use plan::{Plan, Price, Slot, Tariffs};
pub use timed::{Demand, SlotUse, TimeOfUse};

//! A fictional park city and its history, from a seed.
//!
//! Everything is made up: parks, names, codes (`DEM` stands where real ones have digits), load.
//! The same seed, scale and day give the same city, byte for byte. Knows no store and no network:
//! [`City::files`] are what `import` takes, [`City::history`] the messages the gateways sent, and
//! the same [`Reader`]s go on counting in the simulator.

mod city;
mod course;
mod dice;
mod files;
mod ground;
mod history;
mod load;
mod metering;
mod tenure;
mod trouble;
mod words;

pub use city::{City, Scale};
pub use course::{Course, Reader, Register, Replacement, Shown, State};
pub use dice::Dice;
pub use files::ImportFile;
pub use history::{History, Sent, payload, reading};
pub use load::{Load, Pattern, SLOT_MS, slot_of};
pub use metering::{Channel, Gateway, INTERVAL_S, Meter};

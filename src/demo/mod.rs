//! A fictional park city and its history, from a seed.
//!
//! Everything is made up: parks, names, codes (`DEM` stands where real ones have digits), load.
//! The same seed, scale and day give the same city, byte for byte. Knows no store and no network:
//! [`City::files`] are what `import` takes, [`City::history`] the messages the gateways sent, and
//! the same [`Reader`]s go on counting in the simulator.

mod backdrop;
mod city;
mod conduct;
mod course;
mod dice;
mod files;
mod ground;
mod history;
mod load;
mod metering;
mod statements;
mod story;
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

/// The 等价值 of electricity in the made-up city, as `factors.electricity_equal` takes it. The
/// platform has no default, for the bureau sets it each year (domain.md 3.1).
pub const EQUAL_ELECTRICITY: &str = "0.3000 演示占位值，不是公布值";

/// The scheme by which the made-up city is rated, as `rating.scheme` takes it.
pub const SCHEME: &str = "KS-DEMO-A";
/// The plan and the prices by which the made-up city cuts its electricity.
pub const TARIFFS: (&str, &str) = ("jiangsu", "demo");

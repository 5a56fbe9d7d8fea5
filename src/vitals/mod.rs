//! Our own health: counters, gauges and histograms, and named events that are each one log line
//! and one counter.
//!
//! One [`Vitals`] is made by `app` and handed around; nothing here is global. Instruments are
//! fetched once at start and then cost one atomic operation. Knows nothing of readings, stores or
//! protocols: a room says what happened to it in its own event types.

mod event;
mod exposition;
mod histogram;
mod instrument;
mod registry;

pub use event::{Event, Label};
pub use exposition::Exposition;
pub use histogram::Histogram;
pub use instrument::{Counter, Gauge};
pub use registry::Vitals;

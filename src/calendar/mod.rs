//! Days, months and years as the park counts them: UTC+8, half-open, without daylight saving.
//!
//! Knows no clock of its own: the time is an argument, handed down as a [`Clock`].

mod clock;
mod moment;
mod period;

pub use clock::{Clock, ClockAt};
pub use moment::{Moment, TimeUnreadable};
pub use period::{Day, Month, Period, PeriodUnreadable, Year};

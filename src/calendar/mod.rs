//! Days, months and years as the park counts them: UTC+8, half-open, without daylight saving; public
//! holidays from files.
//!
//! Knows no clock of its own: the time is an argument, handed down as a [`Clock`].

mod clock;
mod file;
mod holiday;
mod moment;
mod period;

pub use clock::{Clock, ClockAt};
pub use file::HolidaysRefused;
pub use holiday::{DayKind, Holidays};
pub use moment::{Moment, TimeUnreadable};
pub use period::{Day, Month, Period, PeriodUnreadable, Year};

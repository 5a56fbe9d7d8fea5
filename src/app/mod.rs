//! Builds the parts in one visible place, starts them, stops them in order.
//!
//! Owns what there is one of in a process: the clock that looks at the machine, the data
//! directory's lock, the control socket, the signals. Knows no command and prints nothing.

pub mod archive;
mod backdrop;
mod clock;
pub mod control;
mod data_directory;
mod descriptors;
mod doors;
mod failpoints;
mod fonts;
mod log;
mod parts;
mod ports;
mod serve;
mod signals;

pub use backdrop::BackdropUnread;
pub use clock::SystemClock;
pub use data_directory::{DataDirectory, DirectoryRefused};
pub use failpoints::{Failpoints, plant};
pub use fonts::{FontUnread, read_fonts};
pub use log::start_log;
pub use parts::{OpenFailed, Parts};
pub use ports::Ports;
pub use serve::{ServeFailed, serve, serve_prepared};
pub use signals::watch as stop_on_signals;

//! One measured value with its provenance, and what is set aside with a reason.
//!
//! What `intake` makes out of a payload and `store` keeps. Knows no wire format and no disk.

mod code;
mod taken;

pub use code::{Code, UnknownCode};
pub use taken::{Flags, Purpose, Quality, Reading, SetAside, Taken, Value};

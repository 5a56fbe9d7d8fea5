//! Keeping and finding: one small trait per thing kept; engines chosen at run time.
//!
//! Knows no protocol, no page and no rule of the trade: it keeps what it is handed and says when
//! that is on disk.

mod append;

pub use append::{Append, AppendRefused, BatchNo, Commit, Submitting};

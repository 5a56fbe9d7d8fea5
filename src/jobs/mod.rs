//! What happens by the calendar, by a change, or on request: one verb per file.
//!
//! Knows stores and rules, no protocol and no page.

pub mod import;

//! Rates a year: by which scheme, from which facts.

mod settings;

pub use settings::{NotASchemeChoice, SchemeChoice, Settings};

//! What can be measured: the catalogue of indicators, each with number, unit, kind and limits.
//!
//! A new indicator is a file under `config/indicators/` and no Rust. Knows no meter and no
//! enterprise; who may send what is `park`'s.

mod catalogue;
mod file;

pub use catalogue::{Catalogue, Indicator, IndicatorNo, Kind};
pub use file::{CatalogueFault, built_in, read};

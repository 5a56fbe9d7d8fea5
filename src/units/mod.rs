//! Quantities as closed newtypes named by unit, with only the arithmetic that makes sense.
//!
//! Knows no trade: what is divided by what is decided in the rooms above.

pub mod convert;
mod exact;
mod quantity;
mod small;

pub use exact::{Exact, NotADecimal};
pub use quantity::{Kgce, Kwh, KwhPerMu, Mu, NotAQuantity, Yuan};

//! A principal and an object in; what may be seen or done out (contract.md 6).
//!
//! Knows no session and no password: who asks was settled before.

mod principal;

pub use principal::{Principal, Role};

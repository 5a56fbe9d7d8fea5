//! Accounts and rated years, kept: immutable revisions, each with the holders it changed.
//!
//! Written by the one keeper of the book (`jobs`). Knows no formula and no scheme: bodies go in and
//! come out as the rooms `ledger` and `rating` made them.

mod accounts;
mod assessments;
mod closes;
mod material;

pub use accounts::{Holder, KeptAccount};
pub use assessments::{Assessed, AssessedFilter, Assessment, Order};
pub use closes::{AccountClose, RevisedMonth};
pub use material::StatedRow;

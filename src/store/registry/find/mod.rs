//! Finding what is registered. Each question takes a principal and filters in the query; each
//! answer is a page.

mod enterprises;
mod land;
mod meters;
mod outline_changes;
mod page;
mod parcels;
mod places;
mod row;
mod statements;
mod told;

pub use land::HoldingFilter;
pub use meters::MeterHistory;
pub(super) use outline_changes::basis;
pub use outline_changes::{Basis, OutlineAct, OutlineChange, ParcelVersion};
pub use page::Page;
pub(super) use page::{Asking, only, within};
pub use parcels::ParcelStretch;
pub(super) use row::{indicator, moment, moment_or_open, number, parsed, parsed_or_none, validity};
pub use told::{StatedFrom, ToldStatement};

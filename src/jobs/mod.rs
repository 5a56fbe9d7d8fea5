//! What happens by the calendar, by a change, or on request: one verb per file.
//!
//! Knows stores and rules, no protocol and no page.

pub mod add_up;
pub mod assess;
pub mod balance;
mod close_period;
pub mod declare;
pub mod import;
mod keep_book;
mod keep_ledger;
pub mod lay_city;
pub mod notify;
mod reconcile;
pub mod rehearse;
pub mod replay;
pub mod suspects;
pub mod time_of_use;
mod trim_log;

pub use keep_book::{BookKeeper, PROVISIONAL, Provisional, ProvisionalAccounts};
pub use keep_ledger::{LedgerFault, LedgerKeeper, Settling};
pub use reconcile::{GatewayCounts, reconcile, reconcile_days};
pub use trim_log::trim_log;

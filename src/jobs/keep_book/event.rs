//! What happens to the book, by name.

use crate::ledger::figure::AccountPeriod;
use crate::store::registry::RegistryFault;
use crate::vitals::Event;

/// The book was not brought up to date.
pub(super) struct BookStalled {
    pub(super) fault: RegistryFault,
}

impl Event for BookStalled {
    const NAME: &'static str = "book_stalled";
    const HELP: &'static str = "Passes over the accounts that failed; they are tried again.";

    fn log(&self) {
        tracing::error!(fault = %self.fault, "accounts: not up to date; nothing is lost, it tries again");
    }
}

/// A period's accounts were closed.
pub(super) struct AccountsClosed {
    pub(super) period: AccountPeriod,
    pub(super) revision: u32,
    pub(super) holders: u32,
}

impl Event for AccountsClosed {
    const NAME: &'static str = "accounts_closed";
    const HELP: &'static str = "Revisions of accounts of months and years that were closed.";

    fn log(&self) {
        let Self {
            period,
            revision,
            holders,
        } = self;
        tracing::info!(%period, revision, holders, "accounts: a period was closed");
    }
}

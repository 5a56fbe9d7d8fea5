//! Keeps the book: makes the accounts of every closed month and year from the closed ledger,
//! statements and land, and makes the next revision of those that what came late changed.
//!
//! Then rates the years whose accounts are closed.
//!
//! One task, the only writer of the book's tables. A period whose ingredients are the same as when
//! it was last closed costs nothing; nothing is kept where no figure differs.

mod close;
mod event;
mod material;
mod provisional;

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::calendar::Clock;
use crate::indicator::Catalogue;
use crate::ledger::factor::Factors;
use crate::ledger::precedence::Precedence;
use crate::store::registry::{Registry, RegistryFault};
use crate::vitals::Vitals;

use super::assess;
use super::keep_ledger::Settling;
use event::BookStalled;

pub use provisional::{PROVISIONAL, Provisional, ProvisionalAccounts};

pub(super) use close::newest_accounts;
pub(super) use material::{digest, enterprises_of, holdings};

/// How long the keeper rests between two looks.
const REST: Duration = Duration::from_secs(2);

/// What keeps the book up to date.
#[derive(Debug)]
pub struct BookKeeper {
    /// Where everything is registered and kept.
    pub registry: Registry,
    /// What can be stated and metered.
    pub catalogue: Arc<Catalogue>,
    /// Coal and carbon.
    pub factors: Arc<Factors>,
    /// Which of several sources of one stated figure counts.
    pub precedence: Precedence,
    /// What counts as tax, and by what years are rated.
    pub rating: Arc<assess::Settings>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Our own health.
    pub vitals: Arc<Vitals>,
    /// `ledger.close_after`: how long after its end a period is closed.
    pub close_after: Duration,
    /// How far the ledger is: an account made of half of it would only have to be revised.
    pub settling: Arc<Settling>,
    /// What was last made of open periods.
    pub provisional: Provisional,
}

impl BookKeeper {
    /// Looks until `stop`. What a stop cuts off is undone and done again by the next start.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        let _cut_off = stop.run_until_cancelled(self.follow()).await;
    }

    /// One whole pass over everything that changed.
    ///
    /// # Errors
    /// The registry failed; the next pass goes on.
    pub async fn pass(&self) -> Result<(), RegistryFault> {
        close::close_due(self).await?;
        assess::rate_due(self).await
    }

    async fn follow(&self) {
        let mut done = None;
        loop {
            self.settling.settled().await;
            match self.look(done.as_deref()).await {
                Ok(mark) => done = Some(mark),
                Err(fault) => self.vitals.record(&BookStalled { fault }),
            }
            sleep(REST).await;
        }
    }

    /// A pass unless everything is as it was when `done` was noted; the mark of what it is now.
    async fn look(&self, done: Option<&str>) -> Result<String, RegistryFault> {
        let mark = material::mark(self).await?;
        if done != Some(mark.as_str()) {
            self.pass().await?;
        }
        Ok(mark)
    }
}

//! How far the ledger has come, for people who wait for it after a start or a large import. Says
//! nothing in ordinary times. Knows no page.

use tokio::sync::watch;

use crate::store::BatchNo;

/// So many batches behind are worth a word: seconds of work, not the next round.
const BATCHES_TOLD: u64 = 256;

/// So many months to close at once are, too.
const MONTHS_TOLD: usize = 3;

/// What taking in the log is of the whole, in percent; the rest is closing months.
const TAKING_IN: u64 = 80;

/// How much of what there is to settle is settled.
#[derive(Debug)]
pub struct Settling {
    percent: watch::Sender<Option<u8>>,
}

impl Default for Settling {
    fn default() -> Self {
        Self {
            percent: watch::Sender::new(None),
        }
    }
}

impl Settling {
    /// How much is done, 0 to 99; `None` if the ledger is up to date, or nearly.
    #[must_use]
    pub fn percent(&self) -> Option<u8> {
        *self.percent.borrow()
    }

    /// Waits until the ledger is up to date, or nearly.
    pub(in crate::jobs) async fn settled(&self) {
        let mut told = self.percent.subscribe();
        // An end of the channel cannot be: `self` holds it.
        let _settled = told.wait_for(Option::is_none).await;
    }

    /// The batches up to `at` are taken in, of those after `began` up to `newest`.
    pub(super) fn taken_in(&self, began: BatchNo, at: BatchNo, newest: BatchNo) {
        let all = newest.get().saturating_sub(began.get());
        if all >= BATCHES_TOLD {
            let done = at.get().saturating_sub(began.get());
            self.tell(done.saturating_mul(TAKING_IN) / all);
        }
    }

    /// `done` months of `all` that were due are closed.
    pub(in crate::jobs) fn closed(&self, done: usize, all: usize) {
        if all >= MONTHS_TOLD {
            let part = |count| u64::try_from(count).unwrap_or(u64::MAX);
            let done = part(done).saturating_mul(100 - TAKING_IN);
            self.tell(TAKING_IN + done / part(all).max(1));
        }
    }

    /// The ledger is up to date.
    pub(super) fn done(&self) {
        self.percent.send_if_modified(|told| told.take().is_some());
    }

    fn tell(&self, percent: u64) {
        let percent = u8::try_from(percent.min(99)).unwrap_or(99);
        self.percent.send_replace(Some(percent));
    }
}

//! Keeps the ledger: follows the log, walks the days again that a batch touched, closes months.
//!
//! One task, the only writer of the ledger's tables. The cursor is kept with the last of a round's
//! results in one transaction, and a day that is walked again comes to the same, so that a crash
//! neither loses a day nor counts one twice. A batch costs what it changes: values that come in
//! order are walked on with (`onward`), others see [`crate::ledger::Rewalk`].

mod event;
mod gather;
mod onward;
mod rewalk;
mod settling;
mod standing;
mod terms;

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use tokio::task::{JoinError, spawn_blocking};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::calendar::{Clock, Day, Moment};
use crate::indicator::{Catalogue, IndicatorNo, Kind};
use crate::store::registry::{LEDGER_CURSOR, Registry, RegistryFault, SeriesKey};
use crate::store::{BatchNo, Engine, StoreFault};
use crate::vitals::{Counter, Vitals};

use super::close_period;

pub(super) use event::MonthClosed;
use event::{LedgerStalled, SeriesUnknown};
use gather::Gathered;
pub(super) use rewalk::read_days;
pub use settling::Settling;
use standing::Standing;
use terms::Meterings;

/// How long the keeper rests while nothing happens, and after a fault.
const REST: Duration = Duration::from_secs(10);

/// The least pause between two passes: what comes meanwhile is taken in together. A pass that took
/// longer is followed by as long a pause, so that the ledger leaves the doors half a processor.
const PAUSE: Duration = Duration::from_millis(500);

/// Registers taken in at a time: a thread is not held for long, for nothing can stop it.
const AT_ONCE: usize = 256;

/// Registers that are walked again at a time: each waits for the registry and for threads.
const LATE_AT_ONCE: usize = 8;

/// Rounds after which all is walked and kept, if they do not end before: so much is done again after
/// a crash.
const ROUNDS_UNKEPT_MAX: usize = 64;

/// Walked days after which those of a long round are kept before its end: some megabytes.
const DAYS_UNKEPT_MAX: usize = 4_096;

/// How long months that are due wait while more and more comes in.
const CLOSED_WITHIN: Duration = Duration::from_mins(10);

/// No batch is newer.
const ALL_THERE_ARE: BatchNo = BatchNo::new(u64::MAX);

/// How far a pass has to go, and with how much of the machine.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// The batch that is enough.
    enough: BatchNo,
    /// Shares of a round that are walked at a time.
    abreast: usize,
    /// Whether months are closed though more is to come.
    closes: bool,
}

impl Pace {
    /// Up to `enough` with all processors: nobody is served before.
    fn with_all(enough: BatchNo) -> Self {
        let abreast = available_parallelism().map_or(1, NonZero::get);
        Self {
            enough,
            abreast,
            closes: true,
        }
    }
}

/// Days that have to be walked again, each from an instant on, by register.
type Late = BTreeMap<SeriesKey, BTreeMap<Day, Moment>>;

/// What the rounds of a pass came to and is not kept yet. A register of which something came late is
/// walked on no more before that is walked.
#[derive(Debug, Default)]
struct Walks {
    standing: Standing,
    late: Late,
}

/// Why a pass was not done; the next one goes on where it stopped.
#[derive(Debug, thiserror::Error)]
pub enum LedgerFault {
    /// The readings could not be read.
    #[error("the ledger cannot read the log; nothing is lost, it goes on when the log can be read")]
    Store(#[from] StoreFault),
    /// The results could not be kept.
    #[error("the ledger cannot be kept; nothing is lost, it goes on when the registry answers")]
    Registry(#[from] RegistryFault),
    /// A thread that reads died.
    #[error("a thread that reads for the ledger died; it goes on with a new one")]
    CutOff(#[from] JoinError),
}

/// What keeps the ledger up to date.
#[derive(Debug)]
pub struct LedgerKeeper {
    /// Readings and the log.
    pub engine: Arc<dyn Engine>,
    /// Where meters are registered and the ledger is kept.
    pub registry: Registry,
    /// What can be measured.
    pub catalogue: Arc<Catalogue>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Our own health.
    pub vitals: Arc<Vitals>,
    /// `ledger.close_after`: how long after its end a month is closed.
    pub close_after: Duration,
    /// Who waits for it hears how far it is.
    pub settling: Arc<Settling>,
}

impl LedgerKeeper {
    /// Follows the log until `stop`, resting while there is nothing to do. What a stop cuts off is
    /// undone and done again by the next start.
    pub async fn run(self, stop: CancellationToken) {
        let _cut_off = stop.run_until_cancelled(self.follow()).await;
    }

    /// One whole pass: changed terms, all batches there are, and the months that are due.
    ///
    /// # Errors
    /// See [`LedgerFault`].
    pub async fn pass(&self) -> Result<(), LedgerFault> {
        let mut meterings = Meterings::default();
        self.catch_up(&mut meterings, true, Pace::with_all(ALL_THERE_ARE))
            .await
            .map(drop)
    }

    /// A pass over what the log holds now, begun again after a rest until it succeeds: what a start
    /// owes before it is ready (contract C5). Ends, too, while more comes in than is taken in: what
    /// comes later is no debt of the start.
    pub async fn recover(&self) {
        let pace = Pace::with_all(self.newest());
        let mut meterings = Meterings::default();
        while let Err(fault) = self.catch_up(&mut meterings, true, pace).await {
            self.vitals.record(&LedgerStalled { fault });
            sleep(REST).await;
        }
    }

    async fn follow(&self) {
        let mut newest = self.engine.watch();
        let mut changes = self.registry.directory().changes();
        let mut meterings = Meterings::default();
        let (mut stale, mut closed) = (true, Instant::now());
        loop {
            let begun = Instant::now();
            let pace = Pace {
                // What comes meanwhile is the next pass's, or one would never end under load.
                enough: self.newest(),
                abreast: 1,
                closes: closed.elapsed() >= CLOSED_WITHIN,
            };
            match self.catch_up(&mut meterings, stale, pace).await {
                Ok(has_closed) => {
                    if has_closed {
                        closed = Instant::now();
                    }
                }
                Err(fault) => {
                    self.vitals.record(&LedgerStalled { fault });
                    stale = true;
                    sleep(REST).await;
                    continue;
                }
            }
            sleep(begun.elapsed().clamp(PAUSE, REST)).await;
            stale = tokio::select! {
                Ok(()) = newest.changed() => false,
                true = changes.next() => true,
                () = sleep(REST) => false,
            }
        }
    }

    /// Takes in the batches there are, at least up to what is enough, and keeps that. If these are all,
    /// or if it has not been done for long, it closes the months that are due, and says so: history
    /// that is still coming in would be closed in pieces.
    async fn catch_up(
        &self,
        meterings: &mut Meterings,
        stale: bool,
        pace: Pace,
    ) -> Result<bool, LedgerFault> {
        let began = self.hold_log().await?;
        let mut cursor = began;
        if stale {
            self.take_in_terms(meterings).await?;
        }
        self.settling.taken_in(began, began, self.newest());
        let mut walks = Walks::default();
        let mut rounds = 0_usize;
        // Asked at least once: a log that was set back is found so.
        let mut gathered = self.gather(cursor).await?;
        while let Some(round) = gathered {
            cursor = round.last;
            rounds += 1;
            // The next round is read from the log while this one is walked.
            let next = async {
                if cursor < pace.enough {
                    self.gather(cursor).await
                } else {
                    Ok(None)
                }
            };
            let taken = self.take_in(meterings, round, &mut walks, pace);
            ((), gathered) = futures_util::try_join!(taken, next)?;
            if gathered.is_none() || rounds.is_multiple_of(ROUNDS_UNKEPT_MAX) {
                self.settle(meterings, &mut walks, cursor).await?;
            }
            self.settling.taken_in(began, cursor, self.newest());
        }
        if cursor > began {
            self.release_log(cursor).await?;
        }
        let closes = pace.closes || cursor >= self.newest();
        if closes {
            close_period::close_due(self).await?;
            self.settling.done();
        }
        Ok(closes)
    }

    fn newest(&self) -> BatchNo {
        *self.engine.watch().borrow()
    }

    /// The indicators that are counted by difference.
    pub(super) fn registers(&self) -> BTreeSet<IndicatorNo> {
        let registers = self.catalogue.iter();
        let registers = registers.filter(|one| one.kind == Kind::Register);
        registers.map(|one| one.number).collect()
    }

    /// How many days were walked.
    fn days_walked(&self) -> Arc<Counter> {
        const HELP: &str = "Days of registers that the ledger walked, again or for the first time.";
        self.vitals.counter("ledger_days_walked", HELP, None)
    }

    /// Where the ledger stands. The log keeps all batches after it.
    async fn hold_log(&self) -> Result<BatchNo, LedgerFault> {
        let cursor = self.registry.ledger_cursor().await?;
        let cursor = cursor.unwrap_or(BatchNo::new(0));
        let engine = Arc::clone(&self.engine);
        let held = spawn_blocking(move || engine.cursor(LEDGER_CURSOR)).await??;
        if held.is_none() {
            // Of a log that was set back nothing is in the ledger; a cursor never moves back.
            self.release_log(cursor.min(self.newest())).await?;
        }
        Ok(cursor)
    }

    /// Lets the log drop what is in the ledger.
    async fn release_log(&self, up_to: BatchNo) -> Result<(), LedgerFault> {
        let engine = Arc::clone(&self.engine);
        Ok(spawn_blocking(move || engine.save_cursor(LEDGER_CURSOR, up_to)).await??)
    }

    /// Walks on what was gathered, as far as it came in order; the rest is late.
    async fn take_in(
        &self,
        meterings: &mut Meterings,
        gathered: Gathered,
        walks: &mut Walks,
        pace: Pace,
    ) -> Result<(), LedgerFault> {
        let touched = gathered.touched;
        if touched.keys().any(|series| !meterings.contains_key(series)) {
            // Registers may be walked again by other terms: from what is kept.
            self.keep(&mut walks.standing).await?;
            self.take_in_terms(meterings).await?;
        }
        let mut on_time = Vec::new();
        for (series, news) in touched {
            match walks.late.get_mut(&series) {
                Some(days) => news.add_days(days),
                None => on_time.push((series, news, walks.standing.take(series))),
            }
        }
        let known = &*meterings;
        let mut some = Vec::new();
        while !on_time.is_empty() {
            some.push(on_time.split_off(on_time.len().saturating_sub(AT_ONCE)));
        }
        let onward = some.into_iter().map(|some| self.walk_onward(known, some));
        let mut onward = stream::iter(onward).buffered(pace.abreast);
        while let Some((walked, not_behind)) = onward.try_next().await? {
            walks.standing.put(walked);
            for (series, news) in not_behind {
                news.add_days(walks.late.entry(series).or_default());
            }
            if walks.standing.is_full() {
                self.keep(&mut walks.standing).await?;
            }
        }
        Ok(())
    }

    /// Keeps what stands, while the cursor stays.
    async fn keep(&self, standing: &mut Standing) -> Result<(), LedgerFault> {
        Ok(self.registry.save_walks(&standing.drain(), None).await?)
    }

    /// Walks what is late and keeps everything up to `cursor`.
    async fn settle(
        &self,
        meterings: &Meterings,
        walks: &mut Walks,
        cursor: BatchNo,
    ) -> Result<(), LedgerFault> {
        let Walks { standing, late } = std::mem::take(walks);
        let mut standing = standing;
        if !late.is_empty() {
            self.keep(&mut standing).await?;
            self.walk_late(meterings, late).await?;
        }
        let walked = standing.drain();
        Ok(self.registry.save_walks(&walked, Some(cursor)).await?)
    }

    /// Walks the days again that late values and decisions touched, some registers at a time, and
    /// keeps them.
    async fn walk_late(&self, meterings: &Meterings, late: Late) -> Result<(), LedgerFault> {
        let walks = late.into_iter().map(|(series, days)| async move {
            let Some(metering) = meterings.get(&series) else {
                self.vitals.record(&SeriesUnknown { series });
                return Ok(Vec::new());
            };
            self.rewalk(series, metering, &days).await
        });
        let mut walks = stream::iter(walks).buffered(LATE_AT_ONCE);
        let mut walked = Vec::new();
        while let Some(days) = walks.try_next().await? {
            walked.extend(days);
            if walked.len() >= DAYS_UNKEPT_MAX {
                self.registry.save_walks(&walked, None).await?;
                walked.clear();
            }
        }
        Ok(self.registry.save_walks(&walked, None).await?)
    }
}

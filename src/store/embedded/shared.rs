//! What the engine's threads and its callers share: heads, inbox, bells and figures.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, watch};

use crate::calendar::{Clock, Day};
use crate::indicator::IndicatorNo;
use crate::park::{GatewayNo, MeterNo};

use crate::store::receipt::Arrivals;
use crate::store::{BatchNo, Counts, Overflow, Row, Space, StoreFault};

use super::Settings;
use super::head::Head;
use super::inbox::Inbox;
use super::pool::Pool;
use super::slice::Damage;
use super::space::space_at;

/// What is committed and not folded, and the newest values of what is.
#[derive(Debug)]
pub(super) struct Heads {
    /// Takes what is committed.
    pub(super) active: Head,
    /// Since when.
    pub(super) opened: Instant,
    /// Is being folded.
    pub(super) folding: Option<Arc<Head>>,
    /// The newest first value of each series, of what is folded.
    pub(super) latest: BTreeMap<(MeterNo, IndicatorNo), Row>,
    /// The last batch folded.
    pub(super) folded: u64,
    /// What the table of counts comes to, over all days.
    pub(super) counted: BTreeMap<GatewayNo, Counts>,
}

impl Heads {
    /// What became of all values, by gateway.
    pub(super) fn totals(&self) -> BTreeMap<GatewayNo, Counts> {
        let mut sums = self.counted.clone();
        for ((_, gateway), counts) in self.both().flat_map(Head::counts) {
            sums.entry(*gateway).or_default().add(counts);
        }
        sums
    }

    /// Notes what was added to the table of counts.
    pub(super) fn count(&mut self, added: &BTreeMap<(Day, GatewayNo), Counts>) {
        for ((_, gateway), counts) in added {
            self.counted.entry(*gateway).or_default().add(counts);
        }
    }

    /// Both heads, the older first: in this order their readings arrived.
    pub(super) fn both(&self) -> impl Iterator<Item = &Head> {
        self.folding.as_deref().into_iter().chain([&self.active])
    }

    /// Hands the active head to the fold, if that is free and there is anything to fold.
    pub(super) fn swap(&mut self) -> bool {
        if self.folding.is_some() || self.active.is_empty() {
            return false;
        }
        self.folding = Some(Arc::new(std::mem::take(&mut self.active)));
        self.opened = Instant::now();
        true
    }
}

/// Stops the store when a thread of it died of a fault of its own: nothing may be acknowledged by
/// a store that does not work as it should.
#[derive(Debug)]
pub(super) struct Watchman {
    thread: &'static str,
    shared: Arc<Shared>,
}

impl Watchman {
    /// Watches the thread that holds it.
    pub(super) fn of(thread: &'static str, shared: &Arc<Shared>) -> Self {
        let shared = Arc::clone(shared);
        Self { thread, shared }
    }
}

impl Drop for Watchman {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let thread = self.thread;
            let sentence = format!("the store's {thread} died of a programming fault");
            self.shared.fail_stop(sentence);
        }
    }
}

/// Plain counters.
#[derive(Debug, Default)]
pub(super) struct Figures {
    pub(super) commits: AtomicU64,
    pub(super) commit_us_total: AtomicU64,
    pub(super) commits_by_ms: [AtomicU64; 17],
    pub(super) folds: AtomicU64,
    pub(super) folds_failed: AtomicU64,
    pub(super) blocks_compacted: AtomicU64,
    pub(super) damaged: AtomicU64,
    pub(super) values_read: AtomicU64,
    pub(super) no_space: AtomicBool,
}

impl Figures {
    /// Notes a commit that took so long.
    pub(super) fn commit(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.commit_us_total.fetch_add(us, Ordering::Relaxed);
        let ms = us.div_ceil(1_000);
        let class = (0_u32..16).find(|class| ms <= 1 << class).unwrap_or(16);
        let class = usize::try_from(class).unwrap_or(0);
        if let Some(count) = self.commits_by_ms.get(class) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The engine, as its threads see it.
#[derive(Debug)]
pub(super) struct Shared {
    pub(super) path: PathBuf,
    pub(super) settings: Settings,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) inbox: Inbox,
    pub(super) places: Arc<Semaphore>,
    pub(super) pool: Pool,
    pub(super) newest: watch::Sender<BatchNo>,
    pub(super) failure: watch::Sender<Option<String>>,
    pub(super) figures: Figures,
    /// Set once: take nothing more, end the threads.
    pub(super) stopping: AtomicBool,
    pub(super) heads: RwLock<Heads>,
    pub(super) arrivals: Mutex<Arrivals>,
    /// The gateways whose quarantine is not kept in full.
    pub(super) overflows: Mutex<BTreeMap<GatewayNo, Overflow>>,
    /// Damaged rows met by readers, for the fold to put aside; a bounded number of them.
    pub(super) damages: Mutex<Vec<Damage>>,
    fold: Mutex<()>,
    fold_bell: Condvar,
}

/// Damaged rows remembered until they are put aside.
const DAMAGES_LIMIT: usize = 1_000;

impl Shared {
    /// The engine before its threads run.
    pub(super) fn new(
        path: PathBuf,
        settings: Settings,
        clock: Arc<dyn Clock>,
        pool: Pool,
        heads: Heads,
    ) -> Self {
        Self {
            newest: watch::Sender::new(BatchNo::new(heads.folded)),
            path,
            settings,
            clock,
            inbox: Inbox::default(),
            places: Arc::new(Semaphore::new(settings.queue_messages)),
            pool,
            failure: watch::Sender::new(None),
            figures: Figures::default(),
            stopping: AtomicBool::new(false),
            heads: RwLock::new(heads),
            arrivals: Mutex::default(),
            overflows: Mutex::default(),
            damages: Mutex::default(),
            fold: Mutex::default(),
            fold_bell: Condvar::new(),
        }
    }

    /// The heads, to read. No change of theirs can fail half way, so poison means nothing.
    pub(super) fn heads(&self) -> RwLockReadGuard<'_, Heads> {
        self.heads.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The heads, to change.
    pub(super) fn heads_mut(&self) -> RwLockWriteGuard<'_, Heads> {
        self.heads.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What arrived of each gateway.
    pub(super) fn arrivals(&self) -> MutexGuard<'_, Arrivals> {
        self.arrivals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The gateways whose quarantine is not kept in full.
    pub(super) fn overflows(&self) -> MutexGuard<'_, BTreeMap<GatewayNo, Overflow>> {
        let held = self.overflows.lock();
        held.unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how full quarantines are now.
    pub(super) fn note_usage<'a>(&self, usage: impl Iterator<Item = &'a Overflow>) {
        let mut overflows = self.overflows();
        for one in usage {
            if one.items_cut > 0 {
                overflows.insert(one.gateway, *one);
            } else {
                overflows.remove(&one.gateway);
            }
        }
    }

    /// Says that something changed that the fold, or whoever waits for it, wants to know.
    pub(super) fn ring_fold(&self) {
        let _held = self.fold.lock().unwrap_or_else(PoisonError::into_inner);
        self.fold_bell.notify_all();
    }

    /// Waits until [`Shared::ring_fold`], or for `patience`, unless `done` says so already.
    pub(super) fn await_fold(&self, patience: Duration, done: impl FnOnce() -> bool) {
        let held = self.fold.lock().unwrap_or_else(PoisonError::into_inner);
        if !done() {
            drop(self.fold_bell.wait_timeout(held, patience));
        }
    }

    /// Whether the engine is ending.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Whether a sync failed.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.borrow().is_some()
    }

    /// Contract C6: from now on nothing is acknowledged, and `app` ends the process.
    pub(super) fn fail_stop(&self, sentence: String) {
        tracing::error!(%sentence, "store fails stop");
        self.failure.send_if_modified(|known| {
            let first = known.is_none();
            if first {
                *known = Some(sentence);
            }
            first
        });
        self.inbox.close();
        self.places.close();
        self.inbox.wake();
        self.ring_fold();
    }

    /// Size of the write-ahead log.
    pub(super) fn wal_bytes(&self) -> u64 {
        let file = self.path.join(super::READINGS_FILE);
        super::file_bytes(&file.with_extension("db-wal"))
    }

    /// Room on the disk; none if the last commit found none.
    pub(super) fn space(&self) -> Space {
        if self.figures.no_space.load(Ordering::Relaxed) {
            return Space::TakingStopped;
        }
        space_at(&self.path, &self.settings)
    }

    /// Why nothing is done any more, if so.
    pub(super) fn ended(&self) -> Option<StoreFault> {
        if let Some(cause) = self.failure.borrow().clone() {
            let doing = "writing readings.db";
            return Some(StoreFault::DiskFailed { doing, cause });
        }
        self.is_stopping().then_some(StoreFault::Stopping)
    }

    /// Notes a row that could not be read: counted now, put aside by the next fold.
    pub(super) fn note_damage(&self, damage: Damage) {
        let mut damages = self.damages.lock().unwrap_or_else(PoisonError::into_inner);
        if damages.len() < DAMAGES_LIMIT && !damages.contains(&damage) {
            self.count(&damage);
            damages.push(damage);
        }
    }

    /// Counts a row that is put aside at once, unless whoever read it before did.
    pub(super) fn count_damage(&self, damage: &Damage) {
        let damages = self.damages.lock().unwrap_or_else(PoisonError::into_inner);
        if !damages.contains(damage) {
            self.count(damage);
        }
    }

    fn count(&self, damage: &Damage) {
        tracing::error!(
            kind = damage.kind,
            key = damage.key,
            why = damage.why,
            "damaged row"
        );
        self.figures.damaged.fetch_add(1, Ordering::Relaxed);
    }
}

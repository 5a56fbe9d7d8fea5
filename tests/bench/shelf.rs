//! A store of its own, in this process, filled with the readings of a month that is over.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use parkpulse::calendar::{Clock, ClockAt, Day, Moment, Month};
use parkpulse::park::{GatewayNo, MeterNo};
use parkpulse::reading::{Flags, Purpose, Quality, Reading, Taken, Value};
use parkpulse::store::embedded::{Embedded, READINGS_FILE, Settings};
use parkpulse::store::{Append, Conservation};
use tokio::runtime::Runtime;

use super::curve::STEP_MS;

#[derive(Debug)]
pub(crate) struct Shelf {
    pub(crate) engine: Embedded,
    clock: Arc<ClockAt>,
    runtime: Runtime,
    folder: PathBuf,
}

/// The month that is filled.
pub(crate) fn month() -> Month {
    Month::new(2026, 10).unwrap()
}

/// Its quarters of an hour, counted from 1970.
pub(crate) fn slots() -> std::ops::Range<i64> {
    let period = month().period();
    period.from().unix_ms() / STEP_MS..period.to().unix_ms() / STEP_MS
}

impl Shelf {
    /// An empty store in a new directory. A head takes `head_messages`.
    pub(crate) fn new(folder: PathBuf, head_messages: u64) -> Self {
        std::fs::create_dir_all(&folder).unwrap();
        let clock = Arc::new(ClockAt::new(month().period().from()));
        let settings = Settings {
            head_messages,
            gather_for: Duration::ZERO,
            fold_every: Duration::from_hours(24),
            ..Settings::default()
        };
        let shown: Arc<dyn Clock> = Arc::clone(&clock) as _;
        Self {
            engine: Embedded::open(&folder, settings, shown).unwrap(),
            clock,
            runtime: tokio::runtime::Builder::new_current_thread()
                .build()
                .unwrap(),
            folder,
        }
    }

    /// Commits messages as one submission.
    pub(crate) fn commit(&self, taken: Vec<Taken>) {
        self.runtime.block_on(async {
            let commit = self.engine.submit(taken).await.unwrap();
            commit.synced().await.unwrap();
        });
    }

    /// Folds everything into day chunks.
    pub(crate) fn settle(&self) {
        self.engine.settle().unwrap();
    }

    /// Lets the month be over, and waits until it lies in blocks.
    pub(crate) fn compact(&self) {
        let later = month().period().to().plus_ms(3 * 86_400_000);
        self.clock.set(later);
        // A message without readings wakes the fold.
        self.commit(vec![message(1, 1 << 40, later, Vec::new())]);
        self.settle();
        let today = i64::from(Day::of(later).number());
        let until = Instant::now() + Duration::from_mins(3);
        let sql = "SELECT coalesce(max(v), 0) FROM meta WHERE k = 'compacted_on'";
        while self.ask(sql) != today {
            assert!(Instant::now() < until, "the month is not compacted");
            sleep(Duration::from_millis(50));
        }
    }

    /// A number out of the store's own file.
    pub(crate) fn ask(&self, sql: &str) -> i64 {
        let file = rusqlite::Connection::open(self.file()).unwrap();
        file.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    pub(crate) fn file(&self) -> PathBuf {
        Path::new(&self.folder).join(READINGS_FILE)
    }
}

/// A numbered message of a gateway.
pub(crate) fn message(
    gateway: u32,
    seq: u64,
    received_at: Moment,
    readings: Vec<Reading>,
) -> Taken {
    Taken {
        gateway: GatewayNo::new(gateway),
        epoch: Some(1_790_000_000),
        seq: Some(seq),
        received_at,
        purpose: Purpose::Ledger,
        readings,
        set_aside: Vec::new(),
        refused: 0,
        unpromised: false,
    }
}

/// A good reading.
pub(crate) fn reading(meter: u32, at: Moment, values: Vec<Value>) -> Reading {
    Reading {
        meter: MeterNo::new(meter),
        at,
        values,
        quality: Quality::Good,
        flags: Flags::default(),
    }
}

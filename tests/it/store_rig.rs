//! Engines and messages for the store's tests.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use parkpulse::calendar::{ClockAt, Day, Moment, Period};
use parkpulse::indicator::IndicatorNo;
use parkpulse::park::{GatewayNo, MeterNo};
use parkpulse::reading::{Code, Flags, Purpose, Quality, Reading, SetAside, Taken, Value};
use parkpulse::store::embedded::{Embedded, Settings};
use parkpulse::store::memory::Memory;
use parkpulse::store::{BatchNo, Counts, Engine, Row, StoreFault};

/// 2026-11-22T08:00:00+08:00.
pub(crate) fn morning() -> Moment {
    "2026-11-22T08:00:00+08:00".parse().unwrap()
}

pub(crate) fn minutes(count: i64) -> Moment {
    morning().plus_ms(count * 60_000)
}

/// An engine under test, and how to end and start it again.
pub(crate) struct Rig {
    pub(crate) name: &'static str,
    pub(crate) engine: Arc<dyn Engine>,
    pub(crate) clock: Arc<ClockAt>,
    home: Option<tempfile::TempDir>,
    settings: Settings,
}

/// Settings that fold only when told to.
pub(crate) fn settings() -> Settings {
    Settings {
        gather_for: Duration::ZERO,
        fold_every: Duration::from_hours(1),
        quarantine_bytes: 100,
        space_floor_fold_bytes: 0,
        space_floor_take_bytes: 0,
        ..Settings::default()
    }
}

impl Rig {
    pub(crate) fn memory() -> Self {
        Self {
            name: "memory",
            engine: Arc::new(Memory::new(settings().quarantine_bytes)),
            clock: Arc::new(ClockAt::new(morning())),
            home: None,
            settings: settings(),
        }
    }

    pub(crate) fn embedded(settings: Settings) -> Self {
        Self::embedded_in(tempfile::tempdir().unwrap(), settings)
    }

    pub(crate) fn embedded_in(folder: tempfile::TempDir, settings: Settings) -> Self {
        let clock = Arc::new(ClockAt::new(morning()));
        let engine = Embedded::open(folder.path(), settings, clock.clone()).unwrap();
        Self {
            name: "embedded",
            engine: Arc::new(engine),
            clock,
            home: Some(folder),
            settings,
        }
    }

    pub(crate) fn file(&self) -> PathBuf {
        self.home.as_ref().unwrap().path().join("readings.db")
    }

    /// Ends the engine and opens it anew; in memory nothing happens.
    pub(crate) fn restart(&mut self) {
        let Some(home) = &self.home else { return };
        self.engine.stop().unwrap();
        let engine = Embedded::open(home.path(), self.settings, self.clock.clone()).unwrap();
        self.engine = Arc::new(engine);
    }

    /// Stops the engine, so that its file can be looked at from outside.
    pub(crate) fn stop(&self) {
        self.engine.stop().unwrap();
    }

    pub(crate) fn commit(&self, taken: Vec<Taken>) -> BatchNo {
        block_on(async {
            let commit = self.engine.submit(taken).await.unwrap();
            commit.synced().await.unwrap()
        })
    }

    pub(crate) fn counts(&self) -> Counts {
        let mut sum = Counts::default();
        let counted = self.engine.counts(None, &mut |(_, _, counts)| {
            assert!(counts.balance(), "{}: {counts:?}", self.name);
            sum.add(counts);
            std::ops::ControlFlow::Continue(())
        });
        counted.unwrap();
        sum
    }

    pub(crate) fn all(&self, meter: u32) -> Vec<Row> {
        collect(|visit| {
            self.engine
                .all_values(MeterNo::new(meter), None, ages(), visit)
        })
    }

    pub(crate) fn first(&self, meter: u32) -> Vec<Row> {
        collect(|visit| {
            self.engine
                .first_values(MeterNo::new(meter), None, ages(), visit)
        })
    }

    pub(crate) fn latest(&self) -> Vec<Row> {
        collect(|visit| self.engine.latest(visit))
    }
}

/// Three years around the tests.
pub(crate) fn ages() -> Period {
    let day = |text: &str| text.parse::<Day>().unwrap().start();
    Period::new(day("2025-01-01"), day("2028-01-01")).unwrap()
}

pub(crate) fn collect<T: Clone>(
    read: impl FnOnce(parkpulse::store::Visit<'_, T>) -> Result<(), StoreFault>,
) -> Vec<T> {
    let mut found = Vec::new();
    read(&mut |one| {
        found.push(one.clone());
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    found
}

pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
}

/// A message of gateway 1, received when its newest reading was measured plus 2 s.
pub(crate) fn message(readings: Vec<Reading>) -> Taken {
    let newest = readings.iter().map(|reading| reading.at).max();
    Taken {
        gateway: GatewayNo::new(1),
        epoch: None,
        seq: None,
        received_at: newest.unwrap_or_else(morning).plus_ms(2_345),
        purpose: Purpose::Ledger,
        readings,
        set_aside: Vec::new(),
        refused: 0,
        unpromised: false,
    }
}

pub(crate) fn counted(epoch: u64, seq: u64, readings: Vec<Reading>) -> Taken {
    Taken {
        epoch: Some(epoch),
        seq: Some(seq),
        ..message(readings)
    }
}

pub(crate) fn reading(meter: u32, at: Moment, values: &[(u16, f64)]) -> Reading {
    Reading {
        meter: MeterNo::new(meter),
        at,
        values: values
            .iter()
            .map(|(indicator, number)| Value {
                indicator: IndicatorNo::new(*indicator),
                number: *number,
            })
            .collect(),
        quality: Quality::Good,
        flags: Flags::default(),
    }
}

pub(crate) fn bad(reading: Reading) -> Reading {
    Reading {
        quality: Quality::Bad,
        ..reading
    }
}

pub(crate) fn part(code: Code, values: u32, raw: &[u8]) -> SetAside {
    SetAside {
        code,
        detail: "told in words".into(),
        index: Some(0),
        values,
        raw: raw.to_vec(),
    }
}

/// Indicator, minutes after the morning, value, revision.
pub(crate) fn brief(rows: &[Row]) -> Vec<(u16, i64, f64, u32)> {
    rows.iter()
        .map(|row| {
            let minute = row.at.ms_since(morning()) / 60_000;
            (row.indicator.get(), minute, row.number, row.revision)
        })
        .collect()
}

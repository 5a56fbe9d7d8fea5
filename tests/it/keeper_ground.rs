//! A registry with enterprises and meters, an engine of either kind, and the keeper of the ledger.

use std::sync::Arc;
use std::time::Duration;

use parkpulse::access::Principal;
use parkpulse::calendar::{Clock, ClockAt, Day, Moment, Period};
use parkpulse::indicator::{self, Catalogue, IndicatorNo};
use parkpulse::jobs::LedgerKeeper;
use parkpulse::jobs::add_up::{self, MeterFigure};
use parkpulse::park::{
    Enterprise, EnterpriseCode, GatewayNo, MeterId, MeterNo, MeterRow, Park, Replacement, Validity,
};
use parkpulse::reading::{Flags, Purpose, Quality, Reading, Taken, Value};
use parkpulse::store::Engine;
use parkpulse::store::embedded::{self, Embedded};
use parkpulse::store::memory::Memory;
use parkpulse::store::registry::{Entries, Mode, Registry, Settings};
use parkpulse::vitals::Vitals;
use tempfile::TempDir;

pub(crate) const HOUR_MS: i64 = 3_600_000;
pub(crate) const DAY_MS: i64 = 24 * HOUR_MS;

/// Midnight at which the meters' time begins: 2026-01-01.
pub(crate) fn begin() -> Moment {
    "2026-01-01T00:00:00+08:00".parse().unwrap()
}

pub(crate) fn days(from: i64, to: i64) -> Period {
    let at = |day| begin().plus_ms(day * DAY_MS);
    Period::new(at(from), at(to)).unwrap()
}

pub(crate) fn code(number: u32) -> EnterpriseCode {
    let body = format!("91320583MA1TEX{number:03}");
    let check = EnterpriseCode::check_character(&body).unwrap();
    format!("{body}{check}").parse().unwrap()
}

pub(crate) fn meter_id(number: u32) -> MeterId {
    format!("E-{number:03}").parse().unwrap()
}

/// One module of tests for each engine.
macro_rules! over_every_engine {
    ($($module:ident: $kept:expr),+; $cases:tt) => {
        $(over_every_engine!(@one $module $kept; $cases);)+
    };
    (@one $module:ident $kept:expr; [$($case:ident),+ $(,)?]) => {
        mod $module {
            use crate::keeper_ground::{Ground, Kept};
            $(
                #[tokio::test]
                async fn $case() {
                    super::$case(Ground::new($kept).await).await;
                }
            )+
        }
    };
}
pub(crate) use over_every_engine;

/// Where readings are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kept {
    InMemory,
    Embedded,
}

impl Kept {
    fn engine(self, directory: &TempDir, clock: &Arc<ClockAt>) -> Arc<dyn Engine> {
        match self {
            Self::InMemory => Arc::new(Memory::default()),
            Self::Embedded => {
                let settings = embedded::Settings {
                    gather_for: Duration::ZERO,
                    // Some is folded, some is not, as it comes.
                    fold_every: Duration::from_millis(50),
                    space_floor_fold_bytes: 0,
                    space_floor_take_bytes: 0,
                    ..embedded::Settings::default()
                };
                let clock = Arc::clone(clock) as Arc<dyn Clock>;
                Arc::new(Embedded::open(directory.path(), settings, clock).unwrap())
            }
        }
    }
}

pub(crate) struct Ground {
    pub(crate) keeper: LedgerKeeper,
    pub(crate) engine: Arc<dyn Engine>,
    kept: Kept,
    pub(crate) clock: Arc<ClockAt>,
    pub(crate) kwh: IndicatorNo,
    catalogue: Arc<Catalogue>,
    _directory: TempDir,
}

impl Ground {
    /// Two enterprises, whose meters are registered by [`Ground::meters`].
    pub(crate) async fn new(kept: Kept) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let clock = Arc::new(ClockAt::new(begin().plus_ms(400 * DAY_MS)));
        let place = Settings::of(directory.path().to_owned());
        let registry = Registry::open(place, Arc::clone(&clock) as Arc<dyn Clock>);
        let catalogue = Arc::new(indicator::built_in().unwrap());
        let engine = kept.engine(&directory, &clock);
        let ground = Self {
            kwh: catalogue.find("kwh_register").unwrap().number,
            keeper: LedgerKeeper {
                engine: Arc::clone(&engine),
                registry: registry.await.unwrap(),
                catalogue: Arc::clone(&catalogue),
                clock: Arc::clone(&clock) as Arc<dyn Clock>,
                vitals: Arc::new(Vitals::default()),
                close_after: Duration::from_hours(72),
                settling: Arc::default(),
            },
            engine,
            kept,
            clock,
            catalogue,
            _directory: directory,
        };
        let park = Park {
            id: "P-1".parse().unwrap(),
            name: "一号园".parse().unwrap(),
            district: "城区".parse().unwrap(),
            kind: None,
        };
        ground.lay(Entries::Parks(vec![park])).await;
        let enterprises = [1, 2].map(enterprise).to_vec();
        ground.lay(Entries::Enterprises(enterprises)).await;
        ground
    }

    /// Another like it, with nothing in it.
    pub(crate) async fn another(&self) -> Self {
        Self::new(self.kept).await
    }

    pub(crate) async fn lay(&self, entries: Entries) {
        let who = Principal::local();
        let laid = self.keeper.registry.lay(&who, &entries, Mode::Apply).await;
        let laid = laid.unwrap();
        assert!(laid.objections.is_empty(), "{:?}", laid.objections);
    }

    /// A meter of enterprise `owner`: at most 100 kWh an hour, a reading an hour.
    pub(crate) fn row(&self, meter: u32, owner: u32) -> MeterRow {
        MeterRow {
            meter: meter_id(meter),
            enterprise: code(owner),
            gateway: None,
            indicator: self.kwh,
            register_size: Some(1_000_000.into()),
            multiplier: 1.into(),
            max_per_hour: Some(100.into()),
            interval_s: 3_600,
            jitter: 0.into(),
            update_s: None,
            resolution: 0.into(),
            parent: None,
            name: None,
            place: None,
            validity: Validity::new(begin(), None).unwrap(),
        }
    }

    /// Meters 1 to `count` of enterprise 1.
    pub(crate) async fn meters(&self, count: u32) {
        let rows = (1..=count).map(|meter| self.row(meter, 1)).collect();
        self.lay(Entries::Meters(rows)).await;
    }

    pub(crate) async fn replace(&self, meter: u32, at: Moment, old: i64, new: i64) {
        let one = Replacement {
            meter: meter_id(meter),
            indicator: self.kwh,
            at,
            old_final: Some(old.into()),
            new_initial: Some(new.into()),
            reason: "broken".parse().unwrap(),
        };
        self.lay(Entries::Replacements(vec![one])).await;
    }

    /// Commits readings of kWh, hours after the begin and registers, as one batch.
    pub(crate) async fn commit(&self, meter: u32, readings: &[(i64, f64)]) {
        let at = |(hour, number): &(i64, f64)| (hour * HOUR_MS, *number);
        self.commit_at(meter, &readings.iter().map(at).collect::<Vec<_>>())
            .await;
    }

    /// Commits readings of 1 kWh an hour at these quarters of an hour after the begin.
    #[expect(clippy::cast_precision_loss, reason = "small whole numbers")]
    pub(crate) async fn commit_quarters(&self, meter: u32, quarters: &[i64]) {
        let at = |quarter: &i64| (quarter * HOUR_MS / 4, *quarter as f64 / 4.0);
        self.commit_at(meter, &quarters.iter().map(at).collect::<Vec<_>>())
            .await;
    }

    async fn commit_at(&self, meter: u32, readings: &[(i64, f64)]) {
        let good = |(after_ms, number): &(i64, f64)| (*after_ms, *number, Quality::Good);
        self.commit_all(meter, &readings.iter().map(good).collect::<Vec<_>>())
            .await;
    }

    /// Commits readings of kWh, milliseconds after the begin, registers and quality, as one batch.
    pub(crate) async fn commit_all(&self, meter: u32, readings: &[(i64, f64, Quality)]) {
        let reading = |(after_ms, number, quality): &(i64, f64, Quality)| Reading {
            meter: MeterNo::new(meter),
            at: begin().plus_ms(*after_ms),
            values: vec![Value {
                indicator: self.kwh,
                number: *number,
            }],
            quality: *quality,
            flags: Flags::default(),
        };
        let readings = readings.iter().map(reading).collect();
        commit(self.engine.as_ref(), self.clock.now(), readings).await;
    }

    pub(crate) async fn pass(&self) {
        self.keeper.pass().await.unwrap();
    }

    pub(crate) async fn figures(&self, who: &Principal, period: Period) -> Vec<MeterFigure> {
        let registry = &self.keeper.registry;
        let as_of = self.clock.now();
        let ladder = add_up::ladder(registry).await.unwrap();
        let figures = add_up::meters((registry, &ladder), who, self.kwh, period, as_of).await;
        figures.unwrap()
    }

    /// What each meter used, known share and completeness, as one line each.
    pub(crate) async fn lines(&self, period: Period) -> Vec<String> {
        let figures = self.figures(&Principal::local(), period).await;
        figures.iter().map(line).collect()
    }

    /// How many values were read from the store since `before`.
    pub(crate) fn values_read(&self) -> u64 {
        self.engine.health().values_read
    }

    /// A keeper over another engine and the same registry.
    pub(crate) fn over(&self, engine: Arc<dyn Engine>) -> LedgerKeeper {
        LedgerKeeper {
            engine,
            registry: self.keeper.registry.clone(),
            catalogue: Arc::clone(&self.catalogue),
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            vitals: Arc::new(Vitals::default()),
            close_after: self.keeper.close_after,
            settling: Arc::clone(&self.keeper.settling),
        }
    }
}

fn line(figure: &MeterFigure) -> String {
    let rollup = &figure.rollup;
    let used = rollup.used().map_or("-".into(), |used| used.rounded(2));
    let known = rollup.known_share().rounded(4);
    let complete = rollup.completeness();
    let complete = complete.map_or("-".into(), |share| share.rounded(4));
    format!("{} {used} {known} {complete}", figure.meter)
}

fn enterprise(number: u32) -> Enterprise {
    Enterprise {
        code: code(number),
        name: format!("企业{number}").parse().unwrap(),
        park: "P-1".parse().unwrap(),
        area: None,
        industry: "C39".parse().unwrap(),
        scale: "above".parse().unwrap(),
        established_on: "2010-01-01".parse::<Day>().unwrap(),
        group: None,
        capital_origin: None,
    }
}

/// Commits `readings` of the first gateway as one message, and waits until they are synced.
pub(crate) async fn commit(engine: &dyn Engine, received_at: Moment, readings: Vec<Reading>) {
    let taken = Taken {
        gateway: GatewayNo::new(1),
        epoch: None,
        seq: None,
        received_at,
        purpose: Purpose::Ledger,
        readings,
        set_aside: Vec::new(),
        refused: 0,
        unpromised: false,
    };
    let commit = engine.submit(vec![taken]).await.unwrap();
    commit.synced().await.unwrap();
}
